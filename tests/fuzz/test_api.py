"""Generated requests against every operation of the OpenAPI document: never a failure of the server,
never an answer that the document does not tell of.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.core.failures import Failure, FailureGroup

from tests.application import sign_up
from tests.make.world import make_world
from tests.servers.api import ApiProcess

# It makes its own SQLite database: what is fuzzed here is the same on every other.
pytestmark = pytest.mark.sqlite_only

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
SMOKE, LONG = 3, 25
# These end the session or the account that the other requests are made with.
ENDING = {"log_out", "log_out_everywhere", "change_password", "end_session", "deactivate_user"}


@dataclass(frozen=True)
class Served:
    """A real server, somebody who is signed in at it, and the ids of what they have there."""

    url: str
    token: str
    ids: dict[str, str]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application on a port of its own, with one of everything in it."""
    folder = tmp_path_factory.mktemp("fuzz")
    # Not in this process: Hypothesis takes a draw by the server's threads for one by its strategies.
    environment = {"TASKLY_DATA_DIR": str(folder), "TASKLY_LOG_LEVEL": "error"}
    server = ApiProcess(environment, folder / "server.log")
    server.launch()
    try:
        asyncio.run(server.answers())
        yield asyncio.run(_furnished(f"http://{server.address}"))
    finally:
        server.kill()


async def _furnished(url: str) -> Served:
    transport = httpx.AsyncHTTPTransport(retries=50)
    async with httpx.AsyncClient(base_url=url, transport=transport, timeout=60) as http:
        # The first account manages the installation and could deactivate itself; the second works.
        await sign_up(http, "first")
        anna, bob = await sign_up(http, "anna"), await sign_up(http, "bob")
        world = await make_world(anna, bob, "Fuzzed")
        return Served(url, anna.token, world.ids)


@pytest.fixture(scope="module")
def schema(served: Served) -> Any:
    """The document as the server hands it out."""
    return schemathesis.openapi.from_url(f"{served.url}/api/v1/openapi.json")


def aimed(case: Any, ids: dict[str, str]) -> Any:
    """A generated request with the ids of things that exist, so that it gets past the first look."""
    for name in case.path_parameters or {}:
        if name in ids:
            case.path_parameters[name] = ids[name]
    for part in (case.body, case.query):
        if isinstance(part, dict):
            part.update({name: ids[name] for name in ("board_id", "list_id") if name in part})
    return case


def takes_away(operation: Any) -> bool:
    """Tells the operations that come last, for the others need what they take away."""
    return bool(operation.method.upper() == "DELETE")


def failures(schema: Any, served: Served, examples: int) -> tuple[int, list[str]]:
    """How many operations were sent generated requests, and what was wrong with the answers."""
    headers = {"Authorization": f"Bearer {served.token}"}
    wrong: list[str] = []
    found = [result.ok() for result in schema.get_all_operations()]
    chosen = [one for one in found if one.definition.raw["operationId"] not in ENDING]
    for operation in sorted(chosen, key=takes_away):
        good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        real = good.map(lambda case: aimed(case, served.ids))
        strategy = real | good
        if operation.body or operation.query or operation.path_parameters:
            strategy |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def send(case: Any) -> None:
            case.call_and_validate(checks=CHECKS, headers=headers, timeout=60)

        try:
            send()
        except FailureGroup as group:
            wrong += [f"{operation.label}: {failure}" for failure in group.exceptions]
        except Failure as failure:
            wrong.append(f"{operation.label}: {failure}")
    return len(chosen), wrong


def test_few_requests_to_every_operation_find_nothing(schema: Any, served: Served) -> None:
    count, wrong = failures(schema, served, SMOKE)

    assert wrong == []
    assert count > 50


@pytest.mark.fuzz
def test_many_requests_to_every_operation_find_nothing(schema: Any, served: Served) -> None:
    _, wrong = failures(schema, served, LONG)

    assert wrong == []


def test_checks_notice_an_answer_that_is_not_documented(served: Served) -> None:
    path = "/api/v1/boards/{board_id}"
    document = httpx.get(f"{served.url}/api/v1/openapi.json").json()
    del document["paths"][path]["get"]["responses"]["401"]
    operation = schemathesis.openapi.from_dict(document)[path]["GET"]
    case = operation.Case(path_parameters={"board_id": served.ids["board_id"]})

    with pytest.raises((Failure, FailureGroup), match="401"):
        case.call_and_validate(base_url=served.url, checks=CHECKS, timeout=60)
