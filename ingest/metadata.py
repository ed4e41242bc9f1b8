"""What a record is called: title, document symbol, date; each only where the record itself says it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ..vectorstore.markup import plain
from .structure import Unit

FRONT_CHARS = 2500
_SYMBOL = re.compile(r"\b(?:[A-Z]{1,8}(?:\.\d+)?/[A-Z0-9][\w.()-]*(?:/[\w.()-]+)*|(?:EB|WHA)\d+[./(]\w[\w./()]*)")
_NAME_SYMBOL = re.compile(r"^(?:[A-Z]{1,8}(?:\.\d+)?_)[A-Z0-9][\w.()-]*$")
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
_DAY_MONTH_YEAR = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|er)?\s+(?:de\s+)?({'|'.join(_MONTHS)})\s+(?:de\s+)?(\d{{4}})\b", re.I
)
_MONTH_DAY_YEAR = re.compile(rf"\b({'|'.join(_MONTHS)})\s+(\d{{1,2}}),\s+(\d{{4}})\b", re.I)
_MONTH_YEAR = re.compile(rf"\b({'|'.join(_MONTHS)})\s+(\d{{4}})\b", re.I)
_ISO = re.compile(r"\b((?:19|20)\d\d-[01]\d-[0-3]\d)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What was found; `title` falls back to the file's name."""

    title: str
    symbol: str | None
    date: str | None


def metadata(source: str, text: str, units: Sequence[Unit], *, title: str | None, date: str | None) -> Metadata:
    """Title, symbol and date of a record; `title` and `date` are what its format states, preferred where given."""
    front = [(unit.kind, plain(text[unit.start : unit.end])) for unit in units[:24] if unit.start < FRONT_CHARS]
    return Metadata(
        title=title or _title(front) or PurePath(source).stem,
        symbol=_symbol(front, source),
        date=date or _date([line for kind, line in front if kind != "footnote" and len(line) < 400]),
    )


def _title(front: Sequence[tuple[str, str]]) -> str | None:
    """The longest heading before the text proper begins, else the first line that is one."""
    opening = []
    for kind, line in front[:12]:
        if kind in ("heading", "paragraph") and len(line) < 450 and not _is_date(line):
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


def _symbol(front: Sequence[tuple[str, str]], source: str) -> str | None:
    """A symbol that stands by itself near the top, or in the file's name; never one the text only refers to."""
    for kind, line in front:
        match = _SYMBOL.match(line)
        if match and kind != "footnote" and len(line) <= len(match[0]) + 24 and any(c.isdigit() for c in match[0]):
            return match[0]
        labelled = re.match(r"(?:document|symbol|reference|ref\.?)\s*(?:no\.?)?:\s*(\S+)", line, re.IGNORECASE)
        if labelled and (match := _SYMBOL.match(labelled[1])):
            return match[0]
    stem = PurePath(source).stem
    if _NAME_SYMBOL.match(stem) and any(c.isdigit() for c in stem):
        return re.sub(r"\.(?:en|fr|es|ar|ru|zh)$", "", stem, flags=re.IGNORECASE).replace("_", "/")
    return None


def _date(lines: Sequence[str]) -> str | None:
    for line in lines:
        if match := _ISO.search(line):
            return match[1]
        if match := _DAY_MONTH_YEAR.search(line):
            return f"{match[3]}-{_MONTHS[match[2].lower()]:02}-{int(match[1]):02}"
        if match := _MONTH_DAY_YEAR.search(line):
            return f"{match[3]}-{_MONTHS[match[1].lower()]:02}-{int(match[2]):02}"
        if len(line) < 120 and (match := _MONTH_YEAR.search(line)):
            return f"{match[2]}-{_MONTHS[match[1].lower()]:02}"
    return None


def _is_date(line: str) -> bool:
    return len(line) < 40 and _date([line]) is not None
