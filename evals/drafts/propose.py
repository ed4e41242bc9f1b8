"""Proposals of cases, for a person to accept: from a library's own words, a language model, or readers' verdicts.

Nothing proposed here is a case yet. Whether a question is one that people would ask, and whether the quote is the
proof, only a person can say.
"""

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ...ingest.language.sentences import sentence_spans
from ...rag.library import Library
from ...vectorstore.errors import InputError, ModelError
from ...vectorstore.markup import plain
from ...vectorstore.passage import Document, Locator, Passage
from ..case import Case, Evidence
from ..measures.citations import file_name
from ..measures.quotes import locate
from ..measures.significance import SEED

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_MIN_WORDS, _MAX_WORDS = 8, 60
_MIN_COUNTED_WORDS, _MAX_HEADING_WORDS = 2, 14
# Words that a question cannot well end in, and those that lead a heading in.
_LOOSE_END = re.compile(
    r"(?:(?<!\s)\s++(?:of|on|in|to|for|by|with|at|from|and|or|the|a|an|has|have|had|that|which|per|were|was)){1,8}$"
)
_LEAD_IN = re.compile(r"^(?:on|about|regarding)\s+(?:the\s+)?", re.IGNORECASE)
_DEFINED = re.compile(
    r"^(?:The\s+|An?\s+)?(?P<term>(?!(?:This|That|These|Those|It|Which|He|She|They|We)\b)[“\"']?[A-Z][\w’'()-]*(?:\s+[\w’'()-]+){0,5}[”\"']?)\s+"
    r"(?:means|is defined as|are defined as|refers to|denotes)\s+(?P<sense>.+)"
)
_COUNTED = re.compile(
    r"(?<![\w.,/-])(?P<number>\d{1,3}(?:,\d{3})+|\d{2,}|\d+\.\d+)\s+"
    r"(?P<what>(?!per\b|cent\b|of\b|and\b|to\b|in\b)[a-z][a-z-]{2,}(?:\s+[a-z-]+){0,5})"
)
_UP = frozenset({"up", "good", "right", "yes", "helpful"})


def draft(library: Library, *, limit: int = 30, model: "BaseChatModel | None" = None, seed: int = SEED) -> list[Case]:
    """Proposes up to `limit` cases from what the library holds, every kind and document getting its turn.

    Without a model, from acronyms, definitions, numbers and headings; with one, a question a passage. Every quote
    proposed stands in its document. The same library and seed give the same proposals, but for a model's.

    Raises:
        InputError: the library is empty.
        ModelError: the model does not answer.
    """
    documents = [each for listing in library.documents() if (each := library.store.document(listing.id))]
    if not documents:
        raise InputError("The library holds no documents yet to draft from. Add some: onrecord ingest PATH")
    if model is not None:
        return _numbered(_by_model(library, documents, limit, model, random.Random(seed)))
    sources = [_from_acronyms, _from_definitions, _from_numbers, _from_headings]
    piles = [_shuffled([case for each in documents for case in of(library, each)], seed) for of in sources]
    return _numbered(_each_once(chain.from_iterable(zip_longest(*piles)), limit))


def from_feedback(library: Library) -> list[Case]:
    """Proposes a case for every answer that a reader judged in the chat; the last verdict on a question counts.

    What was found right becomes evidence as it was cited (or a refusal that was due). What was found wrong comes
    without evidence: the note says what the reader said, and a person has to add what would have been right.
    """
    judged = {str(body["question"]): body for body in library.store.catalogue.feedback() if body.get("question")}
    return _numbered(case for body in judged.values() if (case := _from_verdict(body)) is not None)


# --- from the library's own words ------------------------------------------------------------------------------------


def _from_acronyms(library: Library, document: Document) -> Iterator[Case]:
    """What an acronym stands for, at the place that introduces it."""
    for short, long in library.store.catalogue.acronyms():
        if long.startswith(("of ", "and ", "for ", "the ")):
            continue
        for passage, start, end in _sentences(library, document):
            sentence = document.text[start:end]
            if long.casefold() in sentence.casefold() and f"({short})" in sentence:
                yield _proposal("acronym", f"What does {short} stand for?", document, passage, start, end, [long])
                break


def _from_definitions(library: Library, document: Document) -> Iterator[Case]:
    for passage, start, end in _sentences(library, document):
        if match := _DEFINED.match(plain(document.text[start:end])):
            term = match["term"].strip("“”\"'")
            yield _proposal("definition", f"What does “{term}” mean?", document, passage, start, end, [])


def _from_numbers(library: Library, document: Document) -> Iterator[Case]:
    """How many of something, in the words that follow the number."""
    for passage, start, end in _sentences(library, document):
        match = _COUNTED.search(document.text[start:end])
        counted = _LOOSE_END.sub("", " ".join(match["what"].split())) if match else ""
        if match and len(counted.split()) >= _MIN_COUNTED_WORDS and not _is_a_year(match["number"]):
            question = f"How many {counted}, according to “{document.name}”?"
            yield _proposal("number", question, document, passage, start, end, [match["number"]])


def _from_headings(library: Library, document: Document) -> Iterator[Case]:
    """What a speaker, or else the record, says under a heading: the longest sentence there."""
    groups: dict[tuple[str, str], list[tuple[Passage, int, int]]] = {}
    for passage, start, end in _sentences(library, document):
        heading = _LEAD_IN.sub("", (passage.locator.section or "").rsplit(" > ", 1)[-1].strip(" :.;"))
        if 1 < len(heading.split()) <= _MAX_HEADING_WORDS:
            who = passage.locator.speaker or f"“{document.name}”"
            groups.setdefault((who, heading), []).append((passage, start, end))
    for (who, heading), found in groups.items():
        passage, start, end = max(found, key=lambda each: each[2] - each[1])
        kind = "speaker" if passage.locator.speaker else "heading"
        verb = "did" if passage.locator.speaker else "does"
        yield _proposal(kind, f"What {verb} {who} say about “{heading}”?", document, passage, start, end, [])


def _sentences(library: Library, document: Document) -> Iterator[tuple[Passage, int, int]]:
    """Sentences of a length worth asking about, with their passage and offsets into the document."""
    for passage in library.store.passages_of(document.id):
        if passage.kind == "heading":
            continue
        for start, end in sentence_spans(passage.text):
            if _MIN_WORDS <= len(passage.text[start:end].split()) <= _MAX_WORDS:
                yield passage, passage.start + start, passage.start + end


def _is_a_year(number: str) -> bool:
    return number.isdigit() and 1500 <= int(number) <= 2200


def _proposal(
    kind: str, question: str, document: Document, passage: Passage, start: int, end: int, facts: Sequence[str]
) -> Case:
    quote = document.text[start:end]
    evidence = {
        "doc": file_name(document), "quote": quote, "nth": document.text.count(quote, 0, start) + 1,
        "locator": _place(passage.locator),
    }  # fmt: skip
    return Case(
        id="draft", kind=kind, question=question, answerable=True,
        key_facts=tuple(fact.replace("|", " ") for fact in facts), evidence=(Evidence.model_validate(evidence),),
        note="draft",
    )  # fmt: skip


def _place(locator: Locator) -> dict[str, str | None]:
    return {"paragraph": locator.paragraph, "speaker": locator.speaker, "section": locator.section}


# --- from a language model -------------------------------------------------------------------------------------------


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    quote: str
    key_facts: list[str]


def _by_model(
    library: Library, documents: Sequence[Document], limit: int, model: "BaseChatModel", draw: random.Random
) -> Iterator[Case]:
    """A question a passage, of passages drawn at random; what does not hold against the passage is dropped."""
    passages = [
        (document, passage)
        for document in documents
        for passage in library.store.passages_of(document.id)
        if passage.kind != "heading" and len(passage.text.split()) >= 2 * _MIN_WORDS
    ]
    draw.shuffle(passages)
    drafted = 0
    for document, passage in passages[: 3 * limit]:
        if drafted == limit:
            return
        try:
            reply = model.invoke(_prompt(document, passage)).text
        except Exception as error:  # network, key, quota: each provider has errors of its own
            raise ModelError(f"The model does not answer: {str(error).splitlines()[0][:300]}") from error
        if case := _checked(str(reply), document, passage):
            drafted += 1
            yield case


def _checked(reply: str, document: Document, passage: Passage) -> Case | None:
    """A model's proposal, if its quote stands in the passage and its facts in the quote."""
    try:
        read = _Reply.model_validate_json(reply.strip())
    except ValidationError:
        return None
    place = locate(passage.text, read.quote)
    if place is None or not read.question.strip() or not read.key_facts:
        return None
    start, end = passage.start + place[0], passage.start + place[1]
    quote = document.text[start:end].casefold()
    if not all(fact.strip() and fact.casefold() in quote for fact in read.key_facts):
        return None
    return _proposal("drafted", read.question.strip(), document, passage, start, end, read.key_facts)


def _prompt(document: Document, passage: Passage) -> str:
    text = files("onrecord.evals.drafts").joinpath("draft_prompt.md").read_text(encoding="utf-8")
    return text.replace("{place}", f"{document.name}; {passage.locator}").replace("{passage}", plain(passage.text))


# --- from readers' verdicts ------------------------------------------------------------------------------------------


def _from_verdict(body: dict[str, Any]) -> Case | None:
    answer: Mapping[str, Any] = body.get("answer") or {}
    reason = str(body.get("reason") or "").strip()
    if str(body.get("verdict")).casefold() not in _UP:
        return Case(
            id="draft", kind="feedback", question=body["question"], answerable=True,
            note="found wrong" + (f": {reason}" if reason else "") + "; add evidence, or make it unanswerable",
        )  # fmt: skip
    if not isinstance(answer, dict) or "answered" not in answer:
        return None
    question = answer.get("standalone_question") or body["question"]
    return Case(
        id="draft", kind="feedback", question=question, answerable=bool(answer["answered"]),
        evidence=tuple(_cited(citation) for citation in answer.get("citations") or ()),
        note="found right" + (f": {reason}" if reason else ""),
    )  # fmt: skip


def _cited(citation: dict[str, Any]) -> Evidence:
    place: Mapping[str, Any] = citation.get("locator") or {}
    source = citation["document"]["source"]
    return Evidence.model_validate(
        {
            "doc": re.split(r"[\\/]", source)[-1],
            "quote": citation["quote"],
            "locator": {key: place.get(key) for key in ("paragraph", "speaker", "section")},
        }
    )


# --- shared ----------------------------------------------------------------------------------------------------------


def _shuffled(cases: list[Case], seed: int) -> list[Case]:
    random.Random(seed).shuffle(cases)
    return cases


def _each_once(cases: Iterable[Case | None], limit: int) -> Iterator[Case]:
    """No question twice, no sentence asked about twice."""
    asked: set[str] = set()
    for case in cases:
        if len(asked) >= 2 * limit:
            return
        if case is not None and not {case.question, case.evidence[0].quote} & asked:
            asked |= {case.question, case.evidence[0].quote}
            yield case


def _numbered(cases: Iterable[Case]) -> list[Case]:
    return [case.model_copy(update={"id": f"{case.kind}-{number:03}"}) for number, case in enumerate(cases, start=1)]
