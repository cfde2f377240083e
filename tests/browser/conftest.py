"""Fixtures: a server, Chromium, and a page for each person who takes part."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.application import database_address
from tests.browser.accounts import Account, register
from tests.browser.installation import installation
from tests.browser.watch import Watch

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# Long, because the machine may be busy; a test that passes never waits for it.
PATIENCE_MS = 15_000
# A name within a house, where browsers trust plain HTTP less than on 127.0.0.1.
PLAIN_HOST = "taskly.test"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, which reaches nothing but this machine."""
    binary = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if binary is None:
        missing = "Chromium is missing; on Debian: apt-get install chromium"
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"{missing}; CI must not pass by skipping", pytrace=False)
        pytest.skip(f"MISSING SERVER: {missing}")
    flags = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-dev-shm-usage",
        "--disable-extensions",
        "--disable-sync",
        "--no-first-run",
        f"--host-resolver-rules=MAP {PLAIN_HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": binary, "args": flags}


@pytest.fixture(scope="session")
def admin(
    db: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Account]:
    """The first user of the installation that most journeys share."""
    with installation(tmp_path_factory.mktemp("taskly"), database_address(request)) as url:
        yield register(url, "Ada First")


@pytest.fixture(scope="session")
def taskly_url(admin: Account) -> str:
    """The address of the installation that most journeys share."""
    return admin.url


@pytest.fixture
def new_taskly_url(db: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an installation that nobody has used yet."""
    with installation(tmp_path, database_address(request)) as url:
        yield url


@pytest.fixture
def anna(taskly_url: str) -> Account:
    """Somebody who has an account."""
    return register(taskly_url, "Anna Berg")


@pytest.fixture
def bob(taskly_url: str) -> Account:
    """Somebody else who has an account."""
    return register(taskly_url, "Bob Lindt")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What went wrong unseen in any page of the test; it fails the test at its end."""
    watching = Watch()
    yield watching
    if watching.problems:
        pytest.fail("\n".join(["went wrong in the pages:", *watching.problems]), pytrace=False)


class Seats:
    """Opens a browser of its own for each person, at the page that the test names."""

    def __init__(self, browser: Browser, url: str, watch: Watch, contexts: ExitStack) -> None:
        self._browser = browser
        self._url = url
        self._watch = watch
        self._contexts = contexts

    def context(
        self,
        who: Account | None = None,
        *,
        locale: str = "en-GB",
        dark: bool = False,
        phone: bool = False,
        url: str | None = None,
    ) -> BrowserContext:
        """A browser in which this person is signed in, or nobody."""
        context = self._browser.new_context(
            base_url=url or (who.url if who else self._url),
            locale=locale,
            timezone_id="Europe/Berlin",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            is_mobile=phone,
            has_touch=phone,
            storage_state=who.session() if who else None,
        )
        self._contexts.callback(context.close)
        context.set_default_timeout(PATIENCE_MS)
        self._watch.follow(context, who.name if who else "a visitor")
        return context

    def open(self, path: str, who: Account | None = None, **look: Any) -> Page:
        """A page at this address, in a browser of its own."""
        page = self.context(who, **look).new_page()
        page.goto(path)
        return page


@pytest.fixture
def seats(browser: Browser, taskly_url: str, watch: Watch) -> Iterator[Seats]:
    """Opens pages for people; all are closed at the end."""
    with ExitStack() as contexts:
        yield Seats(browser, taskly_url, watch, contexts)
