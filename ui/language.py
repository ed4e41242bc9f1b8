"""Which language an interface speaks: a browser's or a program's `Accept-Language`, a terminal's locale."""

import os
import re
from typing import TYPE_CHECKING

from ..rag.messages import LANGUAGES, advice
from ..vectorstore.errors import OnRecordError

if TYPE_CHECKING:
    from starlette.requests import Request


def language_of_request(request: "Request") -> str:
    """The language liked best of those there are, by its `Accept-Language` header; else English."""
    liked: list[tuple[float, str]] = []
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            liked.append((-float(quality or 1), tag.split("-")[0]))
        except ValueError:
            continue
    known = [language for _, language in sorted(liked, key=lambda pair: pair[0]) if language in LANGUAGES]
    return known[0] if known else "en"


def language_of_terminal() -> str:
    """The language of the environment's locale ("fr_CA.UTF-8"), as POSIX looks it up; English where there is none."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((value for name in names if (value := os.environ.get(name))), "")
    language = re.split(r"[_.@]", locale, maxsplit=1)[0].lower()
    return language if language in LANGUAGES else "en"


def told(error: OnRecordError, language: str) -> str:
    """What an error says; of a question that cannot be asked, in the language given."""
    from ..rag.answer import NotAskable

    return advice(error.refusal, language) if isinstance(error, NotAskable) else str(error)
