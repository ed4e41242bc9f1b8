"""Answers without a language model, over three small records: the promises every answer keeps, and whom it quotes."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from onrecord.rag import (
    Answer,
    Document,
    Filters,
    Hit,
    Library,
    Locator,
    Passage,
    SentenceReady,
    Timing,
    Turn,
    open_library,
)
from onrecord.rag.answering.abstain import unknown_names
from onrecord.rag.answering.candidates import Quotable
from onrecord.rag.answering.select import attributed, citation_of
from onrecord.rag.pipeline import check_question
from onrecord.rag.query.directory import directory_of
from onrecord.rag.query.mentions import Mentions, mentions
from onrecord.rag.query.question import MAX_QUESTION_CHARS
from onrecord.vectorstore.errors import InputError

from ..fakes import HashEmbedder
from .invariants import check

QUOTA = "What did Norway say about the herring quota?"
FOLLOW_UP = "a follow-up that names another speaker keeps the earlier one"

QUESTIONS = (
    QUOTA,
    "What did Mexico say?",
    "Mexico",
    "herring",
    "What does paragraph 2 say?",
    "What do paragraphs 1 and 3 say?",
    "paras 1 to 5",
    "How much is the dredging budget?",
    "How many members were present?",
    "When will night pilotage be compulsory?",
    "What did the working group agree to?",
    "List everything the working group agreed to.",
    "What did the group not discuss?",
    "Who is the treasurer?",
    "What does HB/2031/9 say about pilot fees?",
    "Compare what Norway and Mexico said about the closed season.",
    "What is discussed in the Minutes of the fishery council?",
    "What did Brazil say about herring?",
    "Who is Kowalski?",
    "What is the capital of France?",
    "Is the moon made of cheese?",
    "note [3] of annex B [1] [2]",
    "¿Qué dijo México?",
    "'; DROP TABLE documents; --",
    'herring" OR 1=1 --',
    "text:herring AND (quota OR NOT *) ~2",
    "😀 herring 😀",
    "ʜᴇʀʀɪɴɢ ｈｅｒｒｉｎｇ",
    "a\x00b\x07\x1b[31m herring",
    "\ud800 herring \udfff",
    "\u202eherring",
    "١٢٣ para. ²",
    "paragraph 99999999999999999999999",
    "herring " * 2000,
    "?" * 1000 + "quota",
)


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


def speakers(answer: Answer) -> set[str | None]:
    return {citation.locator.speaker for citation in answer.citations}


def untimed(answer: Answer) -> Answer:
    return replace(answer, seconds=Timing())


# --- whatever is asked ----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: ascii(question[:40]))
def test_every_answer_keeps_its_promises(library: Library, question: str) -> None:
    answer = library.ask(question)
    check(answer, library)
    assert answer.question == question.encode("utf-8", "replace").decode("utf-8")
    assert (answer.mode, answer.model) == ("quotes", None)
    assert all(sentence.supported for sentence in answer.sentences)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200) | st.text(alphabet="herring quota Norway [](){}12?'\"\\/*:^~§¶.,-\n\t", max_size=120))
@example("\ud800")
@example("\udcff\udcfe 1")
@example("[[[1]]]")
@example("\x00" * 50)
def test_any_string_gives_an_answer_or_a_refusal(library: Library, question: str) -> None:
    answer = library.ask(question)
    check(answer, library)
    if not any(character.isalnum() for character in question):
        assert not answer.answered and "question is empty" in answer.text


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(data=b"m\x80")
@given(data=st.binary(max_size=200))
def test_bytes_taken_for_text_do_no_harm(library: Library, data: bytes) -> None:
    for encoding, errors in (("utf-8", "surrogateescape"), ("latin-1", "strict")):
        check(library.ask(data.decode(encoding, errors)), library)


@pytest.mark.parametrize("question", ["", " ", "\n\t", "???", "😀", "\ud800", "\u202e", "(((", "—"])
def test_an_empty_question_is_refused_with_an_example(library: Library, question: str) -> None:
    answer = library.ask(question)
    check(answer, library)
    assert answer.text == "The documents do not answer this question: the question is empty."
    assert "Ask something, for example" in answer.notes[0]
    with pytest.raises(InputError, match="question is empty"):
        check_question(question)
    with pytest.raises(InputError, match="empty"):
        library.search(question)


def test_a_question_may_be_long_but_not_a_document(library: Library) -> None:
    check(library.ask("q" * MAX_QUESTION_CHARS), library)
    for length in (MAX_QUESTION_CHARS + 1, 100_000):
        answer = library.ask("q" * length)
        check(answer, library)
        assert not answer.answered and "too long" in answer.text
        assert f"{length:,} characters long; at most 4,000" in answer.notes[0]


@pytest.mark.parametrize("question", QUESTIONS[:20])
def test_a_stream_yields_the_sentences_in_order_and_then_the_answer_of_ask(library: Library, question: str) -> None:
    *events, answer = library.stream(question)
    assert isinstance(answer, Answer) and all(isinstance(event, SentenceReady) for event in events)
    assert untimed(answer) == untimed(library.ask(question))
    assert [event.citations for event in events] == [(citation,) for citation in answer.citations]
    if answer.answered:
        assert tuple(event.sentence for event in events) == answer.sentences
    else:
        assert events == []


def test_an_empty_library_refuses(tmp_path) -> None:
    with open_library(tmp_path / "empty", embedder=HashEmbedder()) as empty:
        answer = empty.ask(QUOTA)
        check(answer, empty)
        assert not answer.answered and answer.nearest == () and empty.search(QUOTA) == []


# --- where a question points ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "number", "begins"),
    [
        ("What does paragraph 2 say?", "2", "The Board approved"),
        ("What does paragraph 1 say about Osterwick?", "1", "The Harbour Board met in Osterwick"),
        ("What does para. 4 say about collisions?", "4", "The Board noted with concern"),
        ("¶ 5 on night pilotage", "5", "Night pilotage will be compulsory"),
    ],
)
def test_a_paragraph_asked_for_is_quoted_without_its_number(
    library: Library, question: str, number: str, begins: str
) -> None:
    [citation] = library.ask(question).citations
    assert citation.quote.startswith(begins) and citation.label == f"HB/2031/9, para. {number}"


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("What does paragraph 3 say?", {"3"}),
        ("para 4", {"4"}),
        ("What does paragraph 2 of HB/2031/9 say?", {"2"}),
        ("What do paragraphs 1 and 3 say?", {"1", "3"}),
        ("paragraphs 1 to 3", {"1", "2", "3"}),
    ],
)
def test_a_question_that_only_names_paragraphs_is_answered_from_them(
    library: Library, question: str, numbers: set[str]
) -> None:
    assert {citation.locator.paragraph for citation in library.ask(question).citations} == numbers


@pytest.mark.parametrize("question", ["What does paragraph 77 say?", "Quote para. 6 of HB/2031/9.", "§ 12"])
def test_a_paragraph_that_does_not_exist_is_a_refusal_that_names_it(library: Library, question: str) -> None:
    answer = library.ask(question)
    check(answer, library)
    number = "".join(filter(str.isdigit, question.split("HB/")[0]))
    assert not answer.answered and f"no paragraph {number}" in answer.text


def test_a_document_named_by_its_symbol_is_quoted_on_the_subject(library: Library) -> None:
    answer = library.ask("What does HB/2031/9 say about pilot fees?")
    assert quotes(answer) == ["The treasurer, Ilse Brandt, warned that the pilot fees had not been raised since 2019."]


@pytest.mark.parametrize(
    ("question", "speaker", "quoted"),
    [
        (QUOTA, "Norway", "The herring quota for the northern banks should fall by a third."),
        ("What did Norway say about the closed season?", "Norway", "We can accept a closed season of six weeks."),
        ("What did Mexico say about the closed season?", "Mexico", "A closed season in April protects the spawning"),
        ("What did Mexico say?", "Mexico", "stock survey"),
        ("According to Ms. Lind, what should small boats be?", "Ms. Lind (Verrano)", "Small boats should be exempt"),
        ("What did Verrano say about small boats?", "Ms. Lind (Verrano)", "Small boats should be exempt"),
        ("What did Norway say about gillnets?", "Norway", "Gillnets must be marked with the owner's name."),
        ("What did Ms. Lind say about the herring quota?", "Ms. Lind (Verrano)", "Small boats should be exempt"),
    ],
)
def test_whose_words_are_asked_for_is_who_is_quoted(library: Library, question: str, speaker: str, quoted: str) -> None:
    answer = library.ask(question)
    check(answer, library)
    assert speakers(answer) == {speaker}
    assert quoted in " ".join(quotes(answer))
    assert all(sentence.text.startswith(f"{speaker}: “") for sentence in answer.sentences)
    assert not any(quote.startswith(speaker) for quote in quotes(answer))


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("What did Brazil say about herring?", "Brazil does not occur"),
        ("What did Denmark say?", "Denmark does not occur"),
        ("Who is Kowalski?", "Kowalski does not occur"),
        pytest.param(
            "What did Ms. Kowalski say about the herring quota?",
            "Kowalski does not occur",
        ),
        pytest.param(
            "What did Mr. Kowalski say about the herring quota?",
            "Kowalski does not occur",
        ),
        ("What did Norway say about dredging?", "do not answer"),
        ("What did Mexico say about gillnets?", "do not answer"),
        ("What is the capital of France?", "France does not occur"),
        ("How does photosynthesis work?", "do not answer"),
    ],
)
def test_what_nobody_said_is_refused(library: Library, question: str, holds: str) -> None:
    answer = library.ask(question)
    check(answer, library)
    assert not answer.answered and holds in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "What dredging budget did Osterwick approve for 2032?",  # where the board met, as its report says at its head
        "What dredging budget did the Commission approve in February 2031?",  # names that tell nothing apart
        "Which MP heard the Board approve a dredging budget for 2032?",  # a short abbreviation that no record writes
    ],
)
def test_what_a_name_cannot_tell_apart_is_no_reason_to_refuse(library: Library, question: str) -> None:
    answer = library.ask(question)
    assert answer.answered and "4.2 million crowns" in answer.text


@pytest.mark.slow
@pytest.mark.parametrize("namings", [12, 2])
def test_what_is_named_in_passing_need_not_stand_beside_each_answer(tmp_path: Path, namings: int) -> None:
    opening = "The house sat at noon and heard petitions about roads, wells and schools. " * 30
    named = "\n\n".join(f"Petition {number} came from a village in Skarn." for number in range(namings))
    record = tmp_path / "sitting.txt"
    record.write_text(
        f"{opening}\n\n{named}\n\n{opening}\n\nThe dredging budget was cut to 19 crowns.", encoding="utf-8"
    )
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([record])
        assert library.ask("What dredging budget was cut in Skarn?").answered


def test_a_paragraph_of_a_draft_is_not_led_in_as_the_report_s_own(library: Library) -> None:
    text = "Decides to light the lamps at dusk."
    document = Document(id="d", source="d.txt", title="D", text=text)
    places = {
        "Para. 3": Locator(paragraph="3"),
        "Draft resolution I, para. 3": Locator(paragraph="3", part="draft resolution I"),
    }
    for lead, locator in places.items():
        passage = Passage(id="p", document_id="d", text=text, start=0, end=len(text), locator=locator)
        hit = Hit(passage=passage, document=document, score=1.0)
        citation = citation_of(library.store, Quotable(hit=hit, start=0, end=len(text), words=frozenset()), 1)
        assert attributed(citation) == f"{lead}: “{text}”"


def test_a_quote_within_a_sub_paragraph_is_cited_by_it(tmp_path: Path) -> None:
    record = tmp_path / "report.txt"
    record.write_text(
        "1. The Council met on 3 May 2031 and elected its officers.\n\n"
        "2. The Council requested the secretariat:\n   (a) To survey the breakwater before the winter gales;\n"
        "   (b) To publish the tide tables in two languages.\n\n"
        "3. The Council thanked the pilots for their work in the fog.\n"
    )
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([record])
        [citation] = library.ask("Who is to publish the tide tables in two languages?").citations
        assert citation.quote.startswith("(b)") and citation.locator.paragraph == "2 (b)"


def test_an_abbreviation_the_records_write_out_is_no_unknown_name(library: Library) -> None:
    def named(question: str) -> Mentions:
        return mentions(question, directory_of(library.store))

    text = "The Advisory Committee on Harbours and Quays agreed."
    document = Document(id="d", source="d.txt", title="D", text=text)
    passage = Passage(id="p", document_id="d", text=text, start=0, end=len(text), locator=Locator())
    hit = Hit(passage=passage, document=document, score=1.0)
    chosen = [Quotable(hit=hit, start=0, end=len(text), words=frozenset())]
    assert unknown_names(library.store, named("What did the ACHQ decide?"), chosen) == []
    assert unknown_names(library.store, named("What did the ACHQ decide?")) == ["ACHQ"]
    assert unknown_names(library.store, named("What did the ACQH decide?"), chosen) == ["ACQH"]


def test_a_refusal_offers_the_nearest_passages_as_no_answer(library: Library) -> None:
    answer = library.ask("What did Brazil say about the herring quota?")
    assert not answer.answered and len(answer.nearest) == 3
    assert "herring quota" in answer.nearest[0].passage.text
    scores = [hit.score for hit in answer.nearest]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("How much is the dredging budget?", "4.2 million crowns"),
        ("What does the stock survey cost?", "300,000 crowns"),
        ("When will night pilotage be compulsory?", "from 1 July 2031"),
        ("How many members were present at the Harbour Board?", "23 members"),
        ("Where did the Harbour Board meet?", "Osterwick"),
        ("How many collisions were reported?", "fourteen collisions"),
    ],
)
def test_a_fact_asked_for_is_quoted(library: Library, question: str, quoted: str) -> None:
    answer = library.ask(question)
    assert answer.answered and quoted in " ".join(quotes(answer))


@pytest.mark.slow
def test_a_record_whose_first_sentence_became_its_title_can_be_quoted(tmp_path) -> None:
    (tmp_path / "note.txt").write_text("Note\n\nNorway: The herring quota should fall.\n\nMexico: It should rise.\n")
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([tmp_path / "note.txt"])
        assert quotes(library.ask(QUOTA)) == ["The herring quota should fall."]


def test_a_lead_in_is_quoted_with_its_list(library: Library) -> None:
    answer = library.ask("What did the working group agree to?")
    assert quotes(answer) == [
        "The working group agreed to:\n\n- collect discarded nets in every harbour;\n"
        "- pay fishers five crowns for each kilogram of plastic;\n- publish the results before the end of the year."
    ]


def test_a_quote_keeps_every_character_and_the_answer_shows_none_of_the_marks(library: Library) -> None:
    answer = library.ask("What did the group not discuss?")
    [quote] = quotes(answer)
    assert "**funding**" in quote and "[recycling plant](https://plant.example)" in quote and "note [3]" in quote
    assert answer.text == (
        "“The group did not discuss funding for the recycling plant at all, see note (note 3) of annex B.” [1]"
    )


# --- conversations --------------------------------------------------------------------------------------------------


def test_a_follow_up_carries_the_question_before_it(library: Library) -> None:
    first = library.ask(QUOTA)
    second = library.ask("Why did they say so?", history=[first])
    check(second, library)
    assert second.question == "Why did they say so?"
    assert second.standalone_question == f"Why did they say so? ({QUOTA})"
    assert quotes(second) != quotes(first) and second.citations[0].locator == first.citations[0].locator
    as_turn = library.ask("Why did they say so?", history=[Turn(question=first.question, answer=first.text)])
    assert untimed(as_turn) == untimed(second)


@pytest.mark.parametrize("question", ["And Mexico?", "What about Mexico?", "And what did Mexico say?"])
def test_a_follow_up_may_turn_to_another_speaker(library: Library, question: str) -> None:
    answer = library.ask(question, history=[library.ask(QUOTA)])
    assert speakers(answer) == {"Mexico"} and "smaller herring quota" in " ".join(quotes(answer))


def test_a_question_that_stands_alone_forgets_what_was_before(library: Library) -> None:
    question = "What did the working group agree to do about discarded nets?"
    assert untimed(library.ask(question, history=[library.ask(QUOTA)])) == untimed(library.ask(question))


# --- filters --------------------------------------------------------------------------------------------------------

HOLDS: dict[str, tuple[Filters, Callable[..., bool]]] = {
    "speaker": (Filters(speaker="norw"), lambda hit: hit.passage.locator.speaker == "Norway"),
    "document by title": (Filters(document="fishery"), lambda hit: hit.document.source.endswith("minutes.txt")),
    "document by file": (Filters(document="measures.md"), lambda hit: hit.document.source.endswith("measures.md")),
    "symbol": (Filters(symbol="hb/2031"), lambda hit: hit.document.symbol == "HB/2031/9"),
    "section": (Filters(section="closed"), lambda hit: "closed season" in hit.passage.locator.section),
    "since a year": (Filters(since="2032"), lambda hit: hit.document.date >= "2032"),
    "since a day": (Filters(since="2032-05-04"), lambda hit: hit.document.date in ("2032-05-04", "2033-06-03")),
    "since the day after": (Filters(since="2032-05-05"), lambda hit: hit.document.date == "2033-06-03"),
    "until a year": (Filters(until="2032"), lambda hit: hit.document.date in ("2031-03-12", "2032-05-04")),
    "until a month": (Filters(until="2032-05"), lambda hit: hit.document.date in ("2031-03-12", "2032-05-04")),
    "until the day": (Filters(until="2031-03-12"), lambda hit: hit.document.date == "2031-03-12"),
    "both": (
        Filters(speaker="Mexico", section="closed"),
        lambda hit: hit.passage.text.startswith("Mexico: A closed season"),
    ),
}


@pytest.mark.parametrize("name", HOLDS)
def test_a_filter_confines_what_is_found_and_quoted(library: Library, name: str) -> None:
    filters, holds = HOLDS[name]
    everything = library.search("quota season budget group board", limit=50)
    assert len(everything) > 10 and not all(_true(holds, hit) for hit in everything)
    found = library.search("quota season budget group board", limit=50, filters=filters)
    assert found and all(holds(hit) for hit in found)
    assert {hit.passage.id for hit in found} >= {hit.passage.id for hit in everything if _true(holds, hit)}
    answer = library.ask("What is said about the quota, the season, the budget and the group?", filters=filters)
    check(answer, library)
    for offered in (*answer.citations, *answer.nearest):
        assert offered.document.source in {hit.document.source for hit in found}


def _true(holds: Callable[..., bool], hit: object) -> bool:
    try:
        return holds(hit)
    except TypeError:
        return False


def test_a_filter_that_nothing_passes_refuses_whatever_the_question_names(library: Library) -> None:
    for filters in (
        Filters(speaker="Atlantis"),
        Filters(since="2040"),
        Filters(until="1990"),
        Filters(symbol="%"),
        Filters(document="minutes_txt"),
    ):
        answer = library.ask(QUOTA, filters=filters)
        check(answer, library)
        assert not answer.answered and answer.nearest == ()


def test_a_filter_may_hold_any_string(library: Library) -> None:
    assert library.search("herring", filters=Filters(speaker="\udcff")) == []


# --- lists, comparisons, what stands first ----------------------------------------------------------------------------


def test_a_list_says_how_many_were_found_and_how_sure_it_is(library: Library) -> None:
    answer = library.ask("List all measures that the working group on waste agreed to.")
    assert answer.answered and re.search(r"^\d+ passages? found in \d+ records?; .*(more|missed)", answer.notes[0])
    assert not library.ask("What is the dredging budget?").notes


PLEDGES = """Statement of the keepers' union

Norway: For safer lights the keepers' union asks the Commission for these five measures:

1. Oil for every light in the winter months of each year.

2. Two boats for each of the outer islands before the autumn.

3. Pay for the nights on which a storm keeps them on watch.

Mexico: 4. We have a plan of our own for safer lights, and it is cheaper.
"""


@pytest.mark.slow
def test_a_list_announced_brings_its_items_along_and_nobody_elses(tmp_path: Path) -> None:
    record = tmp_path / "pledges.txt"
    record.write_text(PLEDGES, encoding="utf-8")
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([record])
        answer = library.ask("List all measures for safer lights that the keepers' union asks the Commission for.")
        check(answer, library)
    quotes = [citation.quote for citation in answer.citations]
    assert quotes[0].endswith("measures:")
    assert [quote.split()[0] for quote in quotes[1:4]] == ["Oil", "Two", "Pay"]
    assert {citation.locator.speaker for citation in answer.citations[:4]} == {"Norway"}


@pytest.mark.slow
def test_a_sentence_that_is_a_list_by_itself_stands_alone(tmp_path: Path) -> None:
    record = tmp_path / "partners.txt"
    record.write_text(
        "Record of the harbour\n\nThe Board names its partners: pilots, fishers, keepers and the coast guard.\n\n"
        "# Fees\n\nPartners pay no fees at all in the first year.\n\n"
        "# Boats\n\nPartners may borrow boats from the Board.\n",
        encoding="utf-8",
    )
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([record])
        answer = library.ask("List all partners that the Board names.")
    assert [citation.quote.split(":")[0] for citation in answer.citations] == ["The Board names its partners"]


def test_who_spoke_is_quoted_with_the_label(library: Library) -> None:
    answer = library.ask("Who said that small boats should be exempt from the quota?")
    assert answer.citations[0].quote.startswith("Ms. Lind (Verrano): Small boats")
    assert answer.text.count("Ms. Lind (Verrano)") == 1
    assert library.ask("Should small boats be exempt from the quota?").citations[0].quote.startswith("Small boats")


def test_a_side_of_a_comparison_that_says_nothing_is_named(library: Library) -> None:
    answer = library.ask("Compare what Norway and Mexico said on gillnets: must they be marked?")
    assert "Norway" in speakers(answer)
    silent = {"Norway", "Mexico"} - speakers(answer)
    assert [note for note in answer.notes if "Nothing on this" in note] == [
        f"Nothing on this was found by {speaker}." for speaker in silent
    ]


def test_a_number_asked_for_stands_first(library: Library) -> None:
    answer = library.ask("How many collisions did the Board note in the outer channel?")
    assert "fourteen collisions" in answer.citations[0].quote and answer.citations[0].number == 1


@pytest.mark.slow
def test_a_change_over_the_years_is_told_from_both_in_order_of_time(tmp_path) -> None:
    records = tmp_path / "records"
    records.mkdir()
    text = "Report on fees\n\n3 May {}\n\n1. The pilot fee stands at {} crowns a ship.\n"
    (records / "later.txt").write_text(text.format(2034, 90))
    (records / "earlier.txt").write_text(text.format(2031, 60))
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([records])
        answer = library.ask("How did the pilot fee change between 2031 and 2034?")
        told = [citation.quote for citation in answer.citations]
        assert ["60 crowns" in told[0], "90 crowns" in told[1]] == [True, True]
        missing = library.ask("How did the pilot fee change between 2031 and 2019?")
        assert "Nothing on this was found in 2019." in missing.notes


@pytest.mark.slow
def test_a_body_may_be_the_answer_to_who(tmp_path: Path) -> None:
    (tmp_path / "lamps.md").write_text(
        "# Lamps\n\nThe Harbour Office is responsible for the upkeep of the lamps. The lamps are lit at dusk.\n"
    )
    with open_library(tmp_path / "library") as library:
        library.ingest([tmp_path / "lamps.md"])
        answer = library.ask("Who is responsible for the upkeep of the lamps?")
    assert answer.answered and "Harbour Office" in answer.text
