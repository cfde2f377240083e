"""The web app's files: packed, cached as each deserves, and nothing from outside the folder."""

import gzip
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.responses import Response

from taskly.kernel.static_site import FOREVER, NOT_BUILT, StaticSite

pytestmark = pytest.mark.sqlite_only

SCRIPT = b"export const answer = 42\n"
PAGE = b"<!doctype html><title>Taskly</title>"


@pytest.fixture
def site(tmp_path: Path) -> StaticSite:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_bytes(PAGE)
    (folder / "favicon.svg").write_bytes(b"<svg/>")
    (folder / "assets" / "app-1a2b.js").write_bytes(SCRIPT)
    (folder / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets" / "app-1a2b.js.br").write_bytes(b"brotli")
    (folder / ".hidden").write_bytes(b"secret")
    (tmp_path / "outside.txt").write_bytes(b"secret")
    return StaticSite(folder)


def ask(site: StaticSite, path: str, method: str = "GET", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.answer(method, path, Headers(named))


def test_packed_file_goes_to_who_takes_it(site: StaticSite) -> None:
    path = "/assets/app-1a2b.js"
    plain = ask(site, path)
    packed = ask(site, path, accept_encoding="gzip, deflate")
    best = ask(site, path, accept_encoding="gzip, deflate, br")
    refused = ask(site, path, accept_encoding="br;q=0, gzip;q=0")

    assert (plain.body, refused.body) == (SCRIPT, SCRIPT)
    assert gzip.decompress(bytes(packed.body)) == SCRIPT
    assert best.headers["content-encoding"] == "br"
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert len({answer.headers["etag"] for answer in (plain, packed, best)}) == 3
    assert all(answer.headers["vary"] == "Accept-Encoding" for answer in (plain, packed, best))


def test_named_assets_are_kept_for_ever_and_pages_are_asked_for_again(site: StaticSite) -> None:
    assert ask(site, "/assets/app-1a2b.js").headers["cache-control"] == FOREVER
    assert ask(site, "/").headers["cache-control"] == "no-cache"
    assert ask(site, "/favicon.svg").headers["cache-control"] == "no-cache"


def test_unchanged_file_answers_304(site: StaticSite) -> None:
    first = ask(site, "/assets/app-1a2b.js")

    again = ask(site, "/assets/app-1a2b.js", if_none_match=first.headers["etag"])

    assert (again.status_code, bytes(again.body)) == (304, b"")


@pytest.mark.parametrize("path", ["/", "/boards/0198c000", "/settings/profile", "/share/x"])
def test_pages_of_the_app_are_its_index(site: StaticSite, path: str) -> None:
    answer = ask(site, path)

    assert (answer.status_code, answer.body) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    ["/assets/gone.js", "/assets/", "/favicon.ico", "/.hidden", "/../outside.txt",
     "/assets/../../outside.txt", "/%2e%2e/outside.txt", "/assets/app-1a2b.js.gz"],
)  # fmt: skip
def test_file_that_is_not_part_of_the_app_is_not_found(site: StaticSite, path: str) -> None:
    answer = ask(site, path)

    assert answer.status_code == 404
    assert b"secret" not in answer.body


def test_files_are_read_only(site: StaticSite) -> None:
    answer = ask(site, "/", method="POST")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_types_are_named(site: StaticSite) -> None:
    script = ask(site, "/assets/app-1a2b.js").headers["content-type"]

    assert script == "text/javascript; charset=utf-8"
    assert ask(site, "/favicon.svg").headers["content-type"] == "image/svg+xml"


def test_app_that_was_not_built_says_how(tmp_path: Path) -> None:
    answer = ask(StaticSite(tmp_path / "nowhere"), "/")

    assert (answer.status_code, bytes(answer.body).decode()) == (503, NOT_BUILT)
