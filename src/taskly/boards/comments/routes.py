"""Routes of comments."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response, status

from taskly.boards.capabilities import CanComment, CanView
from taskly.boards.comments import service
from taskly.boards.comments.schemas import CommentIn, CommentOut
from taskly.kernel.db import ReadTx
from taskly.kernel.http import Db, Page, Paging, ReadDb, TasklyRoute, json_bytes, problems
from taskly.kernel.paging import page_of, time_of, uuid_of
from taskly.kernel.wire import to_json

router = APIRouter(route_class=TasklyRoute, tags=["comments"])

WRITE = problems(400, 401, 403, 404, 409, 413, 422, 503)
READ = problems(400, 401, 404, 422, 503)


def _shown(comment: dict[str, Any]) -> dict[str, Any]:
    return {name: comment[name] for name in CommentOut.model_fields}


async def _one(db: ReadTx, comment: dict[str, Any], status_code: int = 200) -> Response:
    complete = await service.with_authors(db, [comment])
    return json_bytes(to_json(_shown(complete[0])), status_code)


@router.get("/cards/{card_id}/comments", response_model=Page[CommentOut], responses=READ)
async def list_comments(
    access: CanView, db: ReadDb, card_id: UUID, paging: Annotated[Paging, Query()]
) -> Response:
    """The comments on a card, oldest first."""
    position = paging.position()
    after = [time_of(position[0]), uuid_of(position[1])] if position else None
    rows = await service.list_comments(db, access, card_id, after, paging.limit + 1)
    complete = await service.with_authors(db, [dict(row._mapping) for row in rows])
    shown = [_shown(comment) for comment in complete]
    return page_of(shown, paging.limit, lambda row: [row["created_at"], row["id"]])


@router.post(
    "/cards/{card_id}/comments",
    response_model=CommentOut,
    status_code=status.HTTP_201_CREATED,
    responses=WRITE,
)
async def add_comment(access: CanComment, db: Db, card_id: UUID, new: CommentIn) -> Response:
    """Say something on a card."""
    return await _one(db, await service.add_comment(db, access, card_id, new.body), 201)


@router.patch("/comments/{comment_id}", response_model=CommentOut, responses=WRITE)
async def edit_comment(access: CanComment, db: Db, comment_id: UUID, edit: CommentIn) -> Response:
    """Change your own comment."""
    return await _one(db, await service.edit_comment(db, access, comment_id, edit.body))


@router.delete(
    "/comments/{comment_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    responses=WRITE,
)
async def delete_comment(access: CanComment, db: Db, comment_id: UUID) -> Response:
    """Take a comment away."""
    await service.delete_comment(db, access, comment_id)
    return Response(status_code=204)


@router.post("/comments/{comment_id}/restore", response_model=CommentOut, responses=WRITE)
async def restore_comment(access: CanComment, db: Db, comment_id: UUID) -> Response:
    """Bring a comment back."""
    return await _one(db, await service.restore_comment(db, access, comment_id))
