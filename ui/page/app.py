"""The browser chat: the conversation on the left, the document a quote stands in on the right.

    page.js -> /page/ask -> answering.py, a thread for each answer -> sentences as they get ready -> the conversation

Gradio gives the frame: its rows and columns, the question box, the theme. What moves in it are small modules of
JavaScript (page.js first) that fetch ready HTML from the routes in chat_routes.py and record_routes.py.
"""

import re
from html import escape
from importlib.resources import files
from typing import Any

import gradio as gr
from fastapi import APIRouter, HTTPException, Response
from gradio.themes import Base
from gradio.themes.utils.fonts import LocalFont
from markupsafe import Markup

from .views.conversation import ENGLISH
from .views.template import html

_STYLES = (
    "page.css",
    "bar.css",
    "welcome.css",
    "conversation.css",
    "reading.css",
    "drawers.css",
    "records.css",
    "checking.css",
)
_SCRIPTS = [f"{name}.js" for name in "page asking reading drawers records checking server keyboard elements".split()]
# Gradio may show the box before page.js has come; importing waits for it, and gives the one that the page runs.
_SUBMIT = "async (question) => (await import(new URL('page/look/page.js', document.baseURI))).submit(question)"


def build_page() -> gr.Blocks:
    """The page's frame, to be mounted with `look()`; its libraries and conversations come through the routes."""
    with gr.Blocks(title="On Record", analytics_enabled=False, fill_width=True) as page:
        with gr.Row(elem_id="r-top"):
            _block(html("frame", "brand"), "r-brand")
            _block(html("frame", "status"), "r-status")
            _block(html("frame", "tools"), "r-tools")
        with gr.Row(elem_id="r-main"):
            with gr.Column(elem_id="r-left", min_width=0):
                with gr.Column(elem_id="r-scroll", min_width=0):
                    _block(html("frame", "conversation"), "r-conversation")
                    _block(html("frame", "welcome"), "r-before")
                with gr.Column(elem_id="r-foot", min_width=0, scale=0):
                    box = gr.Textbox(
                        elem_id="r-box",
                        placeholder=ENGLISH("ask.hint"),
                        label=ENGLISH("ask.label"),
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=6,
                        submit_btn=True,
                        autofocus=True,
                    )
                    _block(html("frame", "under"), "r-under")
            _block(html("frame", "pane"), "r-right")
        _block(_file("templates/dialogs.html"), "r-dialogs")
        # The box empties once the question is taken; while an answer is being written, what is typed stays.
        box.submit(None, box, box, js=_SUBMIT, api_visibility="private")
    return page


def look() -> dict[str, Any]:
    """How the page looks: what Gradio takes when the page is mounted. Nothing in it comes from another host."""
    styles = Markup("").join(Markup(_file(f"static/{name}")) for name in _STYLES)
    # Gradio ships this font and this server sends it; of its weights only these two hold all letters.
    plex = LocalFont("IBM Plex Sans", weights=(400, 700))
    fonts = [plex, "ui-sans-serif", "system-ui", "Segoe UI", "Liberation Sans", "sans-serif"]
    paper, ink = "var(--r-paper)", "var(--r-ink)"  # page.css names them, and turns them round in the dark
    theme = Base(font=fonts, font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill=paper,
        body_background_fill_dark=paper,
        background_fill_primary=paper,
        background_fill_primary_dark=paper,
        body_text_color=ink,
        body_text_color_dark=ink,
    )
    return {
        "theme": theme,
        "head": str(html("frame", "look", styles=styles)),
        "footer_links": [],
        "run_history": False,
    }


# The page's scripts.
look_routes = APIRouter(prefix="/page/look", include_in_schema=False)


@look_routes.get("/{name}")
def send(name: str) -> Response:
    """One of them."""
    if name not in _SCRIPTS:
        raise HTTPException(404)
    return Response(_file(f"static/{name}"), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _file(name: str) -> str:
    return files("onrecord.ui.page").joinpath(name).read_text(encoding="utf-8")


def _block(said: str, key: str) -> gr.HTML:
    """HTML in a block of this id, English put in; page.js puts in another language where the browser asks for it."""
    said = re.sub(r' data-say="([\w.]+)">', lambda m: f"{m[0]}{escape(ENGLISH(m[1]))}", said)
    said = re.sub(r' data-label="([\w.]+)"', lambda m: f'{m[0]} aria-label="{escape(ENGLISH(m[1]))}"', said)
    said = re.sub(r' data-hint="([\w.]+)"', lambda m: f'{m[0]} placeholder="{escape(ENGLISH(m[1]))}"', said)
    return gr.HTML(said, elem_id=key, apply_default_css=False)
