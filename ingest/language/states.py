"""States and territories by their names in the six languages of the United Nations, in whatever shape a record prints
them.

`states.tsv` holds the short and the formal name of each member and observer state in English, French and Spanish, as
the United Nations write them, and other names in use; `territories.tsv` adds Unicode CLDR's own, and the territories.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice

from ...vectorstore.language.analysers import split_words, words
from ...vectorstore.names import fold
from .tables import any_of, table

_MAX_NAME_WORDS = 10
_LONGEST_LABEL_CHARS = 300
_LONGEST_NAME_CHARS = 120
_SPACED_WORD = re.compile(r"\S+")
_LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")
_ARTICLES = ("the", "la", "le", "les", "el", "los", "las")
_ARTICLE = re.compile(rf"(?:{'|'.join(_ARTICLES)})\s|[ld]'")
# "Bolivia (Plurinational State of)", "Korea, Republic of", "Gambia (the)": what comes first stands last.
_INVERTED = re.compile(r"\(?(?P<name>[^(),]{1,120}?)\s?[(,]\s?(?P<first>[^(),]{1,120})\)*")
_LEFT_OPEN = re.compile(r".{0,120}(?:\s(?:of|de|des|du|del)|\s(?:of|de)\s(?:the|la|los|las)|\sd'|\sde\sl')")
_SPEAKS_FOR = re.compile(
    r"(?:(?:the|la|le|el)\s|l')?(?:(?:permanent|alternate|deputy)\s)?(?:representative|delegate|delegation|observer|"
    r"ambassador|representant|representante|delegue|deleguee|delegation|observateur|observatrice|ambassadeur|"
    r"ambassadrice|delegado|delegada|delegacion|observador|observadora|embajador|embajadora)"
    r"(?:\s(?:permanente?|suppleante?))?\s(?:(?:of|for|de|des|du|del)\s|d')(?P<state>.+)"
)
_SPEAKS_AS = re.compile(
    r"\A(?P<state>.+?)'s?\s(?:(?:permanent|alternate|deputy)\s)?(?:representative|delegate|delegation|observer|ambassador)"
)
_SHORTENED = {"rep": "republic", "dem": "democratic", "fed": "federated", "isl": "islamic", "bol": "bolivarian"}
_SHORT_WORD = re.compile(rf"\b({'|'.join(_SHORTENED)})\b\.?")
_MARKS = '.,;:?!"“”«»¿¡\u061f\u060c\u061b'
# In small letters it is a word of its own.
_CAPITALS = re.compile(r"\A[(\[\"'“‘]?(?:US|U\.S\.?)(?:['’]s?)?[^\w]*+\Z")
_RUSSIAN = re.compile("[\u0430-\u044f]")
_HAN = re.compile("[\u4e00-\u9fff]")
# "And", "so", "in" and "like" are written in one word with an Arabic name, and "to" with its article.
_JOINED = re.compile(r"(?<!\w)[\u0648\u0641\u0628\u0643](?=\w{3})")
_JOINED_TO = re.compile(r"(?<!\w)\u0644\u0644(?=\w{3})")
_APART = re.compile(r"(?<!\s)\s+[–—-]\s+|[,;]\s+")


def state_of(name: str) -> str | None:
    """The code (ISO 3166) of the state or territory of just this name, with or without an article; None for others."""
    return _state_of(fold(name))


def names_of(code: str) -> frozenset[str]:
    """All names of a state, folded."""
    return _names()[code]


def countries() -> frozenset[str]:
    """All names of states and territories, folded."""
    return frozenset(_codes())


def states_in(text: str) -> list[tuple[int, int, str]]:
    """Where a text names states: first word and last (exclusive), counted from 0, and the code; the longest names.

    "Democratic People's Republic of Korea" is one state, and "Papua New Guinea" does not name Guinea.
    """
    words, first, found = fold(text).split(), 0, list[tuple[int, int, str]]()
    written = text.split() if "U" in text else []
    while first < len(words):
        if len(written) == len(words) and _CAPITALS.match(written[first]):
            found.append((first, first + 1, "US"))
            first += 1
            continue
        after_article = first + (words[first] in _ARTICLES)
        opens = after_article < len(words) and _opens_name(words[after_article])
        longest = min(len(words), first + _MAX_NAME_WORDS) if opens else first
        for last in range(longest, first, -1):
            if code := _state_of(" ".join(words[first:last])):
                found.append((first, last, code))
                first = last
                break
        else:
            first += 1
    return found


def states_named(text: str) -> frozenset[str]:
    """The codes of the states that a text names in any of the six languages, whatever their case or what they are
    written together with, as in a question."""
    found = {code for _, _, code in states_in(text)}
    if text.isascii():
        return frozenset(found)
    parted = _JOINED_TO.sub("\u0627\u0644", _JOINED.sub("", text))
    found |= {code for _, _, code in states_in(parted)}
    found |= {_codes()[name] for name in _han_names().findall(text)}
    return frozenset(found | set(declined(text, _russian_stems())))


def declined(text: str, known: Mapping[tuple[str, ...], str]) -> Iterator[str]:
    """What a Russian text names in any case, of what is known by the stems of its name; the longest names."""
    first = 0
    stems = [(word[0].isupper(), stem) for word in split_words(text) for stem in words(word, "ru")]
    while first < len(stems):
        longest = min(len(stems), first + _MAX_NAME_WORDS) if stems[first][0] else first
        runs = ((last, tuple(stem for _, stem in stems[first:last])) for last in range(longest, first, -1))
        last, code = next(((last, known[run]) for last, run in runs if run in known), (first + 1, ""))
        if code:
            yield code
        first = last


@lru_cache(maxsize=1)
def _russian_stems() -> dict[tuple[str, ...], str]:
    others = (name for row in table("states") for name in row["other"].split(";") if _RUSSIAN.search(name))
    named = {name: _codes()[fold(name)] for name in others} | {name: code for code, name in _territories("ru")}
    return {stems: code for name, code in named.items() if (stems := tuple(words(name, "ru")))}


@lru_cache(maxsize=1)
def _han_names() -> re.Pattern[str]:
    return re.compile(any_of(name for name in _codes() if _HAN.search(name)))


def state_at(text: str, place: int) -> int:
    """Where the words end that name a state from a place on, with the marks right behind them; 0 where none do."""
    found = states_in(text[place : place + _LONGEST_NAME_CHARS])[:1]
    if not found or found[0][0] != 0:
        return 0
    # Folding parts words at a few signs ("¨"), so that there may be fewer of them than were counted.
    last = next(islice(_SPACED_WORD.finditer(text, place), found[0][1] - 1, None), None)
    return last.end() if last else 0


def label_parts(label: str) -> list[str]:
    """A speaker's label and what it is made of: states, persons, organisations, offices; a state's name stays whole.

    "Mr. Díaz (Bolivia (Plurinational State of))" is made of itself, "Mr. Díaz" and "Bolivia (Plurinational State of)".
    """
    label = label.strip()
    if not label or len(label) > _LONGEST_LABEL_CHARS or state_of(label):
        return [label] if label else []
    pieces = _bracketed(label) if "(" in label or "（" in label else _APART.split(label)
    return [label, *(part for piece in pieces if piece.strip() != label for part in label_parts(piece))]


def states_of_label(label: str) -> frozenset[str]:
    """The codes of the states that a speaker's label names, by themselves or as who is spoken for."""
    return frozenset(code for part in label_parts(label) if (code := state_of(part) or _spoken_for(part)))


def is_broken_label(above: str, below: str) -> bool:
    """Whether a label over two lines names a state across the break: "... and Northern", "Ireland: We agree"."""
    label, colon, _ = below[:_LONGEST_LABEL_CHARS].partition(":")
    above, below = above.strip(), label.strip()
    return (
        bool(colon)
        and len(above) <= _LONGEST_LABEL_CHARS
        and any(
            part not in above and part not in below and bool(state_of(part) or _spoken_for(part))
            for part in label_parts(f"{above} {below}")
        )
    )


def without_states(label: str) -> str:
    """A label with every state that it names as one word with a capital, whatever the name is made of."""
    for part in label_parts(label):
        if state_of(part):
            label = label.replace(part, "State")
        elif _spoken_for(part):
            label = label.replace(part, "Representative State")
    return label


def _bracketed(label: str) -> list[str]:
    """The pieces of a label before, in and after its outer brackets; "Korea (Republic of)" is one of them."""
    pieces, depth, start = list[str](), 0, 0
    for place, char in enumerate(label):
        depth += (char in "(（") - (char in ")）" and depth > 0)
        if (char in "(（" and depth == 1) or (char in ")）" and depth == 0):
            pieces.append(label[start:place])
            start = place + 1
    pieces.append(label[start:])
    joined: list[str] = []
    for piece in pieces:
        whole = f"{joined[-1]}({piece})" if joined else ""
        if whole and state_of(whole):
            joined[-1] = whole
        else:
            joined.append(piece)
    return joined


def _spoken_for(part: str) -> str | None:
    """The state of "the representative of Bolivia" and of "Bolivia's representative"."""
    match = _SPEAKS_FOR.fullmatch(fold(part)) or _SPEAKS_AS.fullmatch(fold(part))
    return state_of(match["state"]) if match else None


def _state_of(folded: str) -> str | None:
    known, bare = _codes(), folded.strip(f" {_MARKS}")
    bare = _SHORT_WORD.sub(lambda word: _SHORTENED[word[1]], bare)
    for form in (bare, bare.strip("() "), bare.removesuffix("'s"), *_straightened(bare)):
        code = known.get(form) or ((article := _ARTICLE.match(form)) and known.get(form[article.end() :]))
        if code:
            return code
    return None


def _opens_name(word: str) -> bool:
    """Whether a folded word may be the first of a state's name; it tells nearly all others quickly."""
    word = word.strip(f"{_MARKS}()").removesuffix("'s")
    return word in _openers() or (word[:2] in ("l'", "d'") and word[2:] in _openers())


def _straightened(folded: str) -> Iterator[str]:
    """An inverted name as it is spoken; nothing where it is none."""
    if not (match := _INVERTED.fullmatch(folded)):
        return
    name, first = match["name"], match["first"].strip()
    if first in _ARTICLES:
        yield from [name] if "(" in folded else ()
    elif _LEFT_OPEN.fullmatch(f" {first}"):
        yield f"{first}{'' if first.endswith(chr(39)) else ' '}{name}"


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """The code of each name, folded; the United Nations' names go before CLDR's."""
    codes: dict[str, str] = {}
    for row in table("states"):
        code, others = row.pop("code"), row.pop("other").split(";")
        codes |= {fold(name): code for name in (*row.values(), *others) if name}
    for language in _LANGUAGES:
        for code, name in _territories(language):
            codes.setdefault(fold(name), code)
    return codes


def _territories(language: str) -> Iterator[tuple[str, str]]:
    """Codes and names of states in a language, from CLDR; what is a stop word too is no name ("Того", Togo)."""
    return ((row["code"], row[language]) for row in table("territories") if row[language])


@lru_cache(maxsize=1)
def _openers() -> frozenset[str]:
    return frozenset(name.split()[0] for name in _codes())


@lru_cache(maxsize=1)
def _names() -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for name, code in _codes().items():
        names[code].add(name)
    return {code: frozenset(found) for code, found in names.items()}
