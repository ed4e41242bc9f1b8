"""Reads files in a process of its own, so that a file that crashes, hangs or eats memory harms nothing else.

    python -m onrecord.ingest.worker MEMORY_MB TIMEOUT_S OCR_LANGUAGES [LIMIT_TOKENS TOKENIZER PREFIX FROM_CHARS]

Frames both ways: 8 bytes of length, then that many bytes. In come pairs of frames, a file's name and its bytes; after
the name and a zero byte may stand the title it is to have. With LIMIT_TOKENS texts are cut into passages of so many
tokens here, where a hostile one harms nobody, as the file TOKENIZER counts them behind PREFIX; those shorter than
FROM_CHARS are left to be cut by who asked. Out go frames of JSON: one for each document in the file, as `parsed_json`
or {"source", "error"}, then {"done": true, "lacking": what confines it not}. JSON and nothing livelier, because what
broke out of a parser must not reach the other side.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..vectorstore.embedder.counter import TokenCounter
from ..vectorstore.embedder.pieces import index_of
from ..vectorstore.errors import UnreadableFile
from .child import end_with_parent, limit_memory, read_frame, write_frame
from .confine import confine
from .formats.archives.members import members
from .formats.read import read
from .split import Cutter, Cutting, Piece
from .structure.facts.acronyms import acronyms
from .structure.facts.metadata import metadata
from .structure.items import of_items, with_items
from .structure.noise import mark_noise
from .structure.outline import outline, with_parts
from .structure.paragraphs import structure
from .units import Unit

_GRACE_S = 5.0


def parse(
    source: str, data: bytes, languages: str = "eng", *, title: str = "", cutter: Cutter | None = None
) -> Iterator[dict[str, Any]]:
    """What each document in a file holds, or why it cannot be read, ready to be sent."""
    try:
        for inner, content in members(source, data):
            try:
                yield parsed_json(inner, content, languages, title=title, cutter=cutter)
            except UnreadableFile as error:
                yield {"source": inner, "error": error.reason}
    except UnreadableFile as error:
        yield {"source": error.source, "error": error.reason}
    except (MemoryError, RecursionError):
        yield {"source": source, "error": "reading it takes more memory than is allowed"}


def parsed_json(
    source: str, data: bytes, languages: str = "eng", *, title: str = "", cutter: Cutter | None = None
) -> dict[str, Any]:
    """A document's text, units, metadata and acronyms; with a cutter also its passages."""
    try:
        reading = read(source, data, languages)
        units = mark_noise(reading.text, structure(reading))
        facts = metadata(source, reading, units)
        short_forms = acronyms(reading.text)
        structured = with_items(outline(reading.text, units), reading.text, units)
        units = with_parts(of_items(units, structured.items), structured.paragraphs)
        pieces = cutter(reading.text, units, title or facts.title) if cutter else None
    except UnreadableFile:
        raise
    except (MemoryError, RecursionError) as error:
        raise UnreadableFile(source, "reading it takes more memory than is allowed") from error
    except Exception as error:  # as in `read`: one document's fault must not stop the others in its archive
        raise UnreadableFile(source, f"it cannot be read ({type(error).__name__})") from error
    return {
        "source": source,
        "sha256": sha256(data).hexdigest(),
        "text": reading.text,
        "media_type": reading.media_type,
        "pages": reading.pages,
        "notes": reading.notes,
        "facts": asdict(facts),
        "units": list(map(_placed, units)),
        "acronyms": short_forms,
        "structure": asdict(replace(structured, omitted=reading.omitted)),
        "pieces": None if pieces is None else list(map(_placed, pieces)),
    }


def _placed(value: Unit | Piece) -> dict[str, Any]:
    """What has a locator as `asdict` would give it, which copies each field."""
    return _fields(value) | {"locator": _fields(value.locator)}


def _fields(value: Any) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value)}


def main() -> None:
    """Serves files until standard input ends."""
    memory_mb, timeout_s, languages = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    end_with_parent()
    limit_memory(memory_mb)
    tokenizer = Path(sys.argv[5]) if len(sys.argv) > 4 else None
    lacking = confine([tokenizer, index_of(tokenizer)] if tokenizer else [])
    cutter = None
    if tokenizer:
        counter = TokenCounter(file=tokenizer, prefix=sys.argv[6])
        cutter = Cutting(counter=counter, limit_tokens=int(sys.argv[4]), from_chars=int(sys.argv[7])).cutter()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints must not get between the frames
    while (name := read_frame(sys.stdin.buffer)) is not None and (data := read_frame(sys.stdin.buffer)) is not None:
        _end_after(timeout_s + _GRACE_S)
        source, _, title = name.partition(b"\0")
        for document in parse(os.fsdecode(source), data, languages, title=title.decode(), cutter=cutter):
            write_frame(answers, json.dumps(document).encode())
        write_frame(answers, json.dumps({"done": True, "lacking": lacking}).encode())
        _end_after(0)


def _end_after(seconds: float) -> None:
    """Ends this process in so many seconds, where the system can; 0 calls that off.

    Who asked keeps the time; this is for the case that it was killed itself while a file hangs.
    """
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main()
