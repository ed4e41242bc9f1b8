"""What tells two sentences of nearly the same words apart, by hand, in three languages."""

import time
from pathlib import Path

import pytest

from onrecord.rag import open_library
from onrecord.rag.retrieval.repetition import tells_apart

from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

APART = [
    ("The fee for a day rises to 11 crowns.", "The fee for a day rises to 14 crowns."),
    ("The fee for a day rises to eleven crowns.", "The fee for a day rises to fourteen crowns."),
    ("The fee rises by 5% each year.", "The fee rises by 5 crowns each year."),
    ("The fee is €5 for a boat.", "The fee is $5 for a boat."),
    ("The fee is 1.5 crowns a boat.", "The fee is 15 crowns a boat."),
    ("The fee is 1.5 crowns a boat.", "The fee is 1.55 crowns a boat."),
    ("The water fell to -3 degrees.", "The water fell to 3 degrees."),
    ("It covers 100 m² of the pier.", "It covers 100 m³ of the pier."),
    ("It takes 10 to 12 boats.", "It takes 10 to 15 boats."),
    ("It rose from 11 to 14 crowns.", "It rose from 14 to 11 crowns."),
    ("It lends 11 boats to the port.", "It lends 11 nets to the port."),
    ("It pays USD 5 for a net.", "It pays EUR 5 for a net."),
    ("It opens the third lock.", "It opens the second lock."),
    ("Half of the fleet is paid.", "A quarter of the fleet is paid."),
    ("The season opens on 3 May.", "The season opens on 3 June."),
    ("The season opens on Monday.", "The season opens on Tuesday."),
    ("The season opened in 2019.", "The season opened in 2021."),
    ("The vote is held today.", "The vote is held tomorrow."),
    ("The vote is held before lunch.", "The vote is held after lunch."),
    ("We agree to the ban on nets.", "We do not agree to the ban on nets."),
    ("We can agree to the ban on nets.", "We cannot agree to the ban on nets."),
    ("We will join the ban on nets.", "We won’t join the ban on nets."),
    ("It was always paid in full.", "It was never paid in full."),
    ("The ban holds with exceptions.", "The ban holds without exceptions."),
    ("Both members agreed to it.", "Neither of the members agreed to it."),
    ("The draft was adopted by the council.", "The draft was rejected by the council."),
    ("The quota shall rise by a third.", "The quota shall fall by a third."),
    ("Members shall report each year.", "Members may report each year."),
    ("The practice is lawful in the bay.", "The practice is unlawful in the bay."),
    ("All members paid the fee.", "Some members paid the fee."),
    ("In the end Norway supported the ban.", "In the end Sweden supported the ban."),
    ("We thank Ms. Lind for the paper.", "We thank Ms. Ruiz for the paper."),
    ("Guinea paid the fee.", "Papua New Guinea paid the fee."),
    ("It prefers option A for the pier.", "It prefers option B for the pier."),
    ("It is set out in annex II to the report.", "It is set out in annex III to the report."),
    ("It asks for [30] days of notice.", "It asks for [60] days of notice."),
    ("La taxe est de onze couronnes.", "La taxe est de quatorze couronnes."),
    ("La saison ouvre en juin.", "La saison ouvre en juillet."),
    ("La saison ouvre le lundi.", "La saison ouvre le mardi."),
    ("Le Togo appuie l’interdiction.", "Le Togo n’appuie pas l’interdiction."),
    ("Le projet a été adopté hier soir.", "Le projet a été rejeté hier soir."),
    ("Le quota augmente cette année.", "Le quota diminue cette année."),
    ("La tasa es de once coronas.", "La tasa es de catorce coronas."),
    ("La temporada abre en junio.", "La temporada abre en julio."),
    ("El Perú acepta la veda.", "El Perú no acepta la veda."),
    ("Chile apoya la veda del arenque.", "Cuba apoya la veda del arenque."),
    ("El proyecto fue aprobado sin votación.", "El proyecto fue aprobado con votación."),
    ("Hay quinientas lanchas en el puerto.", "Hay setecientas lanchas en el puerto."),
    ("See annex iv of the report on fees.", "See annex vi of the report on fees."),
    ("The motion was carried by the council.", "The motion was lost by the council."),
    ("It applies to sellers of fish in the port.", "It applies to buyers of fish in the port."),
    ("The board failed to adopt the plan.", "The board did adopt the plan."),
    ("Die Gebühr beträgt elf Kronen im Jahr.", "Die Gebühr beträgt zwölf Kronen im Jahr."),
    ("Wir stimmen dem Entwurf nicht zu.", "Wir stimmen dem Entwurf zu."),
    ("Мы не согласны с проектом.", "Мы согласны с проектом."),
    ("لا نوافق على مشروع القرار", "نوافق على مشروع القرار"),
]
ALIKE = [
    ("The members wanted the ban.", "The member wanted this ban."),
    ("The fee for a day rises to 11 crowns.", "The fee for a day\n  rises to 11 crowns."),
    ("The Commission agreed to the ban.", "The Com-\nmission agreed to the ban."),
    ("The Commission agreed to the ban.", "The Com\xadmission agreed to the ban."),
    ("They spoke of a “quiet season”.", 'They spoke of a "quiet season".'),
    ("They called it Norway's ban.", "They called it Norway’s ban."),
    ("The Commission agreed to the ban.", "THE COMMISSION AGREED TO THE BAN."),
    ("The Commission agreed to the ban.", "The Commission agreed to the ban.[3]"),
    ("The Commission agreed to the ban.", "The Commission³ agreed to the ban."),
    ("The Commission agreed to the ban.", "The Commission agreed to the ban.<sup>12</sup>"),
    ("The Commission agreed to the ban.", "The **Commission** agreed to the _ban_."),
    ("The season opens on 3 May 2019.", "the season opens on 3\xa0May 2019"),
    ("We don't agree to 11 crowns.", "We don’t agree to 11 crowns."),
    ("La Côte d’Ivoire n’accepte pas la taxe.", "La Cote d'Ivoire n'accepte pas la taxe"),
    ("El Perú no acepta la veda.", "El  Perú NO acepta la veda."),
    ("The Commission agreed to the ban.", "The Commission then agreed to the ban."),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_differs_in_substance(one: str, other: str) -> None:
    assert tells_apart(one, other) and tells_apart(other, one)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_differs_in_form_alone(one: str, other: str) -> None:
    assert not tells_apart(one, other) and not tells_apart(other, one)


def test_long_texts_take_no_long_time() -> None:
    started = time.process_time()
    for run in ("a-\n", "1.", "-1", "[1]", "<sup>", "³", "Norway ", "not ", "\xad", "…’"):
        tells_apart(run * 20_000, run * 20_001)
    assert time.process_time() - started < 20


def quoted(folder: Path, record: str, question: str) -> set[tuple[str | None, str]]:
    (folder / "record.txt").write_text(record, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "record.txt"])
        return {(each.locator.speaker, each.quote) for each in library.ask(question).citations}


def test_two_figures_are_both_quoted(tmp_path: Path) -> None:
    said = [f"The harbour council set the mooring fee at {fee} crowns for a boat of ten metres." for fee in (11, 14)]
    record = f"Minutes\n\n{said[0]}\n\nThe rain fell.\n\n{said[1]}\n\nThe council rose at noon."
    found = quoted(tmp_path, record, "At how many crowns did the harbour council set the mooring fee for a boat?")
    assert all(any(sentence in quote for _, quote in found) for sentence in said)


def test_the_same_words_of_two_delegations_are_two_statements(tmp_path: Path) -> None:
    words = "We support the ban on bottom trawling in the northern banks."
    record = f"Norway: {words}\n\nMexico: The rain fell for days.\n\nSweden: {words}\n\nPeru: We wait for the tide."
    found = quoted(tmp_path, record, "Which delegations support the ban on bottom trawling in the northern banks?")
    assert {speaker for speaker, quote in found if words in quote} == {"Norway", "Sweden"}


def test_the_same_words_twice_are_quoted_once(tmp_path: Path) -> None:
    said = "The harbour council set the mooring fee at 11 crowns for a boat of ten metres."
    record = f"Minutes\n\n{said}\n\nThe rain fell.\n\n{said.replace(' set ', chr(10) + 'set ')}\n\nThe council rose."
    assert len(quoted(tmp_path, record, "At how many crowns did the harbour council set the mooring fee?")) == 1
