"""Whose record it is: the body it belongs to, the session and agenda item, who wrote and who published it.

Read off the front of the record, the short lines before its text proper; nothing is said where none says it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ....vectorstore.markup import plain
from ...language.marks import ends
from .bodies import HEADS, RECORDS, body_of_record, body_of_report, most_named

_LINK = r"of|the|on|for|and|de|des|du|la|le|les|del|von|der|à|en|y|et|to|in|with|its|as|by|d[’']\w+|l[’']\w+"
_ROMANCE = re.compile(r"\b(?:de|des|du|del|do|da|sur|sobre)\s")
_BODY = re.compile(
    rf"\A(?:(?:the|la|le|el|l[’'])\s?)?(?:(?:[\w’'&.-]+,?)\s+){{0,4}}?(?:{HEADS})\b(?:\s+(?:\([^()]+\)|[\w’'&.,-]+))*",
    re.IGNORECASE,
)
_NO_BODY = re.compile(
    r"\b(?:reports?|letters?|notes?|elections?|summar(?:y|ies)|drafts?|statements?|decisions?|resolutions?|agenda|records?"
    r"|minutes|rules?|reviews?|remarks|proceedings|members?|request(?:ed|s)?|recommendations?|adopt\w*|debates|meetings|addressed|acting"
    r"|activities|submi\w+|rapports?|lettres?|informes?|was|were|is|are|has|have|shall|will|met|meets|held)\b"
    r"|[.:;!?]$|\b(?:19|20)\d\d\b|^(?:[IVXLC]+|\d+|[A-Z])\.\s",
    re.IGNORECASE,
)
_LONGEST_BODY = 200
_OPENING_CHARS = 300
_ORDINAL = (
    r"(?:\d+(?:st|nd|rd|th|e|[èe]me|º|ª)|(?:[a-z]{1,30}-|hundred and )?(?:first|second|third|fourth|fifth|sixth"
    r"|seventh|eighth|ninth|tenth|eleventh|twelfth|[a-z]{1,30}teenth|[a-z]{1,30}tieth)|premi[èe]re|[a-zé-]{1,60}i[èe]me"
    r"|primer|segundo|tercer|cuarto|quinto|sexto|s[ée]ptimo|octavo|noveno|d[ée]cimo)"
)
_KINDS = r"(?:(?:resumed|special|regular|annual|substantive|emergency|organizational|extraordinary|ordinary)\s++){0,4}"
_SESSION = re.compile(
    rf"\b(?:{_KINDS}(?:\d{{4}}\s++)?{_KINDS}(?:{_ORDINAL}\s++(?:and|to)\s++)?{_ORDINAL}\s++{_KINDS}"
    rf"(?:sessions?|per[ií]odo de sesiones)(?:\s++\d{{4}})?\b|\d{{4}}\s++{_KINDS}session\b)",
    re.IGNORECASE,
)
_SESSION_WORD = re.compile(r"session|sesiones", re.IGNORECASE)
_ITEM = re.compile(
    r"\b(?:agenda items?\s+(?P<agenda>@)|items?\s+(?P<of>@)\s+of the (?:\w+ )?(?:agenda|list)"
    r"|points?\s+(?P<point>@)\s+de l[’']ordre du jour|tema\s+(?P<tema>@)\s+del (?:programa|temario))"
    r"|^(?:[^:]{1,40}: ?)?item\s+(?P<bare>@)(?=[.:]| –| -|$)".replace(
        "@", r"\d+(?:\s?\([a-z]{1,4}\))*(?:(?:,| and| et| y| to|–)\s*\d+(?:\s?\([a-z]{1,4}\))*)*"
    ),
    re.IGNORECASE,
)
_DISTRIBUTION = re.compile(r"(?:(?<!\s)\s++)?\bDistr\b.*", re.IGNORECASE)
_RIGHTS = re.compile(
    r"(?:©|\(c\)(?=\s*\d{4})|^copyright)(?:\s|©|\(c\)|copyright|by|\d{4}(?:[-–]\d{4})?|,){0,30}(?P<who>[A-ZÀ-Þ][^,;.|©]{2,80}?)"
    r"(?=\s*(?:,|;|\.|\||$|\d{4}|All rights))"
)
_PUBLISHED = re.compile(r"published by:?\s+(?P<who>[A-ZÀ-Þ][^.;|]{2,100})", re.IGNORECASE)
_MASTHEAD = re.compile(r"(?:the )?(?:United Nations|Nations Unies|Naciones Unidas)", re.IGNORECASE)
_BY = re.compile(
    r"(?:(?:prepared|submitted|written|compiled|drafted|reported|presented) by|authors?\s*:|rapporteurs?\s*:"
    r"|submission from|rédigé par|preparado por|by(?=(?:\s+[A-ZÀ-Þ][\w’'.-]*){2,4}$))\s*+:?\s*+(?P<who>.{3,160})",
    re.IGNORECASE,
)
_BY_CAPITALS = re.compile(r"[bB]y(?:\s+(?:and\s+)?[A-ZÀ-Þ][\w’'.-]*,?){2,8}")
_KIND_BY = re.compile(
    r"\A(?:(?!of\b|on\b|\w+ing\b)[\w-]+ ){0,3}?(?:reports?|notes?|letters?|statements?|memorand(?:um|a)|communications?"
    r"|submissions?|draft (?:resolution|decision))\b(?: dated .{6,24}?)?(?: verbale)?"
    r" (?:submitted by|prepared by|of|by|from) (?:the )?"
    r"(?P<who>.{3,200}?)(?=,? (?:addressed|submitted|pursuant|in accordance|concerning|in consultative|on"
    r" (?:its|the|his|her|basis))\b|, an? |$)",
    re.IGNORECASE,
)
_AUTHOR_LINES = 20
_TERM = re.compile(rf"\A(?:.{{0,40}} )?{_ORDINAL} (?:congress|parliament|legislature|assembly)", re.IGNORECASE)
_RECORD = re.compile(rf"\(?(?:{RECORDS})\b", re.IGNORECASE)
_LEADING = re.compile(rf"\A(?:(?:the|la|le)\s+)?(?:{_ORDINAL}\s+)?", re.IGNORECASE)
_DRAFT_BY = re.compile(r"(?P<who>[A-ZÀ-Þ][^:]{2,160}+): (?:revised )?draft (?:resolution|decision)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who stands behind a record, each as printed and only where found."""

    body: str | None = None
    session: str | None = None
    agenda_item: str | None = None
    author: str | None = None
    publisher: str | None = None


def issuer(front: Sequence[tuple[str, str]], title: str | None = None, text: str = "") -> Issuer:
    """Reads the front of a record, as (kind, line) pairs, then the title its format states and its whole text."""
    lines = [cell for kind, line in front if kind != "footnote" for cell in _cells(line)]
    return Issuer(
        body=_body(lines, title) or most_named(text),
        session=next((found[0] for line in lines if (found := session_in(line))), None),
        agenda_item=next(filter(None, map(_agenda_item, lines)), None),
        author=next(filter(None, map(_author, lines[:_AUTHOR_LINES])), None),
        publisher=_publisher(lines),
    )


def is_body(line: str) -> bool:
    """Whether a line is the name of a body ("Commission on Narcotic Drugs") and nothing else."""
    line = _DISTRIBUTION.sub("", line).strip(" *")
    if len(line) > _LONGEST_BODY or _NO_BODY.search(line) or not _BODY.fullmatch(line):
        return False
    words = [word for word in re.findall(r"[^\W\d_][\w’'-]*", line) if not re.fullmatch(_LINK, word, re.IGNORECASE)]
    capitals = [word[0].isupper() for word in words]
    is_romance = capitals[0] and bool(_ROMANCE.search(line))
    return is_romance or (all(capitals[:2]) and sum(capitals) > 0.7 * len(words))


def is_masthead(line: str) -> bool:
    """Whether a line is the name of a publisher that heads its records with it."""
    return bool(_MASTHEAD.fullmatch(line))


def session_in(line: str) -> re.Match[str] | None:
    """Where a short line names a session."""
    return _SESSION.search(line) if len(line) < 240 and _SESSION_WORD.search(line) else None


def _cells(line: str) -> Iterator[str]:
    yield from filter(None, (cell.strip() for cell in line.split(" | ")))


def _body(lines: Sequence[str], title: str | None) -> str | None:
    """The body whose session follows, else the first that stands alone or is named as the one whose record it is."""
    named = body_of_record([*([title] if title else []), *(line[:_OPENING_CHARS] for line in lines)])
    alone: tuple[int, str] | None = None
    for place, (line, below) in enumerate(zip(lines, [*lines, ""][1:], strict=True), start=1 if title else 0):
        session = session_in(line)
        name = _DISTRIBUTION.sub("", line[: session.start()] if session else line).strip(" *,–-|")
        leading = _LEADING.match(name)
        bare = plain(name)[leading.end() :] if leading and is_body(name) and not _TERM.fullmatch(name) else ""
        if _SESSION.match(below) and (reporting := body_of_report(line)):
            return reporting
        if " " not in bare:
            continue
        if session or _SESSION.match(below) or _RECORD.match(below):
            return bare
        alone = alone or (place, bare)
    return min(filter(None, (named, alone)), default=(0, None))[1]


def _agenda_item(line: str) -> str | None:
    match = _ITEM.search(line) if len(line) < 300 else None
    return " ".join(next(filter(None, match.groupdict().values())).split()) if match else None


def _author(line: str) -> str | None:
    if len(line) > 400 or ends(line, ";,"):
        return None
    match = _KIND_BY.match(line) or _DRAFT_BY.match(line) or _BY.match(line)
    if not match or (line[:3].casefold() == "by " and not _BY_CAPITALS.fullmatch(line)):
        return None
    whole = line[match.start("who") :].strip(" ,.*")
    who = whole if is_body(whole) else match["who"].strip(" ,.*")
    is_name = who[:1].isupper() and len(who) > 2 and (" " in who or not who.isupper())
    return who if is_name else None


def _publisher(lines: Sequence[str]) -> str | None:
    for line in lines:
        if match := _RIGHTS.search(line) or _PUBLISHED.search(line):
            return match["who"].strip()
    masthead = next(
        (match for line in (*lines[:4], *filter(is_masthead, lines)) if (match := _MASTHEAD.match(line))), None
    )
    return masthead[0] if masthead else None
