"""The tables and lists of words in `data/`, read once."""

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Literal


def table(name: str) -> list[dict[str, str]]:
    """The rows of `data/NAME.tsv` by the names of its columns."""
    return list(csv.DictReader(_text(f"{name}.tsv").splitlines(), delimiter="\t"))


def word_list(name: str) -> frozenset[str]:
    """A list of words of `data/words.toml`."""
    return frozenset(_lists()[name].split())


def phrases(name: str) -> frozenset[str]:
    """A list of `data/words.toml` of several words each, one a line."""
    return frozenset(filter(None, _lists()[name].splitlines()))


def words_in_order(name: str) -> list[str]:
    """A list of words of `data/words.toml` as it is ordered there."""
    return _lists()[name].split()


def alternatives(name: str) -> str:
    """A fragment of a pattern: the alternatives that stand in `data/NAME.txt`, a line each."""
    return "|".join(line for line in _text(f"{name}.txt").splitlines() if line and not line.startswith("#"))


def words_by_role(name: str, role: str, kind: str | None = None) -> dict[str, str]:
    """The words that `data/NAME.tsv` has in a role, each with its kind; only those of a kind where one is named."""
    rows = (row for row in _roles(name).get(role, ()) if kind in (None, row["kind"]))
    return {word: row["kind"] for row in rows for word in row["words"].split(";")}


def any_by_role(name: str, *roles: str) -> str:
    """A fragment of a pattern: one of the words that `data/NAME.tsv` has in some roles."""
    return any_of({word for role in roles for word in words_by_role(name, role)})


@lru_cache
def _roles(name: str) -> dict[str, list[dict[str, str]]]:
    """The rows of a table by their role, read once for all roles that are asked for."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in table(name):
        found.setdefault(row["role"], []).append(row)
    return found


@lru_cache(maxsize=1)
def sides() -> dict[str, Literal["for", "against", "abstained"]]:
    """The side of a vote that a word or a heading over names tells, from `data/sides.tsv`."""
    return {word: row["side"] for row in table("sides") for word in row["words"].split(";")}  # type: ignore[misc]


def any_of(words: Iterable[str]) -> str:
    """A fragment of a pattern: one of these words, the longest that fits.

    What begins none of them is passed over at a single look, and words that begin alike are looked for together.
    """
    words = frozenset(words)
    first = "".join(re.escape(letter) for letter in sorted({word[0] for word in words}))
    return f"(?=[{first}]){_any_alike(words, shared_letters=2)}"


def _any_alike(words: Iterable[str], shared_letters: int) -> str:
    """One of these words, or of their endings; more letters of them than two would be long to compile."""
    if not shared_letters:
        return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"
    endings: defaultdict[str, set[str]] = defaultdict(set)
    for word in words:
        endings[word[:1]].add(word[1:])
    is_whole = bool(endings.pop("", None))
    ways = "|".join(
        re.escape(letter) + _any_alike(rest, shared_letters - 1) for letter, rest in sorted(endings.items())
    )
    return f"(?:{ways}){'?' if is_whole else ''}" if ways else ""


def saying(where: Literal["question", "record", "answer"]) -> str:
    """A fragment of a pattern: the verbs that say that somebody speaks, in the forms that do so in such a text.

    Questions have "did Norway say" and "has Norway said", records and answers "Norway said" and "Norway says". Forms
    that are nouns too ("points", "remarks") are left out where they would be taken for these.
    """
    return any_of(verbs_of_saying(where))


def verbs_of_saying(where: Literal["question", "record", "answer"]) -> frozenset[str]:
    """The verbs of `saying`, one by one."""
    return frozenset(row[form] for row in table("verbs") for form in row[where].split())


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    return tomllib.loads(_text("words.toml"))


def _text(name: str) -> str:
    return files(__package__ or "onrecord.ingest.language").joinpath("data", name).read_text(encoding="utf-8")
