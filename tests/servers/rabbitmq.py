"""RabbitMQ from Debian's folders; no wheel carries it."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from celery import Celery

from tests.servers.process import (
    MissingServer,
    ServerProcess,
    account,
    free_port,
    scratch_folder,
)


class RabbitServer:
    """A RabbitMQ server of our own, with the daemon that Erlang finds its nodes by; both on loopback."""

    def __init__(self, folder: Path, owner: str | None) -> None:
        self.port = free_port()
        names_port = free_port()
        (folder / "plugins").write_text("[].\n", encoding="utf-8")
        environment = {
            "HOME": folder,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": names_port,
            "RABBITMQ_NODENAME": f"taskly{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": self.port,
            "RABBITMQ_DIST_PORT": free_port(),
            "RABBITMQ_MNESIA_BASE": folder / "data",
            "RABBITMQ_LOG_BASE": folder / "log",
            "RABBITMQ_PID_FILE": folder / "pid",
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder / "plugins",
            "RABBITMQ_CONFIG_FILE": folder / "none",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput -kernel inet_dist_use_interface {127,0,0,1}",
            # Then the script becomes the server instead of waiting for it.
            "RABBITMQ_ALLOW_INPUT": "1",
        }
        settings = [f"{name}={value}" for name, value in environment.items()]
        self._names = ServerProcess(
            [_binary("epmd"), "-address", "127.0.0.1", "-port", str(names_port)],
            folder=folder,
            owner=owner,
            answers=lambda: True,
            stop_signal=signal.SIGTERM,
        )
        self._process = ServerProcess(
            ["/usr/bin/env", *settings, _binary("rabbitmq-server")],
            folder=folder,
            owner=owner,
            answers=self._answers,
            stop_signal=signal.SIGTERM,
        )
        self.pause = self._process.pause
        self.resume = self._process.resume
        self.kill = self._process.kill

    @property
    def url(self) -> str:
        """Address of the server's only virtual host."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        """Starts the server, and before it what it needs."""
        self._names.start()
        self._process.start()

    def stop(self) -> None:
        """Ends both."""
        self._process.stop()
        self._names.stop()

    def restart(self) -> None:
        """Crashes the server and brings it back; messages that it had not written down are gone."""
        self.kill()
        self.start()

    def _answers(self) -> bool:
        app = Celery(broker=self.url, set_as_current=False)
        with suppress(OSError), app.connection_for_write(connect_timeout=5) as connection:
            connection.connect()
            return True
        return False


@contextmanager
def rabbitmq_server() -> Iterator[RabbitServer]:
    """Runs a server for the length of the block."""
    owner = account("rabbitmq")
    with scratch_folder("rabbitmq", owner) as folder:
        server = RabbitServer(folder, owner)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _binary(name: str) -> Path:
    # Debian's own script in the path of commands changes the account and the folder first.
    for folder in ("/usr/lib/rabbitmq/bin", None):
        found = shutil.which(name, path=folder)
        if found is not None:
            return Path(found)
    raise MissingServer("RabbitMQ is missing (Debian: apt-get install rabbitmq-server)")
