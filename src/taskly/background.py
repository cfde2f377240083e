"""What the processes beside the server have in common: settings, a migrated database, the bus, their signals."""

import asyncio
import signal
import sys
from typing import Any, Self

from taskly.jobs.bridge import Bridge
from taskly.jobs.broker.waker import Waker
from taskly.kernel.away import busy_where_away
from taskly.kernel.bus import EVENTS, pack_event
from taskly.kernel.chosen_bus import bus_of
from taskly.kernel.db import Database
from taskly.kernel.errors import Busy
from taskly.kernel.log import configure_logging, get_logger
from taskly.kernel.settings import Settings
from taskly.kernel.sync_db import SyncDatabase
from taskly.migrations import runner

log = get_logger(__name__)

AGAIN_S = 1.0


def settings_with_broker(**given: Any) -> Settings:
    """The settings of a process that needs a broker. Says in one line where there is none, and exits with 1."""
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    if settings.broker_url is None:
        sys.exit("TASKLY_BROKER_URL is not set; without a broker the server runs the jobs itself.")
    configure_logging(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings


class Surroundings:
    """What such a process works with; open inside an `async with`."""

    def __init__(self, settings: Settings) -> None:
        self.bus = bus_of(settings)
        self.bridge = Bridge(self.bus, [lambda fact: self.bus.publish(EVENTS, pack_event(fact))])
        self.waker = Waker(settings)
        self.database = SyncDatabase(settings)
        self.database.subscribers += [self.bridge.tell, self.waker.on_commit]

    async def __aenter__(self) -> Self:
        await self.bus.start()
        self.bridge.open()
        await self.waker.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.waker.stop()
        await self.bus.stop()
        self.database.dispose()


class StopSignals:
    """SIGTERM and Ctrl-C, counted."""

    def __init__(self) -> None:
        self._count = 0
        self._news = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_signal)

    def _on_signal(self) -> None:
        self._count += 1
        self._news.set()

    async def times(self, count: int) -> None:
        """Wait until there were so many."""
        while self._count < count:
            self._news.clear()
            await self._news.wait()


async def migrated(settings: Settings, signals: StopSignals) -> bool:
    """Wait until the database has the shape that this version needs; False when told to stop before."""
    told = asyncio.ensure_future(signals.times(1))
    database = Database(settings)
    try:
        waits = False
        while not await _is_migrated(database):
            if not waits:
                log.warning("waiting_for_the_database")
                waits = True
            await asyncio.wait({told}, timeout=AGAIN_S)
            if told.done():
                return False
        return True
    finally:
        told.cancel()
        await database.dispose()


async def _is_migrated(database: Database) -> bool:
    try:
        with busy_where_away(OSError):
            return await runner.current_revision(database) == runner.newest_revision()
    except Busy:
        return False
