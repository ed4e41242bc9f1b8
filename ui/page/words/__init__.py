"""What the page says, in English, French or Spanish, as the browser asks (`Accept-Language`)."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from babel import Locale
from babel.numbers import format_decimal
from starlette.requests import Request

from ...language import language_of_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The page's sentences in one language; `words("refused")` gives one, values fill its braces."""

    language: str
    messages: dict[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The sentence under a key, which English always has."""
        return self.messages[key].format(**values)

    def counted(self, key: str, count: int, **values: object) -> str:
        """The sentence under a key for so many: "1 document", "2,300 documents"."""
        form = "one" if Locale(self.language).plural_form(count) == "one" else "other"
        return self(f"{key}.{form}", count=self.number(count), **values)

    def language_name(self, code: str | None) -> str:
        """What a language is called in this one; its code where it has no name here."""
        name = Locale(self.language).languages.get(code or "")
        return str(name) if name else code or ""

    def number(self, value: int) -> str:
        """A whole number as the language writes it: "2,300"."""
        return format_decimal(value, locale=self.language)


@lru_cache
def words_in(language: str) -> Words:
    """The page's sentences in a language; English stands in for what is not translated."""
    messages = _messages("en") if language == "en" else {**_messages("en"), **_messages(language)}
    return Words(language=language, messages=messages)


def words_for(request: Request) -> Words:
    """The page's sentences in the language that a browser likes best of those there are; else in English."""
    return words_in(language_of_request(request))


def _messages(language: str) -> dict[str, str]:
    return json.loads(files(__name__).joinpath(f"words_{language}.json").read_text(encoding="utf-8"))
