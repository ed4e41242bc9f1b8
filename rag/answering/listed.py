"""Where names stand in a text that lists them."""

import re
from collections.abc import Sequence
from itertools import islice

PLACES_TRIED = 8


def place_of_names(text: str, start: int, end: int, names: Sequence[str]) -> tuple[int, int] | None:
    """From the first of some names to the last, as they are listed between two places of a text, where they stand
    closest together; None where the first or the last is not found."""
    firsts = whole_name(names[0]).finditer(text, start, end) if names else iter(())
    places = [_listed_from(text, first.start(), end, names) for first in islice(firsts, PLACES_TRIED)]
    return min(filter(None, places), key=lambda place: place[1] - place[0], default=None)


def place_of_one(text: str, start: int, end: int, name: str, beside: Sequence[str]) -> tuple[int, int] | None:
    """Where one of the names of a list stands in it, and not as a part of another ("Guinea" of "Guinea-Bissau")."""
    listed = place_of_names(text, start, end, beside)
    if listed is None:
        return None
    longer = [other for other in beside if name in other and other != name]
    taken = [match.span() for other in longer for match in whole_name(other).finditer(text, *listed)]
    for match in whole_name(name).finditer(text, *listed):
        if not any(first <= match.start() and match.end() <= last for first, last in taken):
            return match.span()
    return None


def whole_name(name: str) -> re.Pattern[str]:
    """A name with whatever spaces between its words, and no letter beside it."""
    words = r"\s+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)")


def _listed_from(text: str, start: int, end: int, names: Sequence[str]) -> tuple[int, int] | None:
    position = start
    for name in names:
        found = whole_name(name).search(text, position, end)
        if found is None and name == names[-1]:
            return None
        position = found.end() if found else position
    return start, position
