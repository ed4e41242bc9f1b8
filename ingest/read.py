"""Which reader reads a file: told by its content first, its name second."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from ..vectorstore.errors import UnreadableFile
from .blocks import Reading
from .ocr import read_image
from .read_docx import read_docx
from .read_epub import read_epub
from .read_html import read_html
from .read_mail import read_mail
from .read_odt import read_odt
from .read_old_office import read_old_office
from .read_pdf import read_pdf
from .read_pptx import read_pptx
from .read_rtf import read_rtf
from .read_sheet import read_sheet
from .read_text import read_text
from .sniff import SUFFIXES as SUFFIXES
from .sniff import Format, format_of

_WESTERN = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüÿœßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒ“”„‘’‚«»‹›–—…•·¿¡§©®™°ºª€£½¼¾²³´×\u00a0\u00ad"
)
_LONGEST_NOTICE_WORDS = 60
_MISSING = re.compile(
    r"\b(?:does not exist|(?:could|can) ?not be found|(?:page|document|file) (?:was )?not found"
    r"|no longer (?:exists|available)|n['’]existe pas|est introuvable|no existe|no se (?:encuentra|encontró))\b",
    re.IGNORECASE,
)
# Halves of characters, and control codes where Windows-1252 was taken for Latin-1.
_REPAIRS = {code: "\ufffd" for code in range(0xD800, 0xE000)} | {
    code: bytes([code]).decode("cp1252", errors="replace") for code in range(0x80, 0xA0)
}


def read(source: str, data: bytes, languages: str = "eng") -> Reading:
    """The text and blocks of a file; halves of characters (lone surrogates) become U+FFFD.

    `languages` are those that scans are read in, as Tesseract names them ("eng+fra").

    Raises UnreadableFile with the reason in one sentence.
    """
    if not data.strip():
        raise UnreadableFile(source, "the file is empty")
    reader = _reader(source, data, languages)
    try:
        reading = reader(data)
    except ValueError as error:
        raise UnreadableFile(source, str(error)) from error
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # what a parser raises on damage that nobody foresaw must not stop the other files
        raise UnreadableFile(source, f"it cannot be read ({type(error).__name__}: {error})") from error
    if not any(character.isalnum() for character in reading.text):
        raise UnreadableFile(source, "it holds no text")
    if reading.media_type in ("application/pdf", "text/html") and _is_notice(reading.text):
        raise UnreadableFile(source, "it holds only a notice that the document does not exist; fetch it again")
    return replace(reading, text=reading.text.translate(_REPAIRS))


def _is_notice(text: str) -> bool:
    """Whether a text is what a server sends, with no error, in the place of a document it has not got."""
    return len(text.split()) < _LONGEST_NOTICE_WORDS and bool(_MISSING.search(text))


def _reader(source: str, data: bytes, languages: str) -> Callable[[bytes], Reading]:
    kind = format_of(source, data)
    if kind == "pdf":
        return partial(read_pdf, languages=languages)
    return partial(read_image, languages=languages) if kind == "image" else _READERS[kind]


def _zip(data: bytes) -> Reading:
    raise ValueError("it is an archive, whose members are documents of their own")


def _text(data: bytes) -> Reading:
    return read_text(decode(data))


_READERS: dict[Format, Callable[[bytes], Reading]] = {
    "text": _text,
    "html": read_html,
    "docx": read_docx,
    "pptx": read_pptx,
    "sheet": read_sheet,
    "epub": read_epub,
    "odt": read_odt,
    "rtf": read_rtf,
    "mail": read_mail,
    "zip": _zip,
    "old office": read_old_office,
}


def decode(data: bytes) -> str:
    """Text in whatever encoding: byte order mark, UTF-8, Windows-1252, then what its letters suggest.

    Raises ValueError for data that is not text.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if encoding := _utf16_without_mark(data):
        return data.decode(encoding, errors="replace").replace("\x00", "")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = _western(data) or _guessed(data)
    controls = sum(character < " " and character not in "\t\n\r\f\x1b" for character in text[:20000])
    if controls > len(text[:20000]) * 0.02:
        raise ValueError("it is binary data, not text")
    return text.replace("\x00", "")


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 by its zero bytes: in Western text every second byte is one."""
    head = data[:4000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half < 2 or min(even, odd) > half * 0.05 or max(even, odd) < half * 0.5:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _western(data: bytes) -> str | None:
    """Windows-1252 (and with it Latin-1), where nearly all it makes of the data are letters and marks of the West.

    By far the most common of the old encodings, and the one that charset-normalizer takes for others in short texts.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    foreign = [character for character in text if character > "\x7f"]
    strange = sum(character not in _WESTERN for character in foreign)
    return text if len(foreign) < len(text) * 0.15 and strange <= len(foreign) * 0.05 else None


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise ValueError("it is not text in any encoding known here")
    return str(best)
