"""What the conversation looks like as HTML, without a browser."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onrecord.rag.answer import Answer, Citation, Sentence, Timing
from onrecord.rag.library import Library, open_library
from onrecord.ui.page.answering import Answering, AskOptions
from onrecord.ui.page.history import DONE, FILE, OPEN, Exchange, History
from onrecord.ui.page.models import Models
from onrecord.ui.page.stored import answer_of, stored_answer
from onrecord.ui.page.views.conversation import ENGLISH, chip_html, exchange_html, reference, source_name
from onrecord.vectorstore.errors import InputError, ModelError
from onrecord.vectorstore.passage import Document, Filters, Hit, Locator, Passage

from ..fakes import HashEmbedder
from .serving import HERRING, LIGHTHOUSE, write_records

TEXT = "42. Norway **asked** for 3 < 4 lamps & more."
DOCUMENT = Document(
    id="d1",
    source="/far/away/a<b>.txt",
    title="Title & <i>more</i>",
    symbol="X/1",
    text=TEXT,
    sha256="abcdef0123456789",
)


def citation(**changes: Any) -> Citation:
    facts: dict[str, Any] = {"number": 1, "document": DOCUMENT, "quote": TEXT[4:], "start": 4, "end": len(TEXT)}
    return Citation(**{**facts, "locator": Locator(paragraph="42"), **changes})


def answer(**changes: Any) -> Answer:
    facts: dict[str, Any] = {
        "question": "Who?",
        "standalone_question": "Who?",
        "answered": True,
        "text": "Norway asked. [1]",
        "sentences": (Sentence(text="Norway asked.", citations=(1,)),),
        "citations": (citation(),),
        "seconds": Timing(total=0.034),
    }
    return Answer(**{**facts, **changes})


def answered_html(answer: Answer) -> str:
    """The exchange as the page shows it once it is stored."""
    body = json.loads(json.dumps(stored_answer(answer)))
    exchange = Exchange(
        id="x", conversation="c", at="2031-03-12T09:00", question=answer.question, state=DONE, body=body, settings={}
    )
    return exchange_html(exchange, ENGLISH)


def test_a_stored_answer_comes_back_as_it_was() -> None:
    given = answer(notes=("One.",), model="fake:poet", mode="model")
    again = answer_of(json.loads(json.dumps(stored_answer(given))))
    assert stored_answer(again) == stored_answer(given)
    assert json.dumps(stored_answer(given)["citations"]).count("asked") == 1  # what is redacted stands nowhere else
    assert again.citations[0].label == given.citations[0].label
    assert again.citations[0].document.sha256 == DOCUMENT.sha256


def test_a_chip_names_its_place_for_eyes_and_ears() -> None:
    html = chip_html(citation())
    assert "<b>1</b> · <bdi>para. 42</bdi></button>" in html
    assert 'aria-label="Citation 1: X/1, para. 42. Read it in the document."' in html
    assert 'data-document="d1" data-start="4" data-end="44" data-version="abcdef012345"' in html


def test_a_chip_without_a_locator_shows_the_symbol() -> None:
    assert "· <bdi>X/1</bdi></button>" in chip_html(citation(locator=Locator()))


def test_a_reference_is_plain_words_and_a_label() -> None:
    assert reference(citation()) == "“Norway asked for 3 < 4 lamps & more.” (X/1, para. 42)"


def test_everything_from_outside_is_escaped() -> None:
    html = answered_html(answer(question="<script>1</script>", notes=("<u>note</u>",)))
    assert "<script" not in html and "<u>" not in html and "<b>.txt" not in html
    assert "&lt;script&gt;" in html and "a&lt;b&gt;.txt" in html and "/far" not in html


def test_a_sentence_without_support_says_so() -> None:
    html = answered_html(answer(sentences=(Sentence(text="It rained.", supported=False),)))
    assert "r-unsupported" in html and "no support found" in html
    assert "r-unsupported" not in answered_html(answer())


def test_the_mode_and_the_time_are_shown() -> None:
    assert "<span>Quotes only</span><span>0.03 s</span>" in answered_html(answer())
    modelled = answered_html(answer(mode="model", model="fake:poet", seconds=Timing(total=12.34)))
    assert "<span>fake:poet</span><span>12.3 s</span>" in modelled


def test_a_question_understood_otherwise_is_told() -> None:
    assert "Understood as: Who asked?" in answered_html(answer(standalone_question="Who asked?"))
    assert "Understood" not in answered_html(answer())


def test_a_refusal_has_no_citations_and_labels_what_is_near() -> None:
    passage = Passage(id="p", document_id="d1", text=TEXT, start=0, end=44, locator=Locator(paragraph="42"))
    html = answered_html(
        answer(
            answered=False,
            text="Not there.",
            sentences=(Sentence(text="Not there."),),
            citations=(),
            nearest=(Hit(passage=passage, document=DOCUMENT, score=1.0),),
        )
    )
    assert "r-refusal" in html and "not an answer" in html and "r-chip" not in html
    assert "Norway asked for 3 &lt; 4 lamps &amp; more." in html and 'data-end="44"' in html


def test_a_very_long_question_is_shown_shortened() -> None:
    html = answered_html(answer(question="a" * 50_000))
    assert "a" * 1_001 not in html.replace('data-full="' + "a" * 50_000 + '"', "")


@pytest.mark.parametrize(
    ("source", "name"), [("/a/b/c.pdf", "c.pdf"), ("https://x.org/a/b", "https://x.org/a/b"), ("c.md", "c.md")]
)
def test_a_source_is_named_without_its_folders(source: str, name: str) -> None:
    assert source_name(source) == name


# --- answers under way ------------------------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(tmp_path / "records")])
        yield library


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History(tmp_path / FILE)
    yield history
    history.close()


def ended(history: History, key: str) -> Exchange:
    """The exchange, once it is no longer open."""
    end = time.monotonic() + 30
    while (exchange := history.exchange(key)).state == OPEN:
        assert time.monotonic() < end, "the answer did not end"
        time.sleep(0.01)
    return exchange


def lines_about(answering: Answering, library: Library, key: str) -> list[dict[str, Any]]:
    async def collect() -> list[str]:
        return [line async for line in answering.follow(library, key, ENGLISH, lambda: False)]

    return [json.loads(line) for line in asyncio.run(collect())]


@pytest.mark.slow
def test_an_answer_is_told_by_sentences_and_then_as_a_whole(library: Library, history: History) -> None:
    answering = Answering(history, Models(library))
    exchange = answering.ask(library, "me", HERRING, AskOptions())
    told = lines_about(answering, library, exchange.id)
    assert [line["type"] for line in told][-1] == "done" and told[-1]["html"].count("<article") == 1
    assert "should fall by a third" in told[-1]["html"]
    assert lines_about(answering, library, exchange.id) == told[-1:], "afterwards only the whole is told"


@pytest.mark.slow
def test_a_follow_up_knows_what_was_asked_before(library: Library, history: History) -> None:
    answering = Answering(history, Models(library))
    first = ended(history, answering.ask(library, "me", HERRING, AskOptions()).id)
    asked = answering.ask(library, "me", "And Iceland?", AskOptions(), conversation=first.conversation)
    second = ended(history, asked.id)
    assert second.conversation == first.conversation
    assert "herring" in second.body["standalone_question"] or "said" in second.body["standalone_question"]
    assert second.body["standalone_question"] != "And Iceland?"


@pytest.mark.slow
def test_another_persons_conversation_goes_on_in_a_copy(library: Library, history: History) -> None:
    answering = Answering(history, Models(library))
    mine = ended(history, answering.ask(library, "me", HERRING, AskOptions()).id)
    unshared = answering.ask(library, "you", LIGHTHOUSE, AskOptions(), conversation=mine.conversation)
    assert [one.question for one in history.exchanges(unshared.conversation)] == [LIGHTHOUSE], "nobody shared it"
    link, _ = history.share(mine.conversation, "me", 1) or ("", "")
    theirs = ended(history, answering.ask(library, "you", LIGHTHOUSE, AskOptions(), conversation=link).id)
    assert theirs.conversation != mine.conversation
    assert [one.question for one in history.exchanges(mine.conversation)] == [HERRING]
    assert [one.question for one in history.exchanges(theirs.conversation)] == [HERRING, LIGHTHOUSE]


@pytest.mark.slow
def test_filters_and_settings_are_kept_with_the_question(library: Library, history: History) -> None:
    manner = AskOptions(passages=1, strictness="strict", filters=Filters(speaker="Iceland"))
    exchange = ended(history, Answering(history, Models(library)).ask(library, "me", HERRING, manner).id)
    assert exchange.settings == {"passages": 1, "strictness": "strict", "filters": {"speaker": "Iceland"}}
    assert "Speaker: Iceland" in exchange_html(exchange, ENGLISH)


@pytest.mark.slow
def test_an_error_is_a_plain_message_and_no_history(library: Library, history: History) -> None:
    models = Models(library)
    with pytest.raises(ModelError, match="nobody:at-all cannot be used"):
        Answering(history, models).ask(library, "me", HERRING, AskOptions(model="nobody:at-all"))
    with pytest.raises(InputError, match="empty"):
        Answering(history, models).ask(library, "me", " ? ", AskOptions())
    assert history.conversations("me") == []


@pytest.mark.slow
def test_an_unforeseen_error_shows_no_details(
    library: Library, history: History, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library.store, "lexical", None)  # what nobody foresaw
    exchange = ended(history, Answering(history, Models(library)).ask(library, "me", HERRING, AskOptions()).id)
    html = exchange_html(exchange, ENGLISH)
    assert exchange.state == "failed" and "Something went wrong" in html and "NoneType" not in html
    assert "NoneType" in caplog.text


def test_the_sides_of_a_comparison_are_columns() -> None:
    sentences = tuple(
        Sentence(text=f"{name} wants <{name} lamps>.", citations=(1,), side=name) for name in ("Mexico", "Norway & Co")
    )
    shown = answered_html(answer(sentences=sentences))
    assert '<th scope="col">Mexico</th><th scope="col">Norway &amp; Co</th>' in shown
    columns = [column.partition("</td>")[0] for column in shown.split("<td>")[1:]]
    assert ["wants &lt;Mexico lamps" in columns[0], "wants &lt;Norway" in columns[1]] == [True, True]
    assert "<table" not in answered_html(answer(sentences=sentences[:1])), "one side alone is no table"
