"""Web pages: what stands in the article, and nothing of what stands around it."""

from collections import Counter

import pytest
from lxml import html

from onrecord.ingest.formats.blocks import Reading, TextBuilder
from onrecord.ingest.formats.sniff import format_of
from onrecord.ingest.formats.table import labelled_rows
from onrecord.ingest.formats.web.html import read_html
from onrecord.ingest.formats.web.html_blocks import add_html
from onrecord.ingest.formats.web.html_marks import rows_of
from onrecord.ingest.structure.paragraphs import structure

PROSE = (
    "The Commission on Coastal Lights went home on Friday with three decisions that matter to the boats, "
    "the keepers and the towns of the Islands, and with a fourth that matters to nobody at all."
)
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Keep a hand on the lamp – Skerry Watch</title>
<meta name="date" content="2031-03-18"></head><body>
<div class="cookie-banner" id="cookie-consent"><p>We use cookies to count visitors.</p><button>Accept all</button></div>
<nav class="main-menu"><ul><li><a href="/">Home</a></li><li><a href="/donate">Donate</a></li></ul></nav>
<main><article><h1>Keep a hand on the lamp</h1>
<p>{PROSE} It begins on 1 October 2035.</p>
<h2>The night watch</h2>
<p><strong>Norway:</strong> {PROSE}</p>
<p><strong>Mexico:</strong> {PROSE}</p>
<ul><li>answer every alarm within five minutes;</li><li>open the radio log to the public.</li></ul>
<table><tr><th>Light</th><th>Keeper</th></tr><tr><td>Old Merrow</td><td>yes</td></tr></table>
<blockquote><p>“I want somebody to be awake,” said the keeper of Old Merrow to the delegates.</p></blockquote>
<p>{PROSE}</p></article></main>
<section id="comments"><h3>2 comments</h3><p>First! What a splendid article, thank you so much.</p></section>
<form><p>Your email address will not be published.</p><input name="mail"></form>
<footer><p>Copyright Skerry Watch, all rights reserved, Port Ansel.</p></footer>
<script>var bait = "Norway: not a speaker";</script></body></html>"""


def blocks(reading: Reading) -> list[tuple[str, str]]:
    return [(block.kind, reading.text[block.start : block.end]) for block in reading.blocks]


def test_an_article_without_what_stands_around_it() -> None:
    reading = read_html(PAGE.encode())
    found = blocks(reading)
    assert ("heading", "The night watch") in found
    assert ("item", "• answer every alarm within five minutes;") in found
    assert ("item", "• open the radio log to the public.") in found
    assert ("table", "Light: Old Merrow | Keeper: yes") in found
    assert ("paragraph", f"Norway: {PROSE}") in found
    assert any("somebody to be awake" in text for _, text in found)
    for bait in ("cookies", "Donate", "First!", "email address", "Copyright", "not a speaker"):
        assert bait not in reading.text


def test_title_and_date_are_those_the_page_states() -> None:
    reading = read_html(PAGE.encode())
    assert reading.title is not None
    assert reading.title.startswith("Keep a hand on the lamp")
    assert blocks(reading)[0] == ("heading", reading.title)
    assert reading.date == "2031-03-18"
    undated = PAGE.replace('<meta name="date" content="2031-03-18">', "")
    assert read_html(undated.encode()).date is None


def test_speakers_in_bold_are_found() -> None:
    found = structure(read_html(PAGE.encode()))
    assert {unit.locator.speaker for unit in found} == {None, "Norway", "Mexico"}


def test_paragraphs_parted_by_double_breaks() -> None:
    page = f"<html><body><article><h1>Notes</h1><p>{PROSE}<br><br>{PROSE} Twice.</p></article></body></html>"
    assert [text for kind, text in blocks(read_html(page.encode())) if kind == "paragraph"] == [
        PROSE,
        f"{PROSE} Twice.",
    ]


def test_a_page_without_an_article_gives_all_its_text() -> None:
    rows = "".join(f"<tr><td>Light {number}</td><td>Keeper {number} of the Islands</td></tr>" for number in range(40))
    page = f"<html><body><div>List of lights</div><table>{rows}</table><div>End of the list</div></body></html>"
    text = read_html(page.encode()).text
    assert "List of lights" in text
    assert "End of the list" in text
    assert all(f"Keeper {number} of" in text for number in range(40))


def test_a_layout_table_is_no_single_paragraph() -> None:
    inside = "".join(f"<p>{number}. {PROSE}</p>" for number in range(1, 60))
    page = f"<html><body><table><tr><td><table><tr><td>{inside}</td></tr></table></td></tr></table></body></html>"
    reading = read_html(page.encode())
    assert max(block.end - block.start for block in reading.blocks) < 400
    assert [unit.locator.paragraph for unit in structure(reading)][-1] == "59"


RECORD = """<html><head><title>Record of the House</title></head><body><pre>
[[Page H1]]

              TRIBUTE TO THE KEEPERS

  The SPEAKER pro tempore (Mr. Orme). Under a previous order of the
House, the gentleman is recognized for 5 minutes.
  Mr. LINDHOLM. Mr. Speaker, let me read the citation of the keeper
of Old Merrow, who kept the light for 26 years and never once said
that it was the

[[Page H2]]

only thing he could do.
  Mr. TEVERELL. I thank the gentleman.
</pre></body></html>"""


def test_a_preformatted_record() -> None:
    found = [(unit.locator.page, unit.locator.speaker, unit.kind) for unit in structure(read_html(RECORD.encode()))]
    assert found == [
        (None, None, "heading"),
        ("H1", None, "heading"),
        ("H1", "The SPEAKER pro tempore (Mr. Orme)", "paragraph"),
        ("H1", "Mr. LINDHOLM", "paragraph"),
        ("H2", "Mr. LINDHOLM", "paragraph"),
        ("H2", "Mr. TEVERELL", "paragraph"),
    ]


def test_latin_1_pages_that_hold_windows_quotes() -> None:
    from onrecord.ingest.formats.read import read

    page = f'<html><head><meta charset="iso-8859-1"></head><body><p>{PROSE} “Café”, she said.</p></body></html>'
    assert "“Café”, she said." in read("page.html", page.encode("cp1252")).text


def test_a_page_that_does_not_say_how_it_is_written() -> None:
    from onrecord.ingest.formats.read import read

    words = "A comissão não aprovou a revogação das disposições em contrário, às exigências da República."
    page = f"<html><head></head><body><p>Art. 1° {words}</p><p>{words}</p></body></html>"
    assert words in read("page.html", page.encode("cp1252")).text
    assert words in read("page.html", page.encode()).text


def test_a_page_with_stray_control_characters_is_read() -> None:
    from onrecord.ingest.formats.read import read

    page = "<html><head></head><body><pre>\x01The lamps are out.\x07\n</pre></body></html>"
    assert "The lamps are out." in read("page.html", page.encode()).text


@pytest.mark.parametrize("data", [b"<html></html>", b"<html><body><script>var a = 1</script></body></html>"])
def test_a_page_without_text_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"no text|no HTML"):
        read_html(data)


def test_headings_that_the_main_content_lacks_are_kept() -> None:
    said = "".join(
        f"<h3>Light No. {number}</h3><p><b>Mr. Lind:</b> {PROSE}</p><h4>Reply</h4><p>{PROSE}</p>" for number in range(9)
    )
    reading = read_html(f"<html><head><title>Lights</title></head><body>{said}</body></html>".encode())
    assert [text for kind, text in blocks(reading) if kind == "heading"][-2:] == ["Light No. 8", "Reply"]


# --- what a browser shows and the mark-up only implies --------------------------------------------------------------


def page_of(inner: str) -> bytes:
    return f"<html><head><title>Lights</title></head><body><h1>Lights</h1><p>{PROSE}</p>{inner}</body></html>".encode()


LISTS = """<ol start="5"><li>Reeds are cut.</li><li>Weirs are shut:<ol type="a"><li>the north weir;</li>
<li>the south weir.</li></ol></li><li value="9">Nets are mended.</li></ol>
<ol reversed><li>Second.</li><li>First.</li></ol><ol type="I"><li><p>Roman.</p></li></ol>
<ol style="list-style-type: none"><li>Bare.</li></ol><ul><li>Dotted.</li></ul>"""
PRINTED = [
    "5. Reeds are cut.",
    "6. Weirs are shut:",
    "a. the north weir;",
    "b. the south weir.",
    "9. Nets are mended.",
    "2. Second.",
    "1. First.",
    "I. Roman.",
    "Bare.",
    "• Dotted.",
]


def test_lists_have_the_numbers_that_are_printed() -> None:
    assert [text for kind, text in blocks(read_html(page_of(LISTS))) if kind == "item"] == PRINTED
    builder = TextBuilder()
    add_html(builder, html.fromstring(LISTS))
    assert [builder.text[block.start : block.end] for block in builder.blocks if block.kind == "item"] == PRINTED


ROWS = """<table><tr><th rowspan=2>Town</th><th rowspan=2>Matter</th><th colspan=2>Votes</th></tr>
<tr><th>for</th><th>against</th></tr>
<tr><td rowspan="2">Reedham</td><td>Weirs</td><td>4</td><td>7</td></tr><tr><td>Nets</td><td>9</td><td>2</td></tr>
<tr><td>Oxey</td><td>Nets</td><td>1</td><td></td></tr></table>"""


def test_merged_cells_hold_for_the_rows_and_columns_they_span() -> None:
    expected = [
        "Town | Matter | Votes",
        "for | against",
        "Town: Reedham | Matter: Weirs | Votes, for: 4 | Votes, against: 7",
        "Town: Reedham | Matter: Nets | Votes, for: 9 | Votes, against: 2",
        "Town: Oxey | Matter: Nets | Votes, for: 1",
    ]
    assert [text for kind, text in blocks(read_html(page_of(ROWS))) if kind == "table"] == expected
    assert labelled_rows(rows_of(html.fromstring(ROWS))) == expected


def test_a_forged_span_costs_no_memory() -> None:
    wide = "<td colspan=99999999 rowspan=99999999>x</td>" * 300
    rows = rows_of(html.fromstring(f"<table><tr>{wide}</tr><tr><td>y</td></tr></table>"))
    assert max(map(len, rows)) < 1000
    tall = "<td rowspan=9999>x</td>" * 3000
    rows = rows_of(html.fromstring(f"<table><tr>{tall}</tr>{'<tr><td>y</td></tr>' * 300}</table>"))
    assert max(map(len, rows[1:])) < 1000


def test_struck_and_hidden_words_are_left_out_and_counted() -> None:
    line = '<span style="text-decoration: line-through">eight</span>'
    struck = f"<p>The weir opens at <del>six</del> <s>seven</s> {line} nine.</p>"
    reading = read_html(page_of(struck))
    assert blocks(reading)[-1] == ("paragraph", "The weir opens at nine.")
    assert [(omission.what, omission.count) for omission in reading.omitted] == [("struck out text", 3)]
    builder, unseen = TextBuilder(), Counter[str]()
    add_html(builder, html.fromstring(f"<div>{struck}<p hidden>Ask Bo.</p></div>"), left_out=unseen)
    assert (builder.text, dict(unseen)) == ("The weir opens at nine.", {"struck out text": 3, "hidden text": 1})


def test_the_words_around_the_content_are_counted() -> None:
    [omission] = read_html(PAGE.encode()).omitted
    assert omission.what == "word of menus, banners and forms" and 10 < omission.count < 50


@pytest.mark.parametrize("name", ["part", "part.txt", "part.aspx"])
def test_a_part_of_a_page_without_its_frame_is_read_as_one(name: str) -> None:
    part = "<p><b>Norway:</b> We begin.</p>\n<p>We rise.</p>\n<ol><li>One.</li><li>Two.</li></ol>\n"
    assert format_of(name, part.encode()) == "html"
    assert format_of(name, b"<p align='center'>Lights</p>\n\n# Lights\n\n<p>a</p><p>b</p>") == "text"
    assert format_of(name, b"<Norway> We begin.\n<Mexico> We rise.\n") == "text"


def test_lines_that_breaks_part_are_not_glued() -> None:
    page = "<html><body><h1>Votes</h1><p>" + "The lamps were looked at by all who came. " * 8 + "</p><h2>For</h2>"
    reading = read_html(f"{page}<p>Lind, Ana (Quay)<br/>Moe, Kim (Pier)<br/>Roe, Tom</p></body></html>".encode())
    assert "Lind, Ana (Quay)\nMoe, Kim (Pier)\nRoe, Tom" in reading.text


@pytest.mark.parametrize("tag", ["p", "div"])
def test_what_a_page_says_again_is_kept_as_often_as_it_stands_there(tag: str) -> None:
    said = "".join(
        f"<{tag}>The board turns to paper {number}, which is about the lamps on the pier.</{tag}>"
        f"<{tag}><span>Motion agreed to.</span></{tag}>"
        for number in range(5)
    )
    reading = read_html(f"<html><body><div>{said}</div></body></html>".encode())
    assert reading.text.count("Motion agreed to.") == 5
    assert "⍯" not in reading.text
