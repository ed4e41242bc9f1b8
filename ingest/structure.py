"""From blocks to what people cite by: whole paragraphs with their number, speaker, page and heading path.

    structure(reading) = join what a page break cut -> mark headings -> number -> attribute -> locate

Nothing here knows a file format, and no rule knows a particular record.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ..vectorstore.markup import plain
from ..vectorstore.passage import Locator
from .blocks import Block, Kind, Reading
from .quotations import with_quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A stretch of the canonical text with one locator; `turn` counts speaker turns, so that two never merge."""

    start: int
    end: int
    kind: Kind
    locator: Locator
    turn: int = 0


def structure(reading: Reading) -> list[Unit]:
    """The units of a reading in order; furniture and rules are left out, everything else is kept once."""
    blocks = _mark_headings(reading.text, _mark_furniture(reading.text, reading.blocks))
    blocks = _join_broken(reading.text, blocks)
    texts = [reading.text[block.start : block.end] for block in blocks]
    numbers = paragraph_numbers(texts, blocks)
    speakers = with_quoted(texts, blocks, speakers_of(texts, blocks))
    return _locate(texts, blocks, numbers, speakers)


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
        has_leaders = bool(_LEADERS.search(line))
        in_contents = bool(_CONTENTS.fullmatch(line)) or (
            in_contents and (has_leaders or (len(line) < _LONGEST_CONTENTS_LINE and not line.endswith(".")))
        )
        is_furniture = block.kind in ("paragraph", "heading") and bool(_FURNITURE.match(line))
        marked.append(replace(block, kind="furniture") if is_furniture or (in_contents and has_leaders) else block)
    return marked


# --- headings ------------------------------------------------------------------------------------------------

_CHAPTER = re.compile(r"^(?:chapter|part|annex|appendix|titre|chapitre|cap[ií]tulo)\s+[\dIVXLC]+\b", re.IGNORECASE)


def _mark_headings(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Lines in capitals, and short lines that end in a colon, are headings where the format marks none."""
    return [
        replace(block, kind="heading", level=level)
        if block.kind == "paragraph" and (level := _heading_level(plain(text[block.start : block.end])))
        else block
        for block in blocks
    ]


def _heading_level(line: str) -> int:
    """1 for a chapter, 2 for a line in capitals, 3 for a question or theme announced with a colon, 0 for no heading."""
    letters = [letter for letter in line if letter.isalpha()]
    if len(line) > 420 or len(letters) < 4:
        return 0
    capitals = sum(letter.isupper() for letter in letters) / len(letters)
    words = line.split()
    if _CHAPTER.match(line) and len(words) < 60 and (capitals > 0.6 or len(words) < 12):
        return 1
    if capitals > 0.85 and not line.endswith((".", ",", ";")) and any(len(word) > 3 for word in words):
        return 2
    if line.endswith(":") and re.match(r"(?:On|Re|About|Concerning|Regarding|Sur|Sobre)\s", line):
        return 3
    return 0


# --- sentences that a page break cut ---------------------------------------------------------------------------

_ENDS = re.compile(r"[.!?…:;][\"”’')\]»*_]*(?:\s*(?:<sup>.*?</sup>|\[\^?\w{1,3}\]|[¹²³⁴-⁹]+))*$")
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
    return is_open(text[max(before.start, before.end - _TAIL_CHARS) : before.end]) and _resumes(
        text[block.start : block.end]
    )


def is_open(paragraph: str) -> bool:
    """Whether a paragraph stops in mid-sentence."""
    return len(paragraph) > 60 and not _ENDS.search(paragraph[-_TAIL_CHARS:].rstrip())


def _resumes(paragraph: str) -> bool:
    return plain(paragraph[:_TAIL_CHARS])[:1].islower() and not _MARKED.match(paragraph)


# --- paragraph numbers -------------------------------------------------------------------------------------------

_NUMBER = re.compile(
    r"^\s*(?:\*\*)?(\d{1,4}(?:\.(?:\d{1,3}|[IVX]{1,4}))*(?:\s?(?:bis|ter|quater))?)\\?[.)]?(?:\*\*)?[.)]?[\s ]+(?=\S)"
)
_DOTTED = re.compile(
    r"^\s*(?:\*\*)?\d{1,4}(?:\.(?:\d{1,3}|[IVX]{1,4}))*(?:\s?(?:bis|ter|quater))?(?:\\?[.)]|\t|(?<=\.\d)\s|(?<=\.\d\d)\s)"
)
_MIN_RUN = 3


def paragraph_numbers(texts: Sequence[str], blocks: Sequence[Block]) -> list[str | None]:
    """The printed number of each block, where it is part of an ascending run of at least three.

    A single hit proves nothing ("2016. The programme ..."): a number counts when its neighbours in the run are there.
    Numbered headings count where they stand among numbered paragraphs or where there are no such paragraphs.
    """
    printed = [
        block.number or _printed_number(plain(text) if block.kind == "heading" else text, block.kind)
        for text, block in zip(texts, blocks, strict=True)
    ]
    found = [(index, number) for index, number in enumerate(printed) if number]
    runs = [run for run in _ascending_runs(found) if len(run) >= _MIN_RUN]
    of_paragraphs = [run for run in runs if any(blocks[index].kind != "heading" for index, _ in run)]
    kept: list[str | None] = [None] * len(blocks)
    for run in of_paragraphs or runs:
        for index, number in run:
            kept[index] = number
    return kept


def _printed_number(text: str, kind: Kind) -> str | None:
    if kind not in ("paragraph", "item", "heading"):
        return None
    match = _NUMBER.match(text)
    return " ".join(match[1].split()) if match and _DOTTED.match(text) else None


def _ascending_runs(found: Sequence[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    """Splits (index, number) pairs into runs in which each number follows the one before."""
    runs: list[list[tuple[int, str]]] = []
    for index, number in found:
        for run in reversed(runs[-3:]):
            if _follows(run[-1][1], number):
                run.append((index, number))
                break
        else:
            runs.append([(index, number)])
    return runs


def _follows(before: str, number: str) -> bool:
    """Whether `number` is the next after `before`: 7 -> 8, 16.9 -> 17.1, 31.I.9 -> 31.II.1, 12 -> 12 bis -> 13."""
    first, second = before.split(" ")[0].split("."), number.split(" ")[0].split(".")
    if first == second:
        return " " in number
    if len(first) == len(second) and first[:-1] == second[:-1] and first[-1].isdigit() and second[-1].isdigit():
        return 0 < int(second[-1]) - int(first[-1]) <= 2
    if len(second) == 1:
        return int(second[0]) - int(first[0]) == 1
    return int(second[0]) - int(first[0]) in (0, 1) and second[-1] == "1"


# --- speakers ------------------------------------------------------------------------------------------------------

_COLON_LABEL = re.compile(
    r"^\s*(?:<[A-Za-z]{1,16}>\s*)?(?:[*_]{2,3})?"
    r"(?P<label>[^\n:*]{1,110}?)\s*(?:[*_]{2,3}\s*:|:\s*[*_]{2,3}|:)(?:\s+|$)"
)
_RECORD_LABEL = re.compile(
    r"^\s*(?P<label>(?:Mr|Ms|Mrs|Dr|Miss)\. (?:(?:Mc|Mac|De|Di|La|Le|Van) ?)?[A-Z][A-Z'’-]+(?: [A-Z][A-Z'’-]+)*"
    r"(?: of (?:[A-Z]\w+ ?){1,3})?|The [A-Z]{5,}(?: [A-Z]{2,}| pro tempore)*(?: \([^()]{2,60}\))?)\.\s"
)
_BRACKET_LABEL = re.compile(r"^\s*(?P<label>[A-Z][^\n:.!?()]{2,90}\((?:[A-Z][\w’'.-]+ ?){2,4}\))\s?(?=[A-Z“\"])")
_TITLED = re.compile(
    r"^(?:Mr|Ms|Mrs|Miss|Dr|Prof|Sir|H\.\s?E|Hon|Madam|Senator|Ambassador|Amb|M|Mme|Sr|Sra)\b\.?\s+\S"
    r"|^(?:the\s+)?(?:(?:temporary|acting|deputy|vice)[ -]?)*(?:chair(?:man|woman|person)?|president|speaker|"
    r"moderator|rapporteur|facilitator|secretariat|secretary(?:[ -]general)?|clerk|co-?chairs?)\b",
    re.IGNORECASE,
)
_OFFICE = (
    r"(?:(?:temporary|acting|deputy|vice|co)[ -]?)*(?:chair(?:man|men|woman|persons?|person|s)?|pr[ée]sident[ea]?s?"
    r"|speaker|moderators?|(?:special )?rapporteurs?|facilitators?|secretary(?:[ -]general)?|secretaries)"
)
_OFFICERS = re.compile(_OFFICE, re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:dear |distinguished )?(?:mr|ms|mrs|mme|m|sr|sra|madame?|monsieur|señora?)\.? (?:le |la )?" + _OFFICE,
    re.IGNORECASE,
)
_NOT_SPEAKERS = frozenset(
    """note notes source sources summary agency action date dates subject re contents annex table figure box article
    section chapter example examples plenary item agenda title author authors editor contact email e-mail tel telephone
    fax website url http https address image keywords abstract see deadline location venue time present participants
    distribution original language question answer moderator's reference references background part warning update
    objective objectives purpose recommendation recommendations conclusion conclusions result results step key total
    page paragraph resolution decision symbol document meeting""".split()
)
_ENUMERATION = re.compile(r"^(?:[IVXLC]{2,}|\d+)[.)]\s")
_NUMBERED_LABEL = re.compile(r"\s\d+$")
_NUMBERED_PERSON = re.compile(
    r"^(?:speaker|participant|interviewer|interviewee|respondent|delegate|panell?ist|member|witness)\s\d+$", re.I
)
_SMALL = frozenset("of the for and on de la le du des der den und da do del y et e a an in at to against with".split())


def speakers_of(texts: Sequence[str], blocks: Sequence[Block]) -> list[tuple[str | None, int]]:
    """(speaker, turn number) of each block: labelled turns where the record has them, else speakers it retells."""
    labels = _turn_labels(texts, blocks)
    if sum(label is not None for label in labels) >= 2:
        return _turns(texts, blocks, labels)
    return _retold(texts, blocks)


def speaker_label(text: str) -> tuple[str, int] | None:
    """What may be a speaker's label at the head of a paragraph, and where what is said begins."""
    for pattern in (_COLON_LABEL, _RECORD_LABEL, _BRACKET_LABEL):
        if (match := pattern.match(text)) and _could_speak(label := plain(match["label"])):
            return label, match.end()
    return None


def begins_turn(line: str) -> bool:
    """Whether a line opens with the label of a country, or of a person with a title or an office."""
    found = speaker_label(line)
    return bool(found) and _names_somebody(found[0])


def _could_speak(label: str) -> bool:
    words = re.findall(r"[^\W\d_][\w’'.-]*", label)
    if _ENUMERATION.match(label) or (_NUMBERED_LABEL.search(label) and not _NUMBERED_PERSON.match(label)):
        return False
    if not words or len(words) > 14 or not label[0].isupper() or re.search(r"[.!?]\s+[a-z]|https?$|\d{3}", label):
        return False
    content = [word for word in words if word.casefold() not in _SMALL]
    if not content or content[0].casefold() in _NOT_SPEAKERS or words[-1].casefold() in _SMALL:
        return False
    return sum(word[0].isupper() for word in content) / len(content) >= 0.5


def _turn_labels(texts: Sequence[str], blocks: Sequence[Block]) -> list[str | None]:
    """The label of each block that opens a turn.

    Certain are countries, people with a title or an office, and "person, organisation" forms. In a record that
    plainly consists of turns, labels that recur and any others of the right shape count too.
    """
    candidates = _labels(texts, blocks)
    counts = Counter(label for label in candidates if label)
    certain = {label for label in counts if _names_somebody(label)}
    turns = sum(counts[label] for label in counts if counts[label] > 1 or label in certain)
    prose = sum(block.kind == "paragraph" for block in blocks)
    if turns >= 3 and turns >= prose / 8:
        certain |= {label for label in counts if counts[label] > 1 or _is_proper(label)}
    return [label if label in certain else None for label in candidates]


def _labels(texts: Sequence[str], blocks: Sequence[Block]) -> list[str | None]:
    """What may be labels, without the addressees of letters and speeches, and without lists of officers."""
    found = [
        speaker_label(text) if block.kind in ("paragraph", "heading") else None
        for text, block in zip(texts, blocks, strict=True)
    ]
    said = [plain(text[label[1] :]) if label else "" for text, label in zip(texts, found, strict=True)]
    speaking = {label[0] for label, words in zip(found, said, strict=True) if label and words}
    return [
        label[0]
        if label
        and not (_ADDRESS.fullmatch(label[0]) and label[0] not in speaking)
        and not (_OFFICERS.fullmatch(label[0]) and _is_names(words or (plain(following) if following else "")))
        else None
        for label, words, following in zip(found, said, [*texts[1:], None], strict=True)
    ]


def _is_names(words: str) -> bool:
    """Whether a text is names and countries only, no sentence."""
    content = [word for word in re.findall(r"[^\W\d_][\w’'.-]*", words) if word.casefold() not in _SMALL]
    return (
        bool(content) and not re.search(r"[!?]|[^\W\d_]{3,}\.$", words) and all(word[0].isupper() for word in content)
    )


def _names_somebody(label: str) -> bool:
    if _TITLED.match(label) or label.casefold() in countries():
        return True
    parts = re.split(r"\s+[–—-]\s+|,\s+|\s*\(", label)
    return len(parts) > 1 and (any(part.rstrip(")").casefold() in countries() for part in parts) or " – " in label)


def _is_proper(label: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_][\w’'.-]*", label) if word.casefold() not in _SMALL]
    return sum(word[0].isupper() for word in words) / len(words) >= 0.6


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Names of states and territories, casefolded, in English, French and Spanish (Unicode CLDR)."""
    from babel import Locale

    names = {name for code in ("en", "fr", "es") for key, name in Locale(code).territories.items() if key.isalpha()}
    names |= {
        "united states of america",
        "russian federation",
        "usa",
        "uk",
        "republic of korea",
        "viet nam",
        "european union",
        "holy see",
        "türkiye",
        "czech republic",
        "islamic republic of iran",
        "the netherlands",
    }
    return frozenset(name.casefold() for name in names)


def _turns(texts: Sequence[str], blocks: Sequence[Block], labels: Sequence[str | None]) -> list[tuple[str | None, int]]:
    """A turn lasts until the next label or heading; what opens with an omission mark is nobody's."""
    found: list[tuple[str | None, int]] = []
    speaker, turn = None, 0
    for text, block, label in zip(texts, blocks, labels, strict=True):
        if label:
            speaker, turn = label, turn + 1
        elif _ends_turn(text, block) or re.match(r"\s*(?:\[…\]|\[\.\.\.\])", text):
            speaker, turn = None, turn + 1
        found.append((speaker, turn))
    return found


def _ends_turn(text: str, block: Block) -> bool:
    """Whether a block is a heading, or page furniture other than a page's number."""
    return block.kind == "heading" or (block.kind == "furniture" and len(re.findall(r"[^\W\d]+", text)) > 2)


_REPORTS = (
    r"(?:said|says|stated|noted|notes|asked|added|emphasi[sz]ed|stressed|reported|explained|suggested|argued|observed|"
    r"reviewed|shared|encouraged|reinforced|recalled|underlined|underscored|highlighted|reiterated|concluded|replied|"
    r"answered|pointed|expressed|welcomed|warned|thanked|presented|described|mentioned|proposed|introduced|remarked|"
    r"urged|announced|informed|spoke|speaking|agreed|wondered|requested|called|drew|considered|believed|commended|"
    r"supported|opposed|objected|endorsed|appealed|regretted|hoped|felt|cautioned|questioned|responded|acknowledged|"
    r"affirmed|confirmed|insisted|advocated|outlined|maintained|pledged|disagreed|clarified|cited|declared|affirms|"
    r"states|stresses|recalls|reports|explains|argues|observes|adds|asks|replies)"
)
_NAME = r"(?:[A-ZÀ-Þ][\w’'.-]*|de|da|von|van|al|bin|el|la|di)"
_FULL_NAME = rf"[A-ZÀ-Þ][\w’'-]+(?:\s+{_NAME}){{1,4}}"
_TITLED_NAME = r"(?:Mr|Ms|Mrs|Dr|Prof|Sir|Dame|Ambassador|Miss)\.?\s+[A-ZÀ-Þ][\w’'-]+(?:\s+[A-ZÀ-Þ][\w’'-]+){0,3}"
_LISTED = re.compile(rf"^\s*[-*•–—]?\s*(?:[A-Z][a-z]+:\s*)?({_FULL_NAME}),\s")
_THE_OFFICE = (
    r"The\s+(?:(?:Acting|Deputy|Vice)[ -])*(?:Chair(?:person|man|woman)?|President|Speaker|Rapporteur|Facilitator|"
    r"Moderator|Co-Chairs?)"
)
_REPORTED = re.compile(
    rf"^\s*(?:\d{{1,3}}\.\s+)?(?P<who>(?:{_TITLED_NAME}|{_THE_OFFICE})(?:\s*\([^()]{{2,80}}\))?)[^.:;]{{0,160}}?"
    rf"(?<!\bis )(?<!\bwas )(?<!\bwere )(?<!\bbeen )(?<!\bbe )\b{_REPORTS}\b"
)
_PRONOUN = re.compile(r"^\s*(?:\d{1,3}\.\s+)?(?:He|She|They)\s")


def _retold(texts: Sequence[str], blocks: Sequence[Block]) -> list[tuple[str | None, int]]:
    """Speakers whose words a report retells: "Ms. Lind (Verrano) said that ...".

    Where the record lists its speakers by name, a listed speaker's part begins at the first paragraph that names
    them up front and lasts until the next one's. Elsewhere a paragraph belongs to the titled name that opens it,
    and so do the next ones that open with a pronoun.
    """
    listed = _listed_names(texts, blocks)
    if len(listed) >= 2:
        return _retold_by_list(texts, blocks, listed)
    found: list[tuple[str | None, int]] = []
    speaker, turn = None, 0
    for text, block in zip(texts, blocks, strict=True):
        match = _REPORTED.match(plain(text)) if block.kind in ("paragraph", "item") else None
        if match:
            speaker, turn = match["who"], turn + 1
        elif speaker and not _PRONOUN.match(text):
            speaker, turn = None, turn + 1
        found.append((speaker, turn))
    return found


def _listed_names(texts: Sequence[str], blocks: Sequence[Block]) -> list[str]:
    """Names that head the items of a list ("- Ana Ruiz, Chair of ..."), as in a panel's announcement."""
    return [
        match[1]
        for text, block in zip(texts, blocks, strict=True)
        if block.kind == "item" and (match := _LISTED.match(plain(text)))
    ]


def _retold_by_list(
    texts: Sequence[str], blocks: Sequence[Block], listed: Sequence[str]
) -> list[tuple[str | None, int]]:
    found: list[tuple[str | None, int]] = []
    introduced: dict[str, str] = {}
    patterns = [(name, *_patterns_of(name)) for name in dict.fromkeys(listed)]
    speaker, turn = None, 0
    for text, block in zip(texts, blocks, strict=True):
        if block.kind in ("heading", "furniture"):
            found.append((None, turn))
            continue
        opener = plain(text)[:240]
        for name, last, as_full, as_titled in patterns if block.kind == "paragraph" else ():
            if last not in opener:
                continue
            full = as_full.search(opener)
            if (full and name not in introduced) or as_titled.search(opener):
                printed = introduced.setdefault(name, full[0] if full else name)
                if printed != speaker:
                    speaker, turn = printed, turn + 1
                break
        found.append((speaker, turn))
    return found


def _patterns_of(name: str) -> tuple[str, re.Pattern[str], re.Pattern[str]]:
    """The last name, how the whole name may stand in a text, and how the last one with a title reports."""
    last = re.split(r"[\s-]", name)[-1]
    first, family = re.escape(name.split()[0]), re.escape(name.split()[-1])
    full = re.compile(rf"\b(?:{re.escape(name)}|{first}\s+(?:\S+\s+)?{family})")
    titled = re.compile(rf"\b(?:Mr|Ms|Mrs|Dr)\.?\s+(?:\S+-)?{re.escape(last)}\b.{{0,60}}\b{_REPORTS}\b")
    return last, full, titled


# --- locators --------------------------------------------------------------------------------------------------------


def _locate(
    texts: Sequence[str],
    blocks: Sequence[Block],
    numbers: Sequence[str | None],
    speakers: Sequence[tuple[str | None, int]],
) -> list[Unit]:
    """Walks the blocks with the heading path and the current paragraph number.

    A number holds until the next number or heading; footnotes carry none. A paragraph cut by a footnote or a box
    goes on with its own locator after the cut.
    """
    numbered = [index for index, number in enumerate(numbers) if number]
    last_number = numbered[-1] if numbered and blocks[numbered[-1]].kind != "heading" else len(blocks)
    units: list[Unit] = []
    path: list[tuple[int, str]] = []
    number: str | None = None
    cut: Unit | None = None
    for index, (text, block) in enumerate(zip(texts, blocks, strict=True)):
        speaker, turn = speakers[index]
        if block.kind in ("rule", "furniture"):
            continue
        if block.kind == "heading" and (not numbers[index] or _is_title(plain(text))):
            path = _descend(path, block.level or 3, plain(text))
            number = numbers[index]
        elif numbers[index]:
            number = numbers[index]
        elif block.kind == "paragraph" and index > last_number and not is_part_of_number(text):
            number = None
        locator = Locator(
            page=block.page,
            paragraph=None if block.kind == "footnote" else number,
            speaker=None if block.kind in ("footnote", "heading") else speaker,
            section=" > ".join(heading for _, heading in path) or None,
        )
        if cut and block.kind == "paragraph" and not numbers[index] and _resumes(text):
            locator, turn = replace(cut.locator, page=block.page), cut.turn
            number = cut.locator.paragraph
        unit = Unit(start=block.start, end=block.end, kind=block.kind, locator=locator, turn=turn)
        units.append(unit)
        if block.kind == "paragraph":
            cut = unit if is_open(text) else None
    return units


def _is_title(line: str) -> bool:
    return len(line) < 120 and not line.endswith((".", ";", ","))


def is_part_of_number(text: str) -> bool:
    """Whether an unnumbered block is a part of the numbered paragraph before it: (a), (ii), (3), a bullet."""
    return bool(re.match(r"^\s*(?:\((?:[a-z]{1,4}|\d{1,2})\)|[-•–—]\s)", text, re.IGNORECASE))


def _descend(path: list[tuple[int, str]], level: int, heading: str) -> list[tuple[int, str]]:
    return [*(step for step in path if step[0] < level), (level, heading)]
