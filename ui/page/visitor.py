"""Who asks for what: the library an address names, the browser by its cookie, its language."""

import secrets
from typing import Annotated

from fastapi import Depends, Request, Response

from .libraries import AppState
from .words import Words, words_for

_COOKIE = "onrecord_reader"
_EARLIER_COOKIE = "rapporteur_reader"
_COOKIE_AGE_S = 400 * 24 * 3600
_MIN_NAME_CHARS = 16


def served_for(request: Request, library: str = "") -> AppState:
    """The library that an address names, the first where it names none."""
    return request.app.state.libraries.get(library)


def owner_of(request: Request, response: Response) -> str:
    """The random name of the browser that asks, given on its first visit."""
    name = request.cookies.get(_COOKIE, "")
    if len(name) < _MIN_NAME_CHARS:
        earlier = request.cookies.get(_EARLIER_COOKIE, "")
        name = earlier if len(earlier) >= _MIN_NAME_CHARS else secrets.token_urlsafe(18)
        response.set_cookie(_COOKIE, name, max_age=_COOKIE_AGE_S, httponly=True, samesite="strict")
    return name


def spoken_to(request: Request) -> Words:
    """The page's sentences in the browser's language."""
    return words_for(request)


At = Annotated[AppState, Depends(served_for)]
Owner = Annotated[str, Depends(owner_of)]
Spoken = Annotated[Words, Depends(spoken_to)]
