"""XML of parliaments and of anybody else: the words by elements, speakers and numbers from where the file says them."""

from pathlib import Path

import pytest

from onrecord.ingest.formats.read import read
from onrecord.ingest.structure.outline import outline
from onrecord.ingest.structure.paragraphs import structure
from onrecord.vectorstore.errors import UnreadableFile

DEBATE = """<?xml version="1.0"?>
<publicwhip>
<major-heading id="1">Harbours</major-heading>
<speech id="2" speakername="Ada Marrow" time="14:31:00"><p>I beg to move the lamps.</p><p>They are old.</p></speech>
<speech id="3" speakername="Ben Okafor"><p>I thank the hon. Member.</p></speech>
<speech id="4" nospeaker="true"><p>Question put and agreed to.</p></speech>
</publicwhip>"""
AKOMA = """<?xml version="1.0" encoding="UTF-8"?>
<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><debate><meta><references>
<TLCPerson eId="lind" href="/p/lind" showAs="Mara Lind"/></references></meta><debateBody>
<speech by="#lind"><from>Ms. Lind</from><p>The pilots agree.</p></speech>
<speech by="#lind"><from>The Chair</from><p>The vote is open.</p></speech>
</debateBody></debate></akomaNtoso>"""
UTTERANCES = """<?xml version="1.0"?><TEI xmlns="http://www.tei-c.org/ns/1.0">
<teiHeader><title>Sitting 3</title></teiHeader>
<text><body><div><note type="speaker">Lind, Mara:</note><u who="#LindMara"><seg>The pilots agree.</seg></u>
<u who="#OkaforBen"><seg>They do not.</seg></u></div></body></text></TEI>"""


def turns(xml: str) -> list[tuple[str, str]]:
    reading = read("record.xml", xml.encode())
    assert "<" not in reading.text
    found = outline(reading.text, structure(reading)).turns
    return [(turn.speaker, " ".join(reading.text[turn.start : turn.end].split())) for turn in found]


def test_speakers_that_stand_in_attributes_only() -> None:
    assert turns(DEBATE) == [
        ("Ada Marrow", "I beg to move the lamps. They are old."),
        ("Ben Okafor", "I thank the hon. Member."),
    ]
    assert "Question put and agreed to." in read("record.xml", DEBATE.encode()).text


def test_speakers_of_akoma_ntoso_and_of_tei() -> None:
    assert [speaker for speaker, _ in turns(AKOMA)] == ["Ms. Lind", "Mara Lind"]
    assert [speaker for speaker, _ in turns(UTTERANCES)] == ["Lind, Mara", "Okafor Ben"]


def test_numbers_and_headings() -> None:
    bill = """<bill><section><enum>1.</enum><header>Lamps</header><text>The lamps are lit.</text>
    <paragraph><enum>(a)</enum><text>at dusk;</text></paragraph>
    <paragraph><enum>(b)</enum><text>in fog.</text></paragraph>
    </section><section><enum>2.</enum><header>Keepers</header><text>The keepers are paid.</text></section>
    <section><enum>3.</enum><header>Oil</header><text>Oil is bought.</text></section></bill>"""
    reading = read("bill.xml", bill.encode())
    found = outline(reading.text, structure(reading))
    assert [heading.text for heading in found.headings] == ["1. Lamps", "2. Keepers", "3. Oil"]
    assert [paragraph.number for paragraph in found.paragraphs] == ["1", "1 (a)", "1 (b)", "2", "3"]


def test_any_other_xml_is_its_words() -> None:
    reading = read("log.xml", b"<log><entry who='x'>The light <b>went</b> out.</entry><entry>It was lit.</entry></log>")
    assert reading.text == "The light went out.\n\nIt was lit."


def test_what_is_no_xml_or_holds_no_words_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        read("empty.xml", b"<a><b/></a>")


def test_what_a_file_declares_is_read_and_nothing_outside_it(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the secret")
    declared = f'<!DOCTYPE a [<!ENTITY who "Norway"><!ENTITY out SYSTEM "file://{tmp_path}/secret.txt">]>'
    assert read("a.xml", f"{declared}<a><p>&who; agreed.&out;</p></a>".encode()).text == "Norway agreed."


def test_entities_do_not_grow() -> None:
    bomb = (
        '<!DOCTYPE a [<!ENTITY a "ha ">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
        + "]><a><p>&j;</p><p>End.</p></a>"
    )
    try:
        assert len(read("bomb.xml", bomb.encode()).text) < 1_000_000
    except UnreadableFile:
        pass


@pytest.mark.parametrize(("stated", "language"), [("es", "es"), ("fr-CA", "fr"), ("spa", None)])
def test_a_stated_language_is_a_code_of_two_letters_or_left_to_the_words(stated: str, language: str | None) -> None:
    assert read("a.xml", f'<log xml:lang="{stated}"><p>Se enciende.</p></log>'.encode()).language == language
