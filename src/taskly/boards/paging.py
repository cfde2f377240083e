"""Pages of activity."""

from uuid import UUID

from fastapi import Response

from taskly.boards.activity.queries import activity
from taskly.kernel.db import ReadTx
from taskly.kernel.errors import Invalid
from taskly.kernel.http import Paging
from taskly.kernel.paging import page_of


async def activity_page(
    tx: ReadTx, board_id: UUID, subject_id: UUID | None, paging: Paging
) -> Response:
    """One page of what happened on a board, or to one card on it."""
    position = paging.position()
    before = position[0] if position else None
    if before is not None and not isinstance(before, int):
        raise Invalid.of("cursor", "bad_cursor")
    rows = await activity(
        tx, board_id, subject_id=subject_id, before=before, limit=paging.limit + 1
    )
    return page_of(rows, paging.limit, lambda row: [row["seq"]])
