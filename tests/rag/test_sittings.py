"""A sitting itself: who was present, who was not, who chaired it, when it began and ended."""

from pathlib import Path

import pytest

from onrecord.rag import Filters, Library, open_library
from onrecord.rag.query.kinds import sitting_facts
from tests.fakes import HashEmbedder

MINUTES = """# Minutes of the harbour council, 3 May 2031

Chair Lena Ruiz called the meeting to order at 6.30 p.m.

## 1. Roll call

Present: Lena Ruiz, Omar Adan, Piet Vos and Mina Sato.

Others present: Ines Costa, clerk, and two members of the public.

## 2. Apologies for absence

Apologies were received from Yusuf Bell and Nora Lind.

## 3. The old pier

Omar Adan said that he was disappointed that the rubble was still present at the old pier. He wished to present a plan
on 4 June at 10.00 a.m., when the works committee meets.

## 4. Close

The meeting closed at 8.05 p.m.
"""

SEANCE = """# Procès-verbal de la séance du 4 mai 2031

La séance est ouverte à 9 h 30 sous la présidence de Mme Léa Morin.

Présents : Léa Morin, Paul Petit, Ana Costa.

Absents : Jean Roux, Luc Blanc.

La construction du quai est approuvée.

La séance est levée à 11 h 15.
"""

DECIDED = """# Minutes of the pier board, 5 May 2031

## Item 1: the crane

The motion to buy a crane was carried by 5 votes to 2.

## Item 2: the shed

The motion to paint the shed was carried unanimously.

ACTION: Clerk to order the paint by 1 June.

## Item 3: the boats

Ms. Ruiz spoke against boats of glass.
"""

HANSARD = """# Debates of the assembly of lamps

Ms. Ruiz: I regret that the lamps of the harbour are present in the old quarter only.

Mr. Adan: The Chair: what a word. I thank the Chair, Madam, and I thank Ms. Ruiz.

The President: Mr. Bell has the floor on the lamps of Lind and Sato.
"""


RECORDS = {"minutes.md": MINUTES, "seance.md": SEANCE, "hansard.md": HANSARD, "decided.md": DECIDED}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("sittings")
    for name, text in RECORDS.items():
        (folder / name).write_text(text, encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / name for name in RECORDS])
        yield library


def quotes(library: Library, question: str, document: str) -> list[str]:
    return [each.quote for each in library.ask(question, filters=Filters(document=document)).citations]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who was present?", ["Present: Lena Ruiz, Omar Adan, Piet Vos and Mina Sato.\n\nOthers present: Ines Costa"]),
        ("Who attended the council meeting?", ["Present: Lena Ruiz, Omar Adan"]),
        ("Who sent apologies?", ["Apologies were received from Yusuf Bell"]),
        ("Who chaired the meeting?", ["Chair Lena Ruiz called the meeting to order"]),
        ("When did the meeting start?", ["Chair Lena Ruiz called the meeting to order at 6.30 p.m."]),
        ("When did the meeting begin and end?", ["Chair Lena Ruiz", "The meeting closed at 8.05 p.m."]),
    ],
)
def test_what_the_minutes_tell_of_the_meeting_itself(records: Library, question: str, said: list[str]) -> None:
    told = quotes(records, question, "minutes.md")
    assert len(told) == len(said)
    assert all(quote.startswith(begins) for quote, begins in zip(told, said, strict=True))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qui était présent ?", "Présents : Léa Morin"),
        ("Qui était absent ?", "Absents : Jean Roux"),
        ("Qui a présidé la séance ?", "La séance est ouverte à 9 h 30 sous la présidence de Mme Léa Morin"),
        ("À quelle heure la séance a-t-elle été levée ?", "La séance est levée à 11 h 15."),
    ],
)
def test_it_is_told_in_the_language_of_the_record(records: Library, question: str, said: str) -> None:
    (told,) = quotes(records, question, "seance.md")
    assert told.startswith(said)


@pytest.mark.parametrize("question", ["Who was present?", "Who was absent?", "Who chaired the debate?"])
def test_what_is_only_said_of_somebody_is_no_list(records: Library, question: str) -> None:
    answer = records.ask(question, filters=Filters(document="hansard.md"))
    assert not answer.answered
    assert not answer.citations


def test_a_question_with_a_subject_of_its_own_is_none_about_the_meeting(records: Library) -> None:
    told = quotes(records, "Who was present with rubble at the old pier?", "minutes.md")
    assert not any(quote.startswith("Present:") for quote in told)


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("Who was there and who was absent?", ("present", "absent")),
        ("¿A qué hora empezó la reunión?", ("opens",)),
        ("Кто председательствовал?", ("chair",)),
        ("من حضر الجلسة؟", ("present",)),
        ("谁出席了会议？", ("present",)),
        ("When did the war start?", ()),
        ("What did the chair say?", ()),
    ],
)
def test_what_is_asked_of_a_sitting(question: str, facts: tuple[str, ...]) -> None:
    assert sitting_facts(question) == facts


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What was decided?", ["buy a crane", "paint the shed", "Clerk to order the paint"]),
        ("What are the action items?", ["Clerk to order the paint"]),
        ("Did anyone vote against anything?", ["buy a crane"]),
    ],
)
def test_all_that_was_decided_without_a_subject(records: Library, question: str, told: list[str]) -> None:
    found = quotes(records, question, "decided.md")
    assert len(found) == len(told)
    assert all(words in quote for words, quote in zip(told, found, strict=True))


def test_where_nobody_was_against_nothing_is_quoted(records: Library) -> None:
    assert quotes(records, "Did anyone vote against anything?", "seance.md") == []
    assert quotes(records, "What are the action items?", "seance.md") == []


def test_what_was_decided_on_a_subject_is_no_list(records: Library) -> None:
    (told,) = quotes(records, "What was decided about the crane?", "decided.md")
    assert "buy a crane" in told


def test_a_conversation_goes_on_about_the_meeting(records: Library) -> None:
    history = [records.ask("Who was present at the meeting of the harbour council?")]
    for question, begins in (
        ("And who sent apologies?", "Apologies were received"),
        ("When did it end?", "The meeting closed at 8.05 p.m."),
    ):
        history.append(records.ask(question, history=history))
        assert [quote.quote.startswith(begins) for quote in history[-1].citations] == [True], question


def test_all_that_was_decided_is_listed_in_a_conversation_too(records: Library) -> None:
    first = records.ask("What did the pier board decide on the crane?")
    assert len(records.ask("And what was decided?", history=[first]).citations) == 3
