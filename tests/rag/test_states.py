"""A state asked for by any of its names, and no other state instead of it."""

from collections.abc import Iterator

import pytest

from onrecord.rag import Filters, Library, open_library
from onrecord.rag.query.directory import directory_of
from onrecord.rag.query.parse import parse_query
from onrecord.rag.verification.speakers import wrong_speaker

from ..fakes import HashEmbedder

SAID = {
    "Bolivia (Plurinational State of)": "We object to red buoys and ask for a vote by roll-call.",
    "Côte d’Ivoire": "We cannot join the consensus on the buoys before the rains.",
    "Guinea": "We paint our buoys yellow in the spring of each year.",
    "Papua New Guinea": "We moor our buoys with chains made of bronze.",
    "Mr. Kim (Korea, Republic of)": "We lend two tenders to the survey of the reef.",
    "Democratic People's Republic of Korea": "We keep our tenders at home until the ice melts.",
    "World Health Organization": "We ask that the pilots be examined each winter.",
    "Türkiye": "We light the strait with lamps of our own making.",
}


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("states")
    (folder / "plenary.txt").write_text("\n\n".join(f"{who}: {words}" for who, words in SAID.items()), encoding="utf-8")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([folder / "plenary.txt"])
        yield library


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "speaker"),
    [
        ("Bolivia", "Bolivia (Plurinational State of)"),
        ("the Plurinational State of Bolivia", "Bolivia (Plurinational State of)"),
        ("l’État plurinational de Bolivie", "Bolivia (Plurinational State of)"),
        ("Côte d'Ivoire", "Côte d’Ivoire"),
        ("Côte d’Ivoire", "Côte d’Ivoire"),
        ("COTE D‘IVOIRE", "Côte d’Ivoire"),
        ("Ivory Coast", "Côte d’Ivoire"),
        ("the Ivorians", "Côte d’Ivoire"),
        ("Guinea", "Guinea"),
        ("Guinea's delegate", "Guinea"),
        ("Papua New Guinea", "Papua New Guinea"),
        ("South Korea", "Mr. Kim (Korea, Republic of)"),
        ("the Republic of Korea", "Mr. Kim (Korea, Republic of)"),
        ("the Democratic People’s Republic of Korea", "Democratic People's Republic of Korea"),
        ("North Korea", "Democratic People's Republic of Korea"),
        ("Turkey", "Türkiye"),
        ("WHO", "World Health Organization"),
        ("l’OMS", "World Health Organization"),
        ("Всемирной организации здравоохранения", "World Health Organization"),
        ("世卫组织", "World Health Organization"),
    ],
)
def test_a_state_is_found_by_each_of_its_names(states: Library, asked: str, speaker: str) -> None:
    assert directory_of(states.store).speakers_in(f"What did {asked} say?") == [speaker]


def test_korea_alone_may_be_either(states: Library) -> None:
    assert len(directory_of(states.store).speakers_in("What did Korea say?")) == 2


@pytest.mark.parametrize("asked", ["Bolivia", "Côte d'Ivoire", "Ivory Coast", "Turkey", "Guinea", "Papua New Guinea"])
def test_what_a_state_said_is_quoted_as_its_own(states: Library, asked: str) -> None:
    answer = states.ask(f"What did {asked} say about the {'strait' if asked == 'Turkey' else 'buoys'}?")
    said = {citation.locator.speaker: citation.quote for citation in answer.citations}
    assert len(said) == 1 and all(SAID[str(speaker)] == quote for speaker, quote in said.items())


def test_states_are_compared_though_the_name_of_one_is_in_the_others(states: Library) -> None:
    query = parse_query(states.store, "Compare Guinea and Papua New Guinea on buoys.")
    assert {side.name for side in query.compared} == {"Guinea", "Papua New Guinea"}


def test_speakers_are_filtered_by_name_whatever_the_apostrophe(states: Library) -> None:
    hits = states.search("the buoys", filters=Filters(speaker="cote d'ivoire"))
    assert {hit.passage.locator.speaker for hit in hits} == {"Côte d’Ivoire"}


@pytest.mark.parametrize(
    ("sentence", "speaker", "wrong"),
    [
        ("Papua New Guinea said that buoys are painted yellow.", "Guinea", True),
        ("Guinea said that buoys are moored with bronze chains.", "Papua New Guinea", True),
        ("The Republic of Korea said tenders stay at home.", "Democratic People's Republic of Korea", True),
        ("The DPRK said that its tenders stay at home.", "Democratic People's Republic of Korea", False),
        ("Côte d'Ivoire said that it cannot join the consensus.", "Côte d’Ivoire", False),
        ("The Plurinational State of Bolivia said it objects.", "Bolivia (Plurinational State of)", False),
        ("Mr. Kim said that two tenders are lent.", "Mr. Kim (Korea, Republic of)", False),
    ],
)
def test_a_written_sentence_names_the_state_that_spoke(
    states: Library, sentence: str, speaker: str, wrong: bool
) -> None:
    hit = next(hit for hit in states.search(SAID[speaker]) if hit.passage.locator.speaker == speaker)
    assert bool(wrong_speaker(states.store, sentence, hit)) == wrong
