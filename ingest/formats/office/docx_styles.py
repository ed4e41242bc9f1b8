"""The styles of a Word document, each with what it takes over from the one it is based on."""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Hostile files make chains of thousands; templates are a handful deep.
_LONGEST_CHAIN = 50
_HEADING = re.compile(r"(?:heading|título|titre|überschrift)\s*(\d)|title$", re.IGNORECASE)


class Styles:
    """Answers by a style's id; no id is the default style of paragraphs."""

    def __init__(self, styles: Any) -> None:
        """Takes the root of styles.xml, or None where the document has none."""
        found: list[Any] = styles.findall(f"{_W}style") if styles is not None else []
        self._by_id: dict[str, Any] = {style.get(f"{_W}styleId") or "": style for style in found}
        of_paragraphs = (style for style in found if style.get(f"{_W}type") == "paragraph")
        default = (style for style in of_paragraphs if style.get(f"{_W}default") in ("1", "true"))
        self._default: Any = next(default, None)
        self.chain = lru_cache(maxsize=None)(self._chain)
        self.switched_on = lru_cache(maxsize=None)(self._switched_on)
        self.outline_level = lru_cache(maxsize=None)(self._outline_level)

    def _chain(self, key: str) -> tuple[Any, ...]:
        """A style and those it is based on, the nearest first."""
        chain: list[Any] = []
        style = self._by_id.get(key, self._default)
        while style is not None and style not in chain and len(chain) < _LONGEST_CHAIN:
            chain.append(style)
            style = self._by_id.get(child_value(style, "basedOn"))
        return tuple(chain)

    def name(self, key: str) -> str:
        chain = self.chain(key)
        return child_value(chain[0], "name") if chain else ""

    def _switched_on(self, key: str, names: Collection[str]) -> frozenset[str]:
        """Which of some properties of letters ("vanish", "strike") a style has."""
        marks: dict[str, bool] = {}
        for style in self.chain(key):
            properties = style.find(f"{_W}rPr")
            for name in names:
                if properties is not None and properties.find(f"{_W}{name}") is not None:
                    marks.setdefault(name, is_on(properties, name))
        return frozenset(name for name, on in marks.items() if on)

    def _outline_level(self, key: str) -> int:
        """1 to 9 for a style of headings, 0 for one of body text."""
        for style in self.chain(key):
            if level := child_value(style.find(f"{_W}pPr"), "outlineLvl"):
                return heading_level(level)
            if match := _HEADING.match(child_value(style, "name")):
                return int(match[1] or 1)
        return 0


def heading_level(outline: str) -> int:
    """The level of a heading by Word's outline level, which counts from 0; 9 is body text."""
    return int(outline) + 1 if outline.isdecimal() and int(outline) < 9 else 0


def style_of(paragraph: Any) -> str:
    """The id of a paragraph's style, empty for the default."""
    return child_value(paragraph.find(f"{_W}pPr"), "pStyle")


def child_value(element: Any, name: str) -> str:
    """The value of a child, empty where there is none."""
    child = element.find(f"{_W}{name}") if element is not None else None
    return (child.get(f"{_W}val") or "") if child is not None else ""


def is_on(properties: Any, name: str) -> bool:
    """Whether a property that is either on or off is on."""
    child = properties.find(f"{_W}{name}") if properties is not None else None
    return child is not None and child.get(f"{_W}val", "1") not in ("0", "false", "off")
