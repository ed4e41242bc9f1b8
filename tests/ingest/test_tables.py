"""Patterns made of lists of words."""

import re

import pytest

from onrecord.ingest.language.tables import any_of

WORDS = ["in", "in favour", "in favour of", "inside", "a", "no", "not", "noes", "-ja", "票"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("IN FAVOUR OF it", ["IN FAVOUR OF"]),
        ("in fvour", ["in"]),
        ("inside, insid", ["inside", "in"]),
        ("not no noes", ["not", "no", "noes"]),
        ("a-ja 票", ["a", "-ja", "票"]),
        ("b k -j", []),
    ],
)
def test_of_several_words_the_longest_is_found(text: str, found: list[str]) -> None:
    assert re.findall(any_of(WORDS), text, re.IGNORECASE) == found


def test_a_shorter_word_is_found_where_what_must_follow_stands_after_it_alone() -> None:
    match = re.match(rf"(?:{any_of(WORDS)})\s\d", "in 3")
    assert match and match[0] == "in 3"
