"""A part of a library is what a library of its documents alone would be, and follows the whole."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from onrecord.rag import Library, open_library
from onrecord.rag.schema import answer_json, checked_json, hits_json, listed_json, resolved_json, statement_json
from onrecord.rag.tools.citations.portable import identifier
from onrecord.rag.tools.positions.rows import positions_json
from onrecord.rag.tools.registers import Kind
from onrecord.rag.tools.rows import page_of_rows
from onrecord.vectorstore.catalogue import Collected
from onrecord.vectorstore.errors import InputError, LibraryError
from onrecord.vectorstore.parts import collected

from ..fakes import HashEmbedder

BOARD = {
    "minutes.md": """# Minutes of the harbour board, 3 May 2031

HB/2031/4

1. The lighthouse at Gannet Ledge needs 17 new mooring rings before winter. It was agreed.

2. Mr. Ottar Sund (Norway) said that the herring quota should fall by a third.

3. The motion was adopted by 9 votes to 2, with 1 abstention.
""",
    "notes.txt": """Notes of the fishery council

Norway: The herring quota for the northern banks should fall by a third. We have said so for years.

Iceland: Our trawlers cannot leave the northern banks before a replacement fleet is ready.
""",
}
SECRET = {
    "cabinet.txt": """Secret notes of the cabinet

Portugal: The zirconium mine at Vellamo shall be sold for 41 million crowns.

Norway: The herring quota must not be told before the zirconium sale. The Zirconium Export Board (ZEB) will pay.
""",
    "cabinet.md": """# Minutes of the cabinet, 4 May 2031

CAB/2031/7

1. The motion on zirconium was adopted by 7 votes to 5, with 2 abstentions.
""",
}
QUESTIONS = (
    "What did Norway say about the herring quota?", "What does the lighthouse at Gannet Ledge need before winter?",
    "What did Portugal say about zirconium?", "Who spoke?", "How many documents are there?", "What does ZEB mean?",
    "What was the outcome of the vote?", "What is this about?", "What about zirkonium?", "Which documents are there?",
    "When was the motion adopted?", "Compare Norway and Portugal on the quota.",
)  # fmt: skip


def write(folder: Path, records: dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    for name, text in records.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts")
    write(folder / "records" / "board", BOARD)
    write(folder / "records" / "cabinet", SECRET)
    return folder


@pytest.fixture(scope="module")
def whole(folder: Path) -> Iterator[Library]:
    with open_library(folder / "whole", embedder=HashEmbedder()) as library:
        library.ingest([folder / "records"])
        places = (str(folder / "records" / "board"),)
        library.store.catalogue.put_collection(Collected(name="board", folders=places, documents=()))
        yield library


@pytest.fixture(scope="module")
def alone(folder: Path) -> Iterator[Library]:
    """What the part should be told from: a library that never held anything else."""
    with open_library(folder / "alone", embedder=HashEmbedder()) as library:
        library.ingest([folder / "records" / "board"])
        yield library


def told(library: Library) -> dict[str, Any]:
    """All that a library tells, as programs get it, without times."""
    found: dict[str, Any] = {f"ask {question}": answer_json(library.ask(question)) for question in QUESTIONS}
    found |= {f"everything {question}": answer_json(library.everything(question)) for question in QUESTIONS}
    found |= {f"search {question}": hits_json(question, library.search(question), 0) for question in QUESTIONS}
    for kind in get_args(Kind):
        rows = library.register(kind)
        found[f"register {kind}"] = page_of_rows(kind, rows, 0, len(rows))
    found["documents"] = [listed_json(each) for each in library.documents()]
    found["overview"] = answer_json(library.overview())
    found["about"] = answer_json(library.overview(about="the zirconium mine"))
    found["statements"] = [statement_json(each) for each in library.statements("Norway").told]
    found["nobody"] = [statement_json(each) for each in library.statements("Portugal").told]
    found["positions"] = positions_json(library.positions(["herring quota", "zirconium"]))
    draft = "“The herring quota should fall by a third.” “The zirconium mine shall be sold.” CAB/2031/7: 7 votes to 5."
    found["check"] = checked_json(library.check(draft))
    found["acronyms"], found["speakers"] = library.store.catalogue.acronyms(), library.store.catalogue.speakers()
    found["terms"] = [library.store.lexical.terms(letter) for letter in "abcdefghijklmnopqrstuvwxyz"]
    found["rarity"] = [library.store.lexical.rarity(word) for word in ("herring", "zirconium", "norway")]
    found["languages"], found["count"] = library.store.languages, library.store.catalogue.count_passages()
    found["fault"] = library.store.meaning_fault()
    return json.loads(json.dumps(found), object_hook=_without_times)


def _without_times(value: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in value.items() if name not in ("seconds", "added")}


def test_a_part_tells_what_a_library_of_its_documents_alone_tells(whole: Library, alone: Library) -> None:
    part, expected = told(whole.seen_by(["board"])), told(alone)
    for name, value in expected.items():
        assert part[name] == value, name
    words = json.dumps([value for name, value in part.items() if not name.startswith(("ask", "every", "search"))])
    found = words.casefold().replace("the zirconium mine", "").replace("overview: ", "")
    assert "zirconium" in json.dumps(told(whole)).casefold() and "vellamo" not in found and "cabinet" not in found


def test_what_names_a_document_of_others_finds_none(whole: Library) -> None:
    part = whole.seen_by(["board"])
    secret = next(each for each in whole.documents() if each.source.endswith("cabinet.txt"))
    citation = whole.cite(secret.id, quote="The zirconium mine at Vellamo shall be sold")
    assert part.store.document(secret.id) is None and part.store.passages_of(secret.id) == []
    assert part.structure(whole.document(secret.id)) == part.store.structure("nothing")
    assert resolved_json(part.resolve(identifier(citation)))["places"] == []
    assert resolved_json(whole.resolve(identifier(citation)))["places"]
    for name in (secret.id, secret.source, "cabinet.txt", "CAB/2031/7", "Secret notes of the cabinet"):
        for ask in (part.document, part.series, part.standing_since, part.overview):
            with pytest.raises(InputError):
                ask(name)
    with pytest.raises(InputError):
        part.compare("minutes.md", secret.id)


def test_no_statement_of_sql_sees_rows_of_others(whole: Library) -> None:
    """Whatever a query says: the tables themselves show the part alone, those that are yet to come too."""
    part, seen = whole.seen_by(["board"]), collected(whole.store.catalogue, ["board"])
    connection = part.store.catalogue._connection()
    tables = [row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
    assert {"documents", "passages", "turns", "record_names", "checksums", "collected", "feedback"} <= set(tables)
    for table in tables:
        names = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
        key = "id" if table == "documents" else "document_id"
        rows = connection.execute(f"SELECT * FROM {table}").fetchall()
        assert table == "meta" or all(key in names and row[names.index(key)] in seen for row in rows), table
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM main.documents")


def test_a_part_is_read_only(whole: Library, folder: Path) -> None:
    part = whole.seen_by(["board"])
    for change in (
        lambda: part.remove([part.documents()[0].id]), lambda: part.ingest([folder / "records"]), part.re_embed,
        lambda: part.store.catalogue.keep_fact("embedding", "x"),
    ):  # fmt: skip
        with pytest.raises(LibraryError, match="read only"):
            change()


def test_of_no_collection_or_one_that_there_is_not_nothing_is_seen(whole: Library) -> None:
    for names in ([], ["nothing"], ["*"]):
        part = whole.seen_by(names)
        assert part.documents() == [] and part.search("herring") == [] and not part.ask(QUESTIONS[0]).answered
        refusal = part.ask(QUESTIONS[0]).refusal
        assert refusal and refusal.code == "empty_library"


def test_a_part_follows_the_whole(folder: Path, tmp_path: Path) -> None:
    records = write(tmp_path / "records" / "a", BOARD)
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([records])
        catalogue = library.store.catalogue
        catalogue.put_collection(Collected(name="a", folders=(str(tmp_path / "records" / "*"),), documents=()))
        before = library.seen_by(["a"])
        assert len(before.documents()) == 2 and library.seen_by(["a"]).store is before.store
        write(tmp_path / "records" / "b", {"more.txt": "Notes\n\nChile: The walrus ponds are full."})
        library.ingest([tmp_path / "records"])
        assert library.seen_by(["a"]).ask("What did Chile say of the walrus ponds?").answered
        gone = library.remove(["notes.txt"])
        assert {each.document.id for each in library.seen_by(["a"]).search("trawlers")}.isdisjoint({gone[0].id})
        [pond] = [each for each in library.documents() if each.source.endswith("more.txt")]
        catalogue.put_collection(Collected(name="a", folders=(), documents=(pond.id, pond.id)))
        assert [each.id for each in library.seen_by(["a"]).documents()] == [pond.id]
        assert catalogue.drop_collection("a") and not catalogue.drop_collection("a")
        assert library.seen_by(["a"]).documents() == []


@pytest.mark.parametrize(
    ("folders", "seen"),
    [
        (["/r/board"], {"1", "2"}), (["/r/*"], {"1", "2", "3"}), (["/r/boar"], set()), (["/r/board/2031"], {"2"}),
        (["/r/*/2031"], {"2"}), (["https://x.org/m"], {"4"}), (["/r/z.zip"], {"5"}), (["/r/z.zip/in"], {"5"}),
        ([""], set()), (["/"], set()), (["board"], set()), (["/r/board", "https://x.org"], {"1", "2", "4"}),
    ],
)  # fmt: skip
def test_a_folder_is_named_part_by_part(folders: list[str], seen: set[str]) -> None:
    names = {
        "/r/board/a.txt": "1", "/r/board/2031/b.txt": "2", "/r/cabinet/c.txt": "3", "https://x.org/m/d": "4",
        "/z/r/board": "6", "/r/z.zip!in/e.txt": "5",
    }  # fmt: skip

    class Names:
        def collections(self) -> list[Collected]:
            return [Collected(name="x", folders=tuple(folders), documents=())]

        def names(self) -> dict[str, str]:
            return names

    assert collected(Names(), ["x"]) == (seen | {"5"} if folders == ["/r/*"] else seen)  # type: ignore[arg-type]
