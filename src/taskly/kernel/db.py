"""The database: two kinds of transaction on three engines, and the types that all of them share."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    DateTime,
    Dialect,
    Executable,
    MetaData,
    Result,
    Row,
    String,
    Text,
    TypeDecorator,
    Uuid,
    event,
    make_url,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import URL, CursorResult, Engine
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeEngine

from taskly.kernel.away import busy_where_away
from taskly.kernel.errors import Busy
from taskly.kernel.settings import Settings
from taskly.kernel.wire import to_json

ASYNC_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
    "mysql": "mariadb+asyncmy",
    "mariadb": "mariadb+asyncmy",
}


PATIENCE_OF_SQLITE_S = 60.0
HEX_ID = "0" * 32
"""SQLite has no type for ids; there they are stored as so many digits."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time to the millisecond; MariaDB keeps no fraction unless told to."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class LongText(TypeDecorator[str]):
    """Text without MariaDB's limit of 64 KiB."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(mysql.LONGTEXT())
        return dialect.type_descriptor(Text())


class Json(TypeDecorator[Any]):
    """A JSON value kept as text: it is only ever read whole, and text is the same everywhere."""

    impl = LongText
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else to_json(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


class IdText(TypeDecorator[str]):
    """An id read as the text that answers have, for reads of very many rows: a `UUID` costs ten times as much."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind = Uuid(as_uuid=False) if dialect.name == "postgresql" else String(36)
        return dialect.type_descriptor(kind)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or len(value) != len(HEX_ID):
            return value
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


class BinaryString(TypeDecorator[str]):
    """ASCII text that sorts byte by byte, whatever the database's language is."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        collation = {"postgresql": "C", "mysql": "ascii_bin", "mariadb": "ascii_bin"}
        if dialect.name in {"mysql", "mariadb"}:
            kind: TypeEngine[Any] = mysql.VARCHAR(
                self.length, charset="ascii", collation="ascii_bin"
            )
        else:
            kind = String(self.length, collation=collation.get(dialect.name, "BINARY"))
        return dialect.type_descriptor(kind)


class Base(DeclarativeBase):
    """Tables are declared here and used as typed SQL; nothing is loaded behind the reader's back."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime()}


@dataclass(frozen=True, slots=True)
class Committed:
    """A committed event: its stream, its number there, and the bytes that go to every listener."""

    stream_id: UUID
    seq: int
    payload: bytes


class Turns:
    """Who may use a pool's connections, in the order of asking: the pool itself lets newcomers past."""

    def __init__(self, connections: int, patience_s: float) -> None:
        self._free = asyncio.Semaphore(connections)
        self._patience_s = patience_s

    async def take(self) -> None:
        """Wait for one's turn. Raises `Busy` when it does not come in time."""
        try:
            async with asyncio.timeout(self._patience_s):
                await self._free.acquire()
        except TimeoutError as error:
            raise Busy from error

    def give(self) -> None:
        """Let the next one have it."""
        self._free.release()


DOWN = (OSError,)
"""What asyncpg says of a server that is down."""


class ReadTx:
    """A consistent read: every statement in it sees the same moment. Begins with its first statement."""

    def __init__(self, engine: AsyncEngine, turns: "Turns") -> None:
        self._engine = engine
        self._turns = turns
        self._has_turn = False
        self._conn: AsyncConnection | None = None

    @property
    def dialect(self) -> str:
        """`sqlite`, `postgresql` or `mariadb`."""
        return "mariadb" if self._engine.dialect.name == "mysql" else self._engine.dialect.name

    async def execute(
        self, statement: Executable, params: Sequence[dict[str, Any]] | dict[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run one statement. Raises `Busy` when the database cannot take it in time."""
        with busy_where_away(*DOWN):
            if self._conn is None:
                await self._turns.take()
                self._has_turn = True
                self._conn = await self._engine.connect()
                await self._conn.begin()
            return await self._conn.execute(statement, params)

    async def all(self, statement: Executable) -> Sequence[Row[Any]]:
        """Every row."""
        return (await self.execute(statement)).all()

    async def first(self, statement: Executable) -> Row[Any] | None:
        """The first row, if there is one."""
        result: Result[Any] = await self.execute(statement)
        return result.first()

    async def scalar(self, statement: Executable) -> Any:
        """The first column of the first row, or None."""
        return (await self.execute(statement)).scalar()

    async def close(self) -> None:
        """Give the connection back, undoing what was not committed."""
        try:
            if self._conn is not None:
                conn, self._conn = self._conn, None
                await conn.close()
        finally:
            if self._has_turn:
                self._has_turn = False
                self._turns.give()


class Tx(ReadTx):
    """The one transaction of a request, job step or event handler; its owner commits, services never do."""

    def __init__(self, engine: AsyncEngine, turns: "Turns") -> None:
        super().__init__(engine, turns)
        self.before_commit: list[Callable[[Tx], Awaitable[None]]] = []
        self.after_commit: list[Callable[[], None]] = []
        self.committed: list[Committed] = []
        self.seq: int | None = None
        self.held: dict[UUID, Any] = {}

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A part of the transaction that is undone by itself when it raises."""
        assert self._conn is not None, "a savepoint follows a first statement"
        async with self._conn.begin_nested():
            yield

    async def commit(self) -> None:
        """Write what was collected along the way, then commit. Raises `Busy` where that is not kept."""
        for hook in self.before_commit:
            await hook(self)
        if self._conn is not None:
            with busy_where_away(*DOWN):
                await self._conn.commit()


def _in_transaction(connection: Any) -> bool:
    try:
        return bool(connection.in_transaction)
    except ValueError:
        return False


def database_url(settings: Settings, drivers: Mapping[str, str], *, reading: bool = False) -> URL:
    """The configured address with our driver for it. Raises `ValueError` for a database we do not know."""
    given = settings.database_read_url if reading else None
    secret = given or settings.database_url
    address = (
        secret.get_secret_value() if secret else f"sqlite:///{settings.data_dir / 'taskly.db'}"
    )
    url = make_url(address)
    driver = drivers.get(url.drivername.split("+")[0])
    if driver is None:
        msg = f"Not a database that Taskly knows: {url.drivername}"
        raise ValueError(msg)
    url = url.set(drivername=driver)
    if driver.startswith("mariadb"):
        url = url.update_query_dict({"charset": "utf8mb4"})
    return url


def prepare_sqlite(engine: Engine, settings: Settings) -> None:
    """Let every new connection to SQLite work the way that Taskly relies on."""

    @event.listens_for(engine, "connect")
    def configure(connection: Any, record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={settings.sqlite_synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.close()


class Database:
    """Two pools on one database: `write()` for transactions, `read()` for consistent reads."""

    def __init__(self, settings: Settings) -> None:
        url = database_url(settings, ASYNC_DRIVERS)
        read_url = database_url(settings, ASYNC_DRIVERS, reading=True)
        self.url = url
        self.settings = settings
        self.writer = self._engine(url, reading=False)
        self.reader = self._engine(read_url, reading=True)
        self._writing = self._turns(self.writer)
        self._reading = self._turns(self.reader)
        self.subscribers: list[Callable[[Committed], None]] = []

    def _turns(self, engine: AsyncEngine) -> Turns:
        pool = engine.pool
        size = pool.size() if isinstance(pool, QueuePool) else self.settings.database_pool_size
        on_sqlite = engine.dialect.name == "sqlite"
        limit = self.settings.database_timeout_s
        return Turns(size, max(limit, PATIENCE_OF_SQLITE_S) if on_sqlite else limit)

    def _engine(self, url: URL, *, reading: bool) -> AsyncEngine:
        limit = self.settings.database_timeout_s
        size = self.settings.database_pool_size
        if url.get_backend_name() == "sqlite":
            engine = create_async_engine(
                url,
                # One writer: SQLite takes one at a time anyhow, and waiting here is fair and cheap.
                pool_size=min(size, 4) if reading else 1,
                max_overflow=0,
                pool_timeout=max(limit, PATIENCE_OF_SQLITE_S),
                connect_args={"timeout": limit, "isolation_level": None},
            )
            self._prepare_sqlite(engine, reading=reading)
            return engine
        options: dict[str, Any] = {
            "pool_size": size,
            "max_overflow": 0,
            "pool_timeout": limit,
            "pool_pre_ping": True,
            "pool_recycle": 1800,
            "isolation_level": "REPEATABLE READ" if reading else "READ COMMITTED",
        }
        if url.get_backend_name() == "postgresql":
            options["connect_args"] = {
                "timeout": limit,
                "command_timeout": limit * 3,
                "server_settings": {"lock_timeout": str(int(limit * 1000))},
            }
            if self.settings.database_pgbouncer:
                options["connect_args"] |= {"statement_cache_size": 0, "server_settings": {}}
        else:
            options["connect_args"] = {
                "connect_timeout": int(limit),
                "init_command": f"SET SESSION innodb_lock_wait_timeout={int(limit)}",
            }
        return create_async_engine(url, **options)

    def _prepare_sqlite(self, engine: AsyncEngine, *, reading: bool) -> None:
        prepare_sqlite(engine.sync_engine, self.settings)

        @event.listens_for(engine.sync_engine, "begin")
        def begin(connection: Any) -> None:
            # A deferred writer that has read first fails with "locked" whatever the timeout is. Asked
            # of the driver itself: through a cursor it would take three turns of its thread.
            try:
                connection.connection.dbapi_connection.run_async(
                    lambda driver: driver.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
                )
            except sqlite3.OperationalError as error:
                raise Busy from error

        @event.listens_for(engine.sync_engine, "commit")
        def commit(connection: Any) -> None:
            # The driver says nothing about the commit of a connection that it has lost.
            if not _in_transaction(connection.connection.driver_connection):
                connection.invalidate()
                raise Busy

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        """One transaction: committed when the block ends, undone when it raises; then events go out."""
        tx = Tx(self.writer, self._writing)
        try:
            yield tx
            await tx.commit()
        finally:
            await tx.close()
        for callback in tx.after_commit:
            callback()
        for fact in tx.committed:
            for subscriber in self.subscribers:
                subscriber(fact)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTx]:
        """One consistent read."""
        tx = ReadTx(self.reader, self._reading)
        try:
            yield tx
        finally:
            await tx.close()

    async def dispose(self) -> None:
        """Close every connection."""
        await self.writer.dispose()
        await self.reader.dispose()
