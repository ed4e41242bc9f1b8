"""Grounding: what a language model wrote, held against the passages it points at. The program copies the quotes.

Each sentence is checked: the passage it cites exists; quoted words stand in it, letter by letter but for white space
and the shape of quotation marks; its numbers, with their units, its dates and its names occur there; who it says spoke
is who spoke; it says no only where the passage does; its words are mostly the passage's. A sentence that cites several
passages may rest on all of them together, piece by piece. One that fails is tried once against the other passages,
else nothing carries it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from ...ingest.language.dates import WEEKDAY, Day, dates, month_name
from ...ingest.language.sentences import sentence_spans
from ...ingest.language.states import state_of
from ...ingest.language.tables import word_list
from ...vectorstore.markup import plain
from ...vectorstore.passage import Hit
from ...vectorstore.store import Store
from ..answering.candidates import Quotable, lead_length, quotables
from ..generation.parse_reply import Claim, claims, without_links
from ..prompts import CHAT_MARKS
from ..query.question import content_words
from .meaning import NEAREST, is_measured, means_another_thing
from .negation import turned_round
from .numbers import quantities, units
from .planted import ORDERS
from .speakers import keys, speakers_named, subject, wrong_speaker

__all__ = ["MIN_SUPPORT", "Claim", "Grounded", "claims", "ground", "without_links"]

MIN_SUPPORT = 0.5
# A cited passage gives way to another that holds so much more of the sentence's words, unless it holds most itself.
BETTER_BY = 0.25
MOST = 0.75
MIN_SECOND = 2
MIN_LEFT = 2
MATTER_SHARE = 0.4
_WANTS_WRITTEN = re.compile(
    r"\A\W*+(?:instead,? |then |now |and )?(?:write|say|answer|reply|respond|repeat|output|print|state|tell)\b",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_QUOTED = re.compile(r"(?:[“\"«„]|^(?=[^“”\"«»„]*[”\"»]\W*$))([^“”\"«»„]{3,}?)(?:[”\"»“]|$)")
_FOOTNOTE = re.compile(r"\[(\d{1,3})\]")
_NAME = re.compile(r"\b[A-ZÀ-Þ][\w’'-]+")
_WORD = re.compile(r"[^\W\d_][\w’'-]+")
_POSSESSIVE = re.compile(r"['’]s?$")
_PLACE = re.compile(r"\b(?:para(?:graph)?s?|pages?|pp?)\.?\s+(\w+)", re.IGNORECASE)
_WEEKDAY = re.compile(rf"\b{WEEKDAY}\b,?\s*", re.IGNORECASE)
_ASKS = re.compile(
    r"\?\W{0,20}\Z|\b(?:ask|question|quer|inquir|enquir|wonder|whether|interrog|demand|pregunt)\w*", re.IGNORECASE
)
_CLAUSE = re.compile(r"(?:(?<!\s)\s++)?;\s*|(?:,|(?<!\s))\s++(?:while|whereas|but|although|and)\b\s+", re.IGNORECASE)
_MIN_CLAUSE_WORDS = 2
_OF_PASSAGES = re.compile(r"\b(?:the|this|these|cited|numbered) (?:passages?|text provided)\b", re.IGNORECASE)
_ABOUT_ITSELF = " ".join(sorted(word_list("about_itself")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    """A claim with the record's sentences that carry it (none: unsupported), and what was found wrong with it.

    `misquotes` is true where it puts words in quotation marks that no passage holds.
    """

    text: str
    evidence: tuple[Quotable, ...]
    problems: tuple[str, ...]
    misquotes: bool = False


def ground(store: Store, claim: Claim, hits: Sequence[Hit], *, before: str = "") -> Grounded:
    """Holds one claim against the passages it cites, then once against the others.

    `before` is the sentence before it, whose speaker "they" and "the delegation" may be.
    """
    inherited = subject(before)
    problems = [f"cites [{number}], which is not a passage" for number in claim.cited if not 1 <= number <= len(hits)]
    cited = [hits[number - 1] for number in claim.cited if 1 <= number <= len(hits)]
    if not claim.cited:
        problems.append("cites nothing")
    if _says_nothing(claim.text):
        problems.append("gives a name or a figure, and nothing of it")
        return Grounded(text=claim.text, evidence=(), problems=tuple(dict.fromkeys(problems)))
    carried = _in_parts(store, claim, hits, inherited) or _by_each(store, claim.text, cited, inherited)
    if not carried and len(cited) > 1:
        carried = _together(store, claim.text, cited, inherited)
    if len(carried) == 1 and (better := _better(store, claim.text, carried[0][1], hits)):
        problems.append(f"cites [{hits.index(carried[0][1]) + 1}], but its words stand in [{hits.index(better) + 1}]")
        carried = _by_each(store, claim.text, [better], inherited)
    if len(carried) == 1 and (other := _mixed_in(store, claim.text, carried[0][1], hits)):
        problems.append(f"mixes what [{hits.index(carried[0][1]) + 1}] says with what [{hits.index(other) + 1}] says")
        return Grounded(text=claim.text, evidence=(), problems=tuple(dict.fromkeys(problems)))
    for hit in cited:
        if not any(hit is kept for _, kept in carried):
            problems += faults_of(store, claim.text, hit, inherited)
    if not carried:
        carried = _elsewhere(store, claim.text, [hit for hit in hits if hit not in cited], inherited, cited)
    evidence = [quotable for text, hit in carried for quotable in best_sentences(store, text, hit)]
    return Grounded(
        text=claim.text,
        evidence=tuple({(quotable.hit.document.id, quotable.start): quotable for quotable in evidence}.values()),
        problems=tuple(dict.fromkeys(problems)),
        misquotes=not carried and bool(_QUOTED.search(claim.text)) and all(_misquoted(claim.text, hit) for hit in hits),
    )


Carried = list[tuple[str, Hit]]


def _by_each(store: Store, text: str, cited: Sequence[Hit], inherited: str) -> Carried:
    """The passages each of which carries the whole sentence."""
    return [(text, hit) for hit in cited if not faults_of(store, text, hit, inherited)]


def _in_parts(store: Store, claim: Claim, hits: Sequence[Hit], inherited: str) -> Carried:
    """For a sentence with marks inside: every part carried by a passage it cites, or nothing."""
    carried: Carried = []
    for text, numbers in claim.parts:
        found = _by_each(store, text, [hits[n - 1] for n in numbers if 1 <= n <= len(hits)], inherited)
        if not found:
            return []
        carried += found
        inherited = subject(text, inherited) or inherited
    return carried


def _together(store: Store, text: str, cited: Sequence[Hit], inherited: str) -> Carried:
    """For a sentence that several passages carry together: what it gives to several speakers, each must have said;
    else each of its clauses must stand in one of them."""
    who = subject(text, inherited)
    named = [hit for hit in cited if hit.passage.locator.speaker in speakers_named(store, who)]
    if who and len({hit.passage.locator.speaker for hit in named}) > 1:
        alone = [(_only_of(text, hit, named), hit) for hit in named]
        return alone if not any(faults_of(store, said, hit, inherited) for said, hit in alone) else []
    carried: Carried = []
    clauses = _clauses(text)
    for clause in clauses:
        found = _by_each(store, clause, cited, inherited)
        if not found or len(clauses) < 2:
            return []
        carried += found
        inherited = subject(clause, inherited) or inherited
    return carried


def _only_of(text: str, hit: Hit, named: Sequence[Hit]) -> str:
    """A sentence about several speakers as it would be of one: "Norway and Mexico said" -> "Norway said"."""
    mine = keys(hit.passage.locator.speaker or "")
    others = {key for other in named for key in keys(other.passage.locator.speaker or "")} - set(mine)
    for key in sorted(others, key=len, reverse=True):
        text = re.sub(rf"(?<!\w)(?:and\s+)?{re.escape(key)}(?!\w)(?:,|\s+and\b)?", " ", text, flags=re.IGNORECASE)
    return " ".join(text.split())


def _clauses(text: str) -> list[str]:
    """The clauses of a sentence; those of too few words go with the one before."""
    clauses: list[str] = []
    for clause in _CLAUSE.split(text):
        if clauses and len(re.findall(r"\w{4,}", clause)) < _MIN_CLAUSE_WORDS:
            clauses[-1] += f" and {clause}"
        else:
            clauses.append(clause)
    return clauses


def _better(store: Store, text: str, hit: Hit, hits: Sequence[Hit]) -> Hit | None:
    """Another passage that plainly holds more of a sentence than the one it cites, which holds not even most of it.

    It need not carry the sentence: what one speaker said is often given to another, whose passage is then cited.
    """
    mine = support(store, text, hit)
    if mine >= MOST:
        return None
    share, best = max(((support(store, text, other), other) for other in hits), key=lambda one: one[0])
    return best if share >= max(MOST, mine + BETTER_BY) else None


def _mixed_in(store: Store, text: str, hit: Hit, hits: Sequence[Hit]) -> Hit | None:
    """A passage of another speaker or document that holds most of the words which the one cited lacks, if any does."""
    if support(store, text, hit) >= MOST:
        return None
    left = _telling(store, text) - _held_words(store, hit)
    place = (hit.document.id, hit.passage.locator.speaker)
    others = [other for other in hits if (other.document.id, other.passage.locator.speaker) != place]
    lent = ((len(left & _held_words(store, other)), other) for other in others)
    return next((other for words, other in lent if words >= max(MIN_LEFT, MOST * len(left))), None)


def _elsewhere(store: Store, text: str, others: Sequence[Hit], inherited: str, cited: Sequence[Hit] = ()) -> Carried:
    """The other passage that holds most of a sentence, in one place of it, and carries it, if any does.

    In one place, since a model that points nowhere often puts together words from all over a passage: of 44 false
    sentences that SmolLM2-135M wrote so, 17 had three quarters of their words somewhere in one (docs/models.md). Not
    where a word it lacks stands in a passage cited: then the sentence mixes what the two say.
    """
    ranked = sorted(((support(store, text, hit), -place, hit) for place, hit in enumerate(others)), reverse=True)
    in_cited = {word for hit in cited for word in store.lexical.words(_passage(hit))}
    telling = set(content_words(store, text))
    for share, _, hit in ranked:
        lacks = telling - set(store.lexical.words(f"{_passage(hit)} {_around(hit)}"))
        if share < MOST or lacks & in_cited or faults_of(store, text, hit, inherited):
            continue
        if _in_one_place(store, text, hit) >= MOST and not _tells_of_passages(text, hit):
            return [(text, hit)]
    return []


def _in_one_place(store: Store, text: str, hit: Hit) -> float:
    """The share of a sentence's content words that two sentences of a passage, one after the other, hold (0 to 1), or
    what it is headed by."""
    words = _telling(store, text)
    around = set(store.lexical.words(_around(hit)))
    held = [set(store.lexical.words(_folded(sentence))) for sentence in _sentences(hit)]
    pairs = [one | two for one, two in pairwise(held)] or held
    best = max((len(words & (pair | around)) for pair in pairs), default=0)
    return best / len(words) if words else 0.0


def _tells_of_passages(text: str, hit: Hit) -> bool:
    """Whether a sentence is about the passages as such ("The passage is a summary of ..."), which no record is."""
    return bool(_OF_PASSAGES.search(text)) and not _OF_PASSAGES.search(hit.passage.text)


def faults_of(store: Store, text: str, hit: Hit, inherited: str = "") -> list[str]:
    """Why a passage does not carry a sentence, in plain words; empty when it does."""
    known = f"{_passage(hit)} {_around(hit)}"
    faults: list[str] = []
    if _misquoted(text, hit):
        faults.append("misquotes: the words in quotation marks are not in the passage")
    found, rest = dates(_PLACE.sub(lambda place: " " if _stands_at(place, hit) else place[0], text))
    faults += _wrong_dates(found, hit)
    faults += _wrong_figures(rest, hit)
    _, undated = dates(text)
    faults += [
        f"the name {name} is not in the passage"
        for name in _names(undated if not found else _WEEKDAY.sub(" ", undated))
        if not _is_held(name, known)
    ]
    if (speaker := wrong_speaker(store, text, hit, inherited)) is not None:
        faults.append(f"attributes to {speaker} what the passage does not")
    if _closest(store, text, hit).endswith("?") and not _ASKS.search(text):
        faults.append("states what the passage asks")
    if support(store, text, hit) < MIN_SUPPORT or _only_names(store, text, hit):
        faults.append("says what the passage does not")
    elif turned := turned_round(store.lexical.words, _without_quotes(text, hit), _sentences(hit)):
        faults.append(turned)
    return faults or _other_things(store, text, hit)


def _other_things(store: Store, text: str, hit: Hit) -> list[str]:
    """The fault of a sentence whose words are not all the passage's, and whose others lead away from what it says."""
    lacks = _telling(store, _without_quotes(text, hit)) - _held_words(store, hit)
    own = {word: set(store.lexical.words(word)) for word in _WORD.findall(text)}
    foreign = [word for word, stems in own.items() if stems and stems <= lacks]
    sentences = _sentences(hit)
    if not (foreign and sentences and is_measured(store.embedding)):
        return []
    words = set(store.lexical.words(text))
    nearest = sorted(sentences, key=lambda sentence: -len(words & set(store.lexical.words(sentence))))[:NEAREST]
    lead = hit.passage.locator.speaker or hit.passage.locator.section or ""
    away = means_another_thing(store.embedder, text, foreign, nearest, lead)
    return ["says what the passage does not"] if away else []


def support(store: Store, text: str, hit: Hit) -> float:
    """The share of a sentence's content words that stand in a passage or in what it is headed by (0 to 1).

    Who speaks and that they speak is not the matter; it is checked by itself.
    """
    words = _telling(store, text)
    return len(words & _held_words(store, hit)) / len(words) if words else 0.0


def _says_nothing(text: str) -> bool:
    """Whether a sentence is a name or a figure alone, which stands in a passage whatever it is the answer to."""
    if re.search(r"[^\W\d_]{2,}", _NAME.sub(" ", text)) or _QUOTED.search(text):
        return False
    return not (_NAME.search(text) and re.search(r"\d", text))


def _closest(store: Store, text: str, hit: Hit) -> str:
    """The sentence of a passage that shares most with another; empty where it has none."""
    words = _telling(store, text)
    sentences = _sentences(hit)
    shared = [len(words & set(store.lexical.words(sentence))) for sentence in sentences]
    return sentences[shared.index(max(shared))].rstrip("”\"'*_ ") if sentences else ""


def _only_names(store: Store, text: str, hit: Hit) -> bool:
    """Whether it is the names of a sentence that stand in a passage, and not what it says of them."""
    names = set(store.lexical.words(" ".join(_NAME.findall(_QUOTED.sub(r"\1", text)))))
    matter = _telling(store, text) - names
    return len(matter) >= MIN_LEFT and len(matter & _held_words(store, hit)) < MATTER_SHARE * len(matter)


def _telling(store: Store, text: str) -> set[str]:
    bare = _QUOTED.sub(r"\1", text)
    who = subject(bare)
    words = set(store.lexical.words(bare))
    return words - set(store.lexical.words(f"{_ABOUT_ITSELF} {who if len(who) < len(bare) / 2 else ''}")) or words


def _held_words(store: Store, hit: Hit) -> set[str]:
    return set(store.lexical.words(f"{_passage(hit)} {_around(hit)}"))


def _passage(hit: Hit) -> str:
    return _folded(" ".join(_without_orders(plain(hit.passage.text))))


def _around(hit: Hit) -> str:
    document = hit.document
    return _folded(
        f"{document.title} {document.symbol or ''} {_month_of(document.date)} "
        f"{hit.passage.context} {hit.passage.locator}"
    )


def _sentences(hit: Hit) -> list[str]:
    return _without_orders(plain(hit.passage.text[lead_length(hit) :]))


def _misquoted(text: str, hit: Hit) -> bool:
    passage = _passage(hit)
    shown = _FOOTNOTE.sub(r"(note \1)", passage)
    return any(_folded(quoted).strip(" .,;:!?…") not in f"{passage} {shown}" for quoted in _QUOTED.findall(text))


def _without_quotes(text: str, hit: Hit) -> str:
    """A sentence without what it quotes exactly: that says no more and no less than the passage."""
    return text if _misquoted(text, hit) else _QUOTED.sub(" ", text)


def _wrong_dates(found: Sequence[Day], hit: Hit) -> list[str]:
    said, _ = dates(_said(hit))
    own, _ = dates(hit.document.date or "")
    years = {int(year) for year in re.findall(r"\b\d{4}\b", f"{_said(hit)} {hit.document.date or ''}")}
    return [
        f"the date {day.written} is not in the passage"
        for day in found
        if not any(day.agrees_with(other, years) for other in (*said, *own))
    ]


def _wrong_figures(text: str, hit: Hit) -> list[str]:
    said = _said(hit)
    held_dates, rest = dates(said)
    held = quantities(rest, loosely=True)
    held_units = units(said)
    plain_numbers = {quantity.value for quantity in quantities(_facts(hit), loosely=True)}
    plain_numbers |= {year for day in held_dates for year in (day.year, day.day) if year}
    faults: list[str] = []
    for stated in quantities(text):
        same = [quantity for quantity in held if quantity.value == stated.value]
        if not same and not (stated.unit is None and stated.value in plain_numbers):
            faults.append(f"the number {stated.written} is not in the passage")
        elif stated.unit and not any(
            quantity.unit == stated.unit or (quantity.unit is None and stated.unit in held_units) for quantity in same
        ):
            faults.append(f"the number {stated.written} is in the passage, but not with the unit {stated.unit}")
    return faults


def _said(hit: Hit) -> str:
    """What a passage says, its own number and its speaker's label left out."""
    return " ".join(_sentences(hit))


def _facts(hit: Hit) -> str:
    """Numbers that a sentence may name without the passage's saying them: those of its document and its heading."""
    document = hit.document
    year = (document.date or "")[:4]
    symbol = re.sub(r"[^\d.]+", " ", document.symbol or "")
    return f"{document.title} {symbol} {year} {hit.passage.locator.section or ''}"


def _stands_at(place: re.Match[str], hit: Hit) -> bool:
    """Whether "paragraph 7" or "page 3" in a sentence is where the passage stands."""
    return place[1] in (hit.passage.locator.paragraph, hit.passage.locator.page)


def _without_orders(text: str) -> list[str]:
    """The sentences of a passage without those that give orders to whoever reads it by machine, and what these want
    written: they support nothing. After the mark-up of a chat, nothing does."""
    text = _UNSEEN.sub("", CHAT_MARKS.split(text, maxsplit=1)[0])
    kept: list[str] = []
    ordered = False
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        ordered = bool(ORDERS.search(sentence) or (ordered and _WANTS_WRITTEN.match(sentence)))
        if not ordered:
            kept.append(sentence)
    return kept


def _month_of(date: str | None) -> str:
    """The month of an ISO date by name, empty where there is none."""
    match = re.match(r"\d{4}-(\d\d)", date or "")
    return month_name(int(match[1])) if match else ""


def best_sentences(store: Store, text: str, hit: Hit) -> list[Quotable]:
    """The sentences of a passage that carry a claim: the quotes behind its citations.

    The closest one, and a second where it alone holds two more of the claim's words, or a number.
    """
    words = set(store.lexical.words(text))
    numbers = {quantity.value for quantity in quantities(text)}
    candidates = list(quotables(store, [hit])) or [
        Quotable(hit=hit, start=hit.passage.start, end=hit.passage.end, words=frozenset())
    ]
    best = max(candidates, key=lambda one: (_held(one, words, numbers), -len(one.words)))
    words, numbers = words - best.words, numbers - _values(best.text)
    second = max(candidates, key=lambda one: (_held(one, words, numbers), -len(one.words)))
    return [best] if second is best or _held(second, words, numbers) < MIN_SECOND else [best, second]


def _held(quotable: Quotable, words: set[str], numbers: set[Decimal]) -> int:
    return len(words & quotable.words) + 2 * len(numbers & _values(quotable.text))


def _values(text: str) -> set[Decimal]:
    return {quantity.value for quantity in quantities(text, loosely=True)}


def _names(text: str) -> list[str]:
    """Words that look like names, quotations left out: capitalised, at the beginning of the sentence only states."""
    bare = _QUOTED.sub(" ", text)
    return [
        _POSSESSIVE.sub("", match[0])
        for match in _NAME.finditer(bare)
        if bare[: match.start()].strip(" “\"'(") or state_of(_POSSESSIVE.sub("", match[0]))
    ]


def _is_held(name: str, known: str) -> bool:
    """Whether a name stands in folded text as a word of its own, also as the initials of words there ("HB")."""
    folded = _folded(name)
    if re.search(rf"(?<!\w){re.escape(folded)}(?:'s|s|es)?(?!\w)", known):
        return True
    if folded.endswith("s") and re.search(rf"(?<!\w){re.escape(folded[:-1])}(?!\w)", known):
        return True
    initials = name.isupper() and 2 <= len(name) <= 6 and "".join(word[0] for word in re.findall(r"\w+", known))
    return bool(initials and name.casefold() in initials)


def _folded(text: str) -> str:
    """Case, white space and the shapes of quotation marks and dashes made equal."""
    table = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\xa0": " "})
    return " ".join(text.translate(table).casefold().split())
