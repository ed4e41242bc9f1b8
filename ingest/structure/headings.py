"""What is a heading where the format marks none, and what only looks like one.

    with_headings(text, blocks) = lines by their look -> what the record's own numbering and print set apart
                                  -> what is none after all -> lines of one heading joined

A record sets its headings all alike; so a look counts where it recurs. In doubt a line is no heading.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ...vectorstore.language.analysers import count_words
from ...vectorstore.markup import plain
from ..formats.blocks import Block
from ..language.dates import dates
from ..language.marks import ends
from ..language.tables import alternatives, any_by_role, any_of, sides
from .people import is_person

# --- the look of a line ----------------------------------------------------------------------------------------------

_CHAPTER = re.compile(r"^(?:chapter|part|annex|appendix|titre|chapitre|cap[ií]tulo)\s+[\dIVXLC]+\b", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:article|section|rule|artículo|artigo|artikel)\s+\d{1,4}[a-z]?\.?", re.IGNORECASE)
_DOTTED = re.compile(r"\A\W{0,4}\d{1,4}(?:\.\d{1,3}){0,4}(?:\\?[.)]|(?<=\.\d)|(?<=\.\d\d))\s{1,3}(?=\S)")
_THEME = re.compile(r"(?:On|Re|About|Concerning|Regarding|Sur|Sobre)\s")
_TOPIC = re.compile(
    rf"\A(?:[\[(]?\d\d?:\d\d(?::\d\d)?[\])]?\s{{1,3}})?(?:<[^<>\s]{{1,40}}>\s{{1,3}})?(?i:{alternatives('topics')})\s?[:：]\s{{0,3}}(?P<topic>\S.{{0,200}})\Z"
)
_SIDES = any_of(sides().keys() - {"content", "contents"})
_TOTAL = re.compile(
    rf"\W{{0,3}}(?:(?:the|los|les|die)\s)?(?:{_SIDES}|(?:not\s)?voting|absent|paired)\W{{0,4}}(?:\d{{1,4}}\W{{0,3}})?\Z",
    re.IGNORECASE,
)
_RESULT = re.compile(r"(?<![^\s(\[])\d{1,3}\s?(?:[-–—]|to|TO)\s?\d{1,3}(?:\s?[-–—]\s?\d{1,3})?[\])]?\W{0,2}\Z")
_OUTCOME = re.compile(
    rf"\A\W{{0,4}}(?:(?:the\s)?(?:{any_by_role('deciding', 'question')})\s(?:(?:was|is)\s)?)?"
    rf"(?:{any_by_role('deciding', 'participle', 'present')})"
    r"(?:\s(?:unanimously|as\s|by\s|to\s|until\s|nem\.?\scon|on\s|with\s|without\s|\d).{0,80})?\W{0,3}\Z",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\A(?:\([^()]{2,60}\)|\[[^\[\]]{2,80}\]|[^@:]{0,80}(?:(?<=\s)(?:wrote|écrit|escribió|schrieb)|@)[^:]{0,60}:)\Z"
)
_REFERENCE = re.compile(r"\([A-Z][A-Z.\d]{0,12}/[\w./-]{1,30}(?:(?:,| and| to)\s[A-Z][\w./-]{1,30}){0,4}\)\W{0,2}\Z")
_SMALL = frozenset(
    "a an and as at by for from in into of on or per the to under upon with de des du del der die das den dem et la le"
    " les los las y e von zu zur im am sur sobre para con da do dos das em und oder och til av van het een".split()
)
_ARTICLES = frozenset("a an i the la le les los las el der die das den dem des en".split())
_LONGEST_TITLE_WORDS = 16
_LONGEST_CAPITALS = 420
_FEWEST_LINES = 20
_LOUD_SHARE = 0.7


def with_headings(text: str, blocks: Sequence[Block]) -> list[Block]:
    """The blocks, those made headings that are, and those made paragraphs that are none."""
    lines = [plain(text[block.start : block.end]) for block in blocks]
    marked = [_by_look(block, line) for block, line in zip(blocks, lines, strict=True)]
    if _is_all_in_capitals(marked, lines):
        marked = list(blocks)
    marked = _without_false(marked, lines)
    marked = _between_numbers(marked, lines)
    marked = _in_title_case(marked, lines)
    return _joined(text, _run_in(text, marked))


def title_of(line: str) -> str:
    """A heading as it stands in a path: of "Topic: the lamps" what is announced, and no dash that led over to text."""
    match = _TOPIC.match(line)
    return match["topic"] if match else line.rstrip(" -–—") or line


def _by_look(block: Block, line: str) -> Block:
    level = heading_level(line) if block.kind == "paragraph" else 0
    return replace(block, kind="heading", level=level) if level else block


def _is_all_in_capitals(marked: Sequence[Block], lines: Sequence[str]) -> bool:
    """Whether most of a record's text is in capitals, so that they set nothing apart."""
    prose = [line for block, line in zip(marked, lines, strict=True) if block.kind in ("paragraph", "heading")]
    loud = sum(len(line) for line in prose if line.upper() == line)
    return len(prose) >= _FEWEST_LINES and loud > _LOUD_SHARE * sum(map(len, prose))


def heading_level(line: str) -> int:
    """1 for a chapter, 2 for a line in capitals or a topic, 3 for a theme announced with a colon, 0 for no heading."""
    letters = [letter for letter in line if letter.isalpha()] if len(line) <= _LONGEST_CAPITALS else []
    if len(letters) < 4:
        return 0
    capitals = sum(letter.isupper() for letter in letters) / len(letters)
    words = line.split()
    if _CHAPTER.match(line) and len(words) < 60 and (capitals > 0.6 or (len(words) < 12 and not _is_sentence(line))):
        return 1
    if _ARTICLE.fullmatch(line):
        return 3
    if _DOTTED.match(line) and line.endswith(":"):  # "1. DECIDES:" opens a numbered paragraph of a resolution
        return 0
    if _TOPIC.match(line):
        return 2
    if capitals > 0.85 and not ends(line, ".,;") and any(len(word) > 3 for word in words):
        return 2
    return 3 if line.endswith(":") and _THEME.match(line) else 0


def _is_sentence(line: str) -> bool:
    return ends(line, ".;,") and count_words(line) > 2


# --- what is none -----------------------------------------------------------------------------------------------------

_LONGEST_DATE = 60
_FRONT_BLOCKS = 12
_LONGEST_REFERENCE = 150
_MOST_POINTS = 8
_POINT = re.compile(r"\(\w{1,4}\)\s")


def _without_false(blocks: Sequence[Block], lines: Sequence[str]) -> list[Block]:
    """The blocks, without headings that are totals, asides, results, outcomes, the day's date, or a document's name."""
    days = [line for block, line in zip(blocks, lines, strict=True) if block.kind == "heading" and _is_day(line)]
    false = {
        place
        for place, (block, line) in enumerate(zip(blocks, lines, strict=True))
        if block.kind == "heading"
        and (
            _TOTAL.match(line)
            or _ASIDE.match(line)
            or (block.level > 1 and line.upper() == line and (_RESULT.search(line) or _OUTCOME.match(line)))
            or (place < _FRONT_BLOCKS and len(set(days)) == 1 and _is_day(line))
            or (_REFERENCE.search(line[-_LONGEST_REFERENCE:]) and _is_under_heading(blocks, lines, place))
        )
    } | set(_counted(blocks, lines))
    return [
        replace(block, kind="paragraph", level=0) if place in false else block for place, block in enumerate(blocks)
    ]


def _is_under_heading(blocks: Sequence[Block], lines: Sequence[str], place: int) -> bool:
    """Whether nothing but points of a matter, "(a) The lamps", stands between a line and the heading over it."""
    above = place - 1
    while above >= max(0, place - _MOST_POINTS) and _POINT.match(lines[above]):
        above -= 1
    return above >= 0 and blocks[above].kind == "heading"


def _is_day(line: str) -> bool:
    """Whether a line is a date and nothing else but the day of the week."""
    if len(line) > _LONGEST_DATE or not re.search(r"\d", line):
        return False
    found, rest = dates(line)
    return any(day.day for day in found) and len(rest.split()) <= 1


def _counted(blocks: Sequence[Block], lines: Sequence[str]) -> list[int]:
    """The headings whose number stands between those of two paragraphs: "7. THE LAMPS" among paragraphs 6 and 8."""
    numbers = [(place, int(match[1])) for place, line in enumerate(lines) if (match := _COUNTED.match(line))]
    return [
        place
        for (before, one), (place, two), (after, three) in zip(numbers, numbers[1:], numbers[2:], strict=False)
        if one + 1 == two == three - 1
        and [blocks[at].kind for at in (before, place, after)] == ["paragraph", "heading", "paragraph"]
    ]


# --- what numbering sets apart ----------------------------------------------------------------------------------------

_COUNTED = re.compile(r"\A\W{0,4}(\d{1,4})\\?[.)](?=\s|\Z|\*)")
_FEWEST_TITLES = 3
_TITLES_SHARE = 0.7
_FOLLOWED_SHARE = 0.5


def _between_numbers(blocks: Sequence[Block], lines: Sequence[str]) -> list[Block]:
    """Makes headings of numbered titles with unnumbered text below, and of lines between two numbered paragraphs."""
    counted = _rows(blocks, lines)
    titles = [place for place in counted if _is_title(_DOTTED.sub("", lines[place], count=1))]
    below = [place for place in titles if place + 1 not in counted and place + 1 < len(blocks)]
    found: dict[int, int] = {}
    if (
        len(titles) >= max(_FEWEST_TITLES, _TITLES_SHARE * len(counted))
        and len(below) >= _FOLLOWED_SHARE * len(titles)
        and not any(block.kind == "heading" and block.level < 3 for block in blocks[titles[0] :])
    ):
        found = dict.fromkeys(titles, 3)
    else:
        for before, place in pairwise(sorted(counted)):
            if place - before > 1 and _stands_over(blocks, lines, place - 1) and counted[before] + 1 == counted[place]:
                found[place - 1] = 3
    return [
        replace(block, kind="heading", level=found[place]) if place in found and block.kind == "paragraph" else block
        for place, block in enumerate(blocks)
    ]


def _rows(blocks: Sequence[Block], lines: Sequence[str]) -> dict[int, int]:
    """The places of paragraphs whose numbers go on from one to the next, three at least, with the numbers."""
    numbers = [
        (place, int(match[1]))
        for place, line in enumerate(lines)
        if blocks[place].kind in ("paragraph", "item") and (match := _COUNTED.match(line)) and len(line) > match.end()
    ]
    kept: dict[int, int] = {}
    start = 0
    for end in range(1, len(numbers) + 1):
        if end == len(numbers) or numbers[end][1] != numbers[end - 1][1] + 1:
            if end - start >= _FEWEST_TITLES:
                kept |= dict(numbers[start:end])
            start = end
    return kept


def _is_title(line: str) -> bool:
    words = line.split()
    return 0 < len(words) <= _LONGEST_TITLE_WORDS and line[:1].isupper() and not ends(line, ".;,:?")


def _stands_over(blocks: Sequence[Block], lines: Sequence[str], place: int) -> bool:
    """Whether a line by itself, after a finished sentence, can be the heading of the numbered paragraph below it."""
    before = next((lines[at] for at in range(place - 1, max(place - 4, -1), -1) if blocks[at].kind == "paragraph"), "")
    letters = sum(character.isalpha() or character.isspace() for character in lines[place])
    return (
        blocks[place].kind == "paragraph"
        and _is_title(lines[place])
        and letters > 0.85 * len(lines[place]) > 5
        and ends(before, '.!?”")')
    )


# --- titles in their own case -----------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_][\w’'.-]*")
_LONGEST_NAMED = 12
_FEWEST_PROSE_WORDS = 8
_MOST_SHARE = 0.15
_FEWEST_ALIKE = 2
_MOST_OTHERS = 3


def _in_title_case(blocks: Sequence[Block], lines: Sequence[str]) -> list[Block]:
    """Makes headings of lines by themselves between prose, every word of them with a capital, where that recurs."""
    found = [
        place
        for place in range(1, len(blocks) - 1)
        if blocks[place].kind == "paragraph"
        and _has_capitals(lines[place])
        and _ends(blocks[place - 1], lines[place - 1])
        and _is_prose(blocks[place + 1], lines[place + 1])
    ]
    known = sum(block.kind == "heading" for block in blocks)
    is_stated = known > max(_MOST_OTHERS, len(found)) or any(block.speaker is not None for block in blocks)
    if is_stated or not _FEWEST_ALIKE <= len(found) <= _MOST_SHARE * len(blocks):
        return list(blocks)
    alike = frozenset(found)
    return [replace(block, kind="heading", level=4) if place in alike else block for place, block in enumerate(blocks)]


def _has_capitals(line: str) -> bool:
    words = _WORD.findall(line)
    telling = [word for word in words if word.casefold() not in _SMALL]
    return (
        2 <= len(telling)
        and len(words) <= _LONGEST_NAMED
        and len(line) < 100
        and all(word[0].isupper() for word in telling)
        and not ends(line, ".;,:?!")
        and not re.search(r"\d{3}|[|@/:]|\A[(\[]", line)
        and not is_person(line)
        and not _TOTAL.match(line)
    )


def _ends(block: Block, line: str) -> bool:
    return block.kind in ("heading", "rule", "furniture") or ends(line, '.!?”")')


def _is_prose(block: Block, line: str) -> bool:
    return block.kind in ("paragraph", "item") and (count_words(line) >= _FEWEST_PROSE_WORDS or ":" in line)


# --- headings run into their paragraphs, and over several lines -------------------------------------------------------

_RUN_IN = re.compile(
    r"\A\s{0,4}(?:\*\*)?\d{1,3}\\?[.)](?:\*\*)?\s{1,4}(?P<title>(?:[A-ZÀ-Þ0-9&/’'()“”\",-]{1,30}\s){1,24})(?=[A-ZÀ-Þ“(—–-])"
)
_RUN_IN_SHARE = 0.6
_LONGEST_HEADING = 400


def _run_in(text: str, blocks: Sequence[Block]) -> list[Block]:
    """The blocks, titles in capitals that open numbered paragraphs parted from them, where most paragraphs have one."""
    lines = [text[block.start : min(block.end, block.start + 600)] for block in blocks]
    counted = _rows(blocks, lines)
    titles = {
        place: match.end("title") for place in counted if (match := _RUN_IN.match(lines[place])) and _is_loud(match)
    }
    if len(titles) < max(_FEWEST_TITLES, _RUN_IN_SHARE * len(counted)):
        return list(blocks)
    parted: list[Block] = []
    for place, block in enumerate(blocks):
        end = block.start + titles.get(place, 0)
        if place in titles:
            title = text[block.start : end].rstrip()
            parted.append(replace(block, kind="heading", level=3, end=block.start + len(title)))
            block = replace(block, start=end, number=None)
        parted.append(block)
    return parted


def _is_loud(match: re.Match[str]) -> bool:
    return sum(character.isalpha() for character in match["title"]) > 5


_WORDS_COMPARED = 3
_NUMBER_ALONE = re.compile(r"[^\W\d_]{3,16} (?i:no\.? ?|n[°º] ?|number |#)?\d{1,4}[A-Za-z]?")


def _joined(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Makes one of headings of which the first breaks off: it ends, or the next begins, with a small word; and of
    those of which the first is nothing but a number ("Question No. 7") and the next says of what."""
    joined: list[Block] = []
    for block in blocks:
        if joined and _goes_over(text, joined[-1], block):
            joined[-1] = replace(joined[-1], end=block.end, level=min(joined[-1].level, block.level))
        else:
            joined.append(block)
    return joined


def _goes_over(text: str, before: Block, block: Block) -> bool:
    if (before.kind, block.kind) != ("heading", "heading") or block.end - before.start > _LONGEST_HEADING:
        return False
    if text[before.end : block.start].strip():
        return False
    above, below = plain(text[before.start : before.end]), plain(text[block.start : block.end])
    if _NUMBER_ALONE.fullmatch(above) and not _NUMBER_ALONE.match(below):
        return True
    first, second = above.split(), below.split()
    last = first[-_WORDS_COMPARED:]  # of "Question No. 7 OIL FOR THE LAMPS" those of its last line
    is_alike = before.level == block.level and (last == [word.upper() for word in last]) == (
        second == [word.upper() for word in second]
    )
    breaks_off = bool(first and second) and (
        first[-1].casefold() in _SMALL or second[0].casefold() in _SMALL - _ARTICLES
    )
    return is_alike and breaks_off and first[-1][-1:].isalpha()
