"""A FastAPI application with a route of its own, and On Record's whole API below /records:  uvicorn fastapi_app:app"""

from fastapi import FastAPI

from onrecord.rag import open_library
from onrecord.ui.http.api import build_api

library = open_library("library")
app = FastAPI(title="Host")
app.mount("/records", build_api(library))  # /records/api/ask, /records/v1/chat/completions, /records/mcp, /records/docs


@app.get("/titles")
def titles() -> list[str]:
    """A route of the application's own, beside those of the records."""
    return [listing.title for listing in library.documents()]
