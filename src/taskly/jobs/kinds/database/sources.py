"""The databases that a query can run on: each opens for reading only and can be told to stop."""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from taskly.jobs.kinds.database.connecting import (
    driver,
    end_mariadb_statement,
    end_postgres_statement,
    mariadb,
    postgres,
    sqlite_reader,
)
from taskly.jobs.kinds.registry import JobError

ROWS_AT_ONCE = 1000
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
        try:
            connection = self._connection = sqlite_reader(self._path)
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
        psycopg = driver("psycopg", "postgres")
        self._connection = postgres(
            self._inputs,
            application_name="taskly-job",
            options=f"-c default_transaction_read_only=on -c statement_timeout={self._limit_ms}",
        )
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
        end_postgres_statement(self._connection)


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
        pymysql = driver("pymysql", "mariadb")
        connection = mariadb(self._inputs, read_timeout=self._within_s)
        self._connection = connection
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
        end_mariadb_statement(self._inputs, self._connection)


def _time_limit(version: str, seconds: float) -> str:
    if "mariadb" in version.lower():
        return f"SET SESSION max_statement_time={seconds}"
    return f"SET SESSION max_execution_time={int(seconds * 1000)}"
