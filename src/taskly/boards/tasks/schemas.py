"""Shapes of tasks on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from taskly.boards.schemas import CardFace, Category, LabelOut, MemberOut
from taskly.kernel.fields import Out
from taskly.kernel.http import Paging

DEFAULT_QUERY = "assignee:me is:open sort:due"

Q = Annotated[
    str,
    Field(
        description="Which cards, in the query language; by default the open ones assigned to you.",
        examples=["assignee:me is:open due<=2w -label:waiting sort:due"],
    ),
]
DueGroup = Literal["overdue", "today", "upcoming", "undated", "done"]


class CountQuery(BaseModel):
    """Which tasks to count."""

    q: Q = DEFAULT_QUERY


class TaskQuery(Paging):
    """A page of tasks."""

    q: Q = DEFAULT_QUERY


class TaskBoard(Out):
    """The board of a task."""

    id: UUID
    key: str
    name: str
    color: str


class TaskOut(CardFace):
    """A card away from its board, with what the board would tell of it."""

    created_at: datetime
    updated_at: datetime
    due_group: DueGroup
    """When it is due by the caller's clock and time zone."""
    may_edit: bool
    board: TaskBoard
    list_name: str
    list_category: Category
    labels: list[LabelOut]
    assignees: list[MemberOut]


class TaskCounts(Out):
    """How many tasks a query finds, by when they are due."""

    overdue: int
    today: int
    upcoming: int
    undated: int
    done: int
