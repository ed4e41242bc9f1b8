"""The notebook as a page of its own: each quote with its line, who checked it, and buttons that need no script."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from ....rag.answering.quoted import shown
from ....rag.messages import label
from ....rag.tools.citations.styles import STYLES
from ....rag.tools.notebook.briefing import check_told, state_of
from ....rag.tools.notebook.notebook import Kept
from ....vectorstore.store import Store
from ..words import Words
from .statements import link_to, page_address, page_style
from .template import html

FORMS = ("docx", "md", "json")


def notebook_html(store: Store, quotes: Sequence[Kept], home: str, library: str, style: str, words: Words) -> Markup:
    """The page; `home` is the address of the chat, `style` that of the citations in what is saved."""

    def told(kept: Kept) -> dict[str, Any]:
        there = state_of(store, kept) == "found"
        return {
            "kept": kept,
            "words": shown(kept.citation.quote),
            "link": link_to(kept.citation, home, library),
            "gone": "" if there else label(words.language, "notebook.orphan"),
            "checked": check_told(kept, words.language),
            "address": page_address(f"{home}page/notebook/{kept.id}", library=library),
        }

    return html(
        "notebook",
        "page",
        quotes=list(map(told, quotes)),
        saves=[
            (form.upper(), page_address(f"{home}page/notebook/briefing.{form}", style=style, library=library))
            for form in FORMS
        ],
        style=style,
        all_styles=STYLES,
        styles=_styles(),
        home=page_address(home, library=library),
        resolving=f"{home}page/resolve",
        library=library,
        words=words,
    )


def resolve_html(identifier: str, error: str, home: str, library: str, words: Words) -> Markup:
    """The form for a citation's identifier as a page, with what is wrong with the one given."""
    return html(
        "notebook",
        "resolve",
        error=error,
        identifier=identifier,
        resolving=f"{home}page/resolve",
        notebook=page_address(f"{home}page/notebook", library=library),
        styles=_styles(),
        home=page_address(home, library=library),
        library=library,
        words=words,
    )


def _styles() -> Markup:
    return Markup("").join(map(page_style, ("page.css", "statements.css", "register.css", "notebook.css")))
