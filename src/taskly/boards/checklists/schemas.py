"""Shapes of checklists on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from taskly.boards.placing import BOTTOM, Place
from taskly.boards.schemas import Name
from taskly.kernel.fields import Flag, In, Line, Out, absent

ItemText = Annotated[Line, Field(min_length=1, max_length=1000)]


class ChecklistIn(In):
    """A checklist's title."""

    title: Name


class ItemNew(In):
    """A step to add."""

    text: ItemText
    place: Place = BOTTOM


class ItemEdit(In):
    """What changes on a step; fields that are absent stay."""

    text: ItemText = absent()
    done: Flag = absent()


class ItemOut(Out):
    """A step."""

    id: UUID
    text: str
    done: bool
    rank: str


class ChecklistOut(Out):
    """A checklist with its steps in order."""

    id: UUID
    card_id: UUID
    title: str
    rank: str
    items: list[ItemOut]
