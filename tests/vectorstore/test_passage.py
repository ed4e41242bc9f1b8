"""How a place in a record is told."""

import pytest

from onrecord.vectorstore.passage import Locator


@pytest.mark.parametrize(
    ("locator", "told"),
    [
        (Locator(speaker="Norway", page="3"), "Norway, p. 3"),
        (Locator(paragraph="3", part="draft resolution I", page="12"), "draft resolution I, para. 3, p. 12"),
        (Locator(speaker="Ana Ruiz", time="00:12:05"), "Ana Ruiz, 00:12:05"),
        (Locator(section="Debate > The lamps"), "The lamps"),
        (Locator(page="3", certainty=0.97), "p. 3, read by machine"),
        (Locator(section="The lamps", certainty=0.97), "The lamps, read by machine"),
        (Locator(item="2"), ""),
    ],
)
def test_the_shortest_form_that_people_use(locator: Locator, told: str) -> None:
    assert str(locator) == told
