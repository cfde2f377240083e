"""Jobs as journeys in the browser make them, and where the pages show them."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page

from tests.browser.accounts import Account
from tests.browser.conftest import PATIENCE_MS

ADDRESS = "https://example.org/table"
OVER = {"succeeded", "failed", "discarded", "cancelled", "skipped"}


def submit(who: Account, kind: str, title: str, **more: Any) -> dict[str, Any]:
    """A new job, as the server answers it."""
    made: dict[str, Any] = who.call("POST", "/jobs", {"kind": kind, "title": title, **more})
    return made


def reached(who: Account, job: dict[str, Any], *states: str) -> dict[str, Any]:
    """The job as soon as it is in one of these states."""
    until = time.monotonic() + PATIENCE_MS / 1000
    found: dict[str, Any] = job
    while time.monotonic() < until:
        found = who.call("GET", f"/jobs/{job['id']}")
        if found["state"] in states:
            return found
    raise AssertionError(f"J-{job['number']} is {found['state']}, not {' or '.join(states)}")


def ended(who: Account, kind: str, title: str, **more: Any) -> dict[str, Any]:
    """A job that is over."""
    return reached(who, submit(who, kind, title, **more), *OVER)


def later() -> str:
    """A time far enough ahead that a job does not begin while a test looks at it."""
    return (datetime.now(UTC) + timedelta(hours=2)).isoformat()


def row(page: Page, title: str) -> Any:
    """The line of a job in the list."""
    return page.get_by_role("listitem").filter(has=page.get_by_role("link", name=title, exact=True))
