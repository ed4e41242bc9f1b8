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
_FIELDS = word_list("no_speakers") | word_list("fields") | word_list("entries")
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]*(?:[(\[][^()\[\]]*[)\]][^()\[\]]*)*[)\]]?")
_WITHIN = re.compile(r"[(\[]((?:[^()\[\]]|[(\[][^()\[\]]*[)\]])*)")
_SMALL = frozenset("of the for and on de la le du des der den und da do del y et e a an in at to against with".split())


def is_person(label: str) -> bool:
    """Whether a label begins with a title or an office, or is a state's name."""
    label = plain(label)
    bare = _ASIDE.sub("", label).strip(" .,")
    words = bare.split()
    if not words or len(words) > 12:
        return False
    if (match := _TITLE.match(bare)) and bare[match.end() :].strip(" .") and bare[match.end() :].strip(" .")[0].isupper():
        return True
    if len(words) <= 7 and (match := _OFFICE.search(bare)) and _is_office(bare, match):
        return True
    return " – " in label or bool(states_of_label(label))


def _is_office(bare: str, match: re.Match[str]) -> bool:
    """Whether an office is what a label is about: it begins it, but for articles and small ranks, or all is in capitals."""
    before = [word for word in bare[: match.start()].split() if word.casefold() not in ("the", "le", "la", "el", "l")]
    is_verb = bool(before) and len(before[0]) > 3 and before[0].isupper() and not match[0].isupper()  # "REQUESTS the Chair"
    return len(before) <= 1 and bare[0].isupper() and not is_verb


def is_field(label: str) -> bool:
    """Whether a label is what forms, tables and notes put before a colon."""
    folded = fold(_ASIDE.sub("", plain(label)).strip(" .,"))
    return folded in _FIELDS or (folded.split(" ")[0] in _FIELDS and len(folded.split()) <= 2)


def is_named(key: str, short: bool) -> bool:
    return short and bool(key)


def key_of(label: str) -> str:
    """What labels of one person have in common: the name without titles, notes in brackets, case."""
    bare = _ASIDE.sub("", plain(label)).strip(" .,")
    match = _TITLE.match(bare)
    rest = bare[match.end() :].strip(" .") if match else bare
    return fold(rest or bare)


_CAPITALISED = r"[A-ZÀ-Þ][\w’'-]{0,30}+\.?"
_TITLED_NAME = rf"(?:(?:the\s)?(?:{TITLES})\s){{1,3}}(?:{_CAPITALISED}\s?){{1,4}}"
_HEAD_CHARS = 6000
_HOLDS_OFFICE = re.compile(rf"(?<!\w)(?P<office>{OFFICES})\s?(?:\(|:|,|\.{{3,60}})\s{{0,3}}(?P<name>(?-i:{_TITLED_NAME}))", re.IGNORECASE)
_PRESIDES = re.compile(
    rf"(?P<name>(?-i:(?:(?:{TITLES})\s){{0,2}}{_CAPITALISED}(?:\s{_CAPITALISED}){{0,4}}))\s?[,(\[]\s?(?P<office>[\w\s’'-]{{3,60}})[)\],]\s(?:presiding|in the chair)",
    re.IGNORECASE,
)


def office_holders(text: str) -> dict[str, str]:
    """Who holds which office, as the head of a record says it: "President: Mr. Deiss", "Ms. Lind [chair] presiding"."""
    head = text[:_HEAD_CHARS]
    found = {key_of(match["office"]): match["name"].strip() for match in _HOLDS_OFFICE.finditer(head)}
    for match in _PRESIDES.finditer(head):
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
    if not office or _TITLE.match(bare):
        return bare or label
    key = key_of(bare)
    if within and _TITLE.match(within[1]) and within[1][0].isupper():
        holders[key] = holders[key_of(office[0])] = _ASIDE.sub("", within[1]).strip(" .,")
    return holders.get(key) or holders.get(key_of(office[0])) or bare
