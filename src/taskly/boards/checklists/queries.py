"""Reads of checklists."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from taskly.boards.models import Checklist, ChecklistItem
from taskly.kernel.db import ReadTx


async def checklists_of(tx: ReadTx, card_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """The checklists of these cards, card by card in their order, with their items; one statement."""
    if not card_ids:
        return []
    rows = await tx.all(
        select(
            Checklist.id,
            Checklist.card_id,
            Checklist.title,
            Checklist.rank,
            ChecklistItem.id.label("item_id"),
            ChecklistItem.text,
            ChecklistItem.done,
            ChecklistItem.rank.label("item_rank"),
        )
        .outerjoin(ChecklistItem, ChecklistItem.checklist_id == Checklist.id)
        .where(Checklist.card_id.in_(card_ids))
        .order_by(Checklist.card_id, Checklist.rank, ChecklistItem.rank)
    )
    found: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        whole = {name: row._mapping[name] for name in ("id", "card_id", "title", "rank")}
        items = found.setdefault(row.id, whole | {"items": []})["items"]
        if row.item_id is not None:
            items.append(
                {"id": row.item_id, "text": row.text, "done": row.done, "rank": row.item_rank}
            )
    return list(found.values())
