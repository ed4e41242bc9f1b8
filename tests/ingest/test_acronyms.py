"""Acronyms and what they stand for, as records introduce them."""

import pytest

from onrecord.ingest.structure.facts.acronyms import acronyms, definitions

from ..security.growth import grows_too_fast


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on new psychoactive substances (NPS), which", {"NPS": "new psychoactive substances"}),
        ("the Commission on Narcotic Drugs (CND) met", {"CND": "Commission on Narcotic Drugs"}),
        ("United Nations Office on Drugs and Crime (UNODC)", {"UNODC": "United Nations Office on Drugs and Crime"}),
        ("Civil Society Task Force (CSTF; see below)", {"CSTF": "Civil Society Task Force"}),
        ("non-governmental organizations (NGOs)", {"NGOs": "non-governmental organizations"}),
        ("the **World Health Organization** (**WHO**) said", {"WHO": "World Health Organization"}),
        ("the Vienna NGO Committee on Drugs (VNGOC)", {"VNGOC": "Vienna NGO Committee on Drugs"}),
        ("It was noted. Drugs. Nations (UN) agreed", {}),
        ("in the chapter above (see)", {}),
        ("the delegation of Norway (USA)", {}),
        ("paragraph four (IV) and page nine (9)", {}),
        ("no words before", {}),
        ("(NPS) at the very start", {}),
        ("", {}),
    ],
)
def test_short_forms_with_their_long_forms(text: str, found: dict[str, str]) -> None:
    assert acronyms(text) == found


def test_the_first_long_form_counts() -> None:
    text = "new psychoactive substances (NPS) and later national policy strategies (NPS)"
    assert acronyms(text) == {"NPS": "new psychoactive substances"}


def test_a_name_before_a_short_form_of_another_language_counts_where_it_stands_there_again() -> None:
    once = "the United Mission for Lamps in the Harbour (MINULA) was told"
    assert acronyms(once) == {}
    assert acronyms(f"{once}. So {once}") == {"MINULA": "United Mission for Lamps in the Harbour"}
    assert acronyms("Ms. Ruiz of the Board (XYZQ) and Ms. Ruiz of the Board (XYZQ)") == {}


@pytest.mark.slow
def test_the_time_of_long_records_grows_with_them_and_not_faster() -> None:
    text = "a(" * 50_000 + "the new psychoactive substances (NPS) " * 20_000 + "(ABCDEFGH) " * 20_000
    assert acronyms(text) == {"NPS": "new psychoactive substances"}
    for piece in ("a(", "the new psychoactive substances (NPS) ", "(ABCDEFGH) ", "Ab Cd of Ef (XYZQ) "):
        assert not grows_too_fast(acronyms, lambda length, piece=piece: piece * (length // len(piece))), piece


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the World Health Organization (WHO) said", ["World Health Organization (WHO)"]),
        ("the WHO (World Health Organization) said", ["WHO (World Health Organization)"]),
        ("the Harbour Board (HB; see below) and HB (Harbour Bell)", ["Harbour Board (HB"]),
        ("the HB (which the Board of the Harbour is) and A (a bell), IV (four)", []),
        ("the HB (Harbour Board", []),
    ],
)
def test_where_short_forms_are_explained(text: str, found: list[str]) -> None:
    assert [text[each.start : each.end] for each in definitions(text)] == found


@pytest.mark.slow
def test_the_time_of_finding_where_grows_with_the_text() -> None:
    for piece in ("AB (", "ABCD (a board ", "AB (a b) ", "A", "(AB) "):
        assert not grows_too_fast(definitions, lambda length, piece=piece: piece * (length // len(piece))), piece
