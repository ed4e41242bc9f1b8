"""Who a sentence says spoke, held against who did."""

import re

from ...ingest.language.sentences import sentence_spans
from ...ingest.language.states import label_parts, state_of, states_in, states_of_label
from ...ingest.language.tables import saying, word_list
from ...vectorstore.markup import plain
from ...vectorstore.names import fold
from ...vectorstore.passage import Hit
from ...vectorstore.store import Store
from ..query.directory import directory_of

_SAYING = rf"{saying('answer')}|saying|according to"
SAID = re.compile(rf"\b(?:{_SAYING})\b", re.IGNORECASE)
_LABEL = re.compile(r"^\s*([^:“”\"«»]{2,60}):\s")
_INVERTED = re.compile(rf"[,”\"]\s*+(?:{_SAYING})\s++(?P<who>[^,]{{2,60}}?)\W*+$", re.IGNORECASE)
_PRONOUN = re.compile(
    r"^(?:in addition,? |furthermore,? |moreover,? |also,? |however,? |then,? )?(?:it|they|he|she|the (?:delegation|"
    r"speaker|country|representative|delegate))\b(?:\s+(?:also|further|then|later|can|could|would|will|cannot|has|had))*\s*$",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-ZÀ-Þ][\w’'-]+")
_NO_NAME = word_list("no_names")


def speakers_named(store: Store, text: str) -> list[str]:
    """The speakers of the library that a text names by their whole name or a telling part of it, longest first."""
    return sorted(directory_of(store).speakers_in(text), key=len, reverse=True)


def keys(speaker: str) -> list[str]:
    """What a speaker may be called: "Ms. Lind (Verrano)" is "ms. lind" or "verrano"."""
    parts = [fold(part).strip(" ,;") for part in label_parts(speaker)]
    bare = [re.sub(r"^(?:mr|ms|mrs|miss|dr|prof|mme)\b\.?\s*", "", part) for part in parts]
    return [part for part in dict.fromkeys(bare) if len(part) > 1]


def subject(text: str, inherited: str = "") -> str:
    """Who a sentence says spoke, in its own words; `inherited` where it only says "they added"; else empty."""
    if label := _LABEL.match(text):
        return label[1]
    if (turned := _INVERTED.search(text)) and _actors(turned["who"]):
        return turned["who"]
    said = SAID.search(text)
    if not said:
        return ""
    before = text[: said.start()]
    if inherited and _PRONOUN.match(before):
        return inherited
    if said[0].casefold() != "according to" and _actors(before):
        return before
    return text[said.end() :][:80]


def wrong_speaker(store: Store, text: str, hit: Hit, inherited: str = "") -> str | None:
    """Whom a sentence makes say what somebody else said in the passage, or None.

    In a passage that one speaker speaks, that is another speaker of the library; in one that tells what several said,
    whoever is not the one to whom the passage gives the sentence's words.
    """
    who = subject(text, inherited)
    if not who:
        return None
    speaker = hit.passage.locator.speaker
    if speaker is None:
        return _wrong_in_report(store, who, text, hit)
    if _is_named(speaker, who):
        return None
    said = plain(hit.passage.text)
    others = [other for other in speakers_named(store, who) if other != speaker and not _tells_of(other, said)]
    return others[0] if others else None


def _wrong_in_report(store: Store, who: str, text: str, hit: Hit) -> str | None:
    """The same for a passage that reports: the nearest one named as speaking, before or in the closest sentence."""
    named = f"{hit.document.title} {hit.document.symbol or ''} {hit.document.name}"
    mine = _actors(who) - set(re.findall(r"\w+", fold(named)))
    if not mine:
        return None
    passage = plain(hit.passage.text)
    sentences = [passage[start:end] for start, end in sentence_spans(passage)]
    words = set(store.lexical.words(text)) - set(store.lexical.words(who))
    if not sentences or not words:
        return None
    closest = max(range(len(sentences)), key=lambda place: len(words & set(store.lexical.words(sentences[place]))))
    for sentence in reversed(sentences[: closest + 1]):
        if mine & _actors(sentence):
            return None
        said = SAID.search(sentence)
        theirs = _actors(sentence[: said.start()]) if said else set[str]()
        if theirs:
            return who.strip(" ,:")
    return None


def _actors(text: str) -> set[str]:
    """Capitalised words that may name who spoke, folded, without possessives."""
    found = {re.sub(r"['’]s?$", "", match[0]).casefold() for match in _NAME.finditer(text)}
    return found - _NO_NAME


def _tells_of(speaker: str, passage: str) -> bool:
    """Whether a passage itself says what another speaker said or wants."""
    folded = fold(passage)
    return any(
        re.search(rf"\b{re.escape(key)}\b[^.;:]{{0,40}}\b(?:{_SAYING})\b|according to {re.escape(key)}\b", folded)
        for key in keys(speaker)
    )


def _is_named(speaker: str, who: str) -> bool:
    """Whether a text names a speaker: a state by any of its names, but not by those within another state's."""
    if states_of_label(speaker) & {code for _, _, code in states_in(who)}:
        return True
    folded = fold(who)
    return any(_stands(key, folded) for key in keys(speaker) if not state_of(key))


def _stands(key: str, folded: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(key)}(?!\w)", folded))
