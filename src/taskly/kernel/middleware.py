"""Pure ASGI middleware: request ids, security headers, body limits, one log line a request."""

import time
from collections.abc import Mapping

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taskly.kernel.errors import TooLarge
from taskly.kernel.ids import new_id
from taskly.kernel.log import get_logger

log = get_logger(__name__)

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
INLINE_POLICY = CONTENT_SECURITY_POLICY.replace(
    "script-src 'self'; style-src 'self'",
    "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'",
)
"""For a page of somebody else's making that carries its script and styles inside."""
CSP = b"content-security-policy"
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
"""Of every answer that does not bring its own."""
OPENER_POLICY = (b"cross-origin-opener-policy", b"same-origin")
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
LONGEST_REQUEST_ID = 64
NOT_MODIFIED = 304


class RequestContext:
    """Gives each request an id, logs it, and puts the security headers on its answer.

    A route that needs a stricter policy, as one that serves somebody's file, sets that header itself.
    """

    def __init__(
        self, app: ASGIApp, policies: Mapping[str, str] | None = None, *, behind_tls: bool = False
    ) -> None:
        self.app = app
        self.policies = policies or {}
        self.behind_tls = behind_tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = _stated(scope, b"x-request-id")
        plain = asked.isascii() and asked.replace("-", "").isalnum()
        request_id = asked if plain and len(asked) <= LONGEST_REQUEST_ID else new_id().hex
        scope["taskly.request_id"] = request_id
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = message.get("headers", ())
                own: list[tuple[bytes, bytes]] = [(b"x-request-id", request_id.encode())]
                # To a 304 the headers of the answer that the browser has kept apply.
                if status != NOT_MODIFIED:
                    policy = self.policies.get(scope["path"], CONTENT_SECURITY_POLICY)
                    own += [(CSP, policy.encode()), *SECURITY_HEADERS]
                    if self.behind_tls or _is_trusted(scope):
                        own.append(OPENER_POLICY)
                names = {name for name, _ in given}
                message["headers"] = [*given, *(pair for pair in own if pair[0] not in names)]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_headers)
            finally:
                log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )


def _is_trusted(scope: Scope) -> bool:
    """Whether browsers trust the address; on others they ignore an opener policy, and complain."""
    host = _stated(scope, b"host")
    return scope["scheme"] == "https" or host.rpartition(":")[0] in LOOPBACK or host in LOOPBACK


def _stated(scope: Scope, header: bytes) -> str:
    for name, value in scope["headers"]:
        if name == header:
            return str(value, "latin-1")
    return ""


class BodyLimit:
    """Refuses bodies over a limit, also those that do not say their length; some paths have their own."""

    def __init__(self, app: ASGIApp, limit: int, by_prefix: Mapping[str, int]) -> None:
        self.app = app
        self.limit = limit
        self.by_prefix = by_prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        limit = next(
            (size for path, size in self.by_prefix.items() if scope["path"].startswith(path)),
            self.limit,
        )
        stated = _stated(scope, b"content-length")
        received = int(stated) if stated.isdigit() else 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            if not stated.isdigit():
                received += len(message.get("body", b""))
            if received > limit:
                raise TooLarge(limit=limit)
            return message

        await self.app(scope, receive_within_limit, send)
