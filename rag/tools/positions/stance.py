"""The record's own verb of a position: "supports", "could not accept". It is shown as it stands, and nothing is judged.

The words stand in `ingest/language/data/stances.tsv`: verbs, those that say by their form that the speaker takes the
position (`own`), what goes before or after them ("cannot", "strongly", "pas"), whom a speaker speaks as (`self`) and
how a record that reports their words calls them (`reported`). Verbs of thinking and hoping are `mild`.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from ....ingest.language.tables import any_of, words_by_role

_WORDS_TO_VERB = 8
"""Between "my delegation" and its verb: "My delegation, like many of those present here, supports"."""
_HAN_TO_VERB = 24


def own_verb(sentence: str, names: Sequence[str] = (), around: str = "") -> str | None:
    """The words of a sentence in which its speaker takes a position, as they stand there; None where it has none.

    Args:
        sentence: what somebody says, or what a record says that they said.
        names: how the record calls the speaker, who may be named in the sentence ("Norway could not accept ...").
        around: the rest of what is said there. Where somebody speaks for themselves in it, "he" is somebody else.
    """
    patterns = [_own(), _by("self"), _han("self")]
    if not speaks_for_self(f"{sentence}\n{around}"):
        patterns += [_by("reported"), _han("reported")]
    patterns += [_by_name(name) for name in dict.fromkeys(map(bare_name, names)) if name and name in sentence]
    for pattern in patterns:
        for found in pattern.finditer(sentence):
            in_passing = sentence[: found.start()].rstrip().endswith(",") and sentence[found.end() :].startswith(",")
            if not in_passing:  # as in ", I hope,"
                return found["verb"]
    return None


def is_firm(verb: str | None) -> bool:
    """Whether a verb says more than that somebody thinks or hopes."""
    mild = words_by_role("stances", "mild")
    return verb is not None and not any(verb.casefold().endswith(word) for word in mild)


def speaks_for_self(text: str) -> bool:
    """Whether somebody says "I" or "we" in a text, or "my delegation"."""
    return bool(_first_person().search(text))


def bare_name(name: str) -> str:
    """A name without brackets that hold nothing."""
    return re.sub(r"\(\s{0,3}\)", "", name).strip()


@lru_cache
def _first_person() -> re.Pattern[str]:
    han = any_of(words_by_role("stances", "self", "han"))
    return re.compile(rf"(?<![\w’'-]){any_of(_written('self'))}(?!\w)|{han}", re.IGNORECASE)


@lru_cache
def _own() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_verb('own')}", re.IGNORECASE)


@lru_cache
def _by(role: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w’'-]){any_of(_written(role))}{_between()}{_verb('verb')}", re.IGNORECASE)


@lru_cache(maxsize=256)
def _by_name(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?:['’]s)?{_between()}{_verb('verb')}", re.IGNORECASE)


@lru_cache
def _han(role: str) -> re.Pattern[str]:
    who, before, verb = (any_of(words_by_role("stances", each, "han")) for each in (role, "before", "verb"))
    apart = rf"(?:(?!{before}|{verb})[\u4e00-\u9fff]){{0,{_HAN_TO_VERB}}}+"
    return re.compile(rf"{who}{apart}(?P<verb>(?:{before}){{0,3}}+{verb})")


@lru_cache
def _between() -> str:
    """What may stand between who takes a position and the verb: a few words, no end of a sentence or clause."""
    stop = rf"{_before()}(?:(?<=['’])|(?!\w))|{any_of(_written('verb'))}(?!\w)"
    return rf"(?:,?\s(?!{stop})[\w’'-]{{1,30}}+){{0,{_WORDS_TO_VERB}}}+,?\s{{0,2}}+"


def _verb(role: str) -> str:
    after = any_of(_written("after"))
    first = rf"(?:{_before()}(?:\s++|(?<=['’]))){{0,5}}+"
    return rf"(?P<verb>{first}{any_of(_written(role))}(?:\s{after}(?!\w)){{0,2}}+)(?!\w)"


@lru_cache
def _before() -> str:
    return any_of(_written("before"))


def _written(role: str) -> set[str]:
    """The words of a role in scripts that set words apart, with either apostrophe."""
    words = set(words_by_role("stances", role, "word"))
    return words | {word.replace("'", "’") for word in words}
