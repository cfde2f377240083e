"""Routes of imports."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from taskly.accounts.actor import Actor
from taskly.accounts.auth import SIGNED_IN
from taskly.boards.imports import service
from taskly.boards.imports.schemas import ReportOut
from taskly.boards.imports.uploads import UploadRoute
from taskly.kernel.http import Db, ReadDb, problems
from taskly.kernel.messages import choose_locale

router = APIRouter(prefix="/imports", route_class=UploadRoute, tags=["imports"])

# The body is read by hand, piece by piece, so that the document has to be told of it.
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/json": {
                "schema": {"type": "object", "description": "A board as Trello exports it."}
            },
        },
    }
}


@router.post(
    "/trello",
    status_code=201,
    responses={
        200: {"model": ReportOut, "description": "What an import would do; nothing was written."},
        **problems(400, 401, 409, 413, 422, 503),
    },
    openapi_extra=BODY,
)
async def import_trello(
    request: Request,
    response: Response,
    actor: Annotated[Actor, Depends(SIGNED_IN)],
    tx: Db,
    reading: ReadDb,
    dry_run: Annotated[bool, Query(description="Only tell what would happen.")] = False,
) -> ReportOut:
    """Make a board of a Trello export, or add what is new to the one made of it before."""
    if dry_run:
        response.status_code = 200
        report = await service.try_trello(reading, actor, request.state.upload)
    else:
        report = await service.import_trello(tx, actor, request.state.upload)
    return ReportOut.of(report, choose_locale(request.headers.get("accept-language")))
