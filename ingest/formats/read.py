"""Which reader reads a file: told by its content first, its name second."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module

from ...vectorstore.errors import UnreadableFile
from .blocks import Reading
from .plain.encoding import decode
from .plain.margins import without_codes
from .plain.text import read_text_file
from .sniff import SUFFIXES as SUFFIXES
from .sniff import Format, format_of

_LONGEST_NOTICE_WORDS = 60
_MISSING = re.compile(
    r"\b(?:does not exist|(?:could|can) ?not be found|(?:page|document|file) (?:was )?not found"
    r"|no longer (?:exists|available)|n['’]existe pas|est introuvable|no existe|no se (?:encuentra|encontró))\b",
    re.IGNORECASE,
)
_NOT_READ = {
    rb"\xffWPC": "a WordPerfect document", rb"AT&TFORM": "a DjVu document", rb"%!PS": "a PostScript file",
    rb"\x1f\x8b": "a gzip archive", rb"7z\xbc\xaf\x27\x1c": "a 7-Zip archive", rb"Rar!\x1a\x07": "a RAR archive",
    rb"BZh[1-9]1AY&SY": "a bzip2 archive", rb"\xfd7zXZ\0": "an xz archive", rb"ID3[\2-\4]": "a sound recording",
    rb"OggS\0": "a recording", rb"RIFF.{4}(?:WAVE|AVI )": "a recording", rb"RIFF.{4}WEBP": "a WebP picture",
    rb"\x1aE\xdf\xa3": "a video", rb"SQLite format 3\0": "a database",
}  # fmt: skip
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
    return without_codes(replace(reading, text=reading.text.translate(_REPAIRS)))


def _is_notice(text: str) -> bool:
    """Whether a text is what a server sends, with no error, in the place of a document it has not got."""
    return len(text.split()) < _LONGEST_NOTICE_WORDS and bool(_MISSING.search(text))


def _reader(source: str, data: bytes, languages: str) -> Callable[[bytes], Reading]:
    kind = format_of(source, data)
    if kind in _HERE:
        return _HERE[kind]
    module, name = _READERS[kind]
    reader = getattr(import_module(f".{module}", __package__), name)
    return partial(reader, languages=languages) if kind in _SCANNED else reader


def _zip(data: bytes) -> Reading:
    raise ValueError("it is an archive, whose members are documents of their own")


def _text(data: bytes) -> Reading:
    """A text; what is plainly of another format, which is not read here, is named."""
    if name := next((name for mark, name in _NOT_READ.items() if re.match(mark, data, re.DOTALL)), None):
        raise ValueError(f"it is {name}, a format that is not read here; unpack or convert it first")
    return read_text_file(decode(data))


_HERE: dict[Format, Callable[[bytes], Reading]] = {"text": _text, "zip": _zip}
# A reader brings its libraries along, and most files are of one format.
_READERS: dict[Format, tuple[str, str]] = {
    "pdf": ("pdf.pdf", "read_pdf"),
    "image": ("pdf.pdf", "read_image"),
    "html": ("web.html", "read_html"),
    "docx": ("office.docx", "read_docx"),
    "pptx": ("office.pptx", "read_pptx"),
    "sheet": ("office.sheet", "read_sheet"),
    "epub": ("web.epub", "read_epub"),
    "odt": ("office.odt", "read_odt"),
    "rtf": ("office.rtf", "read_rtf"),
    "mail": ("mails.mail", "read_mail"),
    "mailbox": ("mails.mail", "read_mailbox"),
    "old office": ("office.old_office", "read_old_office"),
    "captions": ("plain.captions", "read_captions"),
    "xml": ("marked.xml", "read_xml"),
}
_SCANNED = ("pdf", "image")
