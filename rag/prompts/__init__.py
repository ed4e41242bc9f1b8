"""The prompts, kept as Markdown beside this file; an operator's own files may stand for them.

A file of one's own has the name of the one it replaces, and says in its second part, after a line of dashes, where what
is asked goes: the same names in braces. What a model writes is checked all the same, whatever it was told.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from ...vectorstore.errors import InputError

# What chat templates divide a prompt by, which services may read as such also within what a person said.
CHAT_MARKS = re.compile(r"<\|[^|<>]{0,40}\|?>|\|>|\[/?INST\]|</?s>|<</?SYS>>|<(?:start|end)_of_turn>", re.IGNORECASE)
NAMES = ("answer", "judge", "part", "repair", "rewrite", "select")
MAX_FILE_CHARS = 20_000
_PARTS = "\n---\n"
_FIELD = re.compile(r"\{[a-z]{1,20}\}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked: what is the same every time, which its service may keep read, then what is not."""

    system: str
    asked: str


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts that are used: `own` are the operator's texts by name, for each of which there is a packaged one."""

    own: Mapping[str, str]

    def text(self, name: str) -> str:
        """The text of a prompt."""
        return self.own.get(name) or prompt(name)

    def filled(self, name: str, **given: str) -> Prompt:
        """The prompt in whose second part, after a line of dashes, each `{name}` stands for what is given.

        What is given is data: braces in it are never filled, and it holds no mark-up of a chat.
        """
        system, _, asked = self.text(name).partition(_PARTS)
        for key, text in given.items():
            asked = asked.replace(f"{{{key}}}", CHAT_MARKS.sub(" ", text).replace("{", "(").replace("}", ")"))
        return Prompt(system.strip(), asked.strip())


PACKAGED = Prompts({})


@lru_cache
def prompt(name: str) -> str:
    """The text of the packaged `NAME.md`."""
    return files(__package__ or "onrecord.rag.prompts").joinpath(f"{name}.md").read_text(encoding="utf-8")


def filled(name: str, **given: str) -> Prompt:
    """As `Prompts.filled`, of those packaged."""
    return PACKAGED.filled(name, **given)


def prompts_in(folder: Path | None) -> Prompts:
    """The prompts with those of a folder in their stead; without one, those packaged.

    Raises InputError where the folder or a file cannot be read, or a file is no prompt: it has another name, leaves out
    what is asked, or is longer than `MAX_FILE_CHARS`.
    """
    if folder is None:
        return PACKAGED
    known = [f"{name}_prompt.md" for name in NAMES]
    try:
        found = sorted(folder.expanduser().glob("*.md"))
        short = [path for path in found if path.stat().st_size <= 4 * MAX_FILE_CHARS]
        texts = {path.name: path.read_text(encoding="utf-8") for path in short}
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The prompts in {folder} cannot be read: {error}. See ONRECORD_PROMPTS.") from error
    if not found:
        raise InputError(f"ONRECORD_PROMPTS: there is no prompt in {folder}; name files {', '.join(known)}.")
    for path in found:
        _check(path, texts.get(path.name), known)
    return Prompts({name.removesuffix(".md"): text.replace("\r\n", "\n") for name, text in texts.items()})


def _check(path: Path, text: str | None, known: list[str]) -> None:
    """Raises InputError where a file cannot stand for the packaged prompt of its name."""
    if path.name not in known:
        raise InputError(f"{path}: no prompt has this name; there are {', '.join(known)}.")
    if text is None or len(text) > MAX_FILE_CHARS:
        raise InputError(f"{path}: a prompt has at most {MAX_FILE_CHARS} characters.")
    packaged, text = prompt(path.stem), text.replace("\r\n", "\n")
    parts = _PARTS in packaged
    if parts and _PARTS not in text:
        raise InputError(f"{path}: put a line of three dashes between the instructions and what is asked.")
    asked = text.partition(_PARTS)[2] if parts else text
    if missing := [field for field in _FIELD.findall(packaged) if field not in asked]:
        raise InputError(f"{path}: {missing[0]} is missing; it stands for what the program puts there.")
