"""One document in several languages: which are versions of one another, and which paragraphs say the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from onrecord.rag import Filters, Library, open_library
from onrecord.rag.answering.candidates import Quotable
from onrecord.rag.answering.once import each_once
from onrecord.rag.schema import answer_json, listed_json
from onrecord.rag.tools.align import Paragraph
from onrecord.rag.tools.versions import align_versions
from onrecord.ui.app import build_app
from onrecord.ui.intake import Intake
from onrecord.vectorstore.passage import Hit, Locator

from ..fakes import HashEmbedder

pytestmark = pytest.mark.slow

ENGLISH = """Report of the harbour board

Having met in Osterwick from 10 to 12 March 2031, with 23 members present,

1. Approves a dredging budget of 4.2 million crowns for 2032;

2. Decides that ships longer than 90 metres take a pilot at night;

(a) from 1 July 2031;

(b) in every channel, the outer one included;

3. Thanks the keeper of the light."""
FRENCH = """Rapport du conseil du port

Réuni à Osterwick du 10 au 12 mars 2031 en présence de 23 membres,

Une note du traducteur qui ne figure pas dans le texte anglais et dit pourquoi il est court.

1. Approuve un budget de dragage de 4,2 millions de couronnes pour 2032 ;

2. Décide que les navires de plus de 90 mètres prennent un pilote la nuit ;

a) à compter du 1er juillet 2031 ;

b) dans tous les chenaux, y compris le chenal extérieur ;

3. Remercie le gardien du phare."""


def paragraphs(text: str) -> list[Paragraph]:
    found: list[Paragraph] = []
    for words in text.split("\n\n"):
        start = text.index(words)
        label, space, _ = words.partition(" ")
        said = start + (len(label) + 1 if space and label[-1] in ".)" else 0)
        found.append(
            Paragraph(
                start=start, said=said, end=start + len(words), text=words, kind="paragraph", locator=Locator()
            )
        )  # fmt: skip
    return found


def test_paragraphs_that_say_the_same_are_found_by_what_a_translation_keeps() -> None:
    pairs = align_versions(paragraphs(ENGLISH), paragraphs(FRENCH))
    assert pairs == [(0, 0), (1, 1), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7)]


def test_a_text_of_many_times_the_paragraphs_is_no_translation() -> None:
    assert align_versions(paragraphs(ENGLISH), paragraphs(FRENCH) * 4) == []
    assert align_versions([], paragraphs(FRENCH)) == []
    assert align_versions(paragraphs(ENGLISH) * 1000, paragraphs(FRENCH) * 1000) == []


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("versions")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        for language, text in (("en", ENGLISH), ("fr", FRENCH)):
            (folder / f"{language}.txt").write_text(text)
            library.ingest([folder / f"{language}.txt"], known={"symbol": "HB/2031/9", "language": language})
        (folder / "other.txt").write_text("Another record of the harbour board, in no other language.")
        library.ingest([folder / "other.txt"], known={"symbol": "HB/2031/10", "language": "en"})
        yield library


def test_documents_of_one_symbol_in_two_languages_are_versions(library: Library) -> None:
    listed = {Path(each.source).name: each for each in library.documents()}
    assert listed_json(listed["en.txt"])["versions"] == [listed["fr.txt"].id]
    assert listed_json(listed["fr.txt"])["versions"] == [listed["en.txt"].id]
    assert listed["other.txt"].versions == ()


def test_the_same_paragraph_is_found_in_the_other_language(library: Library) -> None:
    document = library.document("en.txt")
    ((other, paragraph),) = library.versions(document, document.text.index("ships longer"))
    assert other.language == "fr" and paragraph and paragraph.words.startswith("Décide que les navires")
    assert library.versions(library.document("other.txt")) == []


def test_a_citation_tells_the_same_paragraph_in_the_other_language(library: Library) -> None:
    answer = library.ask("What takes a pilot at night?", filters=Filters(document="en.txt"))
    [citation] = [each for each in answer_json(answer)["citations"] if "ships longer" in each["quote"]]
    [version] = citation["versions"]
    french = library.document("fr.txt")
    assert (version["document_id"], version["language"]) == (french.id, "fr")
    assert french.text[version["start"] : version["end"]].startswith("2. Décide que les navires")


def test_a_citation_of_a_sub_paragraph_tells_the_same_one(library: Library) -> None:
    answer = library.ask("What is so in every channel?", filters=Filters(document="en.txt"))
    citation = next(each for each in answer.citations if "every channel" in each.quote)
    [version] = citation.versions
    french = library.document("fr.txt")
    assert version.place
    told = french.text[slice(*version.place)]
    assert "dans tous les chenaux" in told and "à compter" not in told


def test_a_citation_of_a_paragraph_without_a_number_of_its_own_tells_the_document_alone(library: Library) -> None:
    answer = library.ask("Who met in Osterwick?", filters=Filters(document="en.txt"))
    [citation] = [each for each in answer.citations if "Having met" in each.quote]
    assert [(each.document.language, each.place) for each in citation.versions] == [("fr", None)]
    other = library.overview("other.txt")
    assert other.citations and not any(each.versions for each in other.citations)


@pytest.mark.parametrize("language, kept", [("fr", ["en", "fr"]), ("en", ["en", "en"]), (None, ["en", "en"])])
def test_a_fact_is_quoted_once_in_the_language_asked_in(
    library: Library, language: str | None, kept: list[str]
) -> None:
    def quotable(name: str, words: str) -> Quotable:
        document = library.document(name)
        start = document.text.index(words)
        passage = next(each for each in library.store.passages_of(document.id) if each.start <= start < each.end)
        hit = Hit(passage=passage, document=document, score=1.0)
        return Quotable(hit=hit, start=start, end=start + len(words), words=frozenset())

    found = [quotable("en.txt", "Thanks"), quotable("en.txt", "Approves"), quotable("fr.txt", "Approuve")]
    once = each_once(library.store, found, language)
    assert [each.hit.document.language for each in once] == kept


def test_versions_are_compared_by_what_one_lacks(library: Library) -> None:
    counts = library.compare("en.txt", "fr.txt").counts
    assert (counts["same"], counts["new"], counts["dropped"], counts["changed"]) == (7, 1, 0, 0)


def test_the_reading_pane_leads_to_the_same_paragraph(library: Library) -> None:
    document = library.document("en.txt")
    start = document.text.index("2. Decides")
    with TestClient(build_app(library, intake=Intake(library)), base_url="http://127.0.0.1") as client:
        headers = {"Accept-Language": "es"}
        page = client.get(f"/reading/{document.id}", params={"start": start, "end": start + 20}, headers=headers).text
    french = library.document("fr.txt")
    assert f'data-document="{french.id}" data-start="{french.text.index("2. Décide")}"' in page
    assert "El mismo párrafo en francés" in page
