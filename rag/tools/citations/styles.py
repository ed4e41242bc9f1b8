"""A citation in one's style, never shortened, without its quote.

Of the United Nations Editorial Manual the footnote and the reference in the text, and the plain form, are written here;
OSCOLA, Bluebook, Chicago and APA, and any style of one's own, are CSL styles (Citation Style Language 1.0), which
citeproc-py sets. Those that come along are written for records, and under this program's licence.
"""

from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from ....vectorstore.errors import InputError
from ....vectorstore.passage import Document
from ...answer import Citation
from .references import csl_item

Style = Literal["plain", "un", "un-text", "oscola", "bluebook", "chicago", "apa"]
STYLES: tuple[Style, ...] = ("plain", "un", "un-text", "oscola", "bluebook", "chicago", "apa")
PLAIN = "plain"
_CSL = ("oscola", "bluebook", "chicago", "apa")
_MAX_STYLE_BYTES = 1_000_000
"""More than any of the styles of the CSL project, the longest of which has some 200,000."""


def cited(citations: Iterable[Citation], style: str) -> list[str]:
    """Each citation in a style: one of `STYLES`, or the path of a .csl file. Raises InputError where there is none."""
    own: dict[str, Callable[[Citation], str]] = {"plain": _plain, "un": _un_note, "un-text": _un_text}
    if style in own:
        return [own[style](citation) for citation in citations]
    return _set(list(citations), _style_file(style))


def cited_one(citation: Citation, style: str) -> str:
    """A citation in a style."""
    return cited([citation], style)[0]


def _plain(citation: Citation) -> str:
    locator, words = citation.locator, citation.places
    place = [locator.speaker, *locator.printed_in(words), _heading(citation), locator.reading_in(words)]
    return words["and"].join(filter(None, [_name(citation.document), *place]))


def _un_note(citation: Citation) -> str:
    """A footnote: "A/57/387, para. 10." Without a symbol the body, the title and the date stand in its place."""
    return f"{_un(citation)}."


def _un_text(citation: Citation) -> str:
    """A reference in the text, between round brackets: "(A/57/387, para. 10)"."""
    return f"({_un(citation)})"


def _un(citation: Citation) -> str:
    document, locator = citation.document, citation.locator
    facts = [document.symbol] if document.symbol else [document.author or document.body, _name(document), document.date]
    place = f"para. {locator.paragraph}" if locator.paragraph else f"p. {locator.page}" if locator.page else None
    return ", ".join(filter(None, [*facts, place])) + _aside(citation)


def _set(citations: Sequence[Citation], style: Any) -> list[str]:
    """Citations as citeproc sets them by a CSL style."""
    from citeproc import Citation as Cited
    from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, Locator
    from citeproc.formatter import plain
    from citeproc.source.json import CiteProcJSON

    def item(citation: Citation) -> CitationItem:
        where, key, aside = citation.locator, citation.document.id, _aside(citation)
        if where.paragraph:
            return CitationItem(key, locator=Locator("paragraph", where.paragraph), suffix=aside)
        return CitationItem(key, locator=Locator("page", where.page), suffix=aside) if where.page else (
            CitationItem(key, suffix=aside)
        )  # fmt: skip

    documents = {each.document.id: each.document for each in citations}.values()
    try:
        source = CiteProcJSON([csl_item(document) for document in documents])
        book = CitationStylesBibliography(CitationStylesStyle(style, validate=False), source, plain)
        told = [Cited([item(citation)]) for citation in citations]
        for each in told:
            book.register(each)
        return [" ".join(str(book.cite(each, lambda _: None)).split()) for each in told]
    except (ValueError, AttributeError, TypeError, KeyError, NotImplementedError, SyntaxError) as error:
        raise InputError(f"This style cannot be used ({error}). Choose one of: {', '.join(STYLES)}") from error


def _style_file(style: str) -> Any:
    """A style that comes along, or a file of one's own, read whole. Raises InputError where there is neither."""
    if style in _CSL:
        return BytesIO(files(__package__ or "").joinpath(f"{style}.csl").read_bytes())
    path = Path(style)
    if path.suffix != ".csl":
        raise InputError(f"There is no style {style!r}. There are: {', '.join(STYLES)}, and CSL files.")
    try:
        with path.open("rb") as file:
            written = file.read(_MAX_STYLE_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}).") from error
    if len(written) > _MAX_STYLE_BYTES or b"<!ENTITY" in written:
        raise InputError(f"{path} is no CSL style.")
    return BytesIO(written)


def _name(document: Document) -> str:
    return document.symbol or " ".join(document.title.split())


def _aside(citation: Citation) -> str:
    """What of a place styles have no word for: what it is a part of, who spoke, the time, how it was read."""
    locator = citation.locator
    heading = f"“{_heading(citation)}”" if _heading(citation) else None
    said = ", ".join(filter(None, [locator.part, locator.speaker, locator.time, heading, locator.reading]))
    return f" ({said})" if said else ""


def _heading(citation: Citation) -> str | None:
    """The heading that a place stands under, where nothing tells it better, and which the record is not called by."""
    document, locator = citation.document, citation.locator
    heading = (locator.section or "").rsplit(" > ", 1)[-1]
    is_told = any([locator.speaker, *locator.printed]) or heading in (document.symbol, document.title)
    return None if is_told else heading or None
