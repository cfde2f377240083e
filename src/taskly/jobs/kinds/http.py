"""The kind `http`: call a web address and hold the answer to what is expected of it."""

import json
import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, field_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from taskly.jobs.kinds.asking import (
    OURS,
    PASSING,
    REPEATABLE,
    TOKEN,
    HeaderName,
    Printable,
    asked,
)
from taskly.jobs.kinds.registry import JobError, Kind, Params, Result, Run, TemporaryError
from taskly.jobs.kinds.web_address import WebAddress, host_of

if TYPE_CHECKING:
    from taskly.kernel.outbound_client import Answer

MEGABYTE = 1 << 20
READ_MB = 16
"""Most of an answer that is looked into."""
OUTPUT_MB = 1024
TELLING = frozenset({"authorization", "cookie"})
"""Headers whose values would be seen by everybody who sees the job."""
NOT_DONE = frozenset({425, 429, 503})
"""Answers that say that nothing was done."""

ADVANCED: JsonDict = {"ui": {"advanced": True}}
CHECKS: JsonDict = {"ui": {"group": "checks"}}


class HttpParams(Params):
    """A request, and what its answer must be like."""

    url: WebAddress = Field(
        max_length=2000,
        description="Address that is called.",
        json_schema_extra={"format": "uri", "ui": {"widget": "url"}},
    )
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = Field(
        "GET", description="What is done with it.", json_schema_extra={"ui": {"widget": "tiles"}}
    )
    headers: dict[str, Printable] = Field(
        default={},
        max_length=50,
        description="Headers to send, by name. Everybody who sees the job sees them.",
        json_schema_extra=ADVANCED,
    )
    secret: Printable | None = Field(
        None,
        description="Value of the secret header, such as `Bearer ...`; it is never shown again.",
        json_schema_extra={"format": "password", "ui": {"widget": "password"}},
    )
    secret_header: HeaderName = Field(
        "Authorization", description="Header that carries the secret.", json_schema_extra=ADVANCED
    )
    body: str | None = Field(
        None,
        max_length=MEGABYTE,
        description="What is sent along.",
        json_schema_extra={"ui": {"widget": "textarea"}},
    )
    redirects: int = Field(
        0,
        ge=0,
        le=10,
        strict=True,
        description="How many redirects are followed.",
        json_schema_extra=ADVANCED,
    )
    within_s: float = Field(
        30.0,
        ge=0.1,
        le=600,
        description="Longest wait for the whole answer, in seconds.",
        json_schema_extra={"ui": {"unit": "s", "advanced": True}},
    )
    statuses: list[Annotated[int, Field(ge=100, le=599, strict=True)]] = Field(
        default=[],
        max_length=50,
        description="Status codes that count as success; none given: 200 to 299.",
        json_schema_extra=CHECKS,
    )
    text: str | None = Field(
        None,
        min_length=1,
        max_length=10_000,
        description="Text that the answer must contain.",
        json_schema_extra=CHECKS,
    )
    json_path: str | None = Field(
        None,
        pattern=r"^[^.]+(\.[^.]+)*$",
        max_length=500,
        description="Place in a JSON answer that must exist, such as `items.0.state`.",
        json_schema_extra=CHECKS,
    )
    json_equals: str | None = Field(
        None,
        max_length=10_000,
        description="What stands at that place.",
        json_schema_extra=CHECKS,
    )
    fastest_ms: int | None = Field(
        None,
        ge=1,
        le=600_000,
        strict=True,
        description="Most milliseconds that the answer may take.",
        json_schema_extra={"ui": {"group": "checks", "unit": "ms"}},
    )
    save: bool = Field(False, strict=True, description="Keep the answer as a file.")

    @field_validator("headers")
    @classmethod
    def _may_be_sent(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if not TOKEN.fullmatch(name) or name.lower() in OURS:
                raise PydanticCustomError("bad_header", "A header that cannot be sent")
            if name.lower() in TELLING:
                raise PydanticCustomError("header_is_secret", "A header that tells a secret")
        return value

    @field_validator("secret_header")
    @classmethod
    def _may_be_secret(cls, value: str) -> str:
        if value.lower() in OURS:
            raise PydanticCustomError("bad_header", "A header that cannot be sent")
        return value


def call(params: HttpParams, run: Run) -> Result:
    """Ask, check, keep the answer when asked to."""
    run.progress(None, "Waiting for the answer")
    body = run.folder / "answer"
    answer = _asked(params, run, body)
    run.log(f"{answer.status}, {answer.size} bytes in {answer.seconds * 1000:.0f} ms")
    _check_status(params, answer)
    _check_time(params, answer)
    if params.text is not None or params.json_path is not None:
        _check_content(params, answer, body, run)
    if params.save:
        mime_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        run.publish(body, "data", _name(params.url, mime_type), mime_type or None)
    return {
        "status": answer.status,
        "address": answer.url,
        "bytes": answer.size,
        "duration_ms": round(answer.seconds * 1000),
    }


def _asked(params: HttpParams, run: Run, body: Path) -> "Answer":
    # Loaded in the job's own process: the client is large, and few kinds need it.
    from taskly.kernel.outbound_client import Ask  # noqa: PLC0415

    headers = dict(params.headers)
    if params.secret:
        headers[params.secret_header] = params.secret
    ask = Ask(
        params.method,
        params.url,
        headers,
        None if params.body is None else params.body.encode(),
        redirects=params.redirects,
        within_s=params.within_s,
        most_bytes=(OUTPUT_MB if params.save else READ_MB) * MEGABYTE,
    )
    return asked(run, ask, body, lambda size: run.progress(None, "Receiving", _amount(size)))


def _amount(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB"


def _check_status(params: HttpParams, answer: "Answer") -> None:
    status = answer.status
    if status in params.statuses or (not params.statuses and 200 <= status < 300):
        return
    message = f"The server answered {status}."
    if status in NOT_DONE or (status in PASSING and params.method in REPEATABLE):
        raise TemporaryError("unexpected_status", message)
    raise JobError("unexpected_status", message)


def _check_time(params: HttpParams, answer: "Answer") -> None:
    took = answer.seconds * 1000
    if params.fastest_ms is not None and took > params.fastest_ms:
        raise JobError(
            "too_slow", f"The answer took {took:.0f} ms; {params.fastest_ms} ms were allowed."
        )


def _check_content(params: HttpParams, answer: "Answer", body: Path, run: Run) -> None:
    if answer.size > READ_MB * MEGABYTE:
        raise JobError("answer_too_large", f"Answers over {READ_MB} MB are not looked into.")
    content = body.read_bytes()
    if params.text is not None and params.text not in content.decode("utf-8", "replace"):
        raise JobError("text_missing", "The answer does not contain the text.")
    if params.json_path is None:
        return
    try:
        found = _at(json.loads(content), params.json_path)
    except (ValueError, RecursionError) as error:
        raise JobError("not_json", "The answer is not JSON.") from error
    except LookupError as error:
        raise JobError("json_missing", f"The answer has nothing at {params.json_path}.") from error
    # Only the log says what it was: secrets are taken out of it.
    shown = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    run.log(f"{params.json_path}: {shown[:500]}")
    if params.json_equals is not None and params.json_equals != shown:
        raise JobError("json_differs", f"Something else stands at {params.json_path}.")


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(value, list) and step.isdecimal():
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value[step]
        else:
            raise LookupError(step)
    return value


def _name(url: str, mime_type: str) -> str:
    tail = url.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
    plain = "".join(c for c in tail if c.isalnum() or c in "._-").strip(".")
    if "." in plain and plain != host_of(url):
        return plain[-100:]
    return f"answer{mimetypes.guess_extension(mime_type) or '.bin'}"


def title_of(params: HttpParams) -> str:
    """A title made of what is called."""
    return f"{params.method} {params.url}"[:200]


KIND = Kind(
    "http",
    HttpParams,
    call,
    icon="send",
    timeout_s=900,
    memory_mb=512,
    output_mb=OUTPUT_MB,
    title=title_of,
    concurrency=lambda params: (f"http:{host_of(params.url)}", 8),
    secret_params=frozenset({"secret"}),
)
