"""What every reader produces: the canonical text, and the blocks its makers laid it out in.

Everything after the readers (structure, splitting) sees blocks only and knows no file format.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from ...vectorstore.structure import Omission

Kind = Literal["heading", "paragraph", "item", "table", "footnote", "rule", "furniture", "noise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch `text[start:end]` that stands by itself on the page.

    `level` is the rank of a heading (1 is highest, 0 unknown). `number` is a paragraph number that the format
    keeps apart from the text (automatic numbering). `box` tells what stands beside the text: text boxes, side bars.
    `speaker` is who says it and `time` the time code where the format states them beside the text: captions, XML. A
    format that would state it, but does not know, says "". `certainty`, 0 to 1, is that of the machine that read the
    page off a picture.
    """

    start: int
    end: int
    kind: Kind = "paragraph"
    level: int = 0
    page: str | None = None
    number: str | None = None
    box: bool = False
    speaker: str | None = None
    time: str | None = None
    certainty: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as read: `text` is canonical, `blocks` ascend and do not overlap; properties only where found.

    `notes` say what of the file could not be read here, and the way out. `omitted` is what was read but is no text of
    the record: line numbers, codes in the margin.
    """

    text: str = field(repr=False)
    blocks: tuple[Block, ...]
    media_type: str
    title: str | None = None
    date: str | None = None
    language: str | None = None
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    pages: int = 0
    notes: tuple[str, ...] = ()
    omitted: tuple[Omission, ...] = ()


def omissions(left_out: Mapping[str, int], where: str = "in the text") -> tuple[Omission, ...]:
    """What was left out, by what it is, as a reading lists it."""
    return tuple(Omission(what=what, count=count, where=where) for what, count in left_out.items() if count)


class TextBuilder:
    """Builds the canonical text of formats that are not text themselves, block by block."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.blocks: list[Block] = []

    def add(
        self,
        text: str,
        kind: Kind = "paragraph",
        *,
        level: int = 0,
        page: str | None = None,
        number: str | None = None,
        box: bool = False,
        speaker: str | None = None,
        time: str | None = None,
        certainty: float | None = None,
    ) -> None:
        """Appends a block, parted from the one before by a blank line; blank text adds nothing."""
        text = text.strip()
        if not text:
            return
        start = self._append(text, "\n\n")
        self.blocks.append(
            Block(
                start=start,
                end=self._length,
                kind=kind,
                level=level,
                page=page,
                number=number,
                box=box,
                speaker=speaker,
                time=time,
                certainty=certainty,
            )
        )

    def extend(self, text: str, *, separator: str = " ", drop: int = 0) -> None:
        """Continues the last block: the rest of a sentence that a page break cut.

        `drop` is how many of its last characters go, as the hyphen of a word that the break parted.
        """
        self._parts[-1] = self._parts[-1][: len(self._parts[-1]) - drop]
        self._length -= drop
        self._append(text.strip(), separator)
        self.blocks[-1] = replace(self.blocks[-1], end=self._length)

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def last(self) -> str:
        """The last part added, empty when there is none."""
        return self._parts[-1] if self._parts else ""

    def _append(self, text: str, separator: str) -> int:
        if self._parts:
            self._parts.append(separator)
            self._length += len(separator)
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        return start
