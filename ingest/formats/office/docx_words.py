"""The words of Word paragraphs as their reader sees them, and a count of what that leaves out.

Tracked changes are read as accepted. Hidden, struck and deleted words are no words of the record as it stands.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ....vectorstore.structure import Omission
from ..blocks import omissions
from .docx_styles import Styles, child_value, is_on, style_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
TEXT_BOX = f"{_W}txbxContent"
_DELETED = (f"{_W}del", f"{_W}moveFrom")
_SKIPPED = (TEXT_BOX, FALLBACK, f"{_W}pPr", f"{_W}rPr", f"{_W}rt", f"{_W}sdtPr")
_MARKS = ("vanish", "strike", "dstrike")
_SIGNS = {"tab": "\t", "ptab": "\t", "br": " ", "cr": " ", "noBreakHyphen": "-"}
# Ticked and empty boxes by their codes in the fonts that forms take them from.
_BOXES = {
    "wingdings": {**dict.fromkeys(("FC", "FE"), "☑"), **dict.fromkeys(("FB", "FD"), "☒"),
                  **dict.fromkeys(("A8", "6F", "71", "72"), "☐")},
    "wingdings 2": {**dict.fromkeys(("50", "52"), "☑"), **dict.fromkeys(("4F", "51", "53", "54"), "☒"), "A3": "☐"},
}  # fmt: skip
_SIMPLE_OPERAND = re.compile(r"[\w.,]*+|\([^()]*+\)")


class Words:
    """Reads the paragraphs of a document; `omitted` says what it has left out so far."""

    def __init__(self, styles: Styles, marks: Mapping[tuple[str, str], str]) -> None:
        """Takes the styles, and the printed number of each note by (kind, id)."""
        self._styles = styles
        self._marks = marks
        self._left_out: Counter[str] = Counter()

    @property
    def omitted(self) -> tuple[Omission, ...]:
        return omissions(self._left_out)

    def of(self, paragraph: Any) -> str:
        """The text of a paragraph without boxes; marks of notes in brackets."""
        marked = self._styles.switched_on(style_of(paragraph), _MARKS)
        return re.sub(r"[^\S\t]+", " ", "".join(self._parts(paragraph, marked))).strip()

    def leave_out(self, what: str, count: int = 1) -> None:
        self._left_out[what] += count

    def shows(self, paragraph: Any) -> bool:
        """Whether a paragraph without words is there at all: its mark is neither deleted nor hidden."""
        properties = paragraph.find(f"{_W}pPr/{_W}rPr")
        return properties is None or not (
            is_on(properties, "vanish") or any(child.tag in _DELETED for child in properties)
        )

    def _parts(self, element: Any, marked: frozenset[str]) -> Iterator[str]:
        pending = list(reversed(element))
        left_out = ""
        while pending:
            node = pending.pop()
            if node.tag in _SKIPPED or not isinstance(node.tag, str):
                continue
            why = self._why_left_out(node, marked)
            if why and _holds_words(node):
                self._left_out[why] += why != left_out  # neighbours are one stretch
                left_out = why
            elif why is None:
                if node.tag == f"{_W}r" and _holds_words(node):
                    left_out = ""
                yield self._own(node)
                if node.tag != f"{_M}oMath":
                    pending.extend(reversed(node))

    def _why_left_out(self, node: Any, marked: frozenset[str]) -> str | None:
        """Why an element is no text of the record; None where it is."""
        if node.tag in _DELETED:
            return "deleted text"
        if node.tag == f"{_W}sdt" and is_on(node.find(f"{_W}sdtPr"), "showingPlcHdr"):
            return "empty form field"
        if node.tag != f"{_W}r":
            return None
        shown = self._marks_of(node.find(f"{_W}rPr"), marked)
        return "hidden text" if "vanish" in shown else "struck out text" if shown else None

    def _marks_of(self, properties: Any, marked: frozenset[str]) -> frozenset[str]:
        """Which of `vanish`, `strike`, `dstrike` a run has: of its own, else of its styles."""
        if properties is None:
            return marked
        style = child_value(properties, "rStyle")
        inherited = marked | self._styles.switched_on(style, _MARKS) if style else marked
        own = {name for name in _MARKS if properties.find(f"{_W}{name}") is not None}
        return (inherited - own) | {name for name in own if is_on(properties, name)}

    def _own(self, node: Any) -> str:
        """What an element says by itself."""
        name = node.tag.removeprefix(_W)
        if name == "t":
            return node.text or ""
        if name in _SIGNS:
            return _SIGNS[name] if node.getparent().tag == f"{_W}r" else ""
        if name == "sym":
            return _symbol(node)
        if name == "ffData":
            return _form_value(node)
        if node.tag == f"{_M}oMath":
            return formula(node)
        mark = self._marks.get(note_key(node)) if name in ("footnoteReference", "endnoteReference") else None
        return f"[{mark}]" if mark else ""


def note_key(reference: Any) -> tuple[str, str]:
    """(kind, id) of the note that a reference names."""
    return reference.tag.removeprefix(_W).removesuffix("Reference"), reference.get(f"{_W}id") or ""


def formula(element: Any) -> str:
    """A formula in Office MathML in one line, as one types it: 3/4, x^2, √(a+b)."""
    name = element.tag.removeprefix(_M) if isinstance(element.tag, str) else ""
    if name == "t":
        return element.text or ""
    inside = [(child.tag, formula(child)) for child in element if isinstance(child.tag, str)]
    parts = {tag.removeprefix(_M): words for tag, words in inside}
    if name == "f":
        return f"{_operand(parts.get('num', ''))}/{_operand(parts.get('den', ''))}"
    if name in ("sSup", "sSub", "sSubSup"):
        below = f"_{_operand(parts['sub'])}" if "sub" in parts else ""
        return f"{parts.get('e', '')}{below}" + (f"^{_operand(parts['sup'])}" if "sup" in parts else "")
    if name == "rad":
        return f"{parts.get('deg', '')}√{_operand(parts.get('e', ''))}"
    if name == "d":
        return f"({', '.join(words for tag, words in inside if tag == f'{_M}e')})"
    return "".join(words for _, words in inside)


def _operand(words: str) -> str:
    return words if _SIMPLE_OPERAND.fullmatch(words) else f"({words})"


def _holds_words(node: Any) -> bool:
    return any((text.text or "").strip() for text in node.iter(f"{_W}t", f"{_W}delText", f"{_M}t"))


def _symbol(node: Any) -> str:
    """A sign by its code in a font: boxes of forms are known, in other fonts the code is the letter's own."""
    code = (node.get(f"{_W}char") or "").upper()[-4:]
    font = (node.get(f"{_W}font") or "").lower()
    if font.startswith("wingdings"):
        return _BOXES.get(font, {}).get(code[-2:], "")
    return chr(int(code, 16)) if re.fullmatch(r"(?!F0|D[89A-F])[\dA-F]{4}", code) else ""


def _form_value(field: Any) -> str:
    """What a form field of the older kind shows beside its text: whether it is ticked, which entry was chosen."""
    box, choices = field.find(f"{_W}checkBox"), field.find(f"{_W}ddList")
    if box is not None:
        state = "checked" if box.find(f"{_W}checked") is not None else "default"
        return "☒" if is_on(box, state) else "☐"
    entries: list[Any] = choices.findall(f"{_W}listEntry") if choices is not None else []
    place = child_value(choices, "result") or "0"
    return entries[int(place)].get(f"{_W}val") or "" if place.isdecimal() and int(place) < len(entries) else ""
