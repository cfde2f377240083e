"""Shapes of lists on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from taskly.boards.placing import BOTTOM, Place
from taskly.boards.schemas import Category, ListOut, Name
from taskly.kernel.fields import Count, Edit, Flag, In, absent

Limit = Annotated[Count, Field(ge=1, le=100_000)]

__all__ = ["ListEdit", "ListMove", "ListNew", "ListOut"]


class ListNew(In):
    """A list to create."""

    board_id: UUID
    name: Name
    category: Category = "todo"
    wip_limit: Limit | None = None
    place: Place = BOTTOM


class ListEdit(Edit):
    """What changes on a list; fields that are absent stay."""

    name: Name = absent()
    category: Category = absent()
    wip_limit: Limit | None = None
    archived: Flag = absent()


class ListMove(In):
    """Where a list goes among the lists of its board."""

    place: Place = BOTTOM
