"""Starting a job: the gallery of kinds, and the form made of a kind's JSON Schema."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.accounts import Account, board
from tests.browser.axe import violations
from tests.browser.conftest import Seats
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"dark": True},
    "phone": {"phone": True},
    "dark phone": {"dark": True, "phone": True},
}
ADDRESS = "https://example.org/table"


def started_job(page: Page, who: Account) -> dict[str, Any]:
    """The job whose page the browser was sent to."""
    expect(page).to_have_url(re.compile(r"/jobs/[0-9a-f-]{36}"))
    found: dict[str, Any] = who.call("GET", f"/jobs/{page.url.rsplit('/', 1)[1]}")
    return found


def test_form_sends_what_was_filled_in_and_nothing_else(seats: Seats, anna: Account) -> None:
    page = seats.open("/jobs/new/everything", anna)

    page.get_by_label("Url").fill(ADDRESS)
    page.get_by_role("radio", name="High", exact=True).check()
    page.get_by_label("Start Time").fill("1:30")
    page.get_by_label("End Time").fill("0:02:00")
    expect(page.get_by_text("30 s stay.")).to_be_visible()
    page.get_by_label("Words").fill("one, two")
    page.get_by_label("Words").press("Enter")
    steps = page.get_by_role("group", name="Steps")
    steps.get_by_role("button", name="Add").click()
    steps.get_by_label("Path").fill("/rows")
    page.get_by_role("group", name="Access").get_by_role("radio", name="Login").check()
    page.get_by_label("User", exact=True).fill("anna")
    page.get_by_role("button", name=re.compile("^More options")).click()
    headers = page.get_by_role("group", name="Headers")
    headers.get_by_role("button", name="Add").click()
    headers.get_by_label("Name 1").fill("Accept")
    headers.get_by_label("Value 1").fill("text/csv")
    page.keyboard.press("Control+Enter")

    assert started_job(page, anna)["params"] == {
        "url": ADDRESS,
        "level": "high",
        "start_time": 90,
        "end_time": 120,
        "words": ["one", "two"],
        "steps": [{"path": "/rows"}],
        "access": {"type": "login", "user": "anna"},
        "headers": {"Accept": "text/csv"},
    }


def test_what_is_wrong_is_told_at_its_field_by_the_page_and_by_the_server(
    seats: Seats, watch: Watch, anna: Account
) -> None:
    page = seats.open("/jobs/new/everything", anna)
    start = page.get_by_role("button", name=re.compile("^Start"))

    start.click()
    expect(page.get_by_label("Url")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Url")).to_be_focused()
    page.get_by_label("Url").fill(ADDRESS)
    page.get_by_role("button", name=re.compile("^More options")).click()
    page.get_by_label("Limit", exact=True).fill("11")
    page.get_by_role("button", name=re.compile("^More options")).click()
    start.click()
    # What is wrong among the options is shown, although they were folded away.
    expect(page.get_by_text("At most 10.")).to_be_visible()
    page.get_by_label("Limit", exact=True).fill("3")
    page.get_by_role("button", name="Change name and limits").click()
    page.get_by_label("Attempts").fill("1000")
    watch.allow(422)
    start.click()
    expect(page.get_by_label("Attempts")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Attempts").fill("2")
    start.click()

    assert started_job(page, anna)["max_attempts"] == 2


def test_pasted_address_opens_the_form_for_downloads(seats: Seats, anna: Account) -> None:
    page = seats.open("/jobs/new", anna)
    field = page.get_by_role("searchbox")
    expect(field).to_be_focused()

    field.fill("https://example.org/talk.mp4")
    expect(page.get_by_role("link", name=re.compile("^Download"))).to_be_visible()
    page.get_by_role("link", name=re.compile("^Download")).click()

    expect(page.get_by_label("Address")).to_have_value("https://example.org/talk.mp4")


def test_job_of_before_is_offered_again_with_its_parameters(seats: Seats, anna: Account) -> None:
    params = {"url": ADDRESS, "level": "low"}
    for _ in range(2):
        anna.call("POST", "/jobs", {"kind": "everything", "title": "My table", "params": params})
    page = seats.open("/jobs/new", anna)

    page.get_by_role("link", name=re.compile("My table.*Used 2 times")).click()

    expect(page.get_by_label("Url")).to_have_value(ADDRESS)
    expect(page.get_by_role("radio", name="Low", exact=True)).to_be_checked()


def test_job_is_started_for_a_card(seats: Seats, anna: Account) -> None:
    fair = board(anna, "Harbour fair", To_do=["Print the plan"])
    page = seats.open("/jobs/new/everything", anna)

    page.get_by_label("Url").fill(ADDRESS)
    page.get_by_role("switch", name="Attach to card").click()
    page.get_by_role("button", name=re.compile("^Board:")).click()
    page.get_by_role("option", name="Harbour fair").click()
    page.get_by_role("button", name=re.compile("^Card:")).click()
    page.get_by_role("option", name=re.compile("Print the plan")).click()
    page.get_by_role("button", name=re.compile("^Start")).click()

    assert started_job(page, anna)["card_id"] == fair.cards["Print the plan"]


def test_board_of_a_report_is_chosen_by_its_name(seats: Seats, anna: Account) -> None:
    fair = board(anna, "Harbour fair")
    page = seats.open("/jobs/new/report", anna)
    start = page.get_by_role("button", name=re.compile("^Start"))
    chooser = page.get_by_role("button", name=re.compile("^Board:"))
    expect(page.get_by_text("Choose a board")).to_be_visible()

    start.click()
    expect(page.get_by_text("This is needed.")).to_be_visible()
    expect(chooser).to_be_focused()
    chooser.click()
    page.get_by_role("option", name="Harbour fair").click()
    aside = page.get_by_role("complementary", name="What will happen")
    expect(aside).to_contain_text("Harbour fair")
    start.click()

    assert started_job(page, anna)["params"]["board_id"] == fair.id
    expect(page.get_by_role("region", name="Parameters")).to_contain_text("Harbour fair")


def test_board_that_is_gone_stays_what_an_earlier_job_named(seats: Seats, anna: Account) -> None:
    fair = board(anna, "Harbour fair")
    params = {"board_id": fair.id}
    job = anna.call("POST", "/jobs", {"kind": "report", "params": params})
    anna.call("DELETE", f"/boards/{fair.id}")
    page = seats.open(f"/jobs/new/report?from={job['id']}", anna)

    page.get_by_role("button", name=f"Board: {fair.id}").click()

    expect(page.get_by_role("option")).to_contain_text("You have no such board any more.")


def test_connection_of_a_query_is_chosen_from_those_that_there_are(
    seats: Seats, anna: Account, admin: Account
) -> None:
    name = f"shop-{anna.username}"
    new = {"name": name, "engine": "sqlite", "database": "/srv/shop.db"}
    made = admin.call("POST", "/job-connections", new)
    admin.call("PUT", f"/job-grants/{anna.id}/database")
    try:
        page = seats.open("/jobs/new/database", anna)
        page.get_by_role("button", name=re.compile("^Connection:")).click()
        expect(page.get_by_role("option", name=name)).to_contain_text("SQLite file")
        page.get_by_role("option", name=name).click()
        page.get_by_label("Query").fill("SELECT 1")
        page.get_by_role("button", name=re.compile("^Start")).click()

        assert started_job(page, anna)["params"]["connection"] == name
    finally:
        admin.call("DELETE", f"/job-connections/{made['id']}")


def test_what_cannot_be_listed_can_still_be_typed(
    seats: Seats, watch: Watch, anna: Account, admin: Account
) -> None:
    admin.call("PUT", f"/job-grants/{anna.id}/database")
    context = seats.context(anna)
    watch.allow_lost_network()
    context.route("**/api/v1/job-connections/choices", lambda route: route.abort("failed"))
    page = context.new_page()
    page.goto("/jobs/new/database")

    page.get_by_label("Connection").fill("shop")
    page.get_by_label("Query").fill("SELECT 1")
    page.get_by_role("button", name=re.compile("^Start")).click()

    assert started_job(page, anna)["params"]["connection"] == "shop"


def test_secret_is_typed_unseen_and_words_are_in_the_readers_language(
    seats: Seats, anna: Account
) -> None:
    anna.call("PATCH", "/auth/me", {"locale": "zh-CN"})
    page = seats.open("/jobs/new/http", anna, locale="zh-CN")

    expect(page.get_by_label("密钥", exact=True)).to_have_attribute("type", "password")
    expect(page.get_by_role("region", name="检查")).to_be_visible()
    # What a kind says of itself is English, and stands only where we have no words of our own.
    page.get_by_role("button", name=re.compile("^更多选项")).click()
    hints = page.locator("main .hint").all_inner_texts()
    assert hints
    assert [hint for hint in hints if not re.search(r"[\u4e00-\u9fff]", hint)] == []


def test_kind_that_needs_consent_is_locked(seats: Seats, anna: Account) -> None:
    page = seats.open("/jobs/new", anna)
    guarded = page.get_by_role("listitem").filter(has_text="Guarded")
    expect(guarded.get_by_text("Needs the consent of an administrator")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Guarded"))).to_have_count(0)

    page.goto("/jobs/new/guarded")
    expect(page.get_by_text("Guarded needs the consent of an administrator")).to_be_visible()
    page.goto("/jobs/new/nothing_like_it")
    expect(page.get_by_text("There is no kind of job called nothing_like_it")).to_be_visible()


def test_page_that_cannot_be_read_offers_to_try_again(
    seats: Seats, watch: Watch, anna: Account
) -> None:
    context = seats.context(anna)
    watch.allow_lost_network()
    context.route("**/api/v1/job-kinds", lambda route: route.abort("failed"))
    page = context.new_page()
    page.goto("/jobs/new")
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")

    context.unroute("**/api/v1/job-kinds")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("link", name=re.compile("^Everything"))).to_be_visible()


def test_shown_api_call_names_the_same_job(seats: Seats, anna: Account) -> None:
    page = seats.open("/jobs/new/everything", anna)
    page.get_by_label("Url").fill(ADDRESS)

    page.get_by_role("button", name="As API call").click()

    dialog = page.get_by_role("dialog", name="As API call")
    expect(dialog).to_contain_text(f"{httpx.URL(page.url).copy_with(path='/api/v1/jobs')}")
    expect(dialog).to_contain_text(ADDRESS)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_where_jobs_are_started(
    seats: Seats, anna: Account, look: dict[str, Any]
) -> None:
    page = seats.open("/jobs/new", anna, **look)
    expect(page.get_by_role("link", name=re.compile("^Everything"))).to_be_visible()
    found = violations(page, "gallery")
    page.goto("/jobs/new/everything?plan=1")
    page.get_by_role("button", name=re.compile("^More options")).click()
    page.get_by_role("switch", name="Attach to card").click()
    page.get_by_role("group", name="Steps").get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Change name and limits").click()
    page.get_by_role("button", name="Save the schedule").click()
    expect(page.get_by_label("Url")).to_have_attribute("aria-invalid", "true")
    found += violations(page, "form with errors and a schedule")
    page.goto("/jobs/new/report")
    page.get_by_role("button", name=re.compile("^Start")).click()
    expect(page.get_by_text("This is needed.")).to_be_visible()
    found += violations(page, "form with a board to choose")

    assert found == []
