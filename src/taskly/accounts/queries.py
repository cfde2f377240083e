"""Reads of people and sessions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Exists, Row, Select, exists, or_, select

from taskly.accounts.models import Session, User
from taskly.accounts.names import fold
from taskly.kernel.clock import now
from taskly.kernel.db import ReadTx

PERSON = (User.id, User.username, User.full_name, User.avatar_url, User.is_active)
ACCOUNT = (
    *PERSON,
    User.email,
    User.is_superuser,
    User.locale,
    User.time_zone,
    User.theme,
    User.created_at,
)


async def account(tx: ReadTx, user_id: UUID) -> Row[Any] | None:
    """The whole account, its password hash aside."""
    return await tx.first(select(*ACCOUNT).where(User.id == user_id))


async def credentials(tx: ReadTx, login: str) -> Row[Any] | None:
    """Id, hash and state of the account with this name or e-mail."""
    key = fold(login.strip())
    column = User.email_key if "@" in key else User.username_key
    return await tx.first(select(User.id, User.password_hash).where(column == key))


async def password_hash(tx: ReadTx, user_id: UUID) -> str | None:
    """The stored hash, to check a password against."""
    found: str | None = await tx.scalar(select(User.password_hash).where(User.id == user_id))
    return found


async def anybody(tx: ReadTx) -> bool:
    """Whether the installation has an account yet."""
    return bool(await tx.scalar(select(exists(select(User.id)))))


def manages(user_id: UUID) -> Exists:
    """A condition: this person may manage the installation now."""
    return exists(select(User.id).where(User.id == user_id, User.is_superuser, User.is_active))


def owner_of_work(user_id: UUID) -> Select[bool, bool, str]:
    """What must be known of somebody for whom something runs while they are away."""
    return select(User.is_active, User.is_superuser, User.locale).where(User.id == user_id)


async def is_superuser(tx: ReadTx, user_id: UUID) -> bool:
    """Whether this person may manage the installation now."""
    return bool(await tx.scalar(select(manages(user_id))))


async def person(tx: ReadTx, user_id: UUID) -> Row[Any] | None:
    """What others may know of a person."""
    return await tx.first(select(*PERSON).where(User.id == user_id))


async def people(tx: ReadTx, ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """`id, username, full_name, avatar_url, is_active` of those of these people who exist."""
    if not ids:
        return []
    return await tx.all(select(*PERSON).where(User.id.in_(ids)))


async def search_people(
    tx: ReadTx, q: str | None, *, after: str | None, limit: int
) -> Sequence[Row[Any]]:
    """People by name, or by their whole e-mail address; `after` is the `username_key` of the last row."""
    found = select(*PERSON, User.username_key)
    key = fold(q.strip()) if q else ""
    if key:
        found = found.where(
            or_(User.search_key.contains(key, autoescape=True), User.email_key == key)
        )
    if after is not None:
        found = found.where(User.username_key > after)
    return await tx.all(found.order_by(User.username_key).limit(limit))


async def session_holds(tx: ReadTx, session_id: UUID) -> bool:
    """Whether this session is still good, as the database says at this moment."""
    holds = (Session.ended_at.is_(None), Session.expires_at > now())
    return bool(await tx.scalar(select(exists().where(Session.id == session_id, *holds))))


async def live_sessions(
    tx: ReadTx, user_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """The sessions of a person that still hold, newest first; `before` is the id of the last row."""
    found = select(
        Session.id,
        Session.user_agent,
        Session.ip,
        Session.created_at,
        Session.last_used_at,
        Session.expires_at,
    ).where(Session.user_id == user_id, Session.ended_at.is_(None), Session.expires_at > now())
    if before is not None:
        found = found.where(Session.id < before)
    return await tx.all(found.order_by(Session.id.desc()).limit(limit))
