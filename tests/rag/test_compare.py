"""Two texts laid side by side: paragraphs found, paired, compared word by word, and followed through a series."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from onrecord.ingest.loose import read_loose
from onrecord.rag import open_library
from onrecord.rag.tools.align import in_order
from onrecord.rag.tools.compare import Comparison, compare, text_of
from onrecord.rag.tools.series import previous_of, series_of
from onrecord.vectorstore.errors import InputError
from onrecord.vectorstore.passage import Document, Listing, Locator, Passage

from ..fakes import HashEmbedder
from ..security.growth import grows_too_fast

BRIDGES = """Decides that the ferry to Holm shall run every day of the week until the bridge is open to traffic;

Requests the harbour master to report in March on the state of the eastern pier and on the cost of its repair;

Recalling the letter of the fishing cooperative on the price of diesel and the loss of two boats;

Thanks the volunteers who kept the light at Skar burning through the winter storms."""


def compared(old: str, new: str, kind: str = "paragraph") -> Comparison:
    texts: list[Document] = [
        Document(id=name, source=name, title=name, text=text) for name, text in zip("ab", (old, new), strict=True)
    ]
    return compare(*(text_of(each, [passage(each.text, kind)]) for each in texts))


def passage(text: str, kind: str) -> Passage:
    return Passage(id="p", document_id="d", text=text, start=0, end=len(text), locator=Locator(), kind=kind)


def ways(comparison: Comparison) -> list[tuple[str, bool]]:
    return [(row.way, row.moved) for row in comparison.rows]


def test_every_paragraph_is_paired_or_new_or_dropped() -> None:
    first, second, third, last = BRIDGES.split("\n\n")
    changed = second.replace("March", "June").replace("eastern", "western")
    added = "Invites the school to paint the waiting room in colours of its own choice;"
    found = compared(BRIDGES, "\n\n".join([last, first, changed, added]))
    assert ways(found) == [("same", True), ("same", False), ("changed", False), ("new", False), ("dropped", False)]
    assert found.rows[-1].old and found.rows[-1].old.text == third
    assert found.counts == {"same": 2, "changed": 1, "new": 1, "dropped": 1, "moved": 1, "renumbered": 0}


def test_the_changed_words_are_told_and_make_up_both_sides() -> None:
    old = "2. The fee is 40 crowns a day, payable in advance."
    (row,) = compared(old, "3. The fee is 45 crowns a day for residents, payable in advance.").rows
    assert row.renumbered and row.old and row.old.number == "2"
    assert [(each.how, each.text) for each in row.wording] == [
        ("kept", "The fee is"), ("dropped", " 40"), ("added", " 45"), ("kept", " crowns a day"),
        ("added", " for residents"), ("kept", ", payable in advance."),
    ]  # fmt: skip


def test_letters_are_compared_where_words_stand_without_spaces() -> None:
    (row,) = compared("请秘书长就码头的状况提出报告。", "请秘书长就灯塔的状况提出报告。").rows
    assert [(each.how, each.text) for each in row.wording if each.how != "kept"] == [
        ("dropped", "码头"),
        ("added", "灯塔"),
    ]


def test_what_only_sounds_alike_is_no_change() -> None:
    old = "Requests the treasurer to sell the old school house before the next meeting;"
    new = "Requests the chair to report to the next meeting on visitors to the island and their boats;"
    assert ways(compared(f"{BRIDGES}\n\n{old}", f"{new}\n\n{BRIDGES}"))[0] == ("new", False)


def test_repeated_paragraphs_keep_their_places() -> None:
    old = "The motion was carried.\n\nFees for boats.\n\nThe motion was carried.\n\nThe pier."
    found = compared(old, "A vote was taken by hand.\n\n" + old)
    assert ways(found) == [("new", False), *[("same", False)] * 4]


def test_items_of_a_list_and_rows_of_a_table_are_paragraphs() -> None:
    found = compared("Agreed:\n(a) to paint the hull;\n(b) to sell the boat.", "Agreed:\n(a) to sell the boat.", "item")
    assert [(row.way, row.renumbered) for row in found.rows] == [("same", False), ("dropped", False), ("same", True)]
    assert [row.way for row in compared("| a | 1 |\n| b | 2 |", "| b | 2 |", "table").rows] == ["dropped", "same"]


def test_a_line_broken_at_another_place_is_no_change() -> None:
    words = random.Random(3).choices(BRIDGES.split(), k=400)

    def broken(width: int) -> str:
        lines = [""]
        for word in words:
            if len(lines[-1]) + len(word) >= width:
                lines.append("")
            lines[-1] = f"{lines[-1]} {word}".strip()
        return "\n".join(lines)

    assert ways(compared(broken(60), broken(72))) == [("same", False)]


def test_notes_are_paired_with_notes_only() -> None:
    text = "See the report of the harbour master, volume two."
    old = Document(id="a", source="a", title="a", text=text)
    found = compare(text_of(old, [passage(text, "footnote")]), text_of(old, [passage(text, "paragraph")]))
    assert {row.way for row in found.rows} == {"new", "dropped"}


@pytest.mark.parametrize("pairs, kept", [([(0, 2), (1, 0), (2, 1)], {(1, 0), (2, 1)}), ([], set())])
def test_the_fewest_are_told_to_have_moved(pairs: list[tuple[int, int]], kept: set[tuple[int, int]]) -> None:
    assert in_order(pairs) == kept


def shuffled(length: int) -> str:
    words = random.Random(5).choices([f"w{number}" for number in range(300)], k=length // 8)
    paragraphs = [" ".join(words[at : at + 10]) for at in range(0, len(words), 10)]
    return "\n\n".join([*paragraphs, "BREAK", *(" ".join(each.split()[::-1]) for each in paragraphs)])


@pytest.mark.slow
@pytest.mark.parametrize(
    "crafted",
    [shuffled, lambda length: "a " * (length // 4) + "BREAK" + " a b" * (length // 8)],
    ids=["few words", "one paragraph"],
)
def test_crafted_texts_take_no_longer_than_their_length(crafted: Callable[[int], str]) -> None:
    assert not grows_too_fast(lambda text: compared(*text.split("BREAK")), crafted, start=32_000)


# --- series ------------------------------------------------------------------------------------------------------


def listed(key: str, title: str, date: str | None, body: str | None = None) -> Listing:
    return Listing(
        id=key, source=key, title=title, symbol=None, date=date, media_type="", sha256="", pages=0, state="embedded",
        characters=1, passages=1, body=body,
    )  # fmt: skip


def test_a_series_bears_one_title_but_for_dates_and_numbers() -> None:
    listings = [
        listed("c", "Minutes of meeting 12, 3 March 2031", "2031-03-03"),
        listed("b", "Minutes of meeting 11, 4 February 2031", "2031-02-04"),
        listed("x", "Minutes of meeting 11, 4 February 2031", "2031-02-04", "Harbour Board"),
        listed("y", "Minutes of the annual meeting", "2031-01-05"),
        listed("z", "Minutes of meeting 10", None),
    ]
    assert [each.id for each in series_of(listings, listings[0])] == ["b", "c"]
    assert previous_of(listings, listings[0]) == listings[1]
    assert previous_of(listings, listings[1]) is None
    assert series_of([listed("n", "12", "2031")], listed("n", "12", "2031")) == []


def written(folder: Path, texts: Sequence[str]) -> list[Path]:
    files = [folder / f"{year}.md" for year in range(2031, 2031 + len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(f"---\ntitle: The ferry\ndate: {file.stem}-05-01\n---\n\n# The ferry\n\n{text}\n")
    return files


def test_a_wording_stands_since_the_run_began_that_nothing_broke(tmp_path: Path) -> None:
    first, second, third, _ = BRIDGES.split("\n\n")
    texts = [[first, second, third], [first, second.replace("March", "June")], [first, second, third]]
    files = written(tmp_path, ["\n\n".join(each) for each in texts])
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest(files)
        since = {paragraph.text: listing.date for paragraph, listing in library.standing_since("2033.md")}
        assert (since[first], since[second], since[third]) == ("2031-05-01", "2033-05-01", "2033-05-01")
        assert library.previous("2033.md").source == str(files[1])
        with pytest.raises(InputError, match="No earlier document"):
            library.previous("2031.md")
        stored, loose = library.compare("2031.md", "2032.md"), library.compare(*files[:2])
        assert stored.counts["changed"] == 1 and ways(stored) == ways(loose)


def test_a_file_read_on_the_spot_is_named_where_it_cannot_be(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text(" ")
    for file in (empty, tmp_path / "missing.txt"):
        with pytest.raises(InputError, match=file.name):
            read_loose(file)
