"""HTML from the Jinja2 templates in `templates/`: whatever a value brings along is escaped where it enters one."""

from collections.abc import Iterable
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_ENVIRONMENT = Environment(
    loader=PackageLoader("onrecord.ui.page"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    auto_reload=False,
)


def html(template: str, part: str, /, *given: Any, **values: Any) -> Markup:
    """A part (a macro) of a template, filled in."""
    return getattr(_ENVIRONMENT.get_template(f"{template}.html").module, part)(*given, **values)


def together(parts: Iterable[str]) -> Markup:
    """HTML made of parts, one after the other; a part that is no HTML is escaped."""
    return Markup("").join(parts)
