"""Errors over HTTP: problem details (RFC 9457), each of a kind that programs can tell apart.

A problem's `type` is "urn:onrecord:problem:KIND" with a kind of `KINDS`; `detail` is fit to be shown to a person.
Under /v1 it also carries OpenAI's `error`, so that OpenAI's clients show what is wrong.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ...vectorstore.errors import (
    CatalogueDamaged,
    InputError,
    LexicalDamaged,
    LibraryBusy,
    LibraryError,
    ModelError,
    OnRecordError,
)
from ..language import language_of_request, told

MEDIA_TYPE = "application/problem+json"
KINDS: Mapping[str, tuple[int, str]] = {
    "malformed": (400, "The request cannot be read"),
    "key-missing": (401, "An API key is needed"),
    "key-unknown": (401, "The API key is not known"),
    "key-revoked": (401, "The API key has been revoked"),
    "key-expired": (401, "The API key has expired"),
    "key-scope": (403, "The API key may not do this"),
    "user-unknown": (403, "The proxy names nobody who has an account"),
    "local-only": (403, "Without API keys this is open to this machine only"),
    "foreign-origin": (403, "Pages of other origins may not call this server"),
    "not-found": (404, "Not found"),
    "method": (405, "The method is not allowed"),
    "too-slow": (408, "The body took too long"),
    "busy": (409, "Another process is writing to the library"),
    "too-large": (413, "The body is too large"),
    "media-type": (415, "The content type is not supported"),
    "invalid": (422, "The request cannot be used"),
    "unreadable": (422, "None of the documents could be read"),
    "too-many": (429, "Too many requests"),
    "internal": (500, "Something went wrong inside the program"),
    "model": (502, "The language model does not answer"),
    "library": (503, "The library cannot be used"),
    "not-kept": (507, "The upload could not be kept"),
}
_BY_STATUS = {status: kind for kind, (status, _) in reversed(KINDS.items())}
_log = logging.getLogger("onrecord.http")


class Problem(HTTPException):
    """An error to be told over HTTP: a kind of `KINDS`, and what there is to say of this one.

    It is one of Starlette's own exceptions, because FastAPI lets only those pass while a body is read.
    """

    def __init__(self, kind: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(KINDS[kind][0], detail, dict(headers or {}))
        self.kind = kind
        self.more = more

    def as_json(self, path: str, request_id: str | None) -> dict[str, Any]:
        """Problem details for a request to `path`."""
        shape = {
            "type": f"urn:onrecord:problem:{self.kind}",
            "title": KINDS[self.kind][1],
            "status": self.status_code,
            "detail": self.detail,
            "instance": path,
            "request_id": request_id,
            **self.more,
        }
        if path.startswith("/v1/"):
            shape["error"] = {"message": self.detail, "type": self.kind, "code": self.kind, "param": None}
        return shape

    def response(self, path: str, request_id: str | None) -> Response:
        """The HTTP response that tells it."""
        body = json.dumps(self.as_json(path, request_id), ensure_ascii=False)
        return Response(body, status_code=self.status_code, media_type=MEDIA_TYPE, headers=self.headers)


def as_problem(error: Exception, language: str = "en") -> Problem:
    """What an error is over HTTP; one that was not meant for people says only that something went wrong.

    What is wrong with a question is told in the language given.
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, LibraryBusy):
        return Problem("busy", str(error), headers={"Retry-After": "5"})
    if isinstance(error, (CatalogueDamaged, LexicalDamaged)):  # which file it is concerns who runs the server: the log
        return Problem("internal", "The library is damaged. The program's log says where.")
    for kind, family in (("invalid", InputError), ("library", LibraryError), ("model", ModelError)):
        if isinstance(error, family):
            return Problem(kind, told(error, language))
    if isinstance(error, RequestValidationError):
        return _unusable(error.errors())
    if isinstance(error, HTTPException):
        return _of_status(error)
    return Problem("internal", "The program's log says where. The request can be sent again.")


def tell_problems(app: FastAPI) -> None:
    """Makes an application tell every error as a problem."""

    def tell(request: Request, error: Exception) -> Response:
        problem = as_problem(error, language_of_request(request))
        if problem.kind == "internal":
            _log.error("%s %s failed", request.method, route_of(request.scope), exc_info=error)
        return problem.response(path_of(request.scope), request.scope.get("request_id"))

    for family in (Problem, OnRecordError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(family, tell)


def path_of(scope: Mapping[str, Any]) -> str:
    """The path of a request within this application, wherever it is mounted."""
    return scope["path"].removeprefix(scope.get("root_path", "")) or "/"


def route_of(scope: Mapping[str, Any]) -> str:
    """The path pattern of the route that took a request; ids and what people write never stand in it."""
    return getattr(scope.get("route"), "path", None) or getattr(scope.get("route"), "path_format", None) or "other"


def _unusable(faults: Sequence[Any]) -> Problem:
    """What was wrong with a request, place by place, without repeating what was sent."""
    if any(fault["type"] == "json_invalid" for fault in faults):
        return Problem("malformed", "The body is not JSON.")
    errors = [{"at": ".".join(map(str, fault["loc"])), "says": fault["msg"]} for fault in faults]
    told = "; ".join(f"{error['at']}: {error['says']}" for error in errors[:3])
    return Problem("invalid", f"{told}.", errors=errors)


def _of_status(error: HTTPException) -> Problem:
    kind = _BY_STATUS.get(error.status_code, "internal" if error.status_code >= 500 else "malformed")
    says = {
        "not-found": "Nothing is there. The paths are listed at /docs",
        "method": "This method is not for this path. The paths are listed at /docs",
        "malformed": "The body cannot be read as its content type says.",
    }
    return Problem(kind, says.get(kind, str(error.detail)), headers=error.headers)
