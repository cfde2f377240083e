"""Web requests as jobs: what they send, what they check, what is tried again, and where they never get."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from tests.live.sockets import listening
from tests.make.boards import Json, Person
from tests.make.jobs import done, ended, log_lines, submit, until


class Canary:
    """Listens on the inside, on both loopback addresses; whoever connects is counted."""

    def __init__(self) -> None:
        self.connections = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
        await writer.drain()
        writer.close()


@pytest.fixture(scope="session")
async def inside() -> AsyncIterator[Canary]:
    canary = Canary()
    async with await asyncio.start_server(canary.serve, "127.0.0.1", 0) as server:
        canary.port = server.sockets[0].getsockname()[1]
        async with await asyncio.start_server(canary.serve, "::1", canary.port):
            yield canary


async def echo(request: Request) -> Response:
    body = (await request.body()).decode()
    return JSONResponse(
        {"method": request.method, "headers": dict(request.headers), "body": body, "ok": True}
    )


async def with_status(request: Request) -> Response:
    return PlainTextResponse("as asked", int(request.path_params["status"]))


async def redirect(request: Request) -> Response:
    return RedirectResponse(request.query_params["to"])


async def silent(request: Request) -> Response:
    await asyncio.sleep(600)
    return PlainTextResponse("late")


async def trickling(request: Request) -> Response:
    async def drops() -> AsyncIterator[bytes]:
        for _ in range(6000):
            yield b"."
            await asyncio.sleep(0.1)

    return StreamingResponse(drops())


async def huge(request: Request) -> Response:
    async def blocks() -> AsyncIterator[bytes]:
        for _ in range(400):
            yield bytes(1 << 16)

    return StreamingResponse(blocks())


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
SITE = Starlette(
    routes=[
        Route("/echo", echo, methods=METHODS),
        Route("/status/{status}", with_status, methods=METHODS),
        Route("/redirect", redirect, methods=METHODS),
        Route("/silent", silent, methods=METHODS),
        Route("/trickling", trickling),
        Route("/huge", huge),
    ]
)


@pytest.fixture(scope="session")
async def web() -> AsyncIterator[str]:
    async with listening(SITE, "127.0.0.2") as address:
        yield f"http://{address}"


@pytest.fixture(scope="session")
async def other_web() -> AsyncIterator[str]:
    """The same pages on another origin."""
    async with listening(SITE, "127.0.0.2") as address:
        yield f"http://{address}"


async def test_request_is_sent_as_it_is_described(anna: Person, web: str) -> None:
    over = await done(
        anna,
        "http",
        {
            "url": f"{web}/echo",
            "method": "POST",
            "headers": {"X-Colour": "blue"},
            "body": "grüß dich",
            "save": True,
        },
    )

    assert over["state"] == "succeeded", over["error"]
    assert over["result"]["status"] == 200
    kept = (await anna.call("GET", f"/jobs/{over['id']}/files/data")).json()
    assert (kept["method"], kept["body"]) == ("POST", "grüß dich")
    assert kept["headers"]["x-colour"] == "blue"
    assert "proxy-authorization" not in kept["headers"]


async def test_secret_is_sent_and_never_seen(anna: Person, web: str) -> None:
    over = await done(
        anna,
        "http",
        {
            "url": f"{web}/echo",
            "secret": "Bearer very-secret-value",
            "json_path": "headers.authorization",
            "json_equals": "Bearer very-secret-value",
        },
    )

    assert over["state"] == "succeeded", over["error"]
    seen = f"{over} {await log_lines(anna, over['id'])}"
    assert "json_path" in seen
    assert "very-secret-value" not in seen.replace(over["params"]["json_equals"], "")


@pytest.mark.parametrize(
    "check",
    [
        {"text": '"ok":true'},
        {"json_path": "method"},
        {"json_path": "ok", "json_equals": "true"},
        {"statuses": [200, 204]},
        {"fastest_ms": 60_000},
    ],
)
async def test_answer_that_is_as_expected_succeeds(anna: Person, web: str, check: Json) -> None:
    over = await done(anna, "http", {"url": f"{web}/echo", **check})

    assert over["state"] == "succeeded", over["error"]


@pytest.mark.parametrize(
    ("path", "check", "code"),
    [
        ("echo", {"text": "nowhere in it"}, "text_missing"),
        ("echo", {"json_path": "items.0"}, "json_missing"),
        ("echo", {"json_path": "method", "json_equals": "PUT"}, "json_differs"),
        ("status/200", {"json_path": "method"}, "not_json"),
        ("echo", {"statuses": [204]}, "unexpected_status"),
        ("status/404", {}, "unexpected_status"),
        ("redirect?to=/echo", {}, "unexpected_status"),
        ("echo", {"fastest_ms": 1}, "too_slow"),
        ("huge", {}, "answer_too_large"),
        ("status/500", {"method": "POST"}, "unexpected_status"),
        ("silent", {"method": "POST", "within_s": 0.3}, "not_answered"),
    ],
)
async def test_what_cannot_get_better_fails_at_once(
    anna: Person, web: str, path: str, check: Json, code: str
) -> None:
    over = await done(anna, "http", {"url": f"{web}/{path}", **check})

    assert (over["state"], over["attempt"]) == ("failed", 1), over
    assert over["error"]["code"] == code


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("status/500", {}, "unexpected_status"),
        ("status/503", {"method": "POST"}, "unexpected_status"),
        ("status/429", {"method": "POST"}, "unexpected_status"),
        ("silent", {"within_s": 0.3}, "not_reachable"),
        ("trickling", {"within_s": 0.5}, "not_reachable"),
    ],
)
async def test_what_may_pass_is_tried_again(
    anna: Person, web: str, path: str, params: Json, code: str
) -> None:
    over = await done(anna, "http", {"url": f"{web}/{path}", **params}, max_attempts=2)

    assert (over["state"], over["attempt"]) == ("discarded", 2), over
    assert over["error"]["code"] == code


async def test_host_that_does_not_listen_is_tried_again(anna: Person) -> None:
    url = "http://127.0.0.2:1/"
    over = await done(anna, "http", {"url": url, "method": "POST"}, max_attempts=2)

    assert (over["state"], over["attempt"]) == ("discarded", 2)
    assert over["error"]["code"] == "not_reachable"


async def test_redirect_to_another_origin_gets_no_headers(
    anna: Person, web: str, other_web: str
) -> None:
    sent = {"headers": {"X-Key": "k-1"}, "secret": "Bearer abc", "redirects": 1, "save": True}
    for target, gets in ((web, True), (other_web, False)):
        url = f"{web}/redirect?to={target}/echo"
        over = await done(anna, "http", {"url": url, **sent})

        assert over["state"] == "succeeded", over["error"]
        kept = (await anna.call("GET", f"/jobs/{over['id']}/files/data")).json()
        assert ("x-key" in kept["headers"]) is gets
        assert ("authorization" in kept["headers"]) is gets


async def test_request_that_hangs_can_be_cancelled(anna: Person, web: str) -> None:
    made = await submit(anna, "http", {"url": f"{web}/silent", "within_s": 600})
    await until(anna, made["id"], "running")

    await anna.want(200, "POST", f"/jobs/{made['id']}/cancel")

    assert (await ended(anna, made["id"]))["state"] == "cancelled"


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f000001", "[::ffff:127.0.0.1]"])
@pytest.mark.parametrize("way", ["{target}", "{web}/redirect?to={target}"])
async def test_no_request_reaches_the_inside(
    anna: Person, web: str, inside: Canary, host: str, way: str
) -> None:
    url = way.format(web=web, target=f"http://{host}:{inside.port}/")

    over = await done(anna, "http", {"url": url, "redirects": 2})

    assert (over["state"], over["attempt"]) == ("failed", 1), over
    assert over["error"]["code"] == "address_not_allowed"
    assert inside.connections == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "http://a:b@example.com/"}, "url"),
        ({"method": "CONNECT"}, "method"),
        ({"headers": {"Host": "other"}}, "headers"),
        ({"headers": {"Authorization": "Bearer a"}}, "headers"),
        ({"headers": {"X Y": "z"}}, "headers"),
        ({"headers": {"X-Y": "a\r\nHost: other"}}, "headers.X-Y"),
        ({"secret": "a\nb"}, "secret"),
        ({"secret_header": "Proxy-Authorization"}, "secret_header"),
        ({"redirects": 99}, "redirects"),
        ({"within_s": 0}, "within_s"),
        ({"statuses": [99]}, "statuses.0"),
        ({"json_path": "a..b"}, "json_path"),
        ({"verify": False}, "verify"),
    ],
)
async def test_bad_request_is_refused_with_its_field(
    anna: Person, change: Json, field: str
) -> None:
    params = {"url": "http://example.com/", **change}

    problem = await anna.want(422, "POST", "/jobs", {"kind": "http", "params": params})

    assert [error["field"] for error in problem["errors"]] == [f"params.{field}"]
