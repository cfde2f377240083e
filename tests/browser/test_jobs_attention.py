"""The list of jobs: what asks for somebody's eye, and filters that are kept under a name."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accounts import Account
from tests.browser.axe import violations
from tests.browser.conftest import Seats
from tests.browser.job_view import ADDRESS, ended, submit

pytestmark = pytest.mark.browser

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"dark": True},
    "phone": {"phone": True},
    "dark phone": {"dark": True, "phone": True},
    "chinese": {"locale": "zh-CN"},
}
HELD = "held-queue"


@pytest.fixture
def held(admin: Account, anna: Account) -> Iterator[str]:
    """A paused queue that holds two of Anna's jobs up."""
    for title in ("One", "Two"):
        submit(anna, "everything", title, params={"url": ADDRESS}, queue=HELD)
    admin.call("POST", f"/queues/{HELD}/pause", {"reason": "The disk is full"})
    yield HELD
    admin.call("POST", f"/queues/{HELD}/resume")


def attention(page: Page) -> Locator:
    """What asks for somebody's eye."""
    return page.get_by_role("region", name="Needs attention")


def test_failure_asks_for_attention_until_it_was_seen(seats: Seats, anna: Account) -> None:
    ended(anna, "writer", "Prices")
    ended(anna, "broken", "Fetch prices")
    page = seats.open("/jobs", anna)
    finished = page.get_by_role("region", name="Finished")
    expect(attention(page).get_by_role("link", name="Fetch prices")).to_be_visible()
    # It stands once.
    expect(finished.get_by_role("listitem")).to_have_count(1)

    attention(page).get_by_role("button", name="Mark as seen").click()
    expect(finished.get_by_role("link", name="Fetch prices")).to_be_visible()
    expect(attention(page)).to_have_count(0)
    page.reload()
    expect(finished.get_by_role("listitem")).to_have_count(2)
    expect(attention(page)).to_have_count(0)
    ended(anna, "broken", "Fetch weather")

    expect(attention(page).get_by_role("listitem")).to_have_count(1)
    expect(attention(page).get_by_role("link", name="Fetch weather")).to_be_visible()


def test_all_that_failed_is_run_again_at_once(seats: Seats, anna: Account) -> None:
    for title in ("Fetch prices", "Fetch weather"):
        ended(anna, "broken", title)
    page = seats.open("/jobs", anna)
    expect(attention(page).get_by_role("listitem")).to_have_count(2)

    attention(page).get_by_role("button", name="Run all again").click()

    expect(page.get_by_text("2 jobs started again", exact=True)).to_be_visible()
    jobs = anna.call("GET", "/jobs?kind=broken")["items"]
    assert sorted(job["title"] for job in jobs) == ["Fetch prices"] * 2 + ["Fetch weather"] * 2


def test_paused_queue_that_holds_jobs_up_is_told_and_resumed_by_an_administrator(
    seats: Seats, anna: Account, admin: Account, held: str
) -> None:
    page = seats.open("/jobs", anna)
    line = attention(page).get_by_role("listitem").filter(has_text=held)
    expect(line).to_contain_text("The disk is full")
    expect(line.get_by_role("button")).to_have_count(0)
    line.get_by_role("link", name="2 jobs wait").click()
    expect(page).to_have_url(re.compile(f"queue={held}"))
    expect(page.get_by_role("region", name="Waiting").get_by_role("listitem")).to_have_count(2)
    expect(attention(page)).to_have_count(0)

    theirs = seats.open("/jobs", admin)
    line = attention(theirs).get_by_role("listitem").filter(has_text=held)
    line.get_by_role("button", name="Resume the queue").click()

    expect(line).to_have_count(0)


def test_filter_is_kept_under_a_name(seats: Seats, anna: Account) -> None:
    ended(anna, "writer", "Prices")
    ended(anna, "broken", "Fetch prices")
    page = seats.open("/jobs", anna)
    expect(page.get_by_role("link", name="Fetch prices")).to_be_visible()
    kept = page.get_by_role("group", name="Saved filters")
    expect(kept).to_have_count(0)

    page.get_by_role("radio", name="Failed").check()
    kept.get_by_role("button", name="Save this filter").click()
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    page.keyboard.type("Broken ones")
    page.keyboard.press("Enter")
    mine = kept.get_by_role("button", name="Broken ones", exact=True)
    expect(mine).to_have_attribute("aria-pressed", "true")
    kept.get_by_role("button", name="All", exact=True).click()
    expect(page.get_by_role("link", name="Prices", exact=True)).to_be_visible()
    page.reload()
    mine.click()
    expect(page).to_have_url(re.compile("show=failed"))
    expect(page.get_by_role("link", name="Prices", exact=True)).to_have_count(0)

    kept.get_by_role("button", name="Forget the filter “Broken ones”").click()
    expect(mine).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(mine).to_have_attribute("aria-pressed", "true")


def test_filters_of_one_account_are_not_those_of_another(
    seats: Seats, anna: Account, bob: Account
) -> None:
    page = seats.open("/jobs?show=failed", anna)
    page.get_by_role("button", name="Save this filter").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Hers")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Hers", exact=True)).to_be_visible()

    # The same browser, after she has left it.
    page.context.clear_cookies()
    cookies: Any = bob.session()["cookies"]
    page.context.add_cookies(cookies)
    page.reload()

    expect(page.get_by_role("button", name="Save this filter")).to_be_visible()
    expect(page.get_by_role("button", name="Hers")).to_have_count(0)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_where_jobs_need_attention(
    seats: Seats, anna: Account, held: str, look: dict[str, Any]
) -> None:
    anna.call("PATCH", "/auth/me", {"locale": look.get("locale", "en")})
    ended(anna, "broken", "Fetch prices")
    page = seats.open("/jobs?owner=me", anna, **look)
    expect(page.get_by_role("listitem").filter(has_text=held).first).to_be_visible()
    expect(page.get_by_role("link", name="Fetch prices")).to_be_visible()
    save = page.locator("[aria-pressed=false] ~ button").last
    save.click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Mine")
    found = violations(page, "name of a filter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Mine", exact=True).first).to_be_visible()
    found += violations(page, "list")

    assert found == []
