"""Markdown marks taken out, words left as they are."""

import pytest

from onrecord.vectorstore.markup import plain

from ..security.growth import grows_too_fast


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## **Report** on *lights*", "Report on lights"),
        ("###Report ###", "Report"),
        ("**Commission****Seventh session**", "Commission Seventh session"),
        ("**a *b***, ***c*** and __d__", "a b, c and d"),
        ("*Corrie\nBelle*", "Corrie Belle"),
        ("see [S-30/1](#) and ![a (b) c](http://x/(y).png)", "see S-30/1 and a (b) c"),
        ("resolution 2017/20.<sup>1</sup><br/>Next", "resolution 2017/20.1Next"),
        ("\\(UNODC\\) \\* 1\\.", "(UNODC) * 1."),
        ("- 5.1:** End it", "- 5.1: End it"),
        ("_one_ snake_case _two_", "one snake_case two"),
        ("* an item\n* another", "* an item * another"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("a\n\n---\n\nb", "a b"),
        ("A/C.3 #4 is 5 < 6", "A/C.3 #4 is 5 < 6"),
        (" no\u00a0marks\tat all ", "no marks at all"),
        ("", ""),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.slow
@pytest.mark.parametrize("mark", ["*a ", "**a ", "***a ", "__a ", "_a ", "[a](", "<b", "\\*", " #"])
def test_the_time_of_marks_without_end_grows_with_them_and_not_faster(mark: str) -> None:
    assert not grows_too_fast(plain, lambda length: mark * (length // len(mark)))
