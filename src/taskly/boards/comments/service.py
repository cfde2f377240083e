"""What people do with comments; the card's face counts them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, insert, or_, select, update

from taskly.accounts.queries import people
from taskly.boards import faces
from taskly.boards.access import (
    Access,
    HeldBoard,
    board_of_card,
    board_of_comment,
    hold,
    require,
    shown_card,
    visible_cards,
)
from taskly.boards.models import Card, Comment
from taskly.boards.policy import Role
from taskly.boards.recording import record
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx, Tx
from taskly.kernel.edits import stamp
from taskly.kernel.errors import Conflict, Forbidden, NotFound
from taskly.kernel.ids import new_id

EXCERPT = 280


async def add_comment(tx: Tx, access: Access, card_id: UUID, body: str) -> dict[str, Any]:
    """Say something on a card."""
    held, row = await hold(
        tx, access, board_of_card(card_id), *faces.HELD_CARD_COLUMNS, joins=shown_card(card_id)
    )
    values: dict[str, Any] = {
        "id": new_id(),
        "card_id": card_id,
        "author_id": access.user_id,
        "author_name": None,
        "body": body,
        "version": 1,
        "created_at": now(),
        "edited_at": None,
        "deleted_at": None,
    }
    await tx.execute(insert(Comment).values(**values))
    changes = {"comment": [None, body[:EXCERPT]]}
    await _count(tx, access, held, dict(row._mapping), "comment.added", +1, changes)
    return values


async def edit_comment(tx: Tx, access: Access, comment_id: UUID, body: str) -> dict[str, Any]:
    """Change one's own comment. Raises `Forbidden` for somebody else's."""
    held, card, comment = await _hold_comment(tx, access, comment_id)
    if comment["author_id"] != access.user_id:
        raise Forbidden
    if comment["deleted_at"] is not None:
        raise NotFound
    if body == comment["body"]:
        return comment
    values = {"body": body, "version": comment["version"] + 1, "edited_at": now()}
    await tx.execute(update(Comment).where(Comment.id == comment_id).values(**values))
    changes = {"comment": [comment["body"][:EXCERPT], body[:EXCERPT]]}
    await _count(tx, access, held, card, "comment.edited", 0, changes)
    return {**comment, **values}


async def delete_comment(tx: Tx, access: Access, comment_id: UUID) -> None:
    """Take a comment away: one's own, or anybody's for owners and admins."""
    held, card, comment = await _hold_comment(tx, access, comment_id)
    own = comment["author_id"] == access.user_id
    if not own and held.role not in {Role.OWNER, Role.ADMIN}:
        raise Forbidden
    if comment["deleted_at"] is not None:
        raise NotFound
    await tx.execute(update(Comment).where(Comment.id == comment_id).values(deleted_at=now()))
    changes = {"comment": [comment["body"][:EXCERPT], None]}
    await _count(tx, access, held, card, "comment.deleted", -1, changes)


async def restore_comment(tx: Tx, access: Access, comment_id: UUID) -> dict[str, Any]:
    """Bring a comment back; its author may, and owners and admins."""
    held, card, comment = await _hold_comment(tx, access, comment_id)
    own = comment["author_id"] == access.user_id
    if not own and held.role not in {Role.OWNER, Role.ADMIN}:
        raise Forbidden
    if comment["deleted_at"] is None:
        raise Conflict("not_deleted")
    await tx.execute(update(Comment).where(Comment.id == comment_id).values(deleted_at=None))
    changes = {"comment": [None, comment["body"][:EXCERPT]]}
    await _count(tx, access, held, card, "comment.restored", +1, changes)
    return {**comment, "deleted_at": None}


async def list_comments(
    tx: ReadTx, access: Access, card_id: UUID, after: list[Any] | None, limit: int
) -> Sequence[Row[Any]]:
    """The comments of a card, oldest first. `after` is the (created_at, id) of the last row read."""
    seen = await tx.first(visible_cards(access.actor, Card.id).where(Card.id == card_id))
    require(seen, access.action)
    statement = select(Comment.__table__).where(
        Comment.card_id == card_id, Comment.deleted_at.is_(None)
    )
    if after is not None:
        created_at, comment_id = after
        statement = statement.where(
            or_(
                Comment.created_at > created_at,
                and_(Comment.created_at == created_at, Comment.id > comment_id),
            )
        )
    return await tx.all(statement.order_by(Comment.created_at, Comment.id).limit(limit))


async def with_authors(tx: ReadTx, comments: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Comments as they leave, each with what others may know of its author."""
    ids = {c["author_id"] for c in comments if c["author_id"] is not None}
    known = {person.id: person for person in await people(tx, list(ids))}
    return [{**comment, "author": _author(comment, known)} for comment in comments]


def _author(comment: dict[str, Any], known: dict[UUID, Row[Any]]) -> dict[str, Any] | None:
    person = known.get(comment["author_id"])
    if person is not None:
        return {
            "user_id": person.id,
            "username": person.username,
            "full_name": person.full_name,
            "avatar_url": person.avatar_url,
        }
    if comment["author_name"] is None:
        return None
    return {
        "user_id": None,
        "username": None,
        "full_name": comment["author_name"],
        "avatar_url": None,
    }


async def _hold_comment(
    tx: Tx, access: Access, comment_id: UUID
) -> tuple[HeldBoard, dict[str, Any], dict[str, Any]]:
    card_of = select(Comment.card_id).where(Comment.id == comment_id).scalar_subquery()
    comment_columns = [column.label(f"comment_{column.name}") for column in Comment.__table__.c]
    (card, on_card), in_list = shown_card(card_of)
    held, row = await hold(
        tx,
        access,
        board_of_comment(comment_id),
        *faces.HELD_CARD_COLUMNS,
        *comment_columns,
        joins=[
            (card, on_card),
            in_list,
            (Comment, and_(Comment.card_id == Card.id, Comment.id == comment_id)),
        ],
    )
    whole = dict(row._mapping)
    comment = {column.name: whole[f"comment_{column.name}"] for column in Comment.__table__.c}
    return held, whole, comment


async def _count(
    tx: Tx,
    access: Access,
    held: HeldBoard,
    card: dict[str, Any],
    event: str,
    step: int,
    changes: dict[str, Any],
) -> None:
    values = {"comment_count": card["comment_count"] + step} | stamp(card, {})
    await tx.execute(update(Card).where(Card.id == card["id"]).values(**values))
    record(tx, access, held, event, {**card, **values}, changes)
