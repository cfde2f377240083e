"""Moving cards within a list, between lists and between boards: one row and one event a card."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, literal, select, update
from sqlalchemy.orm import aliased

from taskly.boards import faces
from taskly.boards.access import (
    BOARD_OF_CARD,
    BOARD_OF_LIST,
    SHOWN_CARD,
    THIS_LIST,
    Access,
    HeldBoard,
    board_of_card,
    board_of_list,
    on_board,
    read_held,
    shown_card,
)
from taskly.boards.cards.schemas import CardMove, CardsMove
from taskly.boards.cards.service import (
    TARGET_COLUMNS,
    UPDATE_CARD,
    check_room,
    check_target,
    shorten_keys,
    sync_assignees,
    whole,
)
from taskly.boards.models import Board, Card, CardList, Label, Member
from taskly.boards.placing import CARDS, keys_at
from taskly.boards.recording import record
from taskly.kernel.clock import now
from taskly.kernel.db import Tx
from taskly.kernel.edits import stamp
from taskly.kernel.errors import Invalid, NotFound
from taskly.kernel.events import HeldStream, Patch, append, lock_streams

Target = aliased(CardList)
MOVE_COLUMNS = (
    *faces.CARD_COLUMNS,
    CardList.name.label("source_name"),
    Target.name.label("target_name"),
    Target.category.label("target_category"),
    Target.wip_limit.label("target_wip_limit"),
    Target.archived_at.label("target_archived_at"),
    Target.deleted_at.label("target_deleted_at"),
)
MOVE_JOINS = (*SHOWN_CARD, (Target, and_(Target.id == THIS_LIST, Target.board_id == Board.id)))
CARD_NAMES = tuple(column.name for column in Card.__table__.c)


async def move_card(tx: Tx, access: Access, card_id: UUID, move: CardMove) -> dict[str, Any]:
    """Put a card at a place in a list and return its face.

    Raises `NotFound` for a card or list that the actor does not see, `Invalid` (`bad_place`) for a
    neighbour that is not in that list.
    """
    named = {"card_id": card_id, "list_id": move.list_id}
    streams = await lock_streams(tx, BOARD_OF_CARD, BOARD_OF_LIST, bound=named)
    if len(streams) > 1:
        return await _move_to_board(tx, access, streams, card_id, move)
    if not streams:
        raise NotFound
    gap, bound = CARDS.gap_once(move.list_id, move.place, [card_id])
    held, row = await read_held(
        tx, access, streams[0], *MOVE_COLUMNS, *gap, joins=MOVE_JOINS, bound=named | bound
    )
    before = {name: row._mapping[name] for name in CARD_NAMES}
    return await _place_card(tx, access, held, before, row, move)


async def _place_card(
    tx: Tx,
    access: Access,
    held: HeldBoard,
    before: dict[str, Any],
    row: Row[Any],
    move: CardMove,
) -> dict[str, Any]:
    target = _target_of(row, move.list_id)
    check_target(target)
    if move.list_id != before["list_id"]:
        await check_room(tx, held, target, incoming=1)
    values = _placed(before, target.category, move.list_id, keys_at(row, move.place)[0])
    await tx.execute(UPDATE_CARD, {"this_card": before["id"], **values})
    after = {**before, **values}
    changes: dict[str, Any] = {}
    if move.list_id != before["list_id"]:
        changes = {
            "list_id": [before["list_id"], move.list_id],
            "list_name": [row.source_name, row.target_name],
        }
    record(tx, access, held, "card.moved", after, changes)
    await shorten_keys(tx, access, held, after)
    return faces.face(after)


class _TargetList:
    """The list that a card goes to, read in the same row as the card itself."""

    def __init__(self, list_id: UUID, row: Row[Any]) -> None:
        self.list_id = list_id
        self.category: str = row.target_category
        self.wip_limit: int | None = row.target_wip_limit
        self.archived_at = row.target_archived_at
        self.deleted_at = row.target_deleted_at


def _target_of(row: Row[Any], list_id: UUID) -> _TargetList:
    return _TargetList(list_id, row)


def _placed(before: dict[str, Any], category: str, list_id: UUID, key: str) -> dict[str, Any]:
    values: dict[str, Any] = {"list_id": list_id, "rank": key}
    if list_id != before["list_id"]:
        done = category == "done"
        values["completed_at"] = (before["completed_at"] or now()) if done else None
    return values | stamp(before, {"list_id": list_id}) | {"updated_at": now()}


async def move_cards(tx: Tx, access: Access, move: CardsMove) -> list[dict[str, Any]]:
    """Put several cards of a board at one place, in the given order, as one event."""
    ids = list(dict.fromkeys(move.card_ids))
    streams = await lock_streams(tx, board_of_list(move.list_id))
    if not streams:
        raise NotFound
    low, high = CARDS.gap(move.list_id, move.place, ids)
    held, row = await read_held(
        tx,
        access,
        streams[0],
        *TARGET_COLUMNS,
        CardList.name,
        low,
        high,
        joins=[on_board(CardList, move.list_id)],
    )
    check_target(row)
    found = await tx.all(
        select(*faces.CARD_COLUMNS)
        .join(CardList, CardList.id == Card.list_id)
        .where(
            Card.board_id == held.id,
            Card.id.in_(ids),
            Card.deleted_at.is_(None),
            CardList.deleted_at.is_(None),
        )
    )
    cards = {card.id: dict(card._mapping) for card in found}
    for at, card_id in enumerate(ids):
        if card_id not in cards:
            raise Invalid.of(f"card_ids.{at}", "unknown_card")
    incoming = sum(card["list_id"] != move.list_id for card in cards.values())
    await check_room(tx, held, row, incoming)
    keys = keys_at(row, move.place, len(ids))
    # A fresh key may equal the old one of a card that is still to move: out of the way first.
    await tx.execute(update(Card).where(Card.id.in_(ids)).values(rank=literal("~") + Card.rank))
    moved: list[dict[str, Any]] = []
    for card_id, key in zip(ids, keys, strict=True):
        before = cards[card_id]
        values = _placed(before, row.category, move.list_id, key)
        await tx.execute(UPDATE_CARD, {"this_card": card_id, **values})
        moved.append({**before, **values})
    shown = [faces.face(card) for card in moved if card["archived_at"] is None]
    append(
        tx,
        held.stream,
        "cards.moved",
        actor_id=access.actor.user_id,
        op=access.actor.op,
        patch=Patch().put("cards", *shown),
        subject_id=move.list_id,
        changes={"list_name": [None, row.name], "count": [None, len(moved)]},
    )
    longest = max(moved, key=lambda card: len(card["rank"]))
    await shorten_keys(tx, access, held, longest)
    return [faces.face(card) for card in moved]


async def _move_to_board(
    tx: Tx, access: Access, streams: list[HeldStream], card_id: UUID, move: CardMove
) -> dict[str, Any]:
    """Take a card to a list of another board, where it gets a new number.

    Labels go along where the other board has one of the same name, people where they are members.
    """
    source_id = await tx.scalar(board_of_card(card_id))
    source_stream = next(stream for stream in streams if stream.id == source_id)
    target_stream = next(stream for stream in streams if stream.id != source_id)
    source, row = await read_held(
        tx, access, source_stream, *faces.CARD_COLUMNS, joins=shown_card(card_id)
    )
    before = dict(row._mapping)
    low, high = CARDS.gap(move.list_id, move.place)
    target, place = await read_held(
        tx, access, target_stream, *TARGET_COLUMNS, low, high,
        joins=[on_board(CardList, move.list_id)],
    )  # fmt: skip
    check_target(place)
    await check_room(tx, target, place, incoming=1)
    values = _placed(before, place.category, move.list_id, keys_at(place, move.place)[0])
    values |= {
        "board_id": target.id,
        "number": target.stream.next_serial(),
        "label_ids": await _labels_there(tx, before["label_ids"], target.id),
        "assignee_ids": await _members_there(tx, before["assignee_ids"], target.id),
    }
    await tx.execute(update(Card).where(Card.id == card_id).values(**values))
    await sync_assignees(tx, before, values["assignee_ids"])
    after = {**before, **values}
    append(
        tx,
        source.stream,
        "card.left",
        actor_id=access.actor.user_id,
        op=access.actor.op,
        patch=Patch().drop("cards", card_id),
        subject_id=card_id,
        changes={"title": [before["title"], None]},
    )
    record(tx, access, target, "card.arrived", after, {"title": [None, before["title"]]})
    await shorten_keys(tx, access, target, after)
    return faces.face(whole(after, target))


async def _labels_there(tx: Tx, label_ids: list[str], board_id: UUID) -> list[str]:
    if not label_ids:
        return []
    own = aliased(Label)
    rows = await tx.all(
        select(Label.id)
        .join(own, own.name == Label.name)
        .where(Label.board_id == board_id, own.id.in_([UUID(i) for i in label_ids]))
        .order_by(Label.id)
    )
    return [str(row.id) for row in rows]


async def _members_there(tx: Tx, assignee_ids: list[str], board_id: UUID) -> list[str]:
    if not assignee_ids:
        return []
    people = [UUID(i) for i in assignee_ids]
    rows = await tx.all(
        select(Member.user_id).where(Member.board_id == board_id, Member.user_id.in_(people))
    )
    there = {str(row.user_id) for row in rows}
    return [person for person in assignee_ids if person in there]
