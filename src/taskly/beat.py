"""`taskly beat`: submits the jobs of schedules and looks after jobs that nobody looks after; two do no harm."""

import asyncio
import sys

from taskly.background import StopSignals, Surroundings, migrated, settings_with_broker
from taskly.boards.jobs.scope import Boards
from taskly.job_kinds import known_kinds
from taskly.jobs.engine.ticker import Ticker
from taskly.jobs.engine.upkeep import Upkeep
from taskly.kernel.settings import Settings


def run_beat() -> None:
    """Go on until told to stop."""
    asyncio.run(_main(settings_with_broker()))


async def _main(settings: Settings) -> None:
    signals = StopSignals()
    if not await migrated(settings, signals):
        return
    around = Surroundings(settings)
    ticker = Ticker(settings, around.database, around.waker.wake)
    kinds = known_kinds(settings.job_modules)
    publish, wake = around.bridge.publish, around.waker.wake
    Upkeep(settings, around.database, kinds, Boards(), publish, wake).join(ticker)
    async with around:
        ticker.start()
        sys.stdout.write("Taskly keeps the schedules\n")
        sys.stdout.flush()
        await signals.times(1)
        await asyncio.to_thread(ticker.stop)
