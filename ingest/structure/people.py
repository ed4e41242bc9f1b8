"""Whether a label names somebody: by a title, an office, a state; and whom one would cite by it."""

import re

from ...vectorstore.markup import plain
from ...vectorstore.names import fold
from ..language.states import states_of_label
from ..language.tables import alternatives, any_of, phrases, word_list

TITLES = alternatives("titles")
_TITLE = re.compile(rf"\A(?:{TITLES})(?![\w])", re.IGNORECASE)
OFFICES = alternatives("offices")
_OFFICE = re.compile(rf"(?<!\w)(?:{OFFICES})(?!\w)", re.IGNORECASE)
_ENTRIES = frozenset(map(fold, word_list("no_speakers") | word_list("fields") | word_list("entries")))
_PHRASES = frozenset(map(fold, phrases("entry_phrases")))
_ENDINGS = frozenset(map(fold, word_list("entry_endings")))
_LONGEST_ENTRY_WORDS = 2
_ARTICLES = ("the", "le", "la", "el", "l")
_LONGEST_TITLED_WORDS = 12
_LONGEST_OFFICE_WORDS = 7
_LONGEST_NAME_WORDS = 4
_OPEN, _CLOSE, _INSIDE = r"[(\[（［]", r"[)\]）］]", r"[^()\[\]（）［］]"
_ASIDE = re.compile(rf"\s?{_OPEN}{_INSIDE}*(?:{_OPEN}{_INSIDE}*{_CLOSE}{_INSIDE}*)*{_CLOSE}?")
_WITHIN = re.compile(rf"{_OPEN}((?:{_INSIDE}|{_OPEN}{_INSIDE}*{_CLOSE})*)")
# In Chinese a title stands behind the name, and an office before or behind it.
_HAN = "[\u4e00-\u9fff·•・]"
_HAN_TITLES = any_of(word_list("titles_after_names"))
_HAN_GROUP = re.compile(any_of(word_list("groups")))
_HAN_NAME = rf"{any_of(word_list('surnames'))}{_HAN}{{1,2}}"
_HAN_NAMED = re.compile(_HAN_NAME)
_HAN_TITLED = re.compile(rf"{_HAN}{{0,14}}?(?:{_HAN_TITLES})(?:{_HAN_NAME})?")
_HAN_TITLE_ENDS = re.compile(rf"{_HAN}{{0,20}}?(?:{_HAN_TITLES})")
_SURNAME = r"[А-ЯЁ][а-яё]{1,30}(?:-[А-ЯЁ][а-яё]{1,30})?"
_WITH_INITIALS = re.compile(rf"{_SURNAME}\s[А-ЯЁ]\.(?:\s?[А-ЯЁ]\.?)?|[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.\s?)?{_SURNAME}")


_TITLE_POINT = re.compile(r"\A(M|MM|Mr|Mrs|Ms|Dr|Sr|Sra|Mme)\.\s(?=l[ea]s?\s|l['’]|señora?\s)")
# What a record says of itself: what was put, voted and decided.
_RECORDED = re.compile(
    rf"\W{{0,4}}(?:\d{{1,3}}[.)]\s)?(?:{any_of(word_list('recorded'))})(?![\w])[^:：.。\n]{{0,30}}[:：]",
    re.IGNORECASE,
)
# "二、夜间照明": a point of the agenda; no sentence.
_POINT = re.compile(r"\s{0,4}[一二三四五六七八九十]{1,3}、[^。！？；:：\n]{2,60}\Z")

_INITIAL_LAST = re.compile(r"(?<=[\s.])[А-ЯЁ]\Z")


def is_recorded(text: str) -> bool:
    """Whether a paragraph opens with what minutes put before a decision or a vote, or is a point of their agenda."""
    return bool(_RECORDED.match(text) or _POINT.match(text.rstrip()))


def without_title_point(label: str) -> str:
    """A label without the point of a title that an article follows: "M. le Maire" ends no sentence."""
    return _TITLE_POINT.sub(r"\1 ", label)


def is_capital(letter: str) -> bool:
    """Whether a letter may begin a name: it is not small, or its script has no cases."""
    return letter.isalpha() and not letter.islower()


def has_no_case(label: str) -> bool:
    """Whether a label begins in a script without small letters and capitals."""
    return bool(label) and label[0].isalpha() and label[0].lower() == label[0].upper()


def without_asides(label: str) -> str:
    """A label without what stands in brackets: "Ms. Lind (speaks in French)"."""
    return _ASIDE.sub("", label).strip(" .,")


def is_name_without_case(label: str) -> bool:
    """Whether a label is a person's name in Chinese: a surname and one or two characters."""
    return bool(_HAN_NAMED.fullmatch(without_asides(label)))


def _is_named_elsewhere(bare: str, label: str) -> bool:
    """Whether a label names a person as Chinese ("林安局长", "林安（局长）") and Russian ("Лунин А. Б.") do."""
    if _WITH_INITIALS.fullmatch(bare):
        return True
    if not has_no_case(bare) or _HAN_GROUP.match(bare):
        return False
    within = _WITHIN.search(label)
    is_held = bool(within and _HAN_TITLE_ENDS.fullmatch(within[1].strip()))
    return bool(_HAN_TITLED.fullmatch(bare) or (is_held and _HAN_NAMED.fullmatch(bare)))


def names_holder(label: str) -> bool:
    """Whether a label ends with a titled name in brackets: "Minister at the Department of Lamps (Mr. Lind)"."""
    within = _WITHIN.search(label)
    title = _TITLE.match(within[1]) if within and within.start() else None
    return bool(within and title and (name := within[1][title.end() :].strip(" .")) and is_capital(name[0]))


def is_person(label: str) -> bool:
    """Whether a label begins with a title, ends with a titled name, is about an office or is a state's name."""
    label = plain(label)
    if names_holder(label):
        return True
    bare = _ASIDE.sub("", label).strip(" .,")
    words = bare.split()
    if not words or len(words) > _LONGEST_TITLED_WORDS:
        return False
    if (title := _TITLE.match(bare)) and (name := bare[title.end() :].strip(" .")) and is_capital(name[0]):
        return True
    if _is_named_elsewhere(bare, label):
        return True
    office = _OFFICE.search(bare) if len(words) <= _LONGEST_OFFICE_WORDS else None
    return bool(office and _is_office(bare, office)) or " – " in label or bool(states_of_label(label))


def _is_office(bare: str, office: re.Match[str]) -> bool:
    """Whether a label is about an office: but for an article and a word of rank it begins it."""
    before = [word for word in bare[: office.start()].split() if word.casefold() not in _ARTICLES]
    orders = (
        bool(before) and len(before[0]) > 3 and before[0].isupper() and not office[0].isupper()
    )  # "URGES the Chair"
    return len(before) <= 1 and is_capital(bare[0]) and not orders


def is_entry(label: str) -> bool:
    """Whether a label is what forms, tables and notes put before a colon."""
    words = fold(_ASIDE.sub("", plain(label)).strip(" .,")).split()
    if not words or words[-1] in _ENDINGS or " ".join(words) in _PHRASES:
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
        return _with_point(bare) or label
    key = key_of(bare)
    if within and (is_held or _is_name(within[1])):
        holders[key] = _ASIDE.sub("", within[1]).strip(" .,")
        if office:
            holders[key_of(office[0])] = holders[key]
    return holders.get(key) or (holders.get(key_of(office[0])) if office else None) or bare


def _with_point(name: str) -> str:
    """A name with the point of its last initial: "Лунин А. Б."."""
    return f"{name}." if _INITIAL_LAST.search(name) else name
