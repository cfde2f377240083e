"""What the jobs on databases may be asked for."""

import re

from pydantic import Field, field_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from taskly.jobs.kinds.registry import Params
from taskly.jobs.kinds.tables import TableFormat

ADVANCED: JsonDict = {"ui": {"advanced": True}}
COMMENTS = re.compile(r"/\*.*?\*/|--[^\n]*(?:\n|$)", re.DOTALL)
READS = re.compile(r"[\s(]*(?:select|with|values)\b", re.IGNORECASE)


class QueryParams(Params):
    """A query on a connection, and the file that its rows go into."""

    connection: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$",
        description="Name of the connection, as an administrator gave it.",
        json_schema_extra={"ui": {"widget": "connection"}},
    )
    sql: str = Field(
        min_length=1,
        max_length=100_000,
        description="The query; it can read only.",
        json_schema_extra={"ui": {"widget": "sql"}},
    )
    format: TableFormat = Field(
        "csv", description="Format of the file.", json_schema_extra={"ui": {"widget": "tiles"}}
    )
    most_rows: int = Field(
        100_000,
        ge=1,
        le=10_000_000,
        strict=True,
        description="Rows that are kept; what comes after is left out.",
    )
    within_s: int = Field(
        300,
        ge=1,
        le=24 * 3600,
        strict=True,
        description="Longest time that the query may take, in seconds.",
        json_schema_extra={"ui": {"unit": "s"}},
    )
    escape_formulas: bool = Field(
        True,
        strict=True,
        description="Put an apostrophe before text in a CSV file that a spreadsheet would calculate.",
        json_schema_extra=ADVANCED,
    )

    @field_validator("sql")
    @classmethod
    def _reads(cls, value: str) -> str:
        # The database refuses whatever writes; this says so before the job is made.
        if not READS.match(COMMENTS.sub(" ", value)):
            raise PydanticCustomError("not_a_query", "Only a query that reads")
        return value


class BackupParams(Params):
    """A copy of Taskly's own database."""

    compress: bool = Field(True, strict=True, description="Compress the copy.")


class MaintenanceParams(Params):
    """What is done for Taskly's own database."""

    compact: bool = Field(
        False,
        strict=True,
        description="Give the space of deleted rows back. SQLite takes no changes meanwhile.",
    )
    analyze: bool = Field(
        True, strict=True, description="Count anew what the planner of queries relies on."
    )
