"""Makes the probes and fails when one of them does, so that whoever hears of failed jobs hears of it."""

import base64
import http.client
import shutil
import time
from typing import Any
from urllib.parse import urlsplit

from taskly.jobs.kinds.asking import asked
from taskly.jobs.kinds.monitor.params import (
    DiskProbe,
    HttpProbe,
    MonitorParams,
    Probe,
    TcpProbe,
)
from taskly.jobs.kinds.registry import JobError, Kind, Result, Run

MOST_BYTES = 16 << 20
PAUSE_S = 1.0
SHOWN = 5


class ProbeFailed(Exception):
    """Something is not as it should be; the message says how it is."""


def monitor(params: MonitorParams, run: Run) -> Result:
    """One probe after the other; all are made, whatever the first ones say."""
    found: list[dict[str, Any]] = []
    failed: list[str] = []
    for number, probe in enumerate(params.probes):
        run.progress(100 * number / len(params.probes), "Looking", probe.name)
        begun = time.monotonic()
        wrong = _wrong(probe, params, run)
        took_ms = round(1000 * (time.monotonic() - begun))
        found.append({"name": probe.name, "ok": wrong is None, "duration_ms": took_ms})
        run.log(f"{probe.name}: {wrong or 'ok'} ({took_ms} ms)", "error" if wrong else "info")
        if wrong is not None:
            failed.append(f"{probe.name}: {wrong}")
    if failed:
        more = f"; and {len(failed) - SHOWN} more" if len(failed) > SHOWN else ""
        raise JobError("probe_failed", "; ".join(failed[:SHOWN]) + more)
    return {"probes": found}


def _wrong(probe: Probe, params: MonitorParams, run: Run) -> str | None:
    """What is wrong after all tries; None where all is well."""
    wrong = None
    for left in range(params.tries - 1, -1, -1):
        run.check()
        try:
            _look(probe, params.within_s, run)
        except ProbeFailed as failure:
            wrong = str(failure)
        else:
            return None
        if left:
            time.sleep(PAUSE_S)
    return wrong


def _look(probe: Probe, within_s: float, run: Run) -> None:
    if isinstance(probe, HttpProbe):
        _call(probe, within_s, run)
    elif isinstance(probe, TcpProbe):
        _connect(probe, within_s, run)
    else:
        _measure(probe, run)


def _call(probe: HttpProbe, within_s: float, run: Run) -> None:
    # Loaded in the job's own process: the client is large, and few kinds need it.
    from taskly.kernel.outbound_client import Ask  # noqa: PLC0415

    ask = Ask("GET", probe.url, {}, None, 0, within_s, MOST_BYTES)
    try:
        answer = asked(run, ask, run.folder / "answer", lambda _: run.check())
    except JobError as error:
        raise ProbeFailed(error.message) from error
    if answer.status != probe.status:
        raise ProbeFailed(f"answered {answer.status}")


def _connect(probe: TcpProbe, within_s: float, run: Run) -> None:
    """Through the proxy, which alone decides what may be reached."""
    proxy = urlsplit(run.proxy)
    connection = http.client.HTTPConnection(proxy.hostname or "", proxy.port, timeout=within_s)
    secret = base64.b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
    connection.set_tunnel(
        probe.host, probe.port, headers={"Proxy-Authorization": f"Basic {secret}"}
    )
    try:
        connection.connect()
    except (OSError, http.client.HTTPException) as error:
        raise ProbeFailed(str(error) or type(error).__name__) from error
    finally:
        connection.close()


def _measure(probe: DiskProbe, run: Run) -> None:
    usage = shutil.disk_usage(run.folder)
    free = 100 * usage.free / usage.total
    if free < probe.least_free_percent:
        raise ProbeFailed(f"only {free:.1f} % free")


def title_of(params: MonitorParams) -> str:
    """A title made of what is looked at."""
    more = f" and {len(params.probes) - 1} more" if len(params.probes) > 1 else ""
    return f"Look at {params.probes[0].name}{more}"[:200]


KIND = Kind(
    "monitor",
    MonitorParams,
    monitor,
    icon="activity",
    timeout_s=3600,
    memory_mb=512,
    output_mb=64,
    max_attempts=1,
    needs_grant=True,
    title=title_of,
)
