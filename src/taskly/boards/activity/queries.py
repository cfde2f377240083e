"""Reads of what happened on a board and of what lies in its archive and trash."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, literal, null, or_, select, union_all

from taskly.accounts.queries import people
from taskly.boards.models import Card, CardList
from taskly.kernel.db import ReadTx
from taskly.kernel.events import Event


async def activity(
    tx: ReadTx, board_id: UUID, *, subject_id: UUID | None, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """What happened on a board, or to one thing on it, newest first; `before` is a seq."""
    statement = select(
        Event.seq, Event.event, Event.at, Event.actor_id, Event.subject_id, Event.changes
    ).where(Event.stream_id == board_id)
    if subject_id is not None:
        statement = statement.where(Event.subject_id == subject_id)
    if before is not None:
        statement = statement.where(Event.seq < before)
    rows = await tx.all(statement.order_by(Event.seq.desc()).limit(limit))
    actors = {p.id: p for p in await people(tx, list({r.actor_id for r in rows if r.actor_id}))}
    subjects = await _cards(tx, board_id, {r.subject_id for r in rows if r.subject_id})
    return [
        {
            "seq": row.seq,
            "event": row.event,
            "at": row.at,
            "actor_id": row.actor_id,
            "actor": _actor(actors.get(row.actor_id)),
            "subject_id": row.subject_id,
            "subject": subjects.get(row.subject_id),
            "changes": orjson.loads(row.changes),
        }
        for row in rows
    ]


def _actor(person: Row[Any] | None) -> dict[str, Any] | None:
    if person is None:
        return None
    return {
        "user_id": person.id,
        "username": person.username,
        "full_name": person.full_name,
        "avatar_url": person.avatar_url,
    }


async def _cards(tx: ReadTx, board_id: UUID, ids: set[UUID]) -> dict[UUID, dict[str, Any]]:
    if not ids:
        return {}
    rows = await tx.all(
        select(Card.id, Card.number, Card.title).where(Card.id.in_(ids), Card.board_id == board_id)
    )
    return {row.id: dict(row._mapping) for row in rows}


async def put_away(
    tx: ReadTx, board_id: UUID, column: str, after: tuple[Any, UUID] | None, limit: int
) -> Sequence[Row[Any]]:
    """Cards and lists that are archived or deleted, last put away first.

    `column` is `archived_at` or `deleted_at`, `after` the (time, id) of the last row read.
    """
    card_at, list_at = Card.__table__.c[column], CardList.__table__.c[column]
    nobody: Any = null()
    cards = (
        select(
            literal("card").label("kind"),
            Card.id.label("id"),
            Card.number.label("number"),
            Card.title.label("title"),
            CardList.id.label("list_id"),
            CardList.name.label("list_name"),
            card_at.label("at"),
            (Card.deleted_by if column == "deleted_at" else nobody).label("by"),
        )
        .join(CardList, CardList.id == Card.list_id)
        .where(Card.board_id == board_id, card_at.is_not(None))
    )
    lists = select(
        literal("list"),
        CardList.id,
        nobody,
        CardList.name,
        nobody,
        nobody,
        list_at,
        CardList.deleted_by if column == "deleted_at" else nobody,
    ).where(CardList.board_id == board_id, list_at.is_not(None))
    if column == "archived_at":
        cards = cards.where(Card.deleted_at.is_(None), CardList.deleted_at.is_(None))
        lists = lists.where(CardList.deleted_at.is_(None))
    both = union_all(cards, lists).subquery()
    statement = select(both)
    if after is not None:
        at, entity_id = after
        statement = statement.where(
            or_(both.c.at < at, (both.c.at == at) & (both.c.id < entity_id))
        )
    return await tx.all(statement.order_by(both.c.at.desc(), both.c.id.desc()).limit(limit))
