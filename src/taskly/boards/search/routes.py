"""The route of search."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from taskly.boards.search.grams import terms
from taskly.boards.search.queries import KINDS, Wanted, find
from taskly.boards.search.results import shown
from taskly.boards.search.schemas import FoundOut, SearchQuery
from taskly.jobs.capabilities import JobReader
from taskly.kernel.errors import Invalid
from taskly.kernel.http import Page, ReadDb, TasklyRoute, json_bytes, next_cursor, problems
from taskly.kernel.wire import to_json

router = APIRouter(route_class=TasklyRoute, tags=["search"])

READ = problems(400, 401, 422, 503)
LARGEST = 2**31


def _after(position: list[object] | None) -> tuple[int, int] | None:
    match position:
        case None:
            return None
        case [int(rank), int(last)] if 0 <= rank < LARGEST and 0 <= last < LARGEST:
            return rank, last
        case _:
            raise Invalid.of("cursor", "bad_cursor")


@router.get("/search", response_model=Page[FoundOut], responses=READ)
async def search(reader: JobReader, db: ReadDb, asked: Annotated[SearchQuery, Query()]) -> Response:
    """Cards, comments, boards and jobs that have every word of `q`, whole or in part.

    Matches in a title come first, then what changed last. Text is for display as it is: parts with
    `match` are what was looked for.
    """
    words = terms(asked.q)
    after = _after(asked.position())
    if not words:
        return json_bytes(to_json({"items": [], "next": None}))
    wanted = Wanted(words, asked.type or KINDS, asked.board_id, after, asked.limit + 1)
    hits = await find(db, reader, wanted)
    page = hits[: asked.limit]
    following = next_cursor(page[-1].rank, page[-1].id) if len(hits) > len(page) else None
    items = await shown(db, reader, page, words)
    return json_bytes(to_json({"items": items, "next": following}))
