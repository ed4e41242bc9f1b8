"""Plain text and Markdown, and the encodings they come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.ingest.formats.blocks import Reading
from onrecord.ingest.formats.plain.encoding import decode
from onrecord.ingest.formats.plain.text import read_text
from onrecord.ingest.formats.read import read
from onrecord.vectorstore.errors import UnreadableFile

from ..security.growth import grows_too_fast


def blocks(text: str, **options: bool) -> list[tuple[str, str]]:
    """(kind, text) of every block; a heading's level goes with its kind."""
    reading = read_text(text, **options)
    return [
        (f"{block.kind} {block.level}" if block.level else block.kind, reading.text[block.start : block.end])
        for block in reading.blocks
    ]


def test_markdown() -> None:
    text = """# Annual report

Published by the **secretariat**
of the Commission.

## Lights
1. All were lit.
2. None was lost.

**Keepers and machines**

* one keeper
- one machine,
  with a battery
(a) and a spare

| light | keeper |
| --- | --- |
| Old Merrow | yes |

---
\\* MIC/CL/2031/1.

<sup>1</sup> Not counting Hallow.
"""
    assert blocks(text) == [
        ("heading 1", "# Annual report"),
        ("paragraph", "Published by the **secretariat**\nof the Commission."),
        ("heading 2", "## Lights"),
        ("paragraph", "1. All were lit."),
        ("paragraph", "2. None was lost."),
        ("heading 3", "**Keepers and machines**"),
        ("item", "* one keeper"),
        ("item", "- one machine,\n  with a battery"),
        ("item", "(a) and a spare"),
        ("table", "| light | keeper |"),
        ("furniture", "| --- | --- |"),
        ("table", "| Old Merrow | yes |"),
        ("rule", "---"),
        ("footnote", "\\* MIC/CL/2031/1."),
        ("paragraph", "<sup>1</sup> Not counting Hallow."),
    ]
    assert read_text(text).media_type == "text/markdown"


def test_footnotes_follow_a_rule_or_are_marked() -> None:
    assert [kind for kind, _ in blocks("Text.\n\n---\n¹ A note.\n\nMore text.")] == [
        "paragraph",
        "rule",
        "footnote",
        "paragraph",
    ]
    assert blocks("Text.[^1]\n\n[^1]: A note.")[1] == ("footnote", "[^1]: A note.")


def test_underlined_headings() -> None:
    assert blocks("Report\n======\n\nLights\n------\nAll lit.\n\n-----\nAll dark.") == [
        ("heading 1", "Report"),
        ("rule", "======"),
        ("heading 2", "Lights"),
        ("rule", "------"),
        ("paragraph", "All lit."),
        ("rule", "-----"),
        ("paragraph", "All dark."),
    ]


def test_one_paragraph_a_line() -> None:
    text = "Verrano: We were there.\nIthren: So were we, and\nwe stayed.\nThe Chair: Good."
    assert [block for _, block in blocks(text)] == [
        "Verrano: We were there.",
        "Ithren: So were we, and\nwe stayed.",
        "The Chair: Good.",
    ]


WRAPPED = """The CHAIR: The meeting of the Commission on Coastal Lights is called to order, and
The Keepers' Trust is welcomed. We take item 5, the lights, then item 6, buoys.
Mr. Racewell: There are 31 lights with a keeper in the Islands, and 22 of them are
to be automated by the end of 2034.
A short line ended the paragraph above, and this begins another one after it, long.
"""


def test_hard_wrapped_lines_are_joined() -> None:
    assert [len(block.split("\n")) for _, block in blocks(WRAPPED, wrapped=True)] == [2, 2, 1]
    assert [len(block.split("\n")) for _, block in blocks(WRAPPED * 5)] == [2, 2, 1] * 5
    assert len(blocks(WRAPPED, wrapped=False)) == 4  # "to be automated" goes on in lower case


def test_a_deeper_indent_opens_a_paragraph_of_wrapped_text() -> None:
    text = """  Mr. HUNTER. I thank the gentleman for yielding, and I will be as brief as
Old Tam was when the light went out on Gannet Ledge, which was very brief indeed.
  Mr. Speaker, the keeper asked for a battery in March, again in April, and once
More in May.
  1. A list goes on below its mark, however deep its second line may be indented,
     Like this one."""
    assert [block.split()[0] for _, block in blocks(text, wrapped=True)] == ["Mr.", "Mr.", "1."]


def test_page_marks_give_the_pages() -> None:
    reading = read_text("Before the mark.\n\n[[Page H6183]]\n\nAfter it.\n[page 7]\nAnd after that.")
    assert [(block.kind, block.page) for block in reading.blocks] == [
        ("paragraph", None),
        ("furniture", "H6183"),
        ("paragraph", "H6183"),
        ("furniture", "7"),
        ("paragraph", "7"),
    ]


def test_line_ends_are_made_equal_and_nothing_else_changes() -> None:
    assert read_text("one\r\n\r\ntwo  \rthree\ffour\u00a0").text == "one\n\ntwo  \nthree\nfour\u00a0"


LINES = st.sampled_from(
    ["", "- x", "1. Y", "| a | b |", "---", "===", "# H", "**B**", "  Z", "Mr. A: b", "lower", "[page 2]"]
)


@given(st.lists(LINES | st.text(max_size=10), max_size=30).map("\n".join), st.booleans())
def test_blocks_hold_everything_once(text: str, wrapped: bool) -> None:
    reading = read_text(text, wrapped=wrapped)
    edges = [0, *(edge for block in reading.blocks for edge in (block.start, block.end)), len(reading.text)]
    assert edges == sorted(edges)
    assert not "".join(reading.text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)).strip()


@pytest.mark.slow
def test_the_time_of_a_long_chunk_without_blank_lines_grows_with_it_and_not_faster() -> None:
    line = "x" * 70 + "\n"
    assert len(blocks(line * 30_000)) == 1
    assert not grows_too_fast(blocks, lambda length: line * (length // len(line)))


# --- encodings -------------------------------------------------------------------------------------------------

RECORD = "Ms. Oduya-Lind said “the light was out” – for nine hours."


@pytest.mark.parametrize(
    "encoded",
    [
        RECORD.encode(),
        RECORD.encode("utf-8-sig"),
        RECORD.encode("utf-16"),
        b"\xfe\xff" + RECORD.encode("utf-16-be"),
        RECORD.encode("utf-16-le"),
        RECORD.encode("utf-16-be"),
        RECORD.encode("cp1252"),
    ],
)
def test_encodings(encoded: bytes) -> None:
    assert decode(encoded) == RECORD


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("委員会は事務局長の報告に留意した。灯台の自動化は来年まで延期された。" * 3, "shift_jis"),
        ("Комиссия приняла к сведению доклад секретаря о маяках и буях." * 3, "cp866"),
        ("La séance est levée à 18 heures; le phare a été éteint à l'aube." * 3, "latin-1"),
    ],
)
def test_encodings_told_by_their_letters(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_zero_bytes_are_dropped() -> None:
    assert decode(b"The light\x00 was out for nine hours and fifteen minutes, the report said.") == (
        "The light was out for nine hours and fifteen minutes, the report said."
    )


def test_broken_utf_16_keeps_what_can_be_read() -> None:
    assert decode(RECORD.encode("utf-16") + b"\x00").startswith(RECORD)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "empty"),
        (b"-- ** --", "no text"),
        (bytes(range(256)) * 20, "not text"),
        (b"\x01\x02\x03\x04abc" * 100, "binary"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason) as refused:
        read("minutes.txt", data)
    assert refused.value.source == "minutes.txt"
    assert "minutes.txt" not in refused.value.reason


def test_halves_of_characters_become_the_replacement_character() -> None:
    reading: Reading = read("minutes.txt", b"\xff\xfe" + "a\ud83d b".encode("utf-16-le", "surrogatepass"))
    assert reading.text == "a\ufffd b"
    reading.text.encode()


def test_the_content_decides_before_the_name() -> None:
    assert read("page.txt", b"<!DOCTYPE html><p>The light was out for nine hours.</p>").media_type == "text/html"
    assert read("notes", b"The light was out.").media_type == "text/plain"
