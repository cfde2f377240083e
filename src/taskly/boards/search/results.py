"""What is shown of things that were found; each is asked for again among what the reader may see."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from taskly.accounts.queries import people
from taskly.boards.access import visible_boards, visible_cards
from taskly.boards.models import Board, Card, Comment
from taskly.boards.search.snippets import marked, snippet
from taskly.jobs.queries import Reader, visible_jobs
from taskly.kernel.db import ReadTx

BOARD = (
    Board.id.label("board_id"),
    Board.key.label("board_key"),
    Board.name.label("board_name"),
    Board.color.label("board_color"),
    Board.archived_at.label("board_archived_at"),
)
CARD = (
    Card.id.label("card_id"),
    Card.number,
    Card.title,
    Card.description,
    Card.completed_at,
    Card.archived_at,
    Card.updated_at,
)


async def shown(
    tx: ReadTx, reader: Reader, hits: Sequence[Row[Any]], terms: list[str]
) -> list[dict[str, Any]]:
    """The results of a page, in the order of the hits; at most one read for each kind."""
    found: dict[UUID, dict[str, Any]] = {}
    for kind, read in READS.items():
        ids = [hit.entity_id for hit in hits if hit.kind == kind]
        if ids:
            found |= await read(tx, reader, ids, terms)
    return [found[hit.entity_id] for hit in hits if hit.entity_id in found]


def _result(kind: str, entity_id: UUID, at: datetime, **fields: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "id": entity_id,
        "title": [],
        "snippet": [],
        "board": None,
        "card_id": None,
        "number": None,
        "author": None,
        "state": None,
        "job_kind": None,
        "at": at,
        **fields,
    }


def _board(row: Any) -> dict[str, Any]:
    return {
        "id": row.board_id,
        "key": row.board_key,
        "name": row.board_name,
        "color": row.board_color,
    }


def _state(row: Any) -> str:
    if row.archived_at is not None:
        return "archived"
    return "open" if row.completed_at is None else "done"


async def _cards(
    tx: ReadTx, reader: Reader, ids: list[UUID], terms: list[str]
) -> dict[UUID, dict[str, Any]]:
    rows = await tx.all(visible_cards(reader.actor, *CARD, *BOARD).where(Card.id.in_(ids)))
    return {
        row.card_id: _result(
            "card",
            row.card_id,
            row.updated_at,
            title=marked(row.title, terms),
            snippet=snippet(row.description, terms),
            board=_board(row),
            card_id=row.card_id,
            number=row.number,
            state=_state(row),
        )
        for row in rows
    }


async def _comments(
    tx: ReadTx, reader: Reader, ids: list[UUID], terms: list[str]
) -> dict[UUID, dict[str, Any]]:
    said = (Comment.id, Comment.body, Comment.author_id, Comment.author_name, Comment.created_at)
    rows = await tx.all(
        visible_cards(reader.actor, *said, *CARD, *BOARD)
        .join(Comment, Comment.card_id == Card.id)
        .where(Comment.id.in_(ids), Comment.deleted_at.is_(None))
    )
    authors = {row.author_id for row in rows if row.author_id is not None}
    names = {one.id: one.full_name or one.username for one in await people(tx, list(authors))}
    return {
        row.id: _result(
            "comment",
            row.id,
            row.created_at,
            title=marked(row.title, terms),
            snippet=snippet(row.body, terms),
            board=_board(row),
            card_id=row.card_id,
            number=row.number,
            author=names.get(row.author_id, row.author_name),
            state=_state(row),
        )
        for row in rows
    }


async def _boards(
    tx: ReadTx, reader: Reader, ids: list[UUID], terms: list[str]
) -> dict[UUID, dict[str, Any]]:
    columns = (*BOARD, Board.description, Board.updated_at)
    rows = await tx.all(visible_boards(reader.actor, *columns).where(Board.id.in_(ids)))
    return {
        row.board_id: _result(
            "board",
            row.board_id,
            row.updated_at,
            title=marked(row.board_name, terms),
            snippet=snippet(row.description, terms),
            board=_board(row),
            state="open" if row.board_archived_at is None else "archived",
        )
        for row in rows
    }


async def _jobs(
    tx: ReadTx, reader: Reader, ids: list[UUID], terms: list[str]
) -> dict[UUID, dict[str, Any]]:
    rows = await visible_jobs(tx, reader, ids)
    return {
        row.id: _result(
            "job",
            row.id,
            row.created_at,
            title=marked(row.title, terms),
            card_id=row.card_id,
            number=row.number,
            state=row.state,
            job_kind=row.kind,
        )
        for row in rows
    }


READS: dict[str, Callable[..., Any]] = {
    "card": _cards,
    "comment": _comments,
    "board": _boards,
    "job": _jobs,
}
