"""Codes in the margin, numbers of lines and lines of mark-up are no part of what anybody said, and are listed."""

from dataclasses import replace

import pytest

from onrecord.ingest.formats.pdf.line_numbers import without_line_numbers as without_numbers_of_pdf
from onrecord.ingest.formats.pdf.printed import Cell, Line
from onrecord.ingest.formats.plain.margins import without_codes
from onrecord.ingest.formats.plain.text import read_text
from onrecord.ingest.formats.read import read
from onrecord.ingest.worker import parsed_json

CODED = "\n\n".join(f"03/02/2031C00{n}50{said}" for n, said in enumerate(
    ("Harbour Dues", "Ana Lind: The dues rise.", "Bo Marsh: They fell in 2030.", "Ana Lind: “Fell” is wrong.",
     "Bo Marsh: See 03/02/2031C00150Ana above.", "Ana Lind: I see.")
))  # fmt: skip
SAID = ("       MS. LIND:  The quay is closed, and I would", "like it to be opened again.", "       Thank you.",
        "       MR. MARSH:  It stays closed until the", "survey is done, which takes", "four weeks.")  # fmt: skip


def transcript(pages: int = 3, lines: int = 12) -> str:
    """Double-spaced pages whose lines are numbered from 1, each under its own number."""
    numbered = [f"      {line + 1:2}      {SAID[line % len(SAID)]}\n" for line in range(lines)]
    return "\n\n\n".join(f"{'':60}{page + 7}\n" + "\n".join(numbered) for page in range(pages))


def line(text: str, left: float, bottom: float) -> Line:
    return Line(
        text=text, page=0, left=left, right=left + 6 * len(text), bottom=bottom, top=bottom + 10, size=12,
        raised=False, bold=False, italic=False, edge=False, cells=(Cell(text=text, left=left, right=left + 6),),
    )  # fmt: skip


def numbered_page(count: int = 12, first: int = 1) -> list[Line]:
    """A column of numbers, drawn before the words that they stand beside."""
    places = [700 - 26.0 * place for place in range(count)]
    return [line(str(place + first), 90, bottom) for place, bottom in enumerate(places)] + [
        line(f"Words of line {place}", 130, bottom) for place, bottom in enumerate(places)
    ]


def test_codes_glued_to_paragraphs_are_taken_out_and_counted():
    reading = read("day.txt", CODED.encode())
    assert "C00" not in reading.text
    assert reading.text.startswith("Harbour Dues\n\nAna Lind: The dues rise.")
    assert [(omission.what, omission.count) for omission in reading.omitted] == [("codes in the margin", 7)]
    assert all(reading.text[block.start : block.end].strip() for block in reading.blocks)


def test_blocks_stand_where_their_words_do_once_codes_are_gone():
    reading = read("day.txt", CODED.encode())
    words = [reading.text[block.start : block.end] for block in reading.blocks]
    assert words[2] == "Bo Marsh: They fell in 2030."
    assert words[-1] == "Ana Lind: I see."


@pytest.mark.parametrize(
    "heads",
    [
        ["A12345Rule"] * 8,  # one code again and again names something
        [f"2031-{n:04}Item" for n in range(8)],  # no letter: a number of the record's own
        [f"B{n}2345 Item" for n in range(8)],  # apart from its word: an item's number
        [f"03/02/2031C00{n}50Words" for n in range(3)],  # too few to show a custom
    ],
)
def test_numbers_that_a_record_gives_its_own_items_stay(heads: list[str]):
    text = "\n\n".join(f"{head} of the day" for head in heads)
    assert without_codes(read_text(text)).text == text


def test_a_transcript_is_read_without_the_numbers_of_its_lines():
    reading = read("hearing.txt", transcript().encode())
    assert "MS. LIND:  The quay is closed, and I would\nlike it to be opened again." in reading.text
    assert not any(character.isdigit() for character in reading.text)
    assert [(omission.what, omission.count) for omission in reading.omitted] == [
        ("numbers of lines", 36),
        ("numbers of pages", 3),
    ]
    assert [block.page for block in reading.blocks][:: len(reading.blocks) - 1] == ["7", "9"]


def test_speakers_of_a_numbered_transcript_are_found_and_what_is_left_out_is_told():
    told = parsed_json("hearing.txt", transcript().encode())
    turns = told["structure"]["turns"]
    assert [turn["label"] for turn in turns[:2]] == ["MS. LIND", "MR. MARSH"]
    assert told["structure"]["omitted"][0]["what"] == "numbers of lines"


def test_no_word_of_a_numbered_transcript_is_lost():
    reading = read("hearing.txt", transcript().encode())
    words = [word for word in transcript().split() if not word.isdigit()]
    assert reading.text.split() == words


@pytest.mark.parametrize(
    "text",
    [
        transcript(pages=1),  # one list that counts to twelve
        "\n".join(f"{n}. Item of the agenda" for n in [*range(1, 13), *range(1, 13)]),
        "\n".join(f"{n:3}   {n * 7}   {n * 11}" for n in range(1, 60)),  # the rows of a table
    ],
)
def test_lists_and_tables_keep_their_numbers(text: str):
    reading = read("list.txt", text.encode())
    assert reading.text == text
    assert not reading.omitted


def test_numbers_of_lines_of_a_pdf_are_left_out():
    pages, omitted = without_numbers_of_pdf([numbered_page(), numbered_page()])
    assert [[line.text for line in page] for page in pages] == [[f"Words of line {n}" for n in range(12)]] * 2
    assert [omission.count for omission in omitted] == [24]


@pytest.mark.parametrize(
    "pages",
    [
        [numbered_page()],  # on one page it may be a table
        [numbered_page(), numbered_page(first=13)],  # rows counted on over the pages
        [[replace(each, bottom=each.bottom * (1 + place % 3)) for place, each in enumerate(numbered_page())]] * 2,
    ],
)
def test_other_columns_of_numbers_stay(pages: list[list[Line]]):
    assert without_numbers_of_pdf(pages) == (pages, ())


TAGGED = """<CHAPTER ID="3">
Harbour dues
<SPEAKER ID="1" LANGUAGE="FR" NAME="Ana Lind &amp; others">
The dues rise.
<P>
They have not risen for a year.
<SPEAKER ID="2" NAME='President'>
Thank you.
</CHAPTER>
"""


def test_lines_of_mark_up_say_who_speaks_and_are_no_text():
    told = parsed_json("debate.txt", TAGGED.encode())
    assert told["text"] == "Harbour dues\n\nThe dues rise.\n\nThey have not risen for a year.\n\nThank you."
    assert [turn["label"] for turn in told["structure"]["turns"]] == ["Ana Lind & others", "President"]
    assert told["structure"]["headings"][0]["text"] == "Harbour dues"


def test_text_that_only_mentions_mark_up_is_left_as_it_is():
    text = 'The tag <SPEAKER NAME="x"> opens a speech.\n\n<P>\n\nIt is told once.'
    assert read("about.txt", text.encode()).text == text
