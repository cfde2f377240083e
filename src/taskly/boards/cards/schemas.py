"""Shapes of cards on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from taskly.boards.attachments.schemas import AttachmentOut
from taskly.boards.checklists.schemas import ChecklistOut
from taskly.boards.placing import BOTTOM, Place
from taskly.boards.schemas import CardFace, Markdown, Priority, Title
from taskly.kernel.fields import Edit, Flag, Ids, In, Out, UtcTime, absent


class CardNew(In):
    """A card to create."""

    list_id: UUID
    title: Title
    description: Markdown = ""
    priority: Priority = "none"
    start_at: UtcTime | None = None
    due_at: UtcTime | None = None
    label_ids: Ids = []
    assignee_ids: Ids = []
    place: Place = BOTTOM


class CardEdit(Edit):
    """What changes on a card; fields that are absent stay."""

    title: Title = absent()
    description: Markdown = absent()
    priority: Priority = absent()
    start_at: UtcTime | None = None
    due_at: UtcTime | None = None
    completed: Flag = absent()
    label_ids: Ids = absent()
    assignee_ids: Ids = absent()
    archived: Flag = absent()


class CardMove(In):
    """Where a card goes; the list may be on another board."""

    list_id: UUID
    place: Place = BOTTOM


class CardsMove(In):
    """Where several cards of one board go, in this order."""

    card_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    list_id: UUID
    place: Place = BOTTOM


class CardCopy(In):
    """Where a copy goes; by default next to the original, with its title."""

    list_id: UUID | None = None
    place: Place | None = None
    title: Title | None = None


class CardOut(CardFace):
    """A card with everything on it."""

    description: str
    created_by: UUID
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    board_key: str
    checklists: list[ChecklistOut]
    attachments: list[AttachmentOut]


class CardFaces(Out):
    """Several faces, as they are after a move."""

    items: list[CardFace]
