"""What looks like text and is none: it is kept, and marked."""

from onrecord.ingest.formats.plain.text import read_text
from onrecord.ingest.structure.noise import garbled_share, mark_noise
from onrecord.ingest.structure.paragraphs import structure

PROSE = "\n\n".join(
    f"The keepers of lamp {number} told the Commission that the oil of the harbour store lasted through the winter, "
    "and that the posts and the travel of two keepers were paid by the desk at Port Ansel."
    for number in range(12)
)
NAMES = ["Ilva", "Renato", "Suri", "Marta Vell", "Oskar", "Yume", "Dario", "Nell", "Ansa"]


def noise_in(text: str) -> list[str]:
    reading = read_text(text)
    return [text[unit.start : unit.end] for unit in mark_noise(text, structure(reading)) if unit.kind == "noise"]


def test_names_that_nothing_announces_are_lettering_off_a_picture() -> None:
    stray = "\n\n".join(NAMES)
    assert noise_in(f"{PROSE}\n\n{stray}\n\n# Chapter 2\n\n{PROSE}") == NAMES


def test_lists_of_names_are_kept_where_the_record_announces_or_knows_them() -> None:
    names = "\n\n".join(NAMES)
    assert noise_in(f"{PROSE}\n\n# Present\n\n{names}\n\n{PROSE}") == []
    assert noise_in(f"{PROSE}\n\nThe following keepers were present:\n\n{names}") == []
    known = " ".join(f"{name} keeps a lamp." for name in NAMES)
    assert noise_in(f"{PROSE}\n\n{names}\n\n{known}") == []
    states = "\n\n".join(["Albania", "Belgium", "Chile", "Denmark", "Egypt", "Fiji", "Ghana", "Haiti", "India"])
    assert noise_in(f"{PROSE}\n\n{states}\n\n{PROSE}") == []
    assert noise_in("\n\n".join(["The lamp was lit by nine people of the town that night.", *NAMES])) == []


FORM = "\n".join(
    ["| Qube | Vial | Extract |", "|---|---|---|"]
    + [f"| {number} | {number}61/40{number} | 83{number}9Z |" for number in range(2, 8)]
)


def test_a_stray_form_and_its_heading_lines_are_noise() -> None:
    found = noise_in(f"{PROSE}\n\nRack 2\n\nVials and their Hue\n\n{FORM}\n\n# Chapter 5\n\n{PROSE}")
    rows = [row for row in FORM.splitlines() if "---" not in row]
    assert found == ["Rack 2", "Vials and their Hue", *rows], "a row is a passage"


def test_tables_of_the_record_are_kept() -> None:
    budget = "| | 2030 | 2031 |\n|---|---|---|\n| Posts | 1 234.5 | 1 400.0 |\n| Travel | 12.0 | 9.5 |\n| Oil | 7 | 8 |"
    assert noise_in(f"{PROSE}\n\n{budget}\n\n{PROSE}") == []
    symbols = "| Lamp | Document |\n|---|---|\n" + "\n".join(f"| Lamp | MIC/2031/{n} |" for n in range(9))
    assert noise_in(f"{PROSE}\n\n{symbols}\n\n{PROSE}") == []
    assert noise_in(FORM) == []


def test_garbled_print_is_noise_and_symbols_are_not() -> None:
    garbled = "UnLBr'( oCrI i~w ,i·/ lAMp1sT}x f4rNi(y pRoGrA(n tLe"
    assert noise_in(f"{PROSE}\n\n{garbled}\n\n{PROSE}") == [garbled]
    assert (
        noise_in("See MIC/2031/1, MIC/2031/2, MIC/2031/3, MIC/2031/4 and A/RES/S-30/1 (para. 12 bis) of 3 June.") == []
    )
    assert noise_in("Смотрители маяков были призваны зажигать их на ночь и не оставлять гавань.") == []


def test_nothing_is_lost_by_marking() -> None:
    text = f"{PROSE}\n\n{FORM}\n\nNell: The lamp burns.\n\n" + "\n\n".join(NAMES)
    units = structure(read_text(text))
    marked = mark_noise(text, units)
    assert [(unit.start, unit.end) for unit in marked] == [(unit.start, unit.end) for unit in units]
    assert all(unit.locator.speaker is None for unit in marked if unit.kind == "noise")


def test_endless_words_take_no_time() -> None:
    assert noise_in(" ".join(["." * 200_000 + "x)", "aB" * 100_000, "1/" * 100_000] * 3)) == []


def test_the_share_of_garbled_words() -> None:
    assert garbled_share("") == 0.0
    assert garbled_share("The UNODC and the McDonald desk, e.g. A/79/7, at 3 p.m.") == 0.0
    assert garbled_share("oRIGTNAL EIiGLTSH lamp burns") == 0.5
