"""Jobs that are submitted whatever happens to the servers, and what must be true of them in the end."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.faults.cluster import Cluster, sign_in
from tests.faults.mirror import LOST
from tests.faults.witness import (
    by_key,
    lives,
    longest_together_ms,
    most_at_once,
    never_ran,
    overlaps,
)
from tests.make.boards import Json, Person
from tests.make.jobs import TERMINAL

LEASE_S = 2.0
"""How long a job stays with a server that is not heard of."""
PATIENCE_S = 180.0
AGAIN_S = 0.1
LOOK_S = 0.3
PAGE = 100
LIMITS = {"one at a time": 1, "two at a time": 2}


@dataclass
class Verdict:
    """What the rows and the children's own words say after a run."""

    faults: list[str]
    figures: dict[str, int]


@dataclass
class Workload:
    """Submits witness jobs through whichever process answers, each once, however often it must ask."""

    persons: list[Person]
    path: Path
    seconds: float = 0.3
    keys: dict[str, str | None] = field(default_factory=dict)
    """Every job that was acknowledged, with its concurrency key."""

    @classmethod
    async def on(cls, cluster: Cluster, folder: Path, seconds: float = 0.3) -> "Workload":
        """A workload of a new person who calls every process of the cluster."""
        token, user = await sign_in(cluster.clients[0])
        return cls.of([Person(client, token, user) for client in cluster.clients], folder, seconds)

    @classmethod
    def of(cls, persons: list[Person], folder: Path, seconds: float = 0.3) -> "Workload":
        """A workload of one person, known to several clients."""
        path = folder / "witness.txt"
        path.touch()
        return cls(persons, path, seconds)

    async def submit(self, number: int) -> str:
        """Submit one job, asking again until it is acknowledged; every second has a concurrency key."""
        rng = random.Random(number)  # noqa: S311
        key = rng.choice(list(LIMITS)) if number % 2 == 0 else None
        params: Json = {"path": str(self.path), "seconds": self.seconds}
        body: Json = {"kind": "witness", "params": params}
        if key == "one at a time":
            body["concurrency_key"] = key
        elif key is not None:
            params["pair"] = key
        made = await self._asked("POST", "/jobs", 201, rng, f"job-{number}", body)
        self.keys[made["id"]] = key
        return str(made["id"])

    async def submit_many(self, count: int) -> None:
        """Submit so many jobs at once."""
        await asyncio.gather(*(self.submit(number) for number in range(count)))

    async def until(self, true: Callable[[list[Json]], bool]) -> list[Json]:
        """The rows of all jobs as soon as this is true of them; TimeoutError when it never is."""
        rng = random.Random(0)  # noqa: S311
        async with asyncio.timeout(PATIENCE_S):
            while True:
                rows: list[Json] = []
                cursor = ""
                while True:
                    page = await self._asked("GET", f"/jobs?limit={PAGE}{cursor}", 200, rng)
                    rows += page["items"]
                    if page["next"] is None:
                        break
                    cursor = f"&cursor={page['next']}"
                if true(rows):
                    return rows
                await asyncio.sleep(LOOK_S)

    async def verdict(self) -> Verdict:
        """Wait until every job is over, then say what is wrong."""
        try:
            rows = await self.until(lambda rows: all(row["state"] in TERMINAL for row in rows))
        except TimeoutError:
            rows = await self.until(lambda _: True)
        states = Counter(row["state"] for row in rows)
        listed = {row["id"] for row in rows}
        found = lives(self.path)
        faults = [f"{states[state]} jobs are {state}" for state in states if state != "succeeded"]
        faults += [f"{job_id} is lost" for job_id in self.keys if job_id not in listed]
        if len(listed) > len(self.keys):
            faults.append(f"{len(listed) - len(self.keys)} jobs were made twice")
        faults += [f"{job_id} never ran" for job_id in never_ran(found, self.keys)]
        faults += [f"{job_id} ran twice at once" for job_id in overlaps(found)]
        of_keys = by_key(found, self.keys)
        most = {key: most_at_once(runs) for key, runs in of_keys.items()}
        faults += [
            f"{most[key]} ran at once for {longest_together_ms(runs):.1f} ms: {key}"
            for key, runs in of_keys.items()
            if most[key] > LIMITS[key]
        ]
        again = Counter(life.job_id for life in found)
        return Verdict(
            faults,
            {
                "jobs": len(self.keys),
                "runs": len(found),
                "ran_again": sum(count > 1 for count in again.values()),
                "overlaps": len(overlaps(found)),
                "most_of_a_key": max(most.values(), default=0),
            },
        )

    async def _asked(
        self,
        method: str,
        path: str,
        status: int,
        rng: random.Random,
        key: str | None = None,
        body: Json | None = None,
    ) -> Json:
        headers = {} if key is None else {"Idempotency-Key": key}
        options = {} if body is None else {"json": body}
        async with asyncio.timeout(PATIENCE_S):
            while True:
                person = rng.choice(self.persons)
                try:
                    answer: httpx.Response | None = await person.call(
                        method, path, headers=headers, **options
                    )
                except LOST:
                    answer = None
                if answer is not None and answer.status_code == status:
                    found: Json = answer.json()
                    return found
                # Nobody is there, or it is busy, or the first try of this key is still under way.
                assert answer is None or answer.status_code in {409, 503}, answer.text
                await asyncio.sleep(AGAIN_S)
