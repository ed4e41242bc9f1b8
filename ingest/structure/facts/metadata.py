"""What is known of a record as a whole: title, symbol, date, issuer; each only where the record itself says it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import PurePath

from ....vectorstore.language.detect import tag_language
from ....vectorstore.markup import plain
from ...fetch import is_address
from ...formats.blocks import Reading
from ...language.dates import dates
from ...language.marks import ends
from ...units import Metadata, Unit
from ..noise import garbled_share
from .bodies import RECORDS
from .issuer import is_body, issuer

FRONT_CHARS = 2500
_SYMBOL = re.compile(
    r"\b(?:[A-Z]{1,8}(?:\.\d+)?/[A-Z0-9](?:[\w.()-]*[\w)])?(?:/\w(?:[\w.()-]*[\w)])?)*(?: \((?:\d{4}|Sect\. \d+)\))?"
    r"|(?:EB|WHA)\d+[./(]\w(?:[\w./()]*[\w)])?)"
)
_SERIAL = re.compile(
    r"\A[\W_]{0,3}(?P<symbol>(?:Vol(?:ume|\.)?\s?\d{1,4},?\s)?(?:[A-Z]\w{1,15}\s){0,2}(?:No|NO|Nos|Number|NUMBER|Nr|N[°º]|№|Issue)"
    r"\b\.?\s?\*?\s?\d{1,6}(?:[—–/-]\d{1,6})?)[\W_]{0,3}(?:\Z|[(\]])"
)
_AFTER_SYMBOL = re.compile(r"\A\**(?:$|\s*[|(*/]|\s+(?:Distr|Original)\b|\s+\d{1,2} [a-z]{3,9} \d{4}\b)", re.IGNORECASE)
_MASTHEAD = re.compile(r"\A(?:(?:[A-Z][\w’'-]*|of|on|the|for|and|de|des|et)\s+){0,6}")
_REFERS = re.compile(
    r"\b(?:resolutions?|decisions?|drafts?|documents?|items?|agenda|see|reports?|annex|section|chapter)\b", re.I
)
_NAME_SYMBOL = re.compile(
    r"(?!IMG|DSC|SCAN|PXL|VID|DOC)[A-Z]{1,8}(?:\.\d+)?_[\w.()-](?:[^\W_]|[.()-])*_[\w.()-]+(?: \(\d{4}\))?"
)
_LANGUAGE_SUFFIX = re.compile(r"[._](?:en|fr|es|ar|ru|zh)$", re.IGNORECASE)
_ASIDE = re.compile(r"[(\[]|(?:\d{1,3}|[IVX]{1,5}|[A-Z])[.)]\s")
_ORGAN = r"(?:general assembly|security council|economic and social council)"
_FURNITURE = re.compile(
    r"\A(?:(?:united nations|nations unies|naciones unidas|official records|original|agenda item|items? \d)\b"
    r"|.*\bdistr\b|.{0,40}\boriginal\W{1,3}\w+\W*$"
    rf"|{_ORGAN}(?: {_ORGAN})*$|(?:resolutions? )?adopted (?:by|on|at|without)\b)",
    re.IGNORECASE,
)
_SESSION = re.compile(
    rf"\A(?:{_ORGAN} )*(?:(?:[a-z]+-)?[a-z]+(?:th|st|nd|rd|first|second|third)|\d+(?:th|st|nd|rd)?|\d{{4}})"
    r" (?:resumed |special |regular |annual |substantive |emergency )*(?:session|year|meeting of\b.{0,80})\b.{0,24}",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"\A(?:(?:[\w’'-]+ ){0,3}(?:official report|debates|hansard|minutes|proceedings|verbatim record|summary record"
    r"|proc[èe]s[- ]verbal|compte rendu(?: \w+)?|acta)(?: \([^()]+\))?"
    r"|(?:annual )?report on (?:its|the) .{0,60}\bsessions?\b.{0,80})",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\d|[@_/\\]|\b(?:users?|admin\w*|author|owner|unknown|microsoft|office|python|docx?|test|default)\b", re.I
)
_REPORT = re.compile(r"\b(?:report|records?|minutes|proceedings|agenda|rapport|informe)\b", re.IGNORECASE)
_ACT = re.compile(
    r"(?:draft )?(?:(?:resolution|decision) [\w/.-]*\d"
    r"|(?:law|act|regulation|directive|lei|ley|loi|decreto|décret)\b.{0,12}?\d)",
    re.IGNORECASE,
)
_LETTER = re.compile(r"(?:identical )?(?:letters?|notes? verbales?) dated\b", re.IGNORECASE)
_GENERIC = re.compile(
    r"(?:(?:microsoft |ms )?(?:word|excel|powerpoint)?\W{0,3}"
    r"(?:document|presentation|book|sheet|workbook|slide|untitled|title)"
    r"\W{0,2}\d{0,3})",
    re.IGNORECASE,
)
_OF_RECORD = re.compile(
    rf"\A(?:[\w’'-]{{1,20}} ){{0,2}}(?:{RECORDS})\s(?:of|from|for|to|on|du|de|del|da|der|des|über|van)\s", re.IGNORECASE
)
_ENDS_WITH_KIND = re.compile(
    rf"\A(?:[\w’'.,&-]{{1,30}}\s{{1,6}}){{2,12}}?(?:{RECORDS})\b(?=\s{{1,4}}[A-ZÀ-Þ])", re.IGNORECASE
)
_LOGGED = re.compile(
    r"(?:[\[(]?\d\d?:\d\d(?::\d\d)?[\])]?\s{1,3})(?:<[^<>\s]{1,40}>\s{1,3})?(?i:meeting|title|subject|réunion|reunión|sitzung)"
    r"\s?:\s{0,3}(?P<title>\S.{3,160})\Z"
)
_MEETING = re.compile(
    r"(?:\w{1,30}\s){0,3}\d{1,5}(?:st|nd|rd|th|e|[èe]me|a|ª|º)?\s(?:\w{1,20}\s){0,2}(?:meeting|sitting|session|séance|sesión|sitzung)",
    re.I,
)
_AGENDA = re.compile(r"(?:agenda|ordre du jour|orden del d[íi]a|tagesordnung)\W{0,2}", re.IGNORECASE)
_SITTING = re.compile(
    rf"\b(?:{RECORDS}|meeting|session|sitting|notes|call|teleconference|réunion|séance|reunión|sesión|sitzung)\b",
    re.IGNORECASE,
)
_VERSUS = re.compile(r"v\.?|vs\.?|versus|c\.|contre|contra|gegen", re.IGNORECASE)
_LONGEST_TITLE = 240
_NAMING_LINES = 4
_LOG_UNITS = 40
_OPENS = re.compile(r".{0,60}\b(?:met|called to order|was opened)\b.{0,12}\d", re.IGNORECASE)
# "2018-05" may be no date, "3/4/2018" is one of two.
_UNSURE = re.compile(r"\d{4}-\d\d|[\d./]+")
_ANOTHER_DATE = re.compile(
    r"\b(?:from|to|until|by|before|since|after|between|and|as at|as of|ending|ended)\s+(?:\d{1,2}\s+)?$"
    r"|\A(?:\d{1,3}|[IVX]{1,5}|[A-Z])[.)]\s+minutes of\s+$"  # an item of an agenda: another meeting's
    r"|\bdate of (?!meeting|sitting|session|hearing|issue|adoption|document)\w{1,30}:\s+$"
    r"|\b(?:due date|deadline)(?: of|:)?\s+$",
    re.I,
)
_HELD = re.compile(r"(?:held|convened|met|meeting of|sitting of|tenue?|celebrada)\b", re.I)
_SITS = re.compile(
    r"\b(?:(?:(?:meeting|session|sitting|hearing)s? (?:was |were )?(?:held )?(?:(?:on|of) )?)"
    r"|(?:(?:was|were) held (?:\w+ ){0,2}?)|it is )(?:\w+day,? )?"
    r"(?=(?:the )?\d{1,2}(?:st|nd|rd|th)? |\w{3,9} \d{1,2}(?:st|nd|rd|th)?, \d{4})",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"\d\s?(?:\w{3,9}\s?)?[-–—]\s?\d{1,2}\b")
_PHOTOGRAPH = re.compile(r"(?:IMG|DSC|SCAN|PXL|VID)[\W_\d]", re.IGNORECASE)
_NAME_MARKS = re.compile(r"[_.+]|(?<=[^\W\d])-|-(?=[^\W\d])")
_OPENING_CHARS = 400
_OPENING_UNITS = 8
_BRACKETED_UNITS = 60
_MISREAD = str.maketrans("IlOoSs", "110055")
_DATE_LINE_CHARS = 120
_DATED_SENTENCE_CHARS = 72
_DATED_KIND_CHARS = 60
_GARBLED_SHARE = 0.4
_LONGEST_SYMBOL = 120


def metadata(source: str, reading: Reading, units: Sequence[Unit]) -> Metadata:
    """What a record says of itself, and what its format states of it, preferred where given."""
    text = reading.text
    lines = ((unit.kind, plain(text[unit.start : unit.end])) for unit in units[:24] if unit.start < FRONT_CHARS)
    front = [(kind, line) for kind, line in lines if garbled_share(line) < _GARBLED_SHARE]
    lines = [line for kind, line in front if kind in ("heading", "paragraph", "table") and _may_date(line)]
    head = text[: units[0].start] if units else ""
    openings = [line[:_OPENING_CHARS] for kind, line in front[:_OPENING_UNITS] if kind != "table"]
    held = [line for line in lines if _HELD.match(line)]
    sittings = [line[match.start() :] for line in openings if (match := _SITS.search(line))]
    symbol = _symbol(front, head, source)
    stated = (
        None if reading.title and (_is_file_name(reading.title) or _GENERIC.fullmatch(reading.title)) else reading.title
    )
    heads = (("paragraph", line) for line in head[:FRONT_CHARS].splitlines())
    found = asdict(issuer([*front, *heads], stated, text))
    found["author"] = found["author"] or _typist(reading.author, by_institution=bool(symbol or found["body"]))
    found["publisher"] = reading.publisher or found["publisher"]
    return Metadata(
        title=_title_of(source, reading, stated, front, units),
        symbol=symbol,
        date=_dated(
            _date(held),
            _date(sittings),
            reading.date,
            _date([line for line in lines if not _PERIOD.search(line)]),
            _date(_bracketed(text[unit.start : unit.end] for unit in units[:_BRACKETED_UNITS])),
            _date(lines),
            _date(head[:FRONT_CHARS].splitlines()),
            _date([] if _PHOTOGRAPH.match(PurePath(source).name) else [_NAME_MARKS.sub(" ", PurePath(source).stem)]),
        ),
        language=tag_language(reading.language),
        url=reading.url or (source if is_address(source) else None),
        **found,
    )


def _dated(*found: str | None) -> str | None:
    """The first of the dates found; where it is only a month, the first day of that month among them."""
    first = next(filter(None, found), None)
    return next((date for date in found if first and date and date.startswith(first) and len(date) > len(first)), first)


def _bracketed(lines: Iterable[str]) -> list[str]:
    """The lines that are a date in brackets and nothing else, below the front too: "[25 June 2031]"."""
    short = (line[1:-1] for line in lines if line[:1] == "[" and line[-1:] == "]" and len(line) < _DATED_KIND_CHARS)
    return [line for line in short if not dates(line)[1].strip()]


def _typist(name: str | None, *, by_institution: bool) -> str | None:
    """The author that a file's properties state; an institution's record was only typed by them."""
    return None if by_institution or not name or _NO_NAME.search(name) else name


def _title_of(
    source: str, reading: Reading, stated: str | None, front: Sequence[tuple[str, str]], units: Sequence[Unit]
) -> str:
    """The title as stated, whole; else as printed; of what was only said, or of sheets, the file's name."""
    stem = PurePath(source).stem
    if stated:
        named = (line for kind, line in front if kind == "heading" and len(line) < _LONGEST_TITLE)
        return next((line for line in named if line.casefold().startswith(f"{stated.casefold()} ")), stated)
    if logged := next(_logged(reading.text, units), None):
        return logged
    if units and all(unit.locator.time for unit in units[:_OPENING_UNITS]):
        return stem
    named_as_file = None if _GENERIC.fullmatch(reading.title or "") else reading.title
    title = _title(front) or named_as_file or stem
    told = set(_words(stem)) - set(_words(title))
    is_sheet_name = "sheet" in reading.media_type and set(_words(title)) <= set(_words(stem)) and len(told) > 1
    return stem if is_sheet_name else title


def _words(title: str) -> list[str]:
    return re.findall(r"[^\W_]+", title.casefold())


def _logged(text: str, units: Sequence[Unit]) -> Iterator[str]:
    """What a log says that it is of: "10:01:02 <clerk> Meeting: Board of Lights", near its beginning."""
    lines = (plain(text[unit.start : unit.end]) for unit in units[:_LOG_UNITS])
    return (match["title"] for line in lines if len(line) < 300 and (match := _LOGGED.match(line)))


def _is_file_name(title: str) -> bool:
    return " " not in title.strip() and bool(re.search(r"[\d_.]", title))


def _title(front: Sequence[tuple[str, str]]) -> str | None:
    """The heading of a letter, else the longest heading before the text proper begins, else the first line.

    Where that only says what kind of record it is ("OFFICIAL REPORT"), the body before it and the date belong to it.
    """
    if own := _named_record(front):
        return own
    opening = list(_opening(front))
    named = [(kind, line) for kind, line in opening if not is_body(line)]
    if kind_of_record := _kind_of_record(front, [line for _, line in named]):
        return kind_of_record
    front_line = next((line for kind, line in front if kind in ("heading", "paragraph") and not _is_form(line)), None)
    headings = [line for kind, line in named if kind == "heading" and len(line.split()) >= 3 and not line.endswith(":")]
    lines = [line for _, line in [*named, *opening] if 2 <= len(line.split()) <= 40]
    letter = next((line for _, line in opening if _LETTER.match(line)), None)
    first = headings[0] if headings and headings[0] == front_line else None
    chosen = letter or first or (max(headings, key=len) if headings else (lines[0] if lines else None))
    matter = _matter(front) if chosen and _MEETING.fullmatch(chosen) else None
    return ": ".join(part.rstrip(" :*") for part in (chosen, matter) if part) if chosen else None


def _named_record(front: Sequence[tuple[str, str]]) -> str | None:
    """ "Minutes of the Board, 3 May 2031", a case's "A v. B": what a record calls itself in its first lines.

    Where the text goes on in the same line, what stands before the date, or before its kind, ends.
    """
    if (case := _case(front)) or not front:
        return case
    for _, line in front[:_NAMING_LINES]:
        if _OF_RECORD.match(line) and len(line) < _LONGEST_TITLE and not _is_sentence(line):
            return line.rstrip(" :*")
    opening = front[0][1]
    if len(opening) < _LONGEST_TITLE:
        return None
    head = opening[:_LONGEST_TITLE]
    if _OF_RECORD.match(head) and (days := [day for day in dates(head)[0] if day.day]):
        return head[: days[0].start] + days[0].written
    kind = _ENDS_WITH_KIND.match(head)
    return kind[0].strip() if kind else None


def _case(front: Sequence[tuple[str, str]]) -> str | None:
    """The parties of a case out of the rows that name them: those around a row "v."."""
    cells = [line.strip(" |").split(" | ")[0].strip(" :|") if kind == "table" else "" for kind, line in front]
    place = next((place for place, cell in enumerate(cells) if _VERSUS.fullmatch(cell)), None)
    if place is None:
        return None
    first, last = place, place
    while first and cells[first - 1]:
        first -= 1
    while last + 1 < len(cells) and cells[last + 1]:
        last += 1
    return " ".join(cells[first : last + 1]) if first < place < last else None


def _matter(front: Sequence[tuple[str, str]]) -> str | None:
    """What a record's agenda has, where it is one matter."""
    lines = [line for _, line in front]
    place = next((place for place, line in enumerate(lines) if _AGENDA.fullmatch(line)), None)
    below = lines[place + 1] if place is not None and place + 1 < len(lines) else ""
    return below if 1 < len(below.split()) <= 30 and not _is_form(below) else None


def _kind_of_record(front: Sequence[tuple[str, str]], named: Sequence[str]) -> str | None:
    """ "NATIONAL ASSEMBLY, OFFICIAL REPORT, Tuesday, 5th May, 1998", where a record opens with its kind, no title."""
    if not named or not (kind := next((line for line in named[:2] if _KIND.fullmatch(line)), None)):
        return None
    lines = [line for _, line in front[:10]]
    place = lines.index(kind)
    body = next((line for line in (*lines[:place], *lines[place + 1 : place + 2]) if is_body(line)), None)
    dates = (line for line in lines[place:] if len(line) < _DATED_KIND_CHARS and _date([line]))
    date = None if _date([kind]) else next(dates, None)
    return ", ".join(part for part in (body, kind, date) if part) if body or date else None


def _opening(front: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The lines that may be a title: no dates, forms and sessions, no body that sits in session, nothing below."""
    found = False
    for (kind, line), (_, below) in zip(front[:14], [*front[1:14], ("", "")], strict=False):
        if kind not in ("heading", "paragraph") or _is_form(line) or _SESSION.fullmatch(line):
            continue
        if (
            (len(line) >= 450 and kind == "heading")
            or line.endswith(",")
            or (kind == "paragraph" and _is_sentence(line))
        ):
            found = found or len(line) < 450
            continue
        if len(line) >= 450 or (found and _OPENS.match(line)):
            return
        if not _SESSION.fullmatch(below) or _REPORT.search(line):
            found = True
            yield kind, line


def _is_form(line: str) -> bool:
    return (is_date(line) and not _SITTING.search(line)) or _is_furniture(line)


def _is_sentence(line: str) -> bool:
    return line.endswith(".") and len(line.split()) > 12 and len(line) < 450


def _is_furniture(line: str) -> bool:
    """Whether a line is the head of a form rather than a title: issuer and symbol, distribution, item, aside."""
    letters = sum(character.isalpha() for character in line)
    has_symbol = len(line) < 80 and own_symbol(line) is not None
    is_figures = letters < len(line) / 2 and not _ACT.match(line)
    return has_symbol or is_figures or bool(_FURNITURE.match(line) or _ASIDE.match(line))


def _symbol(front: Sequence[tuple[str, str]], head: str, source: str) -> str | None:
    """A symbol that stands by itself near the top or at the head of the pages, or is the file's name.

    Never one the text only refers to; where the printed one is the name's but for letters that are taken for figures
    (a bad scan's "A/39/36I"), the name's.
    """
    printed, named = _printed_symbol(front, head), _symbol_of_name(PurePath(source).stem)
    if printed and named and printed.translate(_MISREAD).casefold() == named.translate(_MISREAD).casefold():
        return named if printed != named and printed.casefold() != named.casefold() else printed
    return printed or named or _serial_number([*head[:FRONT_CHARS].splitlines(), *(line for _, line in front)])


def _serial_number(lines: Sequence[str]) -> str | None:
    """ "Vol. 280 No. 6", "Case No. 11-398": the number that a house without symbols gives its record."""
    cells = (cell.removeprefix("[") for line in lines for cell in line.split(" | "))
    found = (
        _SERIAL.match(part) for cell in cells if len(cell) < _DATE_LINE_CHARS for part in (cell, _after_name(cell))
    )
    return next((match["symbol"] for match in found if match), None)


def _after_name(cell: str) -> str:
    """What of "Lamp Journal Volume 7, Number 9 (May)" begins with the volume."""
    place = cell.find("Vol")
    return cell[max(place, 0) :]


def _printed_symbol(front: Sequence[tuple[str, str]], head: str) -> str | None:
    for kind, line in front:
        if kind == "footnote":
            continue
        for cell in line.split(" | "):
            if symbol := own_symbol(cell):
                return symbol
        labelled = re.match(r"(?:document|symbol|reference|ref\.?)\s*(?:no\.?)?:\s*(\S+)", line, re.IGNORECASE)
        if labelled and (match := _SYMBOL.match(labelled[1])):
            return match[0]
    heads = (own_symbol(line) for line in head[:FRONT_CHARS].splitlines())
    return next(filter(None, heads), None)


def own_symbol(line: str) -> str | None:
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
    if len(stem) > _LONGEST_SYMBOL or not any(character.isdigit() for character in stem):
        return None
    if _NAME_SYMBOL.fullmatch(stem):
        return stem.replace("_", "/")
    return stem if _SYMBOL.fullmatch(stem) else None


def _may_date(line: str) -> bool:
    """Whether a line can say the record's own date: a short line, not a sentence."""
    is_sentence = ends(line, ".;,") and not _HELD.match(line)
    return len(line) < (_DATED_SENTENCE_CHARS if is_sentence else _DATE_LINE_CHARS)


def _date(lines: Sequence[str]) -> str | None:
    """The first date that a line states, not as the bound of a period or a deadline; of several days the last."""
    for line in lines:
        stated = {day.start: day for day in dates(line)[0] if day.year and not _UNSURE.fullmatch(day.written)}
        for start, day in sorted(stated.items(), key=lambda entry: entry[0]):
            if not _ANOTHER_DATE.search(line[:start]):
                return f"{day.year}-{day.month:02}" + (f"-{day.day:02}" if day.day else "")
    return None


def is_date(line: str) -> bool:
    """Whether a short line states a date."""
    return len(line) < 40 and _date([line]) is not None
