"""The event log: each stream numbers its committed changes 1, 2, 3, ... without gaps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import (
    Executable,
    Index,
    Select,
    String,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from taskly.kernel.clock import now
from taskly.kernel.db import Base, Committed, LongText, ReadTx, Tx
from taskly.kernel.errors import Gone
from taskly.kernel.wire import to_json

MOST_UPSERTS = 200


class Stream(Base):
    """One row to lock for everything that changes together; `serial` numbers what its owner counts."""

    __tablename__ = "streams"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    serial: Mapped[int]
    kept_after: Mapped[int]


class Event(Base):
    """A committed change, written in the transaction that made it and never changed again."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "subject_id", "seq"),)

    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    op: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]
    changes: Mapped[str] = mapped_column(LongText)
    patch: Mapped[str] = mapped_column(LongText)


INSERT_EVENTS = insert(Event)
LOCK_STREAM = (
    select(Stream.id, Stream.seq, Stream.serial)
    .where(Stream.id == bindparam("wanted"))
    .with_for_update()
)
UPDATE_STREAM = update(Stream).where(Stream.id == bindparam("held"))


@dataclass(slots=True)
class Patch:
    """What machines apply: whole entities to put in place by id, and ids to take away, by part."""

    upsert: dict[str, Any] = field(default_factory=dict)
    remove: dict[str, list[Any]] = field(default_factory=dict)

    def put(self, part: str, *entities: dict[str, Any]) -> "Patch":
        """Add whole entities to a part such as `cards`."""
        if entities:
            self.upsert.setdefault(part, []).extend(entities)
        return self

    def drop(self, part: str, *ids: UUID) -> "Patch":
        """Add ids that leave a part."""
        if ids:
            self.remove.setdefault(part, []).extend(ids)
        return self

    def pieces(self) -> "list[Patch]":
        """The same change in patches of at most `MOST_UPSERTS` entities; removals go first."""
        parts = [(name, e) for name, es in self.upsert.items() if isinstance(es, list) for e in es]
        if len(parts) <= MOST_UPSERTS:
            return [self]
        first = Patch(
            {name: e for name, e in self.upsert.items() if not isinstance(e, list)}, self.remove
        )
        pieces = [first]
        for start in range(0, len(parts), MOST_UPSERTS):
            piece = first if start == 0 else Patch()
            for name, entity in parts[start : start + MOST_UPSERTS]:
                piece.put(name, entity)
            if start:
                pieces.append(piece)
        return pieces


@dataclass(slots=True)
class HeldStream:
    """A stream that this transaction has locked; what is appended is written just before the commit."""

    id: UUID
    seq: int
    serial: int
    pending: list[dict[str, Any]] = field(default_factory=list)
    is_new: bool = False

    def next_serial(self) -> int:
        """The next number of whatever the stream's owner counts; kept by the next append."""
        self.serial += 1
        return self.serial


async def open_stream(tx: Tx, stream_id: UUID) -> HeldStream:
    """A new, empty stream, held by this transaction."""
    return _hold(tx, HeldStream(stream_id, seq=0, serial=0, is_new=True))


async def lock_streams(
    tx: Tx, *targets: UUID | Select[Any], bound: dict[str, Any] | None = None
) -> list[HeldStream]:
    """Lock the streams named by id or by a query for one id, always in the order of their ids.

    Whoever changes a stream's entities does this first, so that numbers are given in commit order
    and nobody waits in a circle. Streams that do not exist are left out. `bound` gives the values of
    queries that are constants with bound parameters; their statement is then built only once.
    """
    named = [target for target in targets if isinstance(target, UUID)]
    if len(named) == len(targets) and all(target in tx.held for target in named):
        return [tx.held[target] for target in named]
    statement = _lock_once(targets) if bound is not None else _locking(targets)
    rows = (await tx.execute(statement, bound)).all()
    return [
        tx.held.get(row.id) or _hold(tx, HeldStream(row.id, row.seq, row.serial)) for row in rows
    ]


def _locking(targets: tuple[UUID | Select[Any], ...]) -> Executable:
    wanted = [
        Stream.id == (target if isinstance(target, UUID) else target.scalar_subquery())
        for target in targets
    ]
    return (
        select(Stream.id, Stream.seq, Stream.serial)
        .where(or_(*wanted))
        .order_by(Stream.id)
        .with_for_update()
    )


_lock_once = lru_cache(maxsize=64)(_locking)


def _hold(tx: Tx, held: HeldStream) -> HeldStream:
    if not tx.held:
        tx.before_commit.append(_flush)
    tx.held[held.id] = held
    tx.seq = held.seq
    return held


class Appending(Protocol):
    """A transaction, of either kind, that says how far it has brought the stream that it holds."""

    seq: int | None


def append(
    tx: Appending,
    held: HeldStream,
    event: str,
    *,
    actor_id: UUID | None,
    op: str | None,
    patch: Patch,
    subject_id: UUID | None = None,
    changes: dict[str, Any] | None = None,
) -> int:
    """Add a change to a locked stream and return the seq that includes it.

    `changes` is `{field: [old, new]}` for people, `patch` is for machines. A change of very many
    entities becomes several events.
    """
    for piece in patch.pieces():
        held.seq += 1
        body = {
            name: part
            for name, part in (("upsert", piece.upsert), ("remove", piece.remove))
            if part
        }
        held.pending.append(
            {
                "stream_id": held.id,
                "seq": held.seq,
                "event": event,
                "subject_id": subject_id,
                "actor_id": actor_id,
                "op": op,
                "at": now(),
                "changes": to_json(changes or {}).decode(),
                "patch": to_json(body).decode(),
            }
        )
    tx.seq = held.seq
    return held.seq


async def _flush(tx: Tx) -> None:
    writes, facts = pending_writes(tx.held.values())
    for statement, params in writes:
        await tx.execute(statement, params)
    tx.committed += facts


Write = tuple[Executable, list[dict[str, Any]] | dict[str, Any] | None]


def pending_writes(streams: Iterable[HeldStream]) -> tuple[list[Write], list[Committed]]:
    """The statements that write what was appended, once, and what is to be told after the commit."""
    writes: list[Write] = []
    rows: list[dict[str, Any]] = []
    for held in streams:
        if held.is_new:
            new = insert(Stream).values(id=held.id, seq=held.seq, serial=held.serial, kept_after=0)
            writes.append((new, None))
        elif held.pending:
            moved = {"held": held.id, "seq": held.seq, "serial": held.serial}
            writes.append((UPDATE_STREAM, moved))
        rows += held.pending
        held.pending, held.is_new = [], False
    if rows:
        writes.append((INSERT_EVENTS, rows))
    return writes, [Committed(row["stream_id"], row["seq"], wire_event(**row)) for row in rows]


def wire_event(
    *,
    stream_id: UUID,
    seq: int,
    event: str,
    subject_id: UUID | None,
    actor_id: UUID | None,
    op: str | None,
    at: datetime,
    changes: str,
    patch: str,
) -> bytes:
    """An event as clients read it (`contract.md`, Events); stored JSON is carried over as it is."""
    head = {
        "seq": seq,
        "event": event,
        "board_id": stream_id,
        "actor_id": actor_id,
        "subject_id": subject_id,
        "op": op,
        "at": at,
    }
    return b'%s,"changes":%s,"patch":%s}' % (
        to_json(head)[:-1],
        changes.encode(),
        patch.encode(),
    )


async def read_events(tx: ReadTx, stream_id: UUID, after: int, limit: int) -> Sequence[Committed]:
    """Events `after` a seq in order. Raises `Gone` (`events_expired`) where they are no longer kept."""
    kept_after = await tx.scalar(select(Stream.kept_after).where(Stream.id == stream_id))
    if kept_after is not None and after < kept_after:
        raise Gone("events_expired")
    rows = await tx.all(
        select(Event.__table__)
        .where(Event.stream_id == stream_id, Event.seq > after)
        .order_by(Event.seq)
        .limit(limit)
    )
    return [Committed(row.stream_id, row.seq, wire_event(**row._mapping)) for row in rows]


async def latest_seqs(tx: ReadTx, stream_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The newest seq of each of these streams that exists."""
    rows = await tx.all(select(Stream.id, Stream.seq).where(Stream.id.in_(stream_ids)))
    return {row.id: row.seq for row in rows}


async def trim_events(tx: Tx, stream_id: UUID, through: int) -> int:
    """Forget events up to and including a seq and return how many went; later readers resync."""
    found = await lock_streams(tx, stream_id)
    if not found:
        return 0
    held = found[0]
    through = min(through, held.seq)
    await tx.execute(
        update(Stream)
        .where(Stream.id == stream_id, Stream.kept_after < through)
        .values(kept_after=through)
    )
    result = await tx.execute(
        delete(Event).where(Event.stream_id == stream_id, Event.seq <= through)
    )
    return result.rowcount
