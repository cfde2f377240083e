"""Taskly's own database: backups while it is in use, and its upkeep."""

import asyncio
import contextlib
import gzip
import sqlite3
from pathlib import Path

import pytest

from taskly.kernel.settings import Settings
from tests.application import client_of, database_address, running, sign_up
from tests.jobs.conftest import House
from tests.jobs.database.shops import fetched
from tests.make.jobs import done


async def test_backup_is_whole_while_people_write(house: House, db: str, tmp_path: Path) -> None:
    board = await house.boss.board("Busy")
    column = await house.boss.list(board)
    before = [(await house.boss.card(column, f"before {number}"))["id"] for number in range(20)]

    async def write() -> None:
        for number in range(10_000):
            await house.boss.card(column, f"during {number}")

    writing = asyncio.create_task(write())
    over = await done(house.boss, "backup")
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing

    assert over["state"] == "succeeded", over["error"]
    kept = await fetched(house.boss, over, "backup")
    if db == "postgres":
        assert kept.startswith(b"PGDMP")
        return
    content = gzip.decompress(kept)
    if db == "mariadb":
        assert all(card.replace("-", "").encode() in content.replace(b"-", b"") for card in before)
        assert b"-- Dump completed" in content
        return
    copy = tmp_path / "copy.db"
    await asyncio.to_thread(copy.write_bytes, content)
    assert set(await asyncio.to_thread(titles, copy)) >= {
        f"before {number}" for number in range(20)
    }


def titles(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [title for (title,) in connection.execute("SELECT title FROM cards")]


async def test_backup_without_its_tool_says_which_one(
    db: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db == "sqlite":
        pytest.skip("SQLite needs no tool")
    settings = Settings.model_validate(
        {"data_dir": tmp_path, "database_url": database_address(request), "log_level": "warning"}
    )
    # The processes of jobs have the environment in which the server was started.
    monkeypatch.setenv("PATH", "/nowhere")
    async with running(settings) as app, client_of(app) as client:
        over = await done(await sign_up(client, "boss"), "backup")

    assert over["state"] == "failed"
    assert over["error"]["code"] == "tool_missing"


@pytest.mark.parametrize("compact", [True, False])
async def test_maintenance_says_what_it_did(house: House, compact: bool) -> None:
    over = await done(house.boss, "maintenance", {"compact": compact})

    assert over["state"] == "succeeded", over["error"]
    assert over["result"]["steps"] >= 1
    assert over["result"]["bytes_after"] > 0
    # Everything goes on as before.
    await house.boss.board("After")
