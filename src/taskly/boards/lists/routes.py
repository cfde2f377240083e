"""Routes of lists."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from taskly.boards import faces
from taskly.boards.access import Access, require, see_board, visible_list
from taskly.boards.capabilities import CanEditLists, CanView
from taskly.boards.lists import service
from taskly.boards.lists.schemas import ListEdit, ListMove, ListNew, ListOut
from taskly.kernel.http import Db, Page, ReadDb, TasklyRoute, json_bytes, problems
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/lists", route_class=TasklyRoute, tags=["lists"])

WRITE = problems(400, 401, 403, 404, 409, 413, 422, 503)
READ = problems(400, 401, 404, 422, 503)


@router.get("", response_model=Page[ListOut], responses=READ)
async def list_lists(access: CanView, db: ReadDb, board_id: UUID) -> Response:
    """All lists of a board that are neither archived nor deleted, in their order."""
    await see_board(db, access, board_id)
    return json_bytes(to_json({"items": await service.lists_of(db, board_id), "next": None}))


@router.post("", response_model=ListOut, status_code=status.HTTP_201_CREATED, responses=WRITE)
async def create_list(access: CanEditLists, db: Db, new: ListNew) -> Response:
    """Add a list to a board."""
    return json_bytes(to_json(await service.create_list(db, access, new)), 201)


@router.get("/{list_id}", response_model=ListOut, responses=READ)
async def get_list(access: CanView, db: ReadDb, list_id: UUID) -> Response:
    """A list."""
    row = require(await db.first(visible_list(access.actor, list_id)), access.action)
    return json_bytes(to_json(faces.list_part(row._mapping)))


async def _edit(access: Access, db: Db, list_id: UUID, edit: ListEdit) -> Response:
    return json_bytes(to_json(await service.edit_list(db, access, list_id, edit)))


@router.patch("/{list_id}", response_model=ListOut, responses=WRITE)
async def edit_list(access: CanEditLists, db: Db, list_id: UUID, edit: ListEdit) -> Response:
    """Change a list; with `base_version`, fields that others changed since are a conflict."""
    return await _edit(access, db, list_id, edit)


@router.put("/{list_id}", response_model=ListOut, responses=WRITE)
async def put_list(access: CanEditLists, db: Db, list_id: UUID, edit: ListEdit) -> Response:
    """The same as PATCH, for clients that only know PUT."""
    return await _edit(access, db, list_id, edit)


@router.post("/{list_id}/move", response_model=ListOut, responses=WRITE)
async def move_list(access: CanEditLists, db: Db, list_id: UUID, move: ListMove) -> Response:
    """Put a list at a place among the lists of its board."""
    return json_bytes(to_json(await service.move_list(db, access, list_id, move)))


@router.delete(
    "/{list_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=WRITE,
)
async def delete_list(access: CanEditLists, db: Db, list_id: UUID) -> Response:
    """Put a list and its cards into the trash."""
    await service.delete_list(db, access, list_id)
    return Response(status_code=204)


@router.post("/{list_id}/restore", response_model=ListOut, responses=WRITE)
async def restore_list(access: CanEditLists, db: Db, list_id: UUID) -> Response:
    """Bring a list back from the trash with the cards that it had."""
    return json_bytes(to_json(await service.restore_list(db, access, list_id)))
