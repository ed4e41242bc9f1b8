"""Quotes take what stands beside them in their paragraph, and none takes what another already quotes."""

from pathlib import Path

from onrecord.rag import open_library
from onrecord.rag.answering.candidates import Quotable
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
