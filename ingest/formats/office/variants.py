"""Templates, slide shows and documents with macros (.dotx, .ppsx, .docm ...), made plain documents.

They differ in the type stated of their main part only, which the libraries that read them insist on. Macros are
never run: nothing here can.
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
_PLAIN = b"application/vnd.openxmlformats-officedocument.%s.main+xml"


def as_plain(data: bytes) -> bytes:
    """The same file as a plain document or presentation; unchanged where it is one."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if _TYPES not in archive.namelist():
            return data
        types = archive.read(_TYPES)
        plain = _SLIDES.sub(_PLAIN % b"presentationml.presentation", types)
        plain = _WORD.sub(_PLAIN % b"wordprocessingml.document", plain)
        if plain == types:
            return data
        made = BytesIO()
        with zipfile.ZipFile(made, "w") as copy:
            for entry in archive.infolist():
                copy.writestr(entry.filename, plain if entry.filename == _TYPES else archive.read(entry))
    return made.getvalue()
