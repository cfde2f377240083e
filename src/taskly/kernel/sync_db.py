"""The same database for threads: the job engine waits for processes, not for an event loop."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Executable, Row, create_engine, event
from sqlalchemy.engine import URL, CursorResult

from taskly.kernel.away import busy_where_away
from taskly.kernel.db import Committed, database_url, prepare_sqlite
from taskly.kernel.events import LOCK_STREAM, HeldStream, pending_writes
from taskly.kernel.settings import Settings

SYNC_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "mysql": "mariadb+pymysql",
    "mariadb": "mariadb+pymysql",
}
LONGEST_STATEMENT_S = 30


class SyncTx:
    """One transaction of a thread; like `Tx`, it locks streams, collects events and tells of them later."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.held: dict[UUID, HeldStream] = {}
        self.committed: list[Committed] = []
        self.after_commit: list[Callable[[], None]] = []
        self.seq: int | None = None

    @property
    def dialect(self) -> str:
        """`sqlite`, `postgresql` or `mariadb`."""
        name = self._connection.dialect.name
        return "mariadb" if name == "mysql" else name

    def execute(
        self, statement: Executable, params: Sequence[dict[str, Any]] | dict[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run one statement."""
        return self._connection.execute(statement, params)

    def all(
        self, statement: Executable, params: dict[str, Any] | None = None
    ) -> Sequence[Row[Any]]:
        """Every row."""
        return self.execute(statement, params).all()

    def first(self, statement: Executable, params: dict[str, Any] | None = None) -> Row[Any] | None:
        """The first row, if there is one."""
        return self.execute(statement, params).first()

    def scalar(self, statement: Executable, params: dict[str, Any] | None = None) -> Any:
        """The first column of the first row, or None."""
        return self.execute(statement, params).scalar()

    def savepoint(self) -> AbstractContextManager[Any]:
        """A part of the transaction that is undone by itself when it raises."""
        return self._connection.begin_nested()

    def lock_stream(self, stream_id: UUID) -> HeldStream | None:
        """Lock a stream, so that events can be appended to it; None where there is none."""
        if stream_id not in self.held:
            row = self.first(LOCK_STREAM, {"wanted": stream_id})
            if row is None:
                return None
            self.held[stream_id] = HeldStream(row.id, row.seq, row.serial)
        return self.held[stream_id]

    def flush(self) -> None:
        """Write what was appended."""
        writes, facts = pending_writes(self.held.values())
        for statement, params in writes:
            self.execute(statement, params)
        self.committed += facts


class SyncDatabase:
    """A pool for threads. Raises `Busy` whenever the database cannot take something now."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.subscribers: list[Callable[[Committed], None]] = []
        url = database_url(settings, SYNC_DRIVERS)
        self._engine = _engine(url, settings, reading=False)
        self._reader = _engine(url, settings, reading=True)
        # Those who wait for SQLite itself sleep between looks; those who wait here do not.
        on_sqlite = url.get_backend_name() == "sqlite"
        self._turn: AbstractContextManager[Any] = threading.Lock() if on_sqlite else nullcontext()

    @contextmanager
    def write(self) -> Iterator[SyncTx]:
        """One transaction: committed when the block ends, undone when it raises; then events go out."""
        with self._turn, busy_where_away(), self._engine.begin() as connection:
            tx = SyncTx(connection)
            yield tx
            tx.flush()
        for callback in tx.after_commit:
            callback()
        for fact in tx.committed:
            for subscriber in self.subscribers:
                subscriber(fact)

    @contextmanager
    def read(self) -> Iterator[SyncTx]:
        """One consistent read, which keeps no writer waiting."""
        with busy_where_away(), self._reader.begin() as connection:
            yield SyncTx(connection)

    def dispose(self) -> None:
        """Close every connection."""
        self._engine.dispose()
        self._reader.dispose()


def _engine(url: URL, settings: Settings, *, reading: bool) -> Engine:
    limit = settings.database_timeout_s
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            pool_size=1,
            max_overflow=0,
            pool_timeout=limit,
            connect_args={"timeout": limit, "isolation_level": None, "check_same_thread": False},
        )
        prepare_sqlite(engine, settings)

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

        return engine
    options: dict[str, Any] = {
        "pool_size": 2 if reading else settings.job_slots + 2,
        "max_overflow": settings.job_slots,
        "pool_timeout": limit,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "isolation_level": "REPEATABLE READ" if reading else "READ COMMITTED",
    }
    if url.get_backend_name() == "postgresql":
        options["connect_args"] = {"connect_timeout": max(2, int(limit))}
        if settings.database_pgbouncer:
            options["connect_args"]["prepare_threshold"] = None
        else:
            options["connect_args"]["options"] = (
                f"-c lock_timeout={int(limit * 1000)} -c statement_timeout={LONGEST_STATEMENT_S}s"
            )
    else:
        options["connect_args"] = {
            "connect_timeout": int(limit),
            "read_timeout": LONGEST_STATEMENT_S,
            "write_timeout": LONGEST_STATEMENT_S,
            "init_command": f"SET SESSION innodb_lock_wait_timeout={int(limit)}",
        }
    return create_engine(url, **options)
