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


METADATA = b"""<akomaNtoso><statement><meta>
<workflow><step date="2030-05-01" outcome="draftResolution" as="A/7/L.2" by="Chile and Norway"/>
<step date="0001-01-01" outcome="draftResolutionAdditionalSponsors" by="Fiji"/></workflow>
<analysis><voting outcome="adoptedRecordedVote"><count value="2" refersTo="inFavour"><voters>
<organization>CHILE</organization><organization>NORWAY</organization></voters></count>
<count value="1" refersTo="abstaining"><voters><organization>PERU</organization></voters></count></voting></analysis>
</meta><preface><p><docTitle>Lamps of the coast</docTitle></p></preface>
<mainBody><p>The Assembly decides to keep its lamps.</p></mainBody></statement></akomaNtoso>"""


def test_what_only_metadata_tells_is_a_block_of_the_text_that_says_so() -> None:
    text = read("a.xml", METADATA).text
    assert text.partition("From the file's metadata: ")[2] == (
        "Lamps of the coast\n\nDraft resolution, A/7/L.2, 2030-05-01, sponsors: Chile and Norway.\n\n"
        "Draft resolution additional sponsors: Fiji.\n\nAdopted recorded vote.\n\nIn favour (2): CHILE; NORWAY\n\n"
        "Against (0): none listed\n\nAbstaining (1): PERU"
    )


def test_comments_in_a_file_are_no_voters() -> None:
    commented = METADATA.replace(b"<voters>", b"<!-- checked --><voters>").replace(b"CHILE<", b"CHILE<!-- x --><")
    assert read("a.xml", commented).text == read("a.xml", METADATA).text


def test_votes_that_attributes_state() -> None:
    votes = (
        b'<sitting><vote><title>Lamps</title><voting result="REJECTED" numberFavor="3" numberAgainst="40"'
        b' numberAbstention="2"><label>Am 7</label><note>3, 40, 2</note></voting></vote></sitting>'
    )
    assert read("a.xml", votes).text.endswith(
        "Am 7 | 3, 40, 2 [from the file's metadata: rejected, 3 in favour, 40 against, 2 abstaining]"
    )


def test_names_under_the_side_that_an_attribute_marks() -> None:
    division = (
        b'<debate><speech speakername="Ms Lind"><p>I beg to move.</p></speech><division>'
        b'<divisioncount ayes="2" noes="1">'
        b'<list vote="aye"><m>Lind, Ms. Ana</m><m>Roe, Tom</m></list><list vote="no"><m>Moe, Kim</m></list>'
        b"</divisioncount></division></debate>"
    )
    assert read("a.xml", division).text.endswith(
        "[from the file's metadata: 2 in favour, 1 against]\n\nAye [from the file's metadata]: "
        "Lind, Ms. Ana; Roe, Tom\n\n"
        "No [from the file's metadata]: Moe, Kim"
    )
