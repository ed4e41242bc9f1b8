"""Captions of recordings: WebVTT and SubRip, cues of one speaker put together into paragraphs.

The canonical text is what is said; cue times, settings and mark-up are no part of it. A speaker that only mark-up
names (`<v Norway>`) stands beside the text; one whose name is printed ("Norway: ...") keeps it once a paragraph.
Written here because webvtt-py gives one voice a cue at most, refuses a file for one damaged cue, and reads no names.

Source: https://www.w3.org/TR/webvtt1/.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..blocks import Reading, TextBuilder, omissions
from .encoding import decode

_CLOCK = r"(?:(\d{1,4}):)?(\d\d):(\d\d)[.,](\d{1,3})"
_TIMING = re.compile(rf"\A\s{{0,8}}{_CLOCK}\s{{1,8}}-->\s{{1,8}}{_CLOCK}")
_ASIDE = re.compile(r"\A(NOTE|STYLE|REGION)(?=\s|\Z)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,80})?\s([^<>]{1,200})>")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,300}>|<\d[\d:.]{0,20}>|\{\\[^{}]{0,80}\}")
_NAMED = re.compile(r"\A(?P<name>[^\W\d_][^:<>\n]{0,70}|[^\W_][\w.-]{1,30}):\s{1,8}(?=\S)")
_CHANGE = re.compile(r"\A(?:(?:>>+|&gt;&gt;)\s*|[-–—]\s+(?=[A-ZÀ-Þ]))")
_ENDS = re.compile(r"[.!?…。！？؟][\"”’')\]]{0,3}\Z")
_NAMED_SHARE = 0.5
_LONGEST_NAME_WORDS = 8
_PAUSE_S = 4.0
_ENOUGH_CHARS = 600
_FLASH_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is shown from `start` to `end` (seconds): its words, who says them where stated, whether another does."""

    start: float
    end: float
    text: str
    speaker: str | None = None
    changes: bool = False


def read_captions(data: bytes) -> Reading:
    """Paragraphs of captions with speakers and time codes. Raises ValueError when there are no cues."""
    text = decode(data).lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    chunks = [chunk.split("\n") for chunk in re.split(r"\n(?:[ \t]*\n)+", text.strip("\n"))]
    cues = _with_names(_without_repeats([part for cue in _cues(chunks) for part in _voices(cue)]))
    if not cues:
        raise ValueError("it holds no captions")
    builder = TextBuilder()
    for paragraph in _paragraphs(cues):
        builder.add(_said(paragraph), speaker=paragraph[0].speaker or "", time=_clock(paragraph[0].start))
    return Reading(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="text/vtt" if text.startswith("WEBVTT") else "application/x-subrip",
        title=text.partition("\n")[0][len("WEBVTT") :].strip(" \t-–—") or None if text.startswith("WEBVTT") else None,
        omitted=omissions(
            {
                "times of cues": sum(_TIMING.match(line) is not None for chunk in chunks for line in chunk),
                "notes and styles of captions": sum(_ASIDE.match(chunk[0]) is not None for chunk in chunks),
            },
            "between the cues",
        ),
    )


def _cues(chunks: Sequence[Sequence[str]]) -> Iterator[Cue]:
    """The cues, mark-up still in them; words that stand apart from any time belong to the cue before."""
    last: Cue | None = None
    for chunk in chunks:
        place = next((place for place, line in enumerate(chunk[:3]) if _TIMING.match(line)), None)
        if place is None:
            is_words = last and not _ASIDE.match(chunk[0]) and not all(line.strip().isdigit() for line in chunk)
            last = replace(last, text="\n".join((last.text, *chunk))) if last and is_words else last
            continue
        if last:
            yield last
        *stated, last = _timed(chunk[place:])
        yield from stated
    if last:
        yield last


def _timed(lines: Sequence[str]) -> Iterator[Cue]:
    """The cues of lines that begin with a timing; there may be more where blank lines are missing."""
    places = [place for place, line in enumerate(lines) if _TIMING.match(line)]
    for place, following in pairwise([*places, len(lines)]):
        words = lines[place + 1 : following]
        if following < len(lines) and words and words[-1].strip().isdigit():
            words = words[:-1]  # the number of the next cue
        timing = _TIMING.match(lines[place])
        numbers = timing.groups() if timing else ()
        yield Cue(start=_seconds(*numbers[:4]), end=_seconds(*numbers[4:]), text="\n".join(words))


def _seconds(hours: str | None = None, minutes: str = "0", seconds: str = "0", thousandths: str = "0") -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths.ljust(3, "0")) / 1000


def _voices(cue: Cue) -> Iterator[Cue]:
    """The parts of a cue by voice, without mark-up."""
    first, *voiced = _VOICE.split(cue.text)
    for voice, words in [(None, first), *zip(voiced[::2], voiced[1::2], strict=True)]:
        for line in re.split(r"\n(?=>>|&gt;&gt;|[-–—]\s)", words):
            opening = _CHANGE.match(line.lstrip())
            text = html.unescape(_MARKUP.sub("", line.lstrip()[opening.end() :] if opening else line))
            text = "\n".join(filter(None, (" ".join(part.split()) for part in text.split("\n"))))
            if text:
                speaker = " ".join(html.unescape(voice).split()) if voice else None
                yield replace(cue, text=text, speaker=speaker, changes=bool(opening))


def _without_repeats(cues: Sequence[Cue]) -> list[Cue]:
    """The cues without lines that only stay on the screen while the next one comes up."""
    kept: list[Cue] = []
    last = ""
    for cue in cues:
        lines = cue.text.split("\n")
        stays = lines[0] == last and kept and cue.start - kept[-1].end < _FLASH_S
        if stays and (len(lines) > 1 or cue.end - cue.start < _FLASH_S):
            lines = lines[1:]
        if lines:
            kept.append(replace(cue, text="\n".join(lines)))
            last = lines[-1]
    return kept


def _with_names(cues: Sequence[Cue]) -> list[Cue]:
    """The cues by who bears the name that opens them, where most of them do so.

    Where few do, names that recur and stand in capitals, or where another begins to speak, hold for what follows.
    """
    names = [match["name"] if not cue.speaker and (match := _NAMED.match(cue.text)) else None for cue in cues]
    names = [name if name and len(name.split()) <= _LONGEST_NAME_WORDS else None for name in names]
    counts = Counter(filter(None, names))
    recurring = sum(count for count in counts.values() if count > 1)
    if sum(counts.values()) < _NAMED_SHARE * len(cues) or recurring < _NAMED_SHARE * sum(counts.values()):
        names = [
            name if name and counts[name] > 1 and (name.isupper() or cue.changes) else None
            for cue, name in zip(cues, names, strict=True)
        ]
    if not any(names):
        return list(cues)
    found: list[Cue] = []
    for cue, name in zip(cues, names, strict=True):
        goes_on = found and not cue.changes and not _NAMED.match(cue.text)
        speaker = cue.speaker or name or (found[-1].speaker if goes_on else None)
        found.append(replace(cue, speaker=speaker))
    return found


def _paragraphs(cues: Sequence[Cue]) -> Iterator[list[Cue]]:
    """Cues that one speaker says without a long pause; long speeches are parted at the end of a sentence."""
    paragraph: list[Cue] = []
    chars = 0
    for cue in cues:
        if paragraph and _begins(paragraph[-1], cue, is_long=chars > _ENOUGH_CHARS):
            yield paragraph
            paragraph, chars = [], 0
        paragraph.append(cue)
        chars += len(cue.text)
    if paragraph:
        yield paragraph


def _begins(before: Cue, cue: Cue, *, is_long: bool) -> bool:
    """Whether a cue begins a paragraph after another; `is_long` where the one so far has words enough."""
    if cue.changes or cue.speaker != before.speaker or (cue.speaker is None and _NAMED.match(cue.text)):
        return True
    return (is_long or cue.start - before.end > _PAUSE_S) and bool(_ENDS.search(before.text[-6:]))


def _said(paragraph: Sequence[Cue]) -> str:
    """The words of a paragraph; a name printed at the head of each of its cues stands once."""
    first, *others = paragraph
    parts = [first.text]
    for cue in others:
        label = f"{cue.speaker}:"
        parts.append(cue.text[len(label) :] if cue.speaker and cue.text.startswith(label) else cue.text)
    return " ".join(" ".join(parts).split())


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
