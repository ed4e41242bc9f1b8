"""From blocks to what people cite by: whole paragraphs with their number, speaker, page and heading path.

    structure(reading) = mark headings -> join what a page break cut -> set boxes aside -> number -> attribute -> locate

Nothing here knows a file format, and no rule knows a particular record.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ...vectorstore.markup import plain
from ...vectorstore.passage import Locator
from ..formats.blocks import Block, Kind, Reading
from ..formats.rows import speakers_by_row
from ..language.marks import ends
from ..units import Unit
from .headings import title_of, with_headings
from .quotations import with_quoted
from .speakers import speaker_label, speakers_of, split_at_labels

__all__ = ["follows", "is_open", "paragraph_numbers", "resumes", "speaker_label", "structure"]


def structure(reading: Reading) -> list[Unit]:
    """The units of a reading in order; furniture and rules are left out, everything else is kept once."""
    blocks = with_headings(reading.text, _mark_furniture(reading.text, reading.blocks))
    blocks = _parted_at_numbers(reading.text, _join_broken(reading.text, blocks))
    blocks = _mark_boxes(reading.text, blocks)
    parts = split_at_labels(reading.text, blocks)
    blocks = [block for block, _ in parts]
    body = [block for block in blocks if not block.box]
    texts = [reading.text[block.start : block.end] for block in body]
    numbers = iter(paragraph_numbers(texts, body))
    labelled = speakers_of(texts, body, [label for block, label in parts if not block.box])
    speakers = iter(_with_rows(reading.text, body, with_quoted(texts, body, labelled)))
    return _locate(
        [reading.text[block.start : block.end] for block in blocks],
        blocks,
        [None if block.box else next(numbers) for block in blocks],
        [(None, 0) if block.box else next(speakers) for block in blocks],
    )


def _with_rows(
    text: str, blocks: Sequence[Block], speakers: Sequence[tuple[str | None, int]]
) -> list[tuple[str | None, int]]:
    """The speakers with those that tables name in a column: each row is a turn."""
    named = speakers_by_row(text, blocks)
    last = max((turn for _, turn in speakers), default=0)
    turns = {start: (name, last + 1 + place) for place, (start, name) in enumerate(named.items())}
    return [turns.get(block.start, said) for block, said in zip(blocks, speakers, strict=True)]


# --- what is not the record's own text ---------------------------------------------------------------------

_FURNITURE = re.compile(
    r"^(?:leave a (?:reply|comment)\b.{0,40}|your e-?mail address will not be published.*|required fields are marked.*"
    r"|share (?:this|on)\b.{0,60}|(?:accept|reject) (?:all )?cookies.*|skip to (?:main )?content|back to top"
    r"|home\s*[»›>]\s.*|(?:page\s+)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?|\[\[page .{1,12}\]\]|<!--.*-->|</?[a-z][^<>]*>)$",
    re.IGNORECASE | re.DOTALL,
)
_CONTENTS = re.compile(r"(?:table of )?contents|sommaire|table des matières|[ií]ndice|inhalt(?:sverzeichnis)?", re.I)
_LEADERS = re.compile(r"(?<![.])(?<!\. )(?:\. ?){6,}+\s*+\d{1,4}\b|^.{3,120}\s\d{1,4}$")
_LONGEST_CONTENTS_LINE = 300


def _mark_furniture(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Marks page furniture, and what a table of contents promises for elsewhere."""
    marked: list[Block] = []
    in_contents = False
    for block in blocks:
        line = plain(text[block.start : block.end])
        has_leaders = (line[-1:].isdigit() or ".." in line or ". ." in line) and bool(_LEADERS.search(line))
        in_contents = bool(_CONTENTS.fullmatch(line)) or (
            in_contents and (has_leaders or (len(line) < _LONGEST_CONTENTS_LINE and not line.endswith(".")))
        )
        is_furniture = block.kind in ("paragraph", "heading") and bool(_FURNITURE.match(line))
        marked.append(replace(block, kind="furniture") if is_furniture or (in_contents and has_leaders) else block)
    return marked


# --- sentences that a page break cut ---------------------------------------------------------------------------

_ENDS = re.compile(r"[.!?…:;][\"”’')\]»*_]*+(?:\s*+(?:<sup>(?:(?!</sup>).){0,60}</sup>|\[\^?\w{1,3}\]|[¹²³⁴-⁹]))*$")
_TAIL_CHARS = 300
_MARKED = re.compile(r"^\s*(?:[-*+•‣◦▪·–—]|\(?\w{1,4}[.)])\s")


def _join_broken(text: str, blocks: Sequence[Block]) -> list[Block]:
    """A block that begins in lower case goes on with the unfinished paragraph right before it.

    Only what touches is joined: where a footnote or a box stands between the halves, each half stays a block and
    `_locate` gives the second the first one's locator.
    """
    joined: list[Block] = []
    for block in blocks:
        if joined and _goes_on(text, joined[-1], block):
            joined[-1] = replace(joined[-1], end=block.end)
        else:
            joined.append(block)
    return joined


def _goes_on(text: str, before: Block, block: Block) -> bool:
    if before.kind not in ("paragraph", "item") or block.kind != "paragraph" or text[before.end : block.start].strip():
        return False
    if before.box or block.box:
        return False
    return is_open(text[max(before.start, before.end - _TAIL_CHARS) : before.end]) and resumes(
        text[block.start : block.end]
    )


def is_open(paragraph: str) -> bool:
    """Whether a paragraph stops in mid-sentence."""
    return len(paragraph) > 60 and not _ENDS.search(paragraph[-_TAIL_CHARS:].rstrip())


def resumes(paragraph: str) -> bool:
    """Whether a paragraph begins in mid-sentence."""
    return plain(paragraph[:_TAIL_CHARS])[:1].islower() and not _MARKED.match(paragraph)


# --- lists printed as one paragraph ------------------------------------------------------------------------------

_RUNNING = re.compile(r"(?<!\w)\d{1,4}\s{1,3}(?=[A-ZÀ-Þ“\"])")
_BEFORE_RUNNING = re.compile(r"(?:[.)]\s|\s\s|\s\*|\n)\Z")
_FEWEST_RUNNING = 5
_LONGEST_RUNNING_CHARS = 1200


def _parted_at_numbers(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Paragraphs that print a numbered list in one go ("38 Lamps PLACED ON FILE 39 Oil ..."), cut before each number.

    At least five numbers that follow one another make a list; one that stands a line to an entry is none of these.
    """
    starts = {block.start for block in blocks}
    cuts = {
        place: number
        for run in _running(text, blocks)
        if len(run) >= _FEWEST_RUNNING and 2 * sum(place in starts for place, _ in run) < len(run)
        for place, number in run
    }
    if not cuts:
        return list(blocks)
    places, parted = sorted(cuts), list[Block]()
    for block in blocks:
        inside = places[bisect_left(places, block.start) : bisect_left(places, block.end)]
        for start, stop in pairwise(dict.fromkeys([block.start, *inside, block.end])):
            end = start + len(text[start:stop].rstrip(" \t\n*"))
            number = str(cuts[start]) if start in cuts else block.number
            if end > start:
                parted.append(replace(block, start=start, end=end, number=number))
    return parted


def _running(text: str, blocks: Sequence[Block]) -> list[list[tuple[int, int]]]:
    """Numbers within paragraphs, each one more than that before it, and where they stand."""
    runs: dict[int, list[tuple[int, int]]] = {}
    ended: list[list[tuple[int, int]]] = []
    for block in blocks:
        for match in _RUNNING.finditer(text, block.start, block.end) if block.kind == "paragraph" else ():
            place, number = match.start(), int(match[0])
            if place > block.start and not _BEFORE_RUNNING.search(text, place - 2, place):
                continue
            run = runs.pop(number - 1, [])
            if run and place - run[-1][0] > _LONGEST_RUNNING_CHARS:
                ended.append(run)
                run = []
            run.append((place, number))
            ended += [runs[number]] if number in runs else []
            runs[number] = run
    return [*ended, *runs.values()]


# --- boxes and side bars ------------------------------------------------------------------------------------------

_BOX_TITLE = re.compile(
    r"(?:box|figure|fig\.|table|chart|graph|map|photo(?:graph)?|case study|encadré|recuadro|tableau|cuadro|gráfico"
    r"|figura|carte|mapa)\s+(?:n[o°º]\.?\s*)?(?:\d{1,3}|[IVXL]{1,6})(?:[.–-]\d{1,3})*(?!\w)",
    re.IGNORECASE,
)
_MOST_BOX_BLOCKS = 16


def _mark_boxes(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Marks what stands in the middle of a sentence under the title of a box; a record all in boxes has none."""
    marked = list(blocks)
    for index, block in enumerate(blocks):
        if block.kind == "paragraph" and not block.box and is_open(text[block.start : block.end]):
            for inside in _interruption(text, blocks, index):
                marked[inside] = replace(blocks[inside], box=True)
    in_boxes = sum(block.end - block.start for block in marked if block.box)
    if in_boxes > sum(block.end - block.start for block in marked) / 2:
        return [replace(block, box=False) for block in marked]
    return marked


def _interruption(text: str, blocks: Sequence[Block], index: int) -> range:
    """The blocks of a box between an open paragraph and the one that goes on with it; none where nothing does."""
    first = index + 1
    while first < len(blocks) and blocks[first].kind in ("furniture", "rule", "footnote"):
        first += 1
    if first == len(blocks) or not _BOX_TITLE.match(plain(text[blocks[first].start : blocks[first].end])):
        return range(0)
    for end in range(first + 1, min(first + 1 + _MOST_BOX_BLOCKS, len(blocks))):
        words = text[blocks[end].start : blocks[end].end]
        if blocks[end].kind == "paragraph" and resumes(words):
            return range(first, end)
        if blocks[end].number or _DOTTED.match(words):
            return range(0)
    return range(0)


# --- paragraph numbers -------------------------------------------------------------------------------------------

_NUMBER = re.compile(
    r"^\s*(?:\*\*)?(\d{1,4}(?:\.(?:\d{1,3}|[IVX]{1,4}))*(?:\s?(?:bis|ter|quater))?)\\?[.)]?(?:\*\*)?[.)]?[\s ]+(?=\S)"
)
# As Arabic texts number their paragraphs: "1 - تحيط علما".
_DASHED = re.compile(r"^\s{0,8}(?:\*\*)?(\d{1,4})\s?[-–—]\s{1,4}(?=[\u0590-\u08ff])")
_DOTTED = re.compile(
    r"^\s*(?:\*\*)?\d{1,4}(?:\.(?:\d{1,3}|[IVX]{1,4}))*(?:\s?(?:bis|ter|quater))?(?:\\?[.)]|\t|(?<=\.\d)\s|(?<=\.\d\d)\s)"
)
_ALONE = re.compile(r"^\s*(?:\*\*)?(\d{1,4})\\?[.)](?:\*\*)?\s*$")
_RANGE = r"(?:\s?[-–]\s?\d{1,4})?"
_DOTTED_ALONE = re.compile(
    rf"^\s*(\d{{1,4}}(?:\.\d{{1,4}}){{1,4}}{_RANGE}(?:(?:,| and)\s\d{{1,4}}{_RANGE}){{0,12}})\s*$"
)
_OPERATIVE = re.compile(
    r"\A\s*\d{1,3}\.\s+(?:(?:Also|Further|Strongly|Again)\s+[a-z]+s|(?:ALSO\s|FURTHER\s)?[A-Z]{4,}S|[A-Z][a-z]+s)\b"
)
_MARKS_AFTER = re.compile(r"\s{0,3}[-–—]\Z")
# A footnote's mark may stand behind it.
_SEMICOLON = re.compile(r"[;؛；][\s\d()\[\]]{0,6}\Z")
_FULL_STOP = re.compile(r"[.。][\s\d()\[\]]{0,6}\Z")
_MIN_RUN = 3
_FEWEST_RISING = 5
_RISING_SHARE = 0.9


def paragraph_numbers(texts: Sequence[str], blocks: Sequence[Block]) -> list[str | None]:
    """The printed number of each block, where it is part of an ascending run of at least three.

    A single hit proves nothing ("2016. The programme ..."): a number counts when its neighbours in the run are there.
    Where numbers begin anew under headings, as in the articles of a law, 1 and 2 right under one suffice; so do those
    of a resolution ("1. Decides ...", "2. Requests ..."). Numbered headings count where they stand among numbered
    paragraphs or where there are no such paragraphs.
    """
    printed = [
        (block.number and _MARKS_AFTER.sub("", block.number))
        or _printed_number(plain(text) if block.kind == "heading" else text, block.kind)
        for text, block in zip(texts, blocks, strict=True)
    ]
    found = [(index, number) for index, number in enumerate(printed) if number]
    every = _ascending_runs(found)
    begins_anew = sum(len(run) >= _MIN_RUN and _is_under_heading(run, blocks) for run in every) > 1
    least = {True: _MIN_RUN - 1 if begins_anew else _MIN_RUN, False: _MIN_RUN}
    runs = [run for run in every if len(run) >= least[_is_under_heading(run, blocks)] or _is_of_resolution(run, texts)]
    of_paragraphs = [run for run in runs if any(blocks[index].kind != "heading" for index, _ in run)]
    kept: list[str | None] = [None] * len(blocks)
    numbered = {index for run in runs for index, _ in run}
    for run in (*(of_paragraphs or runs), *_rising([one for one in found if one[0] not in numbered], texts, blocks)):
        for index, number in run:
            kept[index] = number
    return kept


def _rising(
    found: Sequence[tuple[int, str]], texts: Sequence[str], blocks: Sequence[Block]
) -> list[list[tuple[int, str]]]:
    """Numbers with gaps between them, as of those questions that remain or recommendations that are answered.

    They rise from first to last, are all of one form, and each opens a paragraph or stands by itself.
    """
    by_form: dict[tuple[int, bool], list[tuple[int, str]]] = {}
    for index, number in found:
        if blocks[index].kind in ("paragraph", "item") and (values := _values(number)):
            is_alone = bool(_DOTTED_ALONE.match(texts[index]))
            by_form.setdefault((len(values), is_alone), []).append((index, number))
    return [run for run in by_form.values() if len(run) >= _FEWEST_RISING and _rises(run)]


def _rises(run: Sequence[tuple[int, str]]) -> bool:
    values = [_values(number) for _, number in run]
    return sum(one < two for one, two in pairwise(values)) >= _RISING_SHARE * (len(values) - 1)


def _values(number: str) -> list[int]:
    """The figures that a number begins with: 140.11-14 -> [140, 11]; none where it has other marks."""
    match = re.match(r"\d{1,4}(?:\.\d{1,4}){0,4}(?![\w.])", number)
    return [int(part) for part in match[0].split(".")] if match else []


def _is_under_heading(run: Sequence[tuple[int, str]], blocks: Sequence[Block]) -> bool:
    """Whether a run begins with 1 right under a heading."""
    index, number = run[0]
    return number == "1" and index > 0 and blocks[index - 1].kind == "heading"


def _is_of_resolution(run: Sequence[tuple[int, str]], texts: Sequence[str]) -> bool:
    """Whether a run counts from 1 what a body does: its paragraphs begin with verbs, or are one sentence, each but the
    last with a semicolon at its end."""
    if len(run) < 2 or run[0][1] != "1":
        return False
    said = [plain(texts[index]).rstrip() for index, _ in run]
    is_one_sentence = all(_SEMICOLON.search(text) for text in said[:-1]) and bool(_FULL_STOP.search(said[-1]))
    return is_one_sentence or all(map(_OPERATIVE.match, said))


def _printed_number(text: str, kind: Kind) -> str | None:
    if kind not in ("paragraph", "item", "heading"):
        return None
    if alone := _ALONE.match(text) or _DOTTED_ALONE.match(text):  # what it numbers begins on the next line
        return alone[1] if kind != "heading" else None
    if dashed := _DASHED.match(text):
        return str(int(dashed[1]))
    match = _NUMBER.match(text)
    return " ".join(match[1].split()) if match and _DOTTED.match(text) else None


def _ascending_runs(found: Sequence[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    """Splits (index, number) pairs into runs in which each number follows the one before."""
    runs: list[list[tuple[int, str]]] = []
    for index, number in found:
        for run in reversed(runs[-3:]):
            if follows(run[-1][1], number):
                run.append((index, number))
                break
        else:
            runs.append([(index, number)])
    return runs


def follows(before: str, number: str) -> bool:
    """Whether `number` is the next after `before`: 7 -> 8, 16.9 -> 17.1, 31.I.9 -> 31.II.1, 12 -> 12 bis -> 13."""
    first, second = before.split(" ")[0].split("."), number.split(" ")[0].split(".")
    if first == second:
        return " " in number
    if len(first) == len(second) and first[:-1] == second[:-1] and first[-1].isdecimal() and second[-1].isdecimal():
        return 0 < int(second[-1]) - int(first[-1]) <= 2
    if not (first[0].isdecimal() and second[0].isdecimal()):  # a format may state any
        return False
    if len(second) == 1:
        return int(second[0]) - int(first[0]) == 1
    return int(second[0]) - int(first[0]) in (0, 1) and second[-1] == "1"


# --- locators --------------------------------------------------------------------------------------------------------


# No turn has this number, so that no box is joined with what is said around it.
_IN_BOXES = -1_000_000
_LONGEST_TITLE = 200


def _locate(
    texts: Sequence[str],
    blocks: Sequence[Block],
    numbers: Sequence[str | None],
    speakers: Sequence[tuple[str | None, int]],
) -> list[Unit]:
    """Walks the blocks with the heading path and the current paragraph number.

    A number holds until the next number or heading; footnotes carry none. A paragraph cut by a footnote or a box
    goes on with its own locator after the cut. A box has neither number nor speaker, and what stands in it changes
    nothing around it.
    """
    ends = _ends_of_numbers(texts, blocks, numbers)
    units: list[Unit] = []
    path: list[tuple[int, str]] = []
    number: str | None = None
    cut: Unit | None = None
    for index, (text, block) in enumerate(zip(texts, blocks, strict=True)):
        speaker, turn = speakers[index]
        if block.kind in ("rule", "furniture"):
            continue
        if block.box:
            section = " > ".join(heading for _, heading in path) or None
            aside = Locator(page=block.page, section=section, certainty=block.certainty)
            units.append(Unit(start=block.start, end=block.end, kind=block.kind, locator=aside, turn=_IN_BOXES))
            continue
        if block.kind == "heading" and (not numbers[index] or _is_title(plain(text))):
            path = _descend(path, block.level or 3, title_of(plain(text)))
            number = numbers[index]
        elif numbers[index]:
            number = numbers[index]
        elif index in ends:
            number = None
        locator = Locator(
            page=block.page,
            paragraph=None if block.kind == "footnote" else number,
            speaker=None if block.kind in ("footnote", "heading") else speaker,
            section=" > ".join(heading for _, heading in path) or None,
            time=block.time,
            certainty=block.certainty,
        )
        if cut and block.kind == "paragraph" and not numbers[index] and resumes(text):
            locator, turn = replace(cut.locator, page=block.page), cut.turn
            number = cut.locator.paragraph
        unit = Unit(start=block.start, end=block.end, kind=block.kind, locator=locator, turn=turn)
        units.append(unit)
        if block.kind == "paragraph":
            cut = unit if is_open(text) else None
    return units


def _ends_of_numbers(texts: Sequence[str], blocks: Sequence[Block], numbers: Sequence[str | None]) -> frozenset[int]:
    """Unnumbered paragraphs that are none of the number's before them: those after the last number of all.

    In what was read off a picture also those after which the numbers go on with a gap: theirs may not have been seen.
    """
    numbered = [index for index, number in enumerate(numbers) if number]
    if not numbered:
        return frozenset()
    last = numbered[-1] if blocks[numbered[-1]].kind != "heading" else len(blocks)
    gaps = [
        range(one + 1, other)
        for one, other in pairwise(numbered)
        if blocks[one].certainty is not None and _skips(str(numbers[one]), str(numbers[other]))
    ]
    return frozenset(
        index
        for stretch in (*gaps, range(last + 1, len(blocks)))
        for index in stretch
        if blocks[index].kind == "paragraph" and not (is_part_of_number(texts[index]) or resumes(texts[index]))
    )


def _skips(before: str, number: str) -> bool:
    """Whether there may be a number between two."""
    one, other = _values(before), _values(number)
    return not follows(before, number) or (0 < len(one) == len(other) and other[-1] - one[-1] > 1)


def _is_title(line: str) -> bool:
    return len(line) < _LONGEST_TITLE and not ends(line, ".;,")


def is_part_of_number(text: str) -> bool:
    """Whether an unnumbered block is a part of the numbered paragraph before it: (a), (ii), (3), a bullet."""
    return bool(re.match(r"^\s*(?:\((?:[a-z]{1,4}|\d{1,2}|[\u0620-\u064a]{1,2})\)|[-•–—]\s)", text, re.IGNORECASE))


def _descend(path: list[tuple[int, str]], level: int, heading: str) -> list[tuple[int, str]]:
    return [*(step for step in path if step[0] < level), (level, heading)]
