"""Automatic numbering in Word documents: the labels that Word shows and the text does not hold.

Source: ECMA-376 part 1, section 17.9 (numbering), without the rarer number formats, which count in digits.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...language.roman import roman
from .docx_styles import child_value

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ALPHABETS = {"Letter": "abcdefghijklmnopqrstuvwxyz", "russian": "абвгдежзиклмнопрстуфхцчшщыэюя"}
_LEVELS = 9
# Hostile files state any: Word itself shows none above 32,767.
_HIGHEST = 32_767
_MOST_LETTERS = 30
"""Of one kind in a number: beyond zzz... (780 in Latin letters) it is shown in figures."""
_LONGEST_PATTERN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How one level of a list is numbered: `pattern` is such as "%1.%2".

    `paragraph_style` is the id of the style whose paragraphs are on this level. `restarts` is the level (1 the
    highest) after which counting begins again, 0 for never, None for any level above. `in_digits` shows the levels
    above in digits, whatever they are numbered with.
    """

    style: str
    pattern: str
    start: int
    paragraph_style: str = ""
    restarts: int | None = None
    in_digits: bool = False


class Numbering:
    """Counts a document's numbered paragraphs; ask for each of them once, in order, also for empty ones."""

    def __init__(self, numbering: Any, style_lists: Mapping[str, str] | None = None) -> None:
        """Takes the root of numbering.xml, or None where there is none, and the list (numId) of each list style."""
        self._abstract: dict[str, str] = {}
        self._levels: dict[str, dict[int, Level]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        defined: dict[str, Any] = {}
        for definition in numbering.findall(f"{_W}abstractNum") if numbering is not None else ():
            defined[_value(definition, "abstractNumId")] = definition
        for number in numbering.findall(f"{_W}num") if numbering is not None else ():
            self._abstract[_value(number, "numId")] = child_value(number, "abstractNumId")
        for number in numbering.findall(f"{_W}num") if numbering is not None else ():
            self._add_list(number, defined, style_lists or {})

    def _add_list(self, number: Any, defined: Mapping[str, Any], style_lists: Mapping[str, str]) -> None:
        """Takes in a list: its definition's levels, or those of the list style it defers to, and its own changes."""
        key = _value(number, "numId")
        definition = defined.get(self._abstract[key])
        if definition is not None and (name := child_value(definition, "numStyleLink")):
            linked = (other for other in defined if child_value(defined[other], "styleLink") == name)
            self._abstract[key] = next(linked, self._abstract.get(style_lists.get(name, ""), self._abstract[key]))
            definition = defined.get(self._abstract[key])
        levels = _levels(definition) if definition is not None else {}
        changes = number.findall(f"{_W}lvlOverride")
        for change in changes:
            levels |= _levels(change)
        self._levels[key] = levels
        self._restarts[key] = {
            _whole(_value(change, "ilvl")): _whole(child_value(change, "startOverride"))
            for change in changes
            if change.find(f"{_W}startOverride") is not None
        }

    def depth_of(self, key: str, style: str) -> int | None:
        """The level of a list that the paragraphs of a style are on; None where none is tied to it."""
        levels = self._levels.get(key, {})
        return next((depth for depth, level in levels.items() if level.paragraph_style == style), None)

    def label(self, key: str, depth: int) -> str:
        """The label of the next paragraph on a level of a list: "5.", "(a)", "•"; empty where it shows none."""
        levels = self._levels.get(key, {})
        if depth not in levels or depth >= _LEVELS:
            return ""
        counts = self._counts.setdefault(self._abstract[key], [None] * _LEVELS)
        if depth in self._restarts[key]:
            counts[depth] = self._restarts[key].pop(depth) - 1
        before = counts[depth]
        counts[depth] = levels[depth].start if before is None else before + 1
        for below in range(depth + 1, _LEVELS):
            if _begins_again(levels.get(below), depth):
                counts[below] = None
        if levels[depth].style == "bullet":
            return "•"
        return re.sub(r"%(\d)", lambda match: _printed(levels, counts, int(match[1]) - 1, depth), levels[depth].pattern)


def style_lists(styles: Any) -> dict[str, str]:
    """The list (numId) of each list style, from the root of styles.xml."""
    return {
        _value(style, "styleId"): child_value(style.find(f"{_W}pPr/{_W}numPr"), "numId")
        for style in styles.findall(f"{_W}style")
        if _value(style, "type") == "numbering"
    }


def _levels(element: Any) -> dict[int, Level]:
    return {_whole(_value(level, "ilvl")): _level(level) for level in element.findall(f"{_W}lvl")}


def _level(element: Any) -> Level:
    start, restarts = child_value(element, "start"), child_value(element, "lvlRestart")
    is_legal = element.find(f"{_W}isLgl") is not None and child_value(element, "isLgl") not in ("0", "false")
    return Level(
        style=child_value(element, "numFmt") or "decimal",
        pattern=child_value(element, "lvlText")[:_LONGEST_PATTERN],
        start=_whole(start) if start else 1,
        paragraph_style=child_value(element, "pStyle"),
        restarts=_whole(restarts) if restarts else None,
        in_digits=is_legal,
    )


def _begins_again(level: Level | None, depth: int) -> bool:
    """Whether a level counts anew after a paragraph on the level `depth` above it."""
    return level is None or level.restarts is None or depth < level.restarts


def _printed(levels: Mapping[int, Level], counts: Sequence[int | None], depth: int, of: int) -> str:
    """The number of level `depth` in a label of level `of`."""
    level = levels.get(depth)
    if level is None or not 0 <= depth < _LEVELS:
        return ""
    count = counts[depth]
    if levels[of].in_digits and level.style != "none":
        level = replace(level, style="decimal")
    return _in_style(level.style, min(level.start if count is None else count, _HIGHEST))


def _in_style(style: str, count: int) -> str:
    if style == "none":
        return ""
    if count < 1 or not re.search("Letter|Roman|^russian", style):
        return f"{count:02}" if style == "decimalZero" else str(count)
    if style.endswith("Roman"):
        printed = roman(count)
    else:
        alphabet = _ALPHABETS["russian" if style.startswith("russian") else "Letter"]
        times, place = divmod(count - 1, len(alphabet))
        printed = alphabet[place] * (times + 1) if times < _MOST_LETTERS else str(count)
    return printed.upper() if style.startswith("upper") or style.endswith("Upper") else printed


def _whole(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) < 6 else 0


def _value(element: Any, name: str) -> str:
    return element.get(f"{_W}{name}") or ""
