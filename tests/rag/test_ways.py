"""Kinds of questions with a way of their own, over four invented records: decisions, overviews, the catalogue."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from onrecord.rag import Answer, Filters, Library, Turn, open_library
from onrecord.rag.answering.candidates import Quotable
from onrecord.rag.answering.decisions import with_names
from onrecord.rag.answering.kinds.ways import from_catalogue
from onrecord.rag.answering.quoted import Quoted
from onrecord.rag.answering.scoring import FEATURES, described, rank, weights_of
from onrecord.rag.query.parse import parse_query
from onrecord.rag.retrieval.retrieve import retrieve
from onrecord.vectorstore.embedder import E5, MINILM
from onrecord.vectorstore.passage import Hit
from onrecord.vectorstore.structure import Outcome

from .council import write_council
from .invariants import check

ASKED = (
    "Was the motion on night ferries carried?",
    "Who opposed the night ferries?",
    "How did Tanaka vote on the night ferries?",
    "What is Novak to do by when?",
    "What are the minutes of the Town Council about?",
    "Summarise the debate on beekeeping.",
    "What did Ms. Arvid say?",
    "Résumez le compte rendu.",
    "List all documents.",
    "Which documents mention Osterwick?",
    "Which documents do you have with a tied vote?",
    "Who spoke in the debate on beekeeping?",
    "Hello!",
)


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("council")
    with open_library(folder / "library") as library:
        library.ingest([write_council(folder / "records")])
        yield library


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


def first_outcome(library: Library, question: str) -> Quotable:
    query = parse_query(library.store, question)
    return next(each for each in rank(library.store, query, retrieve(library.store, query)) if each.outcome)


@pytest.mark.parametrize("question", ASKED)
def test_every_way_keeps_the_promises_of_an_answer(council: Library, question: str) -> None:
    check(council.ask(question), council)


# --- comparisons -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Arvid and Bastos on foreign queens", ["Arvid", "Bastos"]),
        ("Ms. Arvid vs. Mr. Bastos: are the bees free of mites?", ["Ms. Arvid", "Mr. Bastos"]),
        ("arvid and bastos on foreign queens", ["arvid", "bastos"]),
        ("How does Arvid's position on mites compare with Bastos's?", ["Arvid", "Bastos"]),
        ("How did Moreau and Tanaka differ on the night ferries?", ["Moreau", "Tanaka"]),
        ("What did Ms. Arvid say about foreign queens?", []),
        ("What did Ms. Arvid say about Bastos and the President?", []),
        ("How did Moreau and Tanaka vote?", []),
        ("What is the difference between the two bills?", []),
    ],
)
def test_speakers_and_names_side_by_side_are_compared(council: Library, question: str, sides: list[str]) -> None:
    assert [side.name for side in parse_query(council.store, question).compared] == sides


def test_each_side_is_told_by_itself_in_the_order_of_the_question(council: Library) -> None:
    answer = council.ask("Bastos and Arvid on bringing foreign queens to the outer islands")
    check(answer, council)
    assert list(answer.sides) == ["Bastos", "Arvid"]
    for name, told in answer.sides.items():
        cited = {answer.citations[number - 1].locator.speaker for each in told for number in each.citations}
        assert cited and all(name in str(speaker) for speaker in cited)


def test_things_that_do_not_speak_are_compared_by_what_names_them(council: Library) -> None:
    answer = council.ask("How did Moreau and Tanaka differ on the night ferries?")
    assert "presented a plan" in answer.sides["Moreau"][0].text and "feared that" in answer.sides["Tanaka"][0].text


# --- decisions -------------------------------------------------------------------------------------------------------


def test_an_outcome_is_quoted_after_what_it_decides(council: Library) -> None:
    answer = council.ask("Was the lease of the old customs house approved?")
    assert quotes(answer)[0] == "The motion was defeated by 6 votes to 6."
    assert answer.sentences[0].text.startswith("It was moved by Councillor Grubb")
    assert "approved: “The motion" in answer.text, "the lead ends without the mark of its own sentence"


def test_a_task_names_its_owner_and_its_day(council: Library) -> None:
    assert "three offers by 30 June 2031" in council.ask("What is Novak to do by when?").text


def test_a_reason_is_no_outcome(council: Library) -> None:
    answer = council.ask("Why does the northern route need night ferries?")
    assert answer.citations and not any("carried by" in quote for quote in quotes(answer))


def told_shortly(library: Library) -> Quotable:
    """The vote on the ferries as it is quoted where its lists are too long: the sentence alone."""
    quotable = first_outcome(library, "Was the motion on night ferries carried?")
    assert quotable.outcome
    return replace(quotable, end=quotable.start + len(quotable.outcome.text))


@pytest.mark.parametrize(
    ("question", "lead", "listed"),
    [
        ("Who opposed the night ferries?", "Against (8)", "Hallam, Ibsen, Jansen, Kowal, Marsh, Novak, Oduya, Tanaka"),
        ("Who voted against the ferries?", "Against (8)", "Hallam, Ibsen, Jansen, Kowal, Marsh, Novak, Oduya, Tanaka"),
        ("Who abstained?", "Abstained (2)", "Petrov, Quist"),
        ("How did Tanaka vote on the plan for ferries?", "Against (with 7 others)", "Tanaka"),
        ("How did Quist vote?", "Abstained (with 1 other)", "Quist"),
    ],
)
def test_the_names_asked_for_are_quoted_from_their_list(
    council: Library, question: str, lead: str, listed: str
) -> None:
    told = told_shortly(council)
    found = with_names(parse_query(council.store, question), told)
    assert [(each.lead, each.text) for each in found[1:]] == [(lead, listed)]


def test_each_of_several_names_is_quoted(council: Library) -> None:
    query = parse_query(council.store, "How did Moreau, Marsh and Castell vote?")
    assert [each.text for each in with_names(query, told_shortly(council))[1:]] == ["Castell", "Moreau", "Marsh"]


def test_a_question_for_no_names_brings_none(council: Library) -> None:
    told = told_shortly(council)
    assert with_names(parse_query(council.store, "Was the plan for night ferries carried?"), told) == [told]


def vote(told: Quotable, text: str, names_for: tuple[str, ...], names_against: tuple[str, ...]) -> Quotable:
    """A vote of its own text, in one passage."""
    outcome = Outcome(
        start=0, end=len(text), item=None, kind="vote", text=text[:9], names_for=names_for, names_against=names_against
    )
    document = replace(told.hit.document, text=text)
    passage = replace(told.hit.passage, text=text, start=0, end=len(text))
    hit = Hit(passage=passage, document=document, score=0.0)
    return Quotable(hit=hit, start=0, end=9, words=frozenset(), outcome=outcome, told_in=(passage,))


def test_a_name_within_another_name_is_not_taken_for_it(council: Library) -> None:
    told = vote(
        told_shortly(council), "Carried.\nYes: Marshall, New Guinea\nNo: Marsh,\nGuinea", ("Marshall", "New Guinea"),
        ("Marsh", "Guinea"),
    )  # fmt: skip
    found = with_names(parse_query(council.store, "Who opposed it?"), told)
    assert [each.text for each in found[1:]] == ["Marsh,\nGuinea"]


def test_a_list_that_holds_the_other_side_is_not_quoted(council: Library) -> None:
    told = vote(told_shortly(council), "Carried.\nAbara No\nBell Yes\nCole No", ("Bell",), ("Abara", "Cole"))
    assert with_names(parse_query(council.store, "Who opposed it?"), told) == [told]


# --- overviews -------------------------------------------------------------------------------------------------------


def test_an_overview_has_the_title_and_what_each_item_came_to(council: Library) -> None:
    answer = council.ask("What are the minutes of the Town Council about?")
    assert quotes(answer)[0] == "Minutes of the Town Council of Osterwick"
    assert answer.sentences[0].text.startswith("2031-05-14: “Minutes")
    assert "4. Playground in Harbour Street, 1 of 2 outcomes: “The Council decided to repair" in answer.text
    headings = [sentence.text.split(".")[0] for sentence in answer.sentences[1:]]
    assert headings == ["1", "2", "3", "4", "5"], "in the order of the record"


def test_an_overview_of_one_item_ends_with_its_outcome(council: Library) -> None:
    answer = council.ask("What was discussed on the lease of the old customs house?")
    assert answer.sentences[-1].text.startswith("Outcome: “The motion was defeated by 6 votes to 6.”")
    assert not any("ferries" in quote for quote in quotes(answer))


def test_what_a_speaker_said_is_told_from_each_of_their_turns(council: Library) -> None:
    answer = council.ask("What did Ms. Arvid say?")
    assert {citation.locator.speaker for citation in answer.citations} == {"Ms. Arvid"}
    assert len(answer.citations) == 2


@pytest.mark.parametrize("question", ["Summarise the debate on beekeeping.", "Résumez le compte rendu."])
def test_an_overview_says_nothing_twice(council: Library, question: str) -> None:
    answer = council.ask(question)
    assert len(answer.citations) > 1
    assert len(set(quotes(answer))) == len(answer.citations)


def test_a_subject_is_no_feeling(council: Library) -> None:
    answer = council.ask("What did the parents complain about?")
    assert any("swings" in quote for quote in quotes(answer))
    assert "Minutes of the Town Council of Osterwick" not in quotes(answer)


# --- the catalogue ---------------------------------------------------------------------------------------------------

TITLES = {
    "Compte rendu de la commission des ports",
    "Debate of the Island Assembly on beekeeping",
    "Minutes of the Town Council of Osterwick",
    "Notice on the water supply of Osterwick",
}


@pytest.mark.parametrize(
    ("question", "titles", "note"),
    [
        ("List all documents.", TITLES, "4 of the 4 records."),
        ("Quels documents avez-vous ?", TITLES, "4 of the 4 records."),
        ("Which documents are not in English?", {"Compte rendu de la commission des ports"}, "1 of the 4 records."),
        ("Which records are in French?", {"Compte rendu de la commission des ports"}, "1 of the 4 records."),
        ("Which documents do you have on beekeeping?", {"Debate of the Island Assembly on beekeeping"},
         "1 of the 4 records."),
        ("Which documents mention Mill Lane?", {"Notice on the water supply of Osterwick"}, "1 of the 4 records."),
    ],
)  # fmt: skip
def test_the_records_asked_for_are_listed_whole(council: Library, question: str, titles: set[str], note: str) -> None:
    answer = council.ask(question)
    assert set(quotes(answer)) == titles
    assert answer.notes[0] == note


def test_a_record_is_listed_with_its_day_and_how_many_passages_speak_of_it(council: Library) -> None:
    answer = council.ask("Which documents mention Mill Lane?")
    assert answer.sentences[0].text == "2034-03-01, 1 passage: “Notice on the water supply of Osterwick”"


def test_a_tied_vote_is_quoted_and_a_tie_of_another_kind_is_none(council: Library) -> None:
    assert quotes(council.ask("Which records do you have with a tied vote?")) == [
        "The motion was defeated by 6 votes to 6."
    ]
    assert "6 votes" not in council.ask("Which documents do you have on railway ties?").text


def test_the_catalogue_keeps_to_the_filters(council: Library) -> None:
    query = parse_query(council.store, "List all documents.")
    found = from_catalogue(council.store, query, Filters(since="2034-01-01"))
    assert found and [citation.document.date for citation in found.citations] == ["2034-03-01"]


def test_everybody_who_spoke_is_listed_with_how_often(council: Library) -> None:
    answer = council.ask("Who spoke in the debate on beekeeping?")
    assert quotes(answer) == ["The President", "Ms. Arvid", "Mr. Bastos", "Mr. Castellan"]
    assert answer.sentences[1].text == "Ms. Arvid (2 statements): “Ms. Arvid”"
    assert answer.notes == ("4 speakers in Debate of the Island Assembly on beekeeping, all of them.",)


def test_who_spoke_of_a_subject_is_not_everybody(council: Library) -> None:
    answer = council.ask("Who spoke about inspections in the debate?")
    assert quotes(answer) == ["Mr. Castellan"] or set(quotes(answer)) == {"Ms. Arvid", "Mr. Castellan"}


@pytest.mark.parametrize(
    ("question", "note", "first"),
    [
        ("List all decisions of the Town Council of Osterwick.",
         "4 outcomes in Minutes of the Town Council of Osterwick, all that were found in it.",
         "The motion was carried by 9 votes to 8, with 2 abstentions."),
        ("List all votes in the minutes of the Town Council.",
         "2 votes in Minutes of the Town Council of Osterwick, all that were found in it.",
         "The motion was carried by 9 votes to 8, with 2 abstentions."),
        ("What were the items of the meeting of the Town Council of Osterwick?",
         "5 items in Minutes of the Town Council of Osterwick, all that the record tabulates.", "1. Opening"),
    ],
)  # fmt: skip
def test_what_a_record_tabulates_is_listed_whole(council: Library, question: str, note: str, first: str) -> None:
    answer = council.ask(question)
    check(answer, council)
    assert answer.notes[0] == note and quotes(answer)[0] == first
    assert len(answer.citations) == int(note.split()[0])


def test_a_list_on_a_subject_is_not_all_that_the_record_tabulates(council: Library) -> None:
    answer = council.ask("List all decisions on the playground in Harbour Street.")
    assert not any("tabulates" in note for note in answer.notes)


def test_everything_on_a_subject_is_told_record_by_record(council: Library) -> None:
    answer = council.everything("What is said about the ferries?")
    check(answer, council)
    assert all("ferr" in quote.casefold() for quote in quotes(answer)) and len(answer.citations) == 2
    places = [(citation.document.id, citation.start) for citation in answer.citations]
    assert places == sorted(places, key=lambda each: each[1]), "one record, in its order"
    assert answer.notes[0].startswith(f"{len(places)} sentences in 1 record: all that have most of the words")
    assert not council.everything("What is said about zeppelins?").answered
    confined = council.everything("What is said about the ferries?", filters=Filters(since="2034"))
    assert not confined.answered


# --- courtesies ------------------------------------------------------------------------------------------------------


def test_a_courtesy_tells_what_to_ask(council: Library) -> None:
    for said, code in (("Hello!", "greeting"), ("Thank you very much", "thanks"), ("What can you do?", "help")):
        answer = council.ask(said)
        assert answer.refusal and answer.refusal.code == code
        assert not answer.text.startswith("The documents do not answer")


# --- how answers of quotes are put together --------------------------------------------------------------------------


def test_a_number_in_brackets_is_no_citation(council: Library) -> None:
    document = replace(first_outcome(council, "Was the lease approved?").hit.document, text=" See [3] and [12]. \n")
    quoted = Quoted()
    quoted.add(council.store, document, 0, len(document.text), "Annex [9]")
    assert quoted.citations[0].quote == "See [3] and [12]."
    assert quoted.sentences[0].text == "Annex (note 9): “See (note 3) and (note 12).”"


# --- scores ----------------------------------------------------------------------------------------------------------


def test_the_features_of_a_sentence_and_of_an_outcome(council: Library) -> None:
    query = parse_query(council.store, "Was the lease of the old customs house approved?")
    hits = retrieve(council.store, query)
    found, matrix = described(council.store, query, hits)
    rows = [dict(zip(FEATURES, row, strict=True)) for row in matrix.tolist()]
    roof = next(row for each, row in zip(found, rows, strict=True) if each.text.startswith("The roof needs repair"))
    assert (roof["outcome"], roof["question"], roof["digits"], roof["first"]) == (0, 0, 0, 0)
    assert roof["length"] == pytest.approx(2.565, abs=0.001), "ln(1 + 12 words)"
    assert roof["capitals"] == pytest.approx(1 / 12)
    tied = next(row for each, row in zip(found, rows, strict=True) if each.outcome and "defeated" in each.text)
    assert (tied["outcome"], tied["counted"], tied["digits"], tied["decision_outcome"]) == (1, 1, 1, 1)
    assert (tied["vote_outcome"], tied["reason_outcome"], tied["known"]) == (0, 0, 1), "its item holds every word"
    assert tied["length"] == pytest.approx(2.303, abs=0.001), "ln(1 + 9 words)"


def test_scores_are_shares_of_the_best(council: Library) -> None:
    query = parse_query(council.store, "Was the lease of the old customs house approved?")
    ranked = rank(council.store, query, retrieve(council.store, query))
    assert ranked[0].score == 1 and all(0 < each.score <= 1 for each in ranked)
    assert [each.score for each in ranked] == sorted((each.score for each in ranked), reverse=True)


def test_nothing_found_is_ranked_as_nothing(council: Library) -> None:
    assert rank(council.store, parse_query(council.store, "Was the lease approved?"), []) == []


def test_an_unknown_model_has_the_default_weights() -> None:
    assert weights_of("no-such-model").tolist() == weights_of(E5).tolist() != weights_of(MINILM).tolist()


def test_courtesies_and_catalogue_questions_lean_on_nothing(council: Library) -> None:
    first = council.ask("Was the lease of the old customs house approved?")
    thanked = council.ask("thanks", history=[Turn(question=first.question, answer=first.text)])
    history = [Turn(question=each.question, answer=each.text) for each in (first, thanked)]
    listed = council.ask("list all documents", history=history)
    assert listed.standalone_question == "list all documents"
    assert len(listed.citations) == len(council.documents())
    assert "thanks" not in council.ask("And who opposed it?", history=history).standalone_question
