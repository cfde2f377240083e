"""What boards do about facts of others, and what they tell each member's own stream."""

from typing import Any

from sqlalchemy import Row, select, update

from taskly.accounts.queries import person
from taskly.boards import faces
from taskly.boards.jobs.handlers import READER as JOBS
from taskly.boards.models import Board, Member
from taskly.boards.search.indexing import READER as SEARCH
from taskly.kernel.db import Tx
from taskly.kernel.events import Patch, append, lock_streams
from taskly.kernel.readers import Reader


async def carry_profile(tx: Tx, event: Row[Any]) -> None:
    """Bring a person's new name or picture to the boards that they take part in."""
    who = await person(tx, event.stream_id)
    if who is None:
        return
    memberships = await tx.all(select(Member.board_id).where(Member.user_id == who.id))
    if not memberships:
        return
    profile = {
        "username": who.username,
        "full_name": who.full_name,
        "avatar_url": who.avatar_url,
    }
    for stream in await lock_streams(tx, *(row.board_id for row in memberships)):
        mine = (Member.board_id == stream.id, Member.user_id == who.id)
        row = await tx.first(select(*faces.MEMBER_COLUMNS).where(*mine))
        if row is None or all(row._mapping[name] == value for name, value in profile.items()):
            continue
        await tx.execute(update(Member).where(*mine).values(**profile))
        append(
            tx,
            stream,
            "member.renamed",
            actor_id=who.id,
            op=None,
            patch=Patch().put("members", {**faces.member_part(row._mapping), **profile}),
            subject_id=who.id,
            changes={"member": [row.username, who.username]},
        )


async def tell_members(tx: Tx, event: Row[Any]) -> None:
    """Let the lists of boards that people look at follow a change of the board or its members."""
    board = await tx.first(select(Board.__table__).where(Board.id == event.stream_id))
    if board is None:
        return
    members = await tx.all(select(Member.user_id, Member.role).where(Member.board_id == board.id))
    roles = {row.user_id: row.role for row in members} if board.deleted_at is None else {}
    gone = {row.user_id for row in members} - set(roles)
    if event.event == "member.removed":
        gone |= {event.subject_id} - set(roles)
    for stream in await lock_streams(tx, *roles, *gone):
        patch = Patch()
        if stream.id in roles:
            patch.put("boards", {**faces.board_part(board._mapping), "role": roles[stream.id]})
        else:
            patch.drop("boards", board.id)
        append(
            tx,
            stream,
            "board.listed" if stream.id in roles else "board.unlisted",
            actor_id=event.actor_id,
            op=event.op,
            patch=patch,
            subject_id=board.id,
        )


READERS = (
    JOBS,
    SEARCH,
    Reader("boards.profiles", frozenset({"user.updated"}), carry_profile),
    Reader(
        "boards.listings",
        frozenset(
            {
                "board.created",
                "board.imported",
                "board.edited",
                "board.archived",
                "board.unarchived",
                "board.deleted",
                "board.restored",
                "board.handed_over",
                "member.added",
                "member.role_changed",
                "member.removed",
            }
        ),
        tell_members,
    ),
)
"""The readers that boards bring along."""
