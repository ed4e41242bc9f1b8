"""Gold of what records consist of, one JSON object a line and document; fields not named here are left alone."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..vectorstore.errors import InputError
from .case import first_fault, lines_of


class _Gold(BaseModel):
    model_config = ConfigDict(frozen=True)


class GoldPlace(_Gold):
    """A quote that stands in the file; `ocr`: it stands on a scan and is not graded."""

    quote: str
    ocr: bool | None = None


class GoldTurn(GoldPlace):
    """Who says the quote."""

    speaker: str


class GoldHeading(GoldPlace):
    """The heading in force at the quote, its levels joined by " > "."""

    heading: str


class GoldParagraph(GoldPlace):
    """The number of the quote's paragraph, None where it has none, and what it is a paragraph of."""

    number: str | int | None
    part: str | None = None


class GoldPage(GoldPlace):
    """The printed label of the quote's page."""

    page: str | int


class GoldOutcome(_Gold):
    """What became of an item: the `nth` place of the quote that says so, None where only metadata do."""

    kind: str
    quote: str | None = None
    nth: int = Field(default=1, ge=1)
    item: str | None = None
    votes_for: int | None = Field(default=None, alias="for")
    against: int | None = None
    abstained: int | None = None
    names_for: tuple[str, ...] | None = None
    names_against: tuple[str, ...] | None = None
    names_abstained: tuple[str, ...] | None = None
    owner: str | None = None
    due: str | None = None
    optional: bool | None = None


class GoldStructure(_Gold):
    """What stands in the file named `doc`; what is None or empty is not graded."""

    doc: str
    title: str | None = None
    body: str | None = None
    date: str | None = None
    date_also: tuple[str, ...] | None = None
    symbol: str | None = None
    speakers: tuple[str, ...] | None = None
    speakers_complete: bool | None = None
    not_speakers: tuple[str, ...] | None = None
    turns: tuple[GoldTurn, ...] | None = None
    headings: tuple[GoldHeading, ...] | None = None
    paragraphs: tuple[GoldParagraph, ...] | None = None
    pages: tuple[GoldPage, ...] | None = None
    outcomes: tuple[GoldOutcome, ...] | None = None


def read_gold(path: Path) -> list[GoldStructure]:
    """The gold of a file, in its order. Raises InputError, which names the line and the field."""
    gold: list[GoldStructure] = []
    for where, line in lines_of(path):
        try:
            gold.append(GoldStructure.model_validate_json(line))
        except ValidationError as error:
            raise InputError(f"{where}: {first_fault(error)}") from error
    if not gold:
        raise InputError(f"{path}: no gold in it; one JSON object a document and line")
    return gold


def is_gold(path: Path) -> bool:
    """Whether a file's first line is gold of a document rather than a case. Raises InputError."""
    _, line = next(lines_of(path), ("", "{}"))
    try:
        first = json.loads(line)
    except ValueError:
        return False
    return isinstance(first, dict) and "doc" in first and "question" not in first
