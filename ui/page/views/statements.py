"""Everything a delegation or a person says, as a page of its own that can be printed."""

from importlib.resources import files
from itertools import groupby
from urllib.parse import quote, urlencode

from markupsafe import Markup

from ....rag.answer import Citation, cited_as
from ....rag.answering.kinds.statements import Statement, Statements
from ....vectorstore.markup import plain
from ..words import Words
from .template import html

PAGE = 200


def statements_html(name: str, found: Statements, offset: int, home: str, library: str, words: Words) -> Markup:
    """The page; `home` is the address of the chat, `library` the key of the library in its addresses, `offset` counts
    the statements before those found."""
    records = [
        (next(iter(of_record)).document, _parts(of_record, home, library, words))
        for of_record in (list(group) for _, group in groupby(found.told, key=lambda each: each.document.id))
    ]
    own = f"{home}page/speakers/{quote(name)}"
    following = offset + PAGE
    return html(
        "statements",
        "page",
        name=name,
        found=found,
        records=records,
        styles=Markup("").join(page_style(file) for file in ("page.css", "statements.css")),
        home=page_address(home, library=library),
        before=page_address(own, offset=max(offset - PAGE, 0), library=library) if offset else "",
        after=page_address(own, offset=following, library=library) if following < found.total else "",
        words=words,
    )


def _parts(
    statements: list[Statement], home: str, library: str, words: Words
) -> list[tuple[str | None, list[dict[str, str]]]]:
    """The statements of one record by items, in its order."""
    return [
        (heading, [_told(each, home, library, words) for each in group])
        for heading, group in groupby(statements, key=lambda each: each.heading)
    ]


def _told(statement: Statement, home: str, library: str, words: Words) -> dict[str, str]:
    label = cited_as(statement.document, statement.locator, words.places)
    return {"words": plain(statement.text), "link": link_to(statement, home, library), "label": label}


def link_to(place: Statement | Citation, home: str, library: str) -> str:
    """The address at which the page opens a place in its record."""
    document = place.document
    return page_address(
        home, read=document.id, start=place.start, end=place.end, of=document.sha256[:12], library=library
    )


def page_address(path: str, **query: str | int) -> str:
    """An address with what is asked for, what is empty left out."""
    given = {name: value for name, value in query.items() if value != ""}
    return f"{path}?{urlencode(given)}" if given else path


def page_style(name: str) -> Markup:
    """A style sheet of the page, to be put into one of its own."""
    return Markup(files("onrecord.ui.page").joinpath("static", name).read_text(encoding="utf-8"))
