"""What a refusal says, in every language of the interfaces.

The texts stand in gettext catalogues beside this file, `refusals.LANGUAGE.po`, one `msgid` to a code; translators need
no build step, for Babel reads them when the first refusal is told.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

from ..answer import Answer, Refusal, Sentence

LANGUAGES = ("en", "fr", "es")
_NUMBERS = ("characters", "limit")
"""The params that are written as a language writes numbers; those of paragraphs stay as printed."""


def message(refusal: Refusal, language: str = "en") -> str:
    """What a refusal says, in one of `LANGUAGES`."""
    text = _filled(refusal.code, refusal.params, language)
    if near := refusal.params.get("near"):
        text = _filled("nearest", {"refusal": text, "place": near}, language)
    if also := refusal.params.get("also"):
        return _filled(also, {"refusal": text.rstrip(".")}, language)
    return text


def advice(refusal: Refusal, language: str = "en") -> str:
    """What can be done about a question that cannot be asked at all; of another refusal, what it says."""
    key = f"{refusal.code}.advice"
    return _filled(key if key in catalogue(language) else refusal.code, refusal.params, language)


def in_language(answer: Answer, language: str) -> Answer:
    """An answer, a refusal told in one of `LANGUAGES`; what is quoted stays in the language of the records.

    A refusal kept by an earlier version, whose code is no longer known, stays as it was told.
    """
    refusal, known = answer.refusal, catalogue(language)
    if refusal is None or language == "en" or refusal.code not in known:
        return answer
    text = message(refusal, language)
    first = advice(refusal, language) if f"{refusal.code}.advice" in known else text
    return replace(answer, text=text, sentences=(Sentence(text=text),), notes=(first, *answer.notes[1:]))


@lru_cache
def catalogue(language: str) -> Mapping[str, str]:
    """The texts of a language by code."""
    from babel.messages.pofile import read_po

    with files(__name__).joinpath(f"refusals.{language}.po").open("rb") as written:
        return {str(entry.id): str(entry.string) for entry in read_po(written, locale=language) if entry.id}


def _filled(key: str, params: Mapping[str, str], language: str) -> str:
    shown = {name: _number(value, language) if name in _NUMBERS else value for name, value in params.items()}
    return catalogue(language)[key].format(**shown)


def _number(value: str, language: str) -> str:
    from babel.numbers import format_decimal

    return format_decimal(int(value), locale=language)
