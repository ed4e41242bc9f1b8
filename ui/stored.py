"""Answers as the history keeps them, and back; quotes and places stay, the documents' texts are left in the library."""

from dataclasses import replace
from typing import Any

from ..rag.answer import Answer, Citation, Sentence, Timing
from ..rag.shapes import answer_json, citation_json
from ..vectorstore.passage import Document, Hit, Locator, Passage

Json = dict[str, Any]


def stored_answer(answer: Answer) -> Json:
    """An answer as JSON, with the version of each document that it cites."""
    documents = [citation.document for citation in answer.citations] + [hit.document for hit in answer.nearest]
    return {**answer_json(answer), "versions": _versions(documents)}


def stored_part(sentences: list[Sentence], citations: list[Citation]) -> Json:
    """The sentences of an answer that was stopped, as JSON."""
    return {
        "sentences": [_sentence_json(sentence) for sentence in sentences],
        "citations": [citation_json(citation) for citation in citations],
        "versions": _versions([citation.document for citation in citations]),
    }


def answer_of(body: Json) -> Answer:
    """The answer that `stored_answer` stored; its documents have no text."""
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
        reader=body.get("reader"),
        seconds=Timing(**body["seconds"]),
        notes=tuple(body["notes"]),
    )


def part_of(body: Json) -> tuple[list[Sentence], list[Citation]]:
    """The sentences and citations that `stored_part` stored."""
    versions = body.get("versions", {})
    return (
        [_sentence(item) for item in body.get("sentences", ())],
        [_citation(item, versions) for item in body.get("citations", ())],
    )


def without_text(document: Document) -> Document:
    """A document as a citation needs it."""
    return replace(document, text="")


def _versions(documents: list[Document]) -> dict[str, str]:
    return {document.id: document.sha256 for document in documents}


def _sentence_json(sentence: Sentence) -> Json:
    return {"text": sentence.text, "citations": list(sentence.citations), "supported": sentence.supported}


def _sentence(item: Json) -> Sentence:
    return Sentence(text=item["text"], citations=tuple(item["citations"]), supported=item["supported"])


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
