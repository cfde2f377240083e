"""My tasks: the cards of all boards by their date, the query field, and completing with undo."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

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
    "chinese": {"locale": "zh-CN"},
}
LATE, SOON, SOMEDAY = "Renew the domain", "Publish the keynotes", "Book the dentist"


def with_tasks(anna: Account) -> dict[str, str]:
    """Two boards with tasks of Anna's at different dates; the ids of the cards by their titles."""
    launch = board(anna, "Product launch", To_do=[LATE, "Nobody's"])
    home = board(anna, "Home & life", To_do=[SOON, SOMEDAY])
    label = anna.call("POST", "/labels", {"board_id": launch.id, "name": "Ops", "color": "amber"})
    cards = launch.cards | home.cards
    for title, days in ((LATE, -3), (SOON, 4), (SOMEDAY, None)):
        due = None if days is None else datetime.now(UTC) + timedelta(days=days)
        fields: dict[str, Any] = {"assignee_ids": [anna.id], "priority": "urgent"}
        if due is not None:
            fields["due_at"] = due.isoformat()
        if title == LATE:
            fields["label_ids"] = [label["id"]]
        anna.call("PATCH", f"/cards/{cards[title]}", fields)
    return cards


def group(page: Page, name: str) -> Locator:
    """The tasks that are due at one time."""
    return page.get_by_role("region", name=name, exact=True)


def query_field(page: Page) -> Locator:
    """Where the query is written."""
    return page.get_by_role("textbox", name="Which tasks")


def test_tasks_of_all_boards_stand_by_their_date_and_open_their_card(
    seats: Seats, anna: Account
) -> None:
    with_tasks(anna)
    page = seats.open("/", anna)

    page.get_by_role("link", name="My tasks").click()

    for name, title in (("Overdue", LATE), ("Upcoming", SOON), ("No date", SOMEDAY)):
        expect(group(page, name).get_by_role("listitem")).to_have_count(1)
        expect(group(page, name).get_by_role("link", name=title)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="3 tasks")).to_be_visible()
    group(page, "Overdue").get_by_role("link", name=LATE).click()
    expect(page.get_by_role("dialog")).to_contain_text(LATE)


def test_task_is_completed_from_the_list_and_taken_back(seats: Seats, anna: Account) -> None:
    cards = with_tasks(anna)
    page = seats.open("/tasks", anna)

    group(page, "Overdue").get_by_role("checkbox").check(force=True)

    expect(group(page, "Overdue")).to_have_count(0)
    assert anna.call("GET", f"/cards/{cards[LATE]}")["completed_at"] is not None
    page.get_by_role("button", name="Undo").click()
    expect(group(page, "Overdue").get_by_role("link", name=LATE)).to_be_visible()
    assert anna.call("GET", f"/cards/{cards[LATE]}")["completed_at"] is None


def test_query_that_cannot_be_read_is_explained_and_the_last_answer_stays(
    seats: Seats, watch: Watch, anna: Account
) -> None:
    watch.allow(422)
    with_tasks(anna)
    page = seats.open("/tasks", anna)
    expect(page.get_by_role("link", name=LATE)).to_be_visible()

    query_field(page).fill("assignee:me label:ops")
    expect(page.get_by_role("link", name=SOON)).to_have_count(0)
    expect(page).to_have_url(re.compile(r"q=assignee:me(\+|%20)label:ops"))
    query_field(page).fill("assignee:me lable:ops")

    expect(page.get_by_text("At character 13")).to_be_visible()
    expect(query_field(page)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("link", name=LATE)).to_be_visible()
    query_field(page).fill("assignee:me nothing-of-the-kind")
    expect(page.get_by_text("No card fits this query.")).to_be_visible()
    page.get_by_role("main").get_by_text("Back to my open tasks").click()
    expect(page.get_by_role("link", name=SOMEDAY)).to_be_visible()


def test_list_is_worked_through_with_the_keyboard(seats: Seats, anna: Account) -> None:
    with_tasks(anna)
    page = seats.open("/", anna)
    expect(page.get_by_role("article").first).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.get_by_role("link", name=LATE)).to_be_visible()

    page.keyboard.press("j")
    expect(page.get_by_role("link", name=LATE)).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=SOON)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Space")
    expect(page.get_by_role("link", name=LATE)).to_have_count(0)
    page.keyboard.press("/")
    expect(query_field(page)).to_be_focused()


def test_who_has_nothing_to_do_is_told_so(seats: Seats, bob: Account) -> None:
    page = seats.open("/tasks", bob)

    expect(page.get_by_text("Nothing is waiting for you.")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_among_tasks(
    seats: Seats, watch: Watch, anna: Account, look: dict[str, Any]
) -> None:
    watch.allow(422)
    anna.call("PATCH", "/auth/me", {"locale": look.get("locale", "en")})
    with_tasks(anna)
    page = seats.open("/tasks", anna, **look)
    expect(page.get_by_role("link", name=LATE)).to_be_visible()
    found = violations(page, "tasks")
    page.get_by_role("main").get_by_role("textbox").fill("due:soon")
    expect(page.locator("[aria-invalid=true]")).to_be_visible()
    found += violations(page, "refused query")

    assert found == []
