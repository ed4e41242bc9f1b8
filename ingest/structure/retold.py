"""Speakers whose words a bulletin or minutes retell, several in one paragraph: "Verrano welcomed it. Ms. Lind did not."

In doubt nobody: a sentence that names no speaker is its forerunner's only where it goes on with a pronoun.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from ..formats.blocks import Block
from ..language.sentences import sentence_spans
from ..language.states import state_at
from ..language.tables import saying
from .people import OFFICES, TITLES

_CAPITALISED = r"[A-ZÀ-Þ][\w’'-]{1,30}+"
_ASIDE = r"(?:\s?\([^()]{2,60}(?:\([^()]{2,40}\))?\))?"
_CAPITALS = r"[A-ZÀ-Þ][A-ZÀ-Þ0-9/&’'-]{1,30}+s?+(?![\w’'])"
_NAMED = rf"{_CAPITALISED}(?:\s{_CAPITALISED}){{0,3}}"
_PERSON = rf"(?i:{TITLES})\s(?:[A-Z]\.\s?){{0,3}}{_NAMED}"
_OFFICER = rf"(?:{_CAPITALISED}\s){{0,3}}(?=[A-Z])(?i:{OFFICES})\s(?:de\s|van\s|von\s)?{_NAMED}"
_BODY = rf"(?:[Tt]he\s)?{_CAPITALS}(?:\s{_CAPITALS}){{0,6}}"
_OFFICE = (
    r"The\s(?:(?:Acting|Deputy|Vice)[ -])?(?:Secretariat|(?:Co-?)?Chair\w{0,6}|President|Rapporteur|Facilitator)(?!\w)"
)
_PERSON_AT = re.compile(rf"(?P<who>(?:{_PERSON}|{_OFFICER}|{_OFFICE}){_ASIDE})")
_BODY_AT = re.compile(rf"(?P<who>{_BODY}{_ASIDE})")
_FOR = re.compile(r",?\s(?:speaking\s)?(?:for|on\sbehalf\sof)\s[^,.;:]{2,90}(?=,)")
_SAYS = re.compile(
    rf"(?:,\s(?!and\s|or\s)[a-z][^.;:]{{2,120}}?,|,)?\s(?:also\s|then\s|[a-z]{{2,20}}ly\s)?"
    rf"(?:(?:{saying('record')})\b|[a-z]{{2,20}}ed\s[^.;:]{{0,80}}?\sand\s(?:{saying('record')})\b)"
)
_LEAD = re.compile(r"(?:[A-Z][a-z]{2,20}ing|On|In|For|As|While|Regarding)\s[^.;:]{2,200}?,\s(?=(?:the\s)?[A-ZÀ-Þ])")
_PRONOUN = re.compile(r"(?:He|She|They)\s")
_VERB = re.compile(rf"\b(?:{saying('record')})\b")
_OPENING_CHARS = 320
# Chosen by hand on the development records: what a bulletin's paragraphs look like, and a report's hardly ever.
_FEWEST_RETOLD = 8
_FEWEST_SHARED = 3
_FEWEST_NAMED = 3
_RETOLD_SHARE = 0.4


class _Sentence(NamedTuple):
    """A sentence of a block, who is said to speak in it, and whether that is a person or a state."""

    start: int
    end: int
    who: str | None
    is_named: bool
    goes_on: bool


def split_at_retold(texts: Sequence[str], blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a bulletin, cut where another's words are retold, each with its speaker; of other records as is."""
    found = [_sentences(text) if block.kind == "paragraph" else [] for text, block in zip(texts, blocks, strict=True)]
    shared = [sentences for sentences in found if len({sentence.who for sentence in sentences} - {None}) > 1]
    if not _is_bulletin(found, shared):
        return list(blocks)
    return [part for block, sentences in zip(blocks, found, strict=True) for part in _by_sentence(block, sentences)]


def _sentences(text: str) -> list[_Sentence]:
    """The sentences of a paragraph; none where nobody is said to speak."""
    if not _VERB.search(text):
        return []
    return [_sentence(text, start, end) for start, end in sentence_spans(text)]


def _sentence(text: str, start: int, end: int) -> _Sentence:
    words = " ".join(text[start : min(end, start + _OPENING_CHARS)].split())
    lead = _LEAD.match(words)
    found = (_who(words, 0) or (_who(words, lead.end()) if lead else None)) if _VERB.search(words) else None
    who, is_named = found or (None, False)
    return _Sentence(start, end, who, is_named, bool(_PRONOUN.match(words)))


def _who(words: str, place: int) -> tuple[str, bool] | None:
    """Who is said to speak from a place on, with whom they speak for, and whether it is a state or a person by name."""
    state = _state_at(words, place)
    match = None if state else _PERSON_AT.match(words, place) or _BODY_AT.match(words, place)
    end = state or (match.end() if match else 0)
    if not end:
        return None
    spoken_for = _FOR.match(words, end)
    end = spoken_for.end() if spoken_for else end
    if not _SAYS.match(words, end):
        return None
    return words[place:end], bool(state) or bool(match and match.re is _PERSON_AT)


def _state_at(words: str, place: int) -> int | None:
    """Where the state ends whose name begins at a place."""
    name = words[place : state_at(words, place)].rstrip(",")
    return place + len(name) if name and (name[-1].isalnum() or name[-1] == ")") else None


def _is_bulletin(found: Sequence[Sequence[_Sentence]], shared: Sequence[Sequence[_Sentence]]) -> bool:
    """Whether a record's paragraphs are made of sentences that retell one speaker after another."""
    retold = [sentence for sentences in found for sentence in sentences if sentence.who]
    within = [sentence for sentences in shared for sentence in sentences]
    told = sum(bool(sentence.who) for sentence in within)
    return (
        len(shared) >= _FEWEST_SHARED
        and len(retold) >= _FEWEST_RETOLD
        and len({sentence.who for sentence in retold if sentence.is_named}) >= _FEWEST_NAMED
        and told >= _RETOLD_SHARE * len(within)
        and told >= len(retold) / 2
    )


def _by_sentence(block: Block, sentences: Sequence[_Sentence]) -> Iterator[Block]:
    """The parts of a bulletin's block, each with its speaker, or with nobody."""
    owners: list[str] = []
    for sentence in sentences:
        owners.append(sentence.who or (owners[-1] if owners and sentence.goes_on else ""))
    pairs = zip(sentences, owners, strict=True)
    parts = [(who, list(group)) for who, group in groupby(pairs, key=itemgetter(1))] or [("", [])]
    for number, (who, group) in enumerate(parts):
        end = block.start + group[-1][0].end if number + 1 < len(parts) else block.end
        begin = block.start + group[0][0].start if number else block.start
        part = replace(block, start=begin, end=end, speaker=who)
        yield replace(part, number=None) if number else part
