"""Quotes take what stands beside them in their paragraph, and none takes what another already quotes."""

from pathlib import Path

import pytest

from onrecord.rag import Document, Hit, Locator, Passage, open_library
from onrecord.rag.answering.candidates import Quotable, with_lead_in
from onrecord.rag.answering.select import Chosen, picked
from onrecord.rag.query.parse import parse_query

from ..fakes import HashEmbedder

LONG = "which are lit, " * 18
SENTENCES = [f"{ordinal} come the lamps, {LONG}as ever." for ordinal in ("At the first", "Second", "Third", "Last")]


def test_two_quotes_of_a_paragraph_share_no_sentence(tmp_path: Path) -> None:
    (tmp_path / "lamps.md").write_text("# Lamps\n\n" + " ".join(SENTENCES))
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([tmp_path / "lamps.md"])
        [hit, *_] = library.search("lamps lit", limit=1)
        starts = [hit.document.text.index(sentence) for sentence in SENTENCES]
        first, second, third, last = (
            Quotable(hit=hit, start=start, end=start + len(text), words=frozenset({"lamp"}), score=1.0)
            for start, text in zip(starts, SENTENCES, strict=True)
        )
        ranked = (second, last, third, first)
        query = parse_query(library.store, "Which lamps are lit?")
        quoted = picked(library.store, query, Chosen(quotables=[second, last], ranked=ranked), [second, last]).quotables
    assert not any(one.overlaps(other) for one in quoted for other in quoted if one is not other)
    assert len(quoted) == 2


@pytest.mark.parametrize(
    ("text", "quote", "with_lead"),
    [
        ("Lit. He asked them:- (a) who brings it.", "(a) who brings it.", "He asked them:- (a) who brings it."),
        ("He asked them: who brings the oil.", "who brings the oil.", "He asked them: who brings the oil."),
        ("He asked at 10:30. Who brings the oil?", "Who brings the oil?", "Who brings the oil?"),
        ("He asked " + "so " * 99 + "on: who?", "who?", "who?"),
    ],
)
def test_a_quote_takes_the_sentence_that_leads_to_it(text: str, quote: str, with_lead: str) -> None:
    document = Document(id="d", source="d.txt", title="D", text=text)
    passage = Passage(id="p", document_id="d", text=text, start=0, end=len(text), locator=Locator())
    start = text.index(quote)
    hit = Hit(passage=passage, document=document, score=1.0)
    found = Quotable(hit=hit, start=start, end=start + len(quote), words=frozenset())
    assert with_lead_in(found, 200).text == with_lead
