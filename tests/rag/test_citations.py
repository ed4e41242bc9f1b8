"""Places of records cited in styles, as references, and by identifiers that find them again or say that they do not."""

import json
from pathlib import Path

import pytest

from onrecord.rag import Citation, Document, Library, Locator, open_library
from onrecord.rag.answering.quoted import citation_at
from onrecord.rag.tools.citations.portable import _digest, _standing, _words, address, identifier, resolve, target
from onrecord.rag.tools.citations.references import FORMS, references
from onrecord.rag.tools.citations.styles import STYLES, cited, cited_one
from onrecord.vectorstore.errors import InputError
from onrecord.vectorstore.structure import Page, Structure

from ..fakes import HashEmbedder
from ..security.growth import grows_too_fast

LONG = "Summary record of the fourth meeting of the working group on the lamps, buoys and bells of the north quay"
TEXT = "The quay is lit. The Board thanked the lamplighters - warmly. The quay is lit."
MINUTES = """Harbour Board

HB/2031/SR.4

Minutes of 12 March 2031

1. The Board opened the meeting. It thanked the lamplighters. The motion was carried.

2. The Board decided as follows:

(a) To light the north quay;

(b) To ring the bell at noon.

3. The Board thanked the bell-ringers. The motion was carried.
"""


def document(**facts: object) -> Document:
    told = {"id": "d1", "source": "/records/sr4.txt", "title": LONG, "text": TEXT, "body": "Harbour Board"}
    return Document(**{**told, "symbol": "HB/2031/SR.4", "date": "2031-03-12", **facts})  # type: ignore[arg-type]


def citation(
    quote: str = "The Board thanked the lamplighters - warmly.", of: Document | None = None, **place: str
) -> Citation:
    of = of or document()
    start = of.text.index(quote)
    locator = Locator(**place)  # type: ignore[arg-type]
    return Citation(number=1, document=of, quote=quote, start=start, end=start + len(quote), locator=locator)


@pytest.mark.parametrize(
    "style, told",
    [
        ("plain", "HB/2031/SR.4, Norway, para. 39 (b)"),
        ("un", "HB/2031/SR.4, para. 39 (b) (Norway)."),
        ("un-text", "(HB/2031/SR.4, para. 39 (b) (Norway))"),
        ("oscola", f"Harbour Board, ‘{LONG}’ (12 March 2031) HB/2031/SR.4, para 39 (b) (Norway)."),
        ("bluebook", f"Harbour Board, {LONG}, ¶ 39 (b), HB/2031/SR.4 (March 12, 2031) (Norway)."),
        ("chicago", f"Harbour Board, {LONG}, HB/2031/SR.4 (March 12, 2031), para. 39 (b) (Norway)."),
        ("apa", f"Harbour Board. (2031, March 12). {LONG} (HB/2031/SR.4), para. 39 (b) (Norway)."),
    ],
)
def test_a_paragraph_in_each_style(style: str, told: str) -> None:
    assert cited_one(citation(paragraph="39 (b)", speaker="Norway"), style) == told


@pytest.mark.parametrize("style", STYLES)
def test_no_style_shortens_or_quotes_or_invents(style: str) -> None:
    """A record of which next to nothing is known: its whole title, and no date, body or place that it does not tell."""
    bare = document(symbol=None, date=None, body=None)
    told = cited_one(citation(of=bare), style)
    assert told.strip("().‘’") == LONG
    for place in (
        {"page": "12"},
        {"section": f"Lamps > {LONG}, 2"},
        {"time": "00:12:01"},
        {"part": "draft resolution I"},
    ):
        told = cited_one(citation(**place), style)
        assert next(iter(place.values())).split(" > ")[-1] in told and "lamplighters" not in told


def test_a_style_of_ones_own_and_none(tmp_path: Path) -> None:
    own = tmp_path / "own.csl"
    own.write_text(
        '<style xmlns="http://purl.org/net/xbiblio/csl" class="note" version="1.0"><info><title>Own</title><id>own</id>'
        '</info><citation><layout><text variable="number" prefix="see "/></layout></citation></style>'
    )
    assert cited([citation(), citation(of=document(id="d2", symbol="HB/2"))], str(own)) == [
        "see HB/2031/SR.4",
        "see HB/2",
    ]
    own.write_text("<style")
    for wrong in (str(own), str(tmp_path / "gone.csl"), "harvard", "/etc/passwd"):
        with pytest.raises(InputError):
            cited_one(citation(), wrong)


def test_references_hold_what_is_known_and_no_more() -> None:
    known, bare = document(), document(id="d2", symbol=None, date="2031", body=None, title="50% & {more}\nTY  - JOUR")
    told = json.loads(references([known, bare, known], "csl-json"))
    assert [item["type"] for item in told] == ["report", "document"]
    assert told[0]["number"] == "HB/2031/SR.4" and told[0]["author"] == [{"literal": "Harbour Board"}]
    assert told[1]["issued"] == {"date-parts": [[2031]]} and "author" not in told[1]
    ris = references([known, bare], "ris").split("\r\n")
    assert ris[:5] == ["TY  - RPRT", f"TI  - {LONG}", "AU  - Harbour Board", "SN  - HB/2031/SR.4", "DA  - 2031/03/12"]
    assert "DA  - 2031//" in ris and sum(line.startswith("TY  -") for line in ris) == 2
    bibtex = references([known, bare], "bibtex")
    assert "@techreport{onrecord-d1," in bibtex and "number = {HB/2031/SR.4}" in bibtex
    assert r"50\% \& \{more\}" in bibtex
    with pytest.raises(InputError, match="csl-json"):
        references([known], "endnote")  # type: ignore[arg-type]
    assert set(FORMS) == {"csl-json", "ris", "bibtex"}


def test_selectors_and_addresses() -> None:
    web = document(url="https://harbour.example/sr4", media_type="text/html", sha256="ab")
    told = target(citation(of=web))
    assert told["source"] == "https://harbour.example/sr4" and told["sha256"] == "ab"
    assert told["selector"] == [
        {
            "type": "TextQuoteSelector", "exact": "The Board thanked the lamplighters - warmly.",
            "prefix": "The quay is lit. ", "suffix": " The quay is lit.",
        },
        {"type": "TextPositionSelector", "start": 17, "end": 61},
    ]  # fmt: skip
    fragment = "#:~:text=The%20Board%20thanked%20the%20lamplighters%20%2D%20warmly."
    assert address(citation(of=web)) == f"https://harbour.example/sr4{fragment}"
    assert address(citation()) is None
    pdf = document(url="https://harbour.example/sr4.pdf", media_type="application/pdf", pages=2)
    pages = (Page(start=0, end=17, label="iv"), Page(start=17, end=80, label="v"))
    assert address(citation(of=pdf), Structure(pages=pages)) == "https://harbour.example/sr4.pdf#page=2"
    assert address(citation(of=pdf), Structure(pages=pages[1:])) == "https://harbour.example/sr4.pdf"


@pytest.fixture
def library(tmp_path: Path):
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        put(library, MINUTES)
        yield library


def put(library: Library, text: str) -> None:
    file = library.store.folder.parent / "sr4.txt"
    file.write_text(text)
    assert not library.ingest([file]).failed


def test_an_identifier_outlives_a_re_reading(library: Library) -> None:
    record = library.document("HB/2031/SR.4")
    quotes = ("It thanked the lamplighters.", "To ring the bell at noon.", "The motion was carried.")
    named = {quote: identifier(library.cite(record.id, quote=quote)) for quote in quotes}
    assert all(quote not in each and each.startswith("onrecord:HB/2031/SR.4?para=") for quote, each in named.items())
    put(
        library,
        MINUTES.replace("Minutes of", "Corrected minutes, printed anew, of").replace(" It thanked", "\nIt thanked"),
    )
    for quote, each in named.items():
        found = library.resolve(each)
        assert found.state == "found" and [place.quote for place in found.places] == [quote]
    assert library.resolve(named["To ring the bell at noon."]).places[0].locator.paragraph == "2 (b)"


def test_what_has_changed_is_an_orphan(library: Library) -> None:
    """Neither what is alike in its place nor the same words elsewhere are taken for it."""
    carried = identifier(library.cite("HB/2031/SR.4", quote="The motion was carried.", paragraph="1"))
    thanked = identifier(library.cite("HB/2031/SR.4", quote="It thanked the lamplighters."))
    put(library, MINUTES.replace(" The motion was carried.", "", 1).replace("lamplighters", "lamplighter"))
    assert "The motion was carried." in library.document("HB/2031/SR.4").text
    assert [library.resolve(each).state for each in (carried, thanked)] == ["orphan", "orphan"]
    library.remove(["HB/2031/SR.4"])
    assert library.resolve(carried).places == ()


def test_words_without_a_paragraph_are_told_by_those_around(tmp_path: Path) -> None:
    said = [f"Speaker {number} came to the lamps. The motion was carried." for number in range(6)]
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        put(library, "\n\n".join([*said, *said[:1] * 2]))
        [record] = library.documents()
        text = library.document(record.id).text
        starts = [place for place in range(len(text)) if text.startswith("The motion", place)]
        citations = [citation_at(library.store, library.document(record.id), at, at + 23) for at in starts]
        for cite in citations:
            places = resolve(library.store, identifier(cite)).places
            assert [place.start for place in places] == [cite.start]
        put(library, "\n\n".join(said[3:]))
        states = [resolve(library.store, identifier(cite)).state for cite in citations]
        assert states == ["orphan"] * 3 + ["orphan", "found", "orphan"] + ["orphan"] * 2


@pytest.mark.parametrize(
    "named", ["", "onrecord:", "HB/2031/SR.4", "onrecord:HB?words=0&hash=a&near=b", "onrecord:HB?words=9", "x" * 5000]
)
def test_what_is_no_identifier_is_said_to_be_none(library: Library, named: str) -> None:
    with pytest.raises(InputError, match="no identifier"):
        library.resolve(named)


def test_a_place_is_cited_by_what_names_it(library: Library) -> None:
    assert library.cite("HB/2031/SR.4", paragraph="3").quote.startswith("3. The Board thanked the bell-ringers.")
    assert library.cite("HB/2031/SR.4", quote="To light the north quay").label == "HB/2031/SR.4, para. 2 (a)"
    for wrong in ({"quote": "To light the south quay"}, {"paragraph": "9"}, {"quote": " "}):
        with pytest.raises(InputError):
            library.cite("HB/2031/SR.4", **wrong)


def test_a_crafted_record_is_resolved_in_linear_time() -> None:
    """The same word over and over, and an identifier of half of it."""

    def resolved(text: str) -> None:
        half = text[: len(text) // 10 * 5]
        words, count = _words(text, 0, len(text)), len(half) // 5
        assert len(list(_standing(words, count, _digest(["lamp"] * count)))) == len(words) - count + 1

    assert grows_too_fast(resolved, lambda length: "lamp " * (length // 5)) == ""
