"""What stands on a page of a PDF beside its text: filled fields and ticked boxes of forms, and notes.

Values of fields, and texts typed onto the page, become lines where they are seen; comments, signatures and files are
counted only.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from .printed import Cell, Line

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage
    from pypdfium2.raw import Annotation

LIMIT_ANNOTATIONS = 5_000
_LIMIT_VALUE_BYTES = 200_000
_SIZE = 10.0
_HIDDEN = 2 | 32  # "Hidden" and "NoView", PDF 32000-1, table 165
_TICKED = {True: "☒", False: "☐"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A text that an annotation shows, and its box."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


def files_within(document: "PdfDocument") -> Counter[str]:
    """How many files a document holds."""
    import pypdfium2.raw as pdfium

    return Counter({"embedded file": max(0, pdfium.FPDFDoc_GetAttachmentCount(document))})


def with_annotations(
    lines: Sequence[Line], document: "PdfDocument", page: "PdfPage", index: int, left_out: Counter[str]
) -> list[Line]:
    """The lines of a page and those that its annotations show; what they hold beside is counted."""
    import pypdfium2.raw as pdfium

    placed = list(lines)
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), LIMIT_ANNOTATIONS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if annotation:
            for shown in _shown(document, annotation, left_out):
                _place(placed, shown, index)
            pdfium.FPDFPage_CloseAnnot(annotation)
    return placed


def _shown(document: "PdfDocument", annotation: "Annotation", left_out: Counter[str]) -> Iterator[_Shown]:
    import pypdfium2.raw as pdfium

    kind = pdfium.FPDFAnnot_GetSubtype(annotation)
    counted = {
        pdfium.FPDF_ANNOT_TEXT: "comment",
        pdfium.FPDF_ANNOT_HIGHLIGHT: "comment",
        pdfium.FPDF_ANNOT_STRIKEOUT: "struck out stretch (shown as read)",
        pdfium.FPDF_ANNOT_FILEATTACHMENT: "embedded file",
    }
    if kind in counted:
        left_out[counted[kind]] += 1
    if pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
        return
    text = ""
    if kind == pdfium.FPDF_ANNOT_FREETEXT:
        text = _text(partial(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents"))
    elif kind == pdfium.FPDF_ANNOT_WIDGET and document.formenv:
        text = _value(document, annotation, left_out)
    box = pdfium.FS_RECTF()
    if text.strip() and pdfium.FPDFAnnot_GetRect(annotation, box):
        yield _Shown(text=text, left=box.left, bottom=box.bottom, right=box.right, top=box.top)


def _value(document: "PdfDocument", annotation: "Annotation", left_out: Counter[str]) -> str:
    """What a field of a form shows."""
    import pypdfium2.raw as pdfium

    form = document.formenv
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        return _TICKED[bool(pdfium.FPDFAnnot_IsChecked(form, annotation))]
    if kind == pdfium.FPDF_FORMFIELD_SIGNATURE:
        left_out["signature"] += 1
    if kind not in (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX):
        return ""
    text = _text(partial(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation))
    left_out["empty form field"] += not text.strip()
    return text


def _text(write: Callable[[Any, int], int]) -> str:
    """The text that a function of PDFium writes into a buffer of a size, or tells the size for."""
    import ctypes

    size = min(write(None, 0), _LIMIT_VALUE_BYTES)
    value = (ctypes.c_ushort * (size // 2 + 1))()
    write(value, size)
    return bytes(value).decode("utf-16-le", "replace").rstrip("\0")


def _place(lines: list[Line], shown: _Shown, page: int) -> None:
    """Puts a text after the label to its left, else before the one to its right, else where its height is."""
    middle = (shown.bottom + shown.top) / 2
    level = [
        position for position, line in enumerate(lines) if line.bottom - 2 <= middle <= line.top + 2 and not line.aslant
    ]
    before = max(
        (at for at in level if lines[at].right <= shown.left + 2), key=lambda at: lines[at].right, default=None
    )
    after = min((at for at in level if lines[at].left >= shown.right - 2), key=lambda at: lines[at].left, default=None)
    if before is not None:
        position, beside = before + 1, lines[before]
    elif after is not None:
        position, beside = after, lines[after]
    else:
        position = next((at for at, line in enumerate(lines) if line.bottom < shown.bottom), len(lines))
        beside = None
    if beside:
        lines[lines.index(beside)] = replace(beside, is_field=True)
    size = beside.size if beside else _SIZE
    bottom = beside.bottom if beside else shown.top - size
    text = " ".join(shown.text.split())
    value = Line(
        text=text,
        page=page,
        left=shown.left,
        right=shown.right,
        bottom=bottom,
        top=bottom + size,
        size=size,
        raised=False,
        bold=False,
        italic=False,
        edge=False,
        is_field=True,
        cells=(Cell(text=text, left=shown.left, right=shown.right),),
    )
    lines.insert(position, value)
