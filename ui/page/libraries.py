"""What the page serves: one or more libraries, each with its conversations and its intake."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...ingest.parse import Limits
from ...rag.generation.rules import ModelRules
from ...rag.library import Library
from ..access.caller import Caller, seen_by
from ..intake import Intake, ReadingStatus
from .answering import Answering
from .history import FILE, History
from .models import Models


@dataclass(frozen=True, slots=True, kw_only=True)
class AppState:
    """One library on the page; `key` names it in addresses."""

    key: str
    name: str
    library: Library
    intake: Intake
    history: History
    models: Models
    answering: Answering

    def seen_by(self, caller: Caller) -> "AppState":
        """The same as a caller may read it."""
        return replace(self, library=seen_by(self.library, caller))

    def may_be_chosen(self, caller: Caller) -> bool:
        """Whether a caller may read anything of it."""
        if caller.collections is None:
            return True
        return any(each.name in caller.collections for each in self.library.store.catalogue.collections())

    def reading(self) -> ReadingStatus:
        """How far the reading of records is; who sees a part of the library is not told of the others' files."""
        return ReadingStatus() if self.library.store.is_part else self.intake.status()


class LibraryRegistry:
    """The libraries that a page offers to switch between, the first by default; `limits` hold for reading into each,
    `rules` for the language models that may answer."""

    def __init__(
        self,
        libraries: Sequence[Library],
        first_intake: Intake | None = None,
        *,
        limits: Limits | None = None,
        rules: ModelRules | None = None,
    ) -> None:
        self._rules = rules or ModelRules()
        self._served: dict[str, AppState] = {}
        for library in libraries:
            intake = first_intake if first_intake and not self._served else Intake(library, limits=limits)
            self._put(library, intake)

    def __iter__(self):
        return iter(self._served.values())

    def get(self, key: str) -> AppState:
        """A library by its key; the first where there is no such key."""
        return self._served.get(key) or next(iter(self._served.values()))

    def stop(self) -> None:
        """Ends what is under way; the libraries are the caller's to close."""
        for served in self._served.values():
            served.answering.close()
            served.intake.stop()
            served.history.close()

    def _put(self, library: Library, intake: Intake) -> None:
        folder = library.store.folder
        key = base = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-") or "library"
        number = 2
        while key in self._served:
            key, number = f"{base}-{number}", number + 1
        history, models = History(folder / FILE), Models(library, rules=self._rules)
        self._served[key] = AppState(
            key=key,
            name=folder.name,
            library=library,
            intake=intake,
            history=history,
            models=models,
            answering=Answering(history, models),
        )
