"""What people do with checklists; the card's face counts their items."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, delete, func, insert, select, update

from taskly.boards import faces
from taskly.boards.access import (
    Access,
    HeldBoard,
    board_of_card,
    board_of_checklist,
    board_of_item,
    hold,
    shown_card,
)
from taskly.boards.checklists.schemas import ItemEdit, ItemNew
from taskly.boards.models import Card, Checklist, ChecklistItem
from taskly.boards.placing import BOTTOM, ITEMS, Order, keys_at
from taskly.boards.rank import LONGEST
from taskly.boards.recording import record
from taskly.kernel.clock import now
from taskly.kernel.db import Tx
from taskly.kernel.edits import stamp
from taskly.kernel.ids import new_id

CHECKLISTS = Order(Checklist, "card_id")
CHECKLIST_COLUMNS = tuple(c.label(f"checklist_{c.name}") for c in Checklist.__table__.c)
ITEM_COLUMNS = tuple(c.label(f"item_{c.name}") for c in ChecklistItem.__table__.c)


async def add_checklist(tx: Tx, access: Access, card_id: UUID, title: str) -> dict[str, Any]:
    """Add an empty checklist below the others of a card."""
    low, high = CHECKLISTS.gap(card_id, BOTTOM)
    held, row = await hold(
        tx,
        access,
        board_of_card(card_id),
        *faces.HELD_CARD_COLUMNS,
        low,
        high,
        joins=shown_card(card_id),
    )
    values = {
        "id": new_id(),
        "card_id": card_id,
        "title": title,
        "rank": keys_at(row, BOTTOM)[0],
    }
    await tx.execute(insert(Checklist).values(**values))
    changes = {"checklist": [None, title]}
    await _count(tx, access, held, row, "checklist.added", changes)
    return {**values, "items": []}


async def rename_checklist(
    tx: Tx, access: Access, checklist_id: UUID, title: str
) -> dict[str, Any]:
    """Give a checklist another title; its items are not part of the answer."""
    held, row, checklist = await _hold_checklist(tx, access, checklist_id)
    if title != checklist["title"]:
        await tx.execute(update(Checklist).where(Checklist.id == checklist_id).values(title=title))
        changes = {"checklist": [checklist["title"], title]}
        await _count(tx, access, held, row, "checklist.renamed", changes)
    return {**checklist, "title": title}


async def delete_checklist(tx: Tx, access: Access, checklist_id: UUID) -> None:
    """Take a checklist off its card, with its items."""
    of_it = ChecklistItem.checklist_id == checklist_id
    counts = (
        select(func.count()).where(of_it).scalar_subquery().label("total"),
        select(func.count()).where(of_it, ChecklistItem.done).scalar_subquery().label("done"),
    )
    held, row, checklist = await _hold_checklist(tx, access, checklist_id, *counts)
    await tx.execute(delete(ChecklistItem).where(of_it))
    await tx.execute(delete(Checklist).where(Checklist.id == checklist_id))
    changes = {"checklist": [checklist["title"], None]}
    await _count(
        tx,
        access,
        held,
        row,
        "checklist.deleted",
        changes,
        total=-row.total,
        done=-row.done,
    )


async def add_item(tx: Tx, access: Access, checklist_id: UUID, new: ItemNew) -> dict[str, Any]:
    """Add a step to a checklist. Raises `Invalid` (`bad_place`) for a neighbour that is not in it."""
    low, high = ITEMS.gap(checklist_id, new.place)
    held, row, _ = await _hold_checklist(tx, access, checklist_id, low, high)
    key = keys_at(row, new.place)[0]
    values: dict[str, Any] = {
        "id": new_id(),
        "checklist_id": checklist_id,
        "text": new.text,
        "done": False,
        "rank": key,
    }
    await tx.execute(insert(ChecklistItem).values(**values))
    if len(key) > LONGEST:
        values["rank"] = (await ITEMS.rekey(tx, checklist_id))[values["id"]]
    changes = {"item": [None, new.text]}
    await _count(tx, access, held, row, "checklist.item_added", changes, total=+1)
    return values


async def edit_item(tx: Tx, access: Access, item_id: UUID, edit: ItemEdit) -> dict[str, Any]:
    """Change a step's text, tick it or untick it."""
    held, row, item = await _hold_item(tx, access, item_id)
    wanted = edit.model_dump(exclude_unset=True)
    values = {name: value for name, value in wanted.items() if item[name] != value}
    if not values:
        return item
    await tx.execute(update(ChecklistItem).where(ChecklistItem.id == item_id).values(**values))
    after = {**item, **values}
    changes = {"item": [item["text"], after["text"]]}
    event, step = "checklist.item_edited", 0
    if "done" in values:
        event = "checklist.item_done" if after["done"] else "checklist.item_undone"
        step = 1 if after["done"] else -1
        changes["done"] = [item["done"], after["done"]]
    await _count(tx, access, held, row, event, changes, done=step)
    return after


async def delete_item(tx: Tx, access: Access, item_id: UUID) -> None:
    """Take a step out of its checklist."""
    held, row, item = await _hold_item(tx, access, item_id)
    await tx.execute(delete(ChecklistItem).where(ChecklistItem.id == item_id))
    changes = {"item": [item["text"], None]}
    done = -1 if item["done"] else 0
    await _count(tx, access, held, row, "checklist.item_deleted", changes, total=-1, done=done)


async def _hold_checklist(
    tx: Tx, access: Access, checklist_id: UUID, *columns: Any
) -> tuple[HeldBoard, Row[Any], dict[str, Any]]:
    card_of = (
        select(Checklist.card_id)
        .where(Checklist.id == checklist_id)
        .correlate(None)
        .scalar_subquery()
    )
    held, row = await hold(
        tx,
        access,
        board_of_checklist(checklist_id),
        *faces.HELD_CARD_COLUMNS,
        *CHECKLIST_COLUMNS,
        *columns,
        joins=[
            *shown_card(card_of),
            (Checklist, and_(Checklist.card_id == Card.id, Checklist.id == checklist_id)),
        ],
    )
    return held, row, _part(row, "checklist_", Checklist)


async def _hold_item(
    tx: Tx, access: Access, item_id: UUID
) -> tuple[HeldBoard, Row[Any], dict[str, Any]]:
    of_it = ChecklistItem.id == item_id
    card_of = (
        select(Checklist.card_id)
        .join(ChecklistItem, ChecklistItem.checklist_id == Checklist.id)
        .where(of_it)
        .correlate(None)
        .scalar_subquery()
    )
    held, row = await hold(
        tx,
        access,
        board_of_item(item_id),
        *faces.HELD_CARD_COLUMNS,
        *ITEM_COLUMNS,
        joins=[
            *shown_card(card_of),
            (Checklist, Checklist.card_id == Card.id),
            (ChecklistItem, and_(ChecklistItem.checklist_id == Checklist.id, of_it)),
        ],
    )
    return held, row, _part(row, "item_", ChecklistItem)


def _part(
    row: Row[Any], prefix: str, model: type[Checklist] | type[ChecklistItem]
) -> dict[str, Any]:
    return {c.name: row._mapping[prefix + c.name] for c in model.__table__.c}


async def _count(
    tx: Tx,
    access: Access,
    held: HeldBoard,
    row: Row[Any],
    event: str,
    changes: dict[str, Any],
    *,
    total: int = 0,
    done: int = 0,
) -> None:
    card = dict(row._mapping)
    values = {
        "checklist_total": card["checklist_total"] + total,
        "checklist_done": card["checklist_done"] + done,
        "updated_at": now(),
    } | stamp(card, {})
    await tx.execute(update(Card).where(Card.id == card["id"]).values(**values))
    record(tx, access, held, event, {**card, **values}, changes)
