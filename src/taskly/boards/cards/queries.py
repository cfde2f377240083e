"""Reads of cards."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists

from taskly.boards import faces
from taskly.boards.access import Access, require, visible_cards, visible_list
from taskly.boards.attachments.queries import attachments_of
from taskly.boards.checklists.queries import checklists_of
from taskly.boards.models import Board, Card, Checklist
from taskly.kernel.db import ReadTx


def has_checklists() -> ColumnElement[bool]:
    """A column that spares cards without checklists the read of them."""
    return exists().where(Checklist.card_id == Card.id).label("has_checklists")


async def get_card(tx: ReadTx, access: Access, card_id: UUID) -> dict[str, Any]:
    """A card with everything on it. Raises `NotFound`."""
    columns = (*faces.CARD_COLUMNS, Board.key.label("board_key"), has_checklists())
    found = await tx.first(visible_cards(access.actor, *columns).where(Card.id == card_id))
    row = require(found, access.action)
    card = {**faces.card_part(row._mapping), "board_key": row.board_key}
    return await complete(tx, card, has_checklists=bool(row.has_checklists))


async def complete(tx: ReadTx, card: dict[str, Any], *, has_checklists: bool) -> dict[str, Any]:
    """A card with its checklists and attachments."""
    checklists = await checklists_of(tx, [card["id"]]) if has_checklists else []
    attachments = await attachments_of(tx, card["id"]) if card["attachment_count"] else []
    return {**card, "checklists": checklists, "attachments": attachments}


async def list_cards(
    tx: ReadTx, access: Access, list_id: UUID, after: str | None, limit: int
) -> Sequence[Row[Any]]:
    """The faces of the cards of a list in their order; `after` is the rank of the last row read."""
    require(await tx.first(visible_list(access.actor, list_id)), access.action)
    statement = visible_cards(access.actor, *faces.FACE_COLUMNS).where(
        Card.list_id == list_id, Card.archived_at.is_(None)
    )
    if after is not None:
        statement = statement.where(Card.rank > after)
    return await tx.all(statement.order_by(Card.rank).limit(limit))
