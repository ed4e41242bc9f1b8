"""The prompts, kept as Markdown beside this file."""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

# What chat templates divide a prompt by, which services may read as such also within what a person said.
CHAT_MARKS = re.compile(r"<\|[^|<>]{0,40}\|?>|\|>|\[/?INST\]|</?s>|<</?SYS>>|<(?:start|end)_of_turn>", re.IGNORECASE)
_PARTS = "\n---\n"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked: what is the same every time, which its service may keep read, then what is not."""

    system: str
    asked: str


@lru_cache
def prompt(name: str) -> str:
    """The text of `NAME.md`."""
    return files(__package__ or "onrecord.rag.prompts").joinpath(f"{name}.md").read_text(encoding="utf-8")


def filled(name: str, **given: str) -> Prompt:
    """The prompt of `NAME.md`, in whose second part, after a line of dashes, each `{name}` stands for what is given.

    What is given is data: braces in it are never filled, and it holds no mark-up of a chat.
    """
    system, _, asked = prompt(name).partition(_PARTS)
    for key, text in given.items():
        asked = asked.replace(f"{{{key}}}", CHAT_MARKS.sub(" ", text).replace("{", "(").replace("}", ")"))
    return Prompt(system.strip(), asked.strip())
