"""A route that says nothing about who may call it stops the start."""

from typing import Any

import pytest
from fastapi import Depends, FastAPI

from taskly.accounts.auth import PUBLIC, SIGNED_IN
from taskly.kernel.capability import route_capabilities


async def nothing() -> None:
    """Serves."""


def app_with(*dependencies: Any) -> FastAPI:
    app = FastAPI()
    app.get("/thing", dependencies=[Depends(one) for one in dependencies])(nothing)
    return app


def test_route_without_capability_is_named() -> None:
    with pytest.raises(RuntimeError, match="GET /thing"):
        route_capabilities(app_with())


def test_route_with_two_capabilities_is_named() -> None:
    with pytest.raises(RuntimeError, match="GET /thing"):
        route_capabilities(app_with(PUBLIC, SIGNED_IN))


def test_walk_finds_the_declared_capability() -> None:
    assert route_capabilities(app_with(PUBLIC)) == {("GET", "/thing"): "public"}


def test_whole_application_declares_every_route(taskly_app: FastAPI) -> None:
    found = route_capabilities(taskly_app)

    assert found["GET", "/api/v1/boards/{board_id}"] == "board.view"
    assert found["DELETE", "/api/v1/boards/{board_id}"] == "board.delete"
    assert found["PATCH", "/api/v1/users/{user_id}"] == "superuser"
    assert len(found) > 60
