"""Who calls, as all of the server knows it: the gate finds out once, and whatever reads records asks here for whom.

    key, account or place -> Caller -> the library as that caller may read it
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...rag.library import Library
from ...vectorstore.errors import InputError

SCOPES = ("ask", "ingest", "remove", "admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, and what that opens.

    `id` names a key ("key ab12cd34") or an account ("user anna"), "" is whoever reaches a server that asks for
    neither; `name` is what people call it, `keeps` is false of who passes by and has no notebook. `collections` are
    all that may be read, None is the whole library.
    """

    id: str = ""
    name: str = ""
    scopes: tuple[str, ...] = SCOPES
    collections: tuple[str, ...] | None = None
    keeps: bool = True

    def may(self, scope: str) -> bool:
        """Whether it opens a scope; "admin" opens all."""
        return scope in self.scopes or "admin" in self.scopes


ANYBODY = Caller()
PASSERBY = Caller(scopes=("ask",), keeps=False)
"""Who reaches a server that asks for neither key nor account from another machine."""
NOBODY = Caller(scopes=(), collections=())


def caller_of(scope: Mapping[str, Any]) -> Caller:
    """Who a request comes from; nobody, who may read nothing, where the gate has not said."""
    return scope.get("caller", NOBODY)


def seen_by(library: Library, caller: Caller) -> Library:
    """A library as a caller may read it."""
    return library if caller.collections is None else library.seen_by(caller.collections)


def confined(scopes: Iterable[str], collections: Iterable[str] | None) -> tuple[str, ...] | None:
    """The collections that are opened alone, None for all. Raises InputError where more than reading them is asked for.

    What is added or removed is the whole library's, so who may read a part of it only may do neither.
    """
    if collections is None:
        return None
    if set(scopes) - {"ask"}:
        raise InputError("Who may read some collections only can ask, and neither add nor remove. Leave one away.")
    return tuple(dict.fromkeys(collections))
