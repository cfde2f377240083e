"""Kinds of job for journeys in the browser: what a form can be made of, and how a run can end."""

import itertools
import time
import wave
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from taskly.jobs.kinds.registry import JobError, Kind, Params, Run


class Key(BaseModel):
    """A secret key."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["key"]
    value: str = Field(min_length=4, json_schema_extra={"ui": {"widget": "password"}})


class Login(BaseModel):
    """A name."""

    model_config = ConfigDict(extra="forbid")
    type: Literal["login"]
    user: str


class Step(BaseModel):
    """One of several."""

    model_config = ConfigDict(extra="forbid")
    path: str = Field(min_length=1, pattern="^/")
    times: int = Field(1, ge=1, le=9)


class Everything(Params):
    """Fields of every sort."""

    url: str = Field(max_length=200, json_schema_extra={"format": "uri"})
    note: str | None = Field(None, json_schema_extra={"ui": {"widget": "textarea"}})
    level: Literal["low", "middle", "high", "highest"] = Field(
        "middle", json_schema_extra={"ui": {"widget": "tiles", "group": "choices"}}
    )
    format: Literal["csv", "jsonl"] = Field("csv", json_schema_extra={"ui": {"group": "choices"}})
    quick: bool = Field(False, json_schema_extra={"ui": {"group": "choices"}})
    start_time: float | None = Field(None, ge=0, json_schema_extra={"ui": {"group": "part"}})
    end_time: float | None = Field(None, ge=0, json_schema_extra={"ui": {"group": "part"}})
    words: list[str] = Field([], max_length=3)
    steps: list[Step] = []
    access: Annotated[Key | Login, Field(discriminator="type")] | None = None
    headers: dict[str, str] = Field({}, json_schema_extra={"ui": {"advanced": True}})
    limit: int | None = Field(None, ge=1, le=10, json_schema_extra={"ui": {"advanced": True}})


def everything(params: Everything, run: Run) -> dict[str, Any]:
    """Gives back what it was given."""
    run.log(f"fetching {params.url}")
    return params.model_dump(mode="json", exclude_unset=True)


class Words(Params):
    """What to say."""

    message: str = "The page layout changed"


def broken(params: Words, run: Run) -> None:
    """Fails for good."""
    raise JobError("broken", params.message)


class Lines(Params):
    """How much to write."""

    lines: int = Field(3, ge=0, le=5_000)


def writer(params: Lines, run: Run) -> dict[str, Any]:
    """Writes a log in colours, and a file of each sort that has a preview."""
    for number in range(1, params.lines + 1):
        run.log(f"\x1b[1;32m[write]\x1b[0m row {number} of {params.lines}")
    run.log("the \x1b[33mdisk\x1b[0m fills", "warning")
    run.log("row 2 is lost", "error")
    for name, text, mime_type in (
        ("prices.csv", 'town,price\n"Bonn, West",12\n北京,7\n', "text/csv"),
        ("rows.jsonl", '{"town": "Bonn", "price": 12}\n{"town": "Köln"}\n', "application/x-ndjson"),
        ("notes.txt", "All is well.\n", "text/plain"),
    ):
        path = run.folder / name
        path.write_text(text)
        run.publish(path, "data", name, mime_type)
    with wave.open(str(run.folder / "chime.wav"), "wb") as chime:
        chime.setparams((1, 1, 8000, 0, "NONE", ""))
        chime.writeframes(bytes(8000))
    run.publish(run.folder / "chime.wav", "audio", "chime.wav", "audio/x-wav")
    return {"rows": params.lines}


def diary(params: Lines, run: Run) -> None:
    """Writes so many lines at once, then one after another until somebody stops it."""
    for number in itertools.count(1):
        run.log(f"entry {number}")
        time.sleep(0.02 if number > params.lines else 0)


def patient(params: Words, run: Run) -> None:
    """Runs until somebody stops it."""
    while True:
        run.progress(64, "Waiting", params.message)
        time.sleep(0.05)


KINDS = (
    Kind("writer", Lines, writer),
    Kind("diary", Lines, diary),
    Kind("patient", Words, patient),
    Kind("everything", Everything, everything),
    Kind("broken", Words, broken),
    Kind("guarded", Words, broken, needs_grant=True),
)
