"""Routes of links on cards."""

from uuid import UUID

from fastapi import APIRouter

from taskly.boards.attachments import service
from taskly.boards.attachments.schemas import AttachmentNew, AttachmentOut
from taskly.boards.capabilities import CanEditCards
from taskly.kernel.http import Db, TasklyRoute, problems

router = APIRouter(route_class=TasklyRoute, tags=["attachments"])


@router.post(
    "/cards/{card_id}/attachments",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def create_attachment(
    at: CanEditCards, card_id: UUID, new: AttachmentNew, tx: Db
) -> AttachmentOut:
    """Hang a link on a card."""
    return AttachmentOut.model_validate(await service.attach(tx, at, card_id, new))


@router.delete(
    "/attachments/{attachment_id}",
    status_code=204,
    responses=problems(401, 403, 404, 409, 422, 503),
)
async def delete_attachment(at: CanEditCards, attachment_id: UUID, tx: Db) -> None:
    """Take a link off its card."""
    await service.detach(tx, at, attachment_id)
