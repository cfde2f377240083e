"""Shapes shared by the nouns of a board, and the shapes of boards themselves."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from taskly.boards.policy import Role
from taskly.kernel.fields import (
    NO_CONTROL,
    ONE_LINE,
    UNIX_NEWLINES,
    Edit,
    Flag,
    In,
    Out,
    UtcTime,
    absent,
)

PALETTE = ("red", "amber", "green", "blue", "violet", "teal", "pink", "gray")


def _color(value: str) -> str:
    value = value.lower()
    hexadecimal = len(value) == 7 and value[0] == "#" and set(value[1:]) <= set("0123456789abcdef")
    if value not in PALETTE and not hexadecimal:
        raise PydanticCustomError("bad_color", "Not a colour of the palette or #rrggbb")
    return value


Color = Annotated[str, AfterValidator(_color)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,5}$", to_upper=True)]
Name = Annotated[str, Field(min_length=1, max_length=200), ONE_LINE]
Title = Annotated[str, Field(min_length=1, max_length=500), ONE_LINE]
Markdown = Annotated[str, Field(max_length=100_000), NO_CONTROL, UNIX_NEWLINES]
Category = Literal["todo", "doing", "done"]
Priority = Literal["none", "low", "medium", "high", "urgent"]
WipPolicy = Literal["warn", "refuse"]


class BoardNew(In):
    """A board to create."""

    name: Name
    description: Markdown = ""
    color: Color = "violet"


class BoardEdit(Edit):
    """What changes on a board; fields that are absent stay."""

    name: Name = absent()
    key: Key = absent()
    description: Markdown = absent()
    color: Color = absent()
    wip_policy: WipPolicy = absent()
    archived: Flag = absent()


class NewOwner(In):
    """Who takes a board over; a member."""

    user_id: UUID


class MemberEdit(In):
    """A member's role; the owner changes only by handing over."""

    role: Literal[Role.ADMIN, Role.EDITOR, Role.VIEWER] = Role.EDITOR


class ShareLinkNew(In):
    """A share link to make."""

    expires_at: UtcTime | None = None


class BoardOut(Out):
    """A board as its reader sees it."""

    id: UUID
    key: str
    name: str
    description: str
    color: str
    wip_policy: WipPolicy
    owner_id: UUID
    role: str
    starred: bool
    seq: int
    version: int
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


class ListOut(Out):
    """A list."""

    id: UUID
    board_id: UUID
    name: str
    rank: str
    category: Category
    wip_limit: int | None
    version: int
    archived_at: datetime | None


class LabelOut(Out):
    """A label."""

    id: UUID
    board_id: UUID
    name: str
    color: str


class MemberOut(Out):
    """A member of a board."""

    user_id: UUID
    username: str
    full_name: str | None
    avatar_url: str | None
    role: str


class CardJob(Out):
    """The newest job of a card."""

    id: UUID
    kind: str
    state: str


class CardFace(Out):
    """What a board shows of a card."""

    id: UUID
    board_id: UUID
    list_id: UUID
    number: int
    title: str
    rank: str
    version: int
    priority: Priority
    start_at: datetime | None
    due_at: datetime | None
    completed_at: datetime | None
    label_ids: list[UUID]
    assignee_ids: list[UUID]
    comment_count: int
    attachment_count: int
    checklist_done: int
    checklist_total: int
    cover_url: str | None
    job: CardJob | None
    archived_at: datetime | None


class SnapshotOut(Out):
    """A whole board at one moment: equal to the fold of the patches of its events 1 to `seq`."""

    seq: int
    board: BoardOut
    lists: list[ListOut]
    cards: list[CardFace]
    labels: list[LabelOut]
    members: list[MemberOut]


class ShareLinkOut(Out):
    """A share link."""

    id: UUID
    created_by: UUID
    created_at: datetime
    expires_at: datetime | None


class ShareLinkMade(ShareLinkOut):
    """A share link with its token, which is shown this once."""

    token: str
