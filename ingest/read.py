"""Which reader reads a file: told by its content first, its name second."""

from collections.abc import Callable
from pathlib import PurePath

from ..vectorstore.errors import UnreadableFile
from .blocks import Reading

SUFFIXES = frozenset({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".pdf", ".docx"})


def read(source: str, data: bytes) -> Reading:
    """The text and blocks of a file. Raises UnreadableFile with the reason in one sentence."""
    if not data.strip():
        raise UnreadableFile(source, "the file is empty")
    reader = _reader(source, data)
    try:
        reading = reader(data)
    except ValueError as error:
        raise UnreadableFile(source, str(error)) from error
    if not any(character.isalnum() for character in reading.text):
        raise UnreadableFile(source, "it holds no text")
    return reading


def _reader(source: str, data: bytes) -> Callable[[bytes], Reading]:
    suffix = PurePath(source).suffix.lower()
    if b"%PDF-" in data[:1024] or suffix == ".pdf":
        return _pdf
    if suffix == ".docx" or (data[:4] == b"PK\x03\x04" and b"word/" in data):
        return _docx
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if suffix in (".html", ".htm", ".xhtml") or head.startswith((b"<!doctype html", b"<html")):
        return _html
    return _text


def _pdf(data: bytes) -> Reading:
    from .read_pdf import read_pdf

    return read_pdf(data)


def _docx(data: bytes) -> Reading:
    from .read_docx import read_docx

    return read_docx(data)


def _html(data: bytes) -> Reading:
    from .read_html import read_html

    return read_html(data)


def _text(data: bytes) -> Reading:
    from .read_text import read_text

    return read_text(decode(data))


def decode(data: bytes) -> str:
    """Text in whatever encoding: byte order mark, UTF-8, then what its letters suggest (charset-normalizer).

    Raises ValueError for data that is not text.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(data).best()
        if best is None:
            raise ValueError("it is not text in any encoding known here") from None
        text = str(best)
    controls = sum(character < " " and character not in "\t\n\r\f\x1b" for character in text[:20000])
    if controls > len(text[:20000]) * 0.02:
        raise ValueError("it is binary data, not text")
    return text.replace("\x00", "")
