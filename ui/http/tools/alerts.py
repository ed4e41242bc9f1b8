"""The HTTP API's routes of alerts: what is watched, and what is new of it as a feed or as JSON."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from ....rag.tools.alerts.delivery import (
    AlertOut,
    AlertsOut,
    NewsOut,
    alert_json,
    alerts_json,
    as_atom,
    entry_json,
)
from .. import schema as shapes
from ..schema import problems
from ..service import Served

ATOM = "application/atom+xml"
_Key = Annotated[str, Path(pattern=r"^[0-9a-f]{1,32}$", description="the id of an alert")]
_Which = Annotated[str | None, Query(pattern=r"^[0-9a-f]{1,32}$", description="one alert, by its id; without it, all")]
routes = APIRouter(prefix="/api/alerts", tags=["Alerts"])


@routes.get("", response_model=AlertsOut, responses=problems(422, 503))
def list_alerts(service: Served) -> AlertsOut:
    """What is watched."""
    return alerts_json(service.library.alerts().all())


@routes.post("", response_model=AlertOut, responses=problems(422, 503))
def watch(asked: shapes.AlertIn, service: Served) -> AlertOut:
    """Watches a question, a speaker or a register from now on; `onrecord alerts run` posts what is new to `webhook`."""
    return alert_json(service.library.alerts().add(asked.subject(), webhook=asked.webhook))


@routes.delete("/{key}", response_model=AlertOut, responses=problems(422, 503))
def unwatch(key: _Key, service: Served) -> AlertOut:
    """Watches it no more."""
    return alert_json(service.library.alerts().remove(key))


@routes.get("/news", response_model=NewsOut, responses=problems(422, 503))
def list_news(service: Served, alert: _Which = None) -> NewsOut:
    """What is new since it is watched, the latest first; the last 200."""
    watched = service.library.alerts()
    watched.look([alert] if alert else ())
    return {"news": list(map(entry_json, watched.entries(alert)))}


@routes.get(
    "/feed",
    response_class=Response,
    responses=problems(422, 503)
    | {200: {"description": "The feed", "content": {ATOM: {"schema": {"type": "string"}}}}},
)
def feed(service: Served, alert: _Which = None) -> Response:
    """The same as an Atom feed."""
    watched = service.library.alerts()
    watched.look([alert] if alert else ())
    title = watched.alert(alert).subject.title if alert else "On Record"
    return Response(as_atom(watched.entries(alert), title, alert or "all"), media_type=ATOM)
