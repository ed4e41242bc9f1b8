"""Automatic numbering in Word documents: the labels that Word shows and the text does not hold.

Source: ECMA-376 part 1, section 17.9 (numbering), without the rarer number formats, which count in digits.
"""

import re
from dataclasses import dataclass
from typing import Any

from ...language.roman import roman

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How one level of a list is numbered: `pattern` is such as "%1.%2"."""

    style: str
    pattern: str
    start: int


class Numbering:
    """Counts a document's numbered paragraphs; ask for each of them once, in order."""

    def __init__(self, numbering: Any) -> None:
        """Takes the root of numbering.xml, or None where the document has none."""
        self._abstract: dict[str, str] = {}
        self._levels: dict[str, dict[int, Level]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        for definition in numbering.findall(f"{_W}abstractNum") if numbering is not None else ():
            levels = {int(_value(level, "ilvl")): _level(level) for level in definition.findall(f"{_W}lvl")}
            self._levels[_value(definition, "abstractNumId")] = levels
        for number in numbering.findall(f"{_W}num") if numbering is not None else ():
            key = _value(number, "numId")
            self._abstract[key] = _child_value(number, "abstractNumId")
            self._restarts[key] = {
                int(_value(change, "ilvl")): int(_child_value(change, "startOverride"))
                for change in number.findall(f"{_W}lvlOverride")
                if change.find(f"{_W}startOverride") is not None
            }

    def label(self, properties: Any) -> str:
        """The label of the next paragraph with these `w:numPr`: "5.", "(a)", "•"; empty where it shows none."""
        key, depth = _child_value(properties, "numId"), int(_child_value(properties, "ilvl") or 0)
        abstract = self._abstract.get(key)
        levels = self._levels.get(abstract or "", {})
        if abstract is None or depth not in levels:
            return ""
        counts = self._counts.setdefault(abstract, [None] * _LEVELS)
        if depth in self._restarts[key]:
            counts[depth] = self._restarts[key].pop(depth) - 1
        before = counts[depth]
        counts[depth] = levels[depth].start if before is None else before + 1
        counts[depth + 1 :] = [None] * (_LEVELS - depth - 1)
        if levels[depth].style == "bullet":
            return "•"
        return re.sub(
            r"%(\d)", lambda match: _printed(levels, counts, int(match[1]) - 1), levels[depth].pattern
        ).strip()


def _level(element: Any) -> Level:
    return Level(
        style=_child_value(element, "numFmt") or "decimal",
        pattern=_child_value(element, "lvlText"),
        start=int(_child_value(element, "start") or 1),
    )


def _printed(levels: dict[int, Level], counts: list[int | None], depth: int) -> str:
    level = levels.get(depth)
    count = counts[depth] if counts[depth] is not None else level.start if level else 1
    style = level.style if level else "decimal"
    if style == "none" or count is None:
        return ""
    if style.endswith("Letter"):
        printed = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
    elif style.endswith("Roman"):
        printed = roman(count)
    else:
        printed = str(count)
    return printed.upper() if style.startswith("upper") else printed


def _value(element: Any, name: str) -> str:
    return element.get(f"{_W}{name}") or ""


def _child_value(element: Any, name: str) -> str:
    child = element.find(f"{_W}{name}")
    return (child.get(f"{_W}val") or "") if child is not None else ""
