"""What a tool is: as agents are told of it, the arguments it takes, who may call it, what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mcp_types import Tool as Told
from mcp_types import ToolAnnotations
from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from ....rag.library import Library
from ...access.caller import ANYBODY, NOBODY, Caller, seen_by

Given = tuple[str, Mapping[str, Any]]
"""What a tool answers: a text that says how to cite, and the structured value that HTTP gives too."""


class Arguments(BaseModel):
    """Arguments as agents send them: a number where a text is meant, "" or null for what they leave out."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_left_out(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        optional = {name for name, field in cls.model_fields.items() if not field.is_required()}
        return {name: told for name, told in given.items() if name not in optional or not _is_left_out(told)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who calls a tool; `is_from_here` unless the call comes from another site's page, which may delete nothing."""

    caller: Caller = NOBODY
    is_from_here: bool = False

    def may(self, need: str) -> bool:
        """Whether what a tool needs is granted: a scope, or "delete"."""
        return self.is_from_here if need == "delete" else self.caller.may(need)


HERE = Call(caller=ANYBODY, is_from_here=True)
"""Whoever starts this server on their own machine."""


class Room:
    """Tools on one library, as those may read it whom a server is for."""

    def __init__(self, library: Library, caller: Caller) -> None:
        self._whole, self._reader = library, caller

    @property
    def _library(self) -> Library:
        """What they may read, as it is now."""
        return seen_by(self._whole, self._reader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool; `needs` is what its caller must be granted."""

    told: Told
    takes: type[BaseModel]
    does: Callable[[Any, Call], Given]
    needs: frozenset[str] = frozenset()


def reading(
    name: str, title: str, takes: type[BaseModel], gives: type, does: Callable[[Any], Given], says: str
) -> Tool:
    """A tool that changes nothing, the same for everybody."""
    read_only = ToolAnnotations(read_only_hint=True, open_world_hint=False, idempotent_hint=True)
    return Tool(told=_told(name, title, takes, gives, says, read_only), takes=takes, does=lambda asked, _: does(asked))


def working(
    name: str, title: str, takes: type[BaseModel], gives: type, does: Callable[[Any, Call], Given], says: str,
    *, changes: bool = True, needs: tuple[str, ...] = (),
) -> Tool:  # fmt: skip
    """A tool on what its caller keeps or has watched; one that needs the grant "delete" takes something away."""
    hints = ToolAnnotations(
        read_only_hint=not changes, open_world_hint=False, idempotent_hint=True, destructive_hint="delete" in needs
    )
    return Tool(
        told=_told(name, title, takes, gives, says, hints), takes=takes, does=does, needs=frozenset(needs)
    )  # fmt: skip


def _told(
    name: str, title: str, takes: type[BaseModel], gives: type, says: str, annotations: ToolAnnotations
) -> Told:
    return Told(
        name=name, title=title, description=says, annotations=annotations,
        input_schema=takes.model_json_schema(), output_schema=TypeAdapter(gives).json_schema(),
    )  # fmt: skip


def _is_left_out(told: Any) -> bool:
    return told is None or (isinstance(told, str) and not told.strip())
