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

from .views.conversation import ENGLISH

_STYLES = ("page.css", "bar.css", "welcome.css", "conversation.css", "reading.css", "drawers.css", "records.css")
_SCRIPTS = [f"{name}.js" for name in "page asking reading drawers records server keyboard elements".split()]
# Gradio may show the box before page.js has come; importing waits for it, and gives the one that the page runs.
_SUBMIT = "async (question) => (await import(new URL('page/look/page.js', document.baseURI))).submit(question)"
_TYPES = {".css": "text/css", ".js": "text/javascript"}
_ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='8' fill='#22577a'/>"
    "<path d='M9 20c0-5 2-8 6-9v2.400c-2 .9-3 2.200-3 3.600h3v6H9zm9 0c0-5 2-8 6-9v2.400c-2 .9-3 2.200-3 3.600h3v6h-6z'"
    " fill='white'/></svg>"
)


def build_page() -> gr.Blocks:
    """The page's frame, to be mounted with `look()`; its libraries and conversations come through the routes."""
    with gr.Blocks(title="On Record", analytics_enabled=False, fill_width=True) as page:
        with gr.Row(elem_id="r-top"):
            _html(_said(_BRAND), "r-brand")
            _html('<p role="status"></p>', "r-status")
            _html(_said(_TOOLS), "r-tools")
        with gr.Row(elem_id="r-main"):
            with gr.Column(elem_id="r-left", min_width=0):
                with gr.Column(elem_id="r-scroll", min_width=0):
                    _html(_said(_CONVERSATION), "r-conversation")
                    _html('<div id="r-welcome"></div>', "r-before")
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
                    _html(_said(_UNDER), "r-under")
            _html(_said(_PANE), "r-right")
        _html(_said(_file("templates/dialogs.html")), "r-dialogs")
        # The box empties once the question is taken; while an answer is being written, what is typed stays.
        box.submit(None, box, box, js=_SUBMIT, api_visibility="private")
    return page


def look() -> dict[str, Any]:
    """How the page looks: what Gradio takes when the page is mounted. Nothing in it comes from another host."""
    icon = f'<link rel="icon" type="image/svg+xml" href="data:image/svg+xml,{escape(_ICON).replace("#", "%23")}">'
    styles = "".join(_file(f"static/{name}") for name in _STYLES)
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
        "head": f'{icon}<style>{styles}</style><script type="module" src="page/look/page.js"></script>',
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
    return Response(_file(f"static/{name}"), media_type=_TYPES[".js"], headers={"Cache-Control": "no-cache"})


def _file(name: str) -> str:
    return files("onrecord.ui.page").joinpath(name).read_text(encoding="utf-8")


def _html(html: str, key: str) -> gr.HTML:
    """HTML as it is, in a block of this id."""
    return gr.HTML(html, elem_id=key, apply_default_css=False)


def _said(html: str) -> str:
    """HTML with English put in; page.js puts in another language where the browser asks for it."""
    html = re.sub(r' data-say="([\w.]+)">', lambda m: f"{m[0]}{escape(ENGLISH(m[1]))}", html)
    html = re.sub(r' data-label="([\w.]+)"', lambda m: f'{m[0]} aria-label="{escape(ENGLISH(m[1]))}"', html)
    return re.sub(r' data-hint="([\w.]+)"', lambda m: f'{m[0]} placeholder="{escape(ENGLISH(m[1]))}"', html)


def _icon(path: str) -> str:
    return f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{path}"/></svg>'


_BRAND = (
    '<h1>On Record</h1><select id="r-library" data-label="library.choose" hidden></select>'
    '<a class="r-skip" href="#r-box" data-say="skip"></a>'
)
_TOOLS = "".join(
    f'<button type="button" class="r-bar" id="{key}" data-label="{say}.label">{_icon(path)}'
    f'<span data-say="{say}"></span></button>'
    for key, say, path in (
        ("r-new", "bar.new", "M12 5v14M5 12h14"),
        ("r-show-history", "bar.history", "M3.500 12a8.500 8.500 0 1 0 2.600-6.100M3.500 4v4h4M12 7.500V12l3 2"),
        ("r-show-records", "bar.records", "M4 5h6l2 2.500h8V19H4z"),
        ("r-show-export", "bar.export", "M12 15V4M8 8l4-4 4 4M5 14v5h14v-5"),
        ("r-show-settings", "bar.settings", "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4"),
        ("r-show-keys", "bar.keys", "M9.200 9.200a2.800 2.800 0 1 1 4 2.600c-.8.4-1.200 1-1.200 1.900M12 17v.1"),
    )
)
_CONVERSATION = '<div role="log" aria-live="polite" data-label="conversation" id="r-log"></div>'
_UNDER = (
    '<div id="r-how"><button type="button" class="r-bar" id="r-show-filters" data-label="filter.label">'
    f'{_icon("M4 6h16M7 12h10M10 18h4")}<span data-say="filter.none"></span></button>'
    '<span id="r-chosen"></span><button type="button" class="r-bar" id="r-mode" data-label="mode.label"></button></div>'
)
_PANE = (
    '<p class="r-hidden" id="r-said" aria-live="polite"></p>'
    '<section id="r-pane" data-label="reading.pane" data-empty><p class="r-hint" data-say="reading.hint"></p></section>'
)
