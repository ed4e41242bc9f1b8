"""What the page says, in English, French or Spanish, as the browser asks (`Accept-Language`)."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_UNANSWERED = "The documents do not answer this question"
_REFUSALS = (
    (re.compile(rf"{_UNANSWERED}\."), "refusal.plain"),
    (re.compile(rf"\A{_UNANSWERED}: (?P<name>.+) does not occur in them\."), "refusal.unknown"),
    (re.compile(r"\AThe documents hold no paragraph (?P<number>.+) that answers this question\."), "refusal.paragraph"),
    (re.compile(rf"{_UNANSWERED}: none of them passes the filters\."), "refusal.filters"),
    (re.compile(rf"{_UNANSWERED}: the library holds none yet\."), "refusal.empty"),
)
LANGUAGES = ("en", "fr", "es")
_THOUSANDS = {"en": ",", "fr": "\u202f", "es": "."}


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
        form = "one" if count == 1 else "other"
        return self(f"{key}.{form}", count=f"{count:,}".replace(",", _THOUSANDS[self.language]), **values)

    def refusal(self, text: str) -> str:
        """A refusal in this language, where it is one of the usual ones; else as it is."""
        for pattern, key in _REFUSALS:
            if match := pattern.fullmatch(text):
                return self(key, **match.groupdict())
        return text


@lru_cache
def words_in(language: str) -> Words:
    """The page's sentences in a language; English stands in for what is not translated."""
    messages = _messages("en") if language == "en" else {**_messages("en"), **_messages(language)}
    return Words(language=language, messages=messages)


def words_for(accepted: str | None) -> Words:
    """The language a browser likes best of those there are, by its `Accept-Language` header; else English."""
    liked: list[tuple[float, str]] = []
    for part in (accepted or "").lower().split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            liked.append((-float(quality or 1), tag.split("-")[0]))
        except ValueError:
            continue
    known = [language for _, language in sorted(liked, key=lambda pair: pair[0]) if language in LANGUAGES]
    return words_in(known[0] if known else "en")


def _messages(language: str) -> dict[str, str]:
    return json.loads(files(__name__).joinpath(f"words_{language}.json").read_text(encoding="utf-8"))
