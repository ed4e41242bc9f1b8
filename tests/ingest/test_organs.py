"""Organs and organisations by their names in the six languages."""

import pytest

from onrecord.ingest.language.organs import names_of_organ, organs_named
from onrecord.ingest.language.tables import table
from onrecord.vectorstore.names import fold

from ..security.growth import grows_too_fast


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru", "ar", "zh"])
def test_every_name_of_an_organ_is_that_organs(language: str) -> None:
    for row in table("organs"):
        for name in row[language].split(";"):
            found = organs_named(f"a, {name}: b")
            assert row["code"] in found, name
            assert fold(name) in names_of_organ(row["code"])
            assert all(any(fold(name) != one and one in fold(name) for one in names_of_organ(other))
                       for other in found - {row["code"]}), name  # fmt: skip


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("What did WHO say about the ferry?", {"WHO"}),
        ("Who spoke?", set()),
        ("WHO SPOKE?", set()),
        ("Qu’a dit l’OMS ?", {"WHO"}),
        ("un pam d’or", set()),
        ("Que répond le FISE ?", {"UNICEF"}),
        ("Что сообщили во Всемирной организации здравоохранения?", {"WHO"}),
        ("وماذا قالت لمنظمة الصحة العالمية؟", {"WHO"}),
        ("儿基会说了什么？", {"UNICEF"}),
        ("What did the World Health Organisations of old do?", set()),
    ],
)
def test_organs_are_named_in_six_languages_in_any_case(question: str, codes: set[str]) -> None:
    assert organs_named(question) == codes


def test_many_beginnings_of_names_take_linear_time() -> None:
    unfinished = "Организация Объединенных united nations "
    assert not grows_too_fast(organs_named, lambda length: unfinished * (length // len(unfinished)))
