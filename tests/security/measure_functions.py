"""Run in a child process: what the program does with questions, replies, names and records made to stop it.

Writes a line of JSON for each piece of work: its name, and for what text it takes too long, if any.
"""
# ruff: noqa: E402 - a script's own folder comes first

import json
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from fakes import HashEmbedder  # pyright: ignore[reportMissingImports]
from growth import grows_too_fast
from measure_patterns import suspect
from pattern_inputs import repeated
from rag.records import write_records  # pyright: ignore[reportMissingImports]

from onrecord.evals.gold_structure import GoldStructure
from onrecord.evals.measures.structure import Read, grade
from onrecord.ingest.formats.read import read
from onrecord.ingest.language.dates import dates
from onrecord.ingest.language.sentences import sentence_spans
from onrecord.ingest.split import split
from onrecord.ingest.structure.facts.acronyms import acronyms
from onrecord.ingest.structure.facts.metadata import metadata
from onrecord.ingest.structure.items import with_items
from onrecord.ingest.structure.noise import mark_noise
from onrecord.ingest.structure.outline import outline
from onrecord.ingest.structure.paragraphs import structure
from onrecord.ingest.structure.speakers import speaker_label
from onrecord.rag import Library, open_library
from onrecord.rag.generation.parse_reply import claims, finished_claims, visible
from onrecord.rag.query.parse import parse_query
from onrecord.rag.verification.numbers import quantities, units
from onrecord.rag.verification.speakers import subject
from onrecord.vectorstore.markup import plain
from onrecord.vectorstore.structure import Structure

_GOLD = GoldStructure.model_validate({"doc": "record.txt", "pages": [{"quote": "it stands nowhere", "page": "1"}]})

UNITS = (
    *(
        "1",
        ".",
        "1.",
        "...",
        "[",
        "](",
        "[1] ",
        "(",
        ")",
        "()",
        '"',
        "“",
        "”",
        "“a” ",
        "’",
        "«",
        "*",
        "**a",
        "_",
        "_a ",
        "#",
    ),
    *(
        "<",
        "<a ",
        "<a>",
        "<sup>1</sup>",
        ".<sup>1</sup>",
        "¹",
        ".¹²",
        ". ",
        " ",
        "\t",
        "\n",
        " \n",
        "\n\n",
        "-",
        "- ",
        "a-",
    ),
    *(
        "§",
        "§ 1, ",
        "¶",
        "a",
        "A",
        "a.b",
        "A.",
        "a/",
        "A/1",
        "A_1_",
        "© 2001 ",
        "©",
        "Mr. ",
        "Mr. A ",
        "The Chair ",
        "of ",
    ),
    *(
        "did ",
        "what did A say ",
        "one ",
        "and ",
        "1,",
        "1 to ",
        "how much ",
        ", ",
        "; ",
        ": ",
        "A: ",
        "A: b. ",
        "Norway: Yes.\n\n",
    ),
    *(
        "1. A b.\n\n",
        "(a) b\n",
        "| a ",
        "| a |\n",
        "# A\n\nThe motion was adopted.\n\n",
        "Ayes: A, B. Noes: C.\n\n",
        "Mr. A.- b. ",
        "- a\n",
        "1 May 2031, ",
        "first ",
        "resumed ",
        "Deputy ",
        "by A B ",
        "Ab (AB) ",
    ),
    *(
        "[1, p. 1-1",
        "[1†",
        "http://a ",
        "a@b ",
        "\\",
        "\\[",
        "```\n",
        '{"a":',
        "[[",
        "0,1",
        "é",
        "。",
        "́",
        "🙂",
        "\u202e",
    ),
)
LONG = 16_000
"""Where a record is first measured at: before, what is only done once counts too much."""
LONGEST_LINE = 3_000
"""Some work is only done for short texts; a line of this length shows whether what is left out saves it."""


def works(library: Library) -> Iterator[tuple[str, Callable[[str], object]]]:
    yield "markup", plain
    yield "sentences", sentence_spans
    yield "acronyms", acronyms
    yield "a label", speaker_label
    yield "figures", lambda text: (dates(text), quantities(text, loosely=True), units(text))
    yield "who speaks", subject
    yield "a question", lambda text: parse_query(library.store, text)
    yield "a question about it", lambda text: parse_query(library.store, f"What did Norway say about {text}?")
    yield "a model's reply", lambda text: claims(visible(text))
    yield "a reply being written", finished_claims
    yield "a file's name", lambda text: _read("Nothing is said here.", f"{text}.txt")
    yield "a record", lambda text: _read(text, "record.txt")
    yield "a graded record", lambda text: grade(_GOLD, Read(text=text, facts=None, structure=Structure()))
    yield (
        "a mail",
        lambda text: _read(f"From: a@example.org\nTo: b\nSubject: c\nMessage-ID: <1>\n\n{text}", "record.eml"),
    )
    yield "captions", lambda text: _read(f"WEBVTT\n\n00:01.000 --> 00:02.000\nNorway: {text}", "record.vtt")
    yield "an XML record", lambda text: _read(f"<a><p>Norway {text}</p></a>", "record.xml")
    yield "a record of many lines", lambda text: _read(_lines(text), "record.txt")


def _read(text: str, name: str) -> object:
    reading = read(name if len(name) < 200 else "long.txt", text.encode("utf-8", "replace"))
    found = mark_noise(reading.text, structure(reading))
    facts = metadata(name, reading, found)
    with_items(outline(reading.text, found), reading.text, found)
    count = HashEmbedder().count_tokens
    return split(reading.text, found, document_id="d", title=facts.title, count_tokens=count, limit_tokens=256)


def _lines(text: str) -> str:
    return "\n\n".join(text[place : place + LONGEST_LINE] for place in range(0, len(text), LONGEST_LINE))


def fault(work: Callable[[str], object]) -> str:
    for unit in UNITS:
        text = repeated("", unit)
        if suspect(work, text) and (why := grows_too_fast(work, text, LONG)):
            return f"{text.__doc__}: {why}"
    return ""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    with tempfile.TemporaryDirectory() as folder:
        with open_library(Path(folder) / "library", embedder=HashEmbedder()) as library:
            library.ingest([write_records(Path(folder) / "records")])
            for name, work in works(library):
                print(json.dumps({"work": name, "fault": fault(work)}), flush=True)


if __name__ == "__main__":
    main()
