"""What the page says, in one of the six languages that the browser asks for (`Accept-Language`)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from babel import Locale

from ....rag.messages import number, places, plural_form
from ...language import language_of_request

if TYPE_CHECKING:
    from starlette.requests import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The page's sentences in one language; `words("refused")` gives one, values fill its braces."""

    language: str
    messages: dict[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence under a key."""
        return self.messages[key].format(**values)

    def counted(self, key: str, count: int, **values: object) -> str:
        """The sentence under a key for so many: "1 document", "2,300 documents"."""
        form = f"{key}.{plural_form(self.language, count)}"
        return self(form if form in self.messages else f"{key}.other", count=self.number(count), **values)

    @property
    def direction(self) -> str:
        """Which way the language is written: "ltr" or "rtl"."""
        return Locale(self.language).text_direction

    def language_name(self, code: str | None) -> str:
        """What a language is called in this one; its code where it has no name here."""
        name = Locale(self.language).languages.get(code or "")
        return str(name) if name else code or ""

    @property
    def places(self) -> Mapping[str, str]:
        """The words that tell where a passage stands: "para. {}", "p. {}"."""
        return places(self.language)

    def number(self, value: int) -> str:
        """A whole number as the language writes it: "2,300"."""
        return number(value, self.language)


@lru_cache
def words_in(language: str) -> Words:
    """The page's sentences in one of the languages of the interface."""
    written = files(__name__).joinpath(f"words_{language}.json").read_text(encoding="utf-8")
    return Words(language=language, messages=json.loads(written))


def words_for(request: "Request") -> Words:
    """The page's sentences in the language that a browser likes best of those there are; else in English."""
    return words_in(language_of_request(request))
