"""PowerPoint slides: the slide's number is the page, its title a heading; then texts, tables, charts, diagrams, notes.

Shapes come in the file's order, which is the order screen readers use, groups opened. What every slide carries
(its number, the date, the footer) is left out. Speaker's notes are footnotes: they are not on the slide.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from ..archives.archive import open_zip, parse_xml
from ..blocks import Reading, TextBuilder
from ..sniff import OLE
from ..table import labelled_rows
from .variants import as_plain

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
LIMIT_GROUP_DEPTH = 20
_NO_TITLE = frozenset(("", "powerpoint presentation", "presentation", "slide 1", "untitled"))


def read_pptx(data: bytes) -> Reading:
    """Blocks of a .pptx file. Raises ValueError naming what is wrong with it."""
    if data.startswith(OLE):
        raise ValueError("it is password-protected or in the old .ppt format; save it as an unprotected .pptx")
    open_zip(data).close()
    from pptx import Presentation

    try:
        presentation = Presentation(BytesIO(as_plain(data)))
        slides = list(presentation.slides)
    except Exception as error:  # python-pptx raises whatever its XML layer meets
        raise ValueError(f"the presentation is damaged ({type(error).__name__})") from error
    builder = TextBuilder()
    unread: list[str] = []
    for number, slide in enumerate(slides, start=1):
        try:
            _add_slide(builder, slide, str(number))
        except Exception:  # the same: a slide that cannot be read must not cost the others
            unread.append(str(number))
    if unread:
        builder.add(f"[Not read: slide {', '.join(unread)}, damaged in part.]", "furniture")
    if len(unread) == len(slides) or not builder.blocks:
        raise ValueError("its slides are damaged" if unread else "the presentation holds no text")
    return Reading(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="application/vnd.openxmlformats-officedocument.presentationml.presentation",
        title=_title(presentation, slides),
        author=presentation.core_properties.author or None,
        pages=len(slides),
    )


def _title(presentation: Any, slides: list[Any]) -> str | None:
    """What the first slide is headed, else the title in the file's properties."""
    try:
        shown = _folded(slides[0].shapes.title.text_frame.text)
    except Exception:  # no title shape, or one that is damaged
        shown = ""
    stated = (presentation.core_properties.title or "").strip()
    return shown or (stated if stated.casefold() not in _NO_TITLE else None)


def _add_slide(builder: TextBuilder, slide: Any, page: str) -> None:
    title = slide.shapes.title
    if title is not None:
        builder.add(_folded(title.text_frame.text), "heading", level=2 if page != "1" else 1, page=page)
    for shape in _opened(slide.shapes):
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if getattr(shape, "has_table", False) and shape.has_table:
            _add_table(builder, shape.table, page)
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            _add_chart(builder, shape.chart, page)
        elif shape.has_text_frame:
            _add_text(builder, shape, page)
        else:
            for text in _diagram_texts(slide, shape):
                builder.add(text, "item", page=page)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        for paragraph in slide.notes_slide.notes_text_frame.paragraphs:
            builder.add(_folded(paragraph.text), "footnote", page=page)


def _opened(shapes: Any, depth: int = 0) -> Iterator[Any]:
    """The shapes of a slide, groups opened, without what every slide carries."""
    from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER

    carried = (PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER)
    for shape in shapes:
        if shape.is_placeholder and shape.placeholder_format.type in carried:
            continue
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            if depth < LIMIT_GROUP_DEPTH:
                yield from _opened(shape.shapes, depth + 1)
        else:
            yield shape


def _add_text(builder: TextBuilder, shape: Any, page: str) -> None:
    """A text's paragraphs; those of a slide's body are list items, as they are shown."""
    paragraphs = [(paragraph, _folded(paragraph.text)) for paragraph in shape.text_frame.paragraphs]
    written = [(paragraph, text) for paragraph, text in paragraphs if text]
    for paragraph, text in written:
        marked = paragraph._p.find(f"{_A}pPr/{_A}buChar") is not None
        unmarked = paragraph._p.find(f"{_A}pPr/{_A}buNone") is not None
        in_body = shape.is_placeholder and _is_body(shape) and len(written) > 1
        if (marked or in_body or paragraph.level > 0) and not unmarked and not text[0].isdigit():
            builder.add(text if text[0] in "•-–" else f"• {text}", "item", page=page)
        else:
            builder.add(text, page=page)


def _is_body(shape: Any) -> bool:
    from pptx.enum.shapes import PP_PLACEHOLDER

    return shape.placeholder_format.type in (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT)


def _add_table(builder: TextBuilder, table: Any, page: str) -> None:
    rows = [["" if cell.is_spanned else cell.text_frame.text for cell in row.cells] for row in table.rows]
    if len(rows) == 1 and len(rows[0]) == 1:
        builder.add(_folded(rows[0][0]), page=page)
        return
    for line in labelled_rows(rows, header=None if table.first_row else False, is_sheet=True):
        builder.add(line, "table", page=page)


def _add_chart(builder: TextBuilder, chart: Any, page: str) -> None:
    """A chart's title and the values it draws, a row for each category."""
    if chart.has_title and chart.chart_title.has_text_frame:
        builder.add(_folded(chart.chart_title.text_frame.text), page=page)
    for plot in chart.plots:
        series = list(plot.series)
        categories = [str(category) for category in plot.categories]
        rows = [
            [category, *(_amount(one.values[position]) if position < len(one.values) else "" for one in series)]
            for position, category in enumerate(categories)
        ]
        for line in labelled_rows([["", *(one.name or "" for one in series)], *rows], header=True)[1:]:
            builder.add(line, "table", page=page)


def _amount(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"


def _diagram_texts(slide: Any, shape: Any) -> Iterator[str]:
    """The texts of a SmartArt diagram, in the order of its points."""
    for reference in shape._element.iter(f"{_DIAGRAM}relIds"):
        part = slide.part.related_part(reference.get(f"{_R}dm"))
        root = parse_xml(part.blob)
        for point in root.iter(f"{_DIAGRAM}pt"):
            for paragraph in point.iter(f"{_A}p"):
                text = _folded("".join(run.text or "" for run in paragraph.iter(f"{_A}t")))
                if text:
                    yield f"• {text}"


def _folded(text: str) -> str:
    return " ".join(text.split())
