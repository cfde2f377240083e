"""After any fault every client ends with exactly the board's state, with nothing applied twice."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from tests.application import database_address
from tests.effort import LONG
from tests.faults.cluster import Cluster, make_durable, sign_in
from tests.faults.mirror import LOST, Mirror, spelled
from tests.make.boards import Json, Person, as_folded
from tests.servers.valkey import ValkeyServer

pytestmark = pytest.mark.fault

MIRRORS = 20
WRITERS = 4
ROUNDS = 12 if LONG else 1
SETTLE_S = 60.0
PAUSE_S = 0.02


@dataclass
class Written:
    """What was acknowledged to the writers."""

    ops: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    unsure: int = 0


class Writer:
    """Changes a board through whichever process answers, and remembers what was acknowledged."""

    def __init__(self, persons: list[Person], board: Json, lists: list[Json], seed: int) -> None:
        self.written = Written()
        self._persons = persons
        self._board = board
        self._lists = lists
        self._rng = random.Random(seed)  # noqa: S311
        self._name = f"writer-{seed}"
        self._cards: list[str] = []

    async def run(self, stop: asyncio.Event) -> None:
        """Write until told to stop."""
        number = 0
        while not stop.is_set():
            number += 1
            try:
                await self._step(f"{self._name}-{number}")
            except LOST:
                self.written.unsure += 1
            await asyncio.sleep(PAUSE_S)

    async def _step(self, op: str) -> None:
        person = self._rng.choice(self._persons)
        column = self._rng.choice(self._lists)["id"]
        chance = self._rng.random()
        if chance < 0.3 or not self._cards:
            body = {"list_id": column, "title": op}
            answer = await person.call("POST", "/cards", json=body, headers={"Taskly-Op": op})
            if answer.status_code == 201:
                self._cards.append(answer.json()["id"])
                self.written.kept.add(self._cards[-1])
        else:
            card_id = self._rng.choice(self._cards)
            change: Json = {"title": op}
            method, path = "PATCH", f"/cards/{card_id}"
            if chance > 0.55:
                place = {"at": self._rng.choice(["top", "bottom"])}
                method, path = "POST", f"/cards/{card_id}/move"
                change = {"list_id": column, "place": place}
            if chance > 0.95:
                # Whether it was deleted or not, nothing more is claimed about it.
                self._cards.remove(card_id)
                self.written.kept.discard(card_id)
                method, path, change = "DELETE", f"/cards/{card_id}", {}
            body = {"json": change} if change else {}
            answer = await person.call(method, path, headers={"Taskly-Op": op}, **body)
        if answer.is_success and answer.headers.get("Taskly-Seq"):
            self.written.ops.add(op)
        elif answer.status_code >= 500:
            self.written.unsure += 1


class Restartable(Protocol):
    """A database or Valkey server of this test's own."""

    def kill(self) -> None:
        """End it as a crash would."""

    def start(self) -> None:
        """Start it with the same data."""


@dataclass
class Outcome:
    """How a run ended."""

    faults: list[str]
    figures: dict[str, int]


@pytest.fixture
def servers(
    db: str, request: pytest.FixtureRequest, own_valkey: ValkeyServer
) -> Sequence[Restartable]:
    """The servers that may be killed: Valkey, and PostgreSQL where it is the database and ours."""
    found: list[Restartable] = [own_valkey]
    if db == "postgres" and "TASKLY_TEST_POSTGRES_URL" not in os.environ:
        found.append(request.getfixturevalue("own_postgres"))
    return found


@pytest.fixture
def environment(
    servers: Sequence[Restartable],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    own_valkey: ValkeyServer,
) -> dict[str, str]:
    """Settings of the API processes, which share a database and a Valkey."""
    found = {
        "TASKLY_DATA_DIR": str(tmp_path),
        "TASKLY_REDIS_URL": own_valkey.url,
        "TASKLY_POLL_INTERVAL_S": "0.5",
        "TASKLY_ACCESS_TOKEN_MINUTES": "240",
        "TASKLY_LOG_LEVEL": "warning",
    }
    address = database_address(request)
    if address is not None and address.startswith("postgresql"):
        make_durable(address)
    return found | ({"TASKLY_DATABASE_URL": address} if address else {})


async def disturb(
    cluster: Cluster, servers: Sequence[Restartable], mirrors: list[Mirror], rounds: int
) -> None:
    """Cut sockets all the while; kill and restart a process and each server in every round."""

    async def cut_sockets() -> None:
        chance = random.Random(1)  # noqa: S311
        while True:
            await asyncio.sleep(0.1)
            chance.choice(mirrors).cut()

    cutting = asyncio.create_task(cut_sockets())
    for number in range(rounds):
        await asyncio.sleep(1.5)
        victim = cluster.processes[number % len(cluster.processes)]
        victim.kill()
        await asyncio.sleep(0.5)
        victim.launch()
        await victim.answers()
        await asyncio.sleep(0.5)
        for server in servers:
            server.kill()
            await asyncio.sleep(1.0)
            # Not in another thread: servers of a test end with the thread that started them.
            server.start()
            await asyncio.sleep(1.0)
    cutting.cancel()


async def run_to_the_end(
    environment: dict[str, str],
    folder: Path,
    servers: Sequence[Restartable],
    *,
    resumes: bool,
    rounds: int,
) -> Outcome:
    """Write and watch through faults, then compare what everybody holds."""
    async with Cluster(environment, folder) as cluster:
        token, user = await sign_in(cluster.clients[0])
        persons = [Person(client, token, user) for client in cluster.clients]
        board = await persons[0].board()
        lists = [await persons[0].list(board, f"List {n}") for n in range(3)]
        mirrors = [
            Mirror(cluster.clients, board["id"], token, n, resumes=resumes, has_many=n % 4 == 0)
            for n in range(MIRRORS)
        ]
        watching = [asyncio.create_task(mirror.run()) for mirror in mirrors]
        writers = [Writer(persons, board, lists, n) for n in range(WRITERS)]
        stop = asyncio.Event()
        writing = [asyncio.create_task(writer.run(stop)) for writer in writers]
        await disturb(cluster, servers, mirrors, rounds)
        stop.set()
        await asyncio.gather(*writing)
        # One event after all faults, so that also a client that missed the last ones hears of it.
        await persons[0].list(board, "The end")
        snapshot = await persons[1].snapshot(board)
        settled = await settle(mirrors, snapshot["seq"])
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        faults = [fault for mirror in mirrors for fault in mirror.faults]
        if not settled:
            seqs = sorted(mirror.seq for mirror in mirrors)
            faults.append(f"not everybody came to {snapshot['seq']}: {seqs}")
        truth = spelled(as_folded(snapshot))
        faults += [f"client {n} differs" for n, m in enumerate(mirrors) if m.bytes() != truth]
        events = await persons[0].events(board)
        faults += lost_writes(writers, events, snapshot)
        return Outcome(
            faults,
            {
                "clients": MIRRORS,
                "events": len(events),
                "applied": sum(mirror.applied for mirror in mirrors),
                "cuts": sum(mirror.cuts for mirror in mirrors),
                "resyncs": sum(mirror.resyncs for mirror in mirrors),
                "acknowledged": sum(len(writer.written.ops) for writer in writers),
                "unanswered": sum(writer.written.unsure for writer in writers),
            },
        )


async def settle(mirrors: list[Mirror], seq: int) -> bool:
    """Wait until every client has come to a seq; False when some do not."""
    try:
        async with asyncio.timeout(SETTLE_S):
            while any(mirror.seq < seq for mirror in mirrors):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    except TimeoutError:
        return False
    return True


def lost_writes(writers: list[Writer], events: list[Json], snapshot: Json) -> list[str]:
    """Acknowledged writes that are not in the log exactly once, and kept cards that are gone."""
    times = Counter(event["op"] for event in events)
    cards = {card["id"] for card in snapshot["cards"]}
    faults = [
        f"{op} is in the log {times[op]} times"
        for writer in writers
        for op in writer.written.ops
        if times[op] != 1
    ]
    faults += [f"card {card} is gone" for writer in writers for card in writer.written.kept - cards]
    if [event["seq"] for event in events] != list(range(1, len(events) + 1)):
        faults.append("the log has gaps")
    return faults


async def test_everybody_ends_with_the_boards_state_after_cuts_kills_and_restarts(
    environment: dict[str, str],
    tmp_path: Path,
    servers: Sequence[Restartable],
    record_property: Callable[[str, object], None],
) -> None:
    outcome = await run_to_the_end(environment, tmp_path, servers, resumes=True, rounds=ROUNDS)
    record_property("figures", outcome.figures)
    assert outcome.faults == []
    assert outcome.figures["cuts"] > 0
    assert outcome.figures["acknowledged"] > 0


async def test_the_checker_notices_clients_that_do_not_resume(
    environment: dict[str, str], tmp_path: Path, servers: Sequence[Restartable]
) -> None:
    outcome = await run_to_the_end(environment, tmp_path, servers, resumes=False, rounds=1)
    assert [fault for fault in outcome.faults if "differs" in fault]
