"""What a language model wrote, read forgivingly: sentences and the numbers of the passages that each rests on.

Small models think aloud, fence their replies, wrap them in JSON, draw tables, put headings and sources around them and
write their marks in many ways. `visible` takes the wrapping off, also of a reply that is still being written, and
`claims` reads what is left.
"""

import json
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ...ingest.language.sentences import sentence_spans
from ...vectorstore.markup import plain

Json: TypeAlias = "str | list[Json] | dict[str, Json] | float | None"

_THOUGHT = re.compile(
    r"<(think|thinking|thought|reasoning|analysis|scratchpad)\b[^<>]*>.*?(?:</\1\s*>|\Z)"
    r"|\[THINK\].*?(?:\[/THINK\]|\Z)|◁think▷.*?(?:◁/think▷|\Z)"
    r"|<\|channel\|>(?!final).*?(?=<\|channel\|>final|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_HEADLESS_THOUGHT = re.compile(r"\A.*</(?:think|thinking|thought|reasoning)\s*>", re.DOTALL | re.IGNORECASE)
_CONTROL = re.compile(r"<\|[^|<>]{0,40}\|>(?:final\b)?|</?(?:s|answer|response|final|output)>", re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[\w+-]*[ \t]*$", re.MULTILINE)
_SOURCES = re.compile(
    r"^[ \t#>*_]*(?:sources?|references?|citations?|passages? (?:cited|used)|quellen)[ \t*_]*+:?[ \t*_]*+$.*\Z",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_RULE_ROW = re.compile(r"^[ \t]*+\|?[ \t]*+:?-{2,}+:?[ \t]*+(?:\|[ \t]*+:?-{2,}+:?[ \t]*+)*\|?[ \t]*+$")
_HEADING = re.compile(r"^[ \t]*(?:#{1,6}\s.*|(?:\*\*|__)[^*_]{1,60}(?:\*\*|__)[ \t]*+:?[ \t]*+)$")
_LEAD_IN = re.compile(r"^[^\[【(“\"]{0,90}:[ \t]*$")
_LABEL = re.compile(
    r"^[ \t]*(?:\*\*)?(?:the )?(?:final )?(?:answer|response|reply|passage)(?: to (?:the|this|your) question)?"
    r"(?: is)?(?:\*\*)?[ \t]*:(?:\*\*)?[ \t]*",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*(?:[-*+•‣◦▪–—]\s+|\(?\d{1,2}[.)]\s+|\(?[a-z][.)]\s+)+")
_WORD_OF_MARK = r"(?:passages?|sources?|documents?|docs?|evidence|refs?|references?|ids?|units?|see|citations?|cf\.?)"
_PLACE = r"[,:]\s*+(?:paras?|paragraphs?|pp?|pages?)\b\.?\s*+\d++(?:[-–]\d++|(?![-–]\d))"
# Each can be read in one way only, so that a reply made of half marks takes no long time.
_ONE = rf"(?:{_WORD_OF_MARK}[\s.:#_-]*+){{0,2}}[A-Z]?\^?#?\d{{1,3}}+(?:†[^】\])\n]{{0,200}}+|\s*+{_PLACE})?"
_INSIDE = rf"\s*+{_ONE}(?:\s*+(?:[,;&]|and|to|[-–—])\s*+{_ONE})*\s*+"
_MARK = rf"(?:\[\[?{_INSIDE}\]\]?|【{_INSIDE}】|\({_INSIDE}\))"
_MARKS = re.compile(rf"(?:(?<!\s)\s++)?{_MARK}(?:[,;]?\s*+{_MARK})*", re.IGNORECASE)
_AFTER_STOP = re.compile(rf"([.!?…][”\"’»*_]*+)([ \t]*+(?:{_MARK}[ \t]*+)+)", re.IGNORECASE)
_ALONE = re.compile(rf"(?<!\s)\s*\n[ \t]*+((?:{_MARK}[ \t]*+)+)[.]?[ \t]*+(?=\n|\Z)", re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,3})\s*(?:-|–|—|to)\s*[A-Z]?(\d{1,3})")
_LONGEST_RANGE = 12
_SMUGGLED = re.compile(
    r"(?<=\])\((?:[^)\]]|\](?!\())*\)|<[^<>]*>|<(?=[/!a-z])|\b\w+://\S+|\b(?:javascript|data|vbscript|mailto):\S+|\bwww\.\S+",
    re.IGNORECASE,
)
_MADE_OF = re.compile(r"[<>:(]|www\.", re.IGNORECASE)
_MOST_NESTED = 20
_BEFORE_MARKS = string.whitespace + "\u00a0" + string.digits + ",;"
_YES_NO = re.compile(r"(?:yes|no)\W*", re.IGNORECASE)
_JSON_TEXT = re.compile(
    r'"(?:answer|text|response|content|sentence|reply|claim|statement)"\s*:\s*("(?:[^"\\]|\\.)*)(?:"|\Z)'
)
_TEXT_KEYS = ("answer", "response", "reply", "text", "content", "sentence", "claim", "statement", "output", "result")
_LIST_KEYS = ("sentences", "answers", "claims", "statements", "items", "points", "answer", "response")
_MARK_KEYS = ("citations", "citation", "passages", "passage", "sources", "source", "ids", "id", "evidence", "refs")
_NO_SOURCE = re.compile(r"^(?:according to|as stated in|based on|as per|per|in|from),\s*", re.IGNORECASE)
_MIN_PART_WORDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence of a model's answer without its marks, and the numbers of the passages it cites, from 1.

    `parts` are its pieces, each with its own numbers, where marks stand within the sentence; else empty.
    """

    text: str
    cited: tuple[int, ...]
    parts: tuple[tuple[str, tuple[int, ...]], ...] = ()


def visible(written: str, *, whole: bool = True) -> str:
    """A reply without thoughts aloud, fences, JSON and the list of sources; what cannot be read yet is left out.

    `whole` is false while the reply is still being written.
    """
    shown = _CONTROL.sub("", without_thoughts(written))
    shown = _SOURCES.sub("", _FENCE.sub("", shown))
    if re.match(r"\A\s*(?:\{|\[\s*[{\"])", shown):
        return _out_of_json(shown) if whole else ""
    if not whole and len(shown.strip()) < 2:
        return ""
    return shown


def without_thoughts(written: str) -> str:
    """A reply without what a model thought aloud before it."""
    return _HEADLESS_THOUGHT.sub("", _THOUGHT.sub("", written))


def finished_claims(written: str) -> list[Claim]:
    """The claims of a reply that is still being written, as far as they are sure to stay as they are.

    Only whole lines are sure, and of the last line only the sentences that another one follows.
    """
    shown = visible(written, whole=False)
    lines, _, last = shown.rpartition("\n")
    table = last.lstrip().startswith("|")
    return claims(lines if table else f"{lines}\n{_as_far_as_finished(last)}")[:-1]


def _as_far_as_finished(line: str) -> str:
    """The last line of a reply being written without the mark, link or tag that it has only begun, at its end."""
    closed = max(map(line.rfind, "])】>")) + 1
    begun = [place for opener in "[(【<" if (place := line.find(opener, closed)) >= 0]
    return line[: min(begun, default=len(line))].rstrip(_BEFORE_MARKS)


def claims(written: str) -> list[Claim]:
    """The sentences of a reply, with their marks read wherever they stand."""
    found: list[Claim] = []
    held = ""
    for sentence in _sentences(without_links(written)):
        claim = _claim(without_links(plain(_guarded(sentence))))
        if claim is None:
            continue
        if _YES_NO.fullmatch(claim.text) and not claim.cited:
            held = claim.text.rstrip(" .!,;:") + ": "
            continue
        found.append(Claim(text=held + claim.text, cited=claim.cited, parts=claim.parts) if held else claim)
        held = ""
    return found


def without_links(written: str) -> str:
    """A model's text without addresses and tags, nor any that taking others out would put together."""
    shown = written
    for _ in range(_MOST_NESTED):
        shown, before = _SMUGGLED.sub("", shown), shown
        if shown == before:
            return shown
    return _MADE_OF.sub(" ", shown)


def _sentences(written: str) -> Iterator[str]:
    """The sentences of a reply with their marks inside; headings, lead-ins and the heads of tables left out."""
    lines = _ALONE.sub(r" \1", written.replace("\r\n", "\n")).split("\n")
    kept: list[str] = []
    for place, line in enumerate(lines):
        after = lines[place + 1] if place + 1 < len(lines) else ""
        if _RULE_ROW.match(line) or _HEADING.match(line) or _LEAD_IN.match(line):
            kept.append("")
            continue
        if line.strip().startswith("|") and line.count("|") > 1:
            line = "" if _RULE_ROW.match(after) else _row(line)
        kept.append(_AFTER_STOP.sub(r"\2\1 ", _marks_last(_LABEL.sub("", line))))
    for line in kept:
        body = _ITEM.sub("", line)
        yield from (body[start:end] for start, end in sentence_spans(body))


def _marks_last(line: str) -> str:
    """A line that puts each mark before what rests on it, with the marks after it, at the end of every sentence."""
    bullet = _ITEM.match(line)
    body = line[bullet.end() :] if bullet else line
    marks = list(_MARKS.finditer(body))
    if not marks or marks[0].start() or not body[marks[-1].end() :].strip(" .:,;*_"):
        return line
    ends = [*(mark.start() for mark in marks[1:]), len(body)]
    pieces = [body[mark.end() : end].lstrip(" .:,;-–") for mark, end in zip(marks, ends, strict=True)]
    if any(not re.search(r"[.!?…][”\"’»*_]*\s*$", piece) for piece in pieces[:-1]):
        return line
    return " ".join(
        f"{piece[start:stop]} {mark[0].strip()}"
        for mark, piece in zip(marks, pieces, strict=True)
        for start, stop in sentence_spans(piece)
    )


def _row(line: str) -> str:
    """A row of a table as a sentence: "Norway: a third less; six weeks"."""
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    filled = [cell for cell in cells if cell]
    return ": ".join([filled[0], "; ".join(filled[1:])]) if len(filled) > 1 else "".join(filled)


def _guarded(sentence: str) -> str:
    """A sentence whose marks no Markdown reading takes away: "[1](#)" is a mark with a link, "[^1]" one of notes."""
    return re.sub(r"\[\^(\d{1,3})\]:?", r"[\1]", sentence)


def _claim(sentence: str) -> Claim | None:
    """A sentence taken apart into words and marks; None where it has no words."""
    parts: list[tuple[str, tuple[int, ...]]] = []
    position = 0
    for match in _MARKS.finditer(sentence):
        parts.append((sentence[position : match.start()], _numbers(match[0])))
        position = match.end()
    parts.append((sentence[position:], ()))
    text = _tidy("".join(part for part, _ in parts))
    if not re.search(r"\w", text):
        return None
    cited = tuple(dict.fromkeys(number for _, numbers in parts for number in numbers))
    pieces = _merged(parts)
    return Claim(text=text, cited=cited, parts=pieces if len(pieces) > 1 else ())


def _merged(parts: list[tuple[str, tuple[int, ...]]]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The parts with numbers, each with the words before it; what has too few words or no number joins another."""
    merged: list[tuple[str, tuple[int, ...]]] = []
    before, numbers_before = "", ()
    for text, numbers in parts:
        text, numbers = before + text, numbers_before + numbers
        if numbers and len(re.findall(r"\w{3,}", text)) >= _MIN_PART_WORDS:
            merged.append((_tidy(text), numbers))
            before, numbers_before = "", ()
        else:
            before, numbers_before = text, numbers
    if merged and (re.search(r"\w", before) or numbers_before):
        text, numbers = merged[-1]
        merged[-1] = (_tidy(f"{text}{before}"), numbers + numbers_before)
    return tuple(merged)


def _tidy(text: str) -> str:
    bare = re.sub(r" ([.,;:!?])", r"\1", " ".join(text.split()).lstrip("-*•> "))
    return _NO_SOURCE.sub("", without_links(bare)).strip()


def _numbers(mark: str) -> tuple[int, ...]:
    numbers: dict[int, None] = {}
    for first, last in _RANGE.findall(mark):
        if 0 < int(last) - int(first) <= _LONGEST_RANGE:
            numbers |= dict.fromkeys(range(int(first), int(last) + 1))
    mark = re.sub(rf"†[^】\]]*|(?:(?<!\s)\s++)?{_PLACE}", "", mark, flags=re.IGNORECASE)
    return tuple(dict.fromkeys([*numbers, *(int(number) for number in re.findall(r"\d+", mark))]))


def _out_of_json(written: str) -> str:
    """The text of a reply in JSON, each sentence with its marks on a line; of broken JSON, what strings can be read."""
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(written.strip())
        return "\n".join(_lines_of(value))
    except (ValueError, RecursionError):  # broken, or nested as deep as no reply is
        return "\n".join(str(json.loads(f'{text}"', strict=False)) for text in _JSON_TEXT.findall(written))


def _lines_of(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _lines_of(item)
    elif isinstance(value, dict):
        for key in _LIST_KEYS:
            if isinstance(value.get(key), list | dict):
                yield from _lines_of(value[key])
                return
        text = next((said for key in _TEXT_KEYS if isinstance(said := value.get(key), str)), "")
        marks = next((value[key] for key in _MARK_KEYS if value.get(key) is not None), None)
        marks = marks if isinstance(marks, list) else [marks]
        numbers = [number for mark in marks for number in re.findall(r"\d{1,3}", str(mark))]
        bracketed = "".join(f"[{number}]" for number in numbers) if not _MARKS.search(text) else ""
        yield f"{text} {bracketed}".strip()
