"""Keeps the index in step: a reader of the log that writes anew what can be found of what changed.

Archiving, deleting and restoring leave the index alone: what may be seen is asked of the things
themselves when somebody searches.
"""

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, Select, and_, delete, insert, or_, select

from taskly.boards.models import Board, Card, Comment, SearchText
from taskly.boards.search.grams import grams, indexed
from taskly.jobs.states import WAITING
from taskly.kernel.db import Tx
from taskly.kernel.readers import Reader

ROWS_AT_ONCE = 500
FIELDS = {"title", "description"}
NAME = "boards.search"


def row_of(kind: str, entity_id: UUID, version: int, title: str, body: str) -> dict[str, Any]:
    """The index row of a thing."""
    title, body = indexed(title), indexed(body)
    return {
        "kind": kind,
        "entity_id": entity_id,
        "version": version,
        "title": title,
        "body": body,
        "grams": grams(f"{title} {body}"),
    }


def card_row(card: Any) -> dict[str, Any]:
    """The index row of a card, which is also found by its key."""
    title = f"{card.title} {card.key}-{card.number}"
    return row_of("card", card.id, card.version, title, card.description)


def comment_row(comment: Any) -> dict[str, Any]:
    """The index row of a comment."""
    return row_of("comment", comment.id, comment.version, "", comment.body)


def board_row(board: Any) -> dict[str, Any]:
    """The index row of a board."""
    return row_of("board", board.id, board.version, f"{board.name} {board.key}", board.description)


def job_row(job_id: UUID, title: str, kind: str, number: int) -> dict[str, Any]:
    """The index row of a job, which is also found by its kind and number; it never changes."""
    return row_of("job", job_id, 1, f"{title} {kind} J-{number}", "")


def _stale(model: Any, kind: str, *columns: Any) -> Select[Any]:
    """Things whose index row is missing or was made of an older version."""
    return (
        select(model.id, model.version, *columns)
        .select_from(model)
        .outerjoin(SearchText, and_(SearchText.entity_id == model.id, SearchText.kind == kind))
        .where(or_(SearchText.id.is_(None), SearchText.version < model.version))
    )


CARDS = _stale(Card, "card", Card.title, Card.number, Card.description, Board.key).join(
    Board, Board.id == Card.board_id
)
COMMENTS = _stale(Comment, "comment", Comment.body)
BOARDS = _stale(Board, "board", Board.name, Board.key, Board.description)


async def write_rows(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """Put these rows into the index, in place of older ones of the same things."""
    if rows:
        ids = [row["entity_id"] for row in rows]
        await tx.execute(delete(SearchText).where(SearchText.entity_id.in_(ids)))
        await tx.execute(insert(SearchText), rows)


async def _refresh(tx: Tx, stale: Select[Any], make: Any) -> None:
    while rows := await tx.all(stale.limit(ROWS_AT_ONCE)):
        await write_rows(tx, [make(row) for row in rows])
        if len(rows) < ROWS_AT_ONCE:
            return


async def follow_board(tx: Tx, event: Row[Any]) -> None:
    """Index what an event of a board tells of."""
    subject = event.subject_id
    if event.event.startswith("board."):
        await _refresh(tx, BOARDS.where(Board.id == event.stream_id), board_row)
    if event.event == "board.imported":
        on_board = select(Card.id).where(Card.board_id == event.stream_id)
        await _refresh(tx, CARDS.where(Card.board_id == event.stream_id), card_row)
        await _refresh(tx, COMMENTS.where(Comment.card_id.in_(on_board)), comment_row)
    elif event.event.startswith("comment."):
        await _refresh(tx, COMMENTS.where(Comment.card_id == subject), comment_row)
    elif event.event.startswith("card.") and FIELDS & orjson.loads(event.changes).keys():
        await _refresh(tx, CARDS.where(Card.id == subject), card_row)


async def follow_jobs(tx: Tx, event: Row[Any]) -> None:
    """Index jobs when they are submitted, and forget those that are deleted."""
    patch = orjson.loads(event.patch)
    fresh = [job for job in patch.get("upsert", {}).get("jobs", ()) if job["attempt"] == 0]
    await write_rows(
        tx,
        [job_row(UUID(job["id"]), job["title"], job["kind"], job["number"]) for job in fresh],
    )
    gone = [UUID(job_id) for job_id in patch.get("remove", {}).get("jobs", ())]
    if gone:
        await tx.execute(delete(SearchText).where(SearchText.entity_id.in_(gone)))


async def follow(tx: Tx, event: Row[Any]) -> None:
    """Bring the index up to date with an event."""
    await (follow_jobs if event.event.startswith("job.") else follow_board)(tx, event)


BOARD_EVENTS = frozenset(
    {
        "board.archived",
        "board.created",
        "board.edited",
        "board.imported",
        "board.unarchived",
        "card.created",
        "card.edited",
        "card.completed",
        "card.reopened",
        "card.archived",
        "card.unarchived",
        "card.arrived",
        "comment.added",
        "comment.edited",
    }
)
JOB_EVENTS = frozenset({"job.deleted", *(f"job.{state.value}" for state in WAITING)})
READER = Reader(NAME, BOARD_EVENTS | JOB_EVENTS, follow)
