"""Tells those who watch how jobs come along: passing messages that are kept nowhere."""

from typing import Any
from uuid import UUID

import orjson

from taskly.kernel.bus import Bus
from taskly.kernel.db import Committed
from taskly.kernel.seqwatch import SeqWatch
from taskly.live.hub import BOARD, JOB, USER, Hub

PROGRESS = "job.progress"
SHOWN = ("percent", "step", "detail")


class JobNews:
    """Brings progress to the card's board, the owner and the job's own channel, and states to the last."""

    def __init__(self, bus: Bus, watch: SeqWatch, hub: Hub) -> None:
        self._hub = hub
        bus.listen(PROGRESS, self._on_progress)
        watch.on_event(self._on_event)

    def _on_progress(self, message: bytes) -> None:
        said = orjson.loads(message)
        shown = {name: said.get(name) for name in SHOWN}
        job = {"id": said["job_id"], "state": said["state"], **shown}
        body = self._body(said["card_id"], job)
        self._hub.pass_on(JOB, UUID(said["job_id"]), body)
        self._hub.pass_on(USER, UUID(said["owner_id"]), body)
        if said["board_id"] is not None and said["card_id"] is not None:
            del job["detail"]
            self._hub.pass_on(BOARD, UUID(said["board_id"]), self._body(said["card_id"], job))

    def _on_event(self, fact: Committed) -> None:
        # An event begins with {"seq":1,"event":"job.running", (`kernel.events.wire_event`).
        if not fact.payload.split(b'"', 6)[5].startswith(b"job."):
            return
        for job in orjson.loads(fact.payload)["patch"].get("upsert", {}).get("jobs", ()):
            shown = {name: job[name] for name in ("id", "state", *SHOWN)}
            self._hub.pass_on(JOB, UUID(job["id"]), self._body(job["card_id"], shown))

    def _body(self, card_id: str | None, job: dict[str, Any]) -> str:
        said = orjson.dumps({"type": "job", "card_id": card_id, "job": job})
        return said[1:-1].decode()
