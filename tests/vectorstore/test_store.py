"""A library on disk: what is put in is found, what is taken out is not, and a crash leaves nothing half-there."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from chromadb.errors import InternalError

from onrecord.vectorstore.catalogue import Catalogue
from onrecord.vectorstore.errors import EmbeddingMismatch, LibraryBusy, NotALibrary
from onrecord.vectorstore.lexical import surroundings
from onrecord.vectorstore.passage import Document, Filters, Locator, Passage
from onrecord.vectorstore.store import Store
from onrecord.vectorstore.vectors import patiently

from ..fakes import HashEmbedder


def document(key: str, text: str, **facts: str) -> Document:
    return Document(id=key, source=f"records/{key}.txt", title=f"Minutes {key}", text=text, sha256=text, **facts)


def passages(record: Document, **locator: str) -> list[Passage]:
    """One passage a line, its id made from its words."""
    found, start = [], 0
    for order, line in enumerate(record.text.split("\n")):
        found.append(
            Passage(
                id=f"{record.id}:{line}",
                document_id=record.id,
                text=line,
                start=start,
                end=start + len(line),
                locator=Locator(**locator),
                order=order,
            )
        )
        start += len(line) + 1
    return found


def fill(store: Store, *records: Document) -> None:
    with store.writing():
        for record in records:
            store.put(record, passages(record))
        store.make_findable()
        store.embed()


def by_words(store: Store, words: str) -> list[str]:
    """What is found and holds one of the words itself; what stands beside it is found too."""
    store.refresh()
    stems = dict.fromkeys(store.lexical.words(words), 1.0)
    texts = [hit.passage.text for hit in store.hits(store.by_words(stems, 10))]
    return [text for text in texts if stems.keys() & set(store.lexical.words(text))]


def by_meaning(store: Store, words: str) -> list[str]:
    store.refresh()
    return [hit.passage.text for hit in store.hits(store.by_meaning(store.embedder.embed_query(words), 10))]


def opened(folder: Path, **options) -> Store:
    return Store(folder, embedder=HashEmbedder(), **options)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = opened(tmp_path / "library")
    yield made
    made.close()


LIGHTS = document("lights", "The light was out.\nThe keeper was asleep.")
BUOYS = document("buoys", "The buoy drifted.\nThe pilot saw it.")


# --- putting and finding -------------------------------------------------------------------------------------


def test_what_is_put_is_found_by_words_and_by_meaning(store: Store) -> None:
    fill(store, LIGHTS, BUOYS)
    assert by_words(store, "keepers") == ["The keeper was asleep."]
    assert by_meaning(store, "pilot saw")[0] == "The pilot saw it."
    assert store.passages_of("lights") == passages(LIGHTS)
    assert store.document("lights") == LIGHTS
    assert [(listing.id, listing.state, listing.passages) for listing in store.listings()] == [
        ("buoys", "embedded", 2),
        ("lights", "embedded", 2),
    ]
    assert store.faults() == []


def test_documents_are_listed_without_being_read_again_until_somebody_writes(store: Store) -> None:
    fill(store, LIGHTS)
    first = store.listings()
    assert all(one is other for one, other in zip(first, store.listings(), strict=True))
    first.clear()
    assert [listing.id for listing in store.listings()] == ["lights"]
    with closing(Catalogue(store.folder / "catalogue.sqlite")) as another:
        another.put(BUOYS, passages(BUOYS))
        assert [(listing.id, listing.state) for listing in store.listings()] == [
            ("buoys", "read"),
            ("lights", "embedded"),
        ]
        another.advance(["buoys"], "findable")
        assert store.listings()[0].state == "findable"
        another.remove("buoys")
        assert [listing.id for listing in store.listings()] == ["lights"]


def test_what_stands_beside_the_words_is_found_after_what_holds_them(store: Store) -> None:
    far = "\n".join(f"Line {number} is about nothing in particular." for number in range(60))
    record = document("long", f"{far}\nThe keeper was asleep.\nNobody woke him.\n{far.replace('Line', 'Row')}")
    fill(store, record)
    found = [hit.passage.text for hit in store.hits(store.by_words({"keeper": 1.0}, 100))]
    assert found[0] == "The keeper was asleep."
    assert "Nobody woke him." in found
    assert "Line 0 is about nothing in particular." not in found


def test_surroundings_are_whole_neighbours_on_both_sides_as_far_as_they_fit() -> None:
    assert list(surroundings([4, 2, 1, 4], 7)) == [(0, 3), (0, 3), (1, 4), (1, 4)]
    assert list(surroundings([8, 1], 3)) == [(0, 1), (1, 2)]


@pytest.mark.slow
def test_filters_that_let_many_passages_through_hold_for_words_and_meaning(store: Store) -> None:
    keepers = document("keepers", "\n".join(f"The keeper of light {number} spoke." for number in range(600)))
    pilots = document("pilots", "\n".join(f"The pilot saw light {number}." for number in range(600)), date="2031-05")
    with store.writing():
        store.put(keepers, passages(keepers, speaker="Norway", section="Lights"))
        store.put(pilots, passages(pilots, speaker="Mexico"))
        store.make_findable()
        store.embed()
    for filters, only in (
        (Filters(speaker="norw"), "keepers"),
        (Filters(section="lights"), "keepers"),
        (Filters(since="2031"), "pilots"),
        (Filters(since="2031", speaker="Mexico"), "pilots"),
    ):
        selection = store.select(filters)
        assert selection.few is None
        words = store.by_words({"light": 1.0, "spoke": 1.0, "saw": 1.0}, 50, within=selection)
        vector = store.embedder.embed_query("the keeper and the pilot saw the light")
        meaning = store.by_meaning(vector, 50, within=selection, beside=[key for key, _ in words])
        for found in (words, meaning):
            assert len(found) == 50
            assert {key.split(":")[0] for key, _ in found} == {only}
            assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


def test_a_filter_that_lets_nothing_through_finds_nothing(store: Store) -> None:
    fill(store, LIGHTS, BUOYS)
    selection = store.select(Filters(speaker="Nobody"))
    assert selection.few == frozenset()
    assert store.by_words({"keeper": 1.0}, 10, within=selection) == []
    assert store.by_meaning(store.embedder.embed_query("keeper"), 10, within=selection) == []


def test_states_go_from_read_to_findable_to_embedded(store: Store) -> None:
    with store.writing():
        store.put(LIGHTS, passages(LIGHTS))
        assert store.listings()[0].state == "read"
        assert by_words(store, "keeper") == []
        assert len(store.faults()) == 2
        store.make_findable()
        assert store.listings()[0].state == "findable"
        assert by_words(store, "keeper") == ["The keeper was asleep."]
        assert by_meaning(store, "keeper") == []
        assert store.embed() == 2
        assert store.listings()[0].state == "embedded"
        assert store.embed() == 0
    assert store.faults() == []


def test_progress_of_embedding_is_told(store: Store) -> None:
    told: list[tuple[int, int]] = []
    with store.writing():
        record = document("long", "\n".join(f"Light {number} was out." for number in range(300)))
        store.put(record, passages(record))
        store.make_findable()
        store.embed(lambda done, total: told.append((done, total)))
    assert told == [(256, 300), (300, 300)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingEmbedder(HashEmbedder):
    """Keeps what it was asked to embed."""

    seen: list[str] = field(default_factory=list)

    def embed(self, texts) -> np.ndarray:
        self.seen.extend(texts)
        return HashEmbedder.embed(self, texts)


@pytest.mark.slow
def test_unchanged_passages_keep_their_vectors(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    store = Store(tmp_path / "library", embedder=embedder)
    fill(store, LIGHTS)
    embedder.seen.clear()
    changed = document("lights", "A new first line.\nThe light was out.\nThe keeper was awake.")
    fill(store, changed)
    assert embedder.seen == ["A new first line.", "The keeper was awake."]
    assert store.passages_of("lights") == passages(changed)
    assert by_words(store, "asleep") == []
    assert "The keeper was asleep." not in by_meaning(store, "keeper asleep")
    assert store.vectors.count() == 3
    assert store.faults() == []
    store.close()


def test_a_document_whose_passages_all_stayed_is_embedded_at_once(store: Store) -> None:
    fill(store, LIGHTS)
    fill(store, replace(LIGHTS, title="Other minutes", sha256="other"))
    assert [(listing.title, listing.state) for listing in store.listings()] == [("Other minutes", "embedded")]
    assert store.faults() == []


@pytest.mark.slow
def test_what_came_back_is_embedded_again(store: Store) -> None:
    fill(store, LIGHTS)
    fill(store, document("lights", "Something else."))
    fill(store, LIGHTS)
    assert by_meaning(store, "keeper asleep")[0] == "The keeper was asleep."
    assert store.faults() == []


def test_a_removed_document_is_found_nowhere(store: Store) -> None:
    fill(store, LIGHTS, BUOYS)
    with store.writing():
        store.remove("lights")
    assert by_words(store, "keeper light") == []
    assert sorted(by_meaning(store, "keeper asleep")) == ["The buoy drifted.", "The pilot saw it."]
    assert store.document("lights") is None
    assert store.passages_of("lights") == []
    assert store.vectors.count() == 2
    assert store.lexical.size == 2
    assert store.catalogue.tombstones("document") == store.catalogue.tombstones("passage") == []
    assert store.faults() == []


def test_what_was_never_swept_is_swept_by_the_next_writer(store: Store) -> None:
    fill(store, LIGHTS, BUOYS)
    store.catalogue.remove("lights")
    assert store.vectors.count() == 4
    assert by_words(store, "keeper") == []
    with store.writing():
        pass
    assert store.vectors.count() == store.lexical.size == 2
    assert store.faults() == []


def test_paragraphs_are_found_by_their_number(store: Store) -> None:
    with store.writing():
        store.put(LIGHTS, passages(LIGHTS, paragraph="42"))
        store.put(BUOYS, passages(BUOYS, paragraph="42 bis"))
    assert [row.document_id for row in store.catalogue.paragraphs(["42"])] == ["lights", "lights"]
    assert len(store.catalogue.paragraphs(["42", "42 bis"])) == 4
    assert store.catalogue.paragraphs(["42"], ["buoys"]) == []
    assert store.catalogue.paragraphs([]) == []


# --- filters ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), {"lights", "buoys"}),
        (Filters(document="LIGHTS"), {"lights"}),
        (Filters(document="records/"), {"lights", "buoys"}),
        (Filters(symbol="cl/2031/5"), {"lights"}),
        (Filters(symbol="%"), set()),
        (Filters(symbol="CL_2031"), set()),
        (Filters(section="100 %"), {"buoys"}),
        (Filters(section="_"), set()),
        (Filters(section="!"), set()),
        (Filters(speaker="ÖST"), {"lights"}),
        (Filters(speaker="öst", symbol="L.7"), set()),
        (Filters(since="2031"), {"lights", "buoys"}),
        (Filters(since="2031-03-12"), {"lights", "buoys"}),
        (Filters(since="2031-03-13"), {"buoys"}),
        (Filters(since="2031-04"), set()),
        (Filters(until="2030"), set()),
        (Filters(until="2031-03-11"), {"buoys"}),
        (Filters(until="2031-03"), {"lights", "buoys"}),
        (Filters(since="2031-03-12", until="2031-03-12"), {"lights", "buoys"}),
        (Filters(speaker="'; DROP TABLE passages; --"), set()),
        (Filters(speaker="\ud800"), set()),
    ],
)
def test_filters(store: Store, filters: Filters, found: set[str]) -> None:
    """Lights are of 12 March 2031, buoys of some day in that month."""
    lights = replace(LIGHTS, symbol="MIC/CL/2031/5", date="2031-03-12")
    buoys = replace(BUOYS, symbol="MIC/CL/2031/L.7", date="2031-03")
    with store.writing():
        store.put(lights, passages(lights, speaker="Östland", section="Lights"))
        store.put(buoys, passages(buoys, speaker="Verrano", section="Readings > 100 % of buoys"))
    assert {key.split(":")[0] for key in store.ids_matching(filters)} == found


def test_a_document_of_just_this_name_goes_before_those_with_it_in_their_names(store: Store) -> None:
    first, eleventh = (document(key, "The light was out.") for key in ("1", "11"))
    first = replace(first, symbol="CL/3", title="Lights")
    fill(store, first, replace(eleventh, symbol="CL/3/Add.1", title="Old lights"))
    found = {
        name: {key.split(":")[0] for key in store.ids_matching(filters)}
        for name, filters in {
            "file": Filters(document=first.source.rpartition("/")[2]),
            "title": Filters(document="lights"),
            "symbol": Filters(symbol="cl/3"),
            "part": Filters(document="light"),
            "part of a symbol": Filters(symbol="CL/"),
        }.items()
    }
    assert found.pop("part") == found.pop("part of a symbol") == {"1", "11"}
    assert set(map(frozenset, found.values())) == {frozenset({"1"})}


# --- two at once -------------------------------------------------------------------------------------------------


def test_another_store_notices_what_was_written(tmp_path: Path) -> None:
    writer, reader = opened(tmp_path / "library"), opened(tmp_path / "library")
    fill(writer, LIGHTS)
    assert by_words(reader, "keeper") == ["The keeper was asleep."]
    assert by_meaning(reader, "keeper asleep")[0] == "The keeper was asleep."
    fill(writer, document("lights", "The keeper was awake."))
    assert by_words(reader, "keeper") == ["The keeper was awake."]
    assert by_meaning(reader, "keeper") == ["The keeper was awake."]
    with writer.writing():
        writer.remove("lights")
    assert by_words(reader, "keeper") == by_meaning(reader, "keeper") == []
    writer.close()
    reader.close()


def test_offsets_are_never_cut_from_another_version_of_the_text(tmp_path: Path) -> None:
    writer, reader = opened(tmp_path / "library"), opened(tmp_path / "library")
    fill(writer, LIGHTS)
    reader.refresh()
    assert reader.document("lights") == LIGHTS  # in the reader's memory from here on
    changed = document("lights", "Much was said before.\nThe light was out.")
    fill(writer, changed)
    (hit,) = reader.hits([("lights:The light was out.", 1.0)])
    assert hit.passage.text == "The light was out."
    assert hit.document == changed
    writer.close()
    reader.close()


def test_every_change_counts_as_a_version(store: Store) -> None:
    versions = [store.catalogue.version]
    with store.writing():
        for step in (
            lambda: store.put(LIGHTS, passages(LIGHTS)),
            store.make_findable,
            store.embed,
            lambda: store.remove("lights"),
        ):
            step()
            versions.append(store.catalogue.version)
    assert versions == sorted(set(versions))


def run(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True)


HOLD = """
import sys
import threading
from pathlib import Path
from onrecord.vectorstore.store import Store
store = Store(Path(sys.argv[1]))
with store.writing():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.slow
def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    store = opened(tmp_path / "library")
    fill(store, LIGHTS)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "library")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(LibraryBusy, match=r"Another process is writing to .*library.*try this again"), store.writing():
        pass
    assert by_words(store, "keeper") == ["The keeper was asleep."]
    opened(tmp_path / "library").close()
    other.communicate("")
    fill(store, BUOYS)
    assert len(store.listings()) == 2
    store.close()


def test_writing_may_be_entered_again_by_the_same_thread(store: Store) -> None:
    with store.writing(), store.writing():
        store.put(LIGHTS, passages(LIGHTS))
    with store.writing():
        store.make_findable()
    assert by_words(store, "keeper") == ["The keeper was asleep."]


def test_the_lock_is_given_back_after_an_error(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing():
        store.put(LIGHTS, passages(LIGHTS))
        raise ZeroDivisionError
    fill(store, BUOYS)
    assert [listing.state for listing in store.listings()] == ["embedded", "embedded"]


# --- crashes and damage ------------------------------------------------------------------------------------------


def test_an_unfinished_ingest_is_finished_by_the_next(tmp_path: Path) -> None:
    store = opened(tmp_path / "library")
    with store.writing():
        store.put(LIGHTS, passages(LIGHTS))
    store.close()
    store = opened(tmp_path / "library")
    assert store.listings()[0].state == "read"
    with store.writing():
        store.make_findable()
        store.embed()
    assert by_words(store, "keeper") == ["The keeper was asleep."]
    assert by_meaning(store, "keeper asleep")[0] == "The keeper was asleep."
    assert store.faults() == []
    store.close()


WRITE = """
import sys
import threading
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.fakes import HashEmbedder
from onrecord.vectorstore.passage import Document, Locator, Passage
from onrecord.vectorstore.store import Store
store = Store(Path(sys.argv[1]), embedder=HashEmbedder())
with store.writing():
    for number in range(40):
        key, words = f"d{number:02}", f"Light {number} was out, and keeper {number} was asleep."
        found = [
            Passage(
                id=f"{key}:{part}", document_id=key, text=words, start=0, end=len(words), locator=Locator(), order=part
            )
            for part in range(30)
        ]
        store.put(Document(id=key, source=key, title=key, text=words, sha256=key), found)
        if number % 8 == 7:
            store.make_findable()
            print("findable", flush=True)
            store.embed()
            print("embedded", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("lines", "pause_s"), [(0, 0.9), (1, 0.0), (2, 0.02), (3, 0.01), (5, 0.04)])
def test_killed_in_the_middle(tmp_path: Path, lines: int, pause_s: float) -> None:
    folder, root = tmp_path / "library", str(Path(__file__).parents[2])
    process = run(WRITE, str(folder), root)
    assert process.stdout is not None
    for _ in range(lines):
        process.stdout.readline()
    time.sleep(pause_s)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    subprocess.run([sys.executable, "-c", WRITE, str(folder), root], check=True, stdout=subprocess.DEVNULL)
    store = opened(folder)
    assert [(listing.state, listing.passages) for listing in store.listings()] == [("embedded", 30)] * 40
    assert store.vectors.count() == store.lexical.size == 1200
    assert store.faults() == []
    store.close()


@pytest.mark.parametrize("damage", ["delete", "garble", "empty"])
def test_a_lost_or_damaged_lexical_index_is_made_again(tmp_path: Path, damage: str) -> None:
    store = opened(tmp_path / "library")
    fill(store, LIGHTS, BUOYS)
    store.close()
    lexical = tmp_path / "library" / "lexical"
    if damage == "garble":
        (lexical / "meta.json").write_bytes(b"{ not json")
    else:
        shutil.rmtree(lexical)
        if damage == "empty":
            from onrecord.vectorstore.lexical import LexicalIndex

            LexicalIndex(lexical)  # what a crash leaves between making the index and filling it
    store = opened(tmp_path / "library")
    assert by_words(store, "keeper") == ["The keeper was asleep."]
    assert store.faults() == []
    store.close()


def test_lost_vectors_are_made_again(tmp_path: Path) -> None:
    store = opened(tmp_path / "library")
    fill(store, LIGHTS, BUOYS)
    store.close()
    shutil.rmtree(tmp_path / "library" / "chroma")
    store = opened(tmp_path / "library")
    assert by_words(store, "keeper") == ["The keeper was asleep."]
    with store.writing():
        store.make_findable()
        assert store.embed() == 4
    assert by_meaning(store, "keeper asleep")[0] == "The keeper was asleep."
    assert store.faults() == []
    store.close()


def test_vectors_lost_amid_writing_are_there_again_at_its_end(store: Store) -> None:
    fill(store, LIGHTS, BUOYS)
    with store.writing():
        store.vectors.delete([passage.id for passage in store.passages_of(LIGHTS.id)])
    assert store.faults() == []
    assert by_meaning(store, "keeper asleep")[0] == "The keeper was asleep."


def test_what_chroma_is_too_busy_for_is_done_again_and_nothing_else() -> None:
    done: list[str] = []

    def busy_twice() -> None:
        done.append("tried")
        if len(done) < 3:
            raise InternalError("Database error: error returned from database: (code: 5) database is locked")

    def broken() -> None:
        done.append("broken")
        raise InternalError("Database error: database disk image is malformed")

    patiently(busy_twice)
    with pytest.raises(InternalError, match="malformed"):
        patiently(broken)
    assert done == ["tried", "tried", "tried", "broken"]


# --- what is no library ------------------------------------------------------------------------------------------


def test_folders_that_hold_something_else_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").write_text("Dear Sir")
    with pytest.raises(NotALibrary, match=r"letters holds other files.*--library"):
        opened(tmp_path / "letters")
    with pytest.raises(NotALibrary, match=r"letter.txt is a file"):
        opened(tmp_path / "letters" / "letter.txt")
    assert [file.name for file in (tmp_path / "letters").iterdir()] == ["letter.txt"]


def test_a_missing_library_is_made_only_where_asked(tmp_path: Path) -> None:
    with pytest.raises(NotALibrary, match=r"no library at .*new.*onrecord ingest PATH --library"):
        opened(tmp_path / "new", create=False)
    assert not (tmp_path / "new").exists()
    opened(tmp_path / "new").close()
    opened(tmp_path / "new", create=False).close()


def test_a_catalogue_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "catalogue.sqlite").write_bytes(b"not a database, " * 99)
    with pytest.raises(NotALibrary, match=r"catalogue.sqlite is not an On Record catalogue.*--library"):
        opened(tmp_path / "library")


def test_a_library_of_the_first_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    with closing(Store(folder, embedder=HashEmbedder())) as store:
        fill(store, document("a", "The lamp burns."))
        with store.catalogue.writing() as connection:
            for column in ("body", "session", "agenda_item", "author", "publisher", "url"):
                connection.execute(f"ALTER TABLE documents DROP COLUMN {column}")
            for column in ("part", "time", "item", "certainty"):
                connection.execute(f"ALTER TABLE passages DROP COLUMN {column}")
            connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
        store.catalogue.keep_file("records/a.txt", "abc")
        store.catalogue.keep_file("records/b.txt", "abc+set")
    with closing(Store(folder, embedder=HashEmbedder())) as store:
        assert by_words(store, "lamp") == ["The lamp burns."]
        assert store.listings()[0].body is None
        assert store.catalogue.files() == ["records/b.txt"]
        fill(store, document("c", "The lamp is out.", body="Lights Committee", agenda_item="7 (a)"))
        found = store.document("c")
        assert found and (found.body, found.agenda_item) == ("Lights Committee", "7 (a)")
        assert [listing.body for listing in store.listings()] == [None, "Lights Committee"]


def test_a_library_of_a_later_version_is_refused_by_that_versions_name(tmp_path: Path) -> None:
    store = opened(tmp_path / "library")
    assert (store.catalogue.fact("program") or "").startswith("On Record ")
    store.catalogue.keep_fact("schema", "99")
    store.catalogue.keep_fact("program", "On Record 7.1")
    with store.catalogue.writing() as connection:
        connection.execute("DROP TABLE feedback")  # a later version may have another set of tables
    store.close()
    with pytest.raises(NotALibrary, match=r"written by On Record 7.1 \(schema 99\).*Install On Record 7.1 or a later"):
        opened(tmp_path / "library")
    with closing(sqlite3.connect(tmp_path / "library" / "catalogue.sqlite")) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'feedback'").fetchall()


def test_a_migration_leaves_a_copy_until_records_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    with closing(Store(folder, embedder=HashEmbedder())) as store:
        fill(store, document("a", "The lamp burns."))
        store.catalogue.keep_fact("schema", "2")
        with store.catalogue.writing() as connection:
            for column in ("part", "time", "item", "certainty"):
                connection.execute(f"ALTER TABLE passages DROP COLUMN {column}")
    with closing(Store(folder, embedder=HashEmbedder())) as store:
        copy = folder / "catalogue.sqlite.schema-2"
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == ("2",)
            assert connection.execute("SELECT text FROM documents").fetchone() == ("The lamp burns.",)
        assert by_words(store, "lamp") == ["The lamp burns."]
        store.remove("a")
        assert not list(folder.glob("*.schema-*"))


def test_another_embedding_is_refused_with_the_command(tmp_path: Path) -> None:
    store = opened(tmp_path / "library")
    fill(store, LIGHTS)
    store.close()
    with pytest.raises(
        EmbeddingMismatch, match=r"made with the embedding model hash, not other.*--re-embed --embedding other"
    ):
        Store(tmp_path / "library", embedder=HashEmbedder(name="other"))
    store = Store(tmp_path / "library", embedder=HashEmbedder(fingerprint="hash@2"))
    with pytest.raises(EmbeddingMismatch, match="hash@2"):
        _ = store.embedder
    store.close()
    assert opened(tmp_path / "library").embedding == "hash"


def test_embedding_again_with_another_model(tmp_path: Path) -> None:
    store = opened(tmp_path / "library")
    fill(store, LIGHTS)
    with store.writing():
        store.re_embed(HashEmbedder(name="wide", fingerprint="wide@1", dimension=128))
        assert store.listings()[0].state == "findable"
        assert store.embed() == 2
    assert by_meaning(store, "keeper asleep")[0] == "The keeper was asleep."
    store.close()
    assert Store(tmp_path / "library").embedding == "wide"
    with pytest.raises(EmbeddingMismatch):
        opened(tmp_path / "library")


def test_feedback_is_kept(store: Store) -> None:
    store.catalogue.add_feedback({"answer": "a1", "good": True, "words": "Danke, schön"})
    rows = store.catalogue._rows("SELECT body FROM feedback")
    assert rows == [('{"answer": "a1", "good": true, "words": "Danke, schön"}',)]


def test_threads_share_a_store(store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    fill(store, LIGHTS, BUOYS)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: (by_words(store, "keeper"), by_meaning(store, "pilot saw")[0]), range(60)))
    assert found == [(["The keeper was asleep."], "The pilot saw it.")] * 60


def test_closing_waits_for_a_statement_of_another_thread(tmp_path: Path) -> None:
    """SQLite ends the whole process where a connection is closed amid a statement of another thread."""
    store = Store(tmp_path / "library", embedder=HashEmbedder())
    begun, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    def write() -> None:
        with store.catalogue.writing() as connection:
            begun.set()
            go_on.wait(30)
            connection.execute("SELECT 1")
        store.catalogue.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(30)
    closer = threading.Thread(target=lambda: (store.catalogue.close(), closed.set()))
    closer.start()
    assert not closed.wait(0.2)
    go_on.set()
    writer.join(30)
    assert closed.wait(30)
    store.close()
