"""Text that is hard for a regular expression, made from the expression itself: runs of each character it names, pairs
of them in turn, its literals and whole examples repeated, and every repetition pumped up behind what leads there."""

import re
from collections.abc import Callable, Iterator
from itertools import chain, combinations, islice
from re import _constants as op  # pyright: ignore[reportAttributeAccessIssue]
from re import _parser as parser  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any

ANYTHING = "aA1 .-\n,(é“[_/:*|\"'!<#§\t"
COMMON = (
    *("Aa ", "a. ", "1. ", "(a) ", "A.", "1,", "1.1", "Mr. A ", "A/1", "A_1_", "[1] ", "“a ", "<a ", "**a ", "a\n"),
    *(" \n", "1900 ", "© 2001 ", "and ", "[[", "](", ". .", "\n\na"),
)
TAIL = "\0\n\0x"
MOST_CHARACTERS, MOST_PAIRED, MOST_EXAMPLES, MOST_PUMPS = 14, 8, 12, 40
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)

Tokens = list[tuple[Any, Any]]


def inputs(pattern: str | bytes, flags: int) -> Iterator[Callable[[int], str]]:
    """For each hard text a function from its length to it; what it repeats can be read in its `__doc__`."""
    tree = list(parser.parse(pattern, flags))
    named = list(dict.fromkeys(chain(_characters(tree), "a ")))[:MOST_CHARACTERS]
    examples = list(dict.fromkeys(islice(filter(None, _examples(tree)), MOST_EXAMPLES)))
    pairs = (one + other for one, other in combinations(named[:MOST_PAIRED], 2))
    units = chain(named, pairs, COMMON, _literals(tree), examples, (example + " " for example in examples))
    halves = (example[: len(example) // 2] for example in examples)
    for unit in dict.fromkeys(filter(None, chain(units, halves))):
        yield repeated("", unit)
    for before, unit in islice(dict.fromkeys(_pumps(tree, "")), MOST_PUMPS):
        yield repeated(before, unit)


def repeated(before: str, unit: str) -> Callable[[int], str]:
    """A function from a length to a text of it that repeats `unit`, with a tail that no expression can match."""

    def text(length: int) -> str:
        return before + unit * (length // len(unit)) + TAIL

    text.__doc__ = f"{before!r} + {unit!r} * n" if before else f"{unit!r} * n"
    return text


def _characters(tokens: Tokens) -> Iterator[str]:
    for kind, value in tokens:
        if kind in (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY):
            yield from _members(kind, value)
        for inner in _inside(kind, value):
            yield from _characters(inner)


def _members(kind: Any, value: Any) -> list[str]:
    """A few characters that a one-character token takes."""
    if kind is op.LITERAL:
        return [chr(value)]
    if kind is op.ANY:
        return list("a 1.")
    if kind is op.NOT_LITERAL:
        return [each for each in ANYTHING if each != chr(value)][:4]
    if value[0][0] is op.NEGATE:
        return [each for each in ANYTHING if not any(_takes(item, each) for item in value[1:])][:4]
    ends = [chr(end) for kind, item in value if kind is op.RANGE for end in item]
    named = [chr(item) for kind, item in value if kind is op.LITERAL]
    categories = [each for each in ANYTHING if any(_takes(item, each) for item in value if item[0] is op.CATEGORY)]
    return [*named[:6], *ends[:4], *categories[:5]]


def _takes(item: tuple[Any, Any], character: str) -> bool:
    kind, value = item
    if kind is op.LITERAL:
        return ord(character) == value
    if kind is op.RANGE:
        return value[0] <= ord(character) <= value[1]
    inside = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[str(value).rsplit("_", 1)[-1]]
    return bool(re.match(inside, character)) != ("NOT" in str(value))


def _inside(kind: Any, value: Any) -> list[Tokens]:
    """The sequences within a token."""
    if kind is op.BRANCH:
        return [list(way) for way in value[1]]
    if kind is op.SUBPATTERN:
        return [list(value[3])]
    if kind is op.ATOMIC_GROUP:
        return [list(value)]
    if kind in REPEATS:
        return [list(value[2])]
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [list(value[1])]
    if kind is op.GROUPREF_EXISTS:
        return [list(way) for way in value[1:] if way]
    return []


def _examples(tree: Tokens) -> Iterator[str]:
    for more in (0, 1, 2):
        for branch in range(4):
            yield _example(tree, branch, more)


def _example(tokens: Tokens, branch: int = 0, more: int = 0) -> str:
    """A text that the tokens (nearly) match, each choice made by `branch`, each repetition `more` than it must be."""
    return "".join(_piece(kind, value, branch, more) for kind, value in tokens)


def _piece(kind: Any, value: Any, branch: int, more: int) -> str:
    if kind in (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY):
        members = _members(kind, value) or [""]
        return members[branch % len(members)]
    if kind in REPEATS:
        least, most, _ = value
        return _example(list(value[2]), branch, more) * min(least + more, most)
    ways = _inside(kind, value)
    looks_ahead = kind is op.ASSERT and value[0] > 0
    if looks_ahead or kind is op.ASSERT_NOT or not ways:
        return ""
    return _example(ways[branch % len(ways)], branch, more)


def _literals(tokens: Tokens) -> Iterator[str]:
    """The runs of literal characters, in order, at most a dozen."""

    def runs(tokens: Tokens) -> Iterator[str]:
        run = ""
        for kind, value in tokens:
            if kind is op.LITERAL:
                run += chr(value)
                continue
            if len(run) > 1:
                yield run
            run = ""
            for inner in _inside(kind, value):
                yield from runs(inner)
        if len(run) > 1:
            yield run

    return islice(runs(tokens), 12)


def _pumps(tokens: Tokens, before: str) -> Iterator[tuple[str, str]]:
    """(what leads there, what is repeated) of every repetition, also within repetitions and assertions."""
    for kind, value in tokens:
        if kind in REPEATS and value[1] > 8:
            for branch in range(3):
                unit = _example(list(value[2]), branch, 1)
                if unit:
                    yield before, unit
                    yield "", before + unit
        for inner in _inside(kind, value):
            yield from _pumps(inner, before)
        before += _piece(kind, value, 0, 1 if kind in REPEATS else 0)
