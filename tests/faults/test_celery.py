"""Workers of their own, woken through a broker: whatever becomes of the broker, the row of a job is the truth."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest
import redis
from pydantic import ValidationError

from taskly.jobs.broker.celery import WAKE, celery_app, wake_options
from taskly.jobs.broker.waker import MOST_WAITING
from taskly.kernel.clock import now
from taskly.kernel.settings import Settings
from tests.faults.scaled import Installation, eventually, installation
from tests.faults.witness import lives, never_ran, overlaps
from tests.make.boards import Json, ManyJson, Person
from tests.make.jobs import attempts, done, ended, submit, until
from tests.make.schedules import runs, schedule
from tests.servers.flower import flower
from tests.servers.rabbitmq import RabbitServer
from tests.servers.valkey import ValkeyServer
from tests.servers.worker import BackgroundProcess

# On PostgreSQL, whatever database the run is for.
pytestmark = [pytest.mark.fault, pytest.mark.sqlite_only]

SOON_S = 1.0
"""For a submission, while the broker is away; a timeout of the broker would take two seconds."""
AT_ONCE_S = 0.5
WORKER = ("worker",)
BEAT = ("beat",)
OVER = {"SUCCESS", "FAILURE"}
Figures = Callable[[str, object], None]


@pytest.fixture(scope="module")
async def scaled(
    new_postgres_database: Callable[[], str],
    own_valkey: ValkeyServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Installation]:
    """A server with Valkey as its broker."""
    folder = tmp_path_factory.mktemp("scaled")
    async with installation(new_postgres_database(), own_valkey.url, folder) as made:
        yield made


@pytest.fixture
def broker(own_valkey: ValkeyServer) -> Iterator[ValkeyServer]:
    """The broker of the server, which a test may end; it is there again afterwards."""
    yield own_valkey
    own_valkey.resume()
    own_valkey.start()


async def all_ended(person: Person, made: ManyJson) -> ManyJson:
    """These jobs, once all of them are over."""
    return [await ended(person, job["id"]) for job in made]


def witness(path: Path, seconds: float = 0.3) -> Json:
    """Parameters of a job that writes down when it is alive."""
    path.touch()
    return {"path": str(path), "seconds": seconds}


async def seen_alive(path: Path, count: int = 1) -> None:
    """Wait until so many jobs have been seen alive."""
    await eventually(lambda: len({life.job_id for life in lives(path)}) >= count)


def assert_each_ran_once_at_a_time(path: Path, made: ManyJson) -> None:
    """None is lost, and no two runs of one were alive together."""
    found = lives(path)
    assert never_ran(found, [job["id"] for job in made]) == []
    assert overlaps(found) == []


async def test_server_with_a_broker_leaves_jobs_to_workers(
    new_postgres_database: Callable[[], str], own_valkey: ValkeyServer, tmp_path: Path
) -> None:
    async with installation(new_postgres_database(), own_valkey.url, tmp_path) as alone:
        await alone.checked("workers", "failing")
        made = await submit(alone.person, "noop")
        assert [wait["code"] for wait in made["waiting_for"]] == ["no_worker"]

        async with alone.working(WORKER):
            done = await ended(alone.person, made["id"])
            await alone.checked("workers", "ok")

        assert (done["state"], done["attempt"]) == ("succeeded", 1)
        await alone.checked("workers", "failing")


async def test_wake_brings_a_job_to_an_idle_worker_at_once(
    scaled: Installation, record_property: Figures
) -> None:
    async with scaled.working(WORKER, WORKER):
        waits = sorted([await seconds_to_start(scaled.person) for _ in range(20)])

    record_property("figures", {"seconds_to_start": round(waits[10], 3)})
    assert waits[10] < AT_ONCE_S


async def seconds_to_start(person: Person) -> float:
    """How long a job waits that nothing stands before."""
    made = await done(person, "noop")
    created, started = (
        datetime.fromisoformat(made[f"{word}_at"]) for word in ("created", "started")
    )
    return (started - created).total_seconds()


async def wakes_arrive(person: Person) -> bool:
    """True when none of some jobs had to wait until a worker looked, which each does every two seconds."""
    return max([await seconds_to_start(person) for _ in range(5)]) < AT_ONCE_S


async def test_worker_takes_jobs_of_its_queues_alone(scaled: Installation) -> None:
    async with scaled.working(("worker", "--queues", "cleanup,night", "--concurrency", "1")):
        other = await submit(scaled.person, "noop", queue="day")
        mine = await submit(scaled.person, "noop", queue="night")
        await ended(scaled.person, mine["id"])
        worker = (await scaled.person.get("/workers"))["items"][0]
        waits = await until(scaled.person, other["id"], "queued")

    assert (worker["queues"], worker["slots"]) == (["cleanup", "night"], 1)
    assert [wait["code"] for wait in waits["waiting_for"]] == ["no_worker"]
    await scaled.person.want(200, "POST", f"/jobs/{other['id']}/cancel")


@pytest.mark.parametrize("how", ["absent", "frozen"])
async def test_broker_that_does_not_answer_delays_neither_submission_nor_worker(
    scaled: Installation, broker: ValkeyServer, how: str
) -> None:
    (broker.kill if how == "absent" else broker.pause)()
    took = []
    made = []
    for _ in range(5):
        began = time.monotonic()
        made.append(await submit(scaled.person, "noop"))
        took.append(time.monotonic() - began)

    async with scaled.working(WORKER):
        done = await all_ended(scaled.person, made)
        await scaled.checked("broker", "failing")
        broker.resume()
        broker.start()
        await scaled.checked("broker", "ok")
        await eventually(lambda: wakes_arrive(scaled.person))

    assert max(took) < SOON_S
    assert {job["state"] for job in done} == {"succeeded"}


async def test_broker_that_forgets_everything_loses_no_job(
    scaled: Installation, broker: ValkeyServer, tmp_path: Path
) -> None:
    path = tmp_path / "witness"
    params = witness(path)
    made = []
    async with scaled.working(WORKER, WORKER):
        for number in range(30):
            made.append(await submit(scaled.person, "witness", params))
            if number == 10:
                broker.flush()
            if number == 15:
                broker.kill()
            if number == 25:
                broker.start()
        done = await all_ended(scaled.person, made)
        await eventually(lambda: wakes_arrive(scaled.person))

    assert {job["state"] for job in done} == {"succeeded"}
    assert_each_ran_once_at_a_time(path, made)


async def test_wakes_that_come_many_times_run_a_job_once(
    scaled: Installation, own_valkey: ValkeyServer, tmp_path: Path
) -> None:
    path = tmp_path / "witness"
    params = witness(path)
    app = celery_app(Settings.model_validate({"broker_url": own_valkey.url}))
    async with scaled.working(WORKER, WORKER):
        made = []
        for _ in range(8):
            made.append(await submit(scaled.person, "witness", params))
            for _ in range(6):
                await asyncio.to_thread(app.send_task, WAKE, **wake_options("default"))
        done = await all_ended(scaled.person, made)

    assert [job["attempt"] for job in done] == [1] * len(made)
    assert len(lives(path)) == len(made)


async def test_wakes_do_not_pile_up_while_nobody_hears_them(
    scaled: Installation, own_valkey: ValkeyServer
) -> None:
    made = [await submit(scaled.person, "noop") for _ in range(3 * MOST_WAITING)]

    with redis.Redis.from_url(own_valkey.url) as client:
        await eventually(lambda: client.llen("default") >= MOST_WAITING)
        assert client.llen("default") == MOST_WAITING
    async with scaled.working(WORKER):
        await all_ended(scaled.person, made)


async def test_worker_that_is_told_to_stop_ends_what_it_runs_and_begins_nothing(
    scaled: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "witness"
    params = witness(path, 2.0)
    async with scaled.working(WORKER) as (worker,):
        running = [await submit(scaled.person, "witness", params) for _ in range(2)]
        await seen_alive(path, 2)
        worker.tell()
        later = await submit(scaled.person, "witness", params)
        code = await worker.ended()
        done = await all_ended(scaled.person, running)
        waiting = await until(scaled.person, later["id"], "queued")
        async with scaled.working(WORKER):
            await ended(scaled.person, later["id"])

    assert code == 0
    assert [(job["state"], job["attempt"]) for job in done] == [("succeeded", 1)] * 2
    assert waiting["attempt"] == 0
    assert_each_ran_once_at_a_time(path, [*running, later])


async def test_worker_that_is_told_twice_leaves_its_job_to_another(
    scaled: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "witness"
    async with scaled.working(WORKER, WORKER) as workers:
        made = await submit(scaled.person, "witness", witness(path, 3.0))
        await seen_alive(path)
        first = who_runs_it(path, workers)
        first.tell()
        first.tell(signal.SIGINT)
        code = await first.ended()
        done = await ended(scaled.person, made["id"])

    tries = await attempts(scaled.person, made["id"])
    assert code == 0
    assert done["state"] == "succeeded"
    assert [one["outcome"] for one in tries] == ["interrupted", "succeeded"]
    assert done["max_attempts"] == made["max_attempts"] + 1
    assert_each_ran_once_at_a_time(path, [made])


def who_runs_it(path: Path, workers: Sequence[BackgroundProcess]) -> BackgroundProcess:
    """The worker of the only job: its child is that of a fork server, which is the worker's child."""
    child = path.read_text(encoding="ascii").split()[1].split("-")[0]
    fork_server = parent(int(child))
    return next(worker for worker in workers if worker.pid == parent(fork_server))


def parent(pid: int) -> int:
    """The process that this one was started by."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def test_job_of_a_killed_worker_is_run_by_another(
    scaled: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "witness"
    async with scaled.working(WORKER, WORKER) as workers:
        made = await submit(scaled.person, "witness", witness(path, 2.0))
        await seen_alive(path)
        who_runs_it(path, workers).kill()
        done = await ended(scaled.person, made["id"])

    tries = await attempts(scaled.person, made["id"])
    assert done["state"] == "succeeded"
    assert [one["outcome"] for one in tries] == ["crashed", "succeeded"]
    assert_each_ran_once_at_a_time(path, [made])


async def test_cancelled_job_stops_though_no_message_reaches_its_worker(
    scaled: Installation, tmp_path: Path
) -> None:
    path = tmp_path / "witness"
    async with scaled.working(WORKER):
        made = await submit(scaled.person, "witness", witness(path, 60.0))
        await seen_alive(path)
        await scaled.person.want(200, "POST", f"/jobs/{made['id']}/cancel")
        done = await ended(scaled.person, made["id"])

    assert done["state"] == "cancelled"


async def test_two_beats_fire_each_schedule_once(scaled: Installation) -> None:
    async with scaled.working(BEAT, BEAT, WORKER) as (first, _, _):
        both = await fired(scaled.person, 20)
        first.kill()
        one = await fired(scaled.person, 5)

    assert {len(runs) for runs in both + one} == {1}
    assert {runs[0]["state"] for runs in both + one} == {"succeeded"}


async def fired(person: Person, count: int) -> list[ManyJson]:
    """The jobs of so many schedules that all were due at the same moment."""
    at = (now() + timedelta(seconds=5)).isoformat()
    once: Json = {"trigger": "once", "cron": None, "at": at}
    made = await asyncio.gather(*[schedule(person, name="Soon", **once) for _ in range(count)])
    for one in made:
        await eventually(partial(runs, person, one))
        for run in await runs(person, one):
            await ended(person, run["id"])
    return [await runs(person, one) for one in made]


async def test_flower_shows_jobs_as_tasks(scaled: Installation) -> None:
    async with scaled.working(WORKER), flower(scaled.environment, scaled.folder) as client:
        # Flower asks the workers to tell it of tasks some seconds after it has begun.
        await eventually(lambda: first_shown(scaled.person, client))
        ids = [(await done(scaled.person, kind))["id"] for kind in ("noop", "hopeless")]
        await eventually(lambda: shown_tasks(client, ids))
        tasks = await shown_tasks(client, ids)
        workers = (await client.get("/api/workers")).json()

    assert (tasks[0]["name"], tasks[0]["state"]) == ("taskly.job.noop", "SUCCESS")
    assert (tasks[1]["name"], tasks[1]["state"]) == ("taskly.job.hopeless", "FAILURE")
    assert "no_hope" in tasks[1]["exception"]
    assert tasks[0]["worker"] in workers


async def first_shown(person: Person, client: httpx.AsyncClient) -> bool:
    """True when Flower has been told of a job that has just been done."""
    return await shown_tasks(client, [(await done(person, "noop"))["id"]]) != []


async def shown_tasks(client: httpx.AsyncClient, ids: list[str]) -> ManyJson:
    """What Flower knows of these jobs, once it knows of the end of each."""
    tasks = (await client.get("/api/tasks")).json()
    found = [tasks[one] for one in ids if one in tasks and tasks[one]["state"] in OVER]
    return found if len(found) == len(ids) else []


async def test_rabbitmq_wakes_workers_too(
    new_postgres_database: Callable[[], str],
    own_rabbitmq: RabbitServer,
    tmp_path: Path,
    record_property: Figures,
) -> None:
    path = tmp_path / "witness"
    params = witness(path)
    async with (
        installation(new_postgres_database(), own_rabbitmq.url, tmp_path) as other,
        other.working(WORKER, WORKER),
    ):
        waits = sorted([await seconds_to_start(other.person) for _ in range(20)])
        made = [await submit(other.person, "witness", params) for _ in range(10)]
        await asyncio.to_thread(own_rabbitmq.kill)
        made += [await submit(other.person, "witness", params) for _ in range(10)]
        await asyncio.to_thread(own_rabbitmq.start)
        ends = await all_ended(other.person, made)
        await other.checked("broker", "ok")
        await eventually(lambda: wakes_arrive(other.person))

    record_property("figures", {"seconds_to_start": round(waits[10], 3)})
    assert waits[10] < AT_ONCE_S
    assert {job["state"] for job in ends} == {"succeeded"}
    assert_each_ran_once_at_a_time(path, made)


def test_worker_without_a_broker_says_why_it_does_not_start(tmp_path: Path) -> None:
    environment = os.environ | {"TASKLY_DATA_DIR": str(tmp_path)}
    for command in ("worker", "beat"):
        ran = subprocess.run(
            [sys.executable, "-m", "taskly.cli", command],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 1
        assert ran.stderr.startswith("TASKLY_BROKER_URL is not set")


def test_address_that_is_no_broker_is_refused_without_being_shown() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({"broker_url": "kafka://anna:secret@127.0.0.1"})

    assert "amqp://" in str(refused.value)
    assert "secret" not in str(refused.value)
