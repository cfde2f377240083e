"""Shapes of search on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from taskly.kernel.fields import ONE_LINE, Out
from taskly.kernel.http import Paging

Type = Literal["card", "comment", "board", "job"]


class SearchQuery(Paging):
    """What to look for; `type` and `board_id` may be given several times."""

    model_config = ConfigDict(extra="ignore")

    q: Annotated[str, Field(max_length=200), ONE_LINE]
    type: list[Type] = Field([], max_length=4)
    board_id: list[UUID] = Field([], max_length=50)
    limit: int = Field(20, ge=1, le=50)


class Part(Out):
    """A piece of text; `match` says whether it is what was looked for."""

    text: str
    match: bool


class FoundBoard(Out):
    """The board that a found thing belongs to."""

    id: UUID
    key: str
    name: str
    color: str


class FoundOut(Out):
    """One thing that was found. A comment's title is that of its card."""

    type: Type
    id: UUID
    title: list[Part]
    snippet: list[Part]
    board: FoundBoard | None
    card_id: UUID | None
    number: int | None
    """Of a card, of a comment's card, or of a job."""
    author: str | None
    state: str | None
    """Of a job, or `archived`, `done` or `open` for a card and a comment's card."""
    job_kind: str | None
    at: datetime
