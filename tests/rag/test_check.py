"""Drafts checked against three invented resolutions and the minutes of an invented council."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord.ingest.formats.read import read
from onrecord.rag import Library, open_library
from onrecord.rag.tools.checking.folding import find_words, fold_words, folded, folds
from onrecord.rag.tools.checking.quotations import quotations
from onrecord.rag.tools.checking.verdicts import Checked, Finding
from onrecord.rag.tools.checking.vote_claims import counts_in

from ..fakes import HashEmbedder
from ..security.growth import grows_too_fast
from .test_votes import FERRIES, RESOLUTION, VOTE

MINUTES = """Minutes of the Harbour Council, 4 May 2033

The Chair: We come to the lamps on the north quay.

Ms. Lind (Norway): We keep the lamps lit until the last boat is in, and we pay for “the oil of every lamp” ourselves.

Mr. Orta (Peru): My delegation cannot pay for 45 lamps. The harbour needs a bell, not another lamp on the quay.

The Chair: I thank both speakers. The council will meet again on 9 June 2033.
"""
RECORDS = {
    "one": RESOLUTION.format(
        number=71, day=3, year=2031, title=FERRIES, meeting=40,
        how=VOTE.format(favour="Chad, Chile, India, Norway", against="Mexico, Peru", abstaining="Nepal"),
    ),
    "two": RESOLUTION.format(
        number=93, day=5, year=2032, title=FERRIES, meeting=41,
        how=VOTE.format(favour="Chad, Chile, Mexico, Norway", against="Peru, Samoa", abstaining="India"),
    ),
    "three": RESOLUTION.format(
        number=95, day=5, year=2032, title="Lighting of the piers of small harbours", meeting=44,
        how="Adopted without a vote.",
    ),
    "minutes": MINUTES,
}  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("check")
    for name, text in RECORDS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([*folder.glob("*.txt")])
        yield library


def checked(library: Library, draft: str) -> Checked:
    told = library.check(draft)
    for finding in told.findings:
        assert told.text[finding.start : finding.end] == finding.text
        for place in finding.places:
            assert place.document.text[place.start : place.end] == place.quote
    return told


def only(library: Library, draft: str, kind: str) -> Finding:
    found = [finding for finding in checked(library, draft).findings if finding.kind == kind]
    assert len(found) == 1, found
    return found[0]


# --- quotations -------------------------------------------------------------------------------------------------------


def test_words_that_stand_in_the_records_are_exact_everywhere_the_newest_first(library: Library) -> None:
    finding = only(library, "We read “ferries carry the fishers of small islands home”.", "quotation")
    assert finding.verdict == "exact" and len(finding.places) == 3
    assert [place.document.date for place in finding.places] == ["2032-12-05", "2032-12-05", "2031-12-03"]
    assert finding.suggested == finding.places[0].label


def test_the_source_that_the_draft_names_comes_first(library: Library) -> None:
    finding = only(library, "81/71 says “ferries carry the fishers of small islands home”.", "quotation")
    assert finding.verdict == "exact" and finding.places[0].document.symbol == "A/RES/81/71"
    assert finding.suggested is None


@pytest.mark.parametrize(
    ("draft", "folds"),
    [
        ('She pays for "the oil of every lamp".', ()),
        ('She said “until the last boat is in, and we pay for "the oil of every lamp"”.', ("quotation marks",)),
        ("We read “Keep the lamps lit”.", ("case",)),
        ("We read “[K]eep the lamps lit”.", ("mark-up", "case")),
        ("We read “keep **the lamps** lit”.", ("mark-up",)),
    ],
)
def test_what_was_taken_as_equal_is_told(library: Library, draft: str, folds: tuple[str, ...]) -> None:
    finding = only(library, draft, "quotation")
    assert finding.verdict == "exact" and set(finding.folded) == set(folds)


def test_what_is_left_out_with_dots_is_left_out(library: Library) -> None:
    assert only(library, "“We keep the lamps lit … and we pay”", "quotation").verdict == "exact"
    assert only(library, "“We pay … keep the lamps lit”", "quotation").verdict != "exact"


@pytest.mark.parametrize(
    ("quoted", "record", "draft"),
    [
        ("We keep the lanterns lit until the last boat is in", "lamps", "lanterns"),
        ("We keep the lamps lit until the very last boat is in", "", "very"),
        ("We keep the lamps until the last boat is in", "lit", ""),
        ("My delegation can pay for 45 lamps", "cannot", "can"),
        ("My delegation cannot pay for 54 lamps", "45", "54"),
    ],
)
def test_words_that_differ_are_told_word_by_word(library: Library, quoted: str, record: str, draft: str) -> None:
    finding = only(library, f"We read “{quoted}”.", "quotation")
    assert finding.verdict == "differs"
    assert [(each.record, each.draft) for each in finding.differences] == [(record, draft)]


def test_words_of_two_places_joined_are_no_quotation_of_either(library: Library) -> None:
    finding = only(library, "“We keep the lamps lit until the harbour needs a bell, not another lamp”", "quotation")
    assert finding.verdict == "differs" and finding.joined and len(finding.places) == 2


def test_words_that_stand_nowhere_are_not_found(library: Library) -> None:
    assert only(library, "“a gull that eats from every plate grows no feathers”", "quotation").verdict == "not found"


def test_a_word_or_two_tell_nothing(library: Library) -> None:
    assert only(library, "the so-called “fogbank”", "quotation").reason == "short"


@pytest.mark.parametrize(
    ("draft", "wrong"),
    [
        ("Mr. Orta said that “We keep the lamps lit until the last boat is in”.", "speaker"),
        ("“We keep the lamps lit until the last boat is in,” said Peru.", "speaker"),
        ("Resolution 81/71 says “We keep the lamps lit until the last boat is in”.", "document"),
        ("“to report on night ferries” (81/71, para. 1)", "paragraph"),
        ("Paragraph 2 of 81/71 reads “Calls upon all States to light their piers”.", "paragraph"),
        ("81/71 asks for lights in paragraph 1, and in paragraph 2 that “Calls upon all States to light their piers”.",
         "paragraph"),
    ],
)
def test_words_given_to_the_wrong_source_are_told(library: Library, draft: str, wrong: str) -> None:
    finding = only(library, draft, "quotation")
    assert (finding.verdict, finding.wrong) == ("misattributed", wrong)


@pytest.mark.parametrize(
    "draft",
    [
        "Ms. Lind said that “We keep the lamps lit until the last boat is in”.",
        "“We keep the lamps lit until the last boat is in,” said Norway.",
        "“to report on night ferries” (81/71, para. 2)",
        "In paragraphs 1 and 2 of 81/71 we read “to report on night ferries”.",
        "« We keep the lamps lit » (Norway)",
    ],
)
def test_words_given_to_their_source_are_exact(library: Library, draft: str) -> None:
    assert only(library, draft, "quotation").verdict == "exact"


@pytest.mark.parametrize("stop", ['."', '".', '," she said.'])
def test_a_record_named_beside_its_own_quotation_is_not_that_of_one_before(library: Library, stop: str) -> None:
    said = f'Ms. Lind told the council: "We keep the lamps lit until the last boat is in{stop}'
    findings = checked(library, f'{said} As 81/71 says, "ferries carry the fishers of small islands home".').findings
    quoted = [finding for finding in findings if finding.kind == "quotation"]
    assert [finding.verdict for finding in quoted] == ["exact", "exact"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('He said "the lamps" and “all "good" ones, isn’t it”.', ["the lamps", 'all "good" ones, isn’t it']),
        ("„Wir wollen Licht“, sagte sie. »Ja, das Licht«", ["Wir wollen Licht", "Ja, das Licht"]),
        ("« le «mot» juste »", ["le «mot» juste"]),
        ("他说「我们支持」并且“同意”。", ["我们支持", "同意"]),
        ("”Svenska lampor lyser” sa han.", ["Svenska lampor lyser"]),
        ("He wrote 'the lamps are lit now', and the boys' boats don't.", ["the lamps are lit now"]),
        ('An unclosed " mark. And 5" of pipe.', []),
        ("> The lamps are lit.", ["The lamps are lit."]),
    ],
)
def test_quotations_are_found_in_the_marks_of_any_house(text: str, found: list[str]) -> None:
    reading = read("draft.md", text.encode())
    assert [reading.text[start:end] for start, end in quotations(reading.text, reading.blocks)] == found


# --- votes, outcomes, symbols, dates, figures -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        ("81/71 was adopted by 4 votes to 3, with 1 abstention.", ["exact", "differs", "exact"]),
        ("81/71 was carried 4 to 2 with one abstention.", ["exact", "exact", "exact"]),
        ("81/71 was put to the vote and adopted (4-2-1).", ["exact", "exact", "exact"]),
        ("Four States voted for 81/71, two against.", ["exact", "exact"]),
        ("There were 5 votes for 81/71 and no votes against.", ["differs", "differs"]),
        ("Resolution 81/71 passed with 4 votes against 2.", ["exact", "exact"]),
        ("Resolution 81/95 was adopted by 4 votes to 2.", ["differs", "differs"]),
    ],
)
def test_counts_are_held_against_the_vote(library: Library, draft: str, told: list[str]) -> None:
    counts = [finding for finding in checked(library, draft).findings if finding.kind == "count"]
    assert [finding.verdict for finding in counts] == told


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        ("Mexico and Peru voted against 81/71.", ["exact", "exact"]),
        ("Mexico voted for 81/71.", ["misattributed"]),
        ("Against 81/71 in the vote were Mexico and Chad.", ["exact", "misattributed"]),
        ("Mexico voted against 81/71, as did Peru and Chad.", ["exact", "exact", "misattributed"]),
        ("Unlike Norway, Peru voted against 81/71.", ["exact"]),
        ("India did not vote against 81/71.", []),
        ("Resolution 81/93 was adopted. India voted in favour in 2031 and abstained in 2032.", ["exact", "exact"]),
        ("Samoa abstained on 81/71.", ["misattributed"]),
        ("Kenya spoke against 81/71 before the vote.", []),
    ],
)
def test_sides_are_held_against_the_lists(library: Library, draft: str, told: list[str]) -> None:
    votes = [finding for finding in checked(library, draft).findings if finding.kind == "vote"]
    assert [finding.verdict for finding in votes] == told
    assert all(finding.wrong == "state" for finding in votes if finding.verdict == "misattributed")


def test_tables_of_votes_are_read_by_row_and_column(library: Library) -> None:
    table = "| | For | Against |\n|---|---|---|\n| 81/71 | 4 | 3 |\n\n| State | 81/71 | 81/93 |\n|---|---|---|\n"
    told = checked(library, table + "| Mexico | against | for |\n| India | for | against |\n").findings
    assert [f.verdict for f in told if f.kind == "count"] == ["exact", "differs"]
    assert [f.verdict for f in told if f.kind == "vote"] == ["exact", "exact", "exact", "misattributed"]


def test_whether_there_was_a_vote_is_held_against_the_outcome(library: Library) -> None:
    assert only(library, "81/95 was adopted without a vote.", "outcome").verdict == "exact"
    assert only(library, "81/71 was adopted by consensus.", "outcome").verdict == "differs"
    assert only(library, "81/95 was adopted by a recorded vote.", "outcome").verdict == "differs"


def test_a_symbol_that_is_not_held_is_not_found_and_taken_for_what_its_quotations_tell(library: Library) -> None:
    told = checked(library, "Resolution 81/17 says “light their piers”. It was adopted by 4 votes to 2.").findings
    assert [(f.verdict, f.taken_for) for f in told if f.kind == "symbol"] == [("not found", "A/RES/81/95")]
    assert checked(library, "The season of 2023/24 was long.").findings == ()


def test_dates_of_records_and_days_told_in_them(library: Library) -> None:
    assert only(library, "81/71 was adopted on 3 December 2031.", "date").verdict == "exact"
    finding = only(library, "81/71 was adopted on 4 December 2031.", "date")
    assert (finding.verdict, finding.record) == ("differs", "2031-12-03")


def test_figures_are_of_something(library: Library) -> None:
    draft = "Peru said “The harbour needs a bell”; it cannot pay for {} lamps, said the delegation."
    assert [f.verdict for f in checked(library, draft.format(45)).findings if f.kind == "figure"] == ["exact"]
    assert [f.verdict for f in checked(library, draft.format(54)).findings if f.kind == "figure"] != ["exact"]


def test_paragraphs_that_a_record_has_not_are_not_found(library: Library) -> None:
    assert only(library, "81/71 asks so in paragraph 2.", "paragraph").verdict == "exact"
    assert only(library, "81/71 asks so in paragraph 9.", "paragraph").verdict == "not found"


def test_what_names_no_record_cannot_be_checked(library: Library) -> None:
    counts = [f for f in checked(library, "It was adopted by 4 votes to 2.").findings if f.kind == "count"]
    assert [finding.reason for finding in counts] == ["no document", "no document"]


# --- files and hostile drafts -----------------------------------------------------------------------------------------


def test_drafts_are_read_from_files(library: Library, tmp_path: Path) -> None:
    import docx

    word = docx.Document()
    word.add_paragraph("Resolution 81/71 says “Calls upon all States to light their pears”.")
    word.save(str(tmp_path / "draft.docx"))
    (tmp_path / "draft.html").write_text("<html><body><p>81/71 says “light their piers”.</p></body></html>")
    [symbol, quotation] = library.check(tmp_path / "draft.docx").findings
    assert (symbol.verdict, quotation.verdict) == ("exact", "differs")
    assert {f.verdict for f in library.check(tmp_path / "draft.html").findings} == {"exact"}


def test_words_are_found_whole() -> None:
    assert find_words("the lamplight and the lamp", "lamp") == (22, 26)
    assert folded("The “**Lamps**”  are–lit[12] now¹ [C]alls") == "the 'lamps' are-lit now calls"
    assert fold_words("他 said").words == ("他", "said")
    assert folds("a-b", "a–b") == ("dashes",)


@pytest.mark.parametrize(
    "unit", ['"a ', "“a", "81/71 ", "4 votes to 2, ", "paragraph 1 ", "Mexico, ", "| 4 ", "a*_[", "one two "]
)
def test_the_time_grows_with_the_length(unit: str) -> None:
    def work(text: str) -> None:
        counts_in(text)
        folded(text)
        reading = read("draft.md", text.encode())
        list(quotations(text, reading.blocks))

    assert not grows_too_fast(work, lambda length: unit * (length // len(unit)))
