"""A board at one moment, as ready bytes: made once for each seq and kept while memory allows."""

import asyncio
import gzip
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from taskly.accounts.actor import Actor
from taskly.boards import faces
from taskly.boards.labels.service import labels_of
from taskly.boards.lists.service import lists_of
from taskly.boards.members.service import members_of
from taskly.boards.models import Board, Card, CardList, ShareLink, Star
from taskly.kernel.clock import now
from taskly.kernel.db import Database, ReadTx
from taskly.kernel.errors import NotFound
from taskly.kernel.events import Stream
from taskly.kernel.seqwatch import SeqWatch
from taskly.kernel.wire import to_json

GZIP_LEVEL = 3
SMALLEST_GZIP = 1024
MOST_READERS = 20_000
"""How many people's stars and how many links are remembered."""

BOARD_WITH_SEQ = (
    select(*Board.__table__.c, Stream.seq)
    .join(Stream, Stream.id == Board.id)
    .where(Board.id == bindparam("board_id"))
)
SHOWN_CARDS = (
    select(*faces.READY_FACE_COLUMNS)
    .join(CardList, CardList.id == Card.list_id)
    .where(
        Card.board_id == bindparam("board_id"),
        Card.archived_at.is_(None),
        Card.deleted_at.is_(None),
        CardList.archived_at.is_(None),
        CardList.deleted_at.is_(None),
    )
    .order_by(CardList.rank, Card.rank)
)


@dataclass(slots=True)
class Snapshot:
    """A board at a seq: everything that all readers share, and the answers made from it so far."""

    seq: int
    board: dict[str, Any]
    rest: bytes
    roles: dict[UUID, str]
    is_deleted: bool
    answers: dict[tuple[str, bool, bool], bytes] = field(default_factory=dict)

    def answer(self, role: str, *, starred: bool, zipped: bool) -> bytes:
        """The body for one kind of reader."""
        kind = (role, starred, zipped)
        found = self.answers.get(kind)
        if found is None:
            if zipped:
                plain = self.answer(role, starred=starred, zipped=False)
                found = gzip.compress(plain, GZIP_LEVEL, mtime=0)
            else:
                mine = faces.board_for(self.board, role=role, starred=starred, seq=self.seq)
                found = b'{"seq":%d,"board":%s,%s' % (self.seq, to_json(mine), self.rest)
            self.answers[kind] = found
        return found

    @property
    def size(self) -> int:
        """Bytes held, roughly."""
        return len(self.rest) + sum(len(body) for body in self.answers.values())


async def read_snapshot(tx: ReadTx, board_id: UUID) -> Snapshot | None:
    """Read a board in one consistent transaction with five statements, however many cards it has."""
    this = {"board_id": board_id}
    row = (await tx.execute(BOARD_WITH_SEQ, this)).first()
    if row is None:
        return None
    lists = await lists_of(tx, board_id)
    cards = (await tx.execute(SHOWN_CARDS, this)).all()
    labels = await labels_of(tx, board_id)
    members = await members_of(tx, board_id)
    rest = to_json(
        {
            "lists": lists,
            "cards": [faces.ready_face(card) for card in cards],
            "labels": labels,
            "members": members,
        }
    )
    return Snapshot(
        seq=row.seq,
        board=faces.board_part(row._mapping),
        rest=rest[1:],
        roles={member["user_id"]: member["role"] for member in members},
        is_deleted=row.deleted_at is not None,
    )


class SnapshotCache:
    """Serves boards from memory while the watch can prove that they are the newest.

    One read at a time fills a board's entry, however many ask for it; the least recently used entries
    go when the memory limit is passed.
    """

    def __init__(self, database: Database, watch: SeqWatch, most_bytes: int) -> None:
        self._database = database
        self._watch = watch
        self._most_bytes = most_bytes
        self._entries: OrderedDict[UUID, Snapshot] = OrderedDict()
        self._filling: dict[UUID, asyncio.Task[Snapshot | None]] = {}
        self._stars: OrderedDict[UUID, tuple[int, frozenset[UUID]]] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def ready(self, board_id: UUID, least_seq: int) -> Snapshot | None:
        """The newest snapshot if memory has it and knows that it is the newest."""
        known = self._watch.known(board_id)
        entry = self._entries.get(board_id)
        if entry is None or known is None or entry.seq != max(known, least_seq):
            return None
        self._entries.move_to_end(board_id)
        self.hits += 1
        return entry

    async def get(self, board_id: UUID, least_seq: int = 0) -> Snapshot | None:
        """The board at its newest seq, at least `least_seq`; None where there is no such board."""
        entry = self.ready(board_id, least_seq)
        if entry is not None:
            return entry
        latest = 0
        if board_id in self._entries or board_id in self._filling:
            # What was read before this call counts only once it is known to be the newest.
            newest = await self._watch.latest(board_id)
            if newest is None:
                return None
            latest = newest
            entry = self._entries.get(board_id)
            if entry is not None and entry.seq == max(latest, least_seq):
                self._entries.move_to_end(board_id)
                self.hits += 1
                return entry
        self.misses += 1
        filling = self._filling.get(board_id)
        if filling is None:
            filling = asyncio.create_task(self._fill(board_id))
            self._filling[board_id] = filling
            filling.add_done_callback(lambda _: self._filling.pop(board_id, None))
        found = await asyncio.shield(filling)
        if found is not None and found.seq < max(latest, least_seq):
            # The shared read had begun before the change that this caller knows of.
            found = await self._fill(board_id)
        return found

    def clear(self) -> None:
        """Forget every board; the next reads fetch them anew."""
        self._entries.clear()

    async def _fill(self, board_id: UUID) -> Snapshot | None:
        async with self._database.read() as tx:
            found = await read_snapshot(tx, board_id)
        if found is not None:
            self._watch.learn(board_id, found.seq)
            known = self._entries.get(board_id)
            if known is None or known.seq < found.seq:
                self._entries[board_id] = found
                self._entries.move_to_end(board_id)
                self._shrink()
        return found

    def _shrink(self) -> None:
        total = sum(entry.size for entry in self._entries.values())
        while total > self._most_bytes and len(self._entries) > 1:
            _, gone = self._entries.popitem(last=False)
            total -= gone.size

    def role(self, snapshot: Snapshot, actor: Actor) -> str | None:
        """The member's role; None for everybody else."""
        if snapshot.is_deleted or actor.user_id is None:
            return None
        return snapshot.roles.get(actor.user_id)

    def ready_stars(self, user_id: UUID) -> frozenset[UUID] | None:
        """Which boards a person has starred, if memory knows it for certain."""
        known = self._watch.known(user_id)
        held = self._stars.get(user_id)
        return held[1] if held is not None and held[0] == known else None

    async def stars(self, user_id: UUID) -> frozenset[UUID]:
        """Which boards a person has starred."""
        ready = self.ready_stars(user_id)
        if ready is not None:
            return ready
        async with self._database.read() as tx:
            rows = await tx.all(
                select(Stream.seq, Star.board_id)
                .outerjoin(Star, Star.user_id == Stream.id)
                .where(Stream.id == user_id)
            )
        boards = frozenset(row.board_id for row in rows if row.board_id is not None)
        if rows:
            seq = rows[0].seq
            self._watch.learn(user_id, seq)
            self._stars[user_id] = (seq, boards)
            self._stars.move_to_end(user_id)
            while len(self._stars) > MOST_READERS:
                self._stars.popitem(last=False)
        return boards

    async def may_see(self, actor: Actor, board_id: UUID) -> bool:
        """True while the actor may see the board, as of its newest event."""
        snapshot = await self.get(board_id)
        if snapshot is None or snapshot.is_deleted:
            return False
        if actor.user_id is not None:
            return actor.user_id in snapshot.roles
        try:
            await self.check_link(actor, board_id)
        except NotFound:
            return False
        return True

    async def check_link(self, actor: Actor, board_id: UUID) -> None:
        """Raise `NotFound` unless the actor's share link opens this board now."""
        async with self._database.read() as tx:
            open_link = await tx.first(
                select(ShareLink.id).where(
                    ShareLink.id == actor.link_id,
                    ShareLink.board_id == board_id,
                    ShareLink.revoked_at.is_(None),
                    (ShareLink.expires_at.is_(None)) | (ShareLink.expires_at > now()),
                )
            )
        if open_link is None:
            raise NotFound
