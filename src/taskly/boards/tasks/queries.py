"""Reads of tasks, in a number of statements that does not depend on how many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.sql.elements import ColumnElement, SQLColumnExpression

from taskly.accounts.actor import Actor
from taskly.accounts.queries import account
from taskly.boards import faces
from taskly.boards.access import visible_cards
from taskly.boards.models import Board, Card, CardList, Label, Member
from taskly.boards.policy import Action, Role, permits
from taskly.boards.query.conditions import LEVEL, TIMES, Asker, condition
from taskly.boards.query.dates import Now, Shift, span_of
from taskly.boards.query.tree import CardQuery, Sort
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx
from taskly.kernel.errors import Unauthenticated

COLUMNS = (
    *faces.FACE_COLUMNS,
    Card.created_at,
    Card.updated_at,
    Board.key.label("board_key"),
    Board.name.label("board_name"),
    Board.color.label("board_color"),
    CardList.name.label("list_name"),
    CardList.category.label("list_category"),
)
SHOWN = (Card.archived_at.is_(None), CardList.archived_at.is_(None), Board.archived_at.is_(None))


@dataclass(frozen=True, slots=True)
class After:
    """The place in an order that a page follows: the sorted value of its last card, and its id."""

    value: datetime | int | None
    card_id: UUID


async def asker_of(tx: ReadTx, user_id: UUID) -> Asker:
    """Somebody who asks now, in the time zone of their account."""
    person = await account(tx, user_id)
    if person is None:
        raise Unauthenticated
    return Asker(user_id, Now(now(), ZoneInfo(person.time_zone)))


def _found(actor: Actor, query: CardQuery, asker: Asker, *columns: Any) -> Select[Any]:
    statement = visible_cards(actor, *columns).where(*SHOWN)
    return statement if query.where is None else statement.where(condition(query.where, asker))


async def list_tasks(
    tx: ReadTx, actor: Actor, query: CardQuery, asker: Asker, after: After | None, limit: int
) -> list[dict[str, Any]]:
    """The tasks that a query finds, in its order."""
    statement = _found(actor, query, asker, *COLUMNS)
    if after is not None:
        statement = statement.where(_behind(query.sort, after))
    rows = await tx.all(statement.order_by(*_order(query.sort)).limit(limit))
    cards = [row._mapping for row in rows]
    labels = await _labels(tx, {UUID(one) for card in cards for one in card["label_ids"]})
    members = await _assignees(tx, cards)
    end_of_today = span_of(Shift(0, "d"), asker.now)[1]
    return [_task(card, labels, members, asker.now.moment, end_of_today) for card in cards]


async def count_tasks(tx: ReadTx, actor: Actor, query: CardQuery, asker: Asker) -> dict[str, int]:
    """How many tasks a query finds, by when they are due."""
    moment, end_of_today = asker.now.moment, span_of(Shift(0, "d"), asker.now)[1]
    group = case(
        (Card.completed_at.is_not(None), "done"),
        (Card.due_at.is_(None), "undated"),
        (Card.due_at < moment, "overdue"),
        (Card.due_at < end_of_today, "today"),
        else_="upcoming",
    ).label("due_group")
    grouped = _found(actor, query, asker, group).subquery()
    rows = await tx.all(
        select(grouped.c.due_group, func.count().label("cards")).group_by(grouped.c.due_group)
    )
    counts = dict.fromkeys(("overdue", "today", "upcoming", "undated", "done"), 0)
    return counts | {row.due_group: row.cards for row in rows}


def _sorted_by(sort: Sort) -> SQLColumnExpression[Any]:
    return LEVEL if sort.field == "priority" else TIMES[sort.field]


def _order(sort: Sort) -> tuple[ColumnElement[Any], ...]:
    value = _sorted_by(sort)
    last = case((value.is_(None), 1), else_=0)
    return last, value.desc() if sort.descending else value.asc(), Card.id.asc()


def _behind(sort: Sort, after: After) -> ColumnElement[bool]:
    value = _sorted_by(sort)
    if after.value is None:
        return and_(value.is_(None), Card.id > after.card_id)
    further = value < after.value if sort.descending else value > after.value
    same = and_(value == after.value, Card.id > after.card_id)
    return or_(further, same, value.is_(None))


async def _labels(tx: ReadTx, ids: set[UUID]) -> dict[str, dict[str, Any]]:
    if not ids:
        return {}
    rows = await tx.all(select(*faces.LABEL_COLUMNS).where(Label.id.in_(ids)))
    return {str(row.id): faces.label_part(row._mapping) for row in rows}


async def _assignees(
    tx: ReadTx, cards: Sequence[Mapping[Any, Any]]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Members by board and person: a board keeps the names of its own people."""
    people = {UUID(one) for card in cards for one in card["assignee_ids"]}
    if not people:
        return {}
    boards = {card["board_id"] for card in cards}
    rows = await tx.all(
        select(Member.board_id, *faces.MEMBER_COLUMNS).where(
            Member.user_id.in_(people), Member.board_id.in_(boards)
        )
    )
    return {(str(row.board_id), str(row.user_id)): faces.member_part(row._mapping) for row in rows}


def _task(
    card: Mapping[Any, Any],
    labels: dict[str, dict[str, Any]],
    members: dict[tuple[str, str], dict[str, Any]],
    moment: datetime,
    end_of_today: datetime,
) -> dict[str, Any]:
    board_id = str(card["board_id"])
    people = [members.get((board_id, one)) for one in card["assignee_ids"]]
    return {
        **faces.face(card),
        "created_at": card["created_at"],
        "updated_at": card["updated_at"],
        "due_group": _due_group(card, moment, end_of_today),
        "may_edit": permits(Role(card["role"]), Action.EDIT_CARDS),
        "board": {
            "id": card["board_id"],
            "key": card["board_key"],
            "name": card["board_name"],
            "color": card["board_color"],
        },
        "list_name": card["list_name"],
        "list_category": card["list_category"],
        "labels": [labels[one] for one in card["label_ids"] if one in labels],
        "assignees": [person for person in people if person is not None],
    }


def _due_group(card: Mapping[Any, Any], moment: datetime, end_of_today: datetime) -> str:
    if card["completed_at"] is not None:
        return "done"
    due = card["due_at"]
    if due is None:
        return "undated"
    if due < moment:
        return "overdue"
    return "today" if due < end_of_today else "upcoming"
