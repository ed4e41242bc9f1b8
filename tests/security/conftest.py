"""A served library with one record, called from this machine and from elsewhere."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from onrecord.rag.library import Library
from onrecord.ui.app import build_app
from onrecord.ui.http.api import ApiOptions
from onrecord.ui.http.keys import Keys

from ..ui.conftest import browser, notes, own_library  # noqa: F401

HERE = "127.0.0.1"
ELSEWHERE = "203.0.113.9"
Calls = Callable[..., TestClient]


@pytest.fixture
def keys(own_library: Library) -> Keys:  # noqa: F811
    return Keys(own_library.store.folder)


@pytest.fixture
def calls(own_library: Library) -> Calls:  # noqa: F811
    """Makes a client of the whole server; `address` is where it seems to call from."""

    def client(address: str = HERE, options: ApiOptions | None = None, scheme: str = "http") -> TestClient:
        host = "127.0.0.1:7860" if address == HERE else "records.example"
        app = build_app(own_library, options=options)
        base, client = f"{scheme}://{host}", (address, 50000)
        return TestClient(app, base, client=client, raise_server_exceptions=False, follow_redirects=False)

    return client


def bearer(told: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {told}"}


def kind_of(response) -> str:
    """The kind of problem that a response tells."""
    assert response.headers["content-type"] == "application/problem+json", response.text[:200]
    return response.json()["type"].rsplit(":", 1)[1]
