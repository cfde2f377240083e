"""The pages on which people watch jobs: the list, and a job with its log and its files."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.accounts import Account
from tests.browser.axe import violations
from tests.browser.conftest import Seats
from tests.browser.job_view import ADDRESS, OVER, ended, later, reached, row, submit
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"dark": True},
    "phone": {"phone": True},
    "dark phone": {"dark": True, "phone": True},
    "chinese": {"locale": "zh-CN"},
}


@pytest.fixture
def running(anna: Account) -> Iterator[dict[str, Any]]:
    """A job that runs as long as the test does."""
    job = submit(anna, "patient", "Night watch", params={"message": "2 of 3"})
    yield reached(anna, job, "running")
    if reached(anna, job, "running", "cancelling", *OVER)["state"] == "running":
        anna.call("POST", f"/jobs/{job['id']}/cancel")
    reached(anna, job, *OVER)


def test_list_follows_a_job_to_its_end_without_being_loaded_again(
    seats: Seats, anna: Account, running: dict[str, Any]
) -> None:
    page = seats.open("/jobs", anna)
    line = row(page, "Night watch")
    expect(line).to_contain_text("Running")
    expect(line).to_contain_text("64%")

    anna.call("POST", f"/jobs/{running['id']}/cancel")

    expect(line).to_contain_text("Cancelled")


def test_list_is_narrowed_and_a_reload_shows_the_same(seats: Seats, anna: Account) -> None:
    ended(anna, "writer", "Prices")
    ended(anna, "broken", "Fetch prices")
    submit(anna, "everything", "Tomorrow", params={"url": ADDRESS}, run_at=later())
    page = seats.open("/jobs", anna)
    waiting = page.get_by_role("region", name="Waiting")
    expect(waiting.get_by_role("link", name="Tomorrow")).to_be_visible()
    for region in ("Needs attention", "Finished"):
        expect(page.get_by_role("region", name=region).get_by_role("listitem")).to_have_count(1)

    page.get_by_role("radio", name="Failed").check()
    expect(page.get_by_role("link", name="Fetch prices")).to_be_visible()
    expect(page.get_by_role("link", name="Prices", exact=True)).to_have_count(0)
    expect(page.get_by_role("region", name="Waiting")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Kind:")).click()
    page.get_by_role("option", name="Broken").click()
    page.get_by_role("button", name="Mine").click()
    page.get_by_role("button", name=re.compile("^Time:")).click()
    page.get_by_role("option", name="Last 24 hours").click()
    expect(page).to_have_url(re.compile("time=day"))
    page.reload()
    expect(page.get_by_role("link", name="Fetch prices")).to_be_visible()
    expect(page.get_by_role("button", name="Kind: Broken")).to_be_visible()
    expect(page.get_by_role("button", name="Mine")).to_have_attribute("aria-pressed", "true")

    page.get_by_role("searchbox").fill("no such thing")
    expect(page.get_by_text("No job matches.")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Clear filters").last.click()
    expect(page.get_by_role("link", name="Tomorrow")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/jobs$"))


def test_waiting_job_tells_what_holds_it(
    seats: Seats, anna: Account, running: dict[str, Any]
) -> None:
    submit(anna, "everything", "Tomorrow", params={"url": ADDRESS}, run_at=later())
    submit(anna, "everything", "After it", params={"url": ADDRESS}, after=[running["id"]])
    page = seats.open("/jobs", anna)

    row(page, "Tomorrow").get_by_role("button", name=re.compile("^Why")).click()
    expect(page.get_by_role("dialog")).to_contain_text("Waits for its time.")
    expect(page.get_by_role("dialog")).to_contain_text("in 2 hr")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="After it").focus()
    page.keyboard.press("w")
    page.get_by_role("dialog").get_by_role("link", name=f"J-{running['number']}").click()

    expect(page).to_have_url(re.compile(f"q=J-{running['number']}"))
    expect(page.get_by_role("link", name="Night watch")).to_be_visible()


def test_jobs_are_chosen_and_changed_by_the_keyboard(seats: Seats, anna: Account) -> None:
    for title in ("One", "Two", "Three"):
        submit(anna, "everything", title, params={"url": ADDRESS}, run_at=later())
    page = seats.open("/jobs", anna)
    expect(page.get_by_role("link", name="One")).to_be_visible()

    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Three")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("j")
    page.keyboard.press("Shift+Space")
    expect(page.get_by_role("toolbar")).to_contain_text("2 selected")
    page.keyboard.press("x")
    expect(row(page, "Two")).to_contain_text("Cancelled")
    expect(row(page, "Three")).to_contain_text("Cancelled")
    expect(row(page, "One")).to_contain_text("Scheduled")
    expect(page.get_by_role("toolbar")).to_have_count(0)

    page.get_by_role("checkbox", name="Select “Two”").check()
    page.get_by_role("checkbox", name="Select “Three”").check()
    page.get_by_role("button", name="Delete 2").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name="Two")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.get_by_role("link", name="One").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="One")).to_be_visible()


def test_running_job_is_cancelled_from_its_page(
    seats: Seats, anna: Account, running: dict[str, Any]
) -> None:
    page = seats.open(f"/jobs/{running['id']}", anna)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "64")
    expect(page.get_by_text("2 of 3").first).to_be_visible()

    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_role("button", name="Run again")).to_be_visible()
    assert reached(anna, running, *OVER)["state"] == "cancelled"


def test_failed_job_says_why_and_is_run_again(seats: Seats, anna: Account) -> None:
    job = ended(anna, "broken", "Fetch prices")
    page = seats.open(f"/jobs/{job['id']}", anna)
    expect(page.get_by_role("main")).to_contain_text("The page layout changed")

    page.get_by_role("button", name="Run again").click()

    expect(page).not_to_have_url(re.compile(job["id"]))
    expect(page.get_by_role("heading", name="Fetch prices")).to_be_visible()
    again = anna.call("GET", f"/jobs/{page.url.rsplit('/', 1)[1]}")
    assert again["retry_of"] == job["id"]


def test_overview_shows_the_end_of_the_log_while_it_is_written(seats: Seats, anna: Account) -> None:
    job = submit(anna, "diary", "Diary", params={"lines": 40})
    reached(anna, job, "running")
    page = seats.open(f"/jobs/{job['id']}", anna)
    tail = page.get_by_role("region", name="Last lines of the log")
    try:
        expect(tail.get_by_role("listitem")).to_have_count(10)
        seen = tail.get_by_role("listitem").last.inner_text()
        # Ten newer lines later, all that was there has gone.
        expect(tail).not_to_contain_text(seen)
    finally:
        anna.call("POST", f"/jobs/{job['id']}/cancel")
    reached(anna, job, *OVER)
    expect(tail.get_by_role("listitem")).to_have_count(10)
    tail.get_by_role("link", name="Open log").click()

    expect(page.get_by_role("log")).to_contain_text("entry")


def test_overview_offers_the_files_of_a_job(seats: Seats, anna: Account) -> None:
    job = ended(anna, "writer", "Prices")
    page = seats.open(f"/jobs/{job['id']}", anna)
    files = page.get_by_role("region", name="Files")
    expect(files.get_by_role("listitem")).to_have_count(4)
    expect(page.get_by_role("tab", name="Files 4")).to_be_visible()

    with page.expect_download() as saved:
        files.get_by_role("button", name="Download prices.csv").click()
    assert saved.value.suggested_filename == "prices.csv"
    files.get_by_role("link", name="Open files").click()

    expect(page.get_by_role("cell", name="Bonn, West")).to_be_visible()


def test_log_is_read_narrowed_and_kept(seats: Seats, anna: Account) -> None:
    job = ended(anna, "writer", "Many rows", params={"lines": 300})
    page = seats.open(f"/jobs/{job['id']}/log", anna)
    log = page.get_by_role("log")
    # Who opens a log sees its end.
    expect(log).to_contain_text("row 2 is lost")
    expect(log).to_contain_text("[write] row 300 of 300")

    expect(log.get_by_text("[write]").first).to_have_attribute("data-color", "green")

    page.keyboard.press("/")
    page.keyboard.type("ROW 2 of")
    expect(page.get_by_text("1 of 1", exact=True)).to_be_visible()
    expect(log.locator("mark")).to_have_text("row 2 of")
    page.get_by_role("searchbox").fill("row 30")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 2", exact=True)).to_be_visible()
    expect(log.locator("mark").last).to_be_in_viewport()
    page.get_by_role("searchbox").fill("")

    page.get_by_role("radio", name="Errors").check()
    expect(log).not_to_contain_text("[write]")
    expect(log).to_contain_text("row 2 is lost")

    with page.expect_download() as saved:
        page.get_by_role("button", name="Download").click()
    assert saved.value.suggested_filename == f"J-{job['number']}.log"


def test_jobs_are_reached_by_keys_and_by_the_palette(seats: Seats, anna: Account) -> None:
    page = seats.open("/", anna)
    expect(page.get_by_role("heading").first).to_be_visible()

    page.keyboard.press("g")
    page.keyboard.press("j")
    expect(page.get_by_text("No jobs yet")).to_be_visible()
    page.goto("/settings")
    expect(page.get_by_role("heading").first).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("dialog", name="Search and commands").get_by_role(
        "option", name="Jobs"
    ).click()

    expect(page).to_have_url(re.compile(r"/jobs$"))


def test_view_that_opens_while_its_reading_is_under_way_shows_it(
    seats: Seats, anna: Account
) -> None:
    job = ended(anna, "broken", "Fetch prices")
    context = seats.context(anna)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    context.route(re.compile("/attempts$"), hold)
    page = context.new_page()
    with page.expect_request(re.compile("/attempts$")):
        page.goto(f"/jobs/{job['id']}")
    expect(page.get_by_role("region", name="What happened")).to_be_visible()

    page.keyboard.press("2")
    expect(page).to_have_url(re.compile("/timeline$"))
    for route in held:
        route.continue_()

    expect(page.get_by_role("region", name="Attempt 1")).to_contain_text("Claimed by")


def test_files_are_shown_and_kept(seats: Seats, anna: Account) -> None:
    job = ended(anna, "writer", "Prices")
    page = seats.open(f"/jobs/{job['id']}", anna)
    page.get_by_role("tab", name="Files").click()

    expect(page.get_by_role("cell", name="Bonn, West")).to_be_visible()
    page.get_by_role("button", name=re.compile("^rows.jsonl")).click()
    expect(page.get_by_role("cell", name="Köln")).to_be_visible()
    page.get_by_role("button", name=re.compile("^notes.txt")).click()
    expect(page.get_by_text("All is well.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^chime.wav")).click()
    player = page.locator("audio")
    expect(player).to_have_js_property("duration", 1)
    assert "ticket=" in str(player.get_attribute("src"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download notes.txt").click()
    assert saved.value.suggested_filename == "notes.txt"


def test_timeline_tells_what_became_of_each_attempt(seats: Seats, anna: Account) -> None:
    job = ended(anna, "broken", "Fetch prices")
    page = seats.open(f"/jobs/{job['id']}", anna)
    expect(page.get_by_role("region", name="What happened")).to_be_visible()

    page.keyboard.press("2")

    expect(page).to_have_url(re.compile("/timeline$"))
    attempt = page.get_by_role("region", name="Attempt 1")
    expect(attempt).to_contain_text("Claimed by")
    expect(attempt).to_contain_text("The page layout changed")
    expect(page.get_by_role("img", name=re.compile("^Failed"))).to_be_visible()


def test_administrator_pauses_a_queue_and_everybody_reads_why(
    seats: Seats, anna: Account, admin: Account
) -> None:
    page = seats.open("/jobs/queues", admin)
    takes = page.get_by_role("switch", name="“default” takes work")
    expect(takes).to_be_checked()
    expect(page.get_by_role("region", name="Workers").last).to_contain_text("Online")

    takes.click()
    page.get_by_role("dialog").get_by_label("Reason").fill("The disk is full")
    page.get_by_role("button", name="Pause the queue").click()
    expect(takes).not_to_be_checked()
    try:
        job = submit(anna, "everything", "Held up", params={"url": ADDRESS})
        theirs = seats.open("/jobs", anna)
        row(theirs, "Held up").get_by_role("button", name=re.compile("^Why")).click()
        expect(theirs.get_by_role("dialog")).to_contain_text("The disk is full")
        theirs.goto("/jobs/queues")
        expect(theirs.get_by_role("row").filter(has_text="default")).to_contain_text(
            "The disk is full"
        )
        expect(theirs.get_by_role("switch")).to_have_count(0)
    finally:
        takes.click()
        expect(takes).to_be_checked()
    reached(anna, job, "succeeded")


def test_statistics_say_in_words_what_they_draw(seats: Seats, anna: Account) -> None:
    for title in ("Prices", "Weather"):
        ended(anna, "writer", title)
    ended(anna, "broken", "Fetch prices")
    page = seats.open("/jobs/statistics", anna)

    expect(page.get_by_role("img", name="3 jobs in 30 days, 67% of the ended ones")).to_be_visible()
    days = page.get_by_role("region", name="Jobs by day")
    days.get_by_text("As a table").click()
    expect(days.get_by_role("row").last).to_contain_text(re.compile(r"2\s*1\s*0\s*0"))
    page.get_by_role("radio", name="7 days").check()
    expect(page.get_by_role("img", name=re.compile("^3 jobs in 7 days"))).to_be_visible()
    page.get_by_role("region", name="By kind").get_by_role("link", name="Broken").click()

    expect(page.get_by_role("link", name="Fetch prices")).to_be_visible()
    expect(page.get_by_role("link", name="Weather")).to_have_count(0)


def test_statistics_of_nothing_offer_to_begin(seats: Seats, anna: Account) -> None:
    page = seats.open("/jobs/statistics", anna)

    page.get_by_role("link", name="New job").click()

    expect(page).to_have_url(re.compile("/jobs/new$"))


def test_deleted_job_leaves_the_list(seats: Seats, anna: Account) -> None:
    job = ended(anna, "everything", "Old table", params={"url": ADDRESS})
    page = seats.open(f"/jobs/{job['id']}", anna)

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    expect(page).to_have_url(re.compile(r"/jobs$"))
    expect(page.get_by_text("No jobs yet")).to_be_visible()


def test_job_of_somebody_else_is_not_found(
    seats: Seats, watch: Watch, anna: Account, bob: Account
) -> None:
    job = submit(anna, "everything", "Private", params={"url": ADDRESS})
    watch.allow(404)

    page = seats.open(f"/jobs/{job['id']}", bob)

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_where_jobs_are_watched(
    seats: Seats, anna: Account, admin: Account, running: dict[str, Any], look: dict[str, Any]
) -> None:
    anna.call("PATCH", "/auth/me", {"locale": look.get("locale", "en")})
    page = seats.open("/jobs", anna, **look)
    expect(page.get_by_role("link", name="Night watch", exact=True)).to_be_visible()
    job = ended(anna, "writer", "Prices")
    failed = ended(anna, "broken", "Fetch prices")
    submit(anna, "everything", "Later", params={"url": ADDRESS}, run_at=later())
    expect(page.get_by_role("link", name="Later", exact=True)).to_be_visible()
    page.get_by_role("listitem").get_by_role("checkbox").first.check()
    expect(page.get_by_role("toolbar")).to_be_visible()
    found = violations(page, "list")
    page.goto(f"/jobs/{running['id']}")
    expect(page.get_by_role("progressbar")).to_be_visible()
    found += violations(page, "running")
    page.goto(f"/jobs/{failed['id']}")
    expect(page.get_by_text("The page layout changed").first).to_be_visible()
    found += violations(page, "failed")
    page.goto(f"/jobs/{job['id']}/log")
    expect(page.get_by_role("log")).to_contain_text("row 2 is lost")
    found += violations(page, "log")
    page.goto(f"/jobs/{job['id']}/files")
    expect(page.get_by_text("SHA-256")).to_be_visible()
    found += violations(page, "files")
    page.goto(f"/jobs/{failed['id']}/timeline")
    expect(page.get_by_role("main").get_by_role("img")).to_be_visible()
    found += violations(page, "timeline")
    page.goto("/jobs/statistics")
    expect(page.locator("canvas")).to_have_count(3)
    page.locator("summary").first.click()
    found += violations(page, "statistics")
    theirs = seats.open("/jobs/queues", admin, **look)
    expect(theirs.get_by_role("table")).to_have_count(2)
    found += violations(theirs, "queues")

    assert found == []
