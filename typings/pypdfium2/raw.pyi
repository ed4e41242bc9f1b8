# What is used here of PDFium's own functions.
from ctypes import Array, Structure, c_char, c_double, c_int

from . import PdfPage, PdfTextPage

FPDF_PAGEOBJ_IMAGE: int

class FS_MATRIX(Structure):
    c: float
    d: float

def FPDF_PageToDevice(
    page: PdfPage,
    left: int,
    top: int,
    width: int,
    height: int,
    turn: int,
    x: float,
    y: float,
    across: c_int,
    down: c_int,
) -> int: ...
def FPDFText_CountChars(page: PdfTextPage) -> int: ...
def FPDFText_GetCharOrigin(page: PdfTextPage, index: int, x: c_double, y: c_double) -> int: ...
def FPDFText_GetFontInfo(page: PdfTextPage, index: int, name: Array[c_char], size: int, flags: c_int) -> int: ...
def FPDFText_GetFontSize(page: PdfTextPage, index: int) -> float: ...
def FPDFText_GetFontWeight(page: PdfTextPage, index: int) -> int: ...
def FPDFText_GetMatrix(page: PdfTextPage, index: int, matrix: FS_MATRIX) -> int: ...
def FPDFText_GetUnicode(page: PdfTextPage, index: int) -> int: ...
