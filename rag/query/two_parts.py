"""A question that asks two things: "What became of the motion, and who seconded it?"."""

import re
from functools import lru_cache

from ...ingest.language.tables import any_of
from .kinds import words_of

FEWEST_WORDS, FEWEST_BEFORE_A_WORD = 5, 2
"""Words of a first part that asks by itself: "Which parties opposed and which supported it?" asks one thing. Before a
question word alone ("Who abstained, and why?") fewer do."""


def two_parts(question: str) -> tuple[str, str] | None:
    """The two questions that one asks, the second as it follows the first; None where it asks one thing, or more.

    A question word, or a verb that asks, begins the second part after "and".
    """
    found = list(_between().finditer(question))
    if len(found) != 1:
        return None
    first, second = question[: found[0].start()].strip(" ,;"), question[found[0].end() :].strip()
    fewest = FEWEST_BEFORE_A_WORD if len(second.split()) == 1 else FEWEST_WORDS
    if len(first.split()) < fewest or not re.search(r"\w", second):
        return None
    return f"{first.rstrip('?')}?", second[0].upper() + second[1:]


@lru_cache
def _between() -> re.Pattern[str]:
    before, asks = any_of(words_of("before interrogative")), any_of(words_of("interrogative"))
    return re.compile(rf"[,;?]?\s{any_of(words_of('and'))}\s(?=(?:{before}\s)?{asks}(?!\w))", re.IGNORECASE)
