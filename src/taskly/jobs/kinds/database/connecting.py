"""Connects to a database of any engine, and ends what runs there. Drivers are extras: the job's process loads its own."""

import sqlite3
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

from taskly.jobs.kinds.registry import JobError, TemporaryError

CONNECT_S = 10
STOP_S = 5.0

Place = Mapping[str, Any]
"""Where a database is and who asks: `host`, `port`, `database`, `username`, `password`, perhaps a `query` of options."""


def driver(module: str, extra: str) -> Any:
    """A driver. Raises `JobError` where it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise JobError("driver_missing", f"Install taskly[{extra}] on the worker.") from error


def sqlite_reader(path: Path, patience_s: float = CONNECT_S) -> sqlite3.Connection:
    """A file that is opened for reading, and not made where it is missing."""
    address = f"file:{quote(str(path))}?mode=ro"
    return sqlite3.connect(address, timeout=patience_s, uri=True, isolation_level=None)


def postgres(place: Place, **options: Any) -> Any:
    """A connection to PostgreSQL. Raises `TemporaryError` where there is none to be had."""
    psycopg = driver("psycopg", "postgres")
    try:
        return psycopg.connect(
            host=place["host"],
            port=place["port"] or 5432,
            dbname=place["database"],
            user=place["username"],
            password=place["password"],
            connect_timeout=CONNECT_S,
            **place.get("query", {}),
            **options,
        )
    except psycopg.OperationalError as error:
        raise TemporaryError("database_not_reachable", str(error)) from error


def end_postgres_statement(connection: Any) -> None:
    """End what a connection runs, at the server."""
    if connection is not None and not connection.closed:
        connection.cancel_safe(timeout=STOP_S)


def mariadb(place: Place, **options: Any) -> Any:
    """A connection to MariaDB or MySQL. Raises `TemporaryError` where there is none to be had."""
    pymysql = driver("pymysql", "mariadb")
    try:
        return pymysql.connect(
            host=place["host"],
            port=place["port"] or 3306,
            database=place["database"],
            user=place["username"],
            password=place["password"] or "",
            connect_timeout=CONNECT_S,
            charset="utf8mb4",
            **options,
        )
    except pymysql.err.OperationalError as error:
        raise TemporaryError("database_not_reachable", str(error)) from error


def end_mariadb_statement(place: Place, connection: Any) -> None:
    """End what a connection runs, at the server, over a second one."""
    if connection is not None:
        second = mariadb(place, read_timeout=STOP_S)
        with second.cursor() as cursor:
            cursor.execute(f"KILL QUERY {int(connection.thread_id())}")
        second.close()
