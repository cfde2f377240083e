"""Shapes of activity, archive and trash on the wire."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from taskly.kernel.fields import Out


class ActivityActor(Out):
    """Who did it."""

    user_id: UUID
    username: str
    full_name: str | None
    avatar_url: str | None


class ActivitySubject(Out):
    """The card that it was done to."""

    id: UUID
    number: int
    title: str


class ActivityOut(Out):
    """One change, told to people: `changes` is {field: [old, new]}."""

    seq: int
    event: str
    at: datetime
    actor_id: UUID | None
    actor: ActivityActor | None
    subject_id: UUID | None
    subject: ActivitySubject | None
    changes: dict[str, Any]


class PutAwayOut(Out):
    """A card or list in the archive or the trash."""

    kind: Literal["card", "list"]
    id: UUID
    number: int | None
    title: str
    list_id: UUID | None
    list_name: str | None
    at: datetime
    by: UUID | None


class EventOut(Out):
    """An event as machines read it: see `patch` in the API guide."""

    seq: int
    event: str
    board_id: UUID
    actor_id: UUID | None
    subject_id: UUID | None
    op: str | None
    at: datetime
    changes: dict[str, Any]
    patch: dict[str, Any]


class EventsOut(Out):
    """Events after a seq, in order; `seq` is the board's newest."""

    items: list[EventOut]
    seq: int
