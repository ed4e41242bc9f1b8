"""A conversation taken along: Markdown, HTML, and Word with footnotes that Word would accept."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from lxml import etree

from onrecord.rag.answer import Answer
from onrecord.rag.library import open_library
from onrecord.ui.page.export.docx import as_docx
from onrecord.ui.page.export.markdown import as_html, as_markdown
from onrecord.ui.page.history import DONE, FILE, STOPPED, Conversation, Exchange, History
from onrecord.ui.page.stored import stored_answer, stored_part
from onrecord.ui.page.views.conversation import ENGLISH

from ..fakes import HashEmbedder
from .serving import HERRING, LIGHTHOUSE, NOWHERE, QUOTE, write_records

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HOSTILE = "What of <script>alert(1)</script> and *stars* and [^1] here?"

Told = tuple[Conversation, list[Exchange], list[Answer]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A conversation of four questions, the second refused, the last hostile, like the title."""
    folder = tmp_path_factory.mktemp("told")
    history = History(folder / FILE)
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(folder / "records")])
        key = history.begin("me", HOSTILE)
        answers = [library.ask(question) for question in (LIGHTHOUSE, NOWHERE, HERRING, HOSTILE)]
        for answer in answers:
            history.finish(history.add(key, answer.question, {}).id, DONE, stored_answer(answer))
        conversation = history.conversation(key)
        assert conversation
        yield conversation, history.exchanges(key), answers
    history.close()


@pytest.mark.slow
def test_markdown_has_a_footnote_for_every_citation(told: Told) -> None:
    conversation, exchanges, answers = told
    text = as_markdown(conversation, exchanges, ENGLISH)
    count = sum(len(answer.citations) for answer in answers)
    marks, notes = re.findall(r"[^\n]\[\^(\d+)\]", text), re.findall(r"^\[\^(\d+)\]: ", text, re.MULTILINE)
    assert sorted(map(int, set(marks))) == list(range(1, count + 1)) == list(map(int, notes))
    assert f"“{QUOTE}”" in text and not re.search(r"(?<!\\)[<*]", re.sub(r"^\*.*\*$", "", text, flags=re.MULTILINE))
    assert answers[1].text in text


def test_html_is_one_safe_file_with_notes_both_ways(told: Told) -> None:
    conversation, exchanges, answers = told
    html = as_html(conversation, exchanges, ENGLISH)
    assert "<script" not in html and "http" not in html
    for number in range(1, sum(len(answer.citations) for answer in answers) + 1):
        assert f'href="#note{number}"' in html and f'id="note{number}"' in html and f'href="#at{number}"' in html


def test_word_has_real_footnotes(told: Told) -> None:
    conversation, exchanges, answers = told
    archive = zipfile.ZipFile(io.BytesIO(as_docx(conversation, exchanges, ENGLISH)))
    body = etree.fromstring(archive.read("word/document.xml"))
    notes = etree.fromstring(archive.read("word/footnotes.xml"))
    referred = [int(node.get(f"{W}id")) for node in body.iter(f"{W}footnoteReference")]
    held = {int(note.get(f"{W}id")): "".join(note.itertext()) for note in notes.iter(f"{W}footnote")}
    citations = [citation for answer in answers for citation in answer.citations]
    assert referred == list(range(1, len(citations) + 1)) and set(held) == {-1, 0, *referred}
    for number, citation in enumerate(citations, start=1):
        assert citation.label in held[number]
    assert f"“{QUOTE}”" in held[1]
    assert "footnotes+xml" in archive.read("[Content_Types].xml").decode()
    assert "relationships/footnotes" in archive.read("word/_rels/document.xml.rels").decode()
    settings = archive.read("word/settings.xml").decode()
    assert settings.index("<w:footnotePr>") < settings.index("<w:compat>")


def test_word_reads_back_what_was_said(told: Told) -> None:
    conversation, exchanges, answers = told
    document = docx.Document(io.BytesIO(as_docx(conversation, exchanges, ENGLISH)))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert [one.text for one in document.paragraphs if one.style and one.style.name == "Heading 1"] == [
        answer.question for answer in answers
    ]
    assert all(sentence.text in words for answer in answers for sentence in answer.sentences)
    assert document.core_properties.title == HOSTILE


def test_what_was_stopped_is_exported_as_far_as_it_came(told: Told, tmp_path: Path) -> None:
    conversation, exchanges, [answer, *_] = told
    part = stored_part(list(answer.sentences[:1]), list(answer.citations[:1]))
    stopped = Exchange(
        id="s", conversation="c", at=exchanges[0].at, question=LIGHTHOUSE, state=STOPPED, body=part, settings={}
    )
    text = as_markdown(conversation, [stopped], ENGLISH)
    assert answer.sentences[0].text in text and "Stopped before the answer was complete" in text


def test_a_control_character_does_not_break_the_document(told: Told) -> None:
    conversation, exchanges, _ = told
    odd = Conversation(id="c", owner="me", title="A\x00B\x0bC", updated=conversation.updated)
    assert docx.Document(io.BytesIO(as_docx(odd, exchanges, ENGLISH))).core_properties.title == "ABC"


def test_a_style_sets_the_notes_and_repeats_no_quote(told: Told) -> None:
    conversation, exchanges, answers = told
    text = as_markdown(conversation, exchanges, ENGLISH, "un")
    first = answers[0].citations[0]
    notes = dict(re.findall(r"^\[\^(\d+)\]: (.*)$", text, re.MULTILINE))
    assert notes["1"].startswith(first.document.name) and notes["1"].endswith(".") and QUOTE not in notes["1"]
    assert text.count(QUOTE) == 1
    assert QUOTE not in as_html(conversation, exchanges, ENGLISH, "un").split("<h3>")[1]
