"""The table of positions as a page of its own, which the browser alone asks for and saves: no script is needed."""

from collections.abc import Mapping

from markupsafe import Markup

from ....rag.answering.quoted import shown
from ....rag.messages import label
from ....rag.tools.positions.positions import Cell, PositionTable
from ..words import Words
from .statements import link_to, page_address, page_style
from .template import html

FORMS = ("docx", "xlsx", "csv", "json")


def lines(given: str) -> list[str]:
    """The lines of a text that have something in them."""
    return [line.strip() for line in given.splitlines() if line.strip()]


def _news(table: PositionTable) -> list[bool]:
    """Of each quote whether it is new; nothing where the table was held against none."""
    quotes = (each for cell in table.cells for each in cell.positions)
    return [each.is_new for each in quotes if each.is_new is not None]


def positions_html(
    table: PositionTable | None, asked: Mapping[str, str], home: str, library: str, error: str, words: Words
) -> Markup:
    """The page; `home` is the address of the chat, `asked` what stands in the form."""

    def told(cell: Cell) -> list[tuple[bool, str, str, str, str, str]]:
        return [
            (
                bool(each.is_new),
                each.verb or "",
                shown(each.citation.quote),
                link_to(each.citation, home, library),
                each.citation.label,
                each.citation.document.language or "",
            )
            for each in cell.positions
        ]

    def address(form: str) -> str:
        return page_address(f"{home}page/positions{form}", **asked, library=library)

    return html(
        "positions",
        "page",
        asked=asked,
        topics=table.topics if table else (),
        rows=[(who, [told(table.cell(topic, who)) for topic in table.topics]) for who in table.who] if table else [],
        news=_news(table) if table else [],
        new=label(words.language, "positions.new"),
        left_out=table.left_out if table else 0,
        asked_for=table is not None,
        nothing=label(words.language, "positions.none"),
        saves=[(form.upper(), address(f".{form}")) for form in FORMS],
        styles=Markup("").join(map(page_style, ("page.css", "statements.css", "register.css", "positions.css"))),
        home=page_address(home, library=library),
        registers=page_address(f"{home}page/registers/votes", library=library),
        library=library,
        error=error,
        words=words,
    )
