"""Elements of XML: their names, and the words that are printed of them."""

from collections.abc import Iterator
from typing import Any

NOTES = frozenset("authorialnote footnote".split())
HIDDEN = frozenset("meta teiheader metadata style script dublincore colspec".split())
_BREAKS = frozenset("br lb eol pb".split())


def name_of(element: Any) -> str:
    """The name of an element without its namespace, in lower case; empty for what is no element."""
    tag = element.tag if element is not None else ""
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def words_of(element: Any) -> str:
    """What is printed of an element, without its notes."""
    return " ".join("".join(_printed(element)).split())


def _printed(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = name_of(child)
        if name in _BREAKS:
            yield " "
        elif name and name not in NOTES and name not in HIDDEN:
            yield from _printed(child)
        yield child.tail or ""
