"""The same reads and moves as most applications write them: ORM entities and response models.

This is the yardstick of P2 and P3. It checks membership, locks nothing, orders by the same keys,
writes the same event, and leaves validation and serialisation to FastAPI.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Mapped, relationship, selectinload

from taskly.accounts.auth import authenticate
from taskly.boards import models  # noqa: F401  (declares the tables)
from taskly.boards.cards.schemas import CardMove
from taskly.boards.faces import board_for, card_part
from taskly.boards.rank import between
from taskly.boards.schemas import CardFace, SnapshotOut
from taskly.kernel.clock import now
from taskly.kernel.db import Base, Database
from taskly.kernel.events import Event, Stream


class EntityBase(DeclarativeBase):
    """Entities with relationships over Taskly's own tables."""

    metadata = Base.metadata


def _tables() -> dict[str, Any]:
    return dict(Base.metadata.tables)


class MemberEntity(EntityBase):
    """A member."""

    __table__ = _tables()["members"]


class LabelEntity(EntityBase):
    """A label."""

    __table__ = _tables()["labels"]


class CardEntity(EntityBase):
    """A card."""

    __table__ = _tables()["cards"]


class ListEntity(EntityBase):
    """A list with its cards."""

    __table__ = _tables()["lists"]
    cards: Mapped[list[CardEntity]] = relationship(order_by=CardEntity.__table__.c.rank)


class BoardEntity(EntityBase):
    """A board with everything on it."""

    __table__ = _tables()["boards"]
    lists: Mapped[list[ListEntity]] = relationship(order_by=ListEntity.__table__.c.rank)
    labels: Mapped[list[LabelEntity]] = relationship()
    members: Mapped[list[MemberEntity]] = relationship()


def entity_app(app: FastAPI, database: Database) -> FastAPI:
    """An application with the usual way of reading a board and moving a card, on the same data."""
    other = FastAPI()
    other.state.accounts = app.state.accounts
    make_session = async_sessionmaker(database.writer, expire_on_commit=False)

    async def session() -> AsyncIterator[AsyncSession]:
        async with make_session() as opened:
            yield opened
            await opened.commit()

    db = Annotated[AsyncSession, Depends(session, scope="function")]

    async def member(request: Request, opened: AsyncSession, board_id: UUID) -> MemberEntity:
        actor = await authenticate(request)
        if actor is None:
            raise HTTPException(401)
        found = await opened.get(MemberEntity, (board_id, actor.user_id))
        if found is None:
            raise HTTPException(404)
        return found

    @other.get("/boards/{board_id}", response_model=SnapshotOut)
    async def read_board(request: Request, board_id: UUID, opened: db) -> Any:
        await member(request, opened, board_id)
        statement = (
            select(BoardEntity)
            .where(BoardEntity.__table__.c.id == board_id)
            .options(
                selectinload(BoardEntity.lists).selectinload(ListEntity.cards),
                selectinload(BoardEntity.labels),
                selectinload(BoardEntity.members),
            )
        )
        board = (await opened.scalars(statement)).one()
        stream = await opened.get(Stream, board_id)
        seq = stream.seq if stream else 0
        cards = [card for column in board.lists for card in column.cards]
        return {
            "seq": seq,
            "board": board_for(vars(board), role="owner", starred=False, seq=seq),
            "lists": [vars(column) for column in board.lists],
            "cards": [{**vars(card), "job": None} for card in cards],
            "labels": [vars(label) for label in board.labels],
            "members": [vars(person) for person in board.members],
        }

    @other.post("/cards/{card_id}/move", response_model=CardFace)
    async def move_card(request: Request, card_id: UUID, move: CardMove, opened: db) -> Any:
        card: Any = await opened.get(CardEntity, card_id)
        if card is None:
            raise HTTPException(404)
        await member(request, opened, card.board_id)
        target: Any = await opened.get(ListEntity, move.list_id)
        board: Any = await opened.get(BoardEntity, card.board_id)
        stream = await opened.get(Stream, card.board_id)
        if target is None or board is None or stream is None:
            raise HTTPException(404)
        ranks = CardEntity.__table__.c
        lowest = await opened.scalar(
            select(func.min(ranks.rank)).where(ranks.list_id == move.list_id, ranks.id != card_id)
        )
        card.list_id, card.rank = move.list_id, between(None, lowest)
        card.version, card.updated_at = card.version + 1, now()
        stream.seq += 1
        face = {**card_part(vars(card)), "job": None}
        opened.add(
            Event(
                stream_id=board.id,
                seq=stream.seq,
                event="card.moved",
                subject_id=card_id,
                actor_id=None,
                op=None,
                at=now(),
                changes="{}",
                patch=orjson.dumps({"upsert": {"cards": [face]}}).decode(),
            )
        )
        await opened.flush()
        return face

    return other
