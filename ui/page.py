"""The browser chat: the conversation on the left, the document a quote stands in on the right.

    question -> converse (one HTML after the other, as sentences get ready) -> the conversation's component

Gradio carries the questions, the answers as they grow, and each browser session's own history. A press on a citation
goes past it: page.js fetches the document from the server's `/reading` route, so that reading works while an answer is
still being written.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Any

import gradio as gr
from gradio.themes import Base
from gradio.themes.utils.fonts import LocalFont

from ..rag.answer import Answer, Citation, Sentence
from ..rag.ladder import check_question
from ..rag.library import Library
from ..vectorstore.errors import RapporteurError
from .conversation import answered_html, conversation_html, error_html, pending_html
from .intake import ReadingStatus, status_html
from .welcome import example_questions, welcome_html

_log = logging.getLogger(__name__)

_STATUS_EVERY_S = 1.0
_INTERNAL = "Something went wrong inside the program; its log says where. The question can be asked again."
_ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='8' fill='#22577a'/>"
    "<path d='M9 20c0-5 2-8 6-9v2.400c-2 .9-3 2.200-3 3.600h3v6H9zm9 0c0-5 2-8 6-9v2.400c-2 .9-3 2.200-3 3.600h3v6h-6z'"
    " fill='white'/></svg>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question asked in one browser session, as shown, with its answer; None where there was an error."""

    html: str
    answer: Answer | None


def build_page(library: Library, reading_status: Callable[[], ReadingStatus]) -> gr.Blocks:
    """The page, to be mounted with `look()`.

    Args:
        library: what is asked.
        reading_status: tells how far files are read that are being put in meanwhile.
    """

    def ask(question: str, earlier: tuple[Exchange, ...]) -> Iterator[tuple[Any, ...]]:
        cleared: Any = ""
        for html, exchanges in converse(library, question, earlier):
            yield cleared, html, exchanges
            cleared = gr.skip()  # what is typed meanwhile stays

    def ask_example(event: gr.EventData, earlier: tuple[Exchange, ...]) -> Iterator[tuple[Any, ...]]:
        yield from ask(str(event.question), earlier)

    def look_around() -> tuple[Any, ...]:
        status = reading_status()
        listings = library.documents()
        line = status_html(status, len(listings), sum(listing.passages for listing in listings))
        questions = () if status.running else offered(tuple(listing.sha256 for listing in listings))
        welcome = gr.skip() if status.running and not listings else welcome_html(len(listings), questions)
        return line, welcome, gr.Timer(active=status.running)

    @lru_cache(maxsize=1)
    def offered(_held: tuple[str, ...]) -> Sequence[str]:
        return example_questions(library)

    with gr.Blocks(title="Rapporteur", analytics_enabled=False, fill_width=True) as page:
        with gr.Row(elem_id="r-top"):
            gr.HTML("<h1>Rapporteur</h1>", elem_id="r-brand", apply_default_css=False)
            status = gr.HTML("", elem_id="r-status", apply_default_css=False)
        with gr.Row(elem_id="r-main"):
            with gr.Column(elem_id="r-left"):
                with gr.Column(elem_id="r-scroll"):
                    conversation = gr.HTML(
                        conversation_html(()),
                        elem_id="r-conversation",
                        apply_default_css=False,
                        js_on_load=_text("page.js"),
                    )
                    welcome = gr.HTML("", elem_id="r-before", apply_default_css=False)
                box = gr.Textbox(
                    elem_id="r-box",
                    placeholder="Ask the records a question",
                    label="Question",
                    show_label=False,
                    container=False,
                    lines=1,
                    max_lines=6,
                    submit_btn=True,
                    autofocus=True,
                )
            gr.HTML(_EMPTY_PANE, elem_id="r-right", apply_default_css=False)
        history = gr.State(())
        clock = gr.Timer(_STATUS_EVERY_S, active=False)

        shown: dict[str, Any] = {
            "outputs": [box, conversation, history],
            "show_progress": "hidden",
            "concurrency_limit": None,
            "api_visibility": "private",
        }
        box.submit(ask, inputs=[box, history], **shown)
        conversation.submit(ask_example, inputs=[history], **shown)
        for moment in (page.load, clock.tick):
            moment(
                look_around,
                outputs=[status, welcome, clock],
                show_progress="hidden",
                concurrency_limit=None,
                api_visibility="private",
            )
    return page


def look() -> dict[str, Any]:
    """How the page looks: what Gradio takes when the page is mounted. Nothing in it comes from another host."""
    icon = f'<link rel="icon" type="image/svg+xml" href="data:image/svg+xml,{escape(_ICON).replace("#", "%23")}">'
    # Gradio ships this font and this server sends it; of its weights only these two hold all letters.
    fonts = [LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"]
    return {
        "theme": Base(font=fonts, font_mono=["ui-monospace", "monospace"]),
        "head": f"{icon}<style>{_text('page.css')}</style>",
        "footer_links": [],
        "run_history": False,
    }


def converse(
    library: Library, question: str, earlier: tuple[Exchange, ...]
) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
    """The conversation's HTML and history as the answer grows; the last pair holds the finished exchange.

    An error becomes a plain message in the conversation; the page never shows a stack trace.
    """
    above = [exchange.html for exchange in earlier]
    history = [exchange.answer for exchange in earlier if exchange.answer]
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    yield conversation_html([*above, pending_html(question, (), ())]), earlier
    try:
        check_question(question)
        for event in library.stream(question, history=history):
            if isinstance(event, Answer):
                done = Exchange(html=answered_html(event), answer=event)
                break
            sentences.append(event.sentence)
            citations.extend(event.citations)
            yield conversation_html([*above, pending_html(question, sentences, citations)]), earlier
        else:
            raise RuntimeError("the answer broke off")
    except RapporteurError as error:
        done = Exchange(html=error_html(question, str(error)), answer=None)
    except Exception:
        _log.exception("A question could not be answered")
        done = Exchange(html=error_html(question, _INTERNAL), answer=None)
    yield conversation_html([*above, done.html]), (*earlier, done)


def _text(name: str) -> str:
    return files("rapporteur.ui").joinpath(name).read_text(encoding="utf-8")


_EMPTY_PANE = (
    '<p class="r-hidden" id="r-said" aria-live="polite"></p>'
    '<section id="r-pane" aria-label="Document" data-empty><p class="r-hint">Press the number behind a sentence '
    "to read the quote in its document.</p></section>"
)
