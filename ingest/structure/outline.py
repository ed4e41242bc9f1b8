"""What a record consists of, out of its units: turns, numbered paragraphs, headings and pages, each a span of text."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TypeVar

from ...vectorstore.structure import Heading, NumberedParagraph, Page, SpeakerTurn, Structure
from ..units import Unit
from .people import office_holders, whom
from .places import places

T = TypeVar("T")


def outline(text: str, units: Sequence[Unit]) -> Structure:
    """The parts that the units' locators name; what names none is in no part of that kind."""
    holders = office_holders(text)
    times = {unit.start: unit.locator.time for unit in units}
    return Structure(
        turns=tuple(
            SpeakerTurn(start=start, end=end, speaker=whom(speaker, holders), label=speaker, time=times.get(start))
            for (_, speaker), start, end in _runs(units, lambda unit: (unit.turn, unit.locator.speaker))
            if speaker
        ),
        paragraphs=tuple(_paragraphs(text, units)),
        headings=tuple(
            Heading(start=start, end=end, text=section, level=section.count(" > ") + 1)
            for section, start, end in _runs(units, lambda unit: unit.locator.section)
            if section
        ),
        pages=tuple(
            Page(start=start, end=end, label=label)
            for label, start, end in _runs(units, lambda unit: unit.locator.page)
            if label
        ),
    )


def _paragraphs(text: str, units: Sequence[Unit]) -> list[NumberedParagraph]:
    """The numbered paragraphs in order of their places, each before the sub-paragraphs within it."""
    placed = {unit.start: place for unit, place in zip(units, places(text, units), strict=True)}
    found: list[tuple[int, int, NumberedParagraph]] = []
    for depth in range(1, max((len(place.path) for place in placed.values()), default=0) + 1):
        for place, start, end in _runs(units, lambda unit, depth=depth: placed[unit.start].above(depth)):
            if len(place.path) == depth:
                number = " ".join(place.path)
                found.append((start, depth, NumberedParagraph(start=start, end=end, number=number, part=place.part)))
    return [paragraph for _, _, paragraph in sorted(found, key=lambda one: one[:2])]


def with_parts(units: Sequence[Unit], paragraphs: Sequence[NumberedParagraph]) -> list[Unit]:
    """The units, each with what its numbered paragraph is one of."""
    outer: list[NumberedParagraph] = []
    for paragraph in paragraphs:
        if not outer or paragraph.start >= outer[-1].end:
            outer.append(paragraph)
    starts = [paragraph.start for paragraph in outer]
    found: list[Unit] = []
    for unit in units:
        begun = bisect_right(starts, unit.start)
        over = outer[begun - 1] if begun and unit.locator.paragraph else None
        part = over.part if over and unit.start < over.end else None
        found.append(replace(unit, locator=replace(unit.locator, part=part)) if part else unit)
    return found


def _runs(units: Sequence[Unit], part: Callable[[Unit], T]) -> list[tuple[T, int, int]]:
    """Neighbours of the same part, with where the first begins and the last ends."""
    runs = ((name, list(group)) for name, group in groupby(units, part))
    return [(name, group[0].start, group[-1].end) for name, group in runs]
