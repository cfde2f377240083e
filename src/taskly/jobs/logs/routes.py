"""Routes of logs: pages, a stream that follows, and the whole as text."""

import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from taskly.accounts.auth import accounts_of
from taskly.jobs.capabilities import JobReader
from taskly.jobs.logs.lines import LEVELS, Line
from taskly.jobs.logs.reading import Chunk, Feeds, chunks_after, offset_of_last
from taskly.jobs.queries import see_job
from taskly.jobs.schemas import LogOut
from taskly.kernel.db import Database
from taskly.kernel.http import ReadDb, TasklyRoute, json_bytes, problems
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/jobs", route_class=TasklyRoute, tags=["jobs"])

READ = problems(400, 401, 404, 422, 503)
STREAM = "text/event-stream"
PLAIN = "text/plain"
BEAT_S = 15.0
CHUNKS_SEARCHED = 700
LogAnswers: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Lines as JSON, as a stream that goes on, or as text.",
        "content": {STREAM: {}, PLAIN: {}},
    }
}


class LogQuery(BaseModel):
    """Which lines: those behind an offset or the last ones, of a level at least, with a text in them."""

    model_config = ConfigDict(extra="ignore")

    after: int = Field(0, ge=0, le=2**53)
    tail: int | None = Field(
        None, ge=1, le=200, description="Begin with the last lines, counted over all levels."
    )
    limit: int = Field(500, ge=1, le=5000)
    level: Literal["debug", "info", "warning", "error"] = "debug"
    q: str | None = Field(None, max_length=200)

    def wants(self, line: Line) -> bool:
        """True for a line that is asked for."""
        loud_enough = LEVELS.index(line.level) >= LEVELS.index(self.level)
        return loud_enough and (self.q is None or self.q.lower() in line.text.lower())


@router.get("/{job_id}/logs", response_model=LogOut, responses=READ | LogAnswers)
async def read_log(
    request: Request,
    reader: JobReader,
    db: ReadDb,
    job_id: UUID,
    query: Annotated[LogQuery, Query()],
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """The log of a job. With `Accept: text/event-stream` it goes on; with `text/plain` it is all of it."""
    row = await see_job(db, reader, job_id)
    accepted = request.headers.get("accept", "")
    offset = query.after
    if query.tail is not None:
        offset = max(offset, await offset_of_last(db, job_id, query.tail))
    if STREAM in accepted:
        if last_event_id is not None and last_event_id.isdecimal() and len(last_event_id) < 16:
            offset = int(last_event_id)
        return StreamingResponse(_followed(request, job_id, offset, query), media_type=STREAM)
    if accepted.startswith(PLAIN):
        name = f'attachment; filename="J-{row.number}.log"'
        text = _whole(request.app.state.database, job_id, offset, query)
        return StreamingResponse(text, media_type=PLAIN, headers={"Content-Disposition": name})
    found: list[dict[str, Any]] = []
    searched = 0
    while len(found) < query.limit and searched < CHUNKS_SEARCHED:
        chunks = await chunks_after(db, job_id, offset)
        if not chunks:
            break
        searched += len(chunks)
        for chunk in chunks:
            for shown in _shown(chunk, offset, query):
                if len(found) < query.limit:
                    found.append(shown)
                    offset = shown["offset"]
            if len(found) == query.limit:
                break
            offset = chunk.end
    return json_bytes(to_json({"items": found, "next": offset}))


def _shown(chunk: Chunk, offset: int, query: LogQuery) -> list[dict[str, Any]]:
    return [
        {"offset": end, "at": line.at, "level": line.level, "text": line.text, "attempt": attempt}
        for end, attempt, line in chunk.after(offset)
        if query.wants(line)
    ]


async def _followed(
    request: Request, job_id: UUID, offset: int, query: LogQuery
) -> AsyncIterator[bytes]:
    feeds: Feeds = request.app.state.log_feeds
    said_at = time.monotonic()
    async for chunks in feeds.follow(job_id, offset):
        if _has_ended(request):
            return
        if not chunks and time.monotonic() - said_at < BEAT_S:
            continue
        said_at = time.monotonic()
        text = b"" if chunks else b": still here\n\n"
        for chunk in chunks:
            for line in _shown(chunk, offset, query):
                text += b"id: %d\ndata: %s\n\n" % (line["offset"], to_json(line))
            offset = chunk.end
        yield text
    yield b"event: end\ndata: {}\n\n"


def _has_ended(request: Request) -> bool:
    """True when the session of whoever follows was ended meanwhile."""
    session_id = request.state.actor.session_id
    return session_id is not None and accounts_of(request.app).ended.is_ended(session_id)


async def _whole(
    database: Database, job_id: UUID, offset: int, query: LogQuery
) -> AsyncIterator[bytes]:
    while True:
        async with database.read() as tx:
            chunks = await chunks_after(tx, job_id, offset)
        if not chunks:
            return
        for chunk in chunks:
            lines = [line for _, _, line in chunk.after(offset) if query.wants(line)]
            offset = chunk.end
            text = "".join(
                f"{line.at.isoformat(timespec='milliseconds').replace('+00:00', 'Z')} "
                f"{line.level} {line.text}\n"
                for line in lines
            )
            yield text.encode()
