"""Counts the statements that reach a database."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from taskly.kernel.db import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that this task executes while the block runs, as they are.

    What the application does at the same time in the background is none of the block's doing.
    """
    seen: list[str] = []
    mine = asyncio.current_task()

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if asyncio.current_task() is mine and not statement.startswith("BEGIN"):
            seen.append(statement)

    engines = [database.writer.sync_engine, database.reader.sync_engine]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
