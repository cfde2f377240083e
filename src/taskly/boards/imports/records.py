"""An export in our own terms, before it is written: small records, long texts kept on disk."""

from dataclasses import dataclass, field
from datetime import datetime

from taskly.boards.imports.spool import Span


@dataclass(slots=True)
class PersonRecord:
    """Somebody of the other system, who may or may not be one of ours."""

    id: str
    username: str
    full_name: str

    @property
    def shown(self) -> str:
        """The name to show."""
        return self.full_name or self.username


@dataclass(slots=True)
class LabelRecord:
    """A label to make."""

    id: str
    name: str
    color: str
    fallback_name: str
    """What an unnamed label is called if a card carries it."""


@dataclass(slots=True)
class ListRecord:
    """A list to make."""

    id: str
    name: str
    position: float
    wip_limit: int | None
    archived: bool


@dataclass(slots=True)
class LinkRecord:
    """An attachment to make."""

    id: str
    name: str
    url: str
    at: datetime | None


@dataclass(slots=True)
class ItemRecord:
    """A checklist item to make."""

    id: str
    text: str
    done: bool
    position: float


@dataclass(slots=True)
class ChecklistRecord:
    """A checklist to make, with its items in order."""

    id: str
    card_id: str
    title: str
    position: float
    items: list[ItemRecord]


@dataclass(slots=True)
class CommentRecord:
    """A comment to make."""

    id: str
    card_id: str
    author: PersonRecord
    at: datetime | None
    body: Span | None


@dataclass(slots=True)
class CardRecord:
    """A card to make, with what hangs on it."""

    id: str
    list_id: str
    title: str
    description: Span | None
    position: float
    number: float
    archived_at: datetime | None
    start_at: datetime | None
    due_at: datetime | None
    completed_at: datetime | None
    created_at: datetime | None
    updated_at: datetime | None
    label_ids: tuple[str, ...]
    person_ids: tuple[str, ...]
    links: list[LinkRecord]
    stated_comments: int
    """How many comments the export says the card has; it need not contain them all."""
    checklists: list[ChecklistRecord] = field(default_factory=list)
    comments: list[CommentRecord] = field(default_factory=list)


@dataclass(slots=True)
class BoardRecord:
    """A board to make: everything is resolved, in order, and known to fit."""

    id: str = ""
    name: str = ""
    description: str = ""
    color: str = "blue"
    people: dict[str, PersonRecord] = field(default_factory=dict)
    labels: list[LabelRecord] = field(default_factory=list)
    lists: list[ListRecord] = field(default_factory=list)
    cards: dict[str, list[CardRecord]] = field(default_factory=dict)
    """The cards of each list, by the list's id."""
