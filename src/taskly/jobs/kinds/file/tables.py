"""Reads a table of any format, so that it can be written in another."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from taskly.jobs.kinds.file.inputs import Input
from taskly.jobs.kinds.file.json_arrays import json_objects
from taskly.jobs.kinds.registry import JobError, Run
from taskly.jobs.kinds.tables import TableFormat, arrow, delimiter_of, table_file

ROWS_AT_ONCE = 1000
Row = dict[str, Any]


def convert(file: Input, table_format: TableFormat, run: Run) -> Path:
    """The table in another format; columns are in the order in which they first come."""
    read = _reader(file)
    names: dict[str, None] = {}
    for row in read(file.path):
        names |= dict.fromkeys(row)
    if not names:
        raise JobError("nothing_found", f"{file.name} has no rows.")
    target = run.folder / f"table.{table_format}"
    table = table_file(target, table_format, list(names), escape_formulas=True)
    rows, count = read(file.path), 0
    while some := list(islice(rows, ROWS_AT_ONCE)):
        table.write([[row.get(name) for name in names] for row in some])
        count += len(some)
        run.progress(None, "Converting", f"{count} rows")
    table.close()
    return target


def _reader(file: Input) -> Any:
    with file.path.open("rb") as source:
        start = source.read(4096)
    if start.startswith(b"PAR1"):
        return _parquet
    return {b"{": _json_lines, b"[": json_objects}.get(start.lstrip()[:1], _csv)


def _parquet(path: Path) -> Iterator[Row]:
    pa = arrow()
    import pyarrow.parquet as pq  # noqa: PLC0415 (as large, and there by now)

    try:
        for batch in pq.ParquetFile(path).iter_batches(ROWS_AT_ONCE):
            yield from batch.to_pylist()
    except pa.ArrowException as error:
        raise JobError("not_a_table", f"The file is not Parquet: {error}") from error


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open("rb") as source:
        for number, line in enumerate(source, 1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise JobError("not_a_table", f"Line {number} is not JSON.") from error
            if not isinstance(row, dict):
                raise JobError("not_a_table", f"Line {number} is not an object.")
            yield row


def _csv(path: Path) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            head = source.readline()
            source.seek(0)
            table = csv.DictReader(
                source, delimiter=delimiter_of(head), restkey="more", strict=True
            )
            for row in table:
                yield dict(row)
    except (UnicodeDecodeError, csv.Error) as error:
        raise JobError("not_a_table", f"The file is neither CSV nor JSON lines: {error}") from error
