"""Schedules: the list, and the editor with its next runs."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accounts import Account
from tests.browser.axe import violations
from tests.browser.conftest import Seats
from tests.browser.test_new_job import ADDRESS, LOOKS
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser


def make_schedule(who: Account, name: str, **fields: Any) -> dict[str, Any]:
    plan = {"trigger": "cron", "cron": "30 2 * * *", "time_zone": "Europe/Berlin"}
    body = {"name": name, "kind": "everything", "params": {"url": ADDRESS}, **plan, **fields}
    made: dict[str, Any] = who.call("POST", "/schedules", body)
    return made


def row_of(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))


def test_job_is_scheduled_from_its_form(seats: Seats, anna: Account) -> None:
    page = seats.open("/jobs/schedules", anna)
    expect(page.get_by_text("No schedules yet")).to_be_visible()

    page.keyboard.press("n")
    page.get_by_role("link", name=re.compile("^Everything")).click()
    page.get_by_label("Url").fill(ADDRESS)
    page.get_by_label("In words").fill("every weekday at 7")
    page.get_by_label("In words").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Mon to Fri at 07:00")).to_be_visible()
    page.get_by_role("button", name="Save the schedule").click()

    expect(page.get_by_role("heading", name="Next 10 runs")).to_be_visible()
    (schedule,) = anna.call("GET", "/schedules")["items"]
    assert (schedule["cron"], schedule["params"]) == ("0 7 * * 1-5", {"url": ADDRESS})


def test_editor_saves_only_what_was_changed(seats: Seats, anna: Account) -> None:
    schedule = make_schedule(anna, "Rates")
    page = seats.open(f"/jobs/schedules/{schedule['id']}", anna)
    expect(page.get_by_role("listitem")).to_have_count(10)

    page.get_by_label("hour", exact=True).fill("3")
    page.get_by_label("hour", exact=True).press("Tab")
    expect(page.get_by_text("Every day at 03:30, Berlin time")).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Wait, then run")).check()
    page.get_by_label("At most so late").fill("90")
    expect(page.get_by_text("Not saved")).to_be_visible()
    page.keyboard.press("Control+s")

    expect(page.get_by_text("Not saved")).to_have_count(0)
    after = anna.call("GET", f"/schedules/{schedule['id']}")
    changed = {name for name in after if after[name] != schedule[name]}
    assert changed == {"cron", "next_run_at", "overlap", "grace_s", "version", "updated_at"}
    assert (after["cron"], after["overlap"], after["grace_s"]) == ("30 3 * * *", "queue", 5400)


def test_change_of_the_clock_is_told_among_the_next_runs(seats: Seats, anna: Account) -> None:
    schedule = make_schedule(anna, "Rates", cron="30 2 1 * *", time_zone="America/New_York")
    page = seats.open(f"/jobs/schedules/{schedule['id']}", anna)

    expect(page.get_by_text("The clocks go forward")).to_be_visible()
    expect(
        page.get_by_text("The clocks go back").or_(page.get_by_text("UTC-4").first)
    ).to_be_visible()


def test_nonsense_is_refused_and_what_was_typed_stays(
    seats: Seats, watch: Watch, anna: Account
) -> None:
    schedule = make_schedule(anna, "Rates")
    page = seats.open(f"/jobs/schedules/{schedule['id']}", anna)
    watch.allow(422)

    page.get_by_label("minute", exact=True).fill("99")
    page.get_by_label("minute", exact=True).press("Tab")
    page.get_by_role("button", name=re.compile("^Save")).click()

    expect(page.get_by_label("minute", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("minute", exact=True)).to_have_value("99")


def test_leaving_without_saving_is_asked_about(seats: Seats, anna: Account) -> None:
    schedule = make_schedule(anna, "Rates")
    page = seats.open(f"/jobs/schedules/{schedule['id']}", anna)
    page.get_by_role("radio", name=re.compile("^Run both")).check()

    page.get_by_role("link", name="Schedules", exact=True).click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Not saved")).to_be_visible()
    page.get_by_role("link", name="Schedules", exact=True).click()
    page.get_by_role("button", name="Discard the changes").click()

    expect(row_of(page, "Rates")).to_be_visible()


def test_list_pauses_runs_and_deletes(seats: Seats, anna: Account) -> None:
    schedule = make_schedule(anna, "Rates")
    make_schedule(anna, "Shop", kind="broken", params={}, cron="0 3 * * 0")
    page = seats.open("/jobs/schedules", anna)
    rates = row_of(page, "Rates")
    expect(rates).to_contain_text("Every day at 02:30")
    expect(row_of(page, "Shop")).to_contain_text("Every Sunday at 03:00")

    rates.get_by_role("switch").click()
    expect(rates).to_contain_text("paused")
    assert anna.call("GET", f"/schedules/{schedule['id']}")["paused_by"] == anna.id
    page.get_by_role("button", name=re.compile("^Paused")).click()
    expect(row_of(page, "Shop")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^All")).click()

    page.get_by_role("button", name="Actions for Shop").click()
    page.get_by_role("menuitem", name="Run now").click()
    expect(page.get_by_text("A job of Shop is on its way.").first).to_be_visible()
    page.get_by_role("button", name="Actions for Rates").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").or_(page.get_by_role("alertdialog")).get_by_role(
        "button", name="Delete"
    ).click()
    expect(row_of(page, "Rates")).to_have_count(0)


def test_failures_are_told_with_their_reason(seats: Seats, anna: Account) -> None:
    schedule = make_schedule(anna, "Shop", kind="broken", params={"message": "No door"})
    anna.call("POST", f"/schedules/{schedule['id']}/run")
    page = seats.open("/jobs/schedules", anna)

    # The list asks again by itself.
    expect(row_of(page, "Shop")).to_contain_text("No door", timeout=45_000)
    expect(page.get_by_role("img", name="1 result, 1 failed")).to_be_visible()


def test_lost_connection_is_told_and_what_was_read_stays(
    seats: Seats, watch: Watch, anna: Account
) -> None:
    make_schedule(anna, "Rates")
    context = seats.context(anna)
    page = context.new_page()
    page.goto("/jobs/schedules")
    expect(row_of(page, "Rates")).to_be_visible()

    watch.allow_lost_network()
    context.set_offline(True)

    expect(page.get_by_text("Offline, as of")).to_be_visible(timeout=45_000)
    expect(row_of(page, "Rates").get_by_role("switch")).to_be_disabled()


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_in_schedules(seats: Seats, anna: Account, look: dict[str, Any]) -> None:
    schedule = make_schedule(anna, "Rates")
    shop = make_schedule(anna, "Shop", kind="broken", params={})
    anna.call("POST", f"/schedules/{shop['id']}/pause", {})
    page = seats.open("/jobs/schedules", anna, **look)
    expect(page.get_by_role("link", name="Rates")).to_be_visible()
    found = violations(page, "list")
    page.goto(f"/jobs/schedules/{schedule['id']}")
    expect(page.get_by_role("heading", name="Next 10 runs")).to_be_visible()
    page.get_by_role("button", name="Edit job").click()
    page.get_by_role("radio", name=re.compile("^Run both")).check()
    found += violations(page, "editor")

    assert found == []
