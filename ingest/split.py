"""Units become passages: long ones cut at sentences to fit the embedder, short neighbours of one kind joined.

Every unit ends up in passages, in order, nothing twice; `passage.text == text[start:end]` always.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from unicodedata import normalize

from ..vectorstore.embedder.counter import TokenCounter
from ..vectorstore.markup import plain
from ..vectorstore.passage import Locator, Passage, shortened
from .formats.rows import names_above
from .language.sentences import sentence_spans
from .units import Unit

CONTEXT_CHARS = 160
SHORT_CHARS = 240
# No text has so few tokens; what is longer need not be counted to be too long.
_TOKEN_CHARS = 40


def split(
    text: str,
    units: Sequence[Unit],
    *,
    document_id: str,
    title: str,
    count_tokens: Callable[[str], int],
    limit_tokens: int,
) -> list[Passage]:
    """The passages of a document.

    `limit_tokens` is what the embedder takes at once; a passage with its context stays within it. The id of a
    passage depends on its own words, its context and the document only, so that an edit elsewhere in the
    document leaves it, and its vector, alone.
    """
    return passages_from(text, cut(text, units, title, count_tokens, limit_tokens), document_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A passage before its document is known: where it stands, and what is embedded beside it."""

    start: int
    end: int
    kind: str
    context: str
    locator: Locator


def cut(
    text: str, units: Sequence[Unit], title: str, count_tokens: Callable[[str], int], limit_tokens: int
) -> Iterator[Piece]:
    """The pieces of a text, in order."""
    tokens = _Tokens(count_tokens)
    columns = names_above(text, units)
    for unit in _joined(text, units, tokens, max(limit_tokens - 60, limit_tokens // 2)):
        context = context_of(title, unit.locator, columns.get(unit.start, ""))
        context = _fitted(context, tokens, limit_tokens // 2)
        if tokens.most(context) + tokens.most(plain(text[unit.start : unit.end])) + 4 <= limit_tokens:
            spans = [(unit.start, unit.end)]
        else:
            spans = _pieces(text, unit.start, unit.end, tokens, max(limit_tokens - tokens.count(context) - 4, 1))
        for start, end in spans:
            yield Piece(start=start, end=end, kind=unit.kind, context=context, locator=unit.locator)


class _Tokens:
    """Counts tokens, of those texts alone that may be too long: beside an empty text's none has more than bytes."""

    def __init__(self, count: Callable[[str], int]) -> None:
        # Passages share contexts, and what has been joined is looked at once more before it is cut.
        self.count = lru_cache(maxsize=64)(count)
        self._empty = count("")

    def most(self, text: str) -> int:
        """As many tokens as a text could have, as it is written or with its letters in their usual forms."""
        return self._empty + max(len(form.encode()) for form in (text, normalize("NFKC", text)))

    def fit(self, text: str, limit: int) -> bool:
        """Whether it has so many or fewer."""
        return self.most(text) <= limit or self.count(text) <= limit


Cutter = Callable[[str, Sequence[Unit], str], list[Piece] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutting:
    """How texts are cut into passages: by whose tokens, and how many of them; those shorter than `from_chars` not."""

    counter: TokenCounter
    limit_tokens: int
    from_chars: int = 0

    def cutter(self) -> Cutter:
        """What cuts a text of some title."""

        def cutter(text: str, units: Sequence[Unit], title: str) -> list[Piece] | None:
            if len(text) < self.from_chars:
                return None
            return list(cut(text, units, title, self.counter.count, self.limit_tokens))

        return cutter


def passages_from(text: str, pieces: Iterable[Piece], document_id: str) -> list[Passage]:
    """Pieces as the passages of a document."""
    passages: list[Passage] = []
    seen: dict[str, int] = {}
    for piece in pieces:
        words = text[piece.start : piece.end]
        base = f"{document_id}\n{piece.context}\n{piece.locator.paragraph}\n{words}"
        seen[base] = seen.get(base, 0) + 1
        passages.append(
            Passage(
                id=hashlib.sha256(f"{base}\n{seen[base]}".encode()).hexdigest()[:20],
                document_id=document_id,
                text=words,
                start=piece.start,
                end=piece.end,
                locator=piece.locator,
                kind=piece.kind,
                context=piece.context,
                order=len(passages),
            )
        )
    return passages


def context_of(title: str, locator: Locator, columns: str = "") -> str:
    """What is embedded and searched beside a passage's own words: title, last heading, speaker, names of columns."""
    section = locator.section.split(" > ")[-1] if locator.section else ""
    parts = [
        shortened(title, CONTEXT_CHARS // 2),
        shortened(section, CONTEXT_CHARS // 2),
        locator.speaker or "",
        columns,
    ]
    return " | ".join(part for part in parts if part)


def _fitted(context: str, tokens: _Tokens, limit_tokens: int) -> str:
    """The context cut so that it leaves room for the words, for embedders that take little."""
    while context and not tokens.fit(context, limit_tokens):
        context = shortened(context, len(context) // 2) if len(context) > 8 else ""
    return context


def _joined(text: str, units: Sequence[Unit], tokens: _Tokens, limit_tokens: int) -> Iterator[Unit]:
    """Joins neighbours that belong together: list items with their lead-in, a turn's paragraphs, short paragraphs."""
    pending: Unit | None = None
    for unit in units:
        if pending is None:
            pending = unit
        elif _belongs(text, pending, unit) and tokens.fit(plain(text[pending.start : unit.end]), limit_tokens):
            kind = "item" if "item" in (pending.kind, unit.kind) else pending.kind
            pending = replace(pending, end=unit.end, kind=kind)
        else:
            yield pending
            pending = unit
    if pending is not None:
        yield pending


def _belongs(text: str, before: Unit, unit: Unit) -> bool:
    if replace(before.locator, time=unit.locator.time) != unit.locator or before.turn != unit.turn:
        return False
    if text[before.end : unit.start].strip():
        return False
    if unit.kind == "item":
        return before.kind == "item" or text[before.start : before.end].rstrip().endswith(":")
    if before.kind != unit.kind:
        return False
    if unit.kind == "heading":
        return True
    if unit.kind in ("footnote", "table"):
        return False
    if unit.locator.speaker or unit.locator.paragraph:
        return True
    return min(before.end - before.start, unit.end - unit.start) <= SHORT_CHARS // 2 and (
        unit.end - before.start <= 3 * SHORT_CHARS
    )


def _pieces(text: str, start: int, end: int, tokens: _Tokens, limit_tokens: int) -> Iterator[tuple[int, int]]:
    """Cuts a unit at sentences into pieces of about equal length, each within the limit."""
    total = tokens.count(plain(text[start:end]))
    if total <= limit_tokens:
        yield start, end
        return
    target = total / -(-total // limit_tokens) * 1.05
    piece: tuple[int, int] | None = None
    for left, right in _atoms(text, start, end, tokens, limit_tokens):
        if piece is None:
            piece = (left, right)
        elif tokens.count(plain(text[piece[0] : right])) <= min(target, limit_tokens):
            piece = (piece[0], right)
        else:
            yield piece
            piece = (left, right)
    if piece is not None:
        yield piece


def _atoms(text: str, start: int, end: int, tokens: _Tokens, limit_tokens: int) -> Iterator[tuple[int, int]]:
    """Sentences; one that is too long by itself is cut at white space, a word too long at characters."""
    for left, right in sentence_spans(text[start:end]):
        left, right = left + start, right + start
        widest = limit_tokens * _TOKEN_CHARS
        while right - left > widest or not tokens.fit(plain(text[left:right]), limit_tokens):
            cut = _cut(text, left, min(right, left + widest), tokens, limit_tokens)
            yield left, left + len(text[left:cut].rstrip())
            left = cut + len(text[cut:right]) - len(text[cut:right].lstrip())
        if left < right:
            yield left, right


def _cut(text: str, left: int, right: int, tokens: _Tokens, limit_tokens: int) -> int:
    """The last white space before the limit is reached, or a place within the word when there is none."""
    low, high = left + 1, right
    while low < high:
        middle = (low + high + 1) // 2
        if tokens.fit(plain(text[left:middle]), limit_tokens):
            low = middle
        else:
            high = middle - 1
    if low < right and text[low].isspace():
        return low
    space = next((place for place in range(low - 1, left, -1) if text[place].isspace()), left)
    return space if space > left + (low - left) // 2 else low
