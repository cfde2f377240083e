"""What people do with lists. A list that is put away takes its cards along, and brings them back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, insert, select, update

from taskly.boards import faces
from taskly.boards.access import Access, HeldBoard, board_of_list, hold, on_board
from taskly.boards.lists.schemas import ListEdit, ListMove, ListNew
from taskly.boards.models import Card, CardList
from taskly.boards.placing import LISTS, keys_at
from taskly.boards.rank import LONGEST
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx, Tx
from taskly.kernel.edits import differences, merge, stamp
from taskly.kernel.events import Patch, append
from taskly.kernel.ids import new_id

LIST_NAMES = tuple(column.name for column in CardList.__table__.c)


async def create_list(tx: Tx, access: Access, new: ListNew) -> dict[str, Any]:
    """Add a list to a board."""
    low, high = LISTS.gap(new.board_id, new.place)
    held, row = await hold(tx, access, new.board_id, low, high)
    values: dict[str, Any] = {
        "id": new_id(),
        "board_id": held.id,
        "name": new.name,
        "rank": keys_at(row, new.place)[0],
        "category": new.category,
        "wip_limit": new.wip_limit,
        "version": 1,
        "field_versions": {},
        "archived_at": None,
        "deleted_at": None,
        "deleted_by": None,
    }
    await tx.execute(insert(CardList).values(**values))
    patch = Patch().put("lists", faces.list_part(values))
    _record(tx, access, held, "list.created", values, {"name": [None, new.name]}, patch)
    await _shorten_keys(tx, access, held, values)
    return faces.list_part(values)


async def edit_list(tx: Tx, access: Access, list_id: UUID, edit: ListEdit) -> dict[str, Any]:
    """Change a list. Raises `EditConflict` where somebody changed the same field since."""
    held, before = await _hold_list(tx, access, list_id)
    wanted = edit.wanted()
    if "archived" in wanted:
        archived = wanted.pop("archived")
        wanted["archived_at"] = (before["archived_at"] or now()) if archived else None
    values = merge(before, wanted, edit.base_version)
    if not values:
        return faces.list_part(before)
    event = "list.edited"
    if "archived_at" in values:
        event = "list.archived" if values["archived_at"] else "list.unarchived"
    return await _save(tx, access, held, before, values, event)


async def move_list(tx: Tx, access: Access, list_id: UUID, move: ListMove) -> dict[str, Any]:
    """Put a list at a place among the lists of its board."""
    board_id = board_of_list(list_id)
    low, high = LISTS.gap(board_id.scalar_subquery(), move.place, [list_id])
    held, row = await hold(
        tx, access, board_id, *CardList.__table__.c, low, high, joins=[_shown_list(list_id)]
    )
    before = {name: row._mapping[name] for name in LIST_NAMES}
    values = {"rank": keys_at(row, move.place)[0]} | stamp(before, {})
    moved = await _save(tx, access, held, before, values, "list.moved")
    await _shorten_keys(tx, access, held, moved)
    return moved


async def delete_list(tx: Tx, access: Access, list_id: UUID) -> None:
    """Put a list and what is on it into the board's trash."""
    held, before = await _hold_list(tx, access, list_id)
    values = {"deleted_at": now(), "deleted_by": access.user_id}
    await _save(tx, access, held, before, values | stamp(before, values), "list.deleted")


async def restore_list(tx: Tx, access: Access, list_id: UUID) -> dict[str, Any]:
    """Bring a list back from the trash with the cards that it had."""
    held, row = await hold(
        tx,
        access,
        board_of_list(list_id),
        *CardList.__table__.c,
        joins=[on_board(CardList, list_id)],
    )
    before = dict(row._mapping)
    if before["deleted_at"] is None:
        return faces.list_part(before)
    values = {"deleted_at": None, "deleted_by": None}
    return await _save(tx, access, held, before, values | stamp(before, values), "list.restored")


def _shown_list(list_id: UUID) -> tuple[Any, Any]:
    model, condition = on_board(CardList, list_id)
    return model, and_(condition, CardList.deleted_at.is_(None))


async def _hold_list(tx: Tx, access: Access, list_id: UUID) -> tuple[HeldBoard, dict[str, Any]]:
    held, row = await hold(
        tx,
        access,
        board_of_list(list_id),
        *CardList.__table__.c,
        joins=[_shown_list(list_id)],
    )
    return held, dict(row._mapping)


async def _save(
    tx: Tx,
    access: Access,
    held: HeldBoard,
    before: dict[str, Any],
    values: dict[str, Any],
    event: str,
) -> dict[str, Any]:
    await tx.execute(update(CardList).where(CardList.id == before["id"]).values(**values))
    after = {**before, **values}
    patch = await _patch(tx, before, after)
    _record(tx, access, held, event, after, differences(before, values), patch)
    return faces.list_part(after)


def _is_shown(row: dict[str, Any]) -> bool:
    return row["archived_at"] is None and row["deleted_at"] is None


async def _patch(tx: ReadTx, before: dict[str, Any], after: dict[str, Any]) -> Patch:
    was, shown = _is_shown(before), _is_shown(after)
    if not was and not shown:
        return Patch()
    cards: Sequence[Any] = []
    if was != shown:
        cards = await tx.all(
            select(*faces.FACE_COLUMNS)
            .where(
                Card.list_id == after["id"], Card.archived_at.is_(None), Card.deleted_at.is_(None)
            )
            .order_by(Card.rank)
        )
    if shown:
        patch = Patch().put("lists", faces.list_part(after))
        return patch.put("cards", *(faces.face(card._mapping) for card in cards))
    return Patch().drop("lists", after["id"]).drop("cards", *(card.id for card in cards))


def _record(
    tx: Tx,
    access: Access,
    held: HeldBoard,
    event: str,
    row: dict[str, Any],
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
        subject_id=row["id"],
        changes=changes | {"list_name": [row["name"], row["name"]]},
    )


async def _shorten_keys(tx: Tx, access: Access, held: HeldBoard, row: dict[str, Any]) -> None:
    if len(row["rank"]) <= LONGEST:
        return
    keys = await LISTS.rekey(tx, held.id)
    row["rank"] = keys[row["id"]]
    shown = await lists_of(tx, held.id)
    append(
        tx,
        held.stream,
        "lists.rekeyed",
        actor_id=access.actor.user_id,
        op=None,
        patch=Patch().put("lists", *shown),
    )


async def lists_of(tx: ReadTx, board_id: UUID) -> list[dict[str, Any]]:
    """The lists that a board shows, by rank."""
    rows = await tx.all(
        select(*faces.LIST_COLUMNS)
        .where(
            CardList.board_id == board_id,
            CardList.archived_at.is_(None),
            CardList.deleted_at.is_(None),
        )
        .order_by(CardList.rank)
    )
    return [faces.list_part(row._mapping) for row in rows]
