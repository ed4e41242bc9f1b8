"""States as speakers: each by every official name, in every shape of label, and never in another's mouth."""

import csv
from pathlib import Path

import pytest

from onrecord.ingest.formats.plain.text import read_text
from onrecord.ingest.language.states import label_parts, state_of, states_in, states_named, states_of_label
from onrecord.ingest.language.tables import table
from onrecord.ingest.structure.paragraphs import structure
from onrecord.vectorstore.language.analysers import words

TABLE = Path(__file__).parents[2] / "ingest" / "language" / "data" / "states.tsv"
ROWS = list(csv.DictReader(TABLE.open(encoding="utf-8"), delimiter="\t"))
LANGUAGES = {
    "en": ("Mr. Kamara", "The representative of "),
    "fr": ("M. Kamara", "Le représentant de "),
    "es": ("Sr. Kamara", "El representante de "),
}
APOSTROPHES = "'’ʼ‘"


def speakers(*paragraphs: str) -> list[str | None]:
    reading = read_text("\n\n".join(paragraphs))
    return [unit.locator.speaker for unit in structure(reading)]


def is_latin(name: str) -> bool:
    """Names in other scripts are looked for in questions only."""
    return all(letter < "Ͱ" for letter in name if letter.isalpha())


def names(row: dict[str, str], language: str) -> list[str]:
    found = dict.fromkeys([row[language], row[f"{language}_formal"]])
    if language == "en":
        found |= dict.fromkeys(name for name in row["other"].split(";") if name and is_latin(name))
    return [name.replace("'", mark) for name in found for mark in (APOSTROPHES if "'" in name else "'")]


def labels(name: str, language: str) -> list[str]:
    person, spoken_for = LANGUAGES[language]
    return [name, f"{person} ({name})", f"{name} ({person})", spoken_for + name]


def test_every_member_and_observer_state_is_there() -> None:
    assert len({row["code"] for row in ROWS}) == len(ROWS) == 193 + 2
    assert all(row[column] for row in ROWS for column in row if column != "other")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_speaks_for_itself_in_every_shape_of_label(language: str) -> None:
    expected: list[str] = []
    record: list[str] = []
    for row in ROWS:
        for label in (label for name in names(row, language) for label in labels(name, language)):
            expected += ["Verrano (Chair)", label]
            record += ["Verrano (Chair): We support the red buoys in full.", f"{label}: We object to the red buoys."]
    assert speakers(*record) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_of_a_state_is_that_states(language: str) -> None:
    for row in ROWS:
        for name in names(row, language):
            assert {state_of(form) for form in (name, name.upper(), f"the {name}")} == {row["code"]}, name
            assert all(states_of_label(label) == {row["code"]} for label in labels(name, language)), name


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Korea, Republic of", "KR"),
        ("Korea (Democratic People's Republic of)", "KP"),
        ("Congo (Democratic Republic of the)", "CD"),
        ("Tanzania (United Republic of)", "TZ"),
        ("The Gambia", "GM"),
        ("Gambia (The)", "GM"),
        ("The Netherlands (Kingdom of the)", "NL"),
        ("L’Égypte", "EG"),
        ("La Fédération de Russie", "RU"),
        ("Los Países Bajos", "NL"),
        ("Cote d'Ivoire", "CI"),
        ("Guinea‑Bissau", "GW"),
        ("El Salvador", "SV"),
    ],
)
def test_inverted_names_articles_and_missing_accents(label: str, code: str) -> None:
    assert state_of(label) == code
    assert speakers("Togo: We have no objection.", f"{label}: We have one.", "Chile: We wait.") == [
        "Togo",
        label,
        "Chile",
    ]


@pytest.mark.parametrize("word", ["", "the", "Republic of", "Kingdom of the", "Note", "Islands", "United", "d'", "()"])
def test_what_names_no_state(word: str) -> None:
    assert state_of(word) is None


@pytest.mark.parametrize(
    "label",
    [
        "Mr. Díaz (Bolivia (Plurinational State of))",
        "Bolivia (Plurinational State of) (Mr. Díaz)",
        "Mr. Kim (Korea, Republic of)",
        "Congo (Democratic Republic of the) (Ms. Lind)",
        "The observer for the State of Palestine",
        "L'observateur de l'État de Palestine",
        "La representante de la República Popular Democrática de Corea",
    ],
)
def test_persons_beside_states_and_who_speaks_for_them(label: str) -> None:
    assert speakers("Togo: We agree to it.", f"**{label}:** We do not.", "Chile: We wait.") == ["Togo", label, "Chile"]


def test_a_name_with_a_qualifier_put_last_is_a_label_in_a_record_of_turns_whoever_it_is() -> None:
    turns = ["Peru: We agree to it.", "Verrano (Free State of): We do not.", "Chile: We wait.", "Togo: So do we."]
    assert speakers(*turns) == ["Peru", "Verrano (Free State of)", "Chile", "Togo"]


@pytest.mark.parametrize(
    "sentence",
    [
        "We have heard from Bolivia (Plurinational State of): it objects to the buoys.",
        "Fees (the old schedule of): they rise.",
        "Our view of the delegation of Norway: it is mistaken about the buoys.",
        "The prices paid in (the north of): twelve crowns.",
    ],
)
def test_a_sentence_with_a_colon_stays_its_speakers_words(sentence: str) -> None:
    turns = ["Peru: We agree to it.", sentence, "Chile: We wait.", "Togo: So do we."]
    assert speakers(*turns) == ["Peru", "Peru", "Chile", "Togo"]


def test_who_speaks_for_a_state_in_a_report() -> None:
    assert speakers(
        "Ms. Lind (Verrano) said that it was late.",
        "The representative of Bolivia (Plurinational State of), speaking for all, said that it was early.",
        "She added that it was dark.",
        "Mr. Díaz (Bolivia (Plurinational State of)) said that it was not.",
        "The representative of the United Kingdom asked for time.",
        "The representative of the workers asked for more.",
    ) == [
        "Ms. Lind (Verrano)",
        *["The representative of Bolivia (Plurinational State of)"] * 2,
        "Mr. Díaz (Bolivia (Plurinational State of))",
        "The representative of the United Kingdom",
        None,
    ]


def test_the_longest_name_in_a_text_is_the_one_it_names() -> None:
    text = (
        "Papua New Guinea, the Democratic People's Republic of Korea and Bolivia (Plurinational State of) met Norway."
    )
    assert states_in(text) == [(0, 3, "PG"), (3, 9, "KP"), (10, 14, "BO"), (15, 16, "NO")]


def test_a_states_name_stays_whole_among_the_parts_of_a_label() -> None:
    label = "Congo (Democratic Republic of the) (Ms. Lind, Chair)"
    assert label_parts(label)[1:] == ["Congo (Democratic Republic of the)", "Ms. Lind, Chair", "Ms. Lind", "Chair"]
    assert label_parts("(" * 5000) == ["(" * 5000]


@pytest.mark.parametrize(
    "opening",
    [
        "12) Togo", "(12) Togo", "- Togo", "[00:12:30] Togo", "12:30 Togo", "Togo [interpretation from French]",
        "[Togo]", "*Togo*", "Togo (12:30)", "Unidentified speaker", "A delegate", "- Ms. Lind",
    ],
)  # fmt: skip
def test_what_may_be_anothers_label_does_not_go_to_the_speaker_before(opening: str) -> None:
    turns = ["Peru: We agree to it.", f"{opening}: We do not.", "Chile: We wait."]
    assert speakers(*turns) == ["Peru", None, "Chile"]


@pytest.mark.parametrize("label", ["Rep. of Korea", "Venezuela (Bolivarian Rep. of)", "Togo’s representative"])
def test_shortened_names_and_possessives_are_labels(label: str) -> None:
    assert speakers("Peru: We agree to it.", f"{label}: We do not.", "Chile: We wait.") == ["Peru", label, "Chile"]


@pytest.mark.parametrize(
    "label",
    ["United Kingdom of Great Britain and Northern\nIreland", "Bolivia (Plurinational\nState of)", "Papua New\nGuinea"],
)
def test_a_states_name_may_be_broken_over_two_lines(label: str) -> None:
    turns = ["Peru: We agree to it.", f"{label}: We do not.", "Chile: We wait."]
    assert speakers(*turns) == ["Peru", label.replace("\n", " "), "Chile"]


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("Qu'a dit la Norvège ?", {"NO"}),
        ("¿Qué respondió Alemania a Noruega?", {"DE", "NO"}),
        ("Что ответила Германия Норвегии?", {"DE", "NO"}),
        ("Кто из Южного Судана и Российской Федерации говорил?", {"SS", "RU"}),
        ("Итоги того года для малых портов", set[str]()),
        ("ماذا قالت النرويج وألمانيا للصين؟", {"NO", "DE", "CN"}),
        ("挪威和几内亚比绍说了什么？", {"NO", "GW"}),
        ("What did Papua New Guinea say?", {"PG"}),
    ],
)
def test_states_are_named_in_six_languages_in_any_case(question: str, codes: set[str]) -> None:
    assert states_named(question) == codes


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru", "ar", "zh"])
def test_territories_are_called_as_unicodes_cldr_has_them(language: str) -> None:
    from babel import Locale

    named = {code: name for code, name in Locale(language).territories.items() if code.isalpha()}
    kept = {row["code"]: row[language] for row in table("territories") if row[language]}
    assert kept.items() <= named.items()
    assert not any(words(name, language) for code, name in named.items() if code not in kept)
