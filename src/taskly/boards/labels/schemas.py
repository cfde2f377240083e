"""Shapes of labels on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from taskly.boards.schemas import Color
from taskly.kernel.fields import ONE_LINE, In, absent

LabelName = Annotated[str, Field(max_length=100), ONE_LINE]


class LabelNew(In):
    """A label to create; the name may be empty, a colour is enough."""

    board_id: UUID
    name: LabelName
    color: Color = "blue"


class LabelEdit(In):
    """What changes on a label; fields that are absent stay."""

    name: LabelName = absent()
    color: Color = absent()
