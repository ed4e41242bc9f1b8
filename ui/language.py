"""Which language an interface speaks: a browser's or a program's `Accept-Language`, a terminal's locale."""

import os
import re
from typing import TYPE_CHECKING

from ..rag.messages import LANGUAGES, advice
from ..vectorstore.errors import OnRecordError

if TYPE_CHECKING:
    from starlette.requests import Request


def language_of_request(request: "Request") -> str:
    """The language that a request asks for, else English."""
    return stated_language(request) or "en"


def stated_language(request: "Request") -> str | None:
    """The language liked best of those there are, by a request's `Accept-Language` header; None where it is none."""
    liked: list[tuple[float, str]] = []
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            liked.append((-float(quality or 1), tag.split("-")[0]))
        except ValueError:
            continue
    known = [language for _, language in sorted(liked, key=lambda pair: pair[0]) if language in LANGUAGES]
    return known[0] if known else None


def language_of_terminal() -> str:
    """The language of the environment's locale, else English."""
    return stated_locale() or "en"


def stated_locale() -> str | None:
    """The language of the environment's locale ("fr_CA.UTF-8"), as POSIX looks it up; None where it is none of ours."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((value for name in names if (value := os.environ.get(name))), "")
    language = re.split(r"[_.@]", locale, maxsplit=1)[0].lower()
    return language if language in LANGUAGES else None


def told(error: OnRecordError, language: str) -> str:
    """What an error says; of a question that cannot be asked, in the language given."""
    from ..rag.answer import NotAskable

    return advice(error.refusal, language) if isinstance(error, NotAskable) else str(error)
