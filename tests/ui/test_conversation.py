"""What the conversation looks like as HTML, without a browser."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from rapporteur.rag.answer import Answer, Citation, Sentence, Timing
from rapporteur.rag.ladder import SentenceReady
from rapporteur.rag.library import Library
from rapporteur.ui.conversation import answered_html, chip_html, error_html, reference, source_name
from rapporteur.ui.page import converse
from rapporteur.vectorstore.errors import ModelError
from rapporteur.vectorstore.passage import Document, Hit, Locator, Passage

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


def test_a_chip_names_its_place_for_eyes_and_ears() -> None:
    html = chip_html(citation())
    assert "<b>1</b> · para. 42</button>" in html
    assert 'aria-label="Citation 1: X/1, para. 42. Read it in the document."' in html
    assert 'data-document="d1" data-start="4" data-end="44" data-version="abcdef012345"' in html


def test_a_chip_without_a_locator_shows_the_symbol() -> None:
    assert "· X/1</button>" in chip_html(citation(locator=Locator()))


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
    assert len(error_html("a" * 50_000, "Too long.")) < 2_000


@pytest.mark.parametrize(
    ("source", "name"), [("/a/b/c.pdf", "c.pdf"), ("https://x.org/a/b", "https://x.org/a/b"), ("c.md", "c.md")]
)
def test_a_source_is_named_without_its_folders(source: str, name: str) -> None:
    assert source_name(source) == name


class Scripted:
    """A library that says what it is told to, and keeps the histories it was given."""

    def __init__(self, *events: Any) -> None:
        self.events = events
        self.histories: list[list[Answer]] = []

    def stream(self, _question: str, *, history: list[Answer]) -> Iterator[Any]:
        self.histories.append(history)
        for event in self.events:
            if isinstance(event, Exception):
                raise event
            yield event


def test_an_answer_grows_sentence_by_sentence() -> None:
    ready = SentenceReady(sentence=Sentence(text="Norway asked.", citations=(1,)), citations=(citation(),))
    library = Scripted(ready, answer())
    shown = list(converse(cast(Library, library), "Who?", ()))
    assert [html.count("r-sentence") for html, _ in shown] == [0, 1, 1]
    assert ["r-waiting" in html for html, _ in shown] == [True, True, False]
    assert [len(exchanges) for _, exchanges in shown] == [0, 0, 1]


def test_earlier_answers_are_history_and_stay_on_the_page() -> None:
    library = Scripted(answer())
    *_, (_, once) = converse(cast(Library, library), "Who?", ())
    *_, (html, twice) = converse(cast(Library, library), "And then?", once)
    assert library.histories == [[], [answer()]]
    assert html.count("<article") == len(twice) == 2


def test_an_error_is_a_plain_message_and_no_history() -> None:
    *_, (html, exchanges) = converse(cast(Library, Scripted(ModelError("It <does> not answer."))), "Who?", ())
    assert "It &lt;does&gt; not answer." in html and exchanges[0].answer is None


def test_an_unforeseen_error_shows_no_details(caplog: pytest.LogCaptureFixture) -> None:
    *_, (html, _) = converse(cast(Library, Scripted(ZeroDivisionError("secret"))), "Who?", ())
    assert "Something went wrong" in html and "secret" not in html
    assert "secret" in caplog.text
