"""Where gold quotes are found, and how much of them a text holds."""

import pytest

from onrecord.evals.measures.quotes import coverage, folded, locate, words


def test_words_are_folded_and_leave_markup_out() -> None:
    assert words("The **UNODC** [portal](https://example.org/a), _so_ Straße<sup>1</sup> snake_case\\*") == [
        "the", "unodc", "portal", "so", "strasse", "1", "snake_case",
    ]  # fmt: skip


def test_folded_makes_white_space_single_and_trims() -> None:
    assert folded("\n a\u00a0 b\t\nc ") == "a b c"


@pytest.mark.parametrize(
    ("quote", "text", "share"),
    [
        # a b c d / b c d e / c d e f: the text holds the first two.
        ("a b c d e f", "x A B C, D E y", 2 / 3),
        # Repeated grams count once: a a a a is the only gram.
        ("a a a a a", "a a a a", 1.0),
        ("a b", "c A b d", 1.0),
        ("a b", "a c b", 0.0),
        ("a b c d", "a b c", 0.0),
        ("...", "...", 0.0),
    ],
)
def test_coverage_counts_distinct_word_4_grams(quote: str, text: str, share: float) -> None:
    assert coverage(quote, text) == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "quote", "nth", "found"),
    [
        ("one two one two", "one two", 1, "one two"),
        ("one two one two", "\none two\n", 2, "one two"),
        ("one\n two", "one two", 1, "one\n two"),
        ("see the [portal](#), now", "the portal, now", 1, "the [portal](#), now"),
        ("see the portal now", "the **[portal](https://example.org)**", 1, "the portal"),
        ("(a.b) a+b", "a+b", 1, "a+b"),
    ],
)
def test_locate_gives_the_span_in_the_text(text: str, quote: str, nth: int, found: str) -> None:
    span = locate(text, quote, nth)
    assert span is not None
    assert text[slice(*span)] == found
    assert nth == 1 or span[0] > text.index(found)


@pytest.mark.parametrize(
    ("text", "quote", "nth"),
    [("one two", "one two", 2), ("bone two", "one, two", 1), ("one two", "...", 1), ("", "one", 1)],
)
def test_locate_gives_none_where_the_quote_is_not(text: str, quote: str, nth: int) -> None:
    assert locate(text, quote, nth) is None
