"""The documents a file holds: itself, the members of a zip archive, the attachments of a mail.

Each goes by the name of its holder and its own: `session.zip!minutes/day1.pdf`, `invitation.eml!agenda.docx`.
"""

from collections.abc import Iterator
from pathlib import Path, PurePath

from ....vectorstore.errors import UnreadableFile
from ..sniff import SUFFIXES, format_of
from .archive import LIMIT_UNPACKED_BYTES, members_of_zip

MARK = "!"
HOLDERS = (".zip", ".eml", ".mbox")
# A zip in a zip, a zip in a mail or a mail in a zip is opened; what is packed once more is left out by name.
LIMIT_DEPTH = 1
_NAMED_AT_MOST = 5


def members(source: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """(source, bytes) of every document in a file; a plain file yields itself alone.

    Members of types that are not read are passed over, as they are in folders. Raises UnreadableFile for an
    archive that cannot be opened, and, after everything else was given, for members that could not be unpacked.
    """
    left_out: list[str] = []
    given_bytes = count = 0
    for inner, content in _opened(source, data, 0, left_out):
        given_bytes += len(content)
        if given_bytes > LIMIT_UNPACKED_BYTES + len(data):
            raise UnreadableFile(
                source, f"its members add up to over {LIMIT_UNPACKED_BYTES >> 20:,} MB; unpack it first"
            )
        count += 1
        yield inner, content
    if left_out:
        raise UnreadableFile(source, _left_out(left_out))
    if not count:
        raise UnreadableFile(source, "the archive holds no file of a supported type")


def holder_of(source: str) -> str:
    """The file that a document came out of: itself, or the archive or mail before the mark.

    A file's own name may hold the mark; what stands before it must have the name of an archive or a mail.
    """
    if not Path(source).is_file():
        for position, letter in enumerate(source):
            if letter == MARK and source[:position].lower().endswith(HOLDERS):
                return source[:position]
    return source


def _opened(source: str, data: bytes, depth: int, left_out: list[str]) -> Iterator[tuple[str, bytes]]:
    kind = format_of(source, data)
    if kind != "zip":
        yield source, data
    if kind not in ("zip", "mail", "mailbox"):
        return
    held = _held(source, data, kind, depth, left_out)
    for name, content in held:
        if PurePath(name).suffix.lower() in SUFFIXES and content.strip():
            yield from _opened(f"{source}{MARK}{name}", content, depth + 1, left_out)


def _held(source: str, data: bytes, kind: str, depth: int, left_out: list[str]) -> Iterator[tuple[str, bytes]]:
    name = source.rpartition(MARK)[2]
    if depth > LIMIT_DEPTH:
        left_out.append(f"what is in {name} (packed too deep)")
        return
    try:
        if kind == "zip":
            yield from members_of_zip(data, left_out)
        else:
            from ..mails.mail import attachments, messages

            yield from attachments(messages(data) if kind == "mailbox" else [data])
    except ValueError as error:
        if depth == 0 and kind == "zip":
            raise UnreadableFile(source, str(error)) from error
        if kind == "zip":
            left_out.append(f"{name} ({error})")


def _left_out(names: list[str]) -> str:
    rest = len(names) - _NAMED_AT_MOST
    more = f" and {rest:,} more" if rest > 0 else ""
    return f"not read in it: {', '.join(names[:_NAMED_AT_MOST])}{more}"
