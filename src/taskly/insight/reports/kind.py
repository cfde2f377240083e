"""The kind `report`: a board with its lists, cards, dates and people as a page, a workbook or a document."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from taskly.insight.reports.content import report_of, utc_now
from taskly.insight.reports.html import write_html
from taskly.insight.reports.pdf import write_pdf
from taskly.insight.reports.texts import Language
from taskly.insight.reports.xlsx import write_xlsx
from taskly.jobs.kinds.registry import JobError, Kind, Params, Result, Run

ADVANCED: JsonDict = {"ui": {"advanced": True}}
WRITERS = {"html": write_html, "xlsx": write_xlsx, "pdf": write_pdf}
MIME_TYPES = {
    "html": "text/html",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def _known_zone(value: str) -> str:
    # As accounts check theirs, short of loading their tables into the processes of jobs.
    if value not in available_timezones():
        raise PydanticCustomError("bad_time_zone", "No such time zone")
    return value


class ReportParams(Params):
    """Which board, and what its report is like."""

    board_id: UUID = Field(
        description="Board, one that the owner of the job sees.",
        json_schema_extra={"ui": {"widget": "board"}},
    )
    format: Literal["html", "xlsx", "pdf"] = Field(
        "html", description="Format of the file.", json_schema_extra={"ui": {"widget": "tiles"}}
    )
    language: Language = Field("en", description="Language of its words.")
    time_zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        "UTC",
        max_length=64,
        description="Time zone of its times, such as Europe/Berlin.",
        json_schema_extra=ADVANCED,
    )
    with_done: bool = Field(True, strict=True, description="List cards that are done, too.")


def make_report(params: ReportParams, run: Run) -> Result:
    """Write the report."""
    run.progress(None, "Writing the file")
    zone = ZoneInfo(params.time_zone)
    report = report_of(run.inputs, utc_now(), zone, with_done=params.with_done)
    path = run.folder / f"report.{params.format}"
    try:
        WRITERS[params.format](report, path, params.language)
    except ImportError as error:
        raise JobError("driver_missing", "Install taskly[reports] on the worker.") from error
    name = f"{_plain(report.name)} {report.made_at:%Y-%m-%d}.{params.format}"
    run.publish(path, "report", name, MIME_TYPES[params.format])
    return {"board": report.name, **report.counts}


def _plain(name: str) -> str:
    shown = "".join(c for c in name if c.isprintable() and c not in '/\\:*?"<>|').strip(". ")
    return shown[:100] or "board"


def board_of(tx: Any, job: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    """The board as the owner of the job sees it."""
    # The worker has these; the processes of jobs do without the tables.
    import orjson  # noqa: PLC0415

    from taskly.boards.reporting import whole_board  # noqa: PLC0415

    found = whole_board(tx, job["owner_id"], UUID(job["params"]["board_id"]))
    if found is None:
        raise JobError(
            "unknown_board", "There is no such board, or the job's owner may not see it."
        )
    read: dict[str, Any] = orjson.loads(orjson.dumps(found))
    return read


KIND = Kind(
    "report",
    ReportParams,
    make_report,
    icon="file-text",
    timeout_s=900,
    memory_mb=2048,
    output_mb=256,
    max_attempts=2,
    prepare=board_of,
)
