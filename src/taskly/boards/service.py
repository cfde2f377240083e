"""What people do with whole boards."""

import re
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, insert, select, update

from taskly.accounts.queries import person
from taskly.boards import faces
from taskly.boards.access import Access, hold, see_board, visible_boards, with_role
from taskly.boards.members.service import member_values
from taskly.boards.models import Board, Member, Star
from taskly.boards.policy import Role
from taskly.boards.schemas import BoardEdit, BoardNew
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx, Tx
from taskly.kernel.edits import differences, merge, stamp
from taskly.kernel.errors import Unauthenticated
from taskly.kernel.events import HeldStream, Patch, Stream, append, lock_streams, open_stream
from taskly.kernel.ids import new_id

LONGEST_KEY, SHORTEST_KEY = 5, 2
FALLBACK_KEY = "TK"


def key_from(name: str) -> str:
    """Two to five letters for card numbers: initials of several words, else the word's beginning."""
    words = re.findall(r"[A-Za-z]+", name)
    initials = "".join(word[0] for word in words)
    key = initials if len(initials) >= SHORTEST_KEY else "".join(words)
    key = key[: LONGEST_KEY if key is initials else 3].upper()
    return key if len(key) >= SHORTEST_KEY else FALLBACK_KEY


async def create_board(tx: Tx, access: Access, new: BoardNew) -> dict[str, Any]:
    """A new board, owned by whoever makes it."""
    who = await person(tx, access.user_id)
    if who is None:
        raise Unauthenticated
    moment = now()
    values: dict[str, Any] = {
        "id": new_id(),
        "key": key_from(new.name),
        "name": new.name,
        "description": new.description,
        "color": new.color,
        "wip_policy": "warn",
        "owner_id": who.id,
        "version": 1,
        "field_versions": {},
        "created_at": moment,
        "updated_at": moment,
        "archived_at": None,
        "deleted_at": None,
    }
    stream = await insert_board(tx, values, member_values(values["id"], who, Role.OWNER))
    append(
        tx,
        stream,
        "board.created",
        actor_id=who.id,
        op=access.actor.op,
        patch=first_patch(values, who),
        subject_id=values["id"],
        changes={"name": [None, new.name]},
    )
    return faces.board_for(values, role=Role.OWNER, starred=False, seq=stream.seq)


async def insert_board(tx: Tx, values: dict[str, Any], owner: dict[str, Any]) -> HeldStream:
    """Write a new board with its owner and open its stream."""
    stream = await open_stream(tx, values["id"])
    await tx.execute(insert(Board).values(**values))
    await tx.execute(insert(Member).values(**owner))
    return stream


def first_patch(values: dict[str, Any], who: Any) -> Patch:
    """The patch that brings a board into being: itself and its owner."""
    owner = faces.member_part(member_values(values["id"], who, Role.OWNER))
    patch = Patch().put("members", owner)
    patch.upsert["board"] = faces.board_part(values)
    return patch


async def edit_board(tx: Tx, access: Access, board_id: UUID, edit: BoardEdit) -> dict[str, Any]:
    """Change a board. Raises `EditConflict` where somebody changed the same field since."""
    held, row = await hold(
        tx, access, board_id, *Board.__table__.c, _starred(access).label("starred")
    )
    before = dict(row._mapping)
    wanted = edit.wanted()
    if "archived" in wanted:
        archived = wanted.pop("archived")
        wanted["archived_at"] = (before["archived_at"] or now()) if archived else None
    values = merge(before, wanted, edit.base_version)
    after = before
    if values:
        event = "board.edited"
        if "archived_at" in values:
            event = "board.archived" if values["archived_at"] else "board.unarchived"
        after = await _save(tx, access, held.stream, before, values, event)
    return faces.board_for(after, role=held.role, starred=bool(row.starred), seq=held.stream.seq)


async def delete_board(tx: Tx, access: Access, board_id: UUID) -> None:
    """Put a board into its owner's trash; nobody else sees it any more."""
    held, row = await hold(tx, access, board_id, *Board.__table__.c)
    before = dict(row._mapping)
    values = {"deleted_at": now()} | stamp(before, {})
    await _save(tx, access, held.stream, before, values, "board.deleted")


async def restore_board(tx: Tx, access: Access, board_id: UUID) -> dict[str, Any]:
    """Bring a board back from the trash."""
    held, row = await hold(
        tx,
        access,
        board_id,
        *Board.__table__.c,
        _starred(access).label("starred"),
        deleted=True,
    )
    before = dict(row._mapping)
    values = {"deleted_at": None} | stamp(before, {})
    after = await _save(tx, access, held.stream, before, values, "board.restored")
    return faces.board_for(after, role=held.role, starred=bool(row.starred), seq=held.stream.seq)


async def _save(
    tx: Tx,
    access: Access,
    stream: HeldStream,
    before: dict[str, Any],
    values: dict[str, Any],
    event: str,
) -> dict[str, Any]:
    values["updated_at"] = now()
    await tx.execute(update(Board).where(Board.id == stream.id).values(**values))
    after = {**before, **values}
    patch = Patch()
    patch.upsert["board"] = faces.board_part(after)
    append(
        tx,
        stream,
        event,
        actor_id=access.actor.user_id,
        op=access.actor.op,
        patch=patch,
        subject_id=stream.id,
        changes=differences(before, values),
    )
    return after


async def star_board(tx: Tx, access: Access, board_id: UUID, *, starred: bool) -> None:
    """Put one's own mark on a board, or take it off; doing it twice changes nothing."""
    await see_board(tx, access, board_id)
    person_id = access.user_id
    streams = await lock_streams(tx, person_id)
    mark = and_(Star.user_id == person_id, Star.board_id == board_id)
    is_starred = await tx.first(select(Star.board_id).where(mark)) is not None
    if is_starred == starred:
        return
    if starred:
        await tx.execute(insert(Star).values(user_id=person_id, board_id=board_id))
    else:
        await tx.execute(delete(Star).where(mark))
    for stream in streams:
        append(
            tx,
            stream,
            "board.starred" if starred else "board.unstarred",
            actor_id=person_id,
            op=access.actor.op,
            patch=Patch(),
            subject_id=board_id,
        )


def _starred(access: Access) -> Any:
    return (
        select(Star.board_id)
        .where(Star.board_id == Board.id, Star.user_id == access.actor.user_id)
        .correlate(Board)
        .scalar_subquery()
        .is_not(None)
    )


async def list_boards(
    tx: ReadTx, access: Access, state: str, after: list[Any] | None, limit: int
) -> list[dict[str, Any]]:
    """The boards that the actor takes part in, newest first. `after` is [id] of the last row read.

    `state` is `active`, `archived` or `trash`; the trash holds only what one may restore.
    """
    columns = (*Board.__table__.c, _starred(access).label("starred"), Stream.seq.label("seq"))
    if state == "trash":
        statement = with_role(access.actor, *columns).where(
            Board.deleted_at.is_not(None), Board.owner_id == access.actor.user_id
        )
    else:
        statement = visible_boards(access.actor, *columns)
        archived = Board.archived_at
        statement = statement.where(
            archived.is_not(None) if state == "archived" else archived.is_(None)
        )
    if after is not None:
        statement = statement.where(Board.id < after[0])
    rows = await tx.all(
        statement.join(Stream, Stream.id == Board.id).order_by(Board.id.desc()).limit(limit)
    )
    return [
        faces.board_for(row._mapping, role=row.role, starred=bool(row.starred), seq=row.seq)
        for row in rows
    ]


async def get_board(tx: ReadTx, access: Access, board_id: UUID) -> dict[str, Any]:
    """A board as its reader sees it, inside the transaction that changed it too."""
    row = await see_board(
        tx,
        access,
        board_id,
        _starred(access).label("starred"),
        Stream.seq.label("seq"),
        joins=[(Stream, Stream.id == Board.id)],
    )
    return faces.board_for(row._mapping, role=row.role, starred=bool(row.starred), seq=row.seq)
