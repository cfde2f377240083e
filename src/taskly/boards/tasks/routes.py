"""`/tasks`: the cards of all boards, asked for in the query language."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from taskly.accounts.actor import Actor
from taskly.accounts.auth import SIGNED_IN, user_id_of
from taskly.boards.query.dates import FIRST_YEAR, LAST_YEAR
from taskly.boards.query.parser import parse
from taskly.boards.query.tree import LEVELS, Sort
from taskly.boards.tasks import queries
from taskly.boards.tasks.queries import After
from taskly.boards.tasks.schemas import CountQuery, TaskCounts, TaskOut, TaskQuery
from taskly.kernel.errors import Invalid
from taskly.kernel.http import Page, ReadDb, TasklyRoute, json_bytes, problems
from taskly.kernel.paging import page_of, time_of, uuid_of
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/tasks", route_class=TasklyRoute, tags=["tasks"])

READ = problems(401, 422, 503)
Me = Annotated[Actor, Depends(SIGNED_IN)]


@router.get("", response_model=Page[TaskOut], responses=READ)
async def list_tasks(me: Me, db: ReadDb, asked: Annotated[TaskQuery, Query()]) -> Response:
    """Cards of all boards that you take part in, archived ones aside, as `q` says."""
    query = parse(asked.q)
    after = _after(asked.position(), query.sort)
    asker = await queries.asker_of(db, user_id_of(me))
    tasks = await queries.list_tasks(db, me, query, asker, after, asked.limit + 1)
    return page_of(tasks, asked.limit, lambda task: [_sorted_value(task, query.sort), task["id"]])


@router.get("/counts", response_model=TaskCounts, responses=READ)
async def count_tasks(me: Me, db: ReadDb, asked: Annotated[CountQuery, Query()]) -> Response:
    """How many cards `q` finds, by when they are due in your time zone."""
    query = parse(asked.q)
    asker = await queries.asker_of(db, user_id_of(me))
    return json_bytes(to_json(await queries.count_tasks(db, me, query, asker)))


def _sorted_value(task: dict[str, Any], sort: Sort) -> Any:
    if sort.field == "priority":
        return LEVELS.index(task["priority"])
    return task[f"{sort.field}_at"]


def _after(position: list[Any] | None, sort: Sort) -> After | None:
    match position:
        case None:
            return None
        case [int(place), card_id] if sort.field == "priority" and place in range(len(LEVELS)):
            return After(place, uuid_of(card_id))
        case [None, card_id] if sort.field in {"due", "start", "completed"}:
            return After(None, uuid_of(card_id))
        case [str(text), card_id] if sort.field != "priority":
            return After(_moment(text), uuid_of(card_id))
        case _:
            raise Invalid.of("cursor", "bad_cursor")


def _moment(text: str) -> datetime:
    moment = time_of(text)
    if moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Invalid.of("cursor", "bad_cursor")
    return moment
