"""A web server with records to collect: paged in each way, polite and impolite, and one that fails when told."""

import asyncio
import json
from collections import Counter
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

PAGES = 4
PER_PAGE = 3
TOTAL = PAGES * PER_PAGE
ITEMS: list[dict[str, Any]] = [
    {"id": number, "name": f"Thing {number}", "tags": ["a", "b"], "price": {"eur": number / 2}}
    for number in range(TOTAL)
]
CSV = "id;name\r\n" + "".join(f"{item['id']};{item['name']}\r\n" for item in ITEMS)
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><guid isPermaLink="false">1</guid><title>First &amp; best</title><link>/one</link>
<pubDate>Tue, 24 Nov 2026 10:00:00 +0100</pubDate></item>
<item><guid isPermaLink="false">2</guid><title>Second</title><link>https://example.com/two</link></item>
</channel></rss>"""
ROBOTS = "User-agent: *\nDisallow: /private\n"


class Held:
    """An address that is answered only once somebody says so."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.released = asyncio.Event()


class Records:
    """The application, and what was asked of it."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.headers: list[dict[str, str]] = []
        self.fail_once: set[str] = set()
        self.held: dict[str, Held] = {}
        self.app = Starlette(routes=[Route("/{path:path}", self._answer)])

    async def _answer(self, request: Request) -> Response:
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self.asked[path] += 1
        self.headers.append(dict(request.headers))
        if path in self.held:
            self.held[path].asked.set()
            await self.held[path].released.wait()
        if path in self.fail_once:
            self.fail_once.remove(path)
            return PlainTextResponse("not now", 500)
        name = request.url.path.strip("/").partition("/")[0]
        answer = getattr(self, f"_{name.replace('.', '_')}", None)
        return PlainTextResponse("no", 404) if answer is None else answer(request)

    def _robots_txt(self, request: Request) -> Response:
        return PlainTextResponse(ROBOTS)

    def _private(self, request: Request) -> Response:
        return JSONResponse(ITEMS)

    def _numbered(self, request: Request) -> Response:
        number = int(request.query_params["page"])
        first = (number - 1) * PER_PAGE
        return JSONResponse({"items": ITEMS[first : first + PER_PAGE]})

    def _overlapping(self, request: Request) -> Response:
        first = int(request.query_params["page"]) - 1
        return (
            JSONResponse(ITEMS[first : first + PER_PAGE]) if first < TOTAL else Response(None, 404)
        )

    def _table_wide(self, request: Request) -> Response:
        return PlainTextResponse(f'a,b\n1,"{"x" * 200_000}"\n')

    def _moved(self, request: Request) -> Response:
        return RedirectResponse("/private/things")

    def _cursor(self, request: Request) -> Response:
        first = int(request.query_params.get("cursor", 0))
        following = first + PER_PAGE
        more = following if following < TOTAL else None
        return JSONResponse({"items": ITEMS[first:following], "meta": {"next": more}})

    def _linked(self, request: Request) -> Response:
        first = int(request.query_params.get("from", 0))
        following = first + PER_PAGE
        links = ['</linked>; rel="first"', f'</linked?from={following}>; title="on"; rel="next"']
        headers = {"Link": ", ".join(links if following < TOTAL else links[:1])}
        return JSONResponse(ITEMS[first:following], headers=headers)

    def _circle(self, request: Request) -> Response:
        return JSONResponse({"items": ITEMS[:PER_PAGE], "next": str(request.url)})

    def _table_csv(self, request: Request) -> Response:
        return Response("\ufeff" + CSV, media_type="text/csv; charset=utf-8")

    def _feed(self, request: Request) -> Response:
        return Response(RSS, media_type="application/rss+xml")

    def _page(self, request: Request) -> Response:
        number = int(request.query_params.get("n", 1))
        first = (number - 1) * PER_PAGE
        rows = "".join(
            f'<li class="thing"><a href="/things/{i["id"]}">{i["name"]}</a> <b>{i["price"]["eur"]}</b></li>'
            for i in ITEMS[first : first + PER_PAGE]
        )
        more = f'<a class="next" href="?n={number + 1}">more</a>' if number < PAGES else ""
        return HTMLResponse(f"<html><ul>{rows}</ul>{more}</html>")

    def _busy(self, request: Request) -> Response:
        if self.asked["/busy"] == 1:
            return PlainTextResponse("later", 429, headers={"Retry-After": "0"})
        return JSONResponse(ITEMS)

    def _doubles(self, request: Request) -> Response:
        return JSONResponse([*ITEMS, *ITEMS, {"id": 0, "name": "=1+1"}])

    def _broken(self, request: Request) -> Response:
        return PlainTextResponse(json.dumps(ITEMS)[:-5])
