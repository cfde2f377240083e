"""Reads of attachments."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from taskly.boards.models import Attachment
from taskly.kernel.db import ReadTx


async def attachments_of(tx: ReadTx, card_id: UUID) -> list[dict[str, Any]]:
    """`id, job_id, name, url, created_at` of what hangs on a card, oldest first."""
    rows = await tx.all(
        select(
            Attachment.id,
            Attachment.job_id,
            Attachment.name,
            Attachment.url,
            Attachment.created_at,
        )
        .where(Attachment.card_id == card_id)
        .order_by(Attachment.created_at, Attachment.id)
    )
    return [dict(row._mapping) for row in rows]
