"""Shapes of comments on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from taskly.kernel.fields import NO_CONTROL, UNIX_NEWLINES, In, Out

CommentText = Annotated[str, Field(min_length=1, max_length=20_000), NO_CONTROL, UNIX_NEWLINES]


class CommentIn(In):
    """A comment's text, in Markdown."""

    body: CommentText


class CommentAuthor(Out):
    """Who wrote a comment; an imported one may have a name only."""

    user_id: UUID | None
    username: str | None
    full_name: str | None
    avatar_url: str | None


class CommentOut(Out):
    """A comment."""

    id: UUID
    card_id: UUID
    author_id: UUID | None
    author: CommentAuthor | None
    body: str
    version: int
    created_at: datetime
    edited_at: datetime | None
