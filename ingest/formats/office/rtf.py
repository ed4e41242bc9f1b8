"""Rich Text Format: paragraphs, headings by outline level, table rows, footnotes.

striprtf gives plain text. What it drops or blurs is marked before with private-use characters, which no text holds:

    rtf, pictures cut out -> footnotes taken out -> marks set -> striprtf -> paragraphs and rows
"""

import re
from collections.abc import Iterator

from ..blocks import Reading, TextBuilder
from ..table import labelled_rows

LIMIT_BYTES = 100 << 20
LIMIT_FONT_LINE_CHARS = 5_000
_CELL, _ROW, _BEGIN_ROW, _OUTLINE = "\ue001", "\ue002", "\ue003", "\ue010"
_PRIVATE = re.compile("[\ue000-\ue0ff]")
_SCAN = re.compile(r"\\bin(\d{1,9}) ?|\\.|[{}]", re.DOTALL)
_OUTLINE_MARK = re.compile(f"[{_OUTLINE}-\ue018]")


def read_rtf(data: bytes) -> Reading:
    """Blocks of an RTF file. Raises ValueError when it is none, damaged or empty."""
    if not data.lstrip().startswith(rb"{\rtf"):
        raise ValueError("it is not RTF")
    if len(data) > LIMIT_BYTES:
        raise ValueError(f"it is larger than {LIMIT_BYTES >> 20} MB; save it as .docx")
    rtf, _ = _taken_out(_as_text(data.lstrip()), r"{\pict")
    title = next((_plain(group, rtf) for group in _taken_out(rtf, r"{\title")[1]), "")
    rtf, notes = _taken_out(rtf, r"{\footnote", numbered=True)
    builder = TextBuilder()
    _add(builder, _converted(_marked(rtf)))
    for number, note in enumerate(notes, start=1):
        builder.add(f"[{number}] {_plain(note, rtf)}", "footnote")
    if not builder.blocks:
        raise ValueError("it holds no text")
    return Reading(text=builder.text, blocks=tuple(builder.blocks), media_type="application/rtf", title=title or None)


# --- before striprtf -------------------------------------------------------------------------------------------


def _as_text(data: bytes) -> str:
    """RTF as characters: it is ASCII; bytes beyond are UTF-8, or belong to the code page and are written as such."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = re.sub(rb"[\x80-\xff]", lambda byte: b"\\'%02x" % byte[0][0], data).decode("ascii")
    return _PRIVATE.sub("", text)


def _taken_out(rtf: str, opener: str, *, numbered: bool = False) -> tuple[str, list[str]]:
    """The text without the groups that begin so, and those groups; their numbers in brackets stand in for them."""
    kept: list[str] = []
    groups: list[str] = []
    position = 0
    while (start := rtf.find(opener, position)) >= 0:
        if rtf[start + len(opener) : start + len(opener) + 1].isalpha():  # a longer word, as \footnotesep
            kept.append(rtf[position : start + 1])
            position = start + 1
            continue
        end = _group_end(rtf, start)
        groups.append(rtf[start:end])
        kept.append(rtf[position:start] + (f"[{len(groups)}]" if numbered else ""))
        position = end
    return "".join([*kept, rtf[position:]]), groups


def _group_end(rtf: str, start: int) -> int:
    """Where the group that opens at `start` closes, raw data within it skipped."""
    depth = 0
    position = start
    while match := _SCAN.search(rtf, position):
        position = match.end() + int(match[1] or 0)
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return position
    return len(rtf)


def _marked(rtf: str) -> str:
    """RTF with marks for cells, rows and headings, and with the numbers of old-style lists kept."""
    rtf = re.sub(r"\\cell(?![a-z])", _CELL, rtf)
    rtf = re.sub(r"\\row(?![a-z])", _ROW, rtf)
    rtf = re.sub(r"\\trowd(?![a-z])", rf"\\trowd{_BEGIN_ROW}", rtf)
    rtf = re.sub(r"\\outlinelevel([0-8])(?!\d)", lambda level: chr(ord(_OUTLINE) + int(level[1])), rtf)
    return rtf.replace(r"{\pntext", r"{\listtext")


def _converted(rtf: str) -> str:
    """Plain text by striprtf, its slow patterns kept to single lines."""
    from striprtf.striprtf import rtf_to_text

    rtf = rtf.replace("HYPERLINK", "LINK").replace(r"{\field", "\n{\\field")
    rtf = re.sub(r"\{(?=\\f\d)", "\n{", rtf)
    if any(len(line) > LIMIT_FONT_LINE_CHARS for line in _font_table(rtf).split("\n")):
        raise ValueError("the RTF is damaged (its font table has no end)")
    try:
        text = rtf_to_text(rtf, errors="replace")
    except LookupError:  # a character set that Python does not know
        text = rtf_to_text(re.sub(r"\\fcharset\d+", r"\\fcharset0", rtf), errors="replace")
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"the RTF is damaged ({type(error).__name__})") from error
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\xad", "")


def _plain(group: str, rtf: str) -> str:
    """The words of a group that striprtf would drop, read with the fonts and code page of its file."""
    code_page = re.search(r"\\ansicpg\d{1,5}", rtf)
    inside = re.sub(r"^\{\\[a-z]+", "{", group)
    text = _converted(rf"{{\rtf1\ansi{code_page[0] if code_page else ''}{_font_table(rtf)}{inside}}}")
    return " ".join(_PRIVATE.sub(" ", text).split())


def _font_table(rtf: str) -> str:
    return "".join(_taken_out(rtf, r"{\fonttbl")[1][:1])


# --- after striprtf --------------------------------------------------------------------------------------------


def _add(builder: TextBuilder, text: str) -> None:
    rows: list[list[str]] = []
    for is_row, stretch in _stretches(text):
        if is_row:
            rows.append([" ".join(_PRIVATE.sub(" ", cell).split()) for cell in stretch.split(_CELL)])
        elif _PRIVATE.sub("", stretch).strip():
            _add_table(builder, rows)
            rows = []
            for line in stretch.split("\n"):
                _add_paragraph(builder, line)
    _add_table(builder, rows)


def _stretches(text: str) -> Iterator[tuple[bool, str]]:
    """Table rows, and what stands between them."""
    parts = text.split(_ROW)
    for part in parts[:-1]:
        start = part.find(_BEGIN_ROW)
        if start < 0 or _CELL in part[:start]:
            start = part.rfind("\n", 0, max(part.find(_CELL), 0)) + 1
        yield False, part[:start]
        yield True, part[start:]
    yield False, parts[-1].replace(_CELL, "\n")


def _add_table(builder: TextBuilder, rows: list[list[str]]) -> None:
    for line in labelled_rows(rows):
        builder.add(line, "table")


def _add_paragraph(builder: TextBuilder, line: str) -> None:
    outline = _OUTLINE_MARK.search(line)
    text = " ".join(_PRIVATE.sub("", line).replace("\t", " ").split())
    if outline:
        builder.add(text, "heading", level=ord(outline[0]) - ord(_OUTLINE) + 1)
    else:
        builder.add(text, "item" if re.match(r"[•·▪◦–-] ", text) else "paragraph")
