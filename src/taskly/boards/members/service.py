"""Members of a board and their roles."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, and_, delete, insert, select, type_coerce, update

from taskly.accounts.queries import person
from taskly.boards import faces
from taskly.boards.access import Access, HeldBoard, hold
from taskly.boards.models import Board, Card, CardAssignee, CardList, Member, Star
from taskly.boards.policy import Role
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx, Tx
from taskly.kernel.edits import stamp
from taskly.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from taskly.kernel.events import Patch, append

NOT_A_MEMBER = "not_a_member"


async def put_member(
    tx: Tx, access: Access, board_id: UUID, user_id: UUID, role: Role
) -> dict[str, Any]:
    """Add somebody to a board, or give a member another role. The owner's role stays."""
    held, _ = await hold(tx, access, board_id)
    before = await _member(tx, held.id, user_id)
    if before is not None:
        if before.role == Role.OWNER:
            raise Conflict("owner_role")
        return await _change_role(tx, access, held, before, role)
    who = await person(tx, user_id)
    if who is None or not who.is_active:
        raise NotFound
    values = member_values(held.id, who, role)
    await tx.execute(insert(Member).values(**values))
    changes = {"member": [None, who.username], "role": [None, role]}
    part = faces.member_part(values)
    _record(tx, access, held, "member.added", user_id, changes, Patch().put("members", part))
    return part


def member_values(board_id: UUID, who: Row[Any], role: Role) -> dict[str, Any]:
    """A new row of `members` for a person."""
    return {
        "board_id": board_id,
        "user_id": who.id,
        "username": who.username,
        "full_name": who.full_name,
        "avatar_url": who.avatar_url,
        "role": role.value,
        "joined_at": now(),
    }


async def _change_role(
    tx: Tx, access: Access, held: HeldBoard, before: Row[Any], role: Role
) -> dict[str, Any]:
    part = {**faces.member_part(before._mapping), "role": role.value}
    if before.role != role:
        await tx.execute(
            update(Member)
            .where(Member.board_id == held.id, Member.user_id == before.user_id)
            .values(role=role.value)
        )
        changes = {"member": [before.username, before.username], "role": [before.role, role]}
        patch = Patch().put("members", part)
        _record(tx, access, held, "member.role_changed", before.user_id, changes, patch)
    return part


async def remove_member(tx: Tx, access: Access, board_id: UUID, user_id: UUID) -> None:
    """Take somebody off a board and off its cards; everybody but the owner may leave by themselves."""
    held, _ = await hold(tx, access, board_id)
    if user_id != access.user_id and held.role not in {Role.OWNER, Role.ADMIN}:
        raise Forbidden
    before = await _member(tx, held.id, user_id)
    if before is None:
        raise NotFound
    if before.role == Role.OWNER:
        raise Conflict("owner_role")
    patch = Patch().drop("members", user_id)
    await _unassign(tx, held.id, user_id, patch)
    await tx.execute(delete(Member).where(Member.board_id == held.id, Member.user_id == user_id))
    await tx.execute(delete(Star).where(Star.board_id == held.id, Star.user_id == user_id))
    changes = {"member": [before.username, None]}
    _record(tx, access, held, "member.removed", user_id, changes, patch)


async def _unassign(tx: Tx, board_id: UUID, user_id: UUID, patch: Patch) -> None:
    name = str(user_id)
    rows = await tx.all(
        select(
            *faces.CARD_COLUMNS,
            CardList.archived_at.label("list_archived_at"),
            CardList.deleted_at.label("list_deleted_at"),
        )
        .join(CardList, CardList.id == Card.list_id)
        .where(Card.board_id == board_id, type_coerce(Card.assignee_ids, Text).contains(name))
    )
    for row in rows:
        card = dict(row._mapping)
        kept = [other for other in card["assignee_ids"] if other != name]
        values = {"assignee_ids": kept} | stamp(card, {"assignee_ids": kept})
        await tx.execute(update(Card).where(Card.id == card["id"]).values(**values))
        hidden = ("archived_at", "deleted_at", "list_archived_at", "list_deleted_at")
        if not any(card[mark] for mark in hidden):
            patch.put("cards", faces.face({**card, **values}))
    assigned = select(Card.id).where(Card.board_id == board_id)
    await tx.execute(
        delete(CardAssignee).where(
            CardAssignee.user_id == user_id, CardAssignee.card_id.in_(assigned)
        )
    )


async def hand_over(tx: Tx, access: Access, board_id: UUID, user_id: UUID) -> Row[Any]:
    """Make another member the owner; the old owner stays as an admin. Returns the board's row."""
    held, row = await hold(tx, access, board_id, *Board.__table__.c)
    heir = await _member(tx, held.id, user_id)
    if heir is None:
        raise Invalid.of("user_id", NOT_A_MEMBER)
    if heir.role == Role.OWNER:
        return row
    owner = await _member(tx, held.id, row.owner_id)
    assert owner is not None
    parts = []
    for member, role in ((owner, Role.ADMIN), (heir, Role.OWNER)):
        await tx.execute(
            update(Member)
            .where(Member.board_id == held.id, Member.user_id == member.user_id)
            .values(role=role.value)
        )
        parts.append({**faces.member_part(member._mapping), "role": role.value})
    before = dict(row._mapping)
    values = {"owner_id": user_id} | stamp(before, {"owner_id": user_id}) | {"updated_at": now()}
    await tx.execute(update(Board).where(Board.id == held.id).values(**values))
    patch = Patch().put("members", *parts)
    patch.upsert["board"] = faces.board_part({**before, **values})
    changes = {"owner_id": [owner.user_id, user_id], "member": [owner.username, heir.username]}
    _record(tx, access, held, "board.handed_over", user_id, changes, patch)
    return row


async def members_of(tx: ReadTx, board_id: UUID) -> list[dict[str, Any]]:
    """The members of a board in the order in which they came."""
    rows = await tx.all(
        select(*faces.MEMBER_COLUMNS)
        .where(Member.board_id == board_id)
        .order_by(Member.joined_at, Member.user_id)
    )
    return [faces.member_part(row._mapping) for row in rows]


async def _member(tx: ReadTx, board_id: UUID, user_id: UUID) -> Row[Any] | None:
    return await tx.first(
        select(Member.__table__).where(and_(Member.board_id == board_id, Member.user_id == user_id))
    )


def _record(
    tx: Tx,
    access: Access,
    held: HeldBoard,
    event: str,
    user_id: UUID,
    changes: dict[str, Any],
    patch: Patch,
) -> None:
    append(
        tx,
        held.stream,
        event,
        actor_id=access.actor.user_id,
        op=access.actor.op,
        patch=patch,
        subject_id=user_id,
        changes=changes,
    )


def roles_of(members: Iterable[dict[str, Any]]) -> dict[UUID, str]:
    """Who has which role."""
    return {member["user_id"]: member["role"] for member in members}
