"""Web pages: what stands in the article, and nothing of what stands around it."""

import pytest

from onrecord.ingest.formats.blocks import Reading
from onrecord.ingest.formats.html import read_html
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
    assert ("table", "Old Merrow | yes") in found
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
