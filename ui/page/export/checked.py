"""A checked draft as files: one HTML page with every claim marked, and Word with a comment at each place.

A draft in Word keeps its own document, with the comments added; any other becomes a plain one.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from io import BytesIO
from typing import Any

from markupsafe import Markup

from ....rag.tools.checking.verdicts import Checked, Finding
from ...checking import SIGNS, heading, summary, told
from ..views.template import html
from ..words import Words

_AUTHOR = "On Record"
_WORD = b"PK\x03\x04"


def as_html(checked: Checked, data: bytes, words: Words) -> bytes:
    """The draft as one HTML page that asks for nothing else, its claims marked, what is said of each below."""
    return html(
        "checked", "file", title=summary(checked, words), marked=marked(checked, words),
        findings=list(enumerate(checked.findings, start=1)), heading=heading, told=told, words=words,
    ).encode()  # fmt: skip


def as_view(checked: Checked, words: Words) -> str:
    """The same for the page, where each place opens in its record."""
    return html(
        "checked", "view", title=summary(checked, words), marked=marked(checked, words),
        findings=list(enumerate(checked.findings, start=1)), signs=SIGNS, heading=heading, told=told, words=words,
    )  # fmt: skip


def marked(checked: Checked, words: Words) -> Markup:
    """The draft's text with a mark at each claim; of claims within one another the outer one is marked."""
    parts, at = list[Markup](), 0
    for number, finding in enumerate(checked.findings, start=1):
        if finding.start >= at:
            parts.append(Markup.escape(checked.text[at : finding.start]))
            parts.append(html("checked", "mark", number, finding, SIGNS[finding.verdict], words))
            at = finding.end
    return Markup("").join([*parts, Markup.escape(checked.text[at:])])


def as_docx(checked: Checked, data: bytes, words: Words) -> bytes:
    """The draft as the bytes of a .docx file with the findings as comments."""
    import docx

    is_word = data.startswith(_WORD) and b"word/document.xml" in data
    document = docx.Document(BytesIO(data)) if is_word else _plain(checked)
    left = list(checked.findings)
    for paragraph, start in _placed(document, checked.text):
        end = start + len(paragraph.text)
        for finding in [each for each in left if start <= each.start < end]:
            left.remove(finding)
            _comment(document, paragraph, finding, (finding.start - start, min(finding.end, end) - start), words)
    for finding in left:  # its words stand in a note, a text box or the like
        paragraph = document.add_paragraph(_safe(finding.text))
        _comment(document, paragraph, finding, (0, len(paragraph.text)), words)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _plain(checked: Checked) -> Any:
    """The text of a draft as a Word document, a paragraph a line."""
    import docx

    document = docx.Document()
    for line in re.split(r"\n+", checked.text):
        document.add_paragraph(_safe(line))
    return document


def _placed(document: Any, text: str) -> Iterator[tuple[Any, int]]:
    """The paragraphs of a Word document that stand in a text one after the other, and where."""
    from docx.text.paragraph import Paragraph

    at = 0
    for element in document.element.body.iter("{*}p"):
        paragraph = Paragraph(element, document)
        words = paragraph.text
        if words.strip() and (found := text.find(_safe(words).strip(), at)) >= 0:
            lead = len(words) - len(words.lstrip())
            at = found + len(words.strip())
            yield paragraph, found - lead


def _comment(document: Any, paragraph: Any, finding: Finding, span: tuple[int, int], words: Words) -> None:
    """A comment on a stretch of a paragraph."""
    said = [heading(finding, words), *told(finding, words)]
    runs = _runs(paragraph, *span) or paragraph.runs or [paragraph.add_run(" ")]
    document.add_comment(runs, text=_safe("\n".join(said)), author=_AUTHOR, initials="OR")


def _runs(paragraph: Any, start: int, end: int) -> list[Any]:
    """The runs that hold just a stretch of a paragraph; a run that reaches over its ends is cut."""
    held, at = list[Any](), 0
    for run in list(paragraph.runs):
        text = run.text
        first, last = max(0, start - at), min(len(text), end - at)
        at += len(text)
        if first < last:
            held.append(_cut(run, first, last))
    return held


def _cut(run: Any, first: int, last: int) -> Any:
    """A run made to hold only a part of its text, what stood around it in runs of the same kind beside it."""
    from docx.text.run import Run

    text = run.text
    if first:
        before = deepcopy(run._r)
        run._r.addprevious(before)
        Run(before, run._parent).text = text[:first]
    if last < len(text):
        after = deepcopy(run._r)
        run._r.addnext(after)
        Run(after, run._parent).text = text[last:]
    if first or last < len(text):
        run.text = text[first:last]
    return run


def _safe(text: str) -> str:
    """Text without the control characters that XML cannot hold, letter for letter."""
    return "".join(letter if letter.isprintable() or letter in "\t\n" else " " for letter in text)
