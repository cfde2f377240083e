"""The databases that a query can run on: each opens for reading only and can be told to stop."""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from taskly.jobs.kinds.registry import JobError, TemporaryError

ROWS_AT_ONCE = 1000
CONNECT_S = 10
STOP_S = 5.0
SERVER_SPARE_S = 5
"""The server ends a query this much later than the job, which then is there no more to do so."""
PAST_READ_ONLY = re.compile(r"/\*M?!|\binto\s+(?:out|dump)file\b", re.IGNORECASE)

Rows = Sequence[Sequence[Any]]


class Source(Protocol):
    """A database; `names` stands once the first rows have come."""

    names: Sequence[str]

    def rows(self, sql: str) -> Iterator[Rows]:
        """The rows of the query, some at a time. Raises `JobError`."""

    def stop(self) -> None:
        """End the query at the database. May be called from another thread, at any time."""


def source_of(inputs: Mapping[str, Any], within_s: float) -> Source:
    """The source for a connection, not connected yet."""
    match inputs["engine"]:
        case "sqlite":
            return SqliteSource(Path(inputs["database"]))
        case "postgresql":
            return PostgresSource(inputs, within_s)
        case _:
            return MariaDbSource(inputs, within_s)


class SqliteSource:
    """A file. Nothing but reading is authorised: no attaching of others either."""

    def __init__(self, path: Path) -> None:
        self.names: Sequence[str] = ()
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def rows(self, sql: str) -> Iterator[Rows]:
        """The rows of the query, some at a time."""
        if not self._path.is_file():
            raise JobError("database_missing", "There is no such file on the worker's machine.")
        address = f"file:{quote(str(self._path))}?mode=ro"
        try:
            connection = sqlite3.connect(address, timeout=CONNECT_S, uri=True, isolation_level=None)
            self._connection = connection
            connection.execute("PRAGMA query_only=ON")
            connection.execute("BEGIN")
            connection.set_authorizer(_only_reading)
            cursor = connection.execute(sql)
            self.names = [column[0] for column in cursor.description or ()]
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield rows
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise JobError("query_failed", str(error)) from error

    def stop(self) -> None:
        """End the query."""
        if self._connection is not None:
            self._connection.interrupt()


def _only_reading(action: int, what: str | None, *_: str | None) -> int:
    allowed = {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
    return sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY


class PostgresSource:
    """A server-side cursor in a read-only transaction: one statement, and never the whole in memory."""

    def __init__(self, inputs: Mapping[str, Any], within_s: float) -> None:
        self.names: Sequence[str] = ()
        self._inputs = inputs
        self._limit_ms = int((within_s + SERVER_SPARE_S) * 1000)
        self._connection: Any = None

    def rows(self, sql: str) -> Iterator[Rows]:
        """The rows of the query, some at a time."""
        psycopg = _driver("psycopg", "postgres")
        try:
            self._connection = psycopg.connect(
                host=self._inputs["host"],
                port=self._inputs["port"] or 5432,
                dbname=self._inputs["database"],
                user=self._inputs["username"],
                password=self._inputs["password"],
                connect_timeout=CONNECT_S,
                application_name="taskly-job",
                options=f"-c default_transaction_read_only=on -c statement_timeout={self._limit_ms}",
            )
        except psycopg.OperationalError as error:
            raise TemporaryError("database_not_reachable", str(error)) from error
        try:
            self._connection.read_only = True
            with self._connection.cursor(name="taskly_job") as cursor:
                cursor.execute(sql)
                self.names = [column.name for column in cursor.description or ()]
                while rows := cursor.fetchmany(ROWS_AT_ONCE):
                    yield rows
            # Older servers let large objects be written in a read-only transaction: nothing stays.
            self._connection.rollback()
        except psycopg.errors.QueryCanceled as error:
            raise JobError("query_timeout", "The database ended the query.") from error
        except psycopg.Error as error:
            raise JobError("query_failed", str(error)) from error

    def stop(self) -> None:
        """End the query at the server."""
        if self._connection is not None and not self._connection.closed:
            self._connection.cancel_safe(timeout=STOP_S)


class MariaDbSource:
    """An unbuffered cursor in a read-only transaction."""

    def __init__(self, inputs: Mapping[str, Any], within_s: float) -> None:
        self.names: Sequence[str] = ()
        self._inputs = inputs
        self._within_s = within_s + SERVER_SPARE_S
        self._connection: Any = None

    def rows(self, sql: str) -> Iterator[Rows]:
        """The rows of the query, some at a time."""
        if PAST_READ_ONLY.search(sql):
            # A read-only transaction writes such files all the same.
            raise JobError("query_failed", "The query would write a file, or hides what it does.")
        pymysql = _driver("pymysql", "mariadb")
        self._connection = connection = self._connected()
        try:
            with connection.cursor(pymysql.cursors.SSCursor) as cursor:
                cursor.execute(_time_limit(connection.get_server_info(), self._within_s))
                cursor.execute("SET SESSION TRANSACTION READ ONLY")
                cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
                cursor.execute(sql)
                self.names = [column[0] for column in cursor.description or ()]
                while rows := cursor.fetchmany(ROWS_AT_ONCE):
                    yield rows
        except pymysql.err.Error as error:
            raise JobError("query_failed", str(error)) from error

    def stop(self) -> None:
        """End the query at the server, over a second connection."""
        if self._connection is not None:
            second = self._connected()
            with second.cursor() as cursor:
                cursor.execute(f"KILL QUERY {int(self._connection.thread_id())}")
            second.close()

    def _connected(self) -> Any:
        pymysql = _driver("pymysql", "mariadb")
        try:
            return pymysql.connect(
                host=self._inputs["host"],
                port=self._inputs["port"] or 3306,
                database=self._inputs["database"],
                user=self._inputs["username"],
                password=self._inputs["password"] or "",
                connect_timeout=CONNECT_S,
                read_timeout=self._within_s,
                charset="utf8mb4",
            )
        except pymysql.err.OperationalError as error:
            raise TemporaryError("database_not_reachable", str(error)) from error


def _time_limit(version: str, seconds: float) -> str:
    if "mariadb" in version.lower():
        return f"SET SESSION max_statement_time={seconds}"
    return f"SET SESSION max_execution_time={int(seconds * 1000)}"


def _driver(module: str, extra: str) -> Any:
    # Drivers are extras, and only the job's own process loads them.
    from importlib import import_module  # noqa: PLC0415

    try:
        return import_module(module)
    except ImportError as error:
        raise JobError("driver_missing", f"Install taskly[{extra}] on the worker.") from error
