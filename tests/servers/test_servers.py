"""The servers that other tests stand on are real, forgetful and survive a crash."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import asyncmy
import asyncpg
import psycopg
import pymysql
import pytest
import redis

from tests.servers.mariadb import MariaDbServer
from tests.servers.postgres import PostgresServer
from tests.servers.process import ServerDied, ServerProcess, free_port
from tests.servers.valkey import ValkeyServer

pytestmark = pytest.mark.sqlite_only

CHECKOUT = Path(__file__).parents[2]


async def test_postgres_database_is_empty_and_its_own(
    new_postgres_database: Callable[[], str],
) -> None:
    one, other = new_postgres_database(), new_postgres_database()
    connection = await asyncpg.connect(one)
    await connection.execute("CREATE TABLE here (id int)")
    await connection.close()

    connection = await asyncpg.connect(other)
    tables = await connection.fetch("SELECT * FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()

    assert one != other
    assert tables == []


async def test_mariadb_database_is_empty_and_speaks_all_of_unicode(
    new_mariadb_database: Callable[[], str],
) -> None:
    at = urlsplit(new_mariadb_database())
    connection = await asyncmy.connect(
        host="127.0.0.1", port=at.port, user="taskly", db=at.path.lstrip("/")
    )
    async with connection.cursor() as cursor:
        await cursor.execute("SHOW TABLES")
        tables = await cursor.fetchall()
        await cursor.execute("CREATE TABLE words (word text)")
        await cursor.execute("INSERT INTO words VALUES ('看板 🚀')")
        await cursor.execute("SELECT word FROM words")
        words = await cursor.fetchall()
    await connection.ensure_closed()

    assert list(tables) == []
    assert list(words) == [("看板 🚀",)]


def test_postgres_comes_back_after_a_crash(own_postgres: PostgresServer) -> None:
    before = own_postgres.url

    own_postgres.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(own_postgres.url, connect_timeout=2)
    own_postgres.start()

    with psycopg.connect(before, connect_timeout=2) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_mariadb_comes_back_after_a_crash(own_mariadb: MariaDbServer) -> None:
    own_mariadb.kill()
    with pytest.raises(pymysql.err.OperationalError):
        pymysql.connect(host="127.0.0.1", port=own_mariadb.port, user="taskly")
    own_mariadb.start()

    connection = pymysql.connect(host="127.0.0.1", port=own_mariadb.port, user="taskly")
    connection.close()


def test_valkey_forgets_over_a_restart_and_keeps_its_port(own_valkey: ValkeyServer) -> None:
    with redis.Redis.from_url(own_valkey.url) as client:
        client.set("kept", "no")
        own_valkey.restart()
        assert client.get("kept") is None


async def test_a_frozen_server_hangs_its_clients_until_it_goes_on(own_valkey: ValkeyServer) -> None:
    client = redis.asyncio.Redis.from_url(own_valkey.url)
    own_valkey.pause()
    asking = asyncio.ensure_future(client.ping())
    done, _ = await asyncio.wait([asking], timeout=0.2)
    own_valkey.resume()

    assert done == set()
    assert await asyncio.wait_for(asking, 10)
    await client.aclose()


def test_a_server_that_ends_at_once_is_reported_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.servers.process.START_TIMEOUT_S", 0.5)
    broken = ServerProcess(
        ["/bin/sh", "-c", "echo no such disk; exit 3"],
        folder=tmp_path,
        owner=None,
        answers=lambda: False,
        stop_signal=signal.SIGTERM,
    )

    with pytest.raises(ServerDied, match="no such disk"):
        broken.start()


def test_a_server_does_not_outlive_a_killed_run(monkeypatch: pytest.MonkeyPatch) -> None:
    program = """if True:
        import signal
        from tests.servers.valkey import valkey_server

        with valkey_server() as server:
            print(server.port, flush=True)
            signal.pause()
    """
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    port = int(run.stdout.readline())
    client = redis.Redis(port=port, socket_timeout=10)
    client.ping()
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)

    run.kill()
    run.communicate()

    # The server's end closes the connection; until then the read waits.
    with connection:
        assert connection.recv(1) == b""
    client.close()


def test_free_ports_differ() -> None:
    assert len({free_port() for _ in range(20)}) > 1


def test_missing_server_is_a_loud_skip_here_and_a_failure_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(
        conftest="pytest_plugins = ['tests.servers.fixtures', 'tests.servers.report']",
        test_it="""
            from tests.servers import mariadb, process

            def nothing(*names):
                raise process.MissingServer("MariaDB is missing")

            mariadb._binary = nothing

            def test_on_mariadb(new_mariadb_database):
                new_mariadb_database()
        """,
    )
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("TASKLY_TEST_MARIADB_URL", raising=False)

    here = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    monkeypatch.setenv("CI", "true")
    in_ci = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    here.stdout.fnmatch_lines(["1 tests did NOT run: *MariaDB is missing*"])
    here.assert_outcomes(skipped=1)
    in_ci.assert_outcomes(errors=1)


def test_tests_are_counted_by_the_database_they_name(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        conftest="pytest_plugins = ['tests.servers.fixtures', 'tests.servers.report']",
        test_it="""
            import pytest

            @pytest.fixture
            def application(db):
                return db

            def test_on_postgres(application, record_property):
                record_property("figures", {"kills": 3, "lost": 0})

            def test_without():
                pass
        """,
    )

    arguments = ("-p", "no:cacheprovider", "--db", "postgres", "--tally", "tally.json")
    run = pytester.runpytest_subprocess(*arguments)

    run.stdout.fnmatch_lines(["none       1 passed, 0 failed, 0 skipped"])
    run.stdout.fnmatch_lines(["postgres   1 passed, 0 failed, 0 skipped"])
    run.stdout.fnmatch_lines(["test_on_postgres [[]postgres]  kills=3  lost=0"])
    assert '"postgres"' in Path(pytester.path, "tally.json").read_text()
