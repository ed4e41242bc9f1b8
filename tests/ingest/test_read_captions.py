"""Captions of recordings: what is said, by whom and when; no times and no mark-up in the text."""

import pytest

from onrecord.ingest.formats.read import read
from onrecord.ingest.structure.outline import outline
from onrecord.ingest.structure.paragraphs import structure
from onrecord.vectorstore.errors import UnreadableFile

VOICES = """WEBVTT - Harbour Board

NOTE made by a machine

00:00:05.000 --> 00:00:07.000
<v Ada Marrow>The lamps are out.

00:00:07.500 --> 00:00:09.000
<v Ada Marrow>They were old.

00:00:10.000 --> 00:00:12.000
<v Ben Okafor>Who <i>mends</i> them?
"""
NAMED = """1
00:00:05,000 --> 00:00:07,000
Ada Marrow: The lamps are out.

2
00:00:07,500 --> 00:00:09,000
Ada Marrow: They were old.

3
00:00:10,000 --> 00:00:12,000
Ben Okafor: Who mends them?
"""


@pytest.mark.parametrize(("name", "captions"), [("board.vtt", VOICES), ("board.srt", NAMED)])
def test_speakers_and_times_stand_beside_what_is_said(name: str, captions: str) -> None:
    reading = read(name, captions.encode())
    turns = outline(reading.text, structure(reading)).turns
    assert [(turn.speaker, turn.time) for turn in turns] == [("Ada Marrow", "00:00:05"), ("Ben Okafor", "00:00:10")]
    assert "-->" not in reading.text and "<" not in reading.text and "00:00" not in reading.text
    first = " ".join(reading.text[turns[0].start : turns[0].end].split())
    assert first.endswith("The lamps are out. They were old.")


def test_what_is_left_out_is_listed() -> None:
    reading = read("board.vtt", VOICES.encode())
    counts = {omission.what: omission.count for omission in reading.omitted}
    assert counts == {"times of cues": VOICES.count("-->"), "notes and styles of captions": 1}
    assert "made by a machine" not in reading.text


def test_a_damaged_cue_is_passed_over_and_a_file_without_any_is_refused() -> None:
    damaged = VOICES.replace("00:00:07.500 --> 00:00:09.000", "00:00:07.500 -> later")
    assert "Who mends them?" in read("board.vtt", damaged.encode()).text
    with pytest.raises(UnreadableFile, match="no captions"):
        read("board.vtt", b"WEBVTT\n\n")
