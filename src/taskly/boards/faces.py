"""The shapes in which boards, lists, cards, labels and members leave: rows in, plain dicts out.

Answers, snapshots and patches all use these, so that a fold of patches equals a snapshot.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from orjson import Fragment
from sqlalchemy import Text, Uuid, type_coerce

from taskly.boards.models import Board, Card, CardList, Label, Member
from taskly.kernel.db import IdText, Json

BOARD_FIELDS = (
    "id", "key", "name", "description", "color", "wip_policy", "owner_id", "version",
    "archived_at", "created_at", "updated_at",
)  # fmt: skip
LIST_FIELDS = (
    "id", "board_id", "name", "rank", "category", "wip_limit", "version", "archived_at",
)  # fmt: skip
FACE_FIELDS = (
    "id", "board_id", "list_id", "number", "title", "rank", "version", "priority", "start_at",
    "due_at", "completed_at", "label_ids", "assignee_ids", "comment_count", "attachment_count",
    "checklist_done", "checklist_total", "cover_url", "job", "archived_at",
)  # fmt: skip
CARD_FIELDS = (*FACE_FIELDS, "description", "created_by", "created_at", "updated_at", "deleted_at")
LABEL_FIELDS = ("id", "board_id", "name", "color")
MEMBER_FIELDS = ("user_id", "username", "full_name", "avatar_url", "role")

BOARD_COLUMNS = tuple(Board.__table__.c[name] for name in BOARD_FIELDS)
LIST_COLUMNS = tuple(CardList.__table__.c[name] for name in LIST_FIELDS)
FACE_COLUMNS = tuple(Card.__table__.c[name] for name in FACE_FIELDS)
READY_FACE_COLUMNS = tuple(
    type_coerce(column, Text)
    if isinstance(column.type, Json)
    else type_coerce(column, IdText)
    if isinstance(column.type, Uuid)
    else column
    for column in FACE_COLUMNS
)
"""The columns of a face as their JSON wants them: lists of ids as they are stored, ids as text."""
CARD_COLUMNS = tuple(Card.__table__.c)
HELD_CARD_COLUMNS = (*CARD_COLUMNS, CardList.archived_at.label("list_archived_at"))
LABEL_COLUMNS = tuple(Label.__table__.c[name] for name in LABEL_FIELDS)
MEMBER_COLUMNS = tuple(Member.__table__.c[name] for name in MEMBER_FIELDS)


def board_part(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A board as patches carry it: without what belongs to the reader."""
    return {name: row[name] for name in BOARD_FIELDS}


def board_for(row: Mapping[Any, Any], *, role: str, starred: bool, seq: int) -> dict[str, Any]:
    """A board as one reader sees it."""
    return {**board_part(row), "role": role, "starred": starred, "seq": seq}


def list_part(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A list."""
    return {name: row[name] for name in LIST_FIELDS}


def face(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A card's face."""
    return {name: row[name] for name in FACE_FIELDS}


def ready_face(row: Sequence[Any]) -> dict[str, Any]:
    """The same face from a row of `READY_FACE_COLUMNS`, for the JSON of whole boards: a third of the work."""
    made = dict(zip(FACE_FIELDS, row, strict=True))
    made["label_ids"] = Fragment(made["label_ids"])
    made["assignee_ids"] = Fragment(made["assignee_ids"])
    made["job"] = Fragment(made["job"]) if made["job"] else None
    return made


def card_part(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A whole card, short of what hangs on it."""
    return {name: row[name] for name in CARD_FIELDS}


def label_part(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A label."""
    return {name: row[name] for name in LABEL_FIELDS}


def member_part(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A member."""
    return {name: row[name] for name in MEMBER_FIELDS}
