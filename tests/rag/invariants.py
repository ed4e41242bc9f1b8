"""What holds of every answer, whatever was asked and whoever wrote it (docs: the contract's invariants)."""

import re

from onrecord.rag import Answer, Library


def check(answer: Answer, library: Library) -> None:
    """Asserts that an answer keeps every promise: exact quotes, numbers that lead somewhere, refusals that refuse."""
    for citation in answer.citations:
        stored = library.store.document(citation.document.id)
        assert stored is not None and citation.document.text == stored.text
        assert 0 <= citation.start < citation.end <= len(stored.text)
        assert citation.quote == stored.text[citation.start : citation.end]
        assert citation.quote.strip() == citation.quote != ""
    numbers = [citation.number for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {int(number) for number in re.findall(r"\[(\d+)\]", answer.text)} == set(numbers)
    assert {number for sentence in answer.sentences for number in sentence.citations} == set(numbers)
    assert all(bool(sentence.citations) == sentence.supported for sentence in answer.sentences if answer.answered)
    assert all(sentence.text.strip() for sentence in answer.sentences)
    assert answer.answered == bool(answer.citations)
    assert answer.mode in ("quotes", "model") and (answer.mode == "model") == (answer.model is not None)
    seconds = answer.seconds
    assert min(seconds.retrieve, seconds.answer) >= 0
    assert abs(seconds.total - seconds.retrieve - seconds.answer) < 0.001
    if answer.answered:
        assert answer.nearest == ()
    else:
        _check_refusal(answer)


def _check_refusal(answer: Answer) -> None:
    assert len(answer.nearest) <= 3
    assert answer.refusal is not None and answer.text.endswith(".") and "\n" not in answer.text
    assert answer.text.startswith("The documents") or answer.refusal.code in ("greeting", "thanks", "help")
    assert [sentence.text for sentence in answer.sentences] == [answer.text]
    for hit in answer.nearest:
        assert hit.passage.text == hit.document.text[hit.passage.start : hit.passage.end]
