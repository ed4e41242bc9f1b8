"""Zip archives, opened only when they are safe to unpack: as folders of records, or as the wrapping of a document.

Nothing is ever written to disk. The limits are checked against the archive's directory before anything is
unpacked, and `zipfile` never gives more than the directory promised, so a zip bomb costs no time.
"""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from .zip_names import name_of

LIMIT_MEMBERS = 10_000
LIMIT_UNPACKED_BYTES = 1 << 30
LIMIT_MEMBER_BYTES = 256 << 20
# Prose shrinks to a tenth, sheets full of zeros to a hundredth; small archives may do as they like.
LIMIT_RATIO = 200
RATIO_FREE_BYTES = 32 << 20

_REFUSALS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def open_zip(data: bytes) -> zipfile.ZipFile:
    """A zip archive within the limits. Raises ValueError when it is damaged or beyond one of them."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except _REFUSALS as error:
        raise ValueError("the zip archive is damaged or cut short") from error
    sizes = [member.file_size for member in archive.infolist()]
    if len(sizes) > LIMIT_MEMBERS:
        raise ValueError(f"the archive holds {len(sizes):,} files; at most {LIMIT_MEMBERS:,} are unpacked")
    if sum(sizes) > LIMIT_UNPACKED_BYTES:
        raise ValueError(
            f"it would unpack to {sum(sizes) >> 20:,} MB (a zip bomb?); at most {LIMIT_UNPACKED_BYTES >> 20:,} MB are"
        )
    if sum(sizes) > max(RATIO_FREE_BYTES, LIMIT_RATIO * len(data)):
        raise ValueError(f"it would unpack to over {LIMIT_RATIO} times its size, as zip bombs do, and is left alone")
    return archive


def parse_xml(data: bytes, *, recover: bool = False, entities: bool = False) -> Any:
    """The lxml tree of a document, which may name nothing outside itself. Raises SyntaxError, lxml's own kind.

    Comments and processing instructions are not in it. `recover` reads on after a fault, if anything can be read
    (None), `entities` puts in what the document declares.
    """
    from lxml import etree

    resolved = "internal" if entities else False
    parser = etree.XMLParser(
        resolve_entities=resolved, no_network=True, recover=recover, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(data, parser)


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member's bytes. Raises ValueError with the reason, KeyError when there is no such member."""
    member = archive.getinfo(name)
    if member.flag_bits & 1:
        raise ValueError("encrypted")
    if member.file_size > LIMIT_MEMBER_BYTES:
        raise ValueError(f"larger than {LIMIT_MEMBER_BYTES >> 20} MB")
    try:
        return archive.read(member)
    except _REFUSALS as error:
        raise ValueError(
            "damaged" if not isinstance(error, NotImplementedError) else "compressed by an unsupported method"
        ) from (error)


def members_of_zip(data: bytes, left_out: list[str]) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of the files in an archive, in its order, without folders, hidden files and what systems add.

    What cannot be unpacked is added to `left_out` as "name (reason)". Raises ValueError as `open_zip` does.
    """
    with open_zip(data) as archive:
        for name in dict.fromkeys(archive.namelist()):
            inner = name_of(archive.getinfo(name)).replace("\\", "/")
            if inner.endswith("/") or _is_clutter(inner):
                continue
            if not is_safe(inner):
                left_out.append(f"{inner} (a name that leads out of the archive)")
                continue
            try:
                content = read_member(archive, name)
            except ValueError as error:
                left_out.append(f"{inner} ({error})")
                continue
            yield inner, content


def is_safe(name: str) -> bool:
    """Whether a member's name stays inside the archive: not absolute, no "..", no drive letter."""
    return not name.startswith("/") and ":" not in name[:2] and ".." not in name.split("/")


def _is_clutter(name: str) -> bool:
    return any(part.startswith((".", "~$", "__MACOSX")) and part != ".." for part in name.split("/"))
