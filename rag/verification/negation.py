"""Whether a sentence says no where a record says yes, or the other way round.

A negation governs the next few content words. Only where the other text holds those very words is anything said about
it; words like "refuse" or "only", which may carry a no of their own, leave the question open.
"""

import re
from collections.abc import Callable, Sequence

Stems = Callable[[str], list[str]]

_GOVERNED = 4
_NOT = r"(?:not|never|none|nobody|nothing|neither|nor|without|cannot|\w+n't|no)"
_SAYS_NO = re.compile(rf"\b{_NOT}\b", re.IGNORECASE)
_IDIOM = re.compile(
    r"\bnot only\b|\bnot just\b|\bno doubt\b|\bno(?:t)? (?:later|more|less|fewer|longer than|earlier|sooner)\b"
    r"|\bnot least\b|\bwhether or not\b|\bnos?\.?\s*\d+|^\s*no\s*[,:.]",
    re.IGNORECASE,
)
_STOPS = re.compile(
    r"[,;:.!?()]|\b(?:but|that|because|before|after|until|unless|although|though|while|which|who|if|than|and|or|since|as)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:oppos\w+|reject\w*|refus\w+|declin\w+|object\w*|lack\w*|fail\w*|den(?:y|ies|ied)|absen\w+|against|exclud\w+|"
    r"prohibit\w*|forbid\w*|forbade|bann?\w*|prevent\w*|avoid\w*|unable|impossible|unlikely|few|little|hardly|rarely|"
    r"disagree\w*|only|until|unless|last|instead|rather than|non-\w+|stop\w*|ceas\w+|withh\w+|yet|still|zero)\b",
    re.IGNORECASE,
)
_OPPOSITES = (
    ("rise rises rising rose risen increase increases increased increasing grow grew grown",
     "fall falls fell fallen falling decrease decreases decreased decreasing reduce reduced decline declined drop"),
    ("raise raised raises", "lower lowered cut cuts"),
    ("accept accepts accepted", "reject rejects rejected refuse refuses refused"),
    ("support supports supported", "oppose opposes opposed"),
    ("agree agrees agreed", "disagree disagrees disagreed"),
    ("approve approves approved adopt adopted", "reject rejects rejected"),
    ("higher larger bigger", "lower smaller"),
    ("longer", "shorter"),
    ("minimum", "maximum"),
    ("above", "below"),
    ("allow allowed allows permit permitted permits", "prohibit prohibited forbid forbidden ban banned"),
    ("include included includes", "exclude excluded excludes"),
    ("voluntary optional", "compulsory mandatory obligatory"),
    ("won win wins", "lost lose loses"),
    ("decide decides decided decision", "recommend recommends recommended propose proposes proposed suggest suggested"),
)  # fmt: skip


def turned_round(stems: Stems, text: str, evidence: Sequence[str]) -> str | None:
    """What a sentence turns round of the sentences it rests on, in plain words; None where nothing is plain.

    Args:
        stems: the stems of a text, stop words left out.
        text: the sentence.
        evidence: the sentences of the record, in order.
    """
    said = set(stems(text))
    if not evidence or not said:
        return None
    closest = max(evidence, key=lambda sentence: len(said & set(stems(sentence))))
    mine = _negated(stems, text)
    for group in mine:
        holders = [sentence for sentence in evidence if _holds(group, set(stems(sentence)))]
        if holders and not any(_OPEN.search(s) or _overlap(group, _negated(stems, s)) for s in holders):
            return "says no where the passage says yes"
    if not _OPEN.search(text):
        for group in _negated(stems, closest):
            affirmed = any(_holds(group, set(stems(s))) and not _overlap(group, _negated(stems, s)) for s in evidence)
            if _holds(group, said) and not _overlap(group, mine) and not affirmed:
                return "leaves out a “not” of the passage"
    return None if mine or _negated(stems, closest) else _opposite(stems, said, closest, evidence)


def _opposite(stems: Stems, said: set[str], closest: str, evidence: Sequence[str]) -> str | None:
    held = {stem for sentence in evidence for stem in stems(sentence)}
    near = set(stems(closest))
    for one, other in (*_OPPOSITES, *((other, one) for one, other in _OPPOSITES)):
        mine, theirs = set(stems(one)), set(stems(other))
        if said & mine and not held & mine and near & theirs and not said & theirs:
            return f"says “{_first(one, said, stems)}” where the passage says “{_first(other, near, stems)}”"
    return None


def _first(words: str, among: set[str], stems: Stems) -> str:
    return next((word for word in words.split() if set(stems(word)) & among), words.split()[0])


def _negated(stems: Stems, text: str) -> list[list[str]]:
    """For each negation of a text, the first few stems that it governs."""
    groups: list[list[str]] = []
    text = _IDIOM.sub(" ", text.replace("’", "'"))
    for match in _SAYS_NO.finditer(text):
        rest = text[match.end() :]
        stop = _STOPS.search(rest)
        if group := stems(rest[: stop.start()] if stop else rest)[:_GOVERNED]:
            groups.append(group)
    return groups


def _holds(group: Sequence[str], stems: set[str]) -> bool:
    """Whether a text holds what a negation governs: its first word and half of the others."""
    return group[0] in stems and 2 * sum(stem in stems for stem in group) >= len(group)


def _overlap(group: Sequence[str], groups: Sequence[Sequence[str]]) -> bool:
    return any(set(group) & set(other) for other in groups)
