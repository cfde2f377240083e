"""What people do with single cards. Each verb locks the board, checks, writes the row and its event."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import aliased

from taskly.boards import faces
from taskly.boards.access import (
    BOARD_OF_CARD,
    BOARD_OF_LIST,
    CARD_LIST,
    ON_LIST,
    SHOWN_CARD,
    Access,
    HeldBoard,
    board_of_card,
    hold,
    on_board,
)
from taskly.boards.cards.queries import complete, has_checklists
from taskly.boards.cards.schemas import CardCopy, CardEdit, CardNew
from taskly.boards.models import Board, Card, CardAssignee, CardList, Label, Member
from taskly.boards.placing import CARDS, Place, keys_at
from taskly.boards.rank import LONGEST
from taskly.boards.recording import record
from taskly.kernel.clock import now
from taskly.kernel.db import Tx
from taskly.kernel.edits import differences, merge, stamp
from taskly.kernel.errors import Conflict, Invalid, NotFound
from taskly.kernel.events import Patch, append
from taskly.kernel.ids import new_id

TARGET_COLUMNS = (
    CardList.id.label("list_id"),
    CardList.category,
    CardList.wip_limit,
    CardList.archived_at,
    CardList.deleted_at,
)
"""What `check_target` and `check_room` need to know of a list."""

Assigned = aliased(Member)
KNOWN_REFERENCES = (
    select(func.count())
    .select_from(Label)
    .where(Label.board_id == Board.id, Label.id.in_(bindparam("named_labels", expanding=True)))
    .correlate(Board)
    .scalar_subquery()
    .label("known_labels"),
    select(func.count())
    .select_from(Assigned)
    .where(
        Assigned.board_id == Board.id,
        Assigned.user_id.in_(bindparam("named_people", expanding=True)),
    )
    .correlate(Board)
    .scalar_subquery()
    .label("known_assignees"),
)
HAS_CHECKLISTS = has_checklists()
INSERT_CARD = insert(Card)
UPDATE_CARD = update(Card).where(Card.id == bindparam("this_card"))


class ListFull(Conflict):
    """The list holds as many cards as its limit allows, and the board refuses more."""

    code = "list_full"


async def create_card(tx: Tx, access: Access, new: CardNew) -> dict[str, Any]:
    """Add a card to a list. Raises `Invalid` for labels and assignees that are not of this board."""
    return await _create_on(tx, access, BOARD_OF_LIST, new)


async def _create_on(
    tx: Tx, access: Access, board: UUID | Select[Any], new: CardNew
) -> dict[str, Any]:
    label_ids, assignee_ids = _distinct(new.label_ids), _distinct(new.assignee_ids)
    gap, bound = CARDS.gap_once(new.list_id, new.place)
    held, row = await hold(
        tx,
        access,
        board,
        *TARGET_COLUMNS,
        *KNOWN_REFERENCES,
        *gap,
        joins=(ON_LIST,),
        bound={"list_id": new.list_id, **_references(label_ids, assignee_ids), **bound},
    )
    check_target(row)
    _check_references(row, label_ids, assignee_ids)
    await check_room(tx, held, row, incoming=1)
    moment = now()
    values: dict[str, Any] = {
        "id": new_id(),
        "board_id": held.id,
        "list_id": new.list_id,
        "number": held.stream.next_serial(),
        "title": new.title,
        "description": new.description,
        "rank": keys_at(row, new.place)[0],
        "version": 1,
        "field_versions": {},
        "priority": new.priority,
        "start_at": new.start_at,
        "due_at": new.due_at,
        "completed_at": moment if row.category == "done" else None,
        "label_ids": label_ids,
        "assignee_ids": assignee_ids,
        "comment_count": 0,
        "attachment_count": 0,
        "checklist_done": 0,
        "checklist_total": 0,
        "cover_url": None,
        "job": None,
        "created_by": access.user_id,
        "created_at": moment,
        "updated_at": moment,
        "archived_at": None,
        "deleted_at": None,
        "deleted_by": None,
    }
    await insert_card(tx, values)
    record(tx, access, held, "card.created", values, {"title": [None, new.title]})
    await shorten_keys(tx, access, held, values)
    return {**whole(values, held), "checklists": [], "attachments": []}


async def edit_card(tx: Tx, access: Access, card_id: UUID, edit: CardEdit) -> dict[str, Any]:
    """Change fields of a card. Raises `EditConflict` where somebody changed the same one since."""
    wanted = edit.wanted()
    for field in ("label_ids", "assignee_ids"):
        if field in wanted:
            wanted[field] = _distinct(wanted[field])
    held, row = await hold(
        tx,
        access,
        BOARD_OF_CARD,
        *faces.HELD_CARD_COLUMNS,
        HAS_CHECKLISTS,
        *KNOWN_REFERENCES,
        joins=SHOWN_CARD,
        bound={
            "card_id": card_id,
            **_references(wanted.get("label_ids", []), wanted.get("assignee_ids", [])),
        },
    )
    before = dict(row._mapping)
    _check_references(row, wanted.get("label_ids", []), wanted.get("assignee_ids", []))
    _as_moments(wanted, before)
    values = merge(before, wanted, edit.base_version)
    if not values:
        return await _whole(tx, before, held)
    return await _save(tx, access, held, before, values, _edit_event(before, values))


def _as_moments(wanted: dict[str, Any], before: dict[str, Any]) -> None:
    """Turn `completed` and `archived` into the times that are stored; asking twice keeps the first."""
    for flag, column in (("completed", "completed_at"), ("archived", "archived_at")):
        if flag in wanted:
            asked = wanted.pop(flag)
            wanted[column] = (before[column] or now()) if asked else None


def _edit_event(before: dict[str, Any], values: dict[str, Any]) -> str:
    if "archived_at" in values:
        return "card.archived" if values["archived_at"] else "card.unarchived"
    if "completed_at" in values:
        return "card.completed" if values["completed_at"] else "card.reopened"
    return "card.edited"


async def delete_card(tx: Tx, access: Access, card_id: UUID) -> None:
    """Put a card into the board's trash."""
    held, row = await hold(
        tx,
        access,
        BOARD_OF_CARD,
        *faces.HELD_CARD_COLUMNS,
        HAS_CHECKLISTS,
        joins=SHOWN_CARD,
        bound={"card_id": card_id},
    )
    before = dict(row._mapping)
    values = {"deleted_at": now(), "deleted_by": access.user_id}
    await _save(tx, access, held, before, values | stamp(before, values), "card.deleted")


async def restore_card(tx: Tx, access: Access, card_id: UUID) -> dict[str, Any]:
    """Bring a card back from the trash to where it was; one that is not there stays as it is."""
    held, row = await hold(
        tx,
        access,
        board_of_card(card_id),
        *faces.HELD_CARD_COLUMNS,
        HAS_CHECKLISTS,
        CardList.deleted_at.label("list_deleted_at"),
        joins=[on_board(Card, card_id), CARD_LIST],
    )
    before = dict(row._mapping)
    if row.list_deleted_at is not None:
        raise Conflict("list_deleted")
    if before["deleted_at"] is None:
        return await _whole(tx, before, held)
    values = {"deleted_at": None, "deleted_by": None}
    return await _save(tx, access, held, before, values | stamp(before, values), "card.restored")


async def copy_card(
    tx: Tx,
    access: Access,
    card_id: UUID,
    copy: CardCopy,
) -> dict[str, Any]:
    """Make another card like this one on the same board: text, dates, labels, people."""
    held, row = await hold(
        tx,
        access,
        BOARD_OF_CARD,
        *faces.CARD_COLUMNS,
        joins=SHOWN_CARD,
        bound={"card_id": card_id},
    )
    original = row._mapping
    target = copy.list_id or original["list_id"]
    place = copy.place
    if place is None:
        same = target == original["list_id"] and original["archived_at"] is None
        place = Place(after=card_id) if same else Place(at="bottom")
    new = CardNew.model_construct(
        list_id=target,
        title=copy.title or original["title"],
        description=original["description"],
        priority=original["priority"],
        start_at=original["start_at"],
        due_at=original["due_at"],
        label_ids=[UUID(label) for label in original["label_ids"]],
        assignee_ids=[UUID(person) for person in original["assignee_ids"]],
        place=place,
    )
    return await _create_on(tx, access, held.id, new)


async def _save(
    tx: Tx,
    access: Access,
    held: HeldBoard,
    before: dict[str, Any],
    values: dict[str, Any],
    event: str,
) -> dict[str, Any]:
    values["updated_at"] = now()
    await tx.execute(UPDATE_CARD, {"this_card": before["id"], **values})
    if "assignee_ids" in values:
        await sync_assignees(tx, before, values["assignee_ids"])
    after = {**before, **values}
    record(tx, access, held, event, after, differences(before, values))
    return await _whole(tx, after, held)


async def insert_card(tx: Tx, values: dict[str, Any]) -> None:
    """Write a new card and the index of who it is assigned to."""
    await tx.execute(INSERT_CARD, values)
    await sync_assignees(tx, {**values, "assignee_ids": []}, values["assignee_ids"])


async def sync_assignees(tx: Tx, before: dict[str, Any], assignee_ids: list[str]) -> None:
    """Keep the index of assigned cards equal to the card's own list."""
    gone = [UUID(p) for p in before["assignee_ids"] if p not in assignee_ids]
    come = [UUID(p) for p in assignee_ids if p not in before["assignee_ids"]]
    if gone:
        await tx.execute(
            delete(CardAssignee).where(
                CardAssignee.card_id == before["id"], CardAssignee.user_id.in_(gone)
            )
        )
    if come:
        await tx.execute(
            insert(CardAssignee), [{"card_id": before["id"], "user_id": p} for p in come]
        )


def whole(card: dict[str, Any], held: HeldBoard) -> dict[str, Any]:
    """A card as its own answer has it, short of checklists and attachments."""
    return {**faces.card_part(card), "board_key": held.key}


async def _whole(tx: Tx, card: dict[str, Any], held: HeldBoard) -> dict[str, Any]:
    has = bool(card["has_checklists"])
    return await complete(tx, whole(card, held), has_checklists=has)


async def shorten_keys(tx: Tx, access: Access, held: HeldBoard, card: dict[str, Any]) -> None:
    """Give the cards of a list new keys once one has grown too long, as one event."""
    if len(card["rank"]) <= LONGEST:
        return
    keys = await CARDS.rekey(tx, card["list_id"])
    card["rank"] = keys[card["id"]]
    shown = await tx.all(
        select(*faces.FACE_COLUMNS)
        .where(
            Card.list_id == card["list_id"], Card.archived_at.is_(None), Card.deleted_at.is_(None)
        )
        .order_by(Card.rank)
    )
    patch = Patch().put("cards", *(faces.face(row._mapping) for row in shown))
    append(
        tx,
        held.stream,
        "list.rekeyed",
        actor_id=access.actor.user_id,
        op=None,
        patch=patch,
        subject_id=card["list_id"],
    )


def check_target(row: Any) -> None:
    """Raise unless cards can go into the list of this row."""
    if row.deleted_at is not None:
        raise NotFound
    if row.archived_at is not None:
        raise Conflict("list_archived")


async def check_room(tx: Tx, held: HeldBoard, target: Any, incoming: int) -> None:
    """Raise `ListFull` where the board refuses what passes a list's limit."""
    if target.wip_limit is None or held.wip_policy != "refuse":
        return
    count = await tx.scalar(
        select(func.count())
        .select_from(Card)
        .where(
            Card.list_id == target.list_id, Card.archived_at.is_(None), Card.deleted_at.is_(None)
        )
    )
    if count + incoming > target.wip_limit:
        raise ListFull(limit=target.wip_limit)


def _distinct(ids: list[UUID]) -> list[str]:
    return [str(entity_id) for entity_id in dict.fromkeys(ids)]


def _references(label_ids: list[str], assignee_ids: list[str]) -> dict[str, Any]:
    return {
        "named_labels": [UUID(label) for label in label_ids],
        "named_people": [UUID(person) for person in assignee_ids],
    }


def _check_references(row: Any, label_ids: list[str], assignee_ids: list[str]) -> None:
    if row.known_labels != len(label_ids):
        raise Invalid.of("label_ids", "unknown_label")
    if row.known_assignees != len(assignee_ids):
        raise Invalid.of("assignee_ids", "not_a_member")
