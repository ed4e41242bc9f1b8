"""The names of bodies that meet ("Committee on Lights", "Port Ansel Town Council") within the text of a record."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...language.tables import alternatives, word_list

HEADS = alternatives("bodies")
RECORDS = alternatives("records")
_HEAD = re.compile(rf"(?<![\w’'-])(?:{HEADS})(?![\w’'-])", re.IGNORECASE)
_CAPITAL = re.compile(r"[^\W\d_a-zß-öø-ÿ](?<![\w’'-].)")
_WORDS = re.compile(r"\S+")
_LINKS = frozenset(
    "of on for against and the to de des du da do del la le les las los y et en sur sobre der die des für".split()
)
_AND = frozenset("and et y e und".split())
_ROMANCE = frozenset("de des du da do del sur sobre".split())
# What may stand in capitals before a name and belongs to the sentence, not to it.
_BEFORE = frozenset(
    "a an the this that before in at by of to for from on with and or draft official regular special extraordinary"
    " annual minutes report record journal proceedings summary notes agenda each every some any no our your its"
    " their mr mrs ms madam honourable hon house public joint le la les el los las l du de".split()
)
# What follows it there.
_AFTER = frozenset(
    "was is were are met meets meeting meetings held minutes session sitting hearing debates record report will shall"
    " at in daily hansard has have having as resolution decision".split()
)
_ORDINAL = re.compile(
    r"\A(?:\d{1,4}(?:st|nd|rd|th)|(?:\w{1,12}-)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|\w{1,12}teenth|\w{1,12}tieth|hundred))\Z",
    re.IGNORECASE,
)
_SITTING = (
    rf"(?:meetings?|teleconference|sessions?|sitting|deliberations|notes|summary|séance|sesión|sitzung|{RECORDS})"
)
_OF_RECORD = re.compile(
    rf"\b{_SITTING}(?: \([^()]{{1,30}}\))?,? (?:of|for|from|by|before|du|de|del|der|des)(?: (?:the|la|el|le))?\s?\Z"
    rf"|\A\W{{0,3}}(?:in|before) the \Z",
    re.IGNORECASE,
)
_RECORD_OF = re.compile(
    r"\A(?:\s?\([^()]{1,30}\))?\W{0,3}(?:[\w’'-]{1,20} ){0,2}?"
    rf"(?:{_SITTING}|met|convened|(?:is|was) (?:held|called to order))\b",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\A\W{0,3}(?:(?:the|la|le|el) )?(?:[\w-]{1,20} ){0,2}\Z", re.IGNORECASE)
_REPORT_OF = re.compile(r"\breport of the \Z", re.IGNORECASE)
_ENACTS = re.compile(r"\A,(?=\s|$)")
_WINDOW = 120
_SCANNED_CHARS = 400_000
_FEWEST_MENTIONS = 3
_LEADING = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A name that stands at `text[start:end]`; `words` of it that are no links."""

    name: str
    start: int
    end: int

    @property
    def is_full(self) -> bool:
        """Whether it is more than "the Council"."""
        return " " in self.name


def bodies_in(text: str) -> Iterator[Body]:
    """The names of bodies in a text in order, written with capitals; "the committee" is none."""
    end = 0
    for capital in _CAPITAL.finditer(text[:_SCANNED_CHARS]):
        head = _HEAD.match(text, capital.start(), _SCANNED_CHARS) if capital.start() >= end else None
        if not head or not head[0][0].isupper():
            continue
        start = _begin(text, head.start())
        end = _finish(text, head.end())
        yield Body(name=" ".join(text[start:end].split()), start=start, end=end)


def body_of_record(lines: Sequence[str]) -> tuple[int, str] | None:
    """The first body that a line names as the one whose meeting or record it is, and that line's place."""
    for place, line in enumerate(lines):
        for body in bodies_in(line):
            before, after = line[max(0, body.start - 60) : body.start], line[body.end : body.end + 60]
            opens = _FIRST.match(before) and _ENACTS.match(after)
            if body.is_full and (opens or _OF_RECORD.search(before) or _RECORD_OF.match(after)):
                return place, body.name
    return None


def body_of_report(line: str) -> str | None:
    """The body whose report a line says that it heads."""
    bodies = (body for body in bodies_in(line) if _REPORT_OF.search(line[max(0, body.start - 20) : body.start]))
    return next((body.name for body in bodies if body.is_full), None)


def most_named(text: str) -> str | None:
    """The body that a text names far more often than any other: by its full name, else as "Parliament" of its own."""
    found = list(bodies_in(text))
    written = {body.name.casefold(): body.name for body in reversed(found)}
    full = Counter(body.name.casefold() for body in found if body.is_full)
    own = Counter(body.name.casefold() for body in found if body.name.casefold() not in word_list("common_bodies"))
    heads = Counter(body.name.casefold() for body in found)
    commonest = heads.most_common(1)[0][0] if heads else ""
    for names in (full, own):
        ranked = [*names.most_common(2), ("", 0), ("", 0)]
        (name, count), (_, next_count) = ranked[0], ranked[1]
        if (
            name
            and commonest in name
            and count >= (_FEWEST_MENTIONS if next_count else 2)
            and count >= _LEADING * next_count
        ):
            return _fullest(written[name], found)
    return None


def _fullest(name: str, found: Sequence[Body]) -> str:
    """ "Parliament of Verrano", where a text says so somewhere, for "Parliament"."""
    longer = (body.name for body in found if body.name.casefold().startswith(f"{name.casefold()} of "))
    return name if " " in name else next(longer, name)


def _begin(text: str, start: int) -> int:
    """Where the capitalised words that lead up to a head begin."""
    window = text[max(0, start - _WINDOW) : start]
    window = window[window.rfind("\n\n") + 1 :] if "\n\n" in window else window
    offset = start - len(window)
    for word in reversed(list(_WORDS.finditer(window))[-6:]):
        plain = word[0].strip("*_")
        if not plain[:1].isupper() or plain[-1:] in ",.;:!?)|—–-" or plain.casefold() in _BEFORE:
            break
        if _ORDINAL.match(plain):
            break
        start = offset + word.start()
    return start


def _finish(text: str, end: int) -> int:
    """Where the words that tell what a body is of, or on, come to an end."""
    window = text[end : end + _WINDOW].split("\n\n")[0]
    last, link, joined = end, None, False
    for word in list(_WORDS.finditer(window))[:16]:
        bare = word[0].rstrip(",.;:!?)*]|–—-")
        if bare.casefold() in _LINKS and bare == word[0]:
            link = bare.casefold()
            joined = joined or link in _AND
            continue
        is_elided = bare[1:2] in ("'", "’") and bare[:1] in "dDlL"
        is_linked = last != end or link is not None or is_elided
        is_part = bare[:1].isupper() or is_elided or link in _ROMANCE
        if not bare or not is_linked or not is_part or bare.casefold() in _AFTER:
            break
        if joined and _HEAD.fullmatch(bare):
            break
        last, link, joined = end + word.start() + len(bare), None, False
        if bare != word[0]:
            break
    return last
