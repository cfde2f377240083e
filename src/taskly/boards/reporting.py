"""A whole board for whoever reports on it: read by a worker, for one person, at one moment."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from taskly.accounts.actor import Actor
from taskly.boards.access import visible_boards
from taskly.boards.models import Board, Card, CardList, Label, Member
from taskly.kernel.sync_db import SyncTx

CARD_COLUMNS = (
    Card.list_id,
    Card.number,
    Card.title,
    Card.priority,
    Card.due_at,
    Card.completed_at,
    Card.label_ids,
    Card.assignee_ids,
    Card.checklist_done,
    Card.checklist_total,
)


def whole_board(tx: SyncTx, user_id: UUID, board_id: UUID) -> dict[str, Any] | None:
    """The board with its lists, cards, labels and members; None where the person may not see it."""
    columns = (Board.id, Board.key, Board.name, Board.description)
    seen = visible_boards(Actor(user_id=user_id), *columns).where(Board.id == board_id)
    board = tx.first(seen)
    if board is None:
        return None
    shown = (CardList.archived_at.is_(None), CardList.deleted_at.is_(None))
    lists = select(CardList.id, CardList.name, CardList.category).where(
        CardList.board_id == board_id, *shown
    )
    cards = (
        select(*CARD_COLUMNS)
        .join(CardList, CardList.id == Card.list_id)
        .where(
            Card.board_id == board_id, Card.archived_at.is_(None), Card.deleted_at.is_(None), *shown
        )
    )
    members = select(Member.user_id, Member.username, Member.full_name, Member.role)
    labels = select(Label.id, Label.name).where(Label.board_id == board_id)
    return {
        "board": {name: board._mapping[name] for name in ("key", "name", "description")},
        "lists": [dict(row._mapping) for row in tx.all(lists.order_by(CardList.rank))],
        "cards": [dict(row._mapping) for row in tx.all(cards.order_by(CardList.rank, Card.rank))],
        "labels": [dict(row._mapping) for row in tx.all(labels)],
        "members": [
            dict(row._mapping)
            for row in tx.all(members.where(Member.board_id == board_id).order_by(Member.joined_at))
        ],
    }
