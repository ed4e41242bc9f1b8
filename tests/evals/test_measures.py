"""Every measure on numbers counted by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.evals.case import Case
from onrecord.evals.measures.citations import (
    answer_chars,
    attribution,
    cite_precision,
    cite_recall,
    evidence_recall,
    key_facts,
    locator,
    percentile,
    verbatim,
)
from onrecord.evals.measures.gold_answers import answer_found, exact_match, gold_token_recall, token_f1
from onrecord.evals.measures.ratio import Ratio, mean, pooled
from onrecord.evals.outcome import Outcome, add_up, measure_outcome
from onrecord.rag.answer import Answer

from .records import answer, case, citation, document, gold, hit, refusal

# Offsets: "alpha bravo charlie delta" is [0, 25), "echo foxtrot golf hotel" [26, 49).
TEXT = "alpha bravo charlie delta\necho foxtrot golf hotel\nindia juliett kilo lima"
RECORD = document(TEXT)
FIRST, SECOND, THIRD = TEXT.split("\n")


FAIR, UNFAIR = case(), case(answerable=False)


def share(part: float, whole: float) -> Ratio:
    return Ratio(numerator=part, denominator=whole)


def measured(outcomes: list[tuple[Case, Answer | None]]) -> dict[str, float | None]:
    return add_up([measure_outcome(Outcome(case=asked, answer=given)) for asked, given in outcomes])


def abstention(outcomes: list[tuple[Case, Answer | None]]) -> list[float | None]:
    """Precision, recall, F1, and the share of answerable questions refused."""
    figures = measured(outcomes)
    return [figures[name] for name in ("abstain_p", "abstain_r", "abstain_f1", "refused_answerable")]


# --- evidence_recall ---


def test_evidence_recall_counts_quotes_half_of_which_is_retrieved() -> None:
    asked = case(evidence=[gold(FIRST), gold(SECOND), gold(THIRD)])
    # 13 of 25 characters of the first are more than half; 11 of 23 of the second are less.
    assert evidence_recall(asked, [hit(RECORD, 0, 13), hit(RECORD, 26, 37)]) == share(1, 3)


def test_evidence_recall_adds_pieces_up_and_counts_what_they_share_once() -> None:
    asked = case(evidence=[gold(FIRST)])
    assert evidence_recall(asked, [hit(RECORD, 0, 7), hit(RECORD, 19, 25)]) == share(1, 1)
    assert evidence_recall(asked, [hit(RECORD, 0, 7), hit(RECORD, 0, 8)]) == share(0, 1)


def test_evidence_recall_cuts_the_passage_that_crosses_the_budget_and_ends_there() -> None:
    asked = case(evidence=[gold(FIRST)])
    other_then_gold = [hit(RECORD, 26, 36), hit(RECORD, 0, 25)]
    assert evidence_recall(asked, other_then_gold, budget_chars=10 + 13) == share(1, 1)
    assert evidence_recall(asked, other_then_gold, budget_chars=10 + 12) == share(0, 1)
    assert evidence_recall(asked, other_then_gold, budget_chars=10) == share(0, 1)


def test_evidence_recall_charges_the_whole_length_of_repeated_passages() -> None:
    asked = case(evidence=[gold(FIRST)])
    twice_then_gold = [hit(RECORD, 26, 36), hit(RECORD, 26, 36), hit(RECORD, 0, 25)]
    assert evidence_recall(asked, twice_then_gold, budget_chars=20 + 12) == share(0, 1)


def test_evidence_recall_looks_in_the_named_file_only_and_keeps_files_of_one_name_apart() -> None:
    asked = case(evidence=[gold(FIRST)])
    assert evidence_recall(asked, [hit(document(TEXT, "records/other.txt"), 0, 25)]) == share(0, 1)
    twin = document(TEXT, "elsewhere\\minutes.txt")
    assert evidence_recall(asked, [hit(twin, 0, 25)]) == share(1, 1)
    assert evidence_recall(asked, [hit(RECORD, 0, 7), hit(twin, 19, 25)]) == share(0, 1)


def test_evidence_recall_heeds_which_occurrence_is_meant() -> None:
    record = document("so it was. so it was.")
    second = case(evidence=[gold("so it was.", nth=2)])
    assert evidence_recall(second, [hit(record, 0, 10)]) == share(0, 1)
    assert evidence_recall(second, [hit(record, 11, 21)]) == share(1, 1)


def test_evidence_recall_falls_back_to_word_4_grams() -> None:
    # The stored text has lost a word, so the quote stands nowhere in it; 2 of its 4 grams do.
    record = document("one two three four five and seven")
    asked = case(evidence=[gold("one two three four five six seven")])
    assert evidence_recall(asked, [hit(record, 0, len(record.text))]) == share(1, 1)
    assert evidence_recall(asked, [hit(record, 4, len(record.text))]) == share(0, 1)


def test_evidence_recall_without_hits_is_zero_and_without_gold_is_not_counted() -> None:
    assert evidence_recall(case(evidence=[gold(FIRST), gold(SECOND)]), []) == share(0, 2)
    assert evidence_recall(case(), [hit(RECORD, 0, 25)]) is None
    assert evidence_recall(case(answerable=False, evidence=[gold(FIRST)]), [hit(RECORD, 0, 25)]) is None


# --- key_facts ---


def test_key_facts_are_looked_for_in_text_and_quotes_whatever_the_case() -> None:
    asked = case(key_facts=["Norway", "pain\nRELIEF", "lifting|lifted", "absent"])
    given = answer("NORWAY spoke. [1]", citation(RECORD, "taxes were **lifted** on pain **relief**"))
    assert key_facts(asked, given) == share(3, 4)


@pytest.mark.parametrize(
    ("fact", "text", "found"),
    [
        ("15", "In 2015 it began.", 0),
        ("15", "some 15.5 per cent", 0),
        ("15", "15,000 people", 0),
        ("15", "1.15 of them", 0),
        ("15", "It was 15. Then", 1),
        ("15", "The 15-point plan", 1),
        ("E/CN.7/2018/1", "as in E/CN.7/2018/10", 0),
        ("400 million", "$400 million", 1),
        ("c++ (draft)", "the C++ (draft) text", 1),
    ],
)
def test_a_number_is_not_found_inside_a_longer_one(fact: str, text: str, found: int) -> None:
    assert key_facts(case(key_facts=[fact]), answer(text)) == share(found, 1)


def test_key_facts_of_a_refusal_or_a_missing_answer_are_zero() -> None:
    asked = case(key_facts=["documents", "x"])
    assert key_facts(asked, refusal()) == share(0, 2)
    assert key_facts(asked, None) == share(0, 2)
    assert key_facts(case(), answer("x")) is None
    assert key_facts(case(answerable=False, key_facts=["x"]), answer("x")) is None


# --- citations ---


def test_cite_recall_needs_one_citation_with_half_of_the_grams() -> None:
    # Five words are two grams: the first citation holds one of them, half.
    asked = case(evidence=[gold("one two three four five"), gold("six seven eight nine ten")])
    half, less = citation(RECORD, "two three four five"), citation(RECORD, "six seven eight")
    assert cite_recall(asked, answer("", half, less)) == share(1, 2)


def test_cite_recall_needs_the_same_document() -> None:
    asked = case(evidence=[gold(FIRST)])
    assert cite_recall(asked, answer("", citation(document(TEXT, "other.txt"), FIRST))) == share(0, 1)
    assert cite_recall(asked, answer("", citation(RECORD, FIRST))) == share(1, 1)


def test_cite_recall_of_a_missing_answer_is_zero() -> None:
    asked = case(evidence=[gold(FIRST), gold(SECOND)])
    assert cite_recall(asked, None) == cite_recall(asked, refusal()) == share(0, 2)
    assert cite_recall(case(), answer("")) is None


def test_cite_precision_judges_by_the_shorter_of_the_two() -> None:
    asked = case(evidence=[gold(f"{FIRST} {SECOND}")])
    # FIRST is 1 of the gold quote's 5 grams, too little for recall; all of its own grams stand in the gold.
    part, beside = citation(RECORD, FIRST), citation(RECORD, THIRD)
    around = citation(RECORD, TEXT)
    assert cite_recall(asked, answer("", part)) == share(0, 1)
    assert cite_precision(asked, answer("", part, beside, around)) == share(2, 3)


def test_cite_precision_needs_the_same_document_and_counts_no_citations_as_nothing() -> None:
    asked = case(evidence=[gold(FIRST)])
    assert cite_precision(asked, answer("", citation(document(TEXT, "other.txt"), FIRST))) == share(0, 1)
    assert cite_precision(asked, None) == share(0, 0)
    assert cite_precision(case(answerable=False), answer("", citation(RECORD, FIRST))) is None


def test_citations_per_answer_leaves_refusals_and_errors_out() -> None:
    one, three = citation(RECORD, FIRST), [citation(RECORD, FIRST)] * 3
    given = [(FAIR, answer("", one)), (FAIR, answer("", *three)), (FAIR, refusal()), (FAIR, None)]
    assert measured(given)["citations_per_answer"] == 2.0
    assert measured(given[2:])["citations_per_answer"] is None
    assert answer_chars(FAIR, answer("four")) == share(4, 1) and answer_chars(FAIR, refusal()) is None


# --- verbatim ---


def test_verbatim_reads_the_source_file_of_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "minutes.txt"
    path.write_text("\ufeffThe Chair:\r\n  we **agree** on this.", encoding="utf-8", newline="")
    stored = document("The Chair: we agree on this. Invented.", str(path))
    quotes = ["The Chair: we **agree**", "we agree on this", "Invented."]
    assert verbatim(case(), answer("", *(citation(stored, quote) for quote in quotes))) == share(1, 3)


@pytest.mark.parametrize("media_type", ["application/pdf", "text/html"])
def test_verbatim_takes_the_stored_text_of_other_formats(tmp_path: Path, media_type: str) -> None:
    path = tmp_path / "minutes.bin"
    path.write_text("not what was stored", encoding="utf-8")
    stored = document("we agree\non this", str(path), media_type)
    quotes = ["we agree on this", "not what was stored"]
    assert verbatim(case(), answer("", *(citation(stored, quote) for quote in quotes))) == share(1, 2)


def test_verbatim_takes_the_stored_text_where_the_file_is_gone_or_not_utf_8(tmp_path: Path) -> None:
    gone = document("a caf\u00e9", str(tmp_path / "gone.txt"))
    (tmp_path / "latin.txt").write_bytes(b"a caf\xe9")
    latin = document("a caf\u00e9", str(tmp_path / "latin.txt"))
    assert verbatim(case(), answer("", citation(gone, "a caf\u00e9"), citation(latin, "a caf\u00e9"))) == share(2, 2)


def test_verbatim_judges_citations_of_unanswerable_cases_too() -> None:
    asked = case(answerable=False)
    assert verbatim(asked, answer("", citation(RECORD, "made up"))) == share(0, 1)
    assert verbatim(asked, refusal()) is None
    assert verbatim(case(), None) == share(0, 0)


# --- locator ---


@pytest.mark.parametrize(
    ("locator_of_gold", "paragraph", "speaker", "right"),
    [
        ({"paragraph": 27}, "27", None, 1),
        ({"paragraph": 27}, "27.", None, 1),
        ({"paragraph": 27}, "2", None, 0),
        ({"paragraph": 27}, None, None, 0),
        ({"speaker": "UNODC"}, None, "Jean Luc Lemahieu \u2013 unodc", 1),
        ({"speaker": "Ms. Carmen Masias-Claux"}, None, "Carmen Masias-Claux", 1),
        ({"speaker": "Norway"}, None, "Mexico", 0),
        ({"speaker": "Norway"}, None, None, 0),
        ({"speaker": "Norway"}, None, "", 0),
        ({"speaker": "Norway", "paragraph": "4"}, "4", "Norway", 1),
        ({"speaker": "Norway", "paragraph": "4"}, "5", "Norway", 0),
    ],
)
def test_locator_needs_paragraph_and_speaker_to_agree(
    locator_of_gold: dict[str, object], paragraph: str | None, speaker: str | None, right: int
) -> None:
    asked = case(evidence=[gold(FIRST, locator=locator_of_gold)])
    given = answer("", citation(RECORD, FIRST, paragraph=paragraph, speaker=speaker))
    assert locator(asked, given) == share(right, 1)


def test_locator_judges_only_citations_that_touch_evidence_with_a_place() -> None:
    asked = case(evidence=[gold(FIRST, locator={"paragraph": 1}), gold(SECOND, locator={"section": "Annex"})])
    right, elsewhere = citation(RECORD, FIRST, paragraph="1"), citation(RECORD, THIRD, paragraph="9")
    sectioned = citation(RECORD, SECOND, paragraph="2")
    assert locator(asked, answer("", right, elsewhere, sectioned)) == share(1, 1)


def test_locator_of_a_citation_over_two_quotes_may_be_that_of_either() -> None:
    asked = case(evidence=[gold(FIRST, locator={"paragraph": 1}), gold(SECOND, locator={"paragraph": 2})])
    assert locator(asked, answer("", citation(RECORD, f"{FIRST}\n{SECOND}", paragraph="2"))) == share(1, 1)


def test_locator_leaves_out_cases_without_a_place_but_not_missing_answers() -> None:
    assert locator(case(evidence=[gold(FIRST, locator={"section": "Annex"})]), answer("")) is None
    assert locator(case(evidence=[gold(FIRST, locator={"speaker": "Norway"})]), None) == share(0, 0)


def test_attribution_looks_at_the_speaker_alone() -> None:
    asked = case(evidence=[gold(FIRST, locator={"paragraph": 1, "speaker": "Norway"})])
    given = answer("", citation(RECORD, FIRST, paragraph="2", speaker="Ms. Berg (Norway)"))
    assert attribution(asked, given) == share(1, 1) and locator(asked, given) == share(0, 1)
    assert attribution(asked, answer("", citation(RECORD, FIRST, speaker="Mexico"))) == share(0, 1)
    assert attribution(case(evidence=[gold(FIRST, locator={"paragraph": 1})]), given) is None


# --- gold answers ---


def test_gold_answers_are_compared_as_squad_compares_them() -> None:
    asked = case(answers=["the Gannet Ledge", "Ledge"])
    # Five words said, two in common with the first: precision 2/5, recall 1; with "Ledge" 1/5 and 1.
    said = answer("It stands on Gannet Ledge. [1]")
    assert token_f1(asked, said) == share(pytest.approx(2 * 2 / (5 + 2)), 1)
    assert exact_match(asked, said) == share(0, 1) and exact_match(asked, answer("Gannet  LEDGE!")) == share(1, 1)
    assert answer_found(asked, said) == share(1, 1)
    assert gold_token_recall(case(answers=["Gannet Rock light"]), said) == share(pytest.approx(1 / 3), 1)
    assert answer_found(asked, answer("no", citation(RECORD, "on Gannet Ledge"))) == share(1, 1)
    for measure in (token_f1, exact_match, answer_found, gold_token_recall):
        assert measure(asked, refusal()) == measure(asked, None) == share(0, 1)
        assert measure(case(), said) is None


# --- refusals ---


def test_abstention_takes_unanswerable_as_positive() -> None:
    # Refused: two rightly, one wrongly. Unanswerable: three, one of them answered.
    outcomes = [(UNFAIR, refusal()), (UNFAIR, refusal()), (UNFAIR, answer("x")), (FAIR, refusal()), (FAIR, answer("x"))]
    assert abstention(outcomes) == [2 / 3, 2 / 3, 2 / 3, 0.5]


def test_a_missing_answer_is_wrong_either_way() -> None:
    outcomes = [(UNFAIR, refusal()), (UNFAIR, None), (FAIR, None), (FAIR, answer("x"))]
    assert abstention(outcomes) == [0.5, 0.5, 0.5, 0.5]


def test_never_refusing_is_zero_and_nothing_to_refuse_is_no_number() -> None:
    assert abstention([(UNFAIR, answer("x"))]) == [0.0, 0.0, 0.0, None]
    assert abstention([(FAIR, refusal())]) == [None, None, None, 1.0]


# --- adding up ---


def test_pooled_weighs_quotes_and_mean_weighs_cases() -> None:
    shares = [share(1, 1), share(0, 3), None]
    assert pooled(shares) == 0.25
    assert mean(shares) == 0.5
    assert pooled([share(0, 0)]) == mean([share(0, 0)]) == 0.0
    assert pooled([None]) is mean([]) is None


def test_percentile_is_the_nearest_rank() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 50) == 2.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 95) == 4.0
    assert percentile([float(value) for value in range(1, 101)], 95) == 95.0
    assert percentile([7.0], 50) == 7.0
    assert percentile([], 50) is None


def test_citations_of_a_refusal_would_still_be_seen() -> None:
    """A refusal has none by contract; one that breaks it is not hidden by the measure."""
    broken = replace(refusal(), citations=(citation(RECORD, "made up"),))
    assert verbatim(case(answerable=False), broken) == share(0, 1)
