"""A file read on the spot, without being put into a library."""

from pathlib import Path

from ..vectorstore.errors import InputError, UnreadableFile
from ..vectorstore.passage import Document
from .ingest import document_of
from .parse import Job, Limits, parse_all
from .units import Unit


def read_loose(file: Path, limits: Limits | None = None) -> tuple[Document, tuple[Unit, ...]]:
    """The document in a file, and its units in order. Raises InputError where it cannot be read, or holds several."""
    limits = limits or Limits()
    try:
        if file.stat().st_size > limits.file_mb << 20:
            raise UnreadableFile(str(file), f"it is larger than {limits.file_mb} MB")
        job = Job(source=str(file), data=file.read_bytes())
    except OSError as error:
        raise UnreadableFile(str(file), f"it cannot be opened ({error.strerror or error})") from error
    ((_, found),) = parse_all([job], limits)
    if len(found) != 1:
        raise InputError(f"{file} holds {len(found)} documents. Unpack it and name one of them.")
    if isinstance(found[0], UnreadableFile):
        raise found[0]
    return document_of("", found[0]), found[0].units
