"""What a file is: told by its content first, by its name where the content does not say.

Records go by wrong names: web pages saved as .pdf, tables exported as HTML and called .xls, Word files called .pdf.
"""

import re
import zipfile
from io import BytesIO
from pathlib import PurePath
from typing import Literal

Format = Literal[
    "text", "html", "pdf", "docx", "pptx", "sheet", "epub", "odt", "rtf", "mail", "image", "zip", "old office",
    "captions", "xml", "mailbox",
]  # fmt: skip

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BY_SUFFIX: dict[str, Format] = {
    **dict.fromkeys((".txt", ".text", ".md", ".markdown"), "text"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx", ".xls", ".xlsb", ".ods", ".csv", ".tsv"), "sheet"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff"), "image"),
    **dict.fromkeys((".doc", ".ppt"), "old office"),
    ".pdf": "pdf",
    **dict.fromkeys((".docx", ".docm", ".dotx", ".dotm"), "docx"),
    **dict.fromkeys((".pptx", ".pptm", ".potx", ".ppsx"), "pptx"),
    ".epub": "epub",
    ".odt": "odt",
    ".rtf": "rtf",
    ".eml": "mail",
    ".mbox": "mailbox",
    ".zip": "zip",
    **dict.fromkeys((".vtt", ".srt"), "captions"),
    ".xml": "xml",
}
SUFFIXES = frozenset(_BY_SUFFIX)
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_OFFICE_PART = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.)?(?:(wordprocessingml|ms-word)|(presentationml|ms-powerpoint)"
    rb"|spreadsheetml|ms-excel)\.[\w.]*\bmain\b"
)
_MIMETYPES: tuple[tuple[bytes, Format], ...] = (
    (b"application/epub+zip", "epub"),
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "sheet"),
    (b"application/vnd.oasis.opendocument", "odt"),
)
_CAPTIONS = re.compile(rb"\AWEBVTT(?=\s|\Z)|\A\d{1,4}\r?\n\d\d:\d\d:\d\d[.,]\d{3} --> ")
_XML = re.compile(rb"\A<\?xml\s|\A<[\w:]{1,60}\s[^<>]{0,2000}?xmlns")
_OPENS_FRAGMENT = re.compile(
    rb"\A<(?:!--|(?:p|div|h[1-6]|table|[uod]l|section|article|main|body|head|meta|title|center)[\s>])", re.I
)
_CLOSES_FRAGMENT = re.compile(rb"</(?:p|div|h[1-6]|li|t[dr]|section|article|d[dt])\s?>|<br", re.IGNORECASE)
_MARKDOWN = re.compile(rb"^(?:#{1,6} |```|- \S|\* \S|\|.{1,200}\|\r?$)", re.MULTILINE)
_FEWEST_TAGS = 3
_HEADER = re.compile(rb"^([A-Za-z][A-Za-z-]+):", re.MULTILINE)
_TRANSPORT = frozenset((b"message-id", b"mime-version", b"received", b"return-path", b"delivered-to"))
_ADDRESSED = frozenset((b"from", b"to", b"subject", b"date"))


def format_of(source: str, data: bytes) -> Format:
    """The format of a file; text where neither content nor name says otherwise."""
    named = _BY_SUFFIX.get(PurePath(source).suffix.lower())
    return _by_content(data, named) or named or "text"


def _by_content(data: bytes, named: Format | None) -> Format | None:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(data) or named or "zip"
    if data.startswith(OLE):
        return "sheet" if holds_stream(data, "Workbook") and _is_workbook(data, named) else "old office"
    if data.startswith(_IMAGES):
        return "image"
    if data.lstrip()[:5] == rb"{\rtf":
        return "rtf"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:64].lower().startswith((b"<!doctype html", b"<html")) or _is_xhtml(head):
        return "html"
    if named in (None, "text") and _is_fragment(head):
        return "html"
    if _CAPTIONS.match(head):
        return "captions"
    if named in (None, "text") and _XML.match(head):
        return "xml"
    if not _is_mail(head):
        return None
    return "mailbox" if named != "mail" and head.startswith(b"From ") else "mail"


def _kind_of_zip(data: bytes) -> Format | None:
    """Which document a zip archive is; "zip" when it is none, None when its directory cannot be read."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "[Content_Types].xml" in names:
                part = _OFFICE_PART.search(archive.open("[Content_Types].xml").read(1 << 20))
                if part is None:
                    return "zip"
                return "docx" if part[1] else "pptx" if part[2] else "sheet"
            if "mimetype" in names:
                mimetype = archive.open("mimetype").read(200).strip()
                for name, kind in _MIMETYPES:
                    if mimetype.startswith(name):
                        return kind
            return "epub" if "META-INF/container.xml" in names else "zip"
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        return None


def holds_stream(data: bytes, name: str) -> bool:
    """Whether an OLE file has a stream of this name (names stand in its directory as UTF-16)."""
    return name.encode("utf-16-le") in data


def _is_workbook(data: bytes, named: Format | None) -> bool:
    """A workbook, rather than a text or a set of slides with a workbook embedded."""
    others = ("WordDocument", "PowerPoint Document", "EncryptedPackage", "__substg1.0_")
    return named == "sheet" or not any(holds_stream(data, name) for name in others)


def _is_xhtml(head: bytes) -> bool:
    return head.startswith(b"<?xml") and b"<html" in head[:2048].lower()


def _is_fragment(head: bytes) -> bool:
    """Whether a text is a part of a web page, as databases keep them: mark-up and no Markdown."""
    is_marked_up = _OPENS_FRAGMENT.match(head) and len(_CLOSES_FRAGMENT.findall(head)) >= _FEWEST_TAGS
    return bool(is_marked_up) and not _MARKDOWN.search(head)


def _is_mail(head: bytes) -> bool:
    """Whether it opens with the headers of a mail; a memo's "To, From, Subject" alone is text."""
    head = re.sub(rb"\AFrom [^\r\n]{1,300}\r?\n", b"", head)
    if not _HEADER.match(head):
        return False
    names = {name.lower() for name in _HEADER.findall(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0])}
    return bool(names & _TRANSPORT) and len(names & _ADDRESSED) >= 2
