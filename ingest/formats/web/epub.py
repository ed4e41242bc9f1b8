"""EPUB books: the chapters in reading order, with printed page numbers and notes where the book marks them.

    META-INF/container.xml -> package document -> spine -> chapters

(EPUB 3.3, W3C Recommendation.)
"""

import html
import posixpath
import re
import zipfile
from typing import Any
from urllib.parse import unquote, urlsplit

from ..archives.archive import is_safe, open_zip, parse_xml, read_member
from ..blocks import Reading, TextBuilder
from .html_blocks import add_html

LIMIT_CHAPTERS = 5_000
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_XML_ENTITIES = frozenset(("amp", "lt", "gt", "quot", "apos"))


def read_epub(data: bytes) -> Reading:
    """Blocks of an EPUB book. Raises ValueError naming what is wrong with it."""
    with open_zip(data) as archive:
        package_name = _package_name(archive)
        package = _parsed(_member(archive, package_name))
        locked = _locked(archive)
        builder = TextBuilder()
        page: str | None = None
        for name in _spine(package, posixpath.dirname(package_name)):
            if name in locked:
                raise ValueError("it is copy-protected (DRM); only its seller's own program can read it")
            page = add_html(builder, _chapter(_member(archive, name)), page=page)
    if not builder.blocks:
        raise ValueError("the book holds no text")
    return Reading(
        text=builder.text,
        blocks=tuple(builder.blocks),
        media_type="application/epub+zip",
        title=_stated(package, "title"),
        date=_date(_stated(package, "date")),
        language=_stated(package, "language"),
        author=_stated(package, "creator"),
        publisher=_stated(package, "publisher"),
    )


def _package_name(archive: zipfile.ZipFile) -> str:
    container = _parsed(_member(archive, _CONTAINER))
    for root_file in container.iter("{*}rootfile"):
        return _inside(unquote(root_file.get("full-path") or ""), "")
    raise ValueError("the EPUB is damaged (its container names no package)")


def _spine(package: Any, folder: str) -> list[str]:
    """Names of the chapters in reading order, without the table of contents."""
    items = {item.get("id"): item for item in package.iter("{*}item")}
    names: list[str] = []
    for reference in package.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        if "html" in (item.get("media-type") or "html"):
            names.append(_inside(unquote(urlsplit(item.get("href") or "").path), folder))
    if not names:
        raise ValueError("the EPUB is damaged (it names no chapters)")
    return list(dict.fromkeys(names))[:LIMIT_CHAPTERS]


def _inside(name: str, folder: str) -> str:
    """A name within the archive, from one that is relative to a folder."""
    full = posixpath.normpath(posixpath.join(folder, name))
    if not is_safe(full):
        raise ValueError(f"the EPUB names a file outside itself ({name})")
    return full


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return read_member(archive, name)
    except KeyError as error:
        raise ValueError(f"the EPUB is damaged ({name} is missing)") from error
    except ValueError as error:
        raise ValueError(f"the EPUB is damaged ({name}: {error})") from error


def _parsed(data: bytes) -> Any:
    try:
        root = parse_xml(data, recover=True)
    except SyntaxError:
        root = None
    if root is None:
        raise ValueError("the EPUB is damaged (no XML where it should be)")
    return root


def _chapter(data: bytes) -> Any:
    """A chapter's tree: as the XML it should be, else as HTML, which forgives."""
    from lxml import etree
    from lxml import html as lxml_html

    named = re.sub(rb"&(\w+);", _character, data)
    try:
        return parse_xml(named)
    except SyntaxError:
        try:
            return lxml_html.document_fromstring(data)
        except etree.ParserError:  # an empty chapter
            return etree.Element("html")


def _character(entity: re.Match[bytes]) -> bytes:
    """HTML's named characters, which XML does not know, as numbers."""
    name = entity[1].decode(errors="replace")
    text = html.unescape(f"&{name};")
    if name in _XML_ENTITIES or text == f"&{name};":
        return entity[0]
    return "".join(f"&#{ord(character)};" for character in text).encode()


def _locked(archive: zipfile.ZipFile) -> set[str]:
    """Names of the members that are encrypted."""
    if _ENCRYPTION not in archive.namelist():
        return set()
    references = _parsed(_member(archive, _ENCRYPTION)).iter("{*}CipherReference")
    return {unquote(reference.get("URI") or "") for reference in references}


def _stated(package: Any, name: str) -> str | None:
    """A fact from the package's Dublin Core metadata."""
    for element in package.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}"):
        if text := " ".join("".join(element.itertext()).split()):
            return text
    return None


def _date(stated: str | None) -> str | None:
    match = re.match(r"\d{4}(?:-\d\d(?:-\d\d)?)?", stated or "")
    return match[0] if match else None
