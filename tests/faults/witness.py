"""What the children of jobs wrote down themselves, and what it says about runs that should not have been."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Life:
    """The time in which one run of a job was seen alive, in nanoseconds of the machine's clock."""

    job_id: str
    first: int
    last: int


def lives(path: Path) -> list[Life]:
    """Every run that wrote into the witness file, whatever became of it."""
    seen: dict[tuple[str, str], Life] = {}
    for line in path.read_text(encoding="ascii").splitlines():
        job_id, run, moment = line.split()
        at = int(moment)
        life = seen.setdefault((job_id, run), Life(job_id, at, at))
        life.first, life.last = min(life.first, at), max(life.last, at)
    return list(seen.values())


def overlaps(found: Iterable[Life]) -> list[str]:
    """The jobs of which two runs were alive at the same time."""
    by_job: dict[str, list[Life]] = defaultdict(list)
    for life in found:
        by_job[life.job_id].append(life)
    return [job_id for job_id, runs in by_job.items() if most_at_once(runs) > 1]


def never_ran(found: Iterable[Life], job_ids: Iterable[str]) -> list[str]:
    """The jobs that no run of was ever seen."""
    ran = {life.job_id for life in found}
    return [job_id for job_id in job_ids if job_id not in ran]


def by_key(found: Iterable[Life], keys: Mapping[str, str | None]) -> dict[str, list[Life]]:
    """The runs of each concurrency key; `keys` names the key of each job."""
    runs: dict[str, list[Life]] = defaultdict(list)
    for life in found:
        key = keys.get(life.job_id)
        if key is not None:
            runs[key].append(life)
    return runs


def longest_together_ms(found: Iterable[Life]) -> float:
    """For how long two of these runs were alive at the same time, at most, in milliseconds."""
    runs = sorted(found, key=lambda life: life.first)
    pairs = [(a, b) for place, a in enumerate(runs) for b in runs[place + 1 :] if b.first <= a.last]
    return max((min(a.last, b.last) - b.first for a, b in pairs), default=0) / 1e6


def most_at_once(runs: Iterable[Life]) -> int:
    """The largest number of these runs that were alive at the same time."""
    changes = sorted(change for life in runs for change in ((life.first, 1), (life.last + 1, -1)))
    alive = most = 0
    for _, change in changes:
        alive += change
        most = max(most, alive)
    return most
