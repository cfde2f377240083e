"""The Docker engine: making, following and removing the containers of jobs."""

import io
import tarfile
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from taskly.jobs.kinds.container.params import ContainerParams
from taskly.jobs.kinds.registry import JobError, TemporaryError

INSTANCE, JOB, ATTEMPT = "taskly.instance", "taskly.job", "taskly.attempt"
OUT = "/out"
NOBODY = 65534
ANSWER_S = 30
STOP_S = 2
"""How long a program may take to end by itself; then it is killed."""
MEGABYTE = 1 << 20
TMP = {"/tmp": f"rw,noexec,nosuid,nodev,size=64m,uid={NOBODY},gid={NOBODY}"}  # noqa: S108 (inside)
LOG_FILES = {"max-size": "10m", "max-file": "2"}


def docker_sdk() -> Any:
    """The SDK, an extra that only processes load that talk to an engine."""
    from importlib import import_module  # noqa: PLC0415

    try:
        return import_module("docker")
    except ImportError as error:
        raise JobError("driver_missing", "Install taskly[containers] on the worker.") from error


@contextmanager
def engine_at(address: str) -> Iterator["Engine"]:
    """The engine at an address. What it says no to becomes a `JobError`, its absence a passing one."""
    sdk = docker_sdk()
    scheme, _, place = address.partition("://")
    if scheme == "unix" and not Path(place).is_socket():
        raise TemporaryError("engine_not_reachable", f"There is no socket {place}.")
    # Comes with the SDK.
    from requests.exceptions import RequestException  # noqa: PLC0415

    try:
        client = sdk.DockerClient(base_url=address, timeout=ANSWER_S)
        try:
            client.ping()
            yield Engine(client, sdk)
        finally:
            client.close()
    except (sdk.errors.APIError, RequestException) as error:
        if isinstance(error, sdk.errors.APIError) and not error.is_server_error():
            raise JobError("engine_refused", str(error.explanation or error)) from error
        raise TemporaryError("engine_not_reachable", str(error)) from error
    except sdk.errors.DockerException as error:
        raise TemporaryError("engine_not_reachable", str(error)) from error


class Engine:
    """A connection to the Docker engine."""

    def __init__(self, client: Any, sdk: Any) -> None:
        self._client = client
        self._sdk = sdk

    def left_behind(self, instance: str, job_id: str | None = None) -> list[Any]:
        """The containers that jobs of this installation, or one of them, have made."""
        labels = [f"{INSTANCE}={instance}", *([f"{JOB}={job_id}"] if job_id else [])]
        found: list[Any] = self._client.containers.list(
            all=True, filters={"label": labels}, ignore_removed=True
        )
        return found

    def need_image(self, name: str, *, may_pull: bool) -> None:
        """Raises `JobError` where the image is not there and cannot be fetched."""
        try:
            self._client.images.get(name)
        except self._sdk.errors.ImageNotFound as error:
            if not may_pull:
                raise JobError("image_missing", f"The engine has no image {name}.") from error
            self._pull(name)

    def _pull(self, name: str) -> None:
        try:
            self._client.images.pull(name)
        except self._sdk.errors.APIError as error:
            raise TemporaryError("image_not_pulled", str(error.explanation or error)) from error

    def make(self, params: ContainerParams, labels: Mapping[str, str], network: str) -> Any:
        """A container that is not started yet, with an empty folder for what it makes."""
        name = f"taskly-{labels[JOB]}-a{labels[ATTEMPT]}"
        self._client.volumes.create(name, labels=dict(labels))
        mounts = {name: {"bind": OUT, "mode": "rw,nocopy"}}
        self._give_folder(params.image, name, labels, mounts)
        limit = f"{params.memory_mb}m"
        types = self._sdk.types
        return self._client.containers.create(
            params.image,
            params.command or None,
            name=name,
            labels=dict(labels),
            environment=params.variables,
            working_dir=params.folder,
            user=f"{NOBODY}:{NOBODY}",
            network_mode=network,
            read_only=True,
            tmpfs=TMP,
            volumes=mounts,
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true"],
            ipc_mode="private",
            init=True,
            nano_cpus=int(params.cpus * 1e9),
            mem_limit=limit,
            memswap_limit=limit,
            pids_limit=params.processes,
            ulimits=[
                types.Ulimit(name="nofile", soft=4096, hard=4096),
                types.Ulimit(name="core", soft=0, hard=0),
                types.Ulimit(name="fsize", **_both(params.output_mb * MEGABYTE)),
            ],
            log_config=types.LogConfig(type="json-file", config=LOG_FILES),
        )

    def _give_folder(
        self, image: str, name: str, labels: Mapping[str, str], mounts: Mapping[str, Any]
    ) -> None:
        """Make the folder the program's own, which is possible through a container alone, if an idle one."""
        idle = self._client.containers.create(
            image,
            ["-"],
            name=f"{name}-out",
            labels=dict(labels),
            volumes=mounts,
            network_mode="none",
        )
        entry = tarfile.TarInfo(OUT.strip("/"))
        entry.type, entry.mode, entry.uid, entry.gid = tarfile.DIRTYPE, 0o700, NOBODY, NOBODY
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            tar.addfile(entry)
        try:
            idle.put_archive("/", archive.getvalue())
        finally:
            idle.remove(force=True)

    def begin(self, container: Any) -> None:
        """Start the program. Raises `JobError` for one that the image does not have."""
        try:
            container.start()
        except self._sdk.errors.APIError as error:
            if error.is_server_error():
                raise
            raise JobError("not_started", str(error.explanation or error)) from error

    def lines(self, container: Any, since: str) -> Iterator[Sequence[tuple[str, str]]]:
        """What the program says after a moment, live, until it ends: moments and texts."""
        options: dict[str, Any] = {}
        if since:
            options["since"] = _seconds(since)
        rest = ""
        for frame in container.logs(stream=True, follow=True, timestamps=True, **options):
            moment, _, text = frame.decode("utf-8", "replace").partition(" ")
            # The engine counts in seconds and gives the last lines again.
            if moment <= since:
                continue
            rest += text
            # What is longer than the engine's own lines comes in parts.
            if rest.endswith("\n") or len(rest) > MEGABYTE:
                yield [(moment, line) for line in rest.removesuffix("\n").split("\n")]
                rest = ""
        if rest:
            yield [(since, rest)]

    def verdict(self, container: Any) -> Mapping[str, Any]:
        """How the program ended, as the engine has it."""
        container.wait(timeout=ANSWER_S)
        container.reload()
        state: Mapping[str, Any] = container.attrs["State"]
        return state

    def stop(self, container: Any) -> None:
        """End the program, kindly at first."""
        container.stop(timeout=STOP_S)

    def remove(self, container: Any) -> None:
        """Remove a container, running or not, with its folder."""
        gone = (self._sdk.errors.NotFound,)
        with suppress(*gone):
            container.remove(force=True, v=True)
        with suppress(*gone):
            self._client.volumes.get(container.name).remove(force=True)

    def remove_folders(
        self, instance: str, over: Callable[[Collection[str]], Collection[str]]
    ) -> None:
        """Remove the folders that have lost their container, of jobs that are over."""
        left = self._client.volumes.list(filters={"label": f"{INSTANCE}={instance}"})
        gone = over({volume.attrs["Labels"][JOB] for volume in left})
        for volume in left:
            if volume.attrs["Labels"][JOB] in gone:
                volume.remove(force=True)

    def archive(self, container: Any) -> Generator[bytes, None, None]:
        """The folder of what it made, as a tar archive in pieces."""
        pieces: Generator[bytes, None, None] = container.get_archive(f"{OUT}/.")[0]
        return pieces


def _both(limit: int) -> dict[str, int]:
    return {"soft": limit, "hard": limit}


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(f"{moment[:19]}+00:00").timestamp())
