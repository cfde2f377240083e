"""The only place that decides which boards an actor may see, and whether they may change them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    literal,
    or_,
    select,
)
from sqlalchemy.sql.elements import ColumnElement

from taskly.accounts.actor import Actor
from taskly.boards.models import (
    Attachment,
    Board,
    Card,
    CardList,
    Checklist,
    ChecklistItem,
    Comment,
    Label,
    Member,
    ShareLink,
)
from taskly.boards.policy import CONTENT, Action, Role, permits
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx, Tx
from taskly.kernel.errors import Conflict, Forbidden, NotFound
from taskly.kernel.events import HeldStream, lock_streams

Join = tuple[Any, ColumnElement[bool]]
Id = UUID | ScalarSelect[Any] | BindParameter[Any]

HELD_COLUMNS = (
    Board.key.label("held_key"),
    Board.wip_policy.label("held_wip_policy"),
    Board.archived_at.label("held_archived_at"),
)


@dataclass(frozen=True, slots=True)
class Access:
    """An actor and the one thing that they came to do."""

    actor: Actor
    action: Action

    @property
    def user_id(self) -> UUID:
        """The person; links never get as far as asking."""
        if self.actor.user_id is None:
            raise NotFound
        return self.actor.user_id


@dataclass(frozen=True, slots=True)
class HeldBoard:
    """A board that is locked and may be changed, and the actor's role on it."""

    stream: HeldStream
    key: str
    wip_policy: str
    role: Role

    @property
    def id(self) -> UUID:
        """The board's id, which is its stream's."""
        return self.stream.id


def with_role(actor: Actor, *columns: Any) -> Select[Any]:
    """A select over the boards that the actor takes part in, deleted ones too, with `role`."""
    if actor.user_id is not None:
        return _with_role_of_person(actor.user_id, *columns)
    open_link = and_(
        ShareLink.board_id == Board.id,
        ShareLink.id == actor.link_id,
        ShareLink.revoked_at.is_(None),
        or_(ShareLink.expires_at.is_(None), ShareLink.expires_at > now()),
    )
    return (
        select(*columns, literal(Role.LINK.value).label("role"))
        .select_from(Board)
        .join(ShareLink, open_link)
    )


def _with_role_of_person(user_id: UUID | BindParameter[Any], *columns: Any) -> Select[Any]:
    return (
        select(*columns, Member.role.label("role"))
        .select_from(Board)
        .join(Member, and_(Member.board_id == Board.id, Member.user_id == user_id))
    )


def visible_boards(actor: Actor, *columns: Any) -> Select[Any]:
    """A select over the boards that the actor may see, with the `role` that they have there."""
    return with_role(actor, *columns).where(Board.deleted_at.is_(None))


def visible_cards(actor: Actor, *columns: Any) -> Select[Any]:
    """A select over the cards that the actor may see, archived ones too, with `role`."""
    return (
        visible_boards(actor, *columns)
        .join(Card, Card.board_id == Board.id)
        .join(CardList, CardList.id == Card.list_id)
        .where(Card.deleted_at.is_(None), CardList.deleted_at.is_(None))
    )


def visible_list(actor: Actor, list_id: UUID) -> Select[Any]:
    """A select for one list, archived or not, of a board that the actor may see."""
    return (
        visible_boards(actor, *CardList.__table__.c)
        .join(CardList, CardList.board_id == Board.id)
        .where(CardList.id == list_id, CardList.deleted_at.is_(None))
    )


def require(row: Row[Any] | None, action: Action) -> Row[Any]:
    """The row, found by a select above. Raises `NotFound` where there is none, else `Forbidden`."""
    if row is None:
        raise NotFound
    if not permits(Role(row.role), action):
        raise Forbidden
    return row


async def see_board(
    tx: ReadTx, access: Access, board_id: UUID, *columns: Any, joins: Sequence[Join] = ()
) -> Row[Any]:
    """The board's row with `role` and other columns, for reading. Raises `NotFound` or `Forbidden`."""
    statement = visible_boards(access.actor, *Board.__table__.c, *columns)
    for model, condition in joins:
        statement = statement.join(model, condition)
    return require(await tx.first(statement.where(Board.id == board_id)), access.action)


def board_of_list(list_id: Id) -> Select[Any]:
    """The id of a list's board."""
    return select(CardList.board_id).where(CardList.id == list_id)


def board_of_card(card_id: Id) -> Select[Any]:
    """The id of a card's board."""
    return select(Card.board_id).where(Card.id == card_id)


def board_of_label(label_id: UUID) -> Select[Any]:
    """The id of a label's board."""
    return select(Label.board_id).where(Label.id == label_id)


def board_of_comment(comment_id: UUID) -> Select[Any]:
    """The id of the board of a comment's card."""
    return (
        select(Card.board_id)
        .join(Comment, Comment.card_id == Card.id)
        .where(Comment.id == comment_id)
    )


def board_of_attachment(attachment_id: UUID) -> Select[Any]:
    """The id of the board of an attachment's card."""
    return (
        select(Card.board_id)
        .join(Attachment, Attachment.card_id == Card.id)
        .where(Attachment.id == attachment_id)
    )


def board_of_checklist(checklist_id: UUID) -> Select[Any]:
    """The id of the board of a checklist's card."""
    return (
        select(Card.board_id)
        .join(Checklist, Checklist.card_id == Card.id)
        .where(Checklist.id == checklist_id)
    )


def board_of_item(item_id: UUID) -> Select[Any]:
    """The id of the board of a checklist item's card."""
    return (
        select(Card.board_id)
        .join(Checklist, Checklist.card_id == Card.id)
        .join(ChecklistItem, ChecklistItem.checklist_id == Checklist.id)
        .where(ChecklistItem.id == item_id)
    )


def on_board(model: Any, entity_id: Id) -> Join:
    """A join of one thing on the held board."""
    return model, and_(model.board_id == Board.id, model.id == entity_id)


CARD_LIST: Join = (CardList, CardList.id == Card.list_id)


def shown_card(card_id: Id) -> tuple[Join, Join]:
    """Joins of a card on the held board, and its list, neither of them in the trash."""
    card, condition = on_board(Card, card_id)
    return (
        (card, and_(condition, Card.deleted_at.is_(None))),
        (CardList, and_(CardList.id == Card.list_id, CardList.deleted_at.is_(None))),
    )


THIS_CARD: BindParameter[Any] = bindparam("card_id")
THIS_LIST: BindParameter[Any] = bindparam("list_id")
BOARD_OF_CARD = board_of_card(THIS_CARD)
BOARD_OF_LIST = board_of_list(THIS_LIST)
SHOWN_CARD = shown_card(THIS_CARD)
ON_LIST = on_board(CardList, THIS_LIST)


async def hold(
    tx: Tx,
    access: Access,
    board: UUID | Select[Any],
    *columns: Any,
    joins: Sequence[Join] = (),
    deleted: bool = False,
    bound: dict[str, Any] | None = None,
) -> tuple[HeldBoard, Row[Any]]:
    """Lock a board, then read it afresh together with what else the caller needs of it.

    `board` is its id or a query for it, `columns` are more columns to read (scalar subqueries too)
    and `joins` the tables that they come from. What is read after the lock is the latest committed
    state. Raises `NotFound` when the actor may not see it or a joined thing is not there, `Forbidden`
    when they see it but may not do this, `Conflict` when the board is archived; with `deleted` only a
    deleted board is found. `bound` says that all of these are constants, built once, and gives the
    values of their bound parameters: the way of the commands that everybody uses all day.
    """
    streams = await lock_streams(tx, board, bound=None if isinstance(board, UUID) else bound)
    if not streams:
        raise NotFound
    return await read_held(
        tx, access, streams[0], *columns, joins=joins, deleted=deleted, bound=bound
    )


async def read_held(
    tx: Tx,
    access: Access,
    stream: HeldStream,
    *columns: Any,
    joins: Sequence[Join] = (),
    deleted: bool = False,
    bound: dict[str, Any] | None = None,
) -> tuple[HeldBoard, Row[Any]]:
    """What `hold` reads, for a board whose stream is locked already."""
    build = _held_once if bound is not None else _held
    statement = build(columns, tuple(joins), deleted)
    given = {**(bound or {}), "held_board": stream.id, "held_by": access.user_id}
    row = require((await tx.execute(statement, given)).first(), access.action)
    if row.held_archived_at is not None and access.action in CONTENT:
        raise Conflict("board_archived")
    return HeldBoard(stream, row.held_key, row.held_wip_policy, Role(row.role)), row


def _held(columns: tuple[Any, ...], joins: tuple[Join, ...], deleted: bool) -> Select[Any]:
    statement = _with_role_of_person(bindparam("held_by"), *columns, *HELD_COLUMNS)
    for model, condition in joins:
        statement = statement.join(model, condition)
    found = Board.deleted_at.is_not(None) if deleted else Board.deleted_at.is_(None)
    return statement.where(Board.id == bindparam("held_board"), found)


_held_once = lru_cache(maxsize=64)(_held)
