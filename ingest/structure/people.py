"""Whether a label names somebody: by a title, an office, a state; and whom one would cite by it."""

import re
from importlib.resources import files

from ...vectorstore.markup import plain
from ...vectorstore.names import fold
from ..language.states import states_of_label


def _listed(name: str) -> list[str]:
    text = files("onrecord.ingest.language.data").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


TITLES = "|".join(_listed("titles.txt"))
_TITLE = re.compile(rf"\A(?:{TITLES})(?![\w])", re.IGNORECASE)
_OFFICE = re.compile(rf"(?<!\w)(?:{'|'.join(_listed('offices.txt'))})(?!\w)", re.IGNORECASE)
_FIELDS = frozenset(fold(line) for line in _listed("fields.txt"))
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]*(?:[(\[][^()\[\]]*[)\]][^()\[\]]*)*[)\]]?")
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
