"""What people do with links on cards; the card's face counts them."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, insert, select, update

from taskly.boards import faces
from taskly.boards.access import (
    Access,
    HeldBoard,
    board_of_attachment,
    board_of_card,
    hold,
    shown_card,
)
from taskly.boards.attachments.links import LONGEST_NAME
from taskly.boards.attachments.schemas import AttachmentNew
from taskly.boards.models import Attachment, Card
from taskly.boards.recording import record
from taskly.kernel.clock import now
from taskly.kernel.db import Tx
from taskly.kernel.edits import stamp
from taskly.kernel.ids import new_id


async def attach(tx: Tx, access: Access, card_id: UUID, new: AttachmentNew) -> dict[str, Any]:
    """Hang a link on a card."""
    held, row = await hold(
        tx, access, board_of_card(card_id), *faces.HELD_CARD_COLUMNS, joins=shown_card(card_id)
    )
    values = {
        "id": new_id(),
        "card_id": card_id,
        "job_id": None,
        "name": new.name or new.url[:LONGEST_NAME],
        "url": new.url,
        "created_at": now(),
    }
    await tx.execute(insert(Attachment).values(**values))
    changes = {"attachment": [None, values["name"]]}
    await _count(tx, access, held, dict(row._mapping), "attachment.added", +1, changes)
    return values


async def detach(tx: Tx, access: Access, attachment_id: UUID) -> None:
    """Take a link off its card."""
    of_it = Attachment.id == attachment_id
    card_of = select(Attachment.card_id).where(of_it).correlate(None).scalar_subquery()
    held, row = await hold(
        tx,
        access,
        board_of_attachment(attachment_id),
        *faces.HELD_CARD_COLUMNS,
        Attachment.name,
        joins=[*shown_card(card_of), (Attachment, and_(Attachment.card_id == Card.id, of_it))],
    )
    await tx.execute(delete(Attachment).where(of_it))
    changes = {"attachment": [row.name, None]}
    await _count(tx, access, held, dict(row._mapping), "attachment.removed", -1, changes)


async def _count(
    tx: Tx,
    access: Access,
    held: HeldBoard,
    card: dict[str, Any],
    event: str,
    step: int,
    changes: dict[str, Any],
) -> None:
    values = {
        "attachment_count": card["attachment_count"] + step,
        "updated_at": now(),
    } | stamp(card, {})
    await tx.execute(update(Card).where(Card.id == card["id"]).values(**values))
    record(tx, access, held, event, {**card, **values}, changes)
