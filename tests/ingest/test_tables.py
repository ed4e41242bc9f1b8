"""Patterns made of lists of words."""

import re

import pytest

from onrecord.ingest.language.tables import any_of, table

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


def test_months_and_weekdays_are_called_as_unicodes_cldr_has_them() -> None:
    from babel import Locale

    for row in table("calendar"):
        names = getattr(Locale.parse(row["language"]), row["kind"])["format"][row["width"]]
        assert row["names"].split(";") == [names[number] for number in sorted(names)], row
        assert min(names) == (1 if row["kind"] == "months" else 0)
