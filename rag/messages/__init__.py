"""What refusals and notes say, in every language of the interfaces.

The texts stand beside this file, `messages_LANGUAGE.json`, each under the code of a `Refusal` or a `Remark`; the names
in its braces are the params. A param that counts things has a text of its own for each plural form of the language
(CLDR): `passages.one`, `passages.other`.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

from ...vectorstore.passage import PLACES
from ..answer import Answer, Refusal, Remark, Sentence, cited_as, remark

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
_CHANGES = ("same", "changed", "new", "dropped", "moved", "renumbered")
_NUMBERS = ("characters", "limit", "found", "shown", "waiting", "more", *_CHANGES)
"""The params that are written as a language writes numbers; those of paragraphs stay as printed."""
_LEAST_GROUPED = 1000
_BETWEEN_PARTS = {"ar": "، ", "zh": "，"}


def message(told: Remark, language: str = "en") -> str:
    """What a refusal or a remark says, in one of `LANGUAGES`."""
    text = _filled(told.code, told.params, language)
    if near := told.params.get("near"):
        text = _filled("nearest", {"refusal": text, "place": near}, language)
    if also := told.params.get("also"):
        return _filled(also, {"refusal": text.rstrip(".。")}, language)
    return text


def advice(refusal: Refusal, language: str = "en") -> str:
    """What can be done about a question that cannot be asked at all; of another refusal, what it says."""
    key = f"{refusal.code}.advice"
    return _filled(key if key in catalogue(language) else refusal.code, refusal.params, language)


def in_language(answer: Answer, language: str | None = None) -> Answer:
    """An answer, a refusal, notes and places told in one of `LANGUAGES`, else in that of the question, else in English;
    what is quoted stays in the language of the records.

    A refusal or a remark kept by an earlier version, whose code is no longer known, stays as it was told.
    """
    language = language or answer.language
    if language not in LANGUAGES or language == "en":
        return answer
    known = catalogue(language)
    retold = {message(each): message(each, language) for each in answer.remarks if each.code in known}
    answer = replace(
        answer,
        notes=tuple(retold.get(note, note) for note in answer.notes),
        citations=tuple(replace(citation, places=places(language)) for citation in answer.citations),
    )
    refusal = answer.refusal
    if refusal is None or refusal.code not in known:
        return answer
    text = message(_with_place(refusal, answer, language), language)
    first = advice(refusal, language) if f"{refusal.code}.advice" in known else text
    return replace(answer, text=text, sentences=(Sentence(text=text),), notes=(first, *answer.notes[1:]))


def _with_place(refusal: Refusal, answer: Answer, language: str) -> Refusal:
    """A refusal that names the place that comes nearest as the language does."""
    for hit in answer.nearest:
        if cited_as(hit.document, hit.passage.locator) == refusal.params.get("near"):
            near = cited_as(hit.document, hit.passage.locator, places(language))
            return replace(refusal, params={**refusal.params, "near": near})
    return refusal


@lru_cache
def places(language: str) -> Mapping[str, str]:
    """The words that tell where a passage stands, in one of `LANGUAGES`; see `vectorstore.passage.PLACES`."""
    told = {key: catalogue(language)[f"place.{key}"] for key in PLACES if key != "and"}
    return told | {"and": _BETWEEN_PARTS.get(language, PLACES["and"])}


@lru_cache
def catalogue(language: str) -> Mapping[str, str]:
    """The texts of a language by code."""
    return json.loads(files(__name__).joinpath(f"messages_{language}.json").read_text(encoding="utf-8"))


def plural_form(language: str, count: int) -> str:
    """The form of a word for so many of its things, as CLDR calls it: "one", "few", "other"."""
    if language == "en":
        return "one" if count == 1 else "other"
    from babel import Locale

    return Locale(language).plural_form(count)


def number(value: int, language: str) -> str:
    """A whole number as the language writes it: "2,300"."""
    if value < _LEAST_GROUPED:
        return str(value)
    from babel.numbers import format_decimal

    return format_decimal(value, locale=language)


def counted(key: str, count: int, language: str) -> str:
    """So many things in one of `LANGUAGES`: "1 passage", "2,300 passages"."""
    texts = catalogue(language)
    form = texts.get(f"{key}.{plural_form(language, count)}", texts[f"{key}.other"])
    return form.format(count=number(count, language))


def told_in(language: str | None) -> str:
    """The one of `LANGUAGES` that a question in some language is answered in."""
    return language if language in LANGUAGES else "en"


def label(language: str | None, code: str, **params: object) -> str:
    """The text of a code, in the language of a question."""
    return message(remark(code, **params), told_in(language))


def _filled(key: str, params: Mapping[str, str], language: str) -> str:
    shown = {name: _shown(name, value, language) for name, value in params.items()}
    return catalogue(language)[key].format(**shown)


def _shown(name: str, value: str, language: str) -> str:
    if f"{name}.other" in catalogue(language):
        return counted(name, int(value), language)
    return number(int(value), language) if name in _NUMBERS else value
