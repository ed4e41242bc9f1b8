"""A register as a page of its own, which the browser alone sorts, filters and saves: no script is needed."""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from markupsafe import Markup

from ....rag.tools.registers import KINDS, Kind, Row, Wanted
from ..words import Words
from .statements import link_to, page_address, page_style
from .template import html

PAGE = 200
FORMS = ("csv", "xlsx", "json")
SORTS: dict[str, Callable[[Row], str]] = {
    "date": lambda row: row.citation.document.date or "",
    "item": lambda row: row.item.casefold(),
    "who": lambda row: (row.who or "").casefold(),
    "what": lambda row: row.what,
}


def ordered(rows: Sequence[Row], sort: str) -> list[Row]:
    """Rows by a column; what is equal there stays in the order of dates and places."""
    return sorted(rows, key=SORTS.get(sort, SORTS["date"]))


def what_told(row: Row, words: Words) -> str:
    """What a row tells, in the reader's language: the side of a vote, the kind of an outcome; the counts of a vote
    without names."""
    if row.what:
        return _value(row.what, words)
    vote = row.outcome
    counts = {"for": vote.votes_for, "against": vote.votes_against, "abstained": vote.abstained} if vote else {}
    told = ((_value(side, words), words.number(count)) for side, count in counts.items() if count is not None)
    return "\n".join(map("\u00a0".join, told))


def _value(value: str, words: Words) -> str:
    return words(f"register.value.{value.replace(' ', '_')}")


def register_html(
    kind: Kind, wanted: Wanted, rows: Sequence[Row], sort: str, offset: int, home: str, library: str, error: str,
    words: Words,
) -> Markup:  # fmt: skip
    """The page; `home` is the address of the chat, `rows` are all there are, of which a page is shown."""
    asked = {name: getattr(wanted, name) or "" for name in ("who", "about", "document", "since", "until")}

    def address(of: str = kind, form: str = "", **changed: str | int) -> str:
        path = f"{home}page/registers/{quote(of)}{form}"
        return page_address(path, **{**asked, "sort": sort, **changed, "library": library})

    following = offset + PAGE
    return html(
        "register",
        "page",
        kinds=[(each, page_address(f"{home}page/registers/{each}", library=library)) for each in KINDS],
        chosen={"kind": kind, "sort": sort, **asked},
        total=len(rows),
        rows=[
            (row, what_told(row, words), link_to(row.citation, home, library)) for row in rows[offset:following]
        ],
        heads=[(words(f"register.{name}"), address(sort=name), name == sort) for name in SORTS],
        saves=[(form.upper(), address(form=f".{form}")) for form in FORMS],
        styles=Markup("").join(map(page_style, ("page.css", "statements.css", "register.css"))),
        home=page_address(home, library=library),
        positions=page_address(f"{home}page/positions", library=library),
        library=library,
        before=address(offset=max(offset - PAGE, 0)) if offset else "",
        after=address(offset=following) if following < len(rows) else "",
        error=error,
        words=words,
    )
