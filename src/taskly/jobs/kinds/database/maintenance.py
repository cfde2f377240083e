"""The kind `maintenance`: Taskly's own database gives back space and counts its tables anew."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Protocol

from taskly.jobs.kinds.database.connecting import (
    driver,
    end_mariadb_statement,
    end_postgres_statement,
    mariadb,
    postgres,
)
from taskly.jobs.kinds.database.own import own_database
from taskly.jobs.kinds.database.params import MaintenanceParams
from taskly.jobs.kinds.registry import JobError, Kind, Result, Run, TemporaryError
from taskly.jobs.kinds.watched import watched

LOCK_S = 60


def maintain(params: MaintenanceParams, run: Run) -> Result:
    """Do what was asked for, and say what it gave back."""
    if not params.compact and not params.analyze:
        return {"steps": 0}
    work = _upkeep(run)
    before: int | None = None
    size = steps = 0
    for step, size in watched(lambda: work.steps(params), work.stop, run):
        before = size if before is None else before
        steps += step != ""
        run.progress(None, step or None)
        run.log(f"{step or 'Before'}: {size} bytes")
    return {"steps": steps, "bytes_before": before, "bytes_after": size}


class _Upkeep(Protocol):
    def steps(self, params: MaintenanceParams) -> Iterator[tuple[str, int]]:
        """Each step that is done, and the size of the database after it; before any, a nameless one."""

    def stop(self) -> None:
        """End the statement that runs."""


def _upkeep(run: Run) -> _Upkeep:
    match run.inputs["engine"]:
        case "sqlite":
            return _Sqlite(run.inputs)
        case "postgresql":
            return _Postgres(run.inputs)
        case _:
            return _MariaDb(run.inputs)


class _Sqlite:
    def __init__(self, inputs: Any) -> None:
        self._path = inputs["database"]
        self._connection: sqlite3.Connection | None = None

    def steps(self, params: MaintenanceParams) -> Iterator[tuple[str, int]]:
        """Each step that is done, and the size of the database after it."""
        try:
            with closing(sqlite3.connect(self._path, timeout=LOCK_S, isolation_level=None)) as it:
                self._connection = it
                yield "", self._size(it)
                if params.compact:
                    it.execute("VACUUM")
                    it.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                    yield "VACUUM", self._size(it)
                if params.analyze:
                    it.execute("ANALYZE")
                    yield "ANALYZE", self._size(it)
        except sqlite3.OperationalError as error:
            raise TemporaryError("maintenance_failed", str(error)) from error

    def stop(self) -> None:
        """End the statement, which leaves the database as it was."""
        if self._connection is not None:
            self._connection.interrupt()

    def _size(self, connection: sqlite3.Connection) -> int:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (page,) = connection.execute("PRAGMA page_size").fetchone()
        return int(pages * page)


class _Postgres:
    def __init__(self, inputs: Any) -> None:
        self._inputs = inputs
        self._connection: Any = None

    def steps(self, params: MaintenanceParams) -> Iterator[tuple[str, int]]:
        """Each step that is done, and the size of the database after it."""
        psycopg = driver("psycopg", "postgres")
        options = ["ANALYZE"] if params.analyze else []
        statement = f"VACUUM ({', '.join(options)})" if options else "VACUUM"
        try:
            with postgres(self._inputs, autocommit=True) as self._connection:
                yield "", self._size()
                self._connection.execute(statement if params.compact else "ANALYZE")
                yield statement if params.compact else "ANALYZE", self._size()
        except psycopg.Error as error:
            raise TemporaryError("maintenance_failed", str(error)) from error

    def stop(self) -> None:
        """End the statement at the server."""
        end_postgres_statement(self._connection)

    def _size(self) -> int:
        row = self._connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(row[0])


class _MariaDb:
    def __init__(self, inputs: Any) -> None:
        self._inputs = inputs
        self._connection: Any = None

    def steps(self, params: MaintenanceParams) -> Iterator[tuple[str, int]]:
        """Each step that is done, and the size of the database after it."""
        pymysql = driver("pymysql", "mariadb")
        verbs = ["OPTIMIZE"] * params.compact + ["ANALYZE"] * params.analyze
        try:
            self._connection = mariadb(self._inputs)
            with self._connection.cursor() as cursor:
                yield "", self._size(cursor)
                cursor.execute("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
                tables = [row[0].replace("`", "``") for row in cursor.fetchall()]
                for verb in verbs:
                    for table in tables:
                        cursor.execute(f"{verb} TABLE `{table}`")
                        self._check(cursor.fetchall())
                    yield verb, self._size(cursor)
        except pymysql.err.Error as error:
            raise TemporaryError("maintenance_failed", str(error)) from error

    def stop(self) -> None:
        """End the statement at the server, over a second connection."""
        end_mariadb_statement(self._inputs, self._connection)

    def _check(self, said: Any) -> None:
        for _, _, kind, text in said:
            if str(kind).lower() == "error":
                raise JobError("maintenance_failed", str(text))

    def _size(self, cursor: Any) -> int:
        cursor.execute(
            "SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables"
            " WHERE table_schema = DATABASE()"
        )
        return int(cursor.fetchone()[0])


KIND = Kind(
    "maintenance",
    MaintenanceParams,
    maintain,
    icon="wrench",
    queue="cleanup",
    timeout_s=12 * 3600,
    memory_mb=2048,
    output_mb=1 << 20,
    max_attempts=2,
    needs_grant=True,
    title=lambda _: "Maintenance of the database",
    concurrency=lambda _: ("database:taskly", 1),
    prepare=own_database,
    secret_inputs=frozenset({"password"}),
)
