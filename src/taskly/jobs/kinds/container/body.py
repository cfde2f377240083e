"""A run of a container: made or found again, followed to its end, its files taken, and removed."""

import hashlib
import signal
from collections.abc import Callable, Collection, Mapping
from fnmatch import fnmatchcase
from typing import Any

from taskly.jobs.kinds.container.engine import ATTEMPT, INSTANCE, JOB, Engine, engine_at
from taskly.jobs.kinds.container.outputs import take_files
from taskly.jobs.kinds.container.params import ContainerParams
from taskly.jobs.kinds.registry import JobError, Kind, Result, Run
from taskly.jobs.kinds.watched import watched

MEGABYTE = 1 << 20


def run_container(params: ContainerParams, run: Run) -> Result:
    """Run the program and keep what it made."""
    with engine_at(run.inputs["address"]) as engine:
        container = _found_again(engine, run) or _made(engine, params, run)
        try:
            run.progress(None, "Running")
            _follow(engine, container, run)
            state = engine.verdict(container)
            _judge(state)
            run.progress(None, "Taking files")
            files = take_files(engine.archive(container), params.output_mb * MEGABYTE, run)
        finally:
            # It ends already: a second request to do so must not leave the container behind.
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            engine.remove(container)
    return {"exit_code": state["ExitCode"], "image": params.image, "files": files}


def _found_again(engine: Engine, run: Run) -> Any:
    """What an attempt began whose process was lost: it goes on as if nothing had happened."""
    found = None
    for container in engine.left_behind(run.inputs["instance"], run.job_id):
        # Whether one that was not started yet is whole, nobody knows.
        if found is None and container.status != "created":
            found = container
        else:
            engine.remove(container)
    if found is None:
        return None
    run.log("Found the container of an earlier attempt; it goes on.", "warning")
    return found


def _made(engine: Engine, params: ContainerParams, run: Run) -> Any:
    run.progress(None, "Preparing")
    engine.need_image(params.image, may_pull=run.inputs["may_pull"])
    labels = {
        INSTANCE: run.inputs["instance"],
        JOB: run.job_id,
        ATTEMPT: str(run.attempt),
    }
    container = engine.make(params, labels, run.inputs["network"])
    try:
        engine.begin(container)
    except BaseException:
        engine.remove(container)
        raise
    return container


def _follow(engine: Engine, container: Any, run: Run) -> None:
    """Write what the program says into the job's log until it ends."""
    since = str(run.state.get("since", ""))
    pieces = watched(lambda: engine.lines(container, since), lambda: engine.stop(container), run)
    try:
        for piece in pieces:
            for moment, line in piece:
                run.log(line)
                since = moment
            # Written together with the lines: whoever goes on repeats none and leaves none out.
            run.keep({"since": since})
    finally:
        pieces.close()


def _judge(state: Mapping[str, Any]) -> None:
    """Raises `JobError` for a program that failed; one that lost a child for lack of memory did, too."""
    if state["OOMKilled"]:
        raise JobError("out_of_memory", "The container used more memory than it may.")
    if state["ExitCode"] != 0:
        raise JobError("exit_code", f"The program ended with exit code {state['ExitCode']}.")


def engine_inputs(tx: Any, job: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    """What the installation says of containers. Raises `JobError` for what it does not allow."""
    if settings.container_engine is None:
        raise JobError("engine_off", "This installation has no engine for containers.")
    image = job["params"]["image"]
    if not any(
        fnmatchcase(tagged(image), tagged(allowed)) for allowed in settings.container_images
    ):
        raise JobError("image_not_allowed", f"The image {image} is not one of those allowed.")
    if job["params"].get("network") and settings.container_network is None:
        raise JobError("network_not_allowed", "This installation has no network for containers.")
    return {
        "address": settings.container_engine,
        "instance": instance_of(settings),
        "network": settings.container_network if job["params"].get("network") else "none",
        "may_pull": settings.container_pull,
    }


def tagged(image: str) -> str:
    """The name with its tag, as the engine understands one that has none."""
    is_whole = "@" in image or "*" in image or ":" in image.rpartition("/")[2]
    return image if is_whole else f"{image}:latest"


def instance_of(settings: Any) -> str:
    """What tells this installation's containers from those of others on the same engine."""
    from taskly.kernel.crypto import signing_key  # noqa: PLC0415 (the worker has it loaded)

    return hashlib.sha256(f"instance {signing_key(settings)}".encode()).hexdigest()[:16]


def sweep(settings: Any, over: Callable[[Collection[str]], Collection[str]]) -> None:
    """Remove the containers of jobs that are over; those of others are found again by the next attempt."""
    if settings.container_engine is None:
        return
    with engine_at(settings.container_engine) as engine:
        left = engine.left_behind(instance_of(settings))
        gone = over({container.labels[JOB] for container in left})
        for container in left:
            if container.labels[JOB] in gone:
                engine.remove(container)
        engine.remove_folders(instance_of(settings), over)


KIND = Kind(
    "container",
    ContainerParams,
    run_container,
    icon="box",
    queue="containers",
    timeout_s=6 * 3600,
    memory_mb=1024,
    output_mb=10_001,
    max_attempts=3,
    needs_grant=True,
    title=lambda params: " ".join([params.image, *params.command])[:100],
    prepare=engine_inputs,
    sweep=sweep,
    secret_params=frozenset({"secret"}),
)
