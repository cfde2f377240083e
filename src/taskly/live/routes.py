"""Where sockets knock: the paths, and which pages may open them."""

from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from taskly.kernel.settings import Settings
from taskly.live.connection import Connection, as_seq
from taskly.live.hub import Hub


def is_welcome(headers: Headers, settings: Settings) -> bool:
    """True for our own pages, for allowed ones, and for programs, which send no Origin."""
    origin = headers.get("origin")
    if origin is None or origin in settings.cors_origins:
        return True
    ours = {headers.get("host", "").lower()}
    if settings.public_url is not None:
        ours.add(urlsplit(settings.public_url).netloc.lower())
    return urlsplit(origin).netloc.lower() in ours - {""}


class SocketEndpoint:
    """An ASGI endpoint: bare, since every layer in between would cost memory on every idle socket."""

    def __init__(self, *, has_many: bool) -> None:
        self._has_many = has_many
        self.__name__ = "channels_socket" if has_many else "board_socket"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = scope["app"]
        hub: Hub = app.state.hub
        await receive()
        if not is_welcome(Headers(scope=scope), hub.settings):
            await send({"type": "websocket.close", "code": 1008})
            return
        await send({"type": "websocket.accept"})
        connection = Connection(hub, app, receive, send, has_many=self._has_many)
        board_id = scope["path_params"].get("board_id")
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("since")
        await connection.serve(board_id, None if asked is None else as_seq(asked[-1]))


router = APIRouter()
router.add_websocket_route("/ws", SocketEndpoint(has_many=True))  # type: ignore[arg-type]
router.add_websocket_route("/ws/board/{board_id}", SocketEndpoint(has_many=False))  # type: ignore[arg-type]
