"""The life of a log-in: start, rotation of its refresh token, end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, or_, select, update

from taskly.accounts.ended import EndedSessions
from taskly.accounts.models import LONGEST_USER_AGENT, Session, User
from taskly.kernel.clock import now
from taskly.kernel.db import Tx
from taskly.kernel.ids import new_id

# Two tabs of a browser share one cookie and may both send it before either has the answer.
GRACE = timedelta(seconds=10)
# Kept for a while after the end: access tokens live a day at most, and other processes poll for ends.
KEPT_AFTER_END = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Client:
    """Who is calling, as far as the connection tells; `shares_cookie` marks a page of a browser."""

    user_agent: str = ""
    ip: str = ""
    shares_cookie: bool = False

    @property
    def agent(self) -> str:
        """The user agent as it is stored."""
        return "".join(c for c in self.user_agent if c.isprintable())[:LONGEST_USER_AGENT]


class Refusal(Enum):
    """Why a refresh token is not good."""

    OVER = auto()
    REUSED = auto()


@dataclass(frozen=True, slots=True)
class Rotation:
    """The outcome of a refresh: whose session it is and the number of its token from now on."""

    user_id: UUID
    session_id: UUID
    generation: int


async def start_session(tx: Tx, user_id: UUID, client: Client, life: timedelta) -> UUID:
    """A new session of a person; their long-gone ones are swept away in passing."""
    moment = now()
    long_ago = moment - KEPT_AFTER_END
    await tx.execute(
        delete(Session).where(
            Session.user_id == user_id,
            or_(Session.expires_at < long_ago, Session.ended_at < long_ago),
        )
    )
    session_id = new_id()
    await tx.execute(
        insert(Session).values(
            id=session_id,
            user_id=user_id,
            generation=1,
            rotated_at=moment,
            user_agent=client.agent,
            ip=client.ip[:45],
            created_at=moment,
            last_used_at=moment,
            expires_at=moment + life,
        )
    )
    return session_id


async def rotate(
    tx: Tx,
    session_id: UUID,
    generation: int,
    client: Client,
    life: timedelta,
    ended: EndedSessions,
) -> Rotation | Refusal:
    """Exchange a refresh token, given by its session and number, for the next one.

    An old number means that somebody has a copy: the session ends, for whoever holds it. A refusal
    is returned, not raised, since that end must be committed.
    """
    moment = now()
    row = await tx.first(
        select(
            Session.user_id,
            Session.generation,
            Session.rotated_at,
            Session.user_agent,
            Session.expires_at,
            Session.ended_at,
        )
        .where(Session.id == session_id)
        .with_for_update()
    )
    if row is None or row.ended_at is not None or row.expires_at <= moment:
        return Refusal.OVER
    newest = row.generation
    if generation != newest:
        another_tab = (
            client.shares_cookie
            and generation == newest - 1
            and moment - row.rotated_at <= GRACE
            and client.agent == row.user_agent
        )
        if another_tab:
            return Rotation(row.user_id, session_id, newest)
        await end_sessions(tx, ended, Session.id == session_id)
        return Refusal.REUSED
    await tx.execute(
        update(Session)
        .where(Session.id == session_id)
        .values(
            generation=newest + 1,
            rotated_at=moment,
            last_used_at=moment,
            expires_at=moment + life,
            user_agent=client.agent,
            ip=client.ip[:45],
        )
    )
    return Rotation(row.user_id, session_id, newest + 1)


async def end_sessions(tx: Tx, ended: EndedSessions, *which: ColumnElement[bool]) -> Sequence[UUID]:
    """End the sessions that fulfil the conditions, here and in every process, once this is committed."""
    rows = await tx.all(
        select(Session.id).where(Session.ended_at.is_(None), *which).with_for_update()
    )
    ids = [row.id for row in rows]
    if ids:
        await tx.execute(update(Session).where(Session.id.in_(ids)).values(ended_at=now()))
        tx.after_commit.append(lambda: ended.announce(ids))
    return ids


async def end_own_session(tx: Tx, ended: EndedSessions, user_id: UUID, session_id: UUID) -> bool:
    """End one session of a person; False where they have no such session."""
    gone = await end_sessions(
        tx, ended, Session.id == session_id, Session.user_id == user_id, Session.expires_at > now()
    )
    return bool(gone)


async def end_all_sessions(
    tx: Tx, ended: EndedSessions, user_id: UUID, *, but: UUID | None = None
) -> None:
    """End every session of a person, or every other one."""
    conditions = [Session.user_id == user_id]
    if but is not None:
        conditions.append(Session.id != but)
    await end_sessions(tx, ended, *conditions)


async def end_these_sessions(tx: Tx, ended: EndedSessions, session_ids: Iterable[UUID]) -> None:
    """End sessions whosever they are: the caller holds their tokens."""
    await end_sessions(tx, ended, Session.id.in_(list(session_ids)))


async def lock_user(tx: Tx, user_id: UUID) -> str | None:
    """Hold an active account so that nobody deactivates it meanwhile; its password hash, or None."""
    found: str | None = await tx.scalar(
        select(User.password_hash).where(User.id == user_id, User.is_active).with_for_update()
    )
    return found
