"""Carries the state of a card's newest job onto the card's face, and what a job made to the card's attachments."""

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, delete, insert, select, update

from taskly.boards import faces
from taskly.boards.attachments.links import LONGEST_NAME
from taskly.boards.models import Attachment, Card, CardList
from taskly.boards.recording import card_patch
from taskly.jobs.queries import files_of
from taskly.jobs.states import State
from taskly.kernel.clock import now
from taskly.kernel.db import Tx
from taskly.kernel.events import HeldStream, append, lock_streams
from taskly.kernel.readers import Reader

MOST_ATTACHED = 20


class HeldCard:
    """A card that jobs change, under the lock of its board."""

    def __init__(self, tx: Tx, stream: HeldStream, card: dict[str, Any]) -> None:
        self._tx = tx
        self._stream = stream
        self.card = card

    async def change(self, event: str, values: dict[str, Any], changes: dict[str, Any]) -> None:
        """Write new values of the card, and tell the board."""
        self.card |= {**values, "version": self.card["version"] + 1}
        written = {name: self.card[name] for name in (*values, "version")}
        await self._tx.execute(update(Card).where(Card.id == self.card["id"]).values(**written))
        append(
            self._tx,
            self._stream,
            event,
            actor_id=None,
            op=None,
            patch=card_patch(self.card),
            subject_id=self.card["id"],
            changes=changes,
        )


async def _hold(tx: Tx, card_id: UUID) -> HeldCard | None:
    streams = await lock_streams(tx, select(Card.board_id).where(Card.id == card_id))
    row = await tx.first(
        select(*faces.HELD_CARD_COLUMNS)
        .join(CardList, CardList.id == Card.list_id)
        .where(Card.id == card_id)
    )
    return HeldCard(tx, streams[0], dict(row._mapping)) if streams and row is not None else None


async def carry_job(tx: Tx, event: Row[Any]) -> None:
    """Show a job on the face of its card; hang its files on the card, and take them off with the job."""
    patch = orjson.loads(event.patch)
    for job in patch.get("upsert", {}).get("jobs", ()):
        held = None if job["card_id"] is None else await _hold(tx, UUID(job["card_id"]))
        if held is not None:
            await _show(held, job)
            if job["state"] == State.SUCCEEDED:
                await _attach(tx, held, UUID(job["id"]))
    for job_id in patch.get("remove", {}).get("jobs", ()):
        await _detach(tx, UUID(job_id))


async def _show(held: HeldCard, job: dict[str, Any]) -> None:
    shown = {"id": job["id"], "kind": job["kind"], "state": job["state"]}
    before = held.card["job"]
    # Ids of jobs grow with time: the larger one is the newer job.
    if before == shown or (before is not None and before["id"] > job["id"]):
        return
    changes = {"job": [before and before["state"], job["state"]], "kind": [None, job["kind"]]}
    await held.change("card.job_changed", {"job": shown}, changes)


async def _attach(tx: Tx, held: HeldCard, job_id: UUID) -> None:
    for file in (await files_of(tx, job_id))[:MOST_ATTACHED]:
        name = file.name[:LONGEST_NAME]
        await tx.execute(
            insert(Attachment).values(
                id=file.id,
                card_id=held.card["id"],
                job_id=job_id,
                name=name,
                url=f"/api/v1/jobs/{job_id}/files/{file.id}",
                created_at=now(),
            )
        )
        values = {"attachment_count": held.card["attachment_count"] + 1}
        await held.change("attachment.added", values, {"attachment": [None, name]})


async def _detach(tx: Tx, job_id: UUID) -> None:
    of_it = Attachment.job_id == job_id
    found = await tx.all(select(Attachment.card_id, Attachment.name).where(of_it))
    held = await _hold(tx, found[0].card_id) if found else None
    if held is None:
        return
    await tx.execute(delete(Attachment).where(of_it))
    for file in found:
        values = {"attachment_count": held.card["attachment_count"] - 1}
        await held.change("attachment.removed", values, {"attachment": [file.name, None]})


EVENTS = frozenset({"job.deleted", *(f"job.{state.value}" for state in State)})
READER = Reader("boards.jobs", EVENTS, carry_job)
