"""What a question becomes: an `Answer` of sentences, each with the citations that carry it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..vectorstore.errors import InputError
from ..vectorstore.passage import PLACES, Document, Hit, Locator


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A record in another language; `place` is where it has the same paragraph, None where that is not certain."""

    document: Document
    place: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A quote and where it stands: `quote == document.text[start:end]`, copied by the program, never by a model.

    `versions` are those of its record in other languages; `places` the words for places of the language it is told in.
    """

    number: int
    document: Document
    quote: str
    start: int
    end: int
    locator: Locator
    versions: tuple[Version, ...] = ()
    places: Mapping[str, str] = field(default_factory=lambda: PLACES, compare=False, repr=False)

    @property
    def label(self) -> str:
        """How people cite it: "E/CN.7/2018/CRP.1, para. 42"; the title, shortened, stands in for a missing symbol."""
        return cited_as(self.document, self.locator, self.places)


def cited_as(document: Document, locator: Locator, places: Mapping[str, str] = PLACES) -> str:
    """How people cite a place: "E/CN.7/2018/CRP.1, para. 42"; the title, shortened, stands in for a missing symbol.

    `places` are the words for places of the language that it is told in.
    """
    place = locator.told_in(places)
    return f"{document.name}{places['and']}{place}" if place and place != document.name else document.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of an answer, with the numbers of its citations.

    `supported` is False where grounding found nothing that carries it (only ever with a language model). `side` is
    whose side of a comparison it tells, as the question names it, None where nothing is compared.
    """

    text: str
    citations: tuple[int, ...] = ()
    supported: bool = True
    side: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds of wall time spent on each part of an answer."""

    retrieve: float = 0.0
    answer: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a language model was asked for one answer: calls, and tokens as its service counts them.

    Tokens are 0 where the service does not say. A judge that is a language model counts too.
    """

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Remark:
    """What people must know of an answer: a code, and what its text names, as a `Refusal` has them."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)


def remark(code: str, **params: object) -> Remark:
    """A remark, its params given as values."""
    return Remark(code, {name: str(value) for name, value in params.items()})


@dataclass(frozen=True, slots=True)
class Refusal(Remark):
    """Why a question is not answered: a code, and what its text names.

    Each code has a text in every language of the interfaces (`rag/messages`); the names in its braces are the `params`.
    A refusal has the param `near`, the place that comes nearest, where the records are on the subject and only what is
    asked for is wanting. Any refusal may have the param `also`: the code of what is to be added to its text ("reading":
    more records are still being read).
    """


class NotAskable(InputError):
    """A question without words, or too long; `refusal` says which."""

    def __init__(self, refusal: Refusal, advice: str) -> None:
        super().__init__(advice)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A cited answer, or a refusal.

    A refusal (`answered` False) has no citations, says in one sentence that the documents do not answer, and
    offers up to three `nearest` passages as what they are: not an answer. `refusal` is the reason as a value; `text`
    and the first note tell it in English, `onrecord.rag.in_language` in another language. `mode` is "quotes" (the
    record's own sentences) or "model" (a language model wrote it, the program grounded it). `notes` says what grounding
    repaired or dropped, whether a list may be longer than what was found, who of those compared says nothing, why a
    language model that was asked for did not write, or that vectors are lost and how they are made anew; `remarks` are
    those of them that can be told in every language. `language` is what the question is asked in, where it is known.
    `usage` is what a model was asked, None where none was.
    """

    question: str
    standalone_question: str
    answered: bool
    text: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Hit, ...] = ()
    mode: str = "quotes"
    model: str | None = None
    seconds: Timing = field(default_factory=Timing)
    notes: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    language: str | None = None
    usage: Usage | None = None
    refusal: Refusal | None = None

    @property
    def sides(self) -> dict[str, list[Sentence]]:
        """What each side of a comparison says, by its name; empty where nothing is compared."""
        told: dict[str, list[Sentence]] = {}
        for sentence in self.sentences:
            if sentence.side:
                told.setdefault(sentence.side, []).append(sentence)
        return told if len(told) > 1 else {}

    @property
    def differs(self) -> list[tuple[int, int]]:
        """Where records disagree: the numbers of two citations that say the same thing otherwise; `remarks` say how."""
        told = [each.params for each in self.remarks if "beside" in each.params]
        pairs = [(_held_at(self.citations, each["at"]), _held_at(self.citations, each["beside"])) for each in told]
        return [(one, other) for one, other in pairs if one and other]

    @property
    def status(self) -> Literal["answered", "nearest", "refused"]:
        """What became of the question; "nearest" where the records are on its subject, but what is asked for stands
        nowhere in them."""
        if self.answered:
            return "answered"
        return "nearest" if self.refusal and "near" in self.refusal.params else "refused"


def _held_at(citations: Sequence[Citation], place: str) -> int | None:
    """The number of the citation that holds a place, `DOCUMENT:START`; None where none does."""
    document, _, start = place.rpartition(":")
    held = (each for each in citations if each.document.id == document and each.start <= int(start) < each.end)
    return next((each.number for each in held), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An earlier exchange of a conversation, as the next question may refer to it."""

    question: str
    answer: str


def numbered(sentence: Sentence) -> str:
    """A sentence with the numbers of its citations, as it stands in an answer's text."""
    marks = "".join(f"[{number}]" for number in sentence.citations)
    unsupported = "" if sentence.supported else " (unsupported)"
    return f"{sentence.text}{unsupported} {marks}".rstrip()
