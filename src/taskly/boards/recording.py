"""How a card's change enters the log of its board."""

from collections.abc import Mapping
from typing import Any

from taskly.boards import faces
from taskly.boards.access import Access, HeldBoard
from taskly.kernel.db import Tx
from taskly.kernel.events import Patch, append

HIDING = ("archived_at", "deleted_at", "list_archived_at")


def record(
    tx: Tx,
    access: Access,
    held: HeldBoard,
    event: str,
    card: dict[str, Any],
    changes: dict[str, Any],
) -> None:
    """Append a card's change to the board's log."""
    append(
        tx,
        held.stream,
        event,
        actor_id=access.actor.user_id,
        op=access.actor.op,
        patch=card_patch(card),
        subject_id=card["id"],
        changes=changes,
    )


def card_patch(card: Mapping[str, Any]) -> Patch:
    """The card's face; one that nobody sees, also for the sake of its list, is dropped."""
    hidden = any(card[mark] for mark in HIDING if mark in card)
    return Patch().drop("cards", card["id"]) if hidden else Patch().put("cards", faces.face(card))
