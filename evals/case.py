"""Cases: questions with the answer that is right and the passages that prove it, one JSON object a line."""

import gzip
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ..rag.answer import Turn
from ..vectorstore.errors import InputError


def _as_printed(paragraph: object) -> object:
    """A paragraph number as the text it is printed as; JSON writers put it either way."""
    return str(paragraph) if type(paragraph) is int else paragraph


def _has_no_empty_alternative(fact: str) -> str:
    """An empty alternative would be found in every answer."""
    if not all(alternative.strip() for alternative in fact.split("|")):
        raise ValueError("empty alternative; write the texts that count, separated by |")
    return fact


def _has_a_word(quote: str) -> str:
    """A quote without a word cannot be looked for."""
    if not any(character.isalnum() for character in quote):
        raise ValueError("the quote holds no word")
    return quote


Name = Annotated[str, Field(min_length=1)]
Printed = Annotated[str | None, BeforeValidator(_as_printed)]


class _Given(BaseModel):
    """Outside data: unknown fields are refused, since a misspelt one would silently weaken the case."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class GoldLocator(_Given):
    """Where the evidence stands, as people cite it; None where it does not apply. A number given for `paragraph`,
    `page` or `note` becomes text."""

    paragraph: Printed = None
    page: Printed = None
    note: Printed = None
    part: str | None = None
    speaker: str | None = None
    section: str | None = None
    time: str | None = None


class Evidence(_Given):
    """A gold quote: `quote` stands verbatim in the file named `doc` (a file name without folders).

    `nth` says which occurrence is meant, counted from 1; `ocr` that it stands in a picture of a page.
    """

    doc: Name
    quote: Annotated[str, AfterValidator(_has_a_word)]
    nth: Annotated[int, Field(ge=1)] = 1
    ocr: bool = False
    locator: GoldLocator = GoldLocator()


class Case(_Given):
    """A question and what a right answer holds.

    Each of `key_facts` must be in the answer; `|` separates alternatives. `answers` are readings of the whole right
    answer, any one will do. `history` holds the earlier turns that the question refers to, oldest first. Where
    `answerable` is False, the right answer is a refusal. `relevant` grades documents, by file name, for measures of
    retrieval that count documents; without it the gold quotes are counted.
    """

    id: Name
    kind: Name
    question: Name
    history: tuple[Turn, ...] = ()
    answerable: bool
    key_facts: tuple[Annotated[str, AfterValidator(_has_no_empty_alternative)], ...] = ()
    answers: tuple[Name, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    relevant: Mapping[Name, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    note: str = ""


def read_jsonl(path: Path | str) -> list[Case]:
    """The cases of a JSON lines file, in its order; blank lines are skipped.

    Raises:
        InputError: the file cannot be read, is not UTF-8, holds no case, or a line is not a case; the message names
            the file, the line (counted from 1) and the field.
    """
    return checked(((where, line) for where, line in lines_of(path)), f"{path}: no cases in it; one JSON object a line")


def checked(given: Iterable[tuple[str, str | Mapping[str, Any]]], when_empty: str) -> list[Case]:
    """Cases from (where it stands, JSON text or value) pairs. Raises InputError, which says where."""
    cases: list[Case] = []
    place_of_id: dict[str, str] = {}
    for where, value in given:
        case = _read_case(value, where)
        if case.id in place_of_id:
            raise InputError(f"{where}: id: {case.id!r} was already used on {place_of_id[case.id]}")
        place_of_id[case.id] = where.rsplit(", ", 1)[-1]
        cases.append(case)
    if not cases:
        raise InputError(f"{when_empty} is expected")
    return cases


def lines_of(path: Path | str) -> Iterator[tuple[str, str]]:
    """The lines of a UTF-8 file that hold something, each with where it stands ("FILE, line 3"). Raises InputError."""
    # Split at line feeds only: JSON strings may hold the other line ends that str.splitlines() knows.
    for number, line in enumerate(bytes_of(path).removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            where = f"{path}, line {number}"
            yield where, _decode(line, where)


def bytes_of(path: Path | str) -> bytes:
    """What a file holds, unpacked where its name ends in .gz. Raises InputError."""
    try:
        if str(path).endswith(".gz"):
            with gzip.open(path) as packed:
                return packed.read()
        return Path(path).read_bytes()
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: cannot be read ({reason}); check the path") from error


def case_json(case: Case) -> dict[str, Any]:
    """A case as its line of a file holds it: what is empty is left out."""
    return case.model_dump(mode="json", exclude_defaults=True)


def _decode(line: bytes, where: str) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: not UTF-8 (byte {error.start + 1} of the line); save the file as UTF-8") from error


def _read_case(value: str | Mapping[str, Any], where: str) -> Case:
    try:
        if isinstance(value, str):
            return Case.model_validate_json(value)
        return Case.model_validate(value, strict=False)
    except ValidationError as error:
        raise InputError(f"{where}: {first_fault(error)}") from error


def first_fault(error: ValidationError) -> str:
    """The first fault in one plain clause: "evidence.0.quote: field required"."""
    faults = error.errors(include_url=False, include_input=False)
    field = ".".join(str(part) for part in faults[0]["loc"])
    reason = faults[0]["msg"].removeprefix("Value error, ")
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return (f"{field}: " if field else "") + reason[:1].lower() + reason[1:] + more
