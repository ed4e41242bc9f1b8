"""Tools that read the records: their list, a part of one, two side by side, a place cited."""

from typing import Annotated

from pydantic import Field

from ....rag.schema import (
    CitedOut,
    ComparisonOut,
    ResolvedOut,
    TextOut,
    cited_json,
    comparison_json,
    comparison_text,
    document_json,
    listed_json,
    resolved_json,
)
from ....rag.tools.citations.portable import MAX_IDENTIFIER_CHARS
from .. import schema as shapes
from .tool import Arguments, Given, Room, Tool, reading

MOST_LISTED = 100
_MAX_PASSAGE_CHARS = 20_000
_AROUND_CHARS = 600


class ListArguments(Arguments):
    """What `list_documents` takes."""

    containing: Annotated[str, Field(description="only documents with this in title, symbol or source")] = ""
    offset: int = Field(0, ge=0)
    limit: int = Field(MOST_LISTED, ge=1, le=MOST_LISTED)


class ReadArguments(Arguments):
    """What `read_passage` takes."""

    document: str = Field(description="a document's id (from a citation, a hit or list_documents), symbol or title")
    start: int | None = Field(None, ge=0, description="first character of a citation; reads the text around it too")
    end: int | None = Field(None, ge=0, description="character after its last")
    paragraph: str | None = Field(None, description="a paragraph's number as printed, instead of start and end")
    page: str | None = Field(None, description="a page as printed, instead of start and end")


class CompareArguments(Arguments):
    """What `compare` takes."""

    a: str = Field(min_length=1, description="the older document: its id, symbol, file name or title")
    b: str = Field(min_length=1, description="the newer one, named likewise")


class CiteArguments(Arguments, shapes.CiteIn):
    """What `cite` takes."""


class ResolveArguments(Arguments):
    """What `resolve` takes."""

    identifier: str = Field(min_length=1, max_length=MAX_IDENTIFIER_CHARS, description="that of a citation")


class Reading(Room):
    """What the records say, and where."""

    def all(self) -> tuple[Tool, ...]:
        """The tools."""
        return (
            reading(
                "list_documents", "List the records", ListArguments, shapes.DocumentsOut, self._list,
                "Lists the documents of the library with id, title, symbol and date.",
            ),
            reading(
                "read_passage", "Read on around a quote", ReadArguments, TextOut, self._read,
                "Reads a part of a document: a paragraph or a page by its printed number, or the text around a "
                "citation's start and end. Use it to check a quote's context before relying on it.",
            ),
            reading(
                "compare", "Compare two records", CompareArguments, ComparisonOut, self._compare,
                "Compares two documents paragraph by paragraph: what is the same, changed, moved, new or dropped. In "
                "the text, words that came stand in {+ +} and words that went in [- -]; quote without these marks.",
            ),
            reading(
                "cite", "Cite a place in a style", CiteArguments, CitedOut, self._cite,
                "Gives the citation of a quote, a paragraph or a page in a style (UN, OSCOLA, Bluebook, Chicago, APA), "
                "with an identifier that finds the place again. Use it as it is, and add nothing to it.",
            ),
            reading(
                "resolve", "Find a citation again", ResolveArguments, ResolvedOut, self._resolve,
                "Tells where the words of a citation's identifier stand now: found, or an orphan, never words alike.",
            ),
        )  # fmt: skip

    def _list(self, asked: ListArguments) -> Given:
        wanted = asked.containing.casefold()
        fitting = [
            listing
            for listing in self._library.documents()
            if wanted in f"{listing.title}\n{listing.symbol or ''}\n{listing.source}".casefold()
        ]
        shown = fitting[asked.offset : asked.offset + asked.limit]
        lines = [
            f"{listing.id}: {', '.join(part for part in (listing.symbol, listing.title, listing.date) if part)}"
            for listing in shown
        ]
        more = len(fitting) - asked.offset - len(shown)
        if more > 0:
            lines.append(f"... and {more} more: offset {asked.offset + len(shown)}")
        value = {
            "documents": [listed_json(listing) for listing in shown], "total": len(fitting), "offset": asked.offset,
            "limit": asked.limit, "next": None,
        }  # fmt: skip
        return "\n".join(lines) or "There are no such documents.", value

    def _read(self, asked: ReadArguments) -> Given:
        document = self._library.document(asked.document)
        if asked.paragraph or asked.page or asked.start is None:
            spans = self._library.spans(document, end=asked.end, paragraph=asked.paragraph, page=asked.page)
        else:
            end = asked.end if asked.end is not None else asked.start
            spans = [(max(0, asked.start - _AROUND_CHARS), min(len(document.text), end + _AROUND_CHARS))]
        parts = [
            {"start": start, "end": stop, "text": document.text[start:stop]}
            for start, stop in ((start, min(stop, start + _MAX_PASSAGE_CHARS)) for start, stop in spans)
        ]
        text = "\n\n".join(f"{document.name}, characters {p['start']}-{p['end']}:\n{p['text']}" for p in parts)
        return text, {"document": document_json(document), "parts": parts}

    def _compare(self, asked: CompareArguments) -> Given:
        found = self._library.compare(asked.a, asked.b)
        return comparison_text(found), comparison_json(found)

    def _cite(self, asked: CiteArguments) -> Given:
        citation = self._library.cite(asked.document, **asked.place())
        told = cited_json(citation, asked.style, self._library.structure(citation.document))
        return f"{told['text']}\n{told['citation']['identifier']}", told

    def _resolve(self, asked: ResolveArguments) -> Given:
        found = self._library.resolve(asked.identifier)
        lines = [f"{place.label}: “{place.quote}”" for place in found.places]
        return "\n".join(lines) or "Orphan: these words stand there no more.", resolved_json(found)
