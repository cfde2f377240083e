"""What people do with accounts: register, sign in and out, change them."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from taskly.accounts import queries, sessions
from taskly.accounts.actor import Actor
from taskly.accounts.ended import EndedSessions
from taskly.accounts.models import LONGEST_SEARCH_KEY, User
from taskly.accounts.names import fold
from taskly.accounts.passwords import Passwords, needs_upgrade
from taskly.accounts.schemas import MeEdit, PasswordChange, Registration, UserEdit
from taskly.accounts.sessions import Client
from taskly.kernel.clock import now
from taskly.kernel.db import Database, Tx
from taskly.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from taskly.kernel.events import HeldStream, Patch, append, lock_streams, open_stream
from taskly.kernel.ids import new_id

# How SQLite, PostgreSQL and MariaDB name the unique column or its constraint.
VIOLATED = re.compile(
    r"""(?:failed: |constraint "|for key ')\S*?(email_key|username_key|founder)"""
)


@dataclass(frozen=True, slots=True)
class Proven:
    """An account whose password was just proven; `upgraded` is a better hash of it."""

    user_id: UUID
    password_hash: str
    upgraded: str | None


class FirstAlready(Exception):
    """Somebody else became the first user in the same moment; trying again makes an ordinary one."""


def _names(full_name: str, username: str) -> dict[str, Any]:
    return {
        "username": username,
        "username_key": fold(username),
        "full_name": full_name,
        "search_key": f"{fold(username)} {fold(full_name)}"[:LONGEST_SEARCH_KEY],
    }


def _taken(error: IntegrityError) -> Exception:
    named = VIOLATED.search(str(error.orig))
    match named and named[1]:
        case "email_key":
            return Conflict("email_taken")
        case "username_key":
            return Conflict("username_taken")
        case "founder":
            return FirstAlready()
        case _:
            return error


async def register(
    tx: Tx, new: Registration, password_hash: str, *, registration: str, locale: str
) -> Row[Any]:
    """A new account with its stream; the first of an installation is its superuser.

    Raises `Forbidden` while registration is closed, `Conflict` for a taken name or address,
    and `FirstAlready`.
    """
    first = not await tx.scalar(select(exists(select(User.id))))
    refuse_when_closed(registration, anybody=not first)
    user_id, moment = new_id(), now()
    try:
        await tx.execute(
            insert(User).values(
                id=user_id,
                email=new.email,
                email_key=fold(new.email),
                **_names(new.full_name, new.username),
                password_hash=password_hash,
                avatar_url=None,
                is_active=True,
                is_superuser=first,
                founder=first or None,
                locale=locale,
                time_zone="UTC",
                theme="system",
                created_at=moment,
                updated_at=moment,
                version=1,
            )
        )
    except IntegrityError as error:
        raise _taken(error) from error
    await open_stream(tx, user_id)
    return await _account(tx, user_id)


def refuse_when_closed(registration: str, *, anybody: bool) -> None:
    """Raises `Forbidden` where only the very first account may be made, and it exists."""
    if anybody and registration == "closed":
        raise Forbidden("registration_closed")


async def prove(database: Database, passwords: Passwords, login: str, password: str) -> Proven:
    """Check name and password, in the same way and time whether or not there is such an account.

    Takes the database, not a transaction: none is open while the hash is computed.
    Raises `Unauthenticated`.
    """
    async with database.read() as tx:
        known = await queries.credentials(tx, login)
    stored = known.password_hash if known else None
    if not await passwords.check(stored, password) or known is None:
        raise Unauthenticated("bad_credentials")
    upgraded = await passwords.hash(password) if needs_upgrade(known.password_hash) else None
    return Proven(known.id, known.password_hash, upgraded)


async def log_in(tx: Tx, proven: Proven, client: Client, life: timedelta) -> tuple[UUID, Row[Any]]:
    """Start a session for a proven account. Raises `Unauthenticated` where it is not active."""
    # The hash is compared again: the password may have been changed since it was proven.
    if await sessions.lock_user(tx, proven.user_id) != proven.password_hash:
        raise Unauthenticated("bad_credentials")
    if proven.upgraded is not None:
        await tx.execute(
            update(User).where(User.id == proven.user_id).values(password_hash=proven.upgraded)
        )
    session_id = await sessions.start_session(tx, proven.user_id, client, life)
    return session_id, await _account(tx, proven.user_id)


async def _account(tx: Tx, user_id: UUID) -> Row[Any]:
    account = await queries.account(tx, user_id)
    if account is None:
        raise NotFound
    return account


async def change_password(
    tx: Tx,
    passwords: Passwords,
    ended: EndedSessions,
    database: Database,
    *,
    user_id: UUID,
    session_id: UUID | None,
    change: PasswordChange,
) -> None:
    """Set a new password and end every other session. Raises `Invalid` for a wrong current one."""
    async with database.read() as reading:
        stored = await queries.password_hash(reading, user_id)
    if not await passwords.check(stored, change.current_password):
        raise Invalid.of("current_password", "wrong_password")
    fresh = await passwords.hash(change.new_password)
    if await sessions.lock_user(tx, user_id) != stored:
        raise Invalid.of("current_password", "wrong_password")
    await tx.execute(
        update(User).where(User.id == user_id).values(password_hash=fresh, updated_at=now())
    )
    await sessions.end_all_sessions(tx, ended, user_id, but=session_id)


async def edit_me(tx: Tx, actor: Actor, user_id: UUID, edit: MeEdit) -> Row[Any]:
    """Change the own account. Raises `Conflict` for a taken name or address."""
    return await _edit(tx, await _lock(tx, user_id), actor, edit.model_dump(exclude_unset=True))


async def edit_user(
    tx: Tx, ended: EndedSessions, actor: Actor, user_id: UUID, edit: UserEdit
) -> Row[Any]:
    """Change any account; whoever is deactivated is signed out everywhere.

    Raises `Conflict` rather than leave the installation without a superuser.
    """
    values = edit.model_dump(exclude_unset=True)
    stream = await _lock(tx, user_id)
    if values.get("is_active") is False or values.get("is_superuser") is False:
        await _keep_a_superuser(tx, user_id)
    account = await _edit(tx, stream, actor, values)
    if not account.is_active:
        await sessions.end_all_sessions(tx, ended, user_id)
    return account


async def deactivate_user(tx: Tx, ended: EndedSessions, actor: Actor, user_id: UUID) -> None:
    """Close an account; what the person made stays, and so does the name on it."""
    await edit_user(tx, ended, actor, user_id, UserEdit(is_active=False))


async def _lock(tx: Tx, user_id: UUID) -> HeldStream:
    # The stream always comes before rows of people: whoever edits waits in one line.
    streams = await lock_streams(tx, user_id)
    if not streams:
        raise NotFound
    return streams[0]


async def _edit(tx: Tx, stream: HeldStream, actor: Actor, values: dict[str, Any]) -> Row[Any]:
    row = await tx.first(select(*queries.ACCOUNT).where(User.id == stream.id).with_for_update())
    if row is None:
        raise NotFound
    before = row._mapping
    changes = {n: [before[n], value] for n, value in values.items() if before[n] != value}
    if not changes:
        return row
    values |= _names(values.get("full_name", row.full_name), values.get("username", row.username))
    if "email" in values:
        values["email_key"] = fold(values["email"])
    try:
        await tx.execute(
            update(User)
            .where(User.id == stream.id)
            .values(**values, updated_at=now(), version=User.version + 1)
        )
    except IntegrityError as error:
        raise _taken(error) from error
    append(
        tx,
        stream,
        "user.updated",
        actor_id=actor.user_id,
        op=actor.op,
        patch=Patch(),
        subject_id=stream.id,
        changes=changes,
    )
    return await _account(tx, stream.id)


async def _keep_a_superuser(tx: Tx, user_id: UUID) -> None:
    # All are locked, in one order: two who demote each other at once must not both succeed.
    rows = await tx.all(
        select(User.id).where(User.is_superuser, User.is_active).order_by(User.id).with_for_update()
    )
    if [row.id for row in rows] == [user_id]:
        raise Conflict("last_superuser")
