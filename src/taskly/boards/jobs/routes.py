"""Routes of what cards have to do with jobs."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from taskly.boards.access import visible_cards
from taskly.boards.models import Card
from taskly.jobs.capabilities import JobReader
from taskly.jobs.queries import Filter
from taskly.jobs.routes import READ, page_of_jobs
from taskly.jobs.schemas import JobOut
from taskly.kernel.errors import NotFound
from taskly.kernel.http import Page, Paging, ReadDb, TasklyRoute

router = APIRouter(prefix="/cards", route_class=TasklyRoute, tags=["cards"])


@router.get("/{card_id}/jobs", response_model=Page[JobOut], responses=READ)
async def list_card_jobs(
    request: Request,
    reader: JobReader,
    db: ReadDb,
    card_id: UUID,
    paging: Annotated[Paging, Query()],
) -> Response:
    """The jobs of a card, the newest first; a job is started from a card by `card_id` in `POST /jobs`."""
    if await db.first(visible_cards(reader.actor, Card.id).where(Card.id == card_id)) is None:
        raise NotFound
    return await page_of_jobs(request, reader, db, Filter(card_id=card_id), paging)
