"""The kind `backup`: a consistent copy of Taskly's own database while it is in use, proven to be whole."""

import gzip
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from taskly.jobs.kinds.database.connecting import sqlite_reader
from taskly.jobs.kinds.database.own import own_database, run_tool
from taskly.jobs.kinds.database.params import BackupParams
from taskly.jobs.kinds.registry import JobError, Kind, Result, Run

PAGES_AT_ONCE = 500
PATIENCE_S = 60
COPIED_AT_ONCE = 1 << 20
DUMP_IS_WHOLE = b"-- Dump completed"


def back_up(params: BackupParams, run: Run) -> Result:
    """Copy, look whether the copy is whole, hand it over."""
    engine = run.inputs["engine"]
    made = {"sqlite": _sqlite, "postgresql": _postgres, "mariadb": _mariadb}[engine](run)
    size = made.stat().st_size
    # A dump of pg_dump is compressed by itself.
    if params.compress and engine != "postgresql":
        made = _compressed(made, run)
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    suffix = "".join(made.suffixes)
    run.publish(made, "backup", f"taskly-{moment}{suffix}", "application/octet-stream")
    return {"engine": engine, "bytes": size}


def _sqlite(run: Run) -> Path:
    copy = run.folder / "taskly.db"

    def tell(status: int, left: int, total: int) -> None:
        run.progress(100 * (total - left) / max(total, 1), "Copying")

    with (
        closing(sqlite_reader(Path(run.inputs["database"]), PATIENCE_S)) as source,
        closing(sqlite3.connect(copy, isolation_level=None)) as target,
    ):
        # What others commit from here on is not seen: else each of their writes begins the copy anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=PAGES_AT_ONCE, progress=tell, sleep=0)
        source.execute("COMMIT")
        target.execute("PRAGMA journal_mode=DELETE")
        run.progress(None, "Checking")
        target.set_progress_handler(_Checked(run).look, 100_000)
        (found,) = target.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise JobError("backup_damaged", f"The copy is damaged: {found}")
    return copy


class _Checked:
    """Lets SQLite look from time to time whether the job is to stop."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def look(self) -> int:
        """0 to go on. What it raises ends the statement."""
        self._run.check()
        return 0


def _postgres(run: Run) -> Path:
    tool = _tool("pg_dump")
    dump = run.folder / "taskly.dump"
    run.progress(None, "Copying")
    place = _arguments(run, host="--host", port="--port", username="--username")
    command = [tool, "--format=custom", "--no-password", f"--file={dump}", *place]
    # The driver of a worker on PostgreSQL, loaded in the job's own process alone.
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415

    target = make_conninfo(dbname=run.inputs["database"], **run.inputs["query"])
    run_tool([*command, "--dbname", target], _secret(run, "PGPASSWORD"), run)
    run.progress(None, "Checking")
    reader = shutil.which("pg_restore")
    if reader is not None:
        run_tool([reader, "--list", str(dump)], {}, run)
    return dump


def _mariadb(run: Run) -> Path:
    tool = _tool("mariadb-dump", "mysqldump")
    dump = run.folder / "taskly.sql"
    run.progress(None, "Copying")
    place = _arguments(run, host="--host", port="--port", username="--user")
    options = ["--single-transaction", "--quick", "--routines", "--triggers", "--hex-blob"]
    command = [tool, "--no-defaults", *place, *options, f"--result-file={dump}"]
    run_tool([*command, run.inputs["database"]], _secret(run, "MYSQL_PWD"), run)
    run.progress(None, "Checking")
    with dump.open("rb") as file:
        file.seek(max(0, dump.stat().st_size - 500))
        if DUMP_IS_WHOLE not in file.read():
            raise JobError("backup_damaged", "The dump has no end.")
    return dump


def _tool(*names: str) -> str:
    for name in names:
        found = shutil.which(name)
        if found is not None:
            return found
    raise JobError("tool_missing", f"{names[0]} is not installed on the machine of the worker.")


def _arguments(run: Run, **options: str) -> list[str]:
    given = ((option, run.inputs[name]) for name, option in options.items())
    return [f"{option}={value}" for option, value in given if value is not None]


def _secret(run: Run, variable: str) -> dict[str, str]:
    password = run.inputs["password"]
    return {variable: password} if password else {}


def _compressed(path: Path, run: Run) -> Path:
    packed = path.with_name(f"{path.name}.gz")
    total, done = path.stat().st_size, 0
    with path.open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
        while block := source.read(COPIED_AT_ONCE):
            target.write(block)
            done += len(block)
            run.progress(100 * done / total, "Compressing")
    path.unlink()
    return packed


KIND = Kind(
    "backup",
    BackupParams,
    back_up,
    icon="archive",
    queue="cleanup",
    timeout_s=12 * 3600,
    memory_mb=2048,
    output_mb=1 << 20,
    max_attempts=2,
    needs_grant=True,
    title=lambda _: "Backup",
    concurrency=lambda _: ("database:taskly", 1),
    prepare=own_database,
    secret_inputs=frozenset({"password"}),
)
