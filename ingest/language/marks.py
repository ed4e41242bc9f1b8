"""Marks at the end of a line, in the forms that scripts give them."""

from functools import lru_cache

_FORMS = {",": ",，、،", ";": ";；؛", ":": ":：", ".": ".。｡۔", "?": "?？؟", "!": "!！", ")": ")）", '"': '"」』'}


def ends(line: str, marks: str) -> bool:
    """Whether a line ends with one of some marks, as any script writes it: "，" and "،" are commas."""
    return line.endswith(_forms(marks))


@lru_cache
def _forms(marks: str) -> tuple[str, ...]:
    return tuple(form for mark in marks for form in _FORMS.get(mark, mark))
