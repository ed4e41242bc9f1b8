"""What stands side by side: each side's own words on the subject, no bare names, no scenes, nothing common to both."""

from collections.abc import Iterator

import pytest

from onrecord.rag import Answer, Library, open_library
from onrecord.rag.query.sides import Side
from onrecord.vectorstore.passage import Document, Hit, Locator, Passage

from .invariants import check

DEBATE = """Debate of the Assembly of Fenmark

3 June 2033

The President: I open the debate on the tidal barrier.

Ms. Arel: The tidal barrier must be built at Orn before the winter storms.

(Several members rose to speak on the tidal barrier.)

Mr. Bode: The tidal barrier costs more than all our schools, and the dunes at Orn are high enough.

The President: The debate is closed.
"""

NOTES = """Notes of the Fenmark Senate, {month} 2031

3 {month} 2031

The Fenmark Senate met in the old hall to speak of the school budget.

The cut of the school budget is {cut} million crowns.
"""


@pytest.fixture(scope="module")
def fenmark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("sides")
    records = {
        "debate": DEBATE, "march": NOTES.format(month="March", cut="eleven"),
        "april": NOTES.format(month="April", cut="nine"),
    }  # fmt: skip
    for name, text in records.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with open_library(folder / "library") as library:
        library.ingest([folder / f"{name}.txt" for name in records])
        yield library


def sides(answer: Answer, library: Library) -> dict[str, str]:
    check(answer, library)
    return {name: " ".join(each.text for each in told) for name, told in answer.sides.items()}


def test_each_speakers_words_and_no_scene(fenmark: Library) -> None:
    told = sides(fenmark.ask("Arel and Bode on the tidal barrier"), fenmark)
    assert "must be built at Orn" in told["Arel"] and "more than all our schools" in told["Bode"]
    assert not any("Several members" in text for text in told.values())


@pytest.mark.parametrize(
    ("text", "section", "opens"),
    [
        ("1.4 Bela Winder\nI think that we should not meet on feast days.", None, True),
        ("I think that we should not meet on feast days.", "Ledger > 1.4 Bela Winder", True),
        ("Bela Winder spoke of feast days.\nNobody else did.", None, False),
        ("Aron Tasker\nI cannot agree with Bela Winder.", None, False),
    ],
)
def test_a_line_of_names_says_whose_words_follow(text: str, section: str | None, opens: bool) -> None:
    document = Document(id="d", source="ledger.txt", title="Ledger", media_type="text/plain", sha256="", text=text)
    passage = Passage(
        id="p", document_id="d", text=text, start=0, end=len(text), locator=Locator(section=section), context="Ledger"
    )  # fmt: skip
    assert Side(name="Winder").opens(Hit(passage=passage, document=document, score=1.0)) == opens


def test_what_both_records_say_word_for_word_does_not_set_them_apart(fenmark: Library) -> None:
    which = "the Notes of the Fenmark Senate of March 2031 and of April 2031"
    told = sides(fenmark.ask(f"How do {which} differ on the cut of the school budget?"), fenmark)
    assert len(told) == 2 and sum("eleven million" in text for text in told.values()) == 1
    assert sum("nine million" in text for text in told.values()) == 1
    assert not any("old hall" in text for text in told.values())
