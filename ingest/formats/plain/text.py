"""Plain text and Markdown, which often goes by the name of plain text.

The canonical text is the file's own, with line ends made `\\n`: a quote can be looked up in the file itself.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import quantiles

from ....vectorstore.language.analysers import count_words
from ...fetch import is_address
from ...language.dates import dates
from ...language.marks import ends
from ...language.states import is_broken_label
from ..blocks import Block, Kind, Reading
from .line_numbers import indent_of, without_line_numbers
from .tagged import read_tagged

_LIST_MARK = re.compile(r"^\s*(?:[-*+•‣◦▪·–—]\s+|\(?[a-z]\)\s+|\(?[ivx]{1,5}\)\s+|\(?\d{1,3}[.)]\s+)", re.IGNORECASE)
_BULLET = re.compile(r"^\s*[-*+•‣◦▪·–—]\s+\S")
_ENUMERATED = re.compile(r"^\s*\(?(?:[a-z]|[ivx]{1,5})\)\s+\S", re.IGNORECASE)
_RULE = re.compile(r"^\s*(?:[-*_=] ?){3,}\s*$")
_ATX = re.compile(r"^ {0,3}(#{1,6})(?:\s+\S|(?<=##)\w)")
_BOLD_LINE = re.compile(r"^\s*(?:\*\*[^*]+\*\*|__[^_]+__)+\s*$")
_FOOTNOTE = re.compile(r"^\s*(?:<sup>\s*\w{1,3}\s*</sup>|\[\^?\w{1,3}\]:?|\\\*+|\*{1,2}(?=\s)|[¹²³⁴-⁹]+)\s*\S")
_MARKDOWN = re.compile(r"^#{1,6} |\*\*[^*\n]+\*\*|\[[^\[\]\n]{1,300}\]\([^)\n]{0,500}\)|^\|.*\|$", re.MULTILINE)
_PAGE_MARK = re.compile(r"(?:(?<![^\S\n])[^\S\n]++)?\[\[?page\s+([\w.-]{1,12})\]\]?\s*$", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"---\n\n?(?=[A-Za-z][\w-]*:)(?:.*\n){1,80}?---(?=\n|$)")
# In characters; what is set in the middle stands off a little where its length is odd or the lines are not all full.
_LEAST_INDENT = 8
_OFF_CENTRE = 10
_MOST_CENTRED_LINES = 5
_LONGEST_BOLD_WORDS = 5
_SENTENCE_ENDS = (".", "!", "?", "”", '"', ")", "]", ":")
_UNDER_NAMES = re.compile(r"\A\s*+\|(?=[\s:|+]*+-)[\s:|+-]*+\Z")
_LABEL = re.compile(r"^\s*(?:(?:Mr|Mrs|Ms|Dr|Prof|Hon|Sra?|Mme|M)\.\s)?[A-Z][^:.!?]{1,60}:(?:\s|$)")


def read_text(text: str, media_type: str = "text/plain", *, wrapped: bool | None = None) -> Reading:
    """Blocks of a text file: blank lines part them, and so do list marks, headings and table rows within.

    `wrapped` says whether lines were broken at a fixed width; None: found out from their lengths.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    if wrapped is None:
        wrapped = _is_wrapped(text)
    front = _FRONT_MATTER.match(text)
    blocks = [Block(start=0, end=front.end(), kind="furniture")] if front else []
    after_rule, page = False, None
    width = _width(text) if wrapped else 0
    for lines in _chunks(text, front.end() if front else 0):
        if width and _is_centred(text, lines, width):
            start, end = _trimmed(text, lines[0][0], lines[-1][1])
            blocks.append(
                Block(start=start, end=end, kind="heading", level=_level_of_centred(text[start:end]), page=page)
            )
            continue
        for start, end in _split_chunk(text, lines, wrapped):
            kind, level = _classify(text[start:end], after_rule)
            if mark := _PAGE_MARK.match(text, start, end):
                kind, page = "furniture", mark[1]
            blocks.append(Block(start=start, end=end, kind=kind, level=level, page=page))
            after_rule = kind == "rule"
    stated = _stated(front[0]) if front else {}
    return Reading(
        text=text,
        blocks=tuple(_underlined(text, blocks)),
        media_type=_media_type(text, media_type),
        title=stated.get("title"),
        date=_day(stated.get("date", "")),
        author=stated.get("author"),
        publisher=stated.get("publisher"),
        language=stated.get("language") or stated.get("lang"),
        url=next((stated[key] for key in ("url", "source", "permalink") if is_address(stated.get(key, ""))), None),
    )


def read_text_file(text: str) -> Reading:
    """Blocks of a whole text file, without lines of mark-up that name speakers, and without numbers of lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    if tagged := read_tagged(text):
        return tagged
    plain = without_line_numbers(text)
    if plain is None:
        return read_text(text)
    reading = read_text(plain.text, wrapped=True)
    starts, labels = [start for start, _ in plain.pages], [None, *(label for _, label in plain.pages)]
    blocks = tuple(replace(block, page=labels[bisect_right(starts, block.start)]) for block in reading.blocks)
    return replace(reading, blocks=blocks, pages=len(plain.pages), omitted=plain.omitted)


def _day(written: str) -> str | None:
    """A day as front matter has it, in ISO form."""
    found = [day for day in dates(written)[0] if day.year and day.day]
    return f"{found[0].year}-{found[0].month:02}-{found[0].day:02}" if found else None


def _stated(front: str) -> dict[str, str]:
    """The plain values of a Markdown file's front matter (YAML), by lower-case key."""
    pairs = re.findall(r"^([A-Za-z][\w-]*):[ \t]+(\S.*(?:\n[ \t]+[^\s-].*)*)", front, re.MULTILINE)
    values = {
        key.lower(): " ".join(value.split()).strip("\"'")
        for key, value in pairs
        if not value.startswith(("[", "{", "|", ">", "&"))
    }
    return {key: value for key, value in values.items() if value}


def _underlined(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Makes headings of lines with a rule right below them."""
    found = list(blocks)
    for position, (block, below) in enumerate(pairwise(blocks)):
        line = text[block.start : block.end]
        touches = below.kind == "rule" and block.end + 1 == below.start
        if touches and block.kind == "paragraph" and "\n" not in line and len(line) < 120 and text[below.start] in "=-":
            found[position] = replace(block, kind="heading", level=1 if text[below.start] == "=" else 2)
    return found


def _chunks(text: str, position: int = 0) -> list[list[tuple[int, int]]]:
    """Runs of non-blank lines from a position on, each line as (start, end)."""
    chunks: list[list[tuple[int, int]]] = [[]]
    for line in text[position:].split("\n"):
        if line.strip():
            chunks[-1].append((position, position + len(line)))
        elif chunks[-1]:
            chunks.append([])
        position += len(line) + 1
    return [chunk for chunk in chunks if chunk]


def _split_chunk(text: str, lines: list[tuple[int, int]], wrapped: bool) -> list[tuple[int, int]]:
    """Spans of the blocks within a run of lines, white space trimmed."""
    spans: list[list[int]] = []
    above = ""
    for position, (start, end) in enumerate(lines):
        line = text[start:end]
        below = text[slice(*lines[position + 1])] if position + 1 < len(lines) else ""
        in_list = bool(spans) and bool(_LIST_MARK.match(text[spans[-1][0] : spans[-1][0] + 12]))
        if spans and _continues(above, line, wrapped) and not (wrapped and not in_list and _opens(above, line, below)):
            spans[-1][1] = end
        else:
            spans.append([start, end])
        above = line
    return [_trimmed(text, start, end) for start, end in spans]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    body = text[start:end]
    return start + len(body) - len(body.lstrip()), start + len(body.rstrip())


def _width(text: str) -> int:
    """How long full lines are, in characters: nine of ten lines end there or before."""
    lengths = [len(line.rstrip()) for line in text.split("\n") if line.strip()]
    return int(quantiles(lengths, n=10)[-1]) if len(lengths) > 1 else 0


def _is_centred(text: str, lines: Sequence[tuple[int, int]], width: int) -> bool:
    """Whether lines by themselves are a title set in the middle: as far from the left as from the right."""
    if len(lines) > _MOST_CENTRED_LINES:
        return False
    words = [text[start:end].rstrip() for start, end in lines]
    last = words[-1]
    off = [abs(indent_of(line) - (width - len(line))) for line in words]
    letters = sum(character.isalpha() for character in last)
    return (
        indent_of(last) >= _LEAST_INDENT
        and all(distance <= _OFF_CENTRE for distance in off)
        and (all(indent_of(line) > 1 for line in words) or "\n".join(words).isupper())
        and letters > 3
        and last.lstrip()[0] not in "([_-"
        and not _LIST_MARK.match(words[0])
        and not ends(last, ".,;:")
    )


def _level_of_centred(heading: str) -> int:
    return 2 if heading == heading.upper() else 3


def _continues(above: str, line: str, wrapped: bool) -> bool:
    """Whether a line goes on with the block of the line above it rather than beginning its own."""
    if _is_table_row(line) or _is_table_row(above) or _RULE.match(line) or _RULE.match(above):
        return False
    if _PAGE_MARK.match(line) or _PAGE_MARK.match(above):
        return False
    if _ATX.match(line) or _ATX.match(above) or _BOLD_LINE.match(line) or _LIST_MARK.match(line):
        return False
    above = above.rstrip()
    if is_broken_label(above.lstrip(" *_"), line):
        return True
    if ends(above, ",-") or line.lstrip()[:1].islower():
        return True
    is_turn = _LABEL.match(line) and above.endswith(_SENTENCE_ENDS)
    return wrapped and not is_turn and len(above) > 45


def _opens(above: str, line: str, below: str) -> bool:
    """Whether a line begins a paragraph by its indent: deeper than its neighbours'."""
    indent = indent_of(line)
    return indent >= 2 and indent_of(above) < indent and (not below or indent_of(below) < indent)


def _classify(block: str, after_rule: bool) -> tuple[Kind, int]:
    """Kind and heading level of a block."""
    if _RULE.match(block):
        return "rule", 0
    if heading := _ATX.match(block):
        return "heading", len(heading[1])
    if _is_table_row(block):
        return ("furniture" if _UNDER_NAMES.match(block) else "table"), 0
    if after_rule and _FOOTNOTE.match(block):
        return "footnote", 0
    if block.startswith("[^") and "]:" in block[:12]:
        return "footnote", 0
    if _BOLD_LINE.match(block) and "\n" not in block and not _is_bold_sentence(block):
        return "heading", 3
    if _BULLET.match(block) or _ENUMERATED.match(block):
        return "item", 0
    return "paragraph", 0


def _is_bold_sentence(block: str) -> bool:
    return ends(block.strip(" *_"), ".;,") and count_words(block) > _LONGEST_BOLD_WORDS


def _is_table_row(line: str) -> bool:
    return line.lstrip().startswith("|") and line.count("|") > 1


def _is_wrapped(text: str) -> bool:
    """Whether lines were broken at a fixed width, so that a line end is only a space."""
    lengths = [len(line) for line in text.split("\n") if line.strip()]
    return len(lengths) > 20 and quantiles(lengths, n=50)[-1] <= 120


def _media_type(text: str, media_type: str) -> str:
    marks = len(_MARKDOWN.findall(text))
    return "text/markdown" if marks >= 3 else media_type
