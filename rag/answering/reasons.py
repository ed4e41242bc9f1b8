"""Why: a quote with the sentence beside it that gives the reason."""

from collections.abc import Sequence
from dataclasses import replace

from ...ingest.language.sentences import sentence_spans
from ..query import kinds
from .candidates import Quotable, lead_length

NEAR = 3
MAX_QUOTE_CHARS = 1000


def with_reasons(chosen: Sequence[Quotable]) -> list[Quotable]:
    """Quotes that answer why something was: each from or to the nearest sentence of its passage that says so; what
    points back at its reason ("With that in mind, ...") with the sentence before it. Outcomes give none."""
    return [each if each.outcome else _with_reason(each) for each in chosen]


def _with_reason(quotable: Quotable) -> Quotable:
    passage = quotable.hit.passage
    lead = lead_length(quotable.hit)
    places = [(passage.start + max(start, lead), passage.start + end) for start, end in sentence_spans(passage.text)]
    told = [place for place, (start, end) in enumerate(places) if start < quotable.end and quotable.start < end]
    if not told:
        return quotable
    first, last = told[0], told[-1]
    if kinds.points_back_at_reason(_text(quotable, places[first])):
        return _from_to(quotable, places[max(0, first - 1)], places[last])
    if any(kinds.gives_reason(_text(quotable, places[place])) for place in told):
        return quotable
    for step in range(1, NEAR + 1):
        for place in (last + step, first - step):
            if 0 <= place < len(places) and kinds.gives_reason(_text(quotable, places[place])):
                return _from_to(quotable, places[min(first, place)], places[max(last, place)])
    return quotable


def _text(quotable: Quotable, place: tuple[int, int]) -> str:
    return quotable.hit.document.text[slice(*place)]


def _from_to(quotable: Quotable, first: tuple[int, int], last: tuple[int, int]) -> Quotable:
    start, end = min(quotable.start, first[0]), max(quotable.end, last[1])
    return quotable if end - start > MAX_QUOTE_CHARS else replace(quotable, start=start, end=end)
