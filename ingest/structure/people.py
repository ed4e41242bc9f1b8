"""Whether a label names somebody: by a title, an office, a state; and whom one would cite by it."""

import re

from ...vectorstore.markup import plain
from ...vectorstore.names import fold
from ..language.states import states_of_label
from ..language.tables import alternatives, word_list

TITLES = alternatives("titles")
_TITLE = re.compile(rf"\A(?:{TITLES})(?![\w])", re.IGNORECASE)
OFFICES = alternatives("offices")
_OFFICE = re.compile(rf"(?<!\w)(?:{OFFICES})(?!\w)", re.IGNORECASE)
_ENTRIES = word_list("no_speakers") | word_list("fields") | word_list("entries")
_ENDINGS = word_list("entry_endings")
_LONGEST_ENTRY_WORDS = 2
_ARTICLES = ("the", "le", "la", "el", "l")
_LONGEST_TITLED_WORDS = 12
_LONGEST_OFFICE_WORDS = 7
_LONGEST_NAME_WORDS = 4
_ASIDE = re.compile(r"\s?[(\[][^()\[\]]*(?:[(\[][^()\[\]]*[)\]][^()\[\]]*)*[)\]]?")
_WITHIN = re.compile(r"[(\[]((?:[^()\[\]]|[(\[][^()\[\]]*[)\]])*)")


def names_holder(label: str) -> bool:
    """Whether a label ends with a titled name in brackets: "Minister at the Department of Lamps (Mr. Lind)"."""
    within = _WITHIN.search(label)
    title = _TITLE.match(within[1]) if within and within.start() else None
    return bool(within and title and (name := within[1][title.end() :].strip(" .")) and name[0].isupper())


def is_person(label: str) -> bool:
    """Whether a label begins with a title, ends with a titled name, is about an office or is a state's name."""
    label = plain(label)
    if names_holder(label):
        return True
    bare = _ASIDE.sub("", label).strip(" .,")
    words = bare.split()
    if not words or len(words) > _LONGEST_TITLED_WORDS:
        return False
    if (title := _TITLE.match(bare)) and (name := bare[title.end() :].strip(" .")) and name[0].isupper():
        return True
    office = _OFFICE.search(bare) if len(words) <= _LONGEST_OFFICE_WORDS else None
    return bool(office and _is_office(bare, office)) or " – " in label or bool(states_of_label(label))


def _is_office(bare: str, office: re.Match[str]) -> bool:
    """Whether a label is about an office: but for an article and a word of rank it begins it."""
    before = [word for word in bare[: office.start()].split() if word.casefold() not in _ARTICLES]
    orders = (
        bool(before) and len(before[0]) > 3 and before[0].isupper() and not office[0].isupper()
    )  # "URGES the Chair"
    return len(before) <= 1 and bare[0].isupper() and not orders


def is_entry(label: str) -> bool:
    """Whether a label is what forms, tables and notes put before a colon."""
    words = fold(_ASIDE.sub("", plain(label)).strip(" .,")).split()
    if not words or words[-1] in _ENDINGS:
        return bool(words)
    return len(words) <= _LONGEST_ENTRY_WORDS and (" ".join(words) in _ENTRIES or words[0] in _ENTRIES)


def key_of(label: str) -> str:
    """What labels of one person have in common: the name without titles and notes in brackets, folded."""
    bare = _ASIDE.sub("", plain(label)).strip(" .,")
    title = _TITLE.match(bare)
    return fold((title and bare[title.end() :].strip(" .")) or bare)


def _is_name(words: str) -> bool:
    """Whether what stands in brackets after an office is a person: titled, or a few capitalised words and no state."""
    named = _ASIDE.sub("", words).strip(" .,").split()
    is_proper = 1 < len(named) <= _LONGEST_NAME_WORDS and all(word[0].isupper() for word in named)
    return words[:1].isupper() and bool(_TITLE.match(words) or (is_proper and not states_of_label(words)))


_CAPITALISED = r"[A-ZÀ-Þ][\w’'-]{0,30}+\.?"
_TITLED_NAME = rf"(?:(?:the\s)?(?:{TITLES})\s){{1,3}}(?:{_CAPITALISED}\s?){{1,4}}"
_HEAD_CHARS = 6000
_HOLDS_OFFICE = re.compile(
    rf"(?<!\w)(?P<office>{OFFICES})\s?(?:\(|:|,|\.{{3,60}})\s{{0,3}}(?P<name>(?-i:{_TITLED_NAME}))", re.IGNORECASE
)
_PRESIDING = re.compile(r"[)\],]\s(?:presiding|in the chair)", re.IGNORECASE)
_PRESIDES = re.compile(
    rf"(?P<name>(?-i:(?:(?:{TITLES})\s){{0,2}}{_CAPITALISED}(?:\s{_CAPITALISED}){{0,4}}))"
    rf"\s?[,(\[]\s?(?P<office>[\w\s’'-]{{3,60}}){_PRESIDING.pattern}",
    re.IGNORECASE,
)


def office_holders(text: str) -> dict[str, str]:
    """Who holds which office, as the head of a record says it: "President: Mr. Deiss", "Ms. Lind [chair] presiding"."""
    head = text[:_HEAD_CHARS]
    found = {key_of(match["office"]): match["name"].strip() for match in _HOLDS_OFFICE.finditer(head)}
    for match in _PRESIDES.finditer(head) if _PRESIDING.search(head) else ():
        if office := _OFFICE.search(match["office"]):
            found.setdefault(key_of(office[0]), match["name"].strip())
    return found


def whom(label: str, holders: dict[str, str]) -> str:
    """Whom one would cite by a label: the person in its brackets, or who holds its office; else the label's name.

    What is learnt of an office's holder is kept in `holders`.
    """
    bare = _ASIDE.sub("", label).strip(" .,")
    within = _WITHIN.search(label)
    office = _OFFICE.search(bare)
    is_held = names_holder(label) and not states_of_label(bare)
    if not is_held and (not office or _TITLE.match(bare)):
        return bare or label
    key = key_of(bare)
    if within and (is_held or _is_name(within[1])):
        holders[key] = _ASIDE.sub("", within[1]).strip(" .,")
        if office:
            holders[key_of(office[0])] = holders[key]
    return holders.get(key) or (holders.get(key_of(office[0])) if office else None) or bare
