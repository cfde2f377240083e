"""The kind `database`: the rows of a query on a connection that an administrator named, as a file."""

from collections.abc import Mapping
from typing import Any

from taskly.jobs.kinds.database.params import QueryParams
from taskly.jobs.kinds.database.sources import source_of
from taskly.jobs.kinds.registry import JobError, Kind, Result, Run
from taskly.jobs.kinds.tables import MIME_TYPES, TableFile, table_file
from taskly.jobs.kinds.watched import watched


def query(params: QueryParams, run: Run) -> Result:
    """Ask the database and keep what it says."""
    source = source_of(run.inputs, params.within_s)
    path = run.folder / f"rows.{params.format}"
    table: TableFile | None = None
    count = 0
    is_cut = False
    run.progress(None, "Waiting for the database")
    pieces = watched(lambda: source.rows(params.sql), source.stop, run, params.within_s)
    try:
        for piece in pieces:
            rows = piece[: params.most_rows - count]
            is_cut = len(rows) < len(piece)
            table = table or _table(params, run, source.names)
            table.write(rows)
            count += len(rows)
            run.progress(None, "Reading", f"{count} rows")
            if is_cut:
                break
    finally:
        pieces.close()
    if is_cut:
        run.log(f"There are more rows than {params.most_rows}; the rest was left out.", "warning")
    run.progress(None, "Writing the file")
    table = table or _table(params, run, source.names)
    table.close()
    if path.stat().st_size:
        run.publish(path, "data", f"{params.connection}.{params.format}", MIME_TYPES[params.format])
    run.log(f"{count} rows")
    return {"rows": count, "columns": list(source.names), "more": is_cut}


def _table(params: QueryParams, run: Run, names: Any) -> TableFile:
    path = run.folder / f"rows.{params.format}"
    return table_file(path, params.format, names, escape_formulas=params.escape_formulas)


def connection_of(tx: Any, job: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    """The connection that the job names, its password opened."""
    # The worker has these; the processes of jobs do without the tables.
    from sqlalchemy import select  # noqa: PLC0415

    from taskly.jobs.models import JobConnection  # noqa: PLC0415
    from taskly.jobs.passwords import opened_password  # noqa: PLC0415
    from taskly.kernel.sealing import Unreadable  # noqa: PLC0415

    name = job["params"]["connection"]
    row = tx.first(select(*JobConnection.__table__.c).where(JobConnection.name == name))
    if row is None:
        raise JobError("unknown_connection", f"There is no connection {name}.")
    places = ("engine", "host", "port", "database", "username")
    try:
        sealed = row.sealed_password
        password = None if sealed is None else opened_password(settings, sealed)
    except Unreadable as error:
        raise JobError(
            "password_unreadable",
            "The key of this installation has changed; add the connection anew.",
        ) from error
    return {place: row._mapping[place] for place in places} | {"password": password}


KIND = Kind(
    "database",
    QueryParams,
    query,
    icon="database",
    timeout_s=24 * 3600,
    memory_mb=4096,
    output_mb=10 * 1024,
    needs_grant=True,
    title=lambda params: f"{params.connection}: {' '.join(params.sql.split())[:80]}",
    concurrency=lambda params: (f"database:{params.connection}", 2),
    prepare=connection_of,
    secret_inputs=frozenset({"password"}),
)
