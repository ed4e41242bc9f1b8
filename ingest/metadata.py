"""What a record is called: title, document symbol, date; each only where the record itself says it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ..vectorstore.markup import plain
from .structure import Unit

FRONT_CHARS = 2500
_SYMBOL = re.compile(
    r"\b(?:[A-Z]{1,8}(?:\.\d+)?/[A-Z0-9](?:[\w.()-]*[\w)])?(?:/\w(?:[\w.()-]*[\w)])?)*(?: \((?:\d{4}|Sect\. \d+)\))?"
    r"|(?:EB|WHA)\d+[./(]\w(?:[\w./()]*[\w)])?)"
)
_AFTER_SYMBOL = re.compile(r"\**(?:$|\s*[|(*/]|\s+(?:Distr|Original)\b)", re.IGNORECASE)
_MASTHEAD = re.compile(r"(?:(?:[A-Z][\w’'-]*|of|on|the|for|and|de|des|et)\s+){0,6}")
_REFERS = re.compile(
    r"\b(?:resolutions?|decisions?|drafts?|documents?|items?|agenda|see|reports?|annex|section|chapter)\b", re.I
)
_NAME_SYMBOL = re.compile(r"(?!IMG|DSC|SCAN|PXL|VID|DOC)[A-Z]{1,8}(?:\.\d+)?(?:_[\w.()-]+){2,}(?: \(\d{4}\))?")
_LANGUAGE_SUFFIX = re.compile(r"[._](?:en|fr|es|ar|ru|zh)$", re.IGNORECASE)
_ASIDE = re.compile(r"[(\[]|(?:\d{1,3}|[IVX]{1,5}|[A-Z])[.)]\s")
_ORGAN = r"(?:general assembly|security council|economic and social council)"
_FURNITURE = re.compile(
    r"(?:united nations|nations unies|naciones unidas|official records|original|agenda item|items? \d)\b|.*\bdistr\b"
    rf"|{_ORGAN}(?: {_ORGAN})*$",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january janvier enero", "february février febrero", "march mars marzo", "april avril abril",
            "may mai mayo", "june juin junio", "july juillet julio", "august août agosto",
            "september septembre septiembre", "october octobre octubre", "november novembre noviembre",
            "december décembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(_MONTHS)
_DAY_MONTH_YEAR = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|er)?\s+(?:of\s+|de\s+)?(?P<month>{_MONTH}),?\s+(?:de\s+)?(?P<year>\d{{4}})\b",
    re.I,
)
_MONTH_DAY_YEAR = re.compile(
    rf"\b(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,\s+(?P<year>\d{{4}})\b", re.I
)
_MONTH_YEAR = re.compile(rf"\b(?P<month>{_MONTH})\s+(?:de\s+)?(?P<year>\d{{4}})\b", re.I)
_ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)\b")
_ANOTHER_DATE = re.compile(
    r"\b(?:from|to|until|by|before|since|after|between|and|as at|as of|ending|ended)\s+(?:\d{1,2}\s+)?$", re.I
)
_HELD = re.compile(r"(?:held|convened|met|meeting of|sitting of|tenue?|celebrada)\b", re.I)
_DATE_LINE_CHARS = 120
_DATED_SENTENCE_CHARS = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What was found; `title` falls back to the file's name."""

    title: str
    symbol: str | None
    date: str | None


def metadata(source: str, text: str, units: Sequence[Unit], *, title: str | None, date: str | None) -> Metadata:
    """Title, symbol and date of a record; `title` and `date` are what its format states, preferred where given."""
    front = [(unit.kind, plain(text[unit.start : unit.end])) for unit in units[:24] if unit.start < FRONT_CHARS]
    lines = [line for kind, line in front if kind in ("heading", "paragraph", "table") and _may_date(line)]
    held = [line for line in lines if _HELD.match(line)]
    return Metadata(
        title=title or _title(front) or PurePath(source).stem,
        symbol=_symbol(front, source),
        date=_date(held) or date or _date(lines),
    )


def _title(front: Sequence[tuple[str, str]]) -> str | None:
    """The longest heading before the text proper begins, else the first line that is one."""
    opening = []
    for kind, line in front[:12]:
        if kind in ("heading", "paragraph") and len(line) < 450 and not _is_date(line) and not _is_furniture(line):
            opening.append((kind, line))
        if kind == "paragraph" and len(line) >= 450:
            break
    headings = [
        line for kind, line in opening if kind == "heading" and len(line.split()) >= 3 and not line.endswith(":")
    ]
    lines = [line for _, line in opening if 2 <= len(line.split()) <= 40]
    first = opening[0][1] if opening and opening[0][0] == "heading" and len(opening[0][1].split()) >= 3 else None
    chosen = first or (max(headings, key=len) if headings else (lines[0] if lines else None))
    return chosen.rstrip(" :") if chosen else None


def _is_furniture(line: str) -> bool:
    """Whether a line is the head of a form rather than a title: issuer and symbol, distribution, item, aside."""
    letters = sum(character.isalpha() for character in line)
    has_symbol = len(line) < 80 and _own_symbol(line) is not None
    return has_symbol or letters < len(line) / 2 or bool(_FURNITURE.match(line) or _ASIDE.match(line))


def _symbol(front: Sequence[tuple[str, str]], source: str) -> str | None:
    """A symbol that stands by itself near the top, or in the file's name; never one the text only refers to."""
    for kind, line in front:
        if kind == "footnote":
            continue
        for cell in line.split(" | "):
            if symbol := _own_symbol(cell):
                return symbol
        labelled = re.match(r"(?:document|symbol|reference|ref\.?)\s*(?:no\.?)?:\s*(\S+)", line, re.IGNORECASE)
        if labelled and (match := _SYMBOL.match(labelled[1])):
            return match[0]
    return _symbol_of_name(PurePath(source).stem)


def _own_symbol(line: str) -> str | None:
    """The symbol of a line that consists of it, after the name of a body and before a word on its distribution."""
    match = _SYMBOL.search(line)
    if not match or not any(character.isdigit() for character in match[0]):
        return None
    issuer = line[: match.start()]
    if not _MASTHEAD.fullmatch(issuer) or _REFERS.search(issuer) or not _AFTER_SYMBOL.match(line[match.end() :]):
        return None
    return match[0]


def _symbol_of_name(stem: str) -> str | None:
    stem = _LANGUAGE_SUFFIX.sub("", stem)
    if not any(character.isdigit() for character in stem):
        return None
    if _NAME_SYMBOL.fullmatch(stem):
        return stem.replace("_", "/")
    return stem if _SYMBOL.fullmatch(stem) else None


def _may_date(line: str) -> bool:
    """Whether a line can say the record's own date: a short line, not a sentence."""
    is_sentence = line.endswith((".", ";", ",")) and not _HELD.match(line)
    return len(line) < (_DATED_SENTENCE_CHARS if is_sentence else _DATE_LINE_CHARS)


def _date(lines: Sequence[str]) -> str | None:
    """The first date that a line states, where it is not the bound of a period or a deadline."""
    for line in lines:
        for pattern in (_ISO, _DAY_MONTH_YEAR, _MONTH_DAY_YEAR, _MONTH_YEAR):
            for match in pattern.finditer(line):
                if not _ANOTHER_DATE.search(line[: match.start()]):
                    return _iso(match.groupdict())
    return None


def _iso(parts: dict[str, str]) -> str:
    month = _MONTHS.get(parts["month"].lower()) or int(parts["month"])
    return f"{parts['year']}-{month:02}" + (f"-{int(parts['day']):02}" if "day" in parts else "")


def _is_date(line: str) -> bool:
    return len(line) < 40 and _date([line]) is not None
