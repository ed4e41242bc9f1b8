"""A closed library is let go of: nothing keeps it in memory."""

import gc
import weakref
from pathlib import Path

import pytest

from onrecord.rag import Turn, open_library
from onrecord.ui.page.record_routes import _questions  # pyright: ignore[reportPrivateUsage]
from onrecord.ui.page.words import words_in

pytestmark = pytest.mark.slow


def test_a_closed_library_is_freed(tmp_path: Path) -> None:
    (tmp_path / "minutes.md").write_text("1. Norway said that the herring quota should fall by a third.\n")
    with open_library(tmp_path / "library") as library:
        library.ingest([tmp_path / "minutes.md"])
        before = [Turn(question="What did Norway say?", answer="")]
        assert library.ask("And about the herring quota?", history=before).answered
        _questions(library, words_in("en"))
        held = [weakref.ref(library), weakref.ref(library.store)]
    del library
    gc.collect()
    assert [one() for one in held] == [None, None]
