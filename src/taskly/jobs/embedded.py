"""The engine inside the server: its threads on one side, the server's event loop on the other."""

import asyncio
from uuid import UUID

from taskly.jobs.bridge import Bridge
from taskly.jobs.engine.engine import Engine
from taskly.jobs.engine.upkeep import Upkeep
from taskly.jobs.kinds.registry import Registry
from taskly.jobs.scope import BoardScope
from taskly.jobs.service import CANCEL, WAKE
from taskly.kernel.bus import Bus
from taskly.kernel.db import Database
from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SyncDatabase


class EmbeddedEngine:
    """Starts and stops with the server, hears what the server's bus brings, and tells what it did."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        bus: Bus,
        kinds: Registry,
        boards: BoardScope,
    ) -> None:
        self._bridge = Bridge(bus, database.subscribers)
        self._sync = SyncDatabase(settings)
        self._sync.subscribers.append(self._bridge.tell)
        self._engine = Engine(settings, self._sync, kinds, boards, self._bridge.publish)
        publish, wake = self._bridge.publish, self._engine.wake
        Upkeep(settings, self._sync, kinds, boards, publish, wake).join(self._engine.ticker)
        bus.listen(WAKE, lambda _: self._engine.wake())
        bus.listen(CANCEL, lambda message: self._engine.cancel(UUID(message.decode())))

    async def start(self) -> None:
        """Begin to run jobs."""
        self._bridge.open()
        await asyncio.to_thread(self._engine.start)

    async def stop(self) -> None:
        """Let running jobs end, or go back into the queue."""
        await asyncio.to_thread(self._engine.stop)
        self._sync.dispose()
