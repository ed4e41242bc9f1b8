"""Values made for the tests: documents, citations, hits, and a library that answers as told."""

from collections.abc import Mapping, Sequence

from onrecord.evals.case import Case
from onrecord.rag.answer import Answer, Citation, Turn
from onrecord.vectorstore.passage import Document, Hit, Locator, Passage


def document(text: str, source: str = "records/minutes.txt", media_type: str = "text/plain") -> Document:
    return Document(id=source, source=source, title="Minutes", text=text, media_type=media_type)


def hit(record: Document, start: int, end: int) -> Hit:
    passage = Passage(
        id=f"{record.id}:{start}",
        document_id=record.id,
        text=record.text[start:end],
        start=start,
        end=end,
        locator=Locator(),
    )
    return Hit(passage=passage, document=record, score=1.0)


def citation(record: Document, quote: str, *, paragraph: str | None = None, speaker: str | None = None) -> Citation:
    """A citation of a quote, which need not stand in the document: what is wrong must be measured too."""
    start = max(0, record.text.find(quote))
    return Citation(
        number=1,
        document=record,
        quote=quote,
        start=start,
        end=start + len(quote),
        locator=Locator(paragraph=paragraph, speaker=speaker),
    )


def answer(text: str, *citations: Citation) -> Answer:
    return Answer(question="?", standalone_question="?", answered=True, text=text, citations=citations)


def refusal() -> Answer:
    return Answer(question="?", standalone_question="?", answered=False, text="The documents do not answer this.")


def case(**fields: object) -> Case:
    """An answerable case; fields are given as in JSON."""
    given = {"id": "c1", "kind": "fact", "question": "?", "answerable": True, "evidence": []}
    return Case.model_validate({**given, **fields}, strict=False)


def gold(quote: str, doc: str = "minutes.txt", **fields: object) -> dict[str, object]:
    return {"doc": doc, "quote": quote, **fields}


class ScriptedLibrary:
    """Answers each question as told and finds the same passages for all; an exception in the script is raised.

    `asked` and `searched` keep what was put to it.
    """

    def __init__(self, script: Mapping[str, Answer | Exception], hits: Sequence[Hit] = ()) -> None:
        self.script = script
        self.hits = hits
        self.asked: list[tuple[str, list[Turn]]] = []
        self.searched: list[tuple[str, int]] = []

    def ask(self, question: str, *, history: list[Turn]) -> Answer:
        self.asked.append((question, history))
        told = self.script[question]
        if isinstance(told, Exception):
            raise told
        return told

    def search(self, query: str, *, limit: int) -> list[Hit]:
        self.searched.append((query, limit))
        return list(self.hits)[:limit]
