"""Speakers whose words a bulletin retells sentence by sentence."""

from .test_labels import speakers, turns

BULLETIN = (
    "# Lights",
    "Chair Ada Marrow opened the meeting and suggested beginning with the lamps. Norway, for the NORTHERN GROUP, "
    "supported this. The lamps of the coast are old. INDIA said that oil was dear. She urged the rest to save it.",
    "# Oil",
    "Noting the price of oil, the GAMBIA expressed concern. The LAMP GUILD (LG) stressed the need for wicks. Delegates "
    "then left. Mr. Okafor, supported by PERU, welcomed the offer.",
    "# Wicks",
    "Chair Marrow proposed a vote. CHILE opposed it. The SECRETARIAT noted the hour.",
)


def test_each_sentence_of_a_bulletin_is_its_speakers() -> None:
    found = turns(*BULLETIN)
    assert [speaker for speaker, _ in found] == [
        "Chair Ada Marrow",
        "Norway, for the NORTHERN GROUP",
        "INDIA",
        "the GAMBIA",
        "The LAMP GUILD",
        "Mr. Okafor",
        "Chair Marrow",
        "CHILE",
        "The SECRETARIAT",
    ]


def test_a_sentence_goes_on_only_with_a_pronoun() -> None:
    said = dict(turns(*BULLETIN))
    assert said["INDIA"].endswith("She urged the rest to save it.")
    assert said["Norway, for the NORTHERN GROUP"].endswith("supported this.")
    assert said["The LAMP GUILD"].endswith("wicks.")


def test_a_report_that_names_states_now_and_then_is_no_bulletin() -> None:
    report = [
        f"The lamps of the coast are old and number {number}. They are lit at dusk. Norway supported the repair of "
        "ten. The oil comes by ship. It is dear. India and Peru have none. Chile welcomed the ships. The keepers sleep "
        "by day. The wicks are cut at noon. The glass is clean."
        for number in range(8)
    ]
    assert speakers(*report) == []


def test_a_record_of_labelled_turns_is_no_bulletin() -> None:
    retold = "Norway said so. India urged it. Peru opposed it. Chile supported it. Norway noted it."
    assert (
        speakers(*(f"Ms. Lind: I thank the Chair. {retold}\n\nMr. Okafor: {retold}" for _ in range(4)))
        == [
            "Ms. Lind",
            "Mr. Okafor",
        ]
        * 4
    )
    said = "The Secretariat introduced the item (LG/12). The Chair noted it."
    assert "The Secretariat introduced the item" not in speakers(*[said] * 4)
