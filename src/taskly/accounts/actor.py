"""Who is acting: a typed principal, so that a link can never be taken for a person."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person (`user_id`, `session_id`) or a share link (`link_id`, `link_board_id`)."""

    user_id: UUID | None = None
    session_id: UUID | None = None
    link_id: UUID | None = None
    link_board_id: UUID | None = None
    op: str | None = None
    """The client's own mark of this request (`Taskly-Op`), echoed in the events that it makes."""

    @property
    def key(self) -> str:
        """A stable name of the principal, for limits and kept answers."""
        return f"user:{self.user_id}" if self.user_id else f"link:{self.link_id}"
