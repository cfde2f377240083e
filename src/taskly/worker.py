"""`taskly worker`: runs jobs in a process of its own, woken through the broker."""

import asyncio
import sys
from collections.abc import Sequence
from uuid import UUID

from taskly.background import StopSignals, Surroundings, migrated, settings_with_broker
from taskly.boards.jobs.scope import Boards
from taskly.job_kinds import known_kinds
from taskly.jobs.broker.ear import Ear
from taskly.jobs.engine.engine import QUEUES, Engine
from taskly.jobs.service import CANCEL
from taskly.kernel.settings import Settings


def run_worker(queues: Sequence[str], concurrency: int | None, patience_s: float | None) -> None:
    """Work until told to stop: then begin nothing new and wait for what runs; told twice, do not wait."""
    settings = settings_with_broker(job_slots=concurrency)
    asyncio.run(_main(settings, tuple(queues) or QUEUES, patience_s))


async def _main(settings: Settings, queues: tuple[str, ...], patience_s: float | None) -> None:
    signals = StopSignals()
    if not await migrated(settings, signals):
        return
    around = Surroundings(settings)
    kinds = known_kinds(settings.job_modules)
    ear = Ear(settings, queues)
    engine = Engine(
        settings,
        around.database,
        kinds,
        Boards(),
        around.bridge.publish,
        driver="celery",
        queues=queues,
        observe=ear.tell,
    )
    around.bus.listen(CANCEL, lambda message: engine.cancel(UUID(message.decode())))
    async with around:
        # In this thread, which lives as long as the process: the fork server ends with its starter.
        engine.start()
        ear.start(engine)
        sys.stdout.write(f"Taskly runs {settings.job_slots} jobs at once, of {', '.join(queues)}\n")
        sys.stdout.flush()
        await signals.times(1)
        hurrying = asyncio.create_task(_hurry(engine, signals), name="hurry")
        await asyncio.to_thread(engine.stop, patience_s)
        hurrying.cancel()
        await asyncio.to_thread(ear.stop)


async def _hurry(engine: Engine, signals: StopSignals) -> None:
    await signals.times(2)
    engine.hurry()
