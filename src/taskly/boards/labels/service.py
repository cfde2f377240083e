"""What people do with labels."""

from typing import Any
from uuid import UUID

from sqlalchemy import Text, delete, func, insert, select, type_coerce, update

from taskly.boards import faces
from taskly.boards.access import Access, HeldBoard, board_of_label, hold, on_board
from taskly.boards.labels.schemas import LabelEdit, LabelNew
from taskly.boards.models import Card, CardList, Label
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx, Tx
from taskly.kernel.edits import differences, stamp
from taskly.kernel.errors import Conflict
from taskly.kernel.events import Patch, append
from taskly.kernel.ids import new_id

MOST_LABELS = 500


async def create_label(tx: Tx, access: Access, new: LabelNew) -> dict[str, Any]:
    """Add a label to a board."""
    count = select(func.count()).select_from(Label).where(Label.board_id == new.board_id)
    held, row = await hold(tx, access, new.board_id, count.scalar_subquery().label("already"))
    if row.already >= MOST_LABELS:
        raise Conflict("too_many_labels", limit=MOST_LABELS)
    values: dict[str, Any] = {
        "id": new_id(),
        "board_id": held.id,
        "name": new.name,
        "color": new.color,
    }
    await tx.execute(insert(Label).values(**values))
    changes = {"name": [None, new.name]}
    _record(tx, access, held, "label.created", values, changes, Patch().put("labels", values))
    return values


async def edit_label(tx: Tx, access: Access, label_id: UUID, edit: LabelEdit) -> dict[str, Any]:
    """Rename or recolour a label; its cards follow by themselves."""
    held, before = await _hold_label(tx, access, label_id)
    wanted = edit.model_dump(exclude_unset=True)
    changed = {name: value for name, value in wanted.items() if before[name] != value}
    after = {**before, **changed}
    if changed:
        await tx.execute(update(Label).where(Label.id == label_id).values(**changed))
        patch = Patch().put("labels", after)
        _record(tx, access, held, "label.edited", after, differences(before, changed), patch)
    return after


async def delete_label(tx: Tx, access: Access, label_id: UUID) -> None:
    """Remove a label from the board and from all of its cards."""
    held, before = await _hold_label(tx, access, label_id)
    patch = Patch().drop("labels", label_id)
    name = str(label_id)
    carriers = await tx.all(
        select(*faces.CARD_COLUMNS, CardList.archived_at.label("list_archived_at"),
               CardList.deleted_at.label("list_deleted_at"))
        .join(CardList, CardList.id == Card.list_id)
        .where(Card.board_id == held.id, type_coerce(Card.label_ids, Text).contains(name))
    )  # fmt: skip
    for row in carriers:
        card = dict(row._mapping)
        kept = [other for other in card["label_ids"] if other != name]
        values = {"label_ids": kept} | stamp(card, {"label_ids": kept}) | {"updated_at": now()}
        await tx.execute(update(Card).where(Card.id == card["id"]).values(**values))
        shown = not any(
            card[mark]
            for mark in ("archived_at", "deleted_at", "list_archived_at", "list_deleted_at")
        )
        if shown:
            patch.put("cards", faces.face({**card, **values}))
    await tx.execute(delete(Label).where(Label.id == label_id))
    _record(tx, access, held, "label.deleted", before, {"name": [before["name"], None]}, patch)


async def labels_of(tx: ReadTx, board_id: UUID) -> list[dict[str, Any]]:
    """The labels of a board in the order in which they were made."""
    rows = await tx.all(
        select(*faces.LABEL_COLUMNS).where(Label.board_id == board_id).order_by(Label.id)
    )
    return [faces.label_part(row._mapping) for row in rows]


async def _hold_label(tx: Tx, access: Access, label_id: UUID) -> tuple[HeldBoard, dict[str, Any]]:
    held, row = await hold(
        tx,
        access,
        board_of_label(label_id),
        *faces.LABEL_COLUMNS,
        joins=[on_board(Label, label_id)],
    )
    return held, faces.label_part(row._mapping)


def _record(
    tx: Tx,
    access: Access,
    held: HeldBoard,
    event: str,
    label: dict[str, Any],
    changes: dict[str, Any],
    patch: Patch,
) -> None:
    append(
        tx,
        held.stream,
        event,
        actor_id=access.actor.user_id,
        op=access.actor.op,
        patch=patch,
        subject_id=label["id"],
        changes=changes | {"label_name": [label["name"], label["name"]]},
    )
