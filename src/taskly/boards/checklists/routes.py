"""Routes of checklists and their items."""

from uuid import UUID

from fastapi import APIRouter

from taskly.boards.capabilities import CanEditCards
from taskly.boards.checklists import service
from taskly.boards.checklists.queries import checklists_of
from taskly.boards.checklists.schemas import (
    ChecklistIn,
    ChecklistOut,
    ItemEdit,
    ItemNew,
    ItemOut,
)
from taskly.kernel.http import Db, TasklyRoute, problems

router = APIRouter(route_class=TasklyRoute, tags=["checklists"])


@router.post(
    "/cards/{card_id}/checklists",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def create_checklist(
    at: CanEditCards, card_id: UUID, new: ChecklistIn, tx: Db
) -> ChecklistOut:
    """Add an empty checklist to a card."""
    return ChecklistOut.model_validate(await service.add_checklist(tx, at, card_id, new.title))


@router.patch(
    "/checklists/{checklist_id}",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def edit_checklist(
    at: CanEditCards, checklist_id: UUID, edit: ChecklistIn, tx: Db
) -> ChecklistOut:
    """Give a checklist another title."""
    renamed = await service.rename_checklist(tx, at, checklist_id, edit.title)
    of_card = await checklists_of(tx, [renamed["card_id"]])
    whole = next(one for one in of_card if one["id"] == checklist_id)
    return ChecklistOut.model_validate(whole)


@router.delete(
    "/checklists/{checklist_id}",
    status_code=204,
    responses=problems(401, 403, 404, 409, 422, 503),
)
async def delete_checklist(at: CanEditCards, checklist_id: UUID, tx: Db) -> None:
    """Take a checklist and its items off their card."""
    await service.delete_checklist(tx, at, checklist_id)


@router.post(
    "/checklists/{checklist_id}/items",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def create_checklist_item(
    at: CanEditCards, checklist_id: UUID, new: ItemNew, tx: Db
) -> ItemOut:
    """Add a step to a checklist."""
    return ItemOut.model_validate(await service.add_item(tx, at, checklist_id, new))


@router.patch(
    "/checklist-items/{item_id}",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def edit_checklist_item(at: CanEditCards, item_id: UUID, edit: ItemEdit, tx: Db) -> ItemOut:
    """Change a step's text, tick it or untick it."""
    return ItemOut.model_validate(await service.edit_item(tx, at, item_id, edit))


@router.delete(
    "/checklist-items/{item_id}",
    status_code=204,
    responses=problems(401, 403, 404, 409, 422, 503),
)
async def delete_checklist_item(at: CanEditCards, item_id: UUID, tx: Db) -> None:
    """Take a step out of its checklist."""
    await service.delete_item(tx, at, item_id)
