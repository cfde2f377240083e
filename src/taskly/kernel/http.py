"""HTTP conventions: transactions of requests, problem documents, paging, ETags, idempotent POSTs."""

import base64
import binascii
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from taskly.kernel.clock import now
from taskly.kernel.db import Database, ReadTx, Tx
from taskly.kernel.errors import BadRequest, FieldError, Invalid, NotFound, TasklyError
from taskly.kernel.fields import Out
from taskly.kernel.idempotency import Remembered, recall, remember
from taskly.kernel.log import get_logger
from taskly.kernel.messages import choose_locale, text
from taskly.kernel.wire import to_json

log = get_logger(__name__)

T = TypeVar("T")

IDEMPOTENCY_LIFE = timedelta(hours=24)
STATUS_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}


async def _write(request: Request) -> AsyncIterator[Tx]:
    database: Database = request.app.state.database
    async with database.write() as tx:
        request.state.tx = tx
        yield tx


async def _read(request: Request) -> AsyncIterator[ReadTx]:
    database: Database = request.app.state.database
    async with database.read() as tx:
        yield tx


# "function" makes the commit run before the answer is sent: a failed commit must not look like a success.
Db = Annotated[Tx, Depends(_write, scope="function")]
ReadDb = Annotated[ReadTx, Depends(_read, scope="function")]


class Page(Out, Generic[T]):
    """One page of a list; `next` is the cursor of the page after it, null at the end."""

    items: list[T]
    next: str | None


class ProblemField(BaseModel):
    """One refused field of a problem document."""

    field: str
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem document; `code` is stable, `title` and `detail` are for people."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[ProblemField]
    trace_id: str


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem answers that a route declares in the OpenAPI document."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": "Problem", "content": content} for status in statuses}


class Paging(BaseModel):
    """Query parameters of every list."""

    model_config = ConfigDict(extra="ignore")

    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=500)

    def position(self) -> list[Any] | None:
        """Where the cursor points, as the sort key that `next_cursor` was given. Raises `Invalid`."""
        if self.cursor is None:
            return None
        try:
            value = json.loads(base64.urlsafe_b64decode(self.cursor + "=="))
        except (ValueError, binascii.Error) as error:
            raise Invalid.of("cursor", "bad_cursor") from error
        if not isinstance(value, list):
            raise Invalid.of("cursor", "bad_cursor")
        return value


def next_cursor(*sort_key: Any) -> str:
    """The cursor that continues after the row with this sort key."""
    return base64.urlsafe_b64encode(to_json(list(sort_key))).decode().rstrip("=")


def etag_matches(request: Request, etag: str) -> bool:
    """True when the caller already holds this version, so that a 304 will do."""
    asked = request.headers.get("if-none-match")
    return asked is not None and etag in {
        part.strip().removeprefix("W/") for part in asked.split(",")
    }


def json_bytes(
    content: bytes, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """An answer from bytes that are JSON already."""
    return Response(content, status, headers, media_type="application/json")


class TasklyRoute(APIRoute):
    """A route whose write answers say the seq that they reached and whose POSTs may be repeated."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            key = request.headers.get("idempotency-key")
            if key is None or request.method != "POST":
                return _with_seq(request, await handle(request))
            who = await request.app.state.identify(request)
            if who is None:
                return _with_seq(request, await handle(request))
            if not 0 < len(key) <= 100 or not key.isprintable():
                raise Invalid.of("Idempotency-Key", "bad_idempotency_key")
            stated = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
            mark = hashlib.sha256(stated + await self.body_mark(request)).hexdigest()
            before = await _recalled(request, who, key, mark)
            if before is not None:
                return before
            response = _with_seq(request, await handle(request))
            tx: Tx | None = getattr(request.state, "tx", None)
            if tx is not None and response.status_code < 400:
                for hook in tx.before_commit:
                    await hook(tx)
                tx.before_commit.clear()
                kept = Remembered(response.status_code, bytes(response.body), tx.seq)
                await remember(tx, who, key, mark, kept, until=now() + IDEMPOTENCY_LIFE)
            return response

        return handle_once

    async def body_mark(self, request: Request) -> bytes:
        """What tells this body from another; a route that takes large files gives a digest."""
        return await request.body()


def _with_seq(request: Request, response: Response) -> Response:
    tx: Tx | None = getattr(request.state, "tx", None)
    if tx is not None and tx.seq is not None:
        response.headers["Taskly-Seq"] = str(tx.seq)
    return response


async def _recalled(request: Request, who: str, key: str, mark: str) -> Response | None:
    database: Database = request.app.state.database
    async with database.read() as tx:
        kept = await recall(tx, who, key, mark)
    if kept is None:
        return None
    response = (
        json_bytes(kept.body, kept.status) if kept.body else Response(status_code=kept.status)
    )
    if kept.seq is not None:
        response.headers["Taskly-Seq"] = str(kept.seq)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def problem_response(request: Request, error: TasklyError) -> Response:
    """The problem document of a refusal, in the caller's language."""
    locale = choose_locale(request.headers.get("accept-language"))
    trace_id = request.scope.get("taskly.request_id", "")
    body = {
        "type": f"https://taskly.invalid/problems/{error.code}",
        "title": text(f"status_{error.status}", locale),
        "status": error.status,
        "code": error.code,
        "detail": text(error.code, locale, **error.params),
        "errors": [
            {"field": e.field, "code": e.code, "message": text(e.code, locale, **e.params)}
            for e in error.errors
        ],
        "trace_id": trace_id,
        **error.extra,
    }
    return Response(
        to_json(body),
        error.status,
        error.headers,
        media_type="application/problem+json",
    )


def _from_validation(error: RequestValidationError) -> TasklyError:
    found: list[FieldError] = []
    for item in error.errors():
        if item["type"] == "json_invalid":
            return BadRequest("malformed_json")
        where = [str(part) for part in item["loc"]]
        name = ".".join(where[1:]) or where[0]
        found.append(FieldError(name, item["type"], item.get("ctx") or {}))
    return Invalid(errors=found)


def install_problem_handlers(app: FastAPI) -> None:
    """Every refusal leaves as a problem document, and no failure shows its inside."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, TasklyError)
        return problem_response(request, error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem_response(request, _from_validation(error))

    async def from_framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        inside = error.__cause__
        if isinstance(inside, TasklyError):
            return problem_response(request, inside)
        if error.status_code == 400 and isinstance(inside, ValueError | RecursionError):
            return problem_response(request, BadRequest("malformed_json"))
        refusal = NotFound() if error.status_code == 404 else TasklyError()
        refusal.code = STATUS_CODES.get(error.status_code, "bad_request")
        refusal.status = error.status_code  # type: ignore[misc]
        refusal.headers = dict(error.headers or {})
        return problem_response(request, refusal)

    async def failed(request: Request, error: Exception) -> Response:
        log.error("request_failed", path=request.url.path, exc_info=error)
        return problem_response(request, TasklyError())

    app.add_exception_handler(TasklyError, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, from_framework)
    app.add_exception_handler(Exception, failed)


Identify = Callable[[Request], Awaitable[str | None]]
