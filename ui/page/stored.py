"""Answers as the history keeps them, and back; quotes and places stay, the documents' texts are left in the library."""

from collections.abc import Collection
from typing import Any

from ...rag.answer import Answer, Citation, Refusal, Remark, Sentence, Timing, Usage, numbered
from ...rag.schema import answer_json, citation_json, sentence_json
from ...vectorstore.passage import Document, Hit, Locator, Passage

Json = dict[str, Any]
REDACTED = "[removed]"


def stored_answer(answer: Answer) -> Json:
    """An answer as JSON, with the version of each document that it cites."""
    documents = [citation.document for citation in answer.citations] + [hit.document for hit in answer.nearest]
    citations = list(map(_stored_citation, answer.citations))
    return {**answer_json(answer), "citations": citations, "versions": _versions(documents)}


def stored_part(sentences: list[Sentence], citations: list[Citation]) -> Json:
    """The sentences of an answer that was stopped, as JSON."""
    return {
        "sentences": [sentence_json(sentence) for sentence in sentences],
        "citations": [_stored_citation(citation) for citation in citations],
        "versions": _versions([citation.document for citation in citations]),
    }


def answer_of(body: Json) -> Answer:
    """The answer that `stored_answer` stored; its documents have no text.

    What an earlier version stored has no `refusal`; such a refusal keeps its text.
    """
    versions = body["versions"]
    return Answer(
        question=body["question"],
        standalone_question=body["standalone_question"],
        answered=body["answered"],
        text=body["text"],
        sentences=tuple(map(_sentence, body["sentences"])),
        citations=tuple(_citation(item, versions) for item in body["citations"]),
        nearest=tuple(_hit(item, versions) for item in body["nearest"]),
        mode=body["mode"],
        model=body["model"],
        seconds=Timing(**body["seconds"]),
        notes=tuple(body["notes"]),
        remarks=tuple(Remark(**one) for one in body.get("remarks", ())),
        language=body.get("language"),
        usage=Usage(**body["usage"]) if body.get("usage") else None,
        refusal=Refusal(**body["refusal"]) if body.get("refusal") else None,
    )


def part_of(body: Json) -> tuple[list[Sentence], list[Citation]]:
    """The sentences and citations that `stored_part` stored."""
    versions = body.get("versions", {})
    return (
        [_sentence(item) for item in body.get("sentences", ())],
        [_citation(item, versions) for item in body.get("citations", ())],
    )


def cites(body: Json, document_ids: Collection[str]) -> bool:
    """Whether a stored answer quotes, or offers passages of, any of these documents."""
    return any(item["document"]["id"] in document_ids for item in _found_in(body))


def cited_in(body: Json) -> set[str]:
    """Ids of the documents that a stored answer quotes, or offers passages of."""
    return {item["document"]["id"] for item in _found_in(body)}


def redacted(body: Json, document_ids: Collection[str]) -> Json:
    """A stored answer without what it has of these documents: quotes, passages, titles, sentences that rest on them.

    Of what a model wrote, sentences that cite nothing go too, for nobody knows what they rest on; so do the notes.
    """
    if not cites(body, document_ids):
        return body
    gone = {item["number"] for item in body.get("citations", ()) if item["document"]["id"] in document_ids}
    by_model = body.get("mode") == "model"
    sentences = [
        {**one, "text": REDACTED} if gone & set(one["citations"]) or (by_model and not one["citations"]) else one
        for one in body.get("sentences", ())
    ]
    kept = {
        **body,
        "sentences": sentences,
        "citations": [_without(item, document_ids) for item in body.get("citations", ())],
        "nearest": [_without(item, document_ids) for item in body.get("nearest", ())],
        "notes": [],
        "remarks": [],
    }
    if gone and "text" in body:
        kept["text"] = " ".join(numbered(_sentence(one)) for one in sentences)
        kept["standalone_question"] = body["question"]
    return kept


def _stored_citation(citation: Citation) -> Json:
    """A citation without what is worked out from the record's text, and would say its words again."""
    worked_out = ("identifier", "target", "url")
    return {name: value for name, value in citation_json(citation).items() if name not in worked_out}


def _found_in(body: Json) -> list[Json]:
    return [*body.get("citations", ()), *body.get("nearest", ())]


def _without(item: Json, document_ids: Collection[str]) -> Json:
    """A citation or a hit, emptied where it is of one of these documents."""
    if item["document"]["id"] not in document_ids:
        return item
    words = {key: REDACTED for key in ("quote", "text", "label") if key in item}
    document = {**item["document"], "title": REDACTED, "source": REDACTED, "symbol": None, "date": None}
    return {**item, **words, "document": document, "locator": dict.fromkeys(item["locator"])}


def _versions(documents: list[Document]) -> dict[str, str]:
    return {document.id: document.sha256 for document in documents}


def _sentence(item: Json) -> Sentence:
    return Sentence(
        text=item["text"], citations=tuple(item["citations"]), supported=item["supported"], side=item.get("side")
    )


def _document(item: Json, versions: dict[str, str]) -> Document:
    return Document(**item, text="", sha256=versions.get(item["id"], ""))


def _citation(item: Json, versions: dict[str, str]) -> Citation:
    return Citation(
        number=item["number"],
        document=_document(item["document"], versions),
        quote=item["quote"],
        start=item["start"],
        end=item["end"],
        locator=Locator(**item["locator"]),
    )


def _hit(item: Json, versions: dict[str, str]) -> Hit:
    passage = Passage(
        id=item["passage_id"],
        document_id=item["document"]["id"],
        text=item["text"],
        start=item["start"],
        end=item["end"],
        locator=Locator(**item["locator"]),
    )
    return Hit(passage=passage, document=_document(item["document"], versions), score=item["score"])
