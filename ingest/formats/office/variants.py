"""Templates, slide shows, documents with macros (.dotx, .ppsx, .docm ...) and strict Open XML, made plain documents.

The former differ in the type stated of their main part only, strict files in the names of their namespaces; the
libraries that read them insist on both. Macros are never run: nothing here can.
"""

import re
import zipfile
from io import BytesIO

_TYPES = "[Content_Types].xml"
_WORD = re.compile(
    rb"application/vnd\.(?:ms-word\.(?:document|template)\.macroEnabled(?:Template)?"
    rb"|openxmlformats-officedocument\.wordprocessingml\.template)\.main\+xml"
)
_SLIDES = re.compile(
    rb"application/vnd\.(?:ms-powerpoint\.(?:presentation|template|slideshow)\.macroEnabled"
    rb"|openxmlformats-officedocument\.presentationml\.(?:template|slideshow))\.main\+xml"
)
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w{1,40})/(\w{1,40})")
_STRICT_MARK = b"http://purl.oclc.org/ooxml/"
_PLAIN = b"application/vnd.openxmlformats-officedocument.%s.main+xml"


def as_plain(data: bytes) -> bytes:
    """The same file as a plain document or presentation; unchanged where it is one."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if _TYPES not in archive.namelist():
            return data
        types = archive.read(_TYPES)
        plain = _SLIDES.sub(_PLAIN % b"presentationml.presentation", types)
        plain = _WORD.sub(_PLAIN % b"wordprocessingml.document", plain)
        is_strict = "_rels/.rels" in archive.namelist() and _STRICT_MARK in archive.read("_rels/.rels")
        if plain == types and not is_strict:
            return data
        made = BytesIO()
        with zipfile.ZipFile(made, "w") as copy:
            for entry in archive.infolist():
                content = plain if entry.filename == _TYPES else archive.read(entry)
                is_named = is_strict and entry.filename.endswith((".xml", ".rels"))
                copy.writestr(entry.filename, _STRICT.sub(_transitional, content) if is_named else content)
    return made.getvalue()


def _transitional(match: re.Match[bytes]) -> bytes:
    """The namespace of a strict file as the transitional form of the standard names it (ECMA-376 part 4)."""
    name = re.sub(rb"(extended|custom)Properties", rb"\1-properties", match[2])
    return b"http://schemas.openxmlformats.org/%s/2006/%s" % (match[1], name)
