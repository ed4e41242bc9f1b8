"""Numbers of places: sub-paragraphs, paragraphs of drafts and quotations within a report, numbers with gaps."""

from dataclasses import replace

from onrecord.ingest.formats.plain.text import read_text
from onrecord.ingest.structure.outline import outline
from onrecord.ingest.structure.paragraphs import follows, structure
from onrecord.ingest.worker import parse


def numbered(text: str) -> dict[str, tuple[str, str | None]]:
    """The innermost number over each paragraph, and its part, by the last word of the paragraph."""
    reading = read_text(text, wrapped=False)
    paragraphs = outline(reading.text, structure(reading)).paragraphs
    found: dict[str, tuple[str, str | None]] = {}
    for block in reading.blocks:
        over = [one for one in paragraphs if one.start <= block.start < one.end]
        if over:
            innermost = min(over, key=lambda one: one.end - one.start)
            found[text[block.start : block.end].split()[-1].strip(".;:”")] = innermost.number, innermost.part
    return found


def paragraphs(*texts: str) -> str:
    return "\n\n".join(texts)


def test_sub_paragraphs_have_the_whole_path_and_lie_within_their_paragraph() -> None:
    found = numbered(
        paragraphs(
            "1. The Commission met at noon in the hall of Ansel.",
            "2. It asked the keeper to do three things before winter:",
            "(a) to trim the lamps;",
            "(b) to mend the glass, namely:",
            "(i) that of the lantern;",
            "(ii) that of the stairs;",
            "(c) to paint the tower.",
            "3. It rose at four and thanked the cook.",
        )
    )
    assert {word: number for word, (number, _) in found.items()} == {
        "Ansel": "1", "winter": "2", "lamps": "2 (a)", "namely": "2 (b)", "lantern": "2 (b) (i)",
        "stairs": "2 (b) (ii)", "tower": "2 (c)", "cook": "3",
    }  # fmt: skip


def test_the_ninth_letter_is_no_roman_one() -> None:
    marks = "abcdefghij"
    found = numbered(
        paragraphs(
            "1. It saw these:", *(f"({mark}) the light {mark * 3};" for mark in marks), "2. It left.", "3. It slept."
        )
    )
    assert [found[mark * 3][0] for mark in marks] == [f"1 ({mark})" for mark in marks]


def test_a_row_of_letters_under_no_number_and_a_lonely_one() -> None:
    found = numbered(
        paragraphs("The Board decides:", "(a) to meet in Skarn;", "(b) to dine in Merrow.", "It ended.", "(a) alone")
    )
    assert found == {"Skarn": ("(a)", None), "Merrow": ("(b)", None)}


REPORT = paragraphs(
    "1. The Committee heard the keeper of Skarn.",
    "2. It heard the keeper of Merrow.",
    "3. It recommends to the Assembly the adoption of the following draft resolution:",
    "The lights of the islands",
    "1. Notes the state of the lamps;",
    "2. Requests the Council to mend them;",
    "3. Decides to return to the matter in spring.",
    "4. The Committee then took up its programme.",
    "5. It rose at six.",
)


def test_paragraphs_of_a_draft_within_a_report_are_never_its_own() -> None:
    assert numbered(REPORT) == {
        "Skarn": ("1", None), "Merrow": ("2", None), "resolution": ("3", None), "islands": ("3", None),
        "lamps": ("1", "draft resolution"), "them": ("2", "draft resolution"), "spring": ("3", "draft resolution"),
        "programme": ("4", None), "six": ("5", None),
    }  # fmt: skip


def test_two_drafts_and_an_annex_under_headings() -> None:
    found = numbered(
        paragraphs(
            "1. The Committee met.",
            "2. It agreed on two texts.",
            "3. It adjourned.",
            "# Draft resolution I",
            "1. Notes one.",
            "2. Notes two.",
            "3. Notes three.",
            "# Draft resolution II",
            "1. Calls four.",
            "2. Calls five.",
            "3. Calls six.",
            "# Annex",
            "1. Lamps of seven.",
            "2. Lamps of eight.",
            "3. Lamps of nine.",
        )
    )
    assert [found[word] for word in ("met", "two", "six", "nine")] == [
        ("1", None), ("2", "draft resolution I"), ("3", "draft resolution II"), ("3", "annex"),
    ]  # fmt: skip


def test_paragraphs_quoted_from_another_text_inside_a_paragraph() -> None:
    found = numbered(
        paragraphs(
            *(f"{number}. The Board noted item {word}." for number, word in enumerate(("one", "two", "three"), 1)),
            "4. The charter says the following:",
            "17. The Board has ten members.",
            "18. They serve without pay.",
            "19. They meet at noon.",
            "5. The Board accepted that.",
            "6. It closed early.",
        )
    )
    assert found["pay"] == ("18", "quoted in paragraph 4")
    assert found["early"] == ("6", None)


def test_numbers_of_headings_where_no_paragraph_is_numbered() -> None:
    found = numbered(
        paragraphs(
            "## I. Call to order", "The chair spoke first.", "## II. Roll", "### A. Officers", "The clerk called.",
            "### B. Members", "All answered.", "## III. Close", "They left.",
        )
    )  # fmt: skip
    assert [found[word][0] for word in ("first", "called", "answered", "left")] == ["I", "II.A", "II.B", "III"]


def test_numbers_with_gaps_that_rise() -> None:
    questions = paragraphs(*(f"{number}. Who minds the light of place{number}" for number in (14, 21, 25, 40, 57)))
    assert [numbered(questions)[f"place{number}"][0] for number in (14, 57)] == ["14", "57"]
    years = paragraphs("1999. That was the year", "The boats went out", "1987. That was before", "It rained")
    assert numbered(years) == {}


def test_numbers_and_ranges_that_stand_alone_number_what_follows() -> None:
    answers = [f"{number}\n\nThe Government of {word} agrees." for number, word in
               (("12.3-5", "A"), ("12.9", "B"), ("12.14, 17", "C"), ("12.20-22, 25", "D"), ("12.31", "E"))]  # fmt: skip
    reading = read_text(paragraphs(*answers), wrapped=False)
    found = outline(reading.text, structure(reading)).paragraphs
    assert [one.number for one in found] == ["12.3-5", "12.9", "12.14, 17", "12.20-22, 25", "12.31"]


def test_passages_know_what_their_paragraphs_are_part_of() -> None:
    text = (
        "1. The Committee met in Verrano.\n\n2. It heard the keepers.\n\n3. It recommends the following:\n\n"
        "## Draft resolution I\n\nThe lamps\n\nThe Assembly,\n\n1. Thanks the keepers of the lamps;\n\n"
        "2. Calls for oil for all the lamps;\n\n3. Decides to light them at dusk."
    )
    [told] = parse("report.md", text.encode())
    places = [(text[u["start"] : u["end"]][:9], u["locator"]["part"], u["locator"]["paragraph"]) for u in told["units"]]
    assert ("2. It hea", None, "2") in places
    assert ("2. Calls ", "draft resolution I", "2") in places


def test_what_follows_the_points_of_a_draft_s_paragraph_is_the_draft_s() -> None:
    text = (
        "1. The Committee met in Verrano.\n\n2. It heard the keepers.\n\n3. It recommends the following:\n\n"
        "## Draft resolution I\n\n1. Asks the keepers:\n\n(a) to trim lamps;\n\n(b) to buy oil;\n\n"
        "All of it by dusk;\n\n2. Calls for oil;\n\n3. Decides to light them at dusk."
    )
    [told] = parse("report.md", text.encode())
    parts = {text[u["start"] : u["end"]][:6]: u["locator"]["part"] for u in told["units"]}
    assert (parts["(b) to"], parts["All of"]) == ("draft resolution I", "draft resolution I")


def test_numbers_of_any_form_that_a_format_states_follow_or_do_not() -> None:
    assert follows("7", "8") and not follows("7(a)", "7(b)") and not follows("²", "³")


def test_arabic_numbers_and_letters() -> None:
    text = paragraphs(
        "إن المجلس يقرر ما يلي قبل الشتاء:",
        "1 - يوافق على ميزانية المرفأ لهذا العام؛",
        "2 - يطلب إلى الحارس أن يقوم بأمرين:",
        "(أ) أن ينظف المصابيح؛",
        "(ب) أن يصلح الزجاج؛",
        "3 - يشكر حارس المنارة القديم.",
    )
    numbers = [number for number, _ in numbered(text).values()]
    assert numbers == ["1", "2", "2 (أ)", "2 (ب)", "3"]


def test_two_paragraphs_of_one_sentence_are_numbered_in_any_language() -> None:
    text = paragraphs(
        "La Asamblea del Puerto,",
        "1. Reitera su solicitud a la Junta de que encienda los faros del norte;",
        "2. Solicita a la Junta que informe de los resultados.",
    )
    assert [number for number, _ in numbered(text).values()] == ["1", "2"]
    apart = paragraphs("1. Reitera su solicitud a la Junta.", "Otra cosa.", "2. Solicita a la Junta que informe.")
    assert not numbered(apart)


def test_sub_paragraphs_go_on_behind_a_footnote() -> None:
    reading = read_text(
        paragraphs(
            "1. The Board met at noon in the hall.",
            "2. It asked the keeper to do three things:",
            "a) to trim the lamps;",
            "See the report of the keeper.",
            "b) to mend the glass;",
            "c) to paint the tower.",
            "3. It rose at four.",
        ),
        wrapped=False,
    )
    blocks = [
        replace(block, kind="footnote") if reading.text[block.start : block.end].startswith("See") else block
        for block in reading.blocks
    ]
    reading = replace(reading, blocks=blocks)
    found = outline(reading.text, structure(reading)).paragraphs
    assert [each.number for each in found] == ["1", "2", "2 (a)", "2", "2 (b)", "2 (c)", "3"]
