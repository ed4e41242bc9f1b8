"""The names that stand in a question, and which of them tell one passage from another."""

import re
from dataclasses import dataclass

from ...ingest.language.dates import ENGLISH_NAMES
from ...ingest.language.tables import word_list
from ...vectorstore.names import fold
from .directory import Directory
from .question import proper_names, subject

# Parts of names that many names share.
COMMON_PARTS = word_list("common_parts") | ENGLISH_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """The names of a question, as written.

    `proper` are all of them, `telling` those that tell one passage from another, `subject` the telling ones of those
    whose words are asked for, `states` the words by which it names states that speak in the library.
    """

    proper: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()


def mentions(question: str, directory: Directory, language: str | None = None) -> Mentions:
    """The names in a question; states that speak count by any of their names ("Ivory Coast")."""
    words = fold(question).split()
    states = {
        word.strip(".,;:?!\"'()“”«»") for first, last in directory.states_in(question) for word in words[first:last]
    }
    proper = proper_names(question, language)
    whose = subject(question)
    return Mentions(
        proper=tuple(proper),
        telling=tuple(_telling(question, proper)),
        subject=tuple(_telling(whose, proper_names(whose, language))),
        states=frozenset(states),
    )


def _telling(text: str, proper: list[str]) -> list[str]:
    """The names in a text that tell one passage from another, those of several words as one."""
    words = {re.sub(r"-[a-z].*", "", name) for name in proper}
    words = {word for word in words if not is_abbreviation(word) and word.casefold() not in COMMON_PARTS}
    if not words:
        return []
    first = "|".join(map(re.escape, sorted(words)))
    names = re.findall(rf"\b(?:{first})\b(?: [A-ZÀ-Þ][\w’'-]+)*", text)
    return list(dict.fromkeys(re.sub(r"[’']s?$", "", name) for name in names))


def is_abbreviation(name: str) -> bool:
    """Whether a name is made of initials ("NGOs", "MoU"), which records often write out."""
    letters = [letter for letter in name if letter.isalpha()]
    return len(letters) > 1 and 2 * sum(letter.isupper() for letter in letters) >= len(letters)
