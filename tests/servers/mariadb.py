"""MariaDB from PATH or Debian's folders; no wheel carries it."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pymysql
from pymysql.connections import Connection

from tests.servers.process import (
    MissingServer,
    ServerProcess,
    account,
    free_port,
    run_once,
    scratch_folder,
)

USER = "taskly"
FAST = (
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=128M",
    "--innodb-log-file-size=32M",
    "--performance-schema=OFF",
)


class MariaDbServer:
    """A MariaDB server of our own, on a free loopback port."""

    def __init__(self, folder: Path, owner: str | None) -> None:
        self._daemon = _binary("mariadbd", "mysqld")
        self._installer = _binary("mariadb-install-db", "mysql_install_db")
        self._folder = folder
        self._data = folder / "data"
        self._owner = owner
        self.port = free_port()
        grants = folder / "grants.sql"
        grants.write_text(
            f"CREATE USER IF NOT EXISTS {USER}@'%';\n"
            f"GRANT ALL PRIVILEGES ON *.* TO {USER}@'%' WITH GRANT OPTION;\n",
            encoding="utf-8",
        )
        self._process = ServerProcess(
            [
                *(self._daemon, "--no-defaults", f"--datadir={self._data}", f"--port={self.port}"),
                *("--bind-address=127.0.0.1", f"--socket={folder / 'socket'}"),
                *(f"--pid-file={folder / 'pid'}", f"--tmpdir={folder}", f"--init-file={grants}"),
                *("--character-set-server=utf8mb4", "--max-connections=200", *FAST),
            ],
            folder=folder,
            owner=owner,
            answers=self._answers,
            stop_signal=signal.SIGTERM,
        )
        self.pause = self._process.pause
        self.resume = self._process.resume
        self.stop = self._process.stop
        self.kill = self._process.kill

    @property
    def url(self) -> str:
        """Address of the system database, from which others are created."""
        return f"mariadb://{USER}@127.0.0.1:{self.port}/mysql"

    def start(self) -> None:
        """Starts the server, with new data at the first time."""
        if not self._data.exists():
            run_once(
                [
                    *(self._installer, "--no-defaults", f"--datadir={self._data}"),
                    *("--auth-root-authentication-method=normal", "--skip-test-db"),
                    # A server that starts deletes every `#sql*` file in its temporary folder:
                    # in a shared one, those of another server that is being installed.
                    f"--tmpdir={self._folder}",
                ],
                self._owner,
                self._folder,
            )
        self._process.start()

    def _answers(self) -> bool:
        try:
            _connect(self.url).close()
        except pymysql.err.OperationalError:
            return False
        return True


@contextmanager
def mariadb_server() -> Iterator[MariaDbServer]:
    """Runs a server for the length of the block."""
    owner = account("mysql")
    with scratch_folder("mariadb", owner) as folder:
        server = MariaDbServer(folder, owner)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def mariadb_database(server_url: str) -> Iterator[str]:
    """Creates an empty database on the server, gives its address and drops it afterwards."""
    name = f"taskly_{uuid4().hex[:12]}"
    _execute(server_url, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        _execute(server_url, f"DROP DATABASE IF EXISTS {name}")


def _execute(server_url: str, statement: str) -> None:
    connection = _connect(server_url)
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()


def _connect(server_url: str) -> "Connection[pymysql.cursors.Cursor]":
    at = urlsplit(server_url)
    return pymysql.connect(
        host=at.hostname or "127.0.0.1",
        port=at.port or 3306,
        user=at.username,
        password=at.password or "",
        autocommit=True,
        connect_timeout=2,
    )


def _binary(*names: str) -> str:
    # Debian keeps the daemon in sbin, which is not on everybody's PATH.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    for name in names:
        found = shutil.which(name, path=path)
        if found is not None:
            return found
    raise MissingServer("MariaDB is missing (Debian, as root: apt-get install mariadb-server)")
