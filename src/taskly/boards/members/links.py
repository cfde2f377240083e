"""Share links: read-only doors to one board for people without an account."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, or_, select, update

from taskly.accounts.actor import Actor
from taskly.boards.access import Access, hold, see_board
from taskly.boards.models import Board, ShareLink
from taskly.kernel.clock import now
from taskly.kernel.crypto import new_token, token_hash
from taskly.kernel.db import ReadTx, Tx
from taskly.kernel.errors import Conflict, Invalid, NotFound, Unauthenticated
from taskly.kernel.events import Patch, append
from taskly.kernel.ids import new_id

TOKEN_PREFIX = "share"  # noqa: S105
MOST_LINKS = 50


async def make_link(
    tx: Tx, access: Access, board_id: UUID, expires_at: datetime | None
) -> dict[str, Any]:
    """A new share link with its token, which cannot be read again."""
    moment = now()
    if expires_at is not None and expires_at <= moment:
        raise Invalid.of("expires_at", "in_the_past")
    count = select(func.count()).where(
        ShareLink.board_id == board_id, ShareLink.revoked_at.is_(None)
    )
    held, row = await hold(tx, access, board_id, count.scalar_subquery().label("already"))
    if row.already >= MOST_LINKS:
        raise Conflict("too_many_links", limit=MOST_LINKS)
    token = new_token(TOKEN_PREFIX)
    values = {
        "id": new_id(),
        "board_id": held.id,
        "token_hash": token_hash(token),
        "created_by": access.user_id,
        "created_at": moment,
        "expires_at": expires_at,
        "revoked_at": None,
    }
    await tx.execute(insert(ShareLink).values(**values))
    append(
        tx,
        held.stream,
        "link.created",
        actor_id=access.user_id,
        op=access.actor.op,
        patch=Patch(),
    )
    return {**values, "token": token}


async def list_links(tx: ReadTx, access: Access, board_id: UUID) -> Sequence[Row[Any]]:
    """The share links of a board that are not revoked, newest first."""
    await see_board(tx, access, board_id)
    return await tx.all(
        select(ShareLink.id, ShareLink.created_by, ShareLink.created_at, ShareLink.expires_at)
        .where(ShareLink.board_id == board_id, ShareLink.revoked_at.is_(None))
        .order_by(ShareLink.id.desc())
        .limit(MOST_LINKS)
    )


async def revoke_link(tx: Tx, access: Access, board_id: UUID, link_id: UUID) -> None:
    """Close a share link; who looks through it is shut out at once."""
    held, _ = await hold(tx, access, board_id)
    result = await tx.execute(
        update(ShareLink)
        .where(
            ShareLink.id == link_id, ShareLink.board_id == held.id, ShareLink.revoked_at.is_(None)
        )
        .values(revoked_at=now())
    )
    if result.rowcount == 0:
        raise NotFound
    append(
        tx,
        held.stream,
        "link.revoked",
        actor_id=access.user_id,
        op=access.actor.op,
        patch=Patch(),
        subject_id=link_id,
    )


async def actor_of_token(tx: ReadTx, token: str) -> tuple[Actor, datetime | None]:
    """Who the holder of a share token is, and until when. Raises `Unauthenticated` for a dead one."""
    row = await tx.first(
        select(ShareLink.id, ShareLink.board_id, ShareLink.expires_at)
        .join(Board, Board.id == ShareLink.board_id)
        .where(
            ShareLink.token_hash == token_hash(token),
            ShareLink.revoked_at.is_(None),
            or_(ShareLink.expires_at.is_(None), ShareLink.expires_at > now()),
            Board.deleted_at.is_(None),
        )
    )
    if row is None:
        raise Unauthenticated("token_invalid")
    return Actor(link_id=row.id, link_board_id=row.board_id), row.expires_at
