"""Negative control of order: without the lock on a board's stream, the checkers fail."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import Select, or_, select

from taskly.boards import access
from taskly.kernel.db import Tx
from taskly.kernel.events import HeldStream, Stream, _hold
from tests.application import sign_up
from tests.make.boards import as_folded, fold

pytestmark = pytest.mark.fault


async def read_without_lock(tx: Tx, *targets: UUID | Select[Any]) -> list[HeldStream]:
    """What `lock_streams` does, short of locking."""
    wanted = [
        Stream.id == (target if isinstance(target, UUID) else target.scalar_subquery())
        for target in targets
    ]
    rows = await tx.all(select(Stream.id, Stream.seq, Stream.serial).where(or_(*wanted)))
    return [_hold(tx, HeldStream(row.id, row.seq, row.serial)) for row in rows]


async def test_writers_collide_once_the_lock_is_taken_away(
    db: str, taskly_app: FastAPI, http: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db == "sqlite":
        pytest.skip("SQLite has a single writer, with the lock or without")
    anna = await sign_up(http, "anna")
    board = await anna.board()
    column = await anna.list(board)
    monkeypatch.setattr(access, "lock_streams", read_without_lock)

    body = {"list_id": column["id"], "title": "Collides"}
    answers = await asyncio.gather(*(anna.call("POST", "/cards", json=body) for _ in range(24)))

    made = [answer for answer in answers if answer.status_code == 201]
    snapshot = await anna.snapshot(board)
    kept_promises = (
        len(made) == len(answers)
        and len(snapshot["cards"]) == len(made)
        and fold(await anna.events(board)) == as_folded(snapshot)
    )
    assert not kept_promises
