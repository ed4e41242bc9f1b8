"""Texts in which lines of mark-up say who speaks: `<SPEAKER NAME="...">`, `<P>`, `<CHAPTER>`, as in corpora of debates.

Source: the layout of Europarl's source release, https://www.statmt.org/europarl/.
"""

import html
import re

from ..blocks import Kind, Reading, TextBuilder

_TAG = re.compile(r"\A\s{0,8}</?(?P<name>[A-Za-z][\w-]{0,30})(?P<rest>\s[^<>]{0,600})?/?>\s{0,8}\Z")
_ATTRIBUTE = re.compile(r"(?<![\w-])([A-Za-z][\w-]{0,30})\s{0,2}=\s{0,2}(?:\"([^\"<>]{0,300})\"|'([^'<>]{0,300})')")
_INLINE = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
_SPEECHES = ("speaker", "speech", "u", "turn")
_HEADINGS = ("chapter", "heading", "title", "topic", "section")
_NAMES = ("name", "speaker", "speakername", "who")
_TIMES = ("time", "start")
_FEWEST_TURNS = 2


def read_tagged(text: str) -> Reading | None:
    """The text between lines of mark-up, by who they say is speaking; None where no such lines name speakers."""
    lines = text.split("\n")
    tags = [_TAG.match(line) for line in lines]
    if sum(bool(tag and _speaker(tag)) for tag in tags) < _FEWEST_TURNS:
        return None
    builder = TextBuilder()
    kind: Kind = "paragraph"
    speaker, time, words = "", None, list[str]()

    def close() -> None:
        level = 1 if kind == "heading" else 0
        builder.add(" ".join(" ".join(words).split()), kind, level=level, speaker="" if level else speaker, time=time)
        words.clear()

    for line, tag in zip(lines, tags, strict=True):
        if tag is None and line.strip():
            words.append(html.unescape(_INLINE.sub("", line)))
            continue
        close()
        name = tag["name"].casefold() if tag else ""
        kind = "heading" if name in _HEADINGS and tag and not tag[0].lstrip().startswith("</") else "paragraph"
        if tag and name in (*_SPEECHES, *_HEADINGS):
            speaker, time = _speaker(tag), _stated(tag, _TIMES) or None
    close()
    return Reading(text=builder.text, blocks=tuple(builder.blocks), media_type="text/plain") if builder.blocks else None


def _speaker(tag: re.Match[str]) -> str:
    """Whom a line of mark-up says to begin speaking; empty where it names nobody."""
    opens = not tag[0].lstrip().startswith("</")
    return _stated(tag, _NAMES) if opens and tag["name"].casefold() in _SPEECHES else ""


def _stated(tag: re.Match[str], names: tuple[str, ...]) -> str:
    stated = {match[1].casefold(): match[2] or match[3] or "" for match in _ATTRIBUTE.finditer(tag["rest"] or "")}
    return next((" ".join(html.unescape(stated[name]).split()) for name in names if stated.get(name)), "")
