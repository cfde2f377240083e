"""From the tree of a query to conditions on cards; values are always bound, never written into SQL.

Every condition is true or false, never null, so that its negation holds for exactly the other cards.
They are meant for `visible_cards`, which joins each card with its board and its list.
"""

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from sqlalchemy import String, Text, and_, case, cast, exists, func, not_, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement, SQLColumnExpression

from taskly.boards.models import Board, Card, CardAssignee, CardList, Label, Member
from taskly.boards.query.dates import Now, span_of
from taskly.boards.query.tree import (
    LEVELS,
    ME,
    AllOf,
    AnyOf,
    Has,
    InStatus,
    Is,
    Level,
    Named,
    Node,
    Not,
    Operator,
    Part,
    Present,
    Ranked,
    State,
    Timed,
    TimeField,
    Words,
)

Condition = ColumnElement[bool]

TIMES: dict[TimeField, InstrumentedAttribute[object]] = {
    "due": Card.due_at,
    "start": Card.start_at,
    "completed": Card.completed_at,
    "created": Card.created_at,
    "updated": Card.updated_at,
}
LEVEL: ColumnElement[int] = case(
    *((Card.priority == level, place) for place, level in enumerate(LEVELS)), else_=0
)
_LABELS = type_coerce(Card.label_ids, Text)
_ASSIGNEES = type_coerce(Card.assignee_ids, Text)
_NO_IDS = "[]"


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose `me` and whose `today` a query means."""

    user_id: UUID
    now: Now


def condition(node: Node, asker: Asker) -> Condition:
    """The condition that a node of a query stands for."""
    match node:
        case AllOf(nodes):
            return and_(*(condition(one, asker) for one in nodes))
        case AnyOf(nodes):
            return or_(*(condition(one, asker) for one in nodes))
        case Not(inner):
            return not_(condition(inner, asker))
        case Words(text):
            return or_(
                Card.title.icontains(text, autoescape=True),
                Card.description.icontains(text, autoescape=True),
            )
        case Named():
            return _named(node, asker)
        case Is(state):
            return _is(state, asker)
        case InStatus(status):
            return CardList.category == status
        case Has(part):
            return _has(part)
        case Ranked(operator, level):
            return _ranked(operator, level)
        case Timed():
            return _timed(node, asker)
        case Present(field, presence):
            column = TIMES[field]
            return column.is_(None) if presence == "none" else column.is_not(None)
        case _:
            assert_never(node)


def _same(
    column: SQLColumnExpression[str] | SQLColumnExpression[str | None], name: str
) -> Condition:
    return func.lower(column) == func.lower(name)


def _named(node: Named, asker: Asker) -> Condition:
    said = node.name.lower()
    if node.field == "board":
        return or_(_same(Board.name, node.name), Board.key == node.name.upper())
    if node.field == "list":
        return _same(CardList.name, node.name)
    if said in {"none", "any"}:
        held = _ASSIGNEES if node.field == "assignee" else _LABELS
        return held == _NO_IDS if said == "none" else held != _NO_IDS
    if node.field == "label":
        return exists().where(
            Label.board_id == Card.board_id, _same(Label.name, node.name), _carries_label()
        )
    if said == ME:
        mine = select(CardAssignee.card_id).where(CardAssignee.user_id == asker.user_id)
        return Card.id.in_(mine)
    return exists().where(
        CardAssignee.card_id == Card.id,
        Member.board_id == Card.board_id,
        Member.user_id == CardAssignee.user_id,
        or_(_same(Member.username, node.name), _same(Member.full_name, node.name)),
    )


def _carries_label() -> Condition:
    """Whether the card's ids, which are kept as JSON, have the label's; databases write ids differently."""
    digits = func.replace(cast(Label.id, String(36)), "-", "")
    return func.replace(_LABELS, "-", "").contains(digits)


def _is(state: State, asker: Asker) -> Condition:
    if state == "done":
        return Card.completed_at.is_not(None)
    if state == "open":
        return Card.completed_at.is_(None)
    past = and_(Card.due_at.is_not(None), Card.due_at < asker.now.moment)
    return and_(Card.completed_at.is_(None), past)


def _has(part: Part) -> Condition:
    conditions: dict[Part, Condition] = {
        "description": Card.description != "",
        "due": Card.due_at.is_not(None),
        "start": Card.start_at.is_not(None),
        "assignee": _ASSIGNEES != _NO_IDS,
        "label": _LABELS != _NO_IDS,
        "comment": Card.comment_count > 0,
        "attachment": Card.attachment_count > 0,
        "checklist": Card.checklist_total > 0,
        "cover": Card.cover_url.is_not(None),
        "job": type_coerce(Card.job, Text).is_not(None),
    }
    return conditions[part]


def _ranked(operator: Operator, level: Level) -> Condition:
    place = LEVELS.index(level)
    wanted = {
        ":": LEVELS[place : place + 1],
        "<": LEVELS[:place],
        "<=": LEVELS[: place + 1],
        ">": LEVELS[place + 1 :],
        ">=": LEVELS[place:],
    }
    return Card.priority.in_(wanted[operator])


def _timed(node: Timed, asker: Asker) -> Condition:
    column = TIMES[node.field]
    start, after = span_of(node.when, asker.now)
    conditions: dict[Operator, Condition] = {
        ":": and_(column >= start, column < after),
        "<": column < start,
        "<=": column < after,
        ">": column >= after,
        ">=": column >= start,
    }
    return and_(column.is_not(None), conditions[node.operator])
