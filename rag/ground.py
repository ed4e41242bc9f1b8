"""Grounding: what a language model wrote, held against the passages it points at. The program copies the quotes.

Each sentence is checked: the passage it cites exists; quoted words stand in it, letter by letter but for white space
and the shape of quotation marks; its numbers and names occur there; who it says spoke is who spoke; its words are
mostly the passage's. A sentence that fails is tried once against the other passages, else it is marked unsupported.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..ingest.sentences import sentence_spans
from ..ingest.structure import countries
from ..vectorstore.markup import plain
from ..vectorstore.passage import Hit
from ..vectorstore.store import Store
from .compose import Quotable, lead_length, quotables

MIN_SUPPORT = 0.5
_MARK = re.compile(r"\s*[\[(【]\s*(?:passages?\s*)?(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\s*[\])】]", re.IGNORECASE)
_SMUGGLED = re.compile(r"(?<=\])\([^)]*\)|<[^<>]*>|<(?=[/!a-z])|\b\w+://\S+", re.IGNORECASE)
_QUOTED = re.compile(r"(?:[“\"«„]|^(?=[^“”\"«»„]*[”\"»]\W*$))([^“”\"«»„]{3,}?)(?:[”\"»“]|$)")
_FOOTNOTE = re.compile(r"\[(\d{1,3})\]")
_NUMBER = re.compile(r"\d+(?:[.,  ]\d{3})*(?:[.,]\d+)?")
_UNITS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split(),
        start=1,
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_NUMBER_WORD = re.compile(
    rf"\b({'|'.join(_TENS)}|{'|'.join(word for word in _UNITS if word != 'one')})(?:[- ]({'|'.join(_UNITS)}))?\b"
)
_PLACE = re.compile(r"\b(?:para(?:graph)?s?|pages?|pp?)\.?\s+(\w+)", re.IGNORECASE)
ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules|above|previous)\b"
    r"|\byou are (?:now )?(?:an? )?(?:ai|assistant|language model|chatbot)\b|\bsystem prompt\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-ZÀ-Þ][\w’'-]+")
_SAID = re.compile(
    r"\b(?:said|says|stated|noted|reported|asked|added|stressed|explained|argued|replied|answered|warned|called|told|"
    r"according to|emphasi[sz]ed|underlined|highlighted|proposed|suggested|supported|opposed)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence of a model's answer without its marks, and the numbers of the passages it cites, from 1."""

    text: str
    cited: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    """A claim with the record's sentences that carry it (none: unsupported), and what was found wrong with it."""

    text: str
    evidence: tuple[Quotable, ...]
    problems: tuple[str, ...]


def claims(written: str) -> list[Claim]:
    """The sentences of a model's answer with their citations; marks may stand before or after the full stop."""
    moved = re.sub(r"([.!?][”\"’]?)((?:\s*[\[(]\d{1,3}(?:\s*[,;]\s*\d{1,3})*[\])])+)", r"\2\1", without_links(written))
    found = []
    for start, end in sentence_spans(moved):
        sentence = without_links(plain(moved[start:end]))
        cited = [int(number) for match in _MARK.finditer(sentence) for number in re.findall(r"\d+", match[1])]
        text = " ".join(without_links(_MARK.sub("", sentence)).split()).lstrip("-*• ")
        if re.search(r"\w", text):
            found.append(Claim(text=text, cited=tuple(dict.fromkeys(cited))))
    return found


def without_links(written: str) -> str:
    """A model's text without addresses and tags, nor any that taking others out would put together."""
    shown, before = written, ""
    while shown != before:
        shown, before = _SMUGGLED.sub("", shown), shown
    return shown


def ground(store: Store, claim: Claim, hits: Sequence[Hit]) -> Grounded:
    """Holds one claim against the passages it cites, then once against the others."""
    problems: list[str] = []
    for number in claim.cited:
        if not 1 <= number <= len(hits):
            problems.append(f"cites [{number}], which is no passage")
    cited = [hits[number - 1] for number in claim.cited if 1 <= number <= len(hits)]
    if not claim.cited:
        problems.append("cites nothing")
    kept = []
    for hit in cited:
        faults = faults_of(store, claim.text, hit)
        problems += faults
        if not faults:
            kept.append(hit)
    if not kept:
        kept = [hit for hit in hits if hit not in cited and not faults_of(store, claim.text, hit)][:1]
    evidence = tuple(best_sentence(store, claim.text, hit) for hit in kept)
    return Grounded(text=claim.text, evidence=evidence, problems=tuple(dict.fromkeys(problems)))


def faults_of(store: Store, text: str, hit: Hit) -> list[str]:
    """Why a passage does not carry a sentence, in plain words; empty when it does."""
    passage = _folded(_without_orders(plain(hit.passage.text)))
    shown = _FOOTNOTE.sub(r"(note \1)", passage)
    around = _folded(
        f"{hit.document.title} {hit.document.symbol or ''} {_month_of(hit.document.date)} "
        f"{hit.passage.context} {hit.passage.locator}"
    )
    faults = [
        f"misquotes: “{quoted}” does not stand in the passage"
        for quoted in _QUOTED.findall(text)
        if _folded(quoted).strip(" .,;:") not in f"{passage} {shown}"
    ]
    known = f"{passage} {around}"
    said = _without_orders(plain(hit.passage.text[lead_length(hit) :]))
    allowed = numbers_in(f"{said} {hit.document.title} {hit.document.symbol or ''} {hit.document.date or ''}")
    stated = numbers_in(_PLACE.sub(lambda place: " " if _stands_at(place, hit) else place[0], text))
    faults += [f"the number {number} does not stand in the passage" for number in sorted(stated - allowed)]
    faults += [f"the name {name} does not stand in the passage" for name in _names(text) if _folded(name) not in known]
    if (speaker := _wrong_speaker(store, text, hit)) is not None:
        faults.append(f"attributes to {speaker} what the passage does not")
    words = set(store.lexical.words(re.sub(_QUOTED, r"\1", text)))
    held = set(store.lexical.words(f"{passage} {around}"))
    if words and len(words & held) / len(words) < MIN_SUPPORT:
        faults.append("says what the passage does not")
    return faults


def numbers_in(text: str) -> set[str]:
    """The numbers of a text as digits; from two up, those written as words too ("nineteen", "forty-two")."""
    written = {
        str(_TENS.get(first, 0) + _UNITS.get(second or "", 0) if first in _TENS else _UNITS[first])
        for first, second in _NUMBER_WORD.findall(text.casefold())
    }
    return set(_NUMBER.findall(text)) | {str(int(number)) for number in re.findall(r"\b0\d\b", text)} | written


def _stands_at(place: re.Match[str], hit: Hit) -> bool:
    """Whether "paragraph 7" or "page 3" in a sentence is where the passage stands."""
    return place[1] in (hit.passage.locator.paragraph, hit.passage.locator.page)


def _without_orders(text: str) -> str:
    """A passage without sentences that give orders to whoever reads it by machine: they support nothing."""
    return " ".join(text[start:end] for start, end in sentence_spans(text) if not ORDERS.search(text[start:end]))


def _month_of(date: str | None) -> str:
    """The month of an ISO date by name, empty where there is none."""
    months = "January February March April May June July August September October November December".split()
    match = re.match(r"\d{4}-(\d\d)", date or "")
    return months[int(match[1]) - 1] if match and 1 <= int(match[1]) <= 12 else ""


def best_sentence(store: Store, text: str, hit: Hit) -> Quotable:
    """The sentence of a passage that carries a claim best: the quote behind its citation."""
    words = set(store.lexical.words(text))
    numbers = numbers_in(text)
    candidates = list(quotables(store, [hit])) or [
        Quotable(hit=hit, start=hit.passage.start, end=hit.passage.end, words=frozenset())
    ]
    return max(
        candidates,
        key=lambda quotable: (
            len(words & quotable.words) + 2 * len(numbers & numbers_in(quotable.text)),
            -len(quotable.words),
        ),
    )


def _names(text: str) -> list[str]:
    """Words that look like names, quotations left out: capitalised, at the beginning of the sentence only states."""
    bare = _QUOTED.sub(" ", text)
    return [
        match[0]
        for match in _NAME.finditer(bare)
        if bare[: match.start()].strip(" “\"'(") or match[0].casefold() in countries()
    ]


def _wrong_speaker(store: Store, text: str, hit: Hit) -> str | None:
    """A speaker of the library whom the sentence makes say what another speaker's passage holds, or None."""
    speaker = hit.passage.locator.speaker
    said = _SAID.search(text)
    if not speaker or not said:
        return None
    subject = _folded(text[: said.start()] if said.start() else text[said.end() :][:80])
    if not subject or any(
        part in subject for part in _folded(speaker).replace("(", ",").replace(" – ", ",").split(", ")
    ):
        return None
    others = [other for other in store.catalogue.speakers() if other != speaker and _folded(other) in subject]
    return max(others, key=len) if others else None


def _folded(text: str) -> str:
    """Case, white space and the shapes of quotation marks and dashes made equal."""
    table = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\xa0": " "})
    return " ".join(text.translate(table).casefold().split())
