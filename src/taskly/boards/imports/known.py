"""What an earlier import of the same board by the same person has made, and what became of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select

from taskly.accounts.actor import Actor
from taskly.boards import faces
from taskly.boards.access import visible_boards
from taskly.boards.models import (
    Board,
    Card,
    CardList,
    Checklist,
    ChecklistItem,
    ImportedThing,
    Label,
    Member,
)
from taskly.boards.policy import Action, Role, permits
from taskly.kernel.db import ReadTx
from taskly.kernel.events import Stream

SOURCE = "trello"
_SHORT_ID = re.compile(r"[0-9A-Za-z_-]{1,31}")


def stored_id(*ids: str) -> str:
    """What stands for a thing of the export: its board's id and its own, so that a card that moved
    to another board there can be imported with both. Ids of unusual shape are kept as a digest.
    """
    if all(_SHORT_ID.fullmatch(part) for part in ids):
        return "/".join(ids)
    return sha256("\n".join(ids).encode()).hexdigest()


@dataclass(slots=True)
class Known:
    """The board that an import adds to; a new one when `board_id` is None."""

    board_id: UUID | None = None
    things: dict[str, UUID] = field(default_factory=dict)
    """What each thing of the export was made into, whether it still exists or not."""
    members: Sequence[Row[Any]] = ()
    lists: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    cards: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    labels: set[UUID] = field(default_factory=set)
    checklists: set[UUID] = field(default_factory=set)
    last_rank: dict[UUID, str] = field(default_factory=dict)
    """The highest key among the lists of a board, cards of a list, checklists, items."""
    serial: int = 0


async def earlier_board(tx: ReadTx, importer_id: UUID, external_id: str) -> UUID | None:
    """The board that this person made of it before, in whatever state it is now."""
    found: UUID | None = await tx.scalar(
        select(ImportedThing.board_id).where(
            ImportedThing.importer_id == importer_id,
            ImportedThing.source == SOURCE,
            ImportedThing.external_id == stored_id(external_id),
        )
    )
    return found


async def read_known(tx: ReadTx, actor: Actor, board_id: UUID) -> tuple[Known, Row[Any]] | None:
    """All of a board that matters to an import; None where the actor may not administer it any more."""
    row = await tx.first(
        visible_boards(actor, *Board.__table__.c, Stream.serial)
        .join(Stream, Stream.id == Board.id)
        .where(Board.id == board_id)
    )
    if row is None or not permits(Role(row.role), Action.EDIT):
        return None
    known = Known(board_id=board_id, serial=row.serial)
    things = await tx.all(
        select(ImportedThing.external_id, ImportedThing.entity_id).where(
            ImportedThing.importer_id == actor.user_id,
            ImportedThing.source == SOURCE,
            ImportedThing.board_id == board_id,
        )
    )
    known.things = {thing.external_id: thing.entity_id for thing in things}
    known.members = await tx.all(
        select(Member.user_id.label("id"), Member.username, Member.full_name).where(
            Member.board_id == board_id
        )
    )
    lists = await tx.all(select(CardList.__table__).where(CardList.board_id == board_id))
    known.lists = {one.id: dict(one._mapping) for one in lists}
    if lists:
        known.last_rank[board_id] = max(one.rank for one in lists)
    cards = await tx.all(
        select(*faces.FACE_COLUMNS, Card.deleted_at).where(Card.board_id == board_id)
    )
    known.cards = {card.id: dict(card._mapping) for card in cards}
    labels = await tx.all(select(Label.id).where(Label.board_id == board_id))
    known.labels = {label.id for label in labels}
    for card in cards:
        known.last_rank[card.list_id] = max(known.last_rank.get(card.list_id, ""), card.rank)
    await _read_checklists(tx, board_id, known)
    return known, row


async def _read_checklists(tx: ReadTx, board_id: UUID, known: Known) -> None:
    on_board = and_(Card.id == Checklist.card_id, Card.board_id == board_id)
    rows = await tx.all(
        select(
            Checklist.id,
            Checklist.card_id,
            Checklist.rank,
            func.max(ChecklistItem.rank).label("last"),
        )
        .join(Card, on_board)
        .outerjoin(ChecklistItem, ChecklistItem.checklist_id == Checklist.id)
        .group_by(Checklist.id, Checklist.card_id, Checklist.rank)
    )
    for row in rows:
        known.checklists.add(row.id)
        known.last_rank[row.card_id] = max(known.last_rank.get(row.card_id, ""), row.rank)
        if row.last is not None:
            known.last_rank[row.id] = row.last
