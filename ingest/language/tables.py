"""The tables and lists of words in `data/`, read once."""

import csv
import tomllib
from functools import lru_cache
from importlib.resources import files


def table(name: str) -> list[dict[str, str]]:
    """The rows of `data/NAME.tsv` by the names of its columns."""
    return list(csv.DictReader(_text(f"{name}.tsv").splitlines(), delimiter="\t"))


def words(name: str) -> frozenset[str]:
    """A list of words of `data/words.toml`."""
    return frozenset(_lists()[name].split())


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    return tomllib.loads(_text("words.toml"))


def _text(name: str) -> str:
    return files(__package__ or "onrecord.ingest.language").joinpath("data", name).read_text(encoding="utf-8")
