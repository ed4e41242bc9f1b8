"""Whose words a mail holds: the writer's own, those quoted with ">", and the earlier mails that stand below a head.

    From: Ana Lind          or    On 3 March 2031, Ana Lind wrote:     or    -----Original Message-----
    Sent: 3 March 2031            > The weir is shut.
    Subject: Weirs

The words of such heads in other languages are data (`mail_heads.tsv`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from ...language.tables import any_of, table

Whose = Literal["own", "quoted", "signature", "head"]
_MOST_HEAD_LINES = 12
_FEWEST_FIELDS = 3
_RULE = re.compile(r"\A\s*(?:[_=*-]{10,200}|[-_]{2,40}\s*[^\W\d_][^-_\n]{2,60}[-_]{2,40})\s*\Z")
_ADDRESS = re.compile(r"\s?(?:<[^<>]{0,200}>|\[[^\[\]]{0,200}\]|\([^()@]{0,100}@[^()@]{0,100}\))")
_AFTER_TIME = re.compile(
    r"\A[^\d]{0,60}\d.{0,100}?\d(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s(?:UTC|GMT)?[+-]\d{4})?\s(?=\D{1,200}\Z)"
)
_LONGEST_HEAD_CHARS = 2000
_LONGEST_ATTRIBUTION_CHARS = 300
_LONGEST_NAME_WORDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Lines of one hand; `writer` is who a head says wrote what follows."""

    whose: Whose
    lines: Sequence[str]
    writer: str = ""


def stretches(lines: Sequence[str]) -> Iterator[Stretch]:
    """Runs of lines by whose they are; what follows a head is again "own", that of the writer it names."""
    run: list[str] = []
    whose: Whose = "own"
    position = 0
    while position < len(lines):
        length = head_length(lines, position)
        if length:
            if run:
                yield Stretch(whose=whose, lines=run)
            head = lines[position : position + length]
            yield Stretch(whose="head", lines=head, writer=writer_of_head(head))
            run, whose = [], "own"
            position += length
            continue
        now = _whose(lines[position], whose)
        if now != whose and run:
            yield Stretch(whose=whose, lines=run)
            run = []
        whose = now
        run.append(lines[position])
        position += 1
    if run:
        yield Stretch(whose=whose, lines=run)


def _whose(line: str, before: Whose) -> Whose:
    if line.lstrip().startswith(">"):
        return "quoted"
    if line in ("-- ", "--"):
        return "signature"
    if line.strip():
        return "signature" if before == "signature" else "own"
    return "own" if before == "signature" else before  # a blank line ends a signature, and belongs to anything else


def head_length(lines: Sequence[str], position: int) -> int:
    """How many lines from a position on are the head of an earlier mail; 0 for none."""
    first = position
    if _RULE.match(lines[position]):
        below = range(position + 1, min(position + 4, len(lines)))
        first = next((place for place in below if lines[place].strip()), position)
    if not _patterns().opens.match(lines[first]):
        return 0
    end = first
    while end < len(lines) and lines[end].strip() and end - first < _MOST_HEAD_LINES:
        end += 1
    fields = sum(bool(_patterns().field.match(line)) for line in lines[first:end])
    return end - position if fields >= _FEWEST_FIELDS else 0


def is_head(paragraph: str) -> bool:
    """Whether a paragraph is the head of an earlier mail, its lines run together."""
    fields = _patterns().anywhere.findall(paragraph[:_LONGEST_HEAD_CHARS])
    return bool(_patterns().opens.match(paragraph)) and len(fields) >= _FEWEST_FIELDS


def writer_of_head(head: Sequence[str]) -> str:
    """Who wrote the mail that a head stands above."""
    opens = next(filter(None, map(_patterns().opens.match, head)), None)
    if not opens:
        return ""
    following = _patterns().anywhere.search(opens.string, opens.end())
    return name_alone(opens.string[opens.end() : following.start() if following else None])


def name_alone(written: str) -> str:
    """A writer's name without the address; the address where there is no name."""
    name = " ".join(_ADDRESS.sub("", written).split()).strip(" *\"'")
    return name or " ".join(written.split()).strip(" <>*\"'")


def attributed(line: str) -> str | None:
    """Who is quoted below a line such as "On 3 March, Ana Lind wrote:"; None where it does not say."""
    words = " ".join(line.split())
    if not words.endswith((":", "：")) or len(words) > _LONGEST_ATTRIBUTION_CHARS:
        return None
    if not (verb := _patterns().wrote.search(words)):
        return None
    before, after = words[: verb.start()].rstrip(" ,"), words[verb.end() :].strip(" :：")
    written = after or re.split(r"[,，]\s?", before)[-1]
    name = name_alone(_AFTER_TIME.sub("", written))
    is_name = bool(name) and not name[0].islower() and len(name.split()) <= _LONGEST_NAME_WORDS
    return name if is_name and not any(map(str.isdigit, name)) else None


class _Patterns(NamedTuple):
    """What opens a head, a line of one, a field of one anywhere in a line, and a verb of an attribution."""

    opens: re.Pattern[str]
    field: re.Pattern[str]
    anywhere: re.Pattern[str]
    wrote: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    rows = table("mail_heads")
    senders, others, verbs = (
        any_of({word for row in rows for word in row[name].split(";")}) for name in ("from", "others", "wrote")
    )
    return _Patterns(
        opens=re.compile(rf"\A\s{{0,20}}\*{{0,2}}(?:{senders})\s?[:：]\*{{0,2}}\s?(?=.)"),
        field=re.compile(rf"\A\s{{0,20}}\*{{0,2}}(?:{senders}|{others})\s?[:：]"),
        anywhere=re.compile(rf"(?<!\w)(?:{senders}|{others})\s?[:：]"),
        wrote=re.compile(rf"(?<!\w)(?:{verbs})(?!\w)"),
    )
