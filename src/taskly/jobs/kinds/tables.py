"""Files of rows: CSV, JSON lines, a JSON array and Parquet, written as the rows come."""

import base64
import csv
import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Protocol

import orjson

from taskly.jobs.kinds.registry import JobError

FORMULA = ("=", "+", "-", "@", "\t", "\r")
SMALLEST, LARGEST = -(2**63), 2**63 - 1
PLAIN = (bool, float, str, dt.datetime, dt.date, dt.time, Decimal)
ROWS_IN_A_PART = 20_000
DELIMITERS = ",;\t|"

Rows = Sequence[Sequence[Any]]
TableFormat = Literal["csv", "jsonl", "json", "parquet"]
MIME_TYPES: dict[TableFormat, str] = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


class TableFile(Protocol):
    """A file that takes rows."""

    def write(self, rows: Rows) -> None:
        """Add rows."""

    def close(self) -> None:
        """Finish the file."""


def table_file(
    path: Path, file_format: TableFormat, names: Sequence[str], *, escape_formulas: bool
) -> TableFile:
    """A new file of a format, for columns of these names."""
    columns = distinct(names)
    if file_format == "csv":
        return CsvFile(path, columns, escape_formulas=escape_formulas)
    if file_format == "jsonl":
        return JsonLinesFile(path, columns)
    if file_format == "json":
        return JsonArrayFile(path, columns)
    return ParquetFile(path, columns)


def arrow() -> Any:
    """The library of columns, for one thread. Raises `JobError` where it is not installed."""
    try:
        # Large, and an extra: only the process of a job that needs it loads it.
        import pyarrow as pa  # noqa: PLC0415
    except ImportError as error:
        raise JobError("driver_missing", "Install taskly[data] on the worker.") from error
    pa.set_cpu_count(1)
    pa.set_memory_pool(pa.system_memory_pool())
    return pa


def delimiter_of(head: str) -> str:
    """What separates the columns of a table, by its first line."""
    return max(DELIMITERS, key=head.count)


def distinct(names: Sequence[str]) -> list[str]:
    """Names of which none comes twice: a query may well call two columns `id`."""
    found: list[str] = []
    for name in names:
        number, unique = 1, name
        while unique in found:
            number += 1
            unique = f"{name}_{number}"
        found.append(unique)
    return found


def plain(value: Any) -> Any:
    """A value of a database as one that every format knows."""
    if value is None or isinstance(value, PLAIN):
        return value
    if isinstance(value, int):
        return value if SMALLEST <= value <= LARGEST else str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


class CsvFile:
    """Commas, a line of names first."""

    def __init__(self, path: Path, names: Sequence[str], *, escape_formulas: bool) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._escape = escape_formulas
        self._writer.writerow([self._shown(name) for name in names])

    def write(self, rows: Rows) -> None:
        """Add rows."""
        self._writer.writerows([self._shown(value) for value in row] for row in rows)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def _shown(self, value: Any) -> Any:
        shown = plain(value)
        if self._escape and isinstance(shown, str) and shown.startswith(FORMULA):
            return f"'{shown}"
        if isinstance(shown, dt.datetime | dt.date | dt.time):
            return shown.isoformat()
        return shown


class JsonLinesFile:
    """One object a line."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self._file = path.open("wb")
        self._names = names

    def write(self, rows: Rows) -> None:
        """Add rows."""
        for row in rows:
            self._file.write(_json_object(self._names, row) + b"\n")

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class JsonArrayFile:
    """An array of objects, each on a line of its own."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self._file = path.open("wb")
        self._names = names
        self._before = b"[\n"

    def write(self, rows: Rows) -> None:
        """Add rows."""
        for row in rows:
            self._file.write(self._before + _json_object(self._names, row))
            self._before = b",\n"

    def close(self) -> None:
        """Finish the file."""
        self._file.write(b"[]\n" if self._before == b"[\n" else b"\n]\n")
        self._file.close()


def _json_object(names: Sequence[str], row: Sequence[Any]) -> bytes:
    return orjson.dumps(dict(zip(names, map(_json_value, row), strict=True)), default=str)


def _json_value(value: Any) -> Any:
    return value if isinstance(value, list | dict) else plain(value)


class ParquetFile:
    """Columns with types. What fits all rows is known at the end only: the parts wait in files aside."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self._arrow = arrow()
        self._path = path
        self._names = names
        self._waiting: list[Sequence[Any]] = []
        self._parts: list[Path] = []
        self._schemas: list[Any] = []

    def write(self, rows: Rows) -> None:
        """Add rows."""
        self._waiting += rows
        if len(self._waiting) >= ROWS_IN_A_PART:
            self._put_aside()

    def close(self) -> None:
        """Finish the file."""
        import pyarrow.parquet as pq  # noqa: PLC0415

        self._put_aside()
        schema = self._common_schema()
        with pq.ParquetWriter(self._path, schema, compression="zstd") as writer:
            for path in self._parts:
                with self._arrow.ipc.open_file(path) as part:
                    table = part.read_all()
                columns = [self._fitting(table.column(field.name), field.type) for field in schema]
                writer.write_table(self._arrow.Table.from_arrays(columns, schema=schema))
                path.unlink()

    def _put_aside(self) -> None:
        columns = [
            [plain(row[place]) for row in self._waiting] for place in range(len(self._names))
        ]
        arrays = [self._array(column) for column in columns]
        table = self._arrow.Table.from_arrays(arrays, names=list(self._names))
        path = self._path.with_name(f"part-{len(self._parts)}.arrow")
        with self._arrow.ipc.new_file(path, table.schema) as part:
            part.write_table(table)
        self._parts.append(path)
        self._schemas.append(table.schema)
        self._waiting = []

    def _array(self, column: list[Any]) -> Any:
        try:
            return self._arrow.array(column)
        except (self._arrow.ArrowInvalid, self._arrow.ArrowTypeError):
            # SQLite keeps numbers and words in one column.
            return self._arrow.array([None if value is None else str(value) for value in column])

    def _common_schema(self) -> Any:
        fields = []
        for name in self._names:
            types = [self._arrow.schema([schema.field(name)]) for schema in self._schemas]
            try:
                joined = self._arrow.unify_schemas(types, promote_options="permissive")
                fields.append(joined.field(0))
            except (self._arrow.ArrowInvalid, self._arrow.ArrowTypeError):
                fields.append(self._arrow.field(name, self._arrow.string()))
        text = self._arrow.string()
        known = [
            field.with_type(text) if self._arrow.types.is_null(field.type) else field
            for field in fields
        ]
        return self._arrow.schema(known)

    def _fitting(self, column: Any, wanted: Any) -> Any:
        if self._arrow.types.is_string(wanted) and not self._arrow.types.is_string(column.type):
            words = [None if value is None else str(value) for value in column.to_pylist()]
            return self._arrow.chunked_array([self._arrow.array(words, wanted)])
        return column.cast(wanted)
