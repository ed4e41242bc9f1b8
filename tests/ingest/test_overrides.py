"""What people know better of a record: sidecar files and values given with the command."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.ingest.ingest import IngestReport, ingest
from onrecord.ingest.overrides import FIELDS, checked, from_pairs, from_sidecar
from onrecord.vectorstore.errors import InputError, UnreadableFile
from onrecord.vectorstore.passage import Document, Filters
from onrecord.vectorstore.store import Store

from ..fakes import HashEmbedder

LIGHT = "The light on Gannet Ledge was out for nine hours.\n\nThe keeper of Old Merrow had seen it."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "library", embedder=HashEmbedder())
    yield made
    made.close()


@pytest.fixture
def record(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "lights.txt").write_text(LIGHT, encoding="utf-8")
    return folder / "lights.txt"


def beside(record: Path, **values: str) -> Path:
    sidecar = record.with_name(f"{record.name}.meta.json")
    sidecar.write_text(json.dumps(values), encoding="utf-8")
    return sidecar


def only(store: Store) -> Document:
    (listing,) = store.listings()
    document = store.document(listing.id)
    assert document is not None
    return document


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


def test_values_given_with_the_command() -> None:
    assert from_pairs(["symbol=A/RES/S-30/1", "title = Outcome = all of it "]) == {
        "symbol": "A/RES/S-30/1",
        "title": "Outcome = all of it",
    }
    assert from_pairs([]) == {}


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        ("symbol", "--set symbol: write key=value"),
        ("writer=Oduya", f"--set: there is no field 'writer'; use {', '.join(FIELDS)}."),
        ("title=", "--set: title must be a text that is not empty."),
        ("date=12 March 2031", "--set: write the date as 2031, 2031-03 or 2031-03-12."),
        ("date=2031-3", "--set: write the date as 2031, 2031-03 or 2031-03-12."),
    ],
)
def test_values_that_cannot_be_used_are_named(pair: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        from_pairs([pair])
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{", "it is not valid JSON"),
        (b"\xff\xfe\x00", "it is not valid JSON"),
        (b"[" * 100_000, "it is not valid JSON"),
        (b'["title"]', "it must hold one JSON object"),
        (b'{"title": 7}', "title must be a text that is not empty"),
        (b'{"title": {"en": "Lights"}}', "title must be a text that is not empty"),
        (b'{"writer": "Oduya"}', f"there is no field 'writer'; use {', '.join(FIELDS)}"),
        (b'{"date": "yesterday"}', "write the date as 2031, 2031-03 or 2031-03-12"),
    ],
)
def test_sidecars_that_cannot_be_used_are_named(data: bytes, told: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        from_sidecar("minutes.pdf", data)
    assert caught.value.source == "minutes.pdf.meta.json"
    assert caught.value.reason.startswith(told)
    assert from_sidecar("minutes.pdf", b" \n") == {}


def test_a_date_in_other_digits_is_none() -> None:
    with pytest.raises(InputError):
        checked({"date": "٢٠٣١"}, "--set")


@pytest.mark.slow
def test_a_sidecar_is_put_over_the_record_and_taken_back_with_it(store: Store, record: Path) -> None:
    ingest(store, [record.parent])
    plain = only(store)
    sidecar = beside(record, title="On lights", symbol="MIC/CL/2031/9", date="2031-03", meeting="4th", language="en")
    assert counts(ingest(store, [record.parent])) == (0, 1, 0, 0)
    found = only(store)
    assert (found.title, found.symbol, found.date, found.meeting, found.language) == (
        "On lights", "MIC/CL/2031/9", "2031-03", "4th", "en",
    )  # fmt: skip
    assert (found.id, found.text) == (plain.id, plain.text)
    assert len(store.ids_matching(Filters(symbol="CL/2031/9"))) == len(store.passages_of(found.id)) > 0
    assert store.by_words(dict.fromkeys(store.lexical.words("On lights"), 1.0), 3)
    assert counts(ingest(store, [record.parent])) == (0, 0, 1, 0)
    beside(record, symbol="MIC/CL/2031/10")
    assert counts(ingest(store, [record.parent])) == (0, 1, 0, 0)
    assert (only(store).title, only(store).symbol) == (plain.title, "MIC/CL/2031/10")
    sidecar.unlink()
    assert counts(ingest(store, [record.parent])) == (0, 1, 0, 0)
    assert only(store) == plain
    assert store.faults() == []


@pytest.mark.slow
def test_what_the_record_leaves_open_is_open_again_without_the_sidecar(store: Store, record: Path) -> None:
    ingest(store, [record])
    plain = only(store)
    sidecar = beside(record, symbol="MIC/CL/2031/9", date="2031", meeting="4th", language="fr")
    ingest(store, [record])
    assert only(store) != plain
    sidecar.unlink()
    ingest(store, [record])
    assert only(store) == plain


@pytest.mark.slow
def test_a_broken_sidecar_is_named_until_it_is_mended_and_the_record_still_read(store: Store, record: Path) -> None:
    sidecar = beside(record)
    sidecar.write_text('{"title": "On lights",}', encoding="utf-8")
    for added, unchanged in ((1, 0), (0, 1)):
        report = ingest(store, [record.parent])
        assert counts(report) == (added, 0, unchanged, 0)
        assert [Path(failure.source).name for failure in report.failed] == ["lights.txt.meta.json"]
    assert only(store).text == LIGHT
    beside(record, title="On lights")
    report = ingest(store, [record.parent])
    assert (counts(report), report.failed, only(store).title) == ((0, 1, 0, 0), (), "On lights")


@pytest.mark.slow
def test_values_given_are_put_over_the_sidecar(store: Store, record: Path) -> None:
    beside(record, title="On lights", symbol="MIC/CL/2031/9")
    ingest(store, [record], known={"symbol": "MIC/CL/2031/10"})
    assert (only(store).title, only(store).symbol) == ("On lights", "MIC/CL/2031/10")


@pytest.mark.slow
def test_values_given_once_hold_until_the_file_changes(store: Store, record: Path) -> None:
    ingest(store, [record], known={"symbol": "MIC/CL/2031/10"})
    assert counts(ingest(store, [record.parent])) == (0, 0, 1, 0)
    assert only(store).symbol == "MIC/CL/2031/10"
    assert counts(ingest(store, [record], known={"symbol": "MIC/CL/2031/10"})) == (0, 0, 1, 0)
    assert counts(ingest(store, [record], known={"symbol": "MIC/CL/2031/11"})) == (0, 1, 0, 0)
    assert only(store).symbol == "MIC/CL/2031/11"
    record.write_text(LIGHT + "\n\nThe light is lit.", encoding="utf-8")
    ingest(store, [record])
    assert only(store).symbol is None


@pytest.mark.slow
def test_values_given_with_a_new_name_of_a_record_are_taken(store: Store, record: Path) -> None:
    ingest(store, [record])
    renamed = record.rename(record.with_name("renamed.txt"))
    assert counts(ingest(store, [renamed], known={"symbol": "MIC/CL/2031/10"})) == (0, 1, 0, 0)
    assert (only(store).symbol, only(store).source) == ("MIC/CL/2031/10", str(renamed))


def test_unknown_values_stop_the_ingest_before_anything_is_read(store: Store, record: Path) -> None:
    with pytest.raises(InputError, match="there is no field 'writer'"):
        ingest(store, [record], known={"writer": "Oduya"})
    assert store.listings() == []


@pytest.mark.slow
def test_a_sidecar_is_no_record(store: Store, record: Path) -> None:
    beside(record, title="On lights")
    report = ingest(store, [record.parent])
    assert report.documents == 1
    assert report.skipped == ()
