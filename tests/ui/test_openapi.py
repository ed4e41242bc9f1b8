"""Schemathesis against the running server's own OpenAPI description: no 5xx, nothing that was not described."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import InvalidArgument, Unsatisfiable
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from onrecord.rag import open_library
from onrecord.ui.http.api import ApiOptions, build_api
from onrecord.ui.http.gate import Rules
from onrecord.ui.http.keys import Keys

from ..fakes import HashEmbedder
from ..rag.records import write_records
from .served import served

pytestmark = pytest.mark.slow

EXAMPLES = 10
"""Requests made up for each route and mode; more find more, and take longer."""
OPEN = {"GET /healthz"}
"""What anybody may ask: whether the server runs."""
_EXCLUDED = [positive_data_acceptance, ignored_auth]
"""A question of marks only is JSON and no question; and calls without a key are tested where keys are."""


@pytest.fixture(scope="module")
def served_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a server, and a key that opens everything."""
    folder: Path = tmp_path_factory.mktemp("openapi")
    with open_library(folder / "library", embedder=HashEmbedder()) as library:
        library.ingest([write_records(folder / "records")])
        _, key = Keys(library.store.folder).create("all", ["admin"])
        with served(build_api(library, ApiOptions(rules=Rules(requests_per_minute=0)))) as address:
            yield address, key
    shutil.rmtree(folder, ignore_errors=True)


def test_every_route_keeps_to_its_description(served_api: tuple[str, str]) -> None:
    address, key = served_api
    described = httpx.get(f"{address}/openapi.json", headers={"Authorization": f"Bearer {key}"}).json()
    for operation in (one for path in described["paths"].values() for one in path.values()):
        operation.pop("security", None)  # the key is sent each time: a request without one is not among those made up
    schema = schemathesis.openapi.from_dict(described)
    schema.config.update(base_url=address)
    checked = [_check(found.ok(), f"Bearer {key}") for found in schema.get_all_operations()]
    assert len(checked) == 34


def test_whoever_has_no_key_gets_nothing_from_any_route(served_api: tuple[str, str]) -> None:
    address, key = served_api
    described = httpx.get(f"{address}/openapi.json", headers={"Authorization": f"Bearer {key}"}).json()
    schema = schemathesis.openapi.from_dict(described)
    schema.config.update(base_url=address)
    answered = {found.ok().label for found in schema.get_all_operations() if _lets_in(found.ok())}
    assert answered == OPEN


def _lets_in(operation: Any) -> bool:
    """Whether a route does anything for requests without a key that fit its description."""
    codes: set[int] = set()

    @settings(
        max_examples=3, deadline=None, database=None, derandomize=True,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def send(case: schemathesis.Case) -> None:
        codes.add(case.call(headers={"Authorization": ""}).status_code)

    send()
    return not codes <= {401, 413}


def _check(operation: Any, authorization: str) -> str:
    """Sends made-up requests to one route: such as fit the description, and such as do not."""
    for mode in schemathesis.GenerationMode:
        examples = 2 if operation.label == "POST /api/documents" else EXAMPLES  # each starts processes that read

        @settings(
            max_examples=examples, deadline=None, database=None, derandomize=True,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: schemathesis.Case) -> None:
            reply = case.call(headers={"Authorization": authorization})
            if reply.status_code != 413:  # a body that is too long is turned away before anything in it is looked at
                case.validate_response(reply, excluded_checks=_EXCLUDED)

        try:
            send()
        except (InvalidArgument, Unsatisfiable):
            continue  # a route without parameters cannot be called wrongly
    return operation.label
