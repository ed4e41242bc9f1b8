"""The prompts, kept as Markdown beside this file."""

from functools import lru_cache
from importlib.resources import files


@lru_cache
def prompt(name: str) -> str:
    """The text of `NAME.md`."""
    return files(__package__ or "onrecord.rag.prompts").joinpath(f"{name}.md").read_text(encoding="utf-8")
