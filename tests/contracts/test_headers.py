"""Security headers are on every answer, whoever gives it."""

import os
import stat
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from taskly.app import create_app
from taskly.kernel.crypto import SECRET_FILE, signing_key
from taskly.kernel.settings import Settings
from tests.application import client_of

WEB = {
    "index.html": "<!doctype html><title>Taskly</title>",
    "assets/app-1a2b.js": "export {}",
}


@pytest.fixture
def with_site(tmp_path: Path) -> FastAPI:
    """An application with a small web app, which is never started: no answer here needs a database."""
    web = tmp_path / "web"
    for name, text in WEB.items():
        path = web / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return create_app(Settings(data_dir=tmp_path / "data", web_dir=web))


@pytest.mark.parametrize(
    "path",
    ["/", "/boards/some-board", "/assets/app-1a2b.js", "/assets/gone.js", "/health/live",
     "/api/v1/boards", "/api/v1/nowhere", "/api/v1/openapi.json"],
)  # fmt: skip
async def test_answer_tells_the_browser_what_not_to_do(with_site: FastAPI, path: str) -> None:
    async with client_of(with_site) as http:
        headers = (await http.get(f"https://taskly.test{path}")).headers

    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["x-request-id"]
    await with_site.state.database.dispose()


@pytest.mark.parametrize(
    ("origin", "is_sent"),
    [
        ("https://taskly.test", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1", True),
        ("http://[::1]:8000", True),
        ("http://taskly.test", False),
        ("http://127.0.0.1.taskly.test:8000", False),
    ],
)
async def test_opener_policy_is_sent_where_browsers_heed_it(
    with_site: FastAPI, origin: str, is_sent: bool
) -> None:
    async with client_of(with_site) as http:
        headers = (await http.get(f"{origin}/")).headers

    assert ("cross-origin-opener-policy" in headers) is is_sent
    await with_site.state.database.dispose()


async def test_opener_policy_is_sent_where_tls_ends_in_front(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path / "data", cookie_secure=True))
    async with client_of(app) as http:
        headers = (await http.get("/health/live")).headers

    assert headers["cross-origin-opener-policy"] == "same-origin"
    await app.state.database.dispose()


async def test_failures_carry_the_headers_too(http: AsyncClient) -> None:
    answer = await http.post("/api/v1/boards", content=b"{")

    assert answer.status_code == 401
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    ("asked", "kept"),
    [("abc-123", True), ("x" * 64, True), ("x" * 65, False), ("a\tb", False), ("<b>", False)],
)
async def test_request_id_is_taken_over_where_it_is_plain(
    http: AsyncClient, asked: str, kept: bool
) -> None:
    answer = await http.get("/health/live", headers={"X-Request-Id": asked})

    assert (answer.headers["x-request-id"] == asked) is kept
    assert answer.headers["x-request-id"].replace("-", "").isalnum()


async def test_page_of_the_api_loads_from_this_server_alone(with_site: FastAPI) -> None:
    async with client_of(with_site) as http:
        answer = await http.get("/api/docs")

    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe-eval" not in answer.headers["content-security-policy"]
    assert "https://" not in answer.text
    await with_site.state.database.dispose()


def test_made_secret_is_for_its_owner_alone_and_stays(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        settings = Settings(data_dir=tmp_path / "data")
        first = signing_key(settings)
    finally:
        os.umask(old)

    path = tmp_path / "data" / SECRET_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert signing_key(settings) == first
    assert len(first) >= 48
    assert [entry.name for entry in path.parent.iterdir()] == [SECRET_FILE]


def test_short_secret_is_refused(tmp_path: Path) -> None:
    settings = Settings.model_validate({"data_dir": tmp_path, "secret_key": "short"})

    with pytest.raises(ValueError, match="TASKLY_SECRET_KEY"):
        signing_key(settings)
