"""Serves a built single-page app: pure ASGI, precompressed, cached as each file deserves."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

FOREVER = "public, max-age=31536000, immutable"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
NOT_BUILT = "The web app is not built. Run 'make run', or 'npm run build' in the folder 'web'.\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the site with its ready encodings."""

    media_type: str
    etag: str
    bodies: dict[str, bytes]


def _accepts(header: str, encoding: str) -> bool:
    for part in header.split(","):
        name, _, rest = part.strip().partition(";")
        if name.strip().lower() == encoding:
            return rest.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


class StaticSite:
    """The files of one folder, read at the start; unknown pages get `index.html`, unknown files a 404."""

    def __init__(self, folder: Path) -> None:
        self.entries: dict[str, Entry] = {}
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and path.suffix not in {".br", ".gz"} and path.name[0] != ".":
                self.entries["/" + path.relative_to(folder).as_posix()] = self._entry(path)

    @staticmethod
    def _entry(path: Path) -> Entry:
        plain = path.read_bytes()
        bodies = {"": plain}
        for encoding, suffix in ENCODINGS:
            packed = path.with_name(path.name + suffix)
            if packed.exists():
                bodies[encoding] = packed.read_bytes()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind.endswith(("javascript", "json")):
            kind += "; charset=utf-8"
        return Entry(kind, hashlib.sha256(plain).hexdigest()[:20], bodies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = self.answer(scope["method"], scope["path"], Headers(scope=scope))
        await response(scope, receive, send)

    def answer(self, method: str, path: str, headers: Headers) -> Response:
        """The response to a request for a path of the site."""
        if method not in {"GET", "HEAD"}:
            return PlainTextResponse("Method not allowed\n", 405, {"Allow": "GET, HEAD"})
        entry = self.entries.get(path)
        if entry is None:
            if path.startswith("/assets/") or "." in path.rsplit("/", 1)[-1]:
                return PlainTextResponse("Not found\n", 404)
            entry = self.entries.get("/index.html")
            if entry is None:
                return PlainTextResponse(NOT_BUILT, 503)
        wanted = headers.get("accept-encoding", "")
        encoding = next(
            (name for name, _ in ENCODINGS if name in entry.bodies and _accepts(wanted, name)), ""
        )
        answer = {
            "ETag": f'"{entry.etag}{encoding}"',
            "Cache-Control": FOREVER if path.startswith("/assets/") else "no-cache",
            "Vary": "Accept-Encoding",
        }
        if headers.get("if-none-match") == answer["ETag"]:
            return Response(status_code=304, headers=answer)
        if encoding:
            answer["Content-Encoding"] = encoding
        return Response(entry.bodies[encoding], 200, answer, media_type=entry.media_type)
