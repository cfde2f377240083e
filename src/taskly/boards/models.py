"""Tables of boards. A row of `cards` holds its whole face, so that a board is read in one scan."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from taskly.kernel.db import Base, BinaryString, Json, LongText

RANK_LENGTH = 80


class Board(Base):
    """A Kanban board; its id is also the id of its event stream."""

    __tablename__ = "boards"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(5))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(LongText)
    color: Mapped[str] = mapped_column(String(10))
    wip_policy: Mapped[str] = mapped_column(String(10))
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    version: Mapped[int]
    field_versions: Mapped[dict[str, int]] = mapped_column(Json)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class Member(Base):
    """Who takes part in a board, and as what.

    The name and the picture are copied here, so that a board is a function of its own events alone.
    """

    __tablename__ = "members"
    __table_args__ = (Index(None, "user_id", "board_id"),)

    board_id: Mapped[UUID] = mapped_column(ForeignKey("boards.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    username: Mapped[str] = mapped_column(String(40))
    full_name: Mapped[str | None] = mapped_column(String(100))
    avatar_url: Mapped[str | None] = mapped_column(String(2000))
    role: Mapped[str] = mapped_column(String(10))
    joined_at: Mapped[datetime]


class Star(Base):
    """A person's mark on a board; nobody else's business."""

    __tablename__ = "stars"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    board_id: Mapped[UUID] = mapped_column(ForeignKey("boards.id"), primary_key=True)


class ShareLink(Base):
    """A read-only door for people without an account; only the token's hash is kept."""

    __tablename__ = "share_links"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    board_id: Mapped[UUID] = mapped_column(ForeignKey("boards.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class CardList(Base):
    """A column of a board; `category` gives its cards their status."""

    __tablename__ = "lists"
    __table_args__ = (UniqueConstraint("board_id", "rank"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    board_id: Mapped[UUID] = mapped_column(ForeignKey("boards.id"))
    name: Mapped[str] = mapped_column(String(200))
    rank: Mapped[str] = mapped_column(BinaryString(RANK_LENGTH))
    category: Mapped[str] = mapped_column(String(5))
    wip_limit: Mapped[int | None]
    version: Mapped[int]
    field_versions: Mapped[dict[str, int]] = mapped_column(Json)
    archived_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[UUID | None]


class Label(Base):
    """A coloured tag that the cards of one board can carry."""

    __tablename__ = "labels"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    board_id: Mapped[UUID] = mapped_column(ForeignKey("boards.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    color: Mapped[str] = mapped_column(String(10))


class Card(Base):
    """A card. Unique (list, rank) over archived and deleted cards too: what is restored keeps its place."""

    __tablename__ = "cards"
    __table_args__ = (
        UniqueConstraint("list_id", "rank"),
        UniqueConstraint("board_id", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    board_id: Mapped[UUID] = mapped_column(ForeignKey("boards.id"))
    list_id: Mapped[UUID] = mapped_column(ForeignKey("lists.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(500))
    description: Mapped[str] = mapped_column(LongText)
    rank: Mapped[str] = mapped_column(BinaryString(RANK_LENGTH))
    version: Mapped[int]
    field_versions: Mapped[dict[str, int]] = mapped_column(Json)
    priority: Mapped[str] = mapped_column(String(6))
    start_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    label_ids: Mapped[list[Any]] = mapped_column(Json)
    assignee_ids: Mapped[list[Any]] = mapped_column(Json)
    comment_count: Mapped[int]
    attachment_count: Mapped[int]
    checklist_done: Mapped[int]
    checklist_total: Mapped[int]
    cover_url: Mapped[str | None] = mapped_column(String(500))
    job: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """The card's newest job as its face shows it, carried here by a reader of the jobs' events."""
    created_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[UUID | None]


class CardAssignee(Base):
    """The index behind "my cards"; written together with `cards.assignee_ids`."""

    __tablename__ = "card_assignees"
    __table_args__ = (Index(None, "user_id", "card_id"),)

    card_id: Mapped[UUID] = mapped_column(ForeignKey("cards.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)


class Comment(Base):
    """What somebody said on a card, in Markdown."""

    __tablename__ = "comments"
    __table_args__ = (Index(None, "card_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    card_id: Mapped[UUID] = mapped_column(ForeignKey("cards.id"))
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    author_name: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(LongText)
    version: Mapped[int]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class Checklist(Base):
    """A titled list of small steps on a card."""

    __tablename__ = "checklists"
    __table_args__ = (UniqueConstraint("card_id", "rank"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    card_id: Mapped[UUID] = mapped_column(ForeignKey("cards.id"))
    title: Mapped[str] = mapped_column(String(200))
    rank: Mapped[str] = mapped_column(BinaryString(RANK_LENGTH))


class ChecklistItem(Base):
    """One step of a checklist."""

    __tablename__ = "checklist_items"
    __table_args__ = (UniqueConstraint("checklist_id", "rank"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    checklist_id: Mapped[UUID] = mapped_column(ForeignKey("checklists.id"))
    text: Mapped[str] = mapped_column(String(1000))
    done: Mapped[bool]
    rank: Mapped[str] = mapped_column(BinaryString(RANK_LENGTH))


class Attachment(Base):
    """A link on a card, to somewhere on the web or to a file of one of the card's jobs."""

    __tablename__ = "attachments"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    card_id: Mapped[UUID] = mapped_column(ForeignKey("cards.id"), index=True)
    job_id: Mapped[UUID | None] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(300))
    url: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[datetime]


class ImportedThing(Base):
    """What an import made out of which thing elsewhere, so that a second import finds it again."""

    __tablename__ = "imported_things"
    __table_args__ = (Index(None, "board_id"),)

    importer_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    board_id: Mapped[UUID] = mapped_column(ForeignKey("boards.id"))
    entity_id: Mapped[UUID]


class SearchText(Base):
    """What can be found of a card, a comment, a board or a job; who may find it is asked of them.

    `grams` are the pieces of the text, in the full-text index that each database has of its own; the
    migration makes it. A thing that changes gets a new row, so that `id` grows with the last change.
    """

    __tablename__ = "search_texts"
    __table_args__ = (
        UniqueConstraint("entity_id", "kind"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(10))
    entity_id: Mapped[UUID]
    version: Mapped[int]
    title: Mapped[str] = mapped_column(LongText)
    body: Mapped[str] = mapped_column(LongText)
    grams: Mapped[str] = mapped_column(LongText)
