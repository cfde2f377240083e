"""Writes an import: bulk inserts and the events that tell of them, all in the caller's transaction."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, insert, update

from taskly.boards.access import Access
from taskly.boards.imports.batches import COUNTERS, Batch
from taskly.boards.imports.known import SOURCE, stored_id
from taskly.boards.models import (
    Attachment,
    Card,
    CardAssignee,
    CardList,
    Checklist,
    ChecklistItem,
    Comment,
    ImportedThing,
    Label,
)
from taskly.kernel.db import Base, Tx
from taskly.kernel.events import MOST_UPSERTS, HeldStream, Patch, append

ROWS_AT_ONCE = 500
# As a plain table: the ORM's own bulk update wants to choose the rows by itself.
CARDS = cast("Table", Card.__table__)
TABLES: tuple[tuple[str, type[Base]], ...] = (
    ("labels", Label),
    ("lists", CardList),
    ("cards", Card),
    ("card_assignees", CardAssignee),
    ("comments", Comment),
    ("checklists", Checklist),
    ("checklist_items", ChecklistItem),
    ("attachments", Attachment),
    ("imported_things", ImportedThing),
)


class Telling:
    """Gathers what was written into as few events as their size allows.

    The last one is `board.imported`, the one that is for people and for whoever follows boards; the
    others only carry what does not fit into it.
    """

    def __init__(self, tx: Tx, access: Access, stream: HeldStream, patch: Patch) -> None:
        self._tx = tx
        self._access = access
        self._stream = stream
        self._patch = patch
        self._size = len(patch.upsert)

    def tell(self, shown: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Add entities; full events are appended on the way."""
        for part, entity in shown:
            if self._size >= MOST_UPSERTS:
                self._append("cards.imported", {})
            self._patch.put(part, entity)
            self._size += 1

    def finish(self, changes: dict[str, Any]) -> None:
        """Append the last event."""
        self._append("board.imported", changes)

    def _append(self, event: str, changes: dict[str, Any]) -> None:
        append(
            self._tx,
            self._stream,
            event,
            actor_id=self._access.user_id,
            op=self._access.actor.op,
            patch=self._patch,
            subject_id=self._stream.id,
            changes=changes,
        )
        self._patch, self._size = Patch(), 0


async def write_batch(tx: Tx, batch: Batch) -> None:
    """Insert the rows of a batch, table by table."""
    for name, model in TABLES:
        rows: list[dict[str, Any]] = getattr(batch, name)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            await tx.execute(insert(model), rows[start : start + ROWS_AT_ONCE])
    if batch.counters:
        columns = ("version", "updated_at", *COUNTERS)
        await tx.execute(
            update(CARDS)
            .where(CARDS.c.id == bindparam("card"))
            .values({name: bindparam(name) for name in columns}),
            batch.counters,
        )


async def remember_board(tx: Tx, access: Access, external_id: str, board_id: UUID) -> None:
    """Remember what the export's board was made into; clashes while the same import is running."""
    await tx.execute(
        insert(ImportedThing).values(
            importer_id=access.user_id,
            source=SOURCE,
            external_id=stored_id(external_id),
            kind="boards",
            board_id=board_id,
            entity_id=board_id,
        )
    )


async def forget_board(tx: Tx, access: Access, board_id: UUID) -> None:
    """Forget an earlier import whose board is gone."""
    await tx.execute(
        delete(ImportedThing).where(
            ImportedThing.importer_id == access.user_id,
            ImportedThing.source == SOURCE,
            ImportedThing.board_id == board_id,
        )
    )
