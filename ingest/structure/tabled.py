"""What rows of tables tell: what became of an item, who is to do what, who voted how."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...vectorstore.markup import plain
from ...vectorstore.structure import OutcomeKind
from ..formats.rows import Row, Span, role_of, tables, words_of_columns
from ..language.tables import sides
from .deciding import Deciding, deciding
from .tasks import due
from .votes import Side, Tally

_KIND, _MARKS = words_of_columns("decision"), words_of_columns("mark")
_SCORE = re.compile(r"(\d{1,3})\s?[-–:]\s?(\d{1,3})(?:\s?[-–:]\s?(\d{1,3}))?")
_FEWEST_VOTERS = 3
_VOTING_SHARE = 0.8
_LONGEST_NAME_WORDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTold:
    """What a row tells of its matter; `heading` and `number` are None where it tells only of somebody's task."""

    heading: str | None
    number: str | None
    told: tuple[Deciding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabled:
    """What the tables of a record tell, by where rows begin; `rows` are all those of the tables that tell something."""

    told: dict[int, RowTold]
    votes: list[Tally]
    rows: frozenset[int]


def tabled(text: str, spans: Sequence[Span]) -> Tabled:
    """The decisions, tasks and votes that stand in tables."""
    told: dict[int, RowTold] = {}
    votes: list[Tally] = []
    known: set[int] = set()
    for rows in tables(text, spans):
        of_items, by_name = _told_by_row(rows), list(_votes_by_name(rows))
        if of_items or by_name:
            told |= of_items
            votes += by_name
            known.update(row.start for row in rows)
    return Tabled(told=told, votes=votes, rows=frozenset(known))


def _told_by_row(rows: Sequence[Row]) -> dict[int, RowTold]:
    roles = {role_of(name) for row in rows for name in row.cells}
    has_tasks = "action" in roles and bool(roles & {"owner", "due"})
    if not (has_tasks or "item" in roles):
        return {}
    found: dict[int, RowTold] = {}
    for row in rows:
        ended = _ended(row) if "item" in roles else None
        heading = row.value("item") if ended else ""
        told = (*filter(None, (ended if heading else None, _task(row) if has_tasks else None)),)
        if told:
            found[row.start] = RowTold(heading=heading or None, number=row.value("number") or None, told=told)
    return found


def _ended(row: Row) -> Deciding | None:
    """What became of the item of a row, by its decision and its votes."""
    decision, tally = row.value("decision"), _counts(row)
    told = deciding(decision, is_spoken=False) if decision else None
    if not decision and not tally:
        return None
    kind: OutcomeKind = told.kind if told else "vote" if tally else _kind_of_column(row)
    if told and told.kind == "action":
        return None
    tally = tally or (told and told.tally)
    return Deciding(
        kind="vote" if tally and kind in ("decision", "resolution") else kind,
        tally=tally,
        due=told.due if told else None,
    )


def _kind_of_column(row: Row) -> OutcomeKind:
    name = next(name for name in row.cells if role_of(name) == "decision")
    return _KIND.get(plain(name).strip(" .:*").casefold(), "decision")  # type: ignore[return-value]


def _counts(row: Row) -> Tally | None:
    """The counts of a row: under "For" and "Against", or "5-2" under "Vote"."""
    counts: dict[Side, int] = {}
    for name, value in row.cells.items():
        if (side := _side(name)) and value.isdigit() and len(value) < 5:
            counts[side] = int(value)
    if len(counts) > 1:
        return Tally(counts=counts)
    score = _SCORE.fullmatch(row.value("vote")) or _SCORE.fullmatch(row.value("decision"))
    if not score:
        return None
    told: tuple[Side, ...] = ("for", "against", "abstained")
    return Tally(counts={side: int(number) for side, number in zip(told, score.groups(), strict=True) if number})


def _task(row: Row) -> Deciding | None:
    """What a row gives somebody to do."""
    task = row.value("action")
    if not task or not (row.value("owner") or row.value("due")):
        return None
    return Deciding(
        kind="action", owner=row.value("owner") or None, due=row.value("due") or due(task), is_closing=False
    )


def _side(name: str) -> Side | None:
    return sides().get(plain(name).strip(" .:*").casefold())


# --- who voted how -------------------------------------------------------------------------------------------------


def _votes_by_name(rows: Sequence[Row]) -> Iterator[Tally]:
    """The votes of a table that has a row for each voter: "Yes" under "Vote" or a mark under "Yes"."""
    named = [(row, row.value("member")) for row in rows]
    voters = [(row, name) for row, name in named if name and len(name.split()) <= _LONGEST_NAME_WORDS]
    if len(voters) < _FEWEST_VOTERS:
        return
    columns = dict.fromkeys(name for row, _ in voters for name in row.cells)
    by_word = [column for column in columns if role_of(column) in ("vote", "item")]
    for column in by_word:
        cast: list[tuple[str, Side | None]] = [(name, _side(row.cells.get(column, ""))) for row, name in voters]
        if sum(side is not None for _, side in cast) >= max(_FEWEST_VOTERS, _VOTING_SHARE * len(voters)):
            yield _tally(voters, cast)
    marked = [column for column in columns if _side(column)]
    cast = [(name, _side(column)) for row, name in voters for column in marked if _is_mark(row.cells.get(column, ""))]
    if len(marked) > 1 and len(cast) >= max(_FEWEST_VOTERS, _VOTING_SHARE * len(voters)):
        yield _tally(voters, cast)


def _is_mark(value: str) -> bool:
    return value.casefold() in _MARKS or value == "1"


def _tally(voters: Sequence[tuple[Row, str]], cast: Sequence[tuple[str, Side | None]]) -> Tally:
    names: dict[Side, tuple[str, ...]] = {}
    for name, side in cast:
        if side:
            names[side] = (*names.get(side, ()), name)
    counts: dict[Side, int] = {"for": 0, "against": 0}
    counts.update({side: len(those) for side, those in names.items()})
    return Tally(
        counts=counts,
        names=names,
        start=voters[0][0].start,
        end=voters[-1][0].end,
    )
