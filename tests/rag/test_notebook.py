"""The notebook: kept, in order, checked, safe from others, and gone where its record was taken out for good."""

import sqlite3
import threading
from pathlib import Path

import pytest

from onrecord.rag import Citation, Library
from onrecord.rag.tools.notebook import notebook as module
from onrecord.rag.tools.notebook.briefing import as_markdown, notebook_json
from onrecord.rag.tools.notebook.notebook import FILE, MAX_NOTE_CHARS, Notebook
from onrecord.ui.removal import remove_records, removed_json
from onrecord.vectorstore.errors import InputError

HERRING = "The herring quota for the northern banks should fall by a third."
SURVEY = "We cannot support a smaller herring quota before the stock survey is published."
SEASON = "We can accept a closed season of six weeks."


def place(library: Library, quote: str) -> Citation:
    return library.cite("minutes.txt", quote=quote)


def own(library: Library, folder: Path, owner: str = "") -> Notebook:
    """A notebook in a folder of this test, with three quotes of the library."""
    notebook = Notebook(folder, owner)
    for quote in (HERRING, SURVEY, SEASON):
        notebook.keep(place(library, quote))
    return notebook


def words(notebook: Notebook) -> list[str]:
    return [each.citation.quote for each in notebook.quotes()]


def test_quotes_are_kept_with_their_places_in_order_and_once(library: Library, tmp_path: Path) -> None:
    assert Notebook(tmp_path).quotes() == [] and not (tmp_path / FILE).exists()
    notebook = own(library, tmp_path)
    again = notebook.keep(place(library, HERRING), "another line")
    assert words(notebook) == [HERRING, SURVEY, SEASON] and again.note == ""
    first = Notebook(tmp_path).quotes()[0]
    at = place(library, HERRING)
    assert (first.citation.start, first.citation.end, first.citation.label) == (at.start, at.end, at.label)
    assert library.resolve(first.identifier).places[0].quote == HERRING


def test_order_lines_and_checks_can_be_changed(library: Library, tmp_path: Path) -> None:
    notebook = own(library, tmp_path)
    first, second, third = (each.id for each in notebook.quotes())
    notebook.move(third, 1)
    assert words(notebook) == [SEASON, HERRING, SURVEY]
    notebook.move(third, 99)
    assert words(notebook) == [HERRING, SURVEY, SEASON]
    assert notebook.annotate(second, "The only objection.").note == "The only objection."
    checked = notebook.check(first, "  Ana   Ruiz ")
    assert checked.checked_by == "Ana Ruiz" and (checked.checked_at or "").endswith("+00:00")
    assert notebook.uncheck(first).checked_by is None
    assert notebook.remove(second).citation.quote == SURVEY and words(notebook) == [HERRING, SEASON]


def test_nobody_sees_or_changes_what_another_keeps(library: Library, tmp_path: Path) -> None:
    hers, his = own(library, tmp_path, "her"), Notebook(tmp_path, "him")
    assert his.quotes() == []
    key = hers.quotes()[0].id
    for change in (lambda: his.annotate(key, "x"), lambda: his.check(key, "x"), lambda: his.remove(key)):
        with pytest.raises(InputError, match="no quote"):
            change()
    his.keep(place(library, HERRING))
    assert len(his.quotes()) == 1 and len(hers.quotes()) == 3


def test_what_cannot_be_kept_is_refused(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = own(library, tmp_path)
    key = notebook.quotes()[0].id
    with pytest.raises(InputError, match="characters at most"):
        notebook.annotate(key, "x" * (MAX_NOTE_CHARS + 1))
    with pytest.raises(InputError, match="who checked"):
        notebook.check(key, "  ")
    monkeypatch.setattr(module, "MAX_QUOTES", 3)
    with pytest.raises(InputError, match="is full"):
        notebook.keep(library.cite("minutes.txt", quote="We have said so for years."))


def test_many_at_once_lose_nothing(library: Library, tmp_path: Path) -> None:
    text = library.document("minutes.txt").text
    places = [library.cite("minutes.txt", start=start, end=start + 9) for start in range(40, 160, 10)]
    threads = [threading.Thread(target=Notebook(tmp_path).keep, args=(each,)) for each in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = Notebook(tmp_path).quotes()
    assert {each.citation.start for each in kept} == {each.start for each in places}
    assert all(each.citation.quote in text for each in kept)


def test_a_write_that_is_cut_short_leaves_the_order_as_it_was(library: Library, tmp_path: Path) -> None:
    notebook = own(library, tmp_path)
    with sqlite3.connect(tmp_path / FILE) as connection:
        cut = "CREATE TRIGGER cut BEFORE UPDATE ON kept WHEN new.place = 2 BEGIN SELECT raise(ABORT, 'cut'); END"
        connection.execute(cut)
    with pytest.raises(sqlite3.Error, match="cut"):
        notebook.move(notebook.quotes()[2].id, 1)
    assert words(notebook) == [HERRING, SURVEY, SEASON]


def test_a_briefing_has_a_footnote_for_each_quote_and_marks_what_is_unchecked(library: Library, tmp_path: Path) -> None:
    notebook = own(library, tmp_path)
    first, second, _ = notebook.quotes()
    notebook.check(first.id, "Ana Ruiz")
    notebook.annotate(second.id, "The *only* objection.")
    told = as_markdown(library.store, notebook.quotes(), style="un")
    assert f"> “{HERRING}”[^1]\n" in told and "Compared with the original by Ana Ruiz on 20" in told
    assert "The \\*only\\* objection.\n\n> “We cannot support" in told
    assert told.count("*(not checked against the original)*") == 2
    assert "[^3]: " in told and "non vérifiée" in as_markdown(library.store, notebook.quotes(), "fr")
    assert as_markdown(library.store, []) == "# Notebook\n"


def test_a_quote_whose_words_are_gone_says_so(own_records: Library) -> None:
    notebook = own_records.notebook()
    notebook.keep(own_records.cite("notes.txt", quote="The herring quota should fall by a third."))
    assert notebook_json(own_records.store, notebook.quotes())["quotes"][0]["state"] == "found"
    own_records.remove(["notes.txt"])
    [told] = notebook_json(own_records.store, notebook.quotes())["quotes"]
    assert told["state"] == "orphan" and told["quote"].startswith("The herring")
    assert "no longer stand in the records" in as_markdown(own_records.store, notebook.quotes())


def test_what_is_taken_out_for_good_is_taken_out_of_notebooks(own_records: Library) -> None:
    notebook = own_records.notebook("a reader")
    kept = notebook.keep(own_records.cite("notes.txt", quote="The herring quota should fall by a third."), "My line.")
    removed = remove_records(own_records, ["notes.txt"], redact=True)
    assert removed_json(removed).get("kept") == 1
    [left] = notebook.quotes()
    assert left.id == kept.id and left.citation.quote == "[removed]" and left.note == "My line."
    for file in own_records.store.folder.glob(f"{FILE}*"):
        assert b"herring" not in file.read_bytes()
    assert notebook_json(own_records.store, [left])["quotes"][0]["state"] == "orphan"
