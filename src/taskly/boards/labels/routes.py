"""Routes of labels."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from taskly.boards.access import see_board
from taskly.boards.capabilities import CanEditLabels, CanView
from taskly.boards.labels import service
from taskly.boards.labels.schemas import LabelEdit, LabelNew
from taskly.boards.schemas import LabelOut
from taskly.kernel.http import Db, Page, ReadDb, TasklyRoute, json_bytes, problems
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/labels", route_class=TasklyRoute, tags=["labels"])

WRITE = problems(400, 401, 403, 404, 409, 413, 422, 503)
READ = problems(400, 401, 404, 422, 503)


@router.get("", response_model=Page[LabelOut], responses=READ)
async def list_labels(access: CanView, db: ReadDb, board_id: UUID) -> Response:
    """All labels of a board."""
    await see_board(db, access, board_id)
    return json_bytes(to_json({"items": await service.labels_of(db, board_id), "next": None}))


@router.post("", response_model=LabelOut, status_code=status.HTTP_201_CREATED, responses=WRITE)
async def create_label(access: CanEditLabels, db: Db, new: LabelNew) -> Response:
    """Add a label to a board."""
    return json_bytes(to_json(await service.create_label(db, access, new)), 201)


@router.patch("/{label_id}", response_model=LabelOut, responses=WRITE)
async def edit_label(access: CanEditLabels, db: Db, label_id: UUID, edit: LabelEdit) -> Response:
    """Rename or recolour a label."""
    return json_bytes(to_json(await service.edit_label(db, access, label_id, edit)))


@router.delete(
    "/{label_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=WRITE,
)
async def delete_label(access: CanEditLabels, db: Db, label_id: UUID) -> Response:
    """Remove a label from its board and from all cards."""
    await service.delete_label(db, access, label_id)
    return Response(status_code=204)
