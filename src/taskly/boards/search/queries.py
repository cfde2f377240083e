"""Finds things by their text among those that the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    case,
    column,
    exists,
    literal,
    or_,
    select,
    table,
    text,
)

from taskly.boards.access import visible_boards, visible_cards
from taskly.boards.models import Board, Card, Comment, SearchText
from taskly.boards.search.grams import pieces
from taskly.jobs.queries import Reader, visible_job
from taskly.kernel.db import ReadTx

KINDS = ("card", "comment", "board", "job")
IN_TITLE, IN_TEXT = 1, 2


@dataclass(frozen=True)
class Wanted:
    """What to find: every term, in things of these kinds, on these boards; all of them where empty."""

    terms: list[str]
    kinds: Sequence[str] = KINDS
    board_ids: Sequence[UUID] = ()
    after: tuple[int, int] | None = None
    limit: int = 20


async def find(tx: ReadTx, reader: Reader, wanted: Wanted) -> Sequence[Row[Any]]:
    """(kind, entity_id, rank, id) of what matches, the best first and then what changed last."""
    in_title = and_(*(SearchText.title.contains(t, autoescape=True) for t in wanted.terms))
    rank = case((in_title, IN_TITLE), else_=IN_TEXT)
    statement = select(SearchText.kind, SearchText.entity_id, rank.label("rank"), SearchText.id)
    statement = statement.where(
        _in_index(tx.dialect, wanted.terms),
        *(_contains(term) for term in wanted.terms),
        or_(*(_visible(reader, kind, wanted.board_ids) for kind in wanted.kinds)),
    )
    if wanted.after is not None:
        last_rank, last_id = wanted.after
        statement = statement.where(
            or_(rank > last_rank, and_(rank == last_rank, SearchText.id < last_id))
        )
    statement = statement.order_by(rank, SearchText.id.desc())
    return await tx.all(statement.limit(wanted.limit))


def _contains(term: str) -> ColumnElement[bool]:
    # The index knows which pieces are there, not that they stand together.
    return or_(
        SearchText.title.contains(term, autoescape=True),
        SearchText.body.contains(term, autoescape=True),
    )


def _in_index(dialect: str, terms: list[str]) -> ColumnElement[bool]:
    whole: list[str] = []
    begun: list[str] = []
    for term in terms:
        complete, beginning = pieces(term)
        whole += complete
        begun += [beginning] if beginning else []
    if dialect == "sqlite":
        query = " AND ".join([*whole, *(f"{piece}*" for piece in begun)])
        found = text("search_grams MATCH :grams").bindparams(grams=query)
        return SearchText.id.in_(
            select(column("rowid")).select_from(table("search_grams")).where(found)
        )
    if dialect == "postgresql":
        query = " & ".join([*whole, *(f"{piece}:*" for piece in begun)])
        match = (
            "array_to_tsvector(string_to_array(search_texts.grams, ' '))"
            " @@ CAST(CAST(:grams AS text) AS tsquery)"
        )
    else:
        query = " ".join([*(f"+{piece}" for piece in whole), *(f"+{piece}*" for piece in begun)])
        match = "MATCH (search_texts.grams) AGAINST (:grams IN BOOLEAN MODE)"
    return text(match).bindparams(grams=query)  # type: ignore[return-value]


def _visible(reader: Reader, kind: str, board_ids: Sequence[UUID]) -> ColumnElement[bool]:
    this = SearchText.entity_id
    if kind == "job":
        seen = visible_job(reader, this, board_ids)
    elif kind == "board":
        boards = visible_boards(reader.actor, literal(1)).where(Board.id == this)
        seen = _on(boards, board_ids)
    elif kind == "card":
        seen = _on(visible_cards(reader.actor, literal(1)).where(Card.id == this), board_ids)
    else:
        comments = (
            visible_cards(reader.actor, literal(1))
            .join(Comment, Comment.card_id == Card.id)
            .where(Comment.id == this, Comment.deleted_at.is_(None))
        )
        seen = _on(comments, board_ids)
    return and_(SearchText.kind == kind, seen)


def _on(things: Any, board_ids: Sequence[UUID]) -> ColumnElement[bool]:
    if board_ids:
        things = things.where(Board.id.in_(board_ids))
    return exists(things.correlate(SearchText))
