"""Cases: questions with the answer that is right and the passages that prove it, one JSON object a line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

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


class _Given(BaseModel):
    """Outside data: unknown fields are refused, since a misspelt one would silently weaken the case."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class GoldLocator(_Given):
    """Where the evidence stands, as people cite it; None where it does not apply. A number given for `paragraph`
    becomes text."""

    paragraph: Annotated[str | None, BeforeValidator(_as_printed)] = None
    speaker: str | None = None
    section: str | None = None


class Evidence(_Given):
    """A gold quote: `quote` stands verbatim in the file named `doc` (a file name without folders).

    `nth` says which occurrence is meant, counted from 1.
    """

    doc: Name
    quote: Annotated[str, AfterValidator(_has_a_word)]
    nth: Annotated[int, Field(ge=1)] = 1
    locator: GoldLocator = GoldLocator()


class Case(_Given):
    """A question and what a right answer holds.

    Each of `key_facts` must be in the answer; `|` separates alternatives. `history` holds the earlier turns that the
    question refers to, oldest first. Where `answerable` is False, the right answer is a refusal.
    """

    id: Name
    kind: Name
    question: Name
    history: tuple[Turn, ...] = ()
    answerable: bool
    key_facts: tuple[Annotated[str, AfterValidator(_has_no_empty_alternative)], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    note: str = ""


def read_cases(path: Path | str) -> list[Case]:
    """The cases of a JSON lines file, in its order; blank lines are skipped.

    Raises:
        InputError: the file cannot be read, is not UTF-8, holds no case, or a line is not a case; the message names
            the file, the line (counted from 1) and the field.
    """
    cases: list[Case] = []
    line_of_id: dict[str, int] = {}
    for number, line in _lines(path):
        where = f"{path}, line {number}"
        case = _read_case(line, where)
        if case.id in line_of_id:
            raise InputError(f"{where}: id: {case.id!r} was already used on line {line_of_id[case.id]}")
        line_of_id[case.id] = number
        cases.append(case)
    if not cases:
        raise InputError(f"{path}: no cases in it; one JSON object a line is expected")
    return cases


def _lines(path: Path | str) -> Iterator[tuple[int, str]]:
    """The lines that hold something, each with its number counted from 1."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    # Split at line feeds only: JSON strings may hold the other line ends that str.splitlines() knows.
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            yield number, _decode(line, f"{path}, line {number}")


def _decode(line: bytes, where: str) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: not UTF-8 (byte {error.start + 1} of the line); save the file as UTF-8") from error


def _read_case(line: str, where: str) -> Case:
    try:
        return Case.model_validate_json(line)
    except ValidationError as error:
        raise InputError(f"{where}: {_first_fault(error)}") from error


def _first_fault(error: ValidationError) -> str:
    """The first fault in one plain clause: "evidence.0.quote: field required"."""
    faults = error.errors(include_url=False, include_input=False)
    field = ".".join(str(part) for part in faults[0]["loc"])
    reason = faults[0]["msg"].removeprefix("Value error, ")
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return (f"{field}: " if field else "") + reason[:1].lower() + reason[1:] + more
