"""Routes of cards."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status

from taskly.boards import faces
from taskly.boards.access import Access
from taskly.boards.activity.schemas import ActivityOut
from taskly.boards.capabilities import CanEditCards, CanView
from taskly.boards.cards import moving, queries, service
from taskly.boards.cards.schemas import (
    CardCopy,
    CardEdit,
    CardFaces,
    CardMove,
    CardNew,
    CardOut,
    CardsMove,
)
from taskly.boards.paging import activity_page
from taskly.boards.schemas import CardFace
from taskly.kernel.errors import Invalid
from taskly.kernel.http import (
    Db,
    Page,
    Paging,
    ReadDb,
    TasklyRoute,
    etag_matches,
    json_bytes,
    problems,
)
from taskly.kernel.paging import page_of
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/cards", route_class=TasklyRoute, tags=["cards"])

WRITE = problems(400, 401, 403, 404, 409, 413, 422, 503)
READ = problems(400, 401, 404, 422, 503)


@router.get("", response_model=Page[CardFace], responses=READ)
async def list_cards(
    access: CanView, db: ReadDb, list_id: UUID, paging: Annotated[Paging, Query()]
) -> Response:
    """The faces of the cards of a list, in their order."""
    position = paging.position()
    after = position[0] if position else None
    if after is not None and not (isinstance(after, str) and after.isascii() and after.isalnum()):
        raise Invalid.of("cursor", "bad_cursor")
    rows = await queries.list_cards(db, access, list_id, after, paging.limit + 1)
    return page_of([faces.face(r._mapping) for r in rows], paging.limit, lambda r: [r["rank"]])


@router.post("", response_model=CardOut, status_code=status.HTTP_201_CREATED, responses=WRITE)
async def create_card(access: CanEditCards, db: Db, new: CardNew) -> Response:
    """Add a card to a list."""
    return json_bytes(to_json(await service.create_card(db, access, new)), 201)


@router.post("/move", response_model=CardFaces, responses=WRITE)
async def move_cards(access: CanEditCards, db: Db, move: CardsMove) -> Response:
    """Move several cards of a board to one place, in the given order, as one change."""
    return json_bytes(to_json({"items": await moving.move_cards(db, access, move)}))


@router.get(
    "/{card_id}",
    response_model=CardOut,
    responses=READ | {304: {"description": "The card has not changed."}},
)
async def get_card(request: Request, access: CanView, db: ReadDb, card_id: UUID) -> Response:
    """A card with everything on it."""
    card = await queries.get_card(db, access, card_id)
    etag = f'"{card["version"]}"'
    if etag_matches(request, etag):
        return Response(status_code=304, headers={"ETag": etag})
    return json_bytes(to_json(card), headers={"ETag": etag, "Cache-Control": "private, no-cache"})


async def _edit(access: Access, db: Db, card_id: UUID, edit: CardEdit) -> Response:
    return json_bytes(to_json(await service.edit_card(db, access, card_id, edit)))


@router.patch("/{card_id}", response_model=CardOut, responses=WRITE)
async def edit_card(access: CanEditCards, db: Db, card_id: UUID, edit: CardEdit) -> Response:
    """Change a card; with `base_version`, fields that others changed since are a conflict."""
    return await _edit(access, db, card_id, edit)


@router.put("/{card_id}", response_model=CardOut, responses=WRITE)
async def put_card(access: CanEditCards, db: Db, card_id: UUID, edit: CardEdit) -> Response:
    """The same as PATCH, for clients that only know PUT."""
    return await _edit(access, db, card_id, edit)


@router.delete(
    "/{card_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=WRITE,
)
async def delete_card(access: CanEditCards, db: Db, card_id: UUID) -> Response:
    """Put a card into the trash."""
    await service.delete_card(db, access, card_id)
    return Response(status_code=204)


@router.post("/{card_id}/restore", response_model=CardOut, responses=WRITE)
async def restore_card(access: CanEditCards, db: Db, card_id: UUID) -> Response:
    """Bring a card back from the trash to where it was."""
    return json_bytes(to_json(await service.restore_card(db, access, card_id)))


@router.post("/{card_id}/move", response_model=CardFace, responses=WRITE)
async def move_card(access: CanEditCards, db: Db, card_id: UUID, move: CardMove) -> Response:
    """Put a card at a place in a list, of another board too."""
    return json_bytes(to_json(await moving.move_card(db, access, card_id, move)))


@router.post(
    "/{card_id}/copy",
    response_model=CardOut,
    status_code=status.HTTP_201_CREATED,
    responses=WRITE,
)
async def copy_card(
    access: CanEditCards, db: Db, card_id: UUID, copy: CardCopy | None = None
) -> Response:
    """Make another card like this one on the same board."""
    made = await service.copy_card(db, access, card_id, copy or CardCopy())
    return json_bytes(to_json(made), 201)


@router.get("/{card_id}/activity", response_model=Page[ActivityOut], responses=READ)
async def list_card_activity(
    access: CanView, db: ReadDb, card_id: UUID, paging: Annotated[Paging, Query()]
) -> Response:
    """What happened to a card, newest first."""
    card = await queries.get_card(db, access, card_id)
    return await activity_page(db, card["board_id"], card_id, paging)
