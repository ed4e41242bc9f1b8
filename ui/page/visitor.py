"""Who asks for what: the library an address names, the browser by its cookie, its language."""

import secrets
from typing import Annotated

from fastapi import Depends, Request, Response

from ..access.caller import caller_of
from .libraries import AppState
from .words import Words, words_for

_COOKIE = "onrecord_reader"
_EARLIER_COOKIE = "rapporteur_reader"
_COOKIE_AGE_S = 400 * 24 * 3600
_MIN_NAME_CHARS = 16
_ACCOUNT = "user "


def served_for(request: Request, library: str = "") -> AppState:
    """The library that an address names, the first where it names none, as who asks may read it."""
    return request.app.state.libraries.get(library).seen_by(caller_of(request.scope))


def owner_of(request: Request, response: Response) -> str:
    """Whose conversations, notebook and keys are meant: the account's, else those of the browser that asks, by a random
    name given on its first visit. Who may read a part only has others in the same browser."""
    caller = caller_of(request.scope)
    if caller.id.startswith(_ACCOUNT):
        return caller.id
    name = request.cookies.get(_COOKIE, "")
    if len(name) < _MIN_NAME_CHARS:
        earlier = request.cookies.get(_EARLIER_COOKIE, "")
        name = earlier if len(earlier) >= _MIN_NAME_CHARS else secrets.token_urlsafe(18)
        response.set_cookie(_COOKIE, name, max_age=_COOKIE_AGE_S, httponly=True, samesite="strict")
    return name if caller.collections is None else f"{name} {caller.id}"


def spoken_to(request: Request) -> Words:
    """The page's sentences in the browser's language."""
    return words_for(request)


At = Annotated[AppState, Depends(served_for)]
Owner = Annotated[str, Depends(owner_of)]
Spoken = Annotated[Words, Depends(spoken_to)]
