"""Labels that open turns, learnt from the record itself.

A record marks its speakers all alike: the same separator, the same case, the same mark before the name. What opens a
paragraph, a line or a sentence like a label is a candidate; candidates of one style are judged together, by what
recurs, who comes back after another, and whether the labels name people. Only then is a single label believed.

In doubt there is no label: no speaker misleads less than a wrong one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from ..formats.blocks import Block
from ..language.states import state_of
from ..language.tables import alternatives, any_of, saying
from .people import TITLES, is_entry, is_person, key_of, names_holder, without_title_point

# It begins with a class of characters, so that a search passes over all others at once.
_OPENING = re.compile(
    r"[\n.!?…”\"’)\]»*–—-](?:(?<=\n)[ \t]{0,40}|(?:(?<=[.!?…”\"’)\]»*])|(?<=--))[ \t][ \t\n]{0,7}(?=\S)"
    r"|(?<=[-–—])(?=[A-Z]{3}))"
)
_PREFIX = re.compile(
    r"(?:[-+•‣◦▪·§>–—o]\s{1,3}|\*\s{1,3}|\d{1,4}[.)]\s{1,3}|[\[(]?\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d{1,3})?[\])]?\s{1,3}){0,3}"
)
_WORD = r"[^\W\d_][\w’'.&/]{0,30}+(?:-[^\W_][\w’'.&/]{0,30}+){0,3}"
_NAME = rf"(?:{_WORD}\s){{0,8}}{_WORD}(?:\s?[(\[][^()\[\]\n]{{2,110}}[)\]]){{0,2}}"
_COLON = re.compile(
    r"(?P<mark>[*_]{0,3})(?P<label>[^\n:：*<>]{1,160}+)(?P<close>[*_]{0,3})\s{0,2}(?P<separator>[:：])[*_]{0,3}"
    r"(?=\s|$|[^\x00-\x7f])"
)
_DASH = re.compile(
    rf"(?P<mark>[*_]{{0,3}})(?P<label>{_NAME}?)(?P<close>[*_]{{0,3}})"
    r"(?P<separator>\.\s?[-–—](?=\s|[*_A-ZÀ-Þ“\"])|\s?[-–—](?=[*_]{0,3}\s)|—(?=[A-ZÀ-Þ“\"]))[*_]{0,3}"
)
_PLAIN_WORD = r"[^\W\d_][\w’'&/-]{0,30}+"
_STOP = re.compile(
    rf"(?P<mark>[*_]{{0,3}})(?P<label>(?:(?i:{TITLES})\s)?(?:[A-ZÀ-Þ]\.\s?){{0,3}}{_PLAIN_WORD}(?:\s{_PLAIN_WORD}){{0,6}}"
    r"(?:\s?[А-ЯЁ]\.\s?[А-ЯЁ](?=\.))?"
    r"(?:\s[(\[][^()\[\]\n]{2,110}[)\]])?)(?P<close>)(?P<separator>\.)[*_]{0,3}(?=\s{1,3}[A-ZÀ-ÞА-ЯЁ“\"«(\[])"
)
_ASKER = re.compile(
    rf"(?P<mark>[*_]{{0,3}})(?P<label>(?i:{TITLES})\s{_NAME}?)(?P<close>[*_]{{0,3}})(?=\s)"
    rf"\s(?:{alternatives('asking')})\s[^:.?]{{3,160}}(?P<separator>:)(?=\s|$)"
)
_TAG = re.compile(r"(?P<mark><)(?:v\s)?(?P<label>[^\W\d_][^<>\n/]{1,60})(?P<close>>)(?P<separator>)(?=\s|$)")
# In a log: more of whom its writer takes down.
_GOES_ON = re.compile(r"\s?(?:\.\.\.|…)")
_NO_NAME = re.compile(r"[.!?]\s+[a-z]|https?$|\d{3}|(?:[a-z]{4}|\b[a-z]{3}|\d|[\])”\"])[.!?]\s|[!?]\s")
_BREAK = re.compile(r"(?<=[^\W\d_]{2})(?:[.!?…]|\s?[-–—]{1,2})\s(?=[A-ZÀ-Þ])")
_DASHED_OFF = re.compile(r"\.\s?[-–—]\s")
_RETELLS = re.compile(rf"\s(?:{saying('record')})\s")
_WITHIN_PROSE = (".", "-", "–", "—")
_COLONS = (":", "：")
_SHAPES = (_TAG, _ASKER, _COLON, _DASH, _STOP)
# The shares below were chosen on the development records by hand, with ten of them left out; none decides by itself.
_FEWEST_PERSONS = 3
_FEWEST_RECURRING = 4
_PERSONS_SHARE = 0.6
_RECURRING_SHARE = 0.5
_COMING_BACK_SHARE = 0.4
_PERSONS_AMONG_NAMES = 0.15
_LABELS_A_BLOCK = 0.35
_ADDRESSED_SHARE = 0.25
_FEWEST_SAID_WORDS = 3
_LONGEST_LABEL_WORDS = 9
_LONGEST_HELD_OFFICE_WORDS = 18
_LONGEST_NAME_WORDS = 4
_LONGEST_ACRONYM = 3
_ADDRESSED = re.compile(
    r"[?？؟我您咱请]|\b(?:I|we|you|your|yours|our|ours|my|me|us|je|nous|vous|notre|nos|votre|vos|yo|nosotros|nuestr[oa]s?|usted(?:es)?"
    r"|ich|wir|sie|uns|мы|вы|я|наш\w*|نحن|أنا)\b"
)


_ASIDE_AT_END = re.compile(r"(?:[(\[（][^()\[\]（）]{1,80}[)\]）]\s{0,3})\Z")
_ENDS = re.compile(r"(?:\A|(?<!\b[A-Z]\.)(?<=[.!?…:;–—-])[”\"’)\]»*_\s]{0,6})\Z")
_SEVERAL = re.compile(r"(?:\A|\s)(?:and|et|y|und|e|och|og|en|и)\s", re.IGNORECASE)
_CHARS_BEFORE = 200


class Style(NamedTuple):
    """How a record marks a speaker: what follows the name, its case, what stands before it, and its emphasis."""

    separator: str
    case: str
    prefix: str
    emphasis: str
    opens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label at `text[start:said]` of a block; the turn's words begin at `said`."""

    block: int
    start: int
    said: int
    label: str
    style: Style


def induced_labels(texts: Sequence[str], blocks: Sequence[Block]) -> list[Label]:
    """The labels of a record in order of their places; none where nothing shows that it is made of turns.

    None either where the format itself says who speaks.
    """
    if any(block.speaker is not None for block in blocks):
        return []
    candidates = [label for index, text in enumerate(texts) for label in _candidates(index, text, blocks[index])]
    by_style: dict[Style, list[Label]] = defaultdict(list)
    for label in candidates:
        by_style[label.style].append(label)
    said = _words_said(texts, candidates)
    believed = {style: _believed(found, said) for style, found in by_style.items()}
    known = frozenset(name for names in believed.values() for name in names)
    marks = {(style.separator, style.case) for style, names in believed.items() if names}
    labels = (_without_words_before(label, texts[label.block], known) for label in candidates)
    return [label for label in labels if _is_believed(label, believed[label.style], known, marks)]


def labels_within(texts: Sequence[str], blocks: Sequence[Block], names: frozenset[str]) -> list[Label]:
    """The labels of speakers in mid paragraph, as those known by some names are printed: "Why -- MS. LIND: Because"."""
    if not names:
        return []
    named = re.compile(rf"(?<=[.!?…”\"’)\]»–—-])[ \t\n]{{1,8}}(?P<label>{any_of(names)})\s?:(?=\s)")
    style = Style(separator=":", case="", prefix="", emphasis="", opens=False)
    return [
        Label(block=index, start=match.start("label"), said=match.end(), label=match["label"], style=style)
        for index, (text, block) in enumerate(zip(texts, blocks, strict=True))
        if block.kind in ("paragraph", "item") and not block.box
        for match in named.finditer(text)
    ]


def _without_words_before(label: Label, text: str, known: frozenset[str]) -> Label:
    """A label without the last words of who spoke before: of "Aye. Lind" and "So -- Lind" it is Lind's."""
    for found in reversed(list(_BREAK.finditer(label.label))):
        name = label.label[found.end() :]
        start = text.rfind(name, label.start, label.said)
        if key_of(name) in known and start > label.start and not is_person(label.label):
            return replace(label, label=name, start=start)
    return label


def _is_believed(label: Label, names: set[str], known: frozenset[str], marks: set[tuple[str, str]]) -> bool:
    """Whether a label's own style names the speaker, or it is marked as speakers of another style are."""
    name, style = key_of(label.label), label.style
    if name in names or (name in known and style.opens and style.separator in _COLONS):
        return True
    return (style.separator, style.case) in marks and (name in known or is_person(label.label))


def _candidates(index: int, text: str, block: Block) -> Iterator[Label]:
    if block.kind not in ("paragraph", "heading", "item") or block.box:
        return
    first, end = len(text) - len(text.lstrip()), 0
    for opening in (0, *(match.end() for match in _OPENING.finditer(text))):
        if opening < end or not (found := _label_at(text, opening)):
            continue
        place, match, marks = found
        is_within = match["separator"].strip() == "." and opening > first
        if is_within and not _may_begin(text, opening, match["label"]):
            continue
        label = " ".join(match["label"].split()).rstrip(".")
        opens = opening <= first or "\n" in text[max(0, opening - 2) : opening]
        style = Style(match["separator"].strip(), _case(label), marks, match["mark"], opens)
        yield Label(block=index, start=place, said=match.end(), label=label, style=style)
        end = match.end()


def _may_begin(text: str, opening: int, label: str) -> bool:
    """Whether a name that a point follows may be a label after what stands before it.

    That ends a sentence ("Aye. (Laughter) Mr. Lind. No."), and it is one name: "led by Ms. Roe (Peru) and Mr. Lind
    (Norway). They met" has none.
    """
    before = text[max(0, opening - _CHARS_BEFORE) : opening].rstrip()
    ends = _ENDS.search(before) or _ENDS.search(_ASIDE_AT_END.sub("", before).rstrip())
    return bool(ends) and not _SEVERAL.search(label.partition("(")[0])


def _label_at(text: str, opening: int) -> tuple[int, re.Match[str], str] | None:
    """Where a label is, as matched, and the kind of marks before it; in a log, whose words its writer takes down."""
    prefix = _PREFIX.match(text, opening)
    place = prefix.end() if prefix else opening
    marks = re.sub(r"\d+", "0", " ".join(text[opening:place].split()))
    if tag := _TAG.match(text, place):
        if _GOES_ON.match(text, tag.end()):
            return None
        quoted = _COLON.match(text, tag.end() + 1)
        if quoted and len(quoted["label"].split()) <= 2 and _may_name(quoted["label"], ":", marks):
            return place, quoted, f"{marks}<>"
    for shape in _SHAPES:
        if (match := shape.match(text, place)) and _may_name(match["label"], match["separator"].strip(), marks):
            return place, match, marks
    return None


def _may_name(label: str, separator: str, marks: str) -> bool:
    """Whether a label may be a name, of a person known as such where its separator is one that prose is full of."""
    label = label.strip()
    words = label.partition("(")[0].split()
    longest = _LONGEST_HELD_OFFICE_WORDS if names_holder(label) else _LONGEST_LABEL_WORDS
    if not label or not label[0].isalnum() or len(words) > longest or is_entry(label):
        return False
    if separator == "." and state_of(label) and not label.isupper():
        return False  # The end of a sentence: "... in Verrano. I hope".
    if separator in _WITHIN_PROSE:
        is_marked = bool(marks) and separator != "." and _is_capitalised(label)
        return is_marked or (is_person(label) and not _RETELLS.search(label))
    return not (_NO_NAME.search(without_title_point(label)) or _DASHED_OFF.search(label))


def _is_capitalised(label: str) -> bool:
    words = re.findall(r"[^\W\d_][\w’'-]*", label.partition("(")[0])
    return 0 < len(words) <= _LONGEST_NAME_WORDS and all(word[0].isupper() for word in words)


def _is_presented(label: str) -> bool:
    """Whether a label is a name of two words or more with what its bearer is behind: "Ana Lind, Director, Harbour"."""
    name, comma, rest = label.partition(",")
    long = [word for word in rest.split() if len(word) > _LONGEST_ACRONYM]
    is_name = len(name.split()) > 1 and _is_capitalised(name)
    return is_name and bool(comma and long) and all(word[0].isupper() for word in long)


def _case(label: str) -> str:
    """Whether a name is in capitals, begins with one, or has none; "none" in scripts without."""
    words = re.findall(r"[^\W\d_]{2,}", label.partition("(")[0])
    if not words or words[-1].lower() == words[-1].upper():
        return "none"
    if words[-1].isupper() and len(words[-1]) > _LONGEST_ACRONYM:
        return "capitals"
    return "title" if words[0][0].isupper() else "small"


def _words_said(texts: Sequence[str], candidates: Sequence[Label]) -> dict[tuple[int, int], str]:
    """What follows each candidate in its block, up to the next one; of one that is alone there, the next block."""
    found: dict[tuple[int, int], str] = {}
    for label, after in zip(candidates, [*candidates[1:], None], strict=False):
        stop = after.start if after and after.block == label.block else len(texts[label.block])
        said = texts[label.block][label.said : stop].strip()
        is_followed = label.block + 1 < len(texts) and not (
            after and after.block == label.block + 1 and after.style.opens
        )
        found[label.block, label.start] = texts[label.block + 1] if not said and is_followed else said
    return found


def _believed(found: Sequence[Label], said: Mapping[tuple[int, int], str]) -> set[str]:
    """The names among labels of one style that are speakers; none where the style does not mark speakers."""
    names = [key_of(label.label) for label in found]
    counts = Counter(names)
    spoken = Counter(
        name for name, label in zip(names, found, strict=True) if _is_speech(said[label.block, label.start])
    )
    if spoken.total() < len(found) / 2:
        return set()
    persons = {name for name, label in zip(names, found, strict=True) if is_person(label.label)}
    named = sum(counts[name] for name in persons)
    if _marks_speakers(found, said, names, persons):
        presented = {name for name, label in zip(names, found, strict=True) if _is_presented(label.label)}
        return {
            name
            for name in spoken
            if name in persons | presented or counts[name] > 1 or len(name.split()) <= _LONGEST_NAME_WORDS
        }
    return {name for name in persons if spoken[name] > 1 or (named > 1 and spoken[name])}


def _marks_speakers(
    found: Sequence[Label], said: Mapping[tuple[int, int], str], names: Sequence[str], persons: set[str]
) -> bool:
    """Whether a style marks speakers: it names people, or the same names come back one after another.

    In a log names stand in marks that nothing else has, and its writer goes on for many lines.
    """
    counts = Counter(names)
    named = sum(counts[name] for name in persons)
    recurring = sum(count for name, count in counts.items() if count > 1 or name in persons)
    by_names = len(found) >= _FEWEST_PERSONS and named >= _PERSONS_SHARE * len(found)
    by_recurrence = (
        len(found) >= _FEWEST_RECURRING
        and recurring >= _RECURRING_SHARE * len(found)
        and (not found[0].style.separator or _coming_back(names) >= _COMING_BACK_SHARE * recurring)
    )
    style = found[0].style
    is_marked = bool(style.emphasis or re.search(r"[^\d.)\s]|:", style.prefix))
    is_plain = not is_marked and named < _PERSONS_AMONG_NAMES * len(found)
    return by_names or (by_recurrence and (not is_plain or _is_dialogue(found, said)))


def _is_speech(words: str) -> bool:
    return len(words.split()) >= _FEWEST_SAID_WORDS or words.strip().endswith((".", "!", "?", "。", "？", "؟"))


def _coming_back(names: Sequence[str]) -> int:
    """How often somebody speaks again after another has."""
    seen: set[str] = set()
    back = 0
    for before, name in pairwise(["", *names]):
        back += name in seen and name != before
        seen.add(name)
    return back


def _is_dialogue(found: Sequence[Label], said: Mapping[tuple[int, int], str]) -> bool:
    """Whether labels that name nobody known are close together, and what follows them asks or addresses somebody."""
    blocks = found[-1].block - found[0].block + 1
    addressed = sum(bool(_ADDRESSED.search(said[label.block, label.start])) for label in found)
    return len(found) >= _LABELS_A_BLOCK * blocks and addressed >= _ADDRESSED_SHARE * len(found)
