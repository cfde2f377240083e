"""Answers reads of boards from memory alone, before any routing; everything else goes on to the routes."""

from typing import Any
from uuid import UUID

from fastapi import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from taskly.accounts.auth import known_person
from taskly.boards.snapshot import Snapshot, SnapshotCache

LENGTH_OF_ID = 36
ALWAYS = ((b"cache-control", b"private, no-cache"), (b"vary", b"Accept-Encoding"))


class ReadyResponse(Response):
    """A response whose headers are bytes already: making them costs more than the rest of a cached answer."""

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code = status
        self.body = body
        self.raw_headers = headers
        self.background = None


def board_response(
    snapshot: Snapshot, held: str, accepted: str, role: str, *, starred: bool
) -> Response:
    """A board for one reader: 304 where the reader has held this seq already, gzip where it is accepted."""
    etag = f'"{snapshot.seq}"'
    headers = [(b"etag", etag.encode()), *ALWAYS]
    if etag in {part.strip().removeprefix("W/") for part in held.split(",")}:
        return ReadyResponse(304, b"", headers)
    zipped = "gzip" in accepted
    if zipped:
        headers.append((b"content-encoding", b"gzip"))
    body = snapshot.answer(role, starred=starred, zipped=zipped)
    headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    return ReadyResponse(200, body, headers)


class ReadyBoards:
    """In front of the routes: `GET <prefix>/<board id>` by a member, while memory has the newest seq."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self.prefix = prefix + "/"
        self.length = len(self.prefix) + LENGTH_OF_ID

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "http"
            and scope["method"] == "GET"
            and len(scope["path"]) == self.length
            and scope["path"].startswith(self.prefix)
        ):
            response = self._from_memory(scope)
            if response is not None:
                await response(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _from_memory(self, scope: Scope) -> Response | None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        least = headers.get(b"taskly-min-seq", "0")
        scheme, _, token = headers.get(b"authorization", "").partition(" ")
        board_id = _uuid(scope["path"][len(self.prefix) :])
        if board_id is None or scheme.lower() != "bearer" or not least.isdecimal():
            return None
        application: Any = scope["app"]
        user_id = known_person(application, token.strip())
        if user_id is None:
            return None
        cache: SnapshotCache = application.state.snapshots
        snapshot = cache.ready(board_id, int(least))
        stars = cache.ready_stars(user_id)
        if snapshot is None or stars is None or snapshot.is_deleted:
            return None
        role = snapshot.roles.get(user_id)
        if role is None:
            return None
        held, accepted = headers.get(b"if-none-match", ""), headers.get(b"accept-encoding", "")
        return board_response(snapshot, held, accepted, role, starred=board_id in stars)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
