"""A device without network: work goes on, and what was done arrives once when it is back."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.accounts import Account, Board, board
from tests.browser.board_view import card, cards_of, drag, expect_cards, expect_live, list_of, tile
from tests.browser.conftest import Seats
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser


@pytest.fixture
def fair(anna: Account, bob: Account) -> Board:
    """Anna's board, with Bob on it."""
    made = board(anna, To_do=["Ask for a stall", "Print the plan"], Doing=["Paint the sign"])
    made.invite(bob)
    return made


def add_card(page: Page, list_name: str, title: str) -> None:
    list_of(page, list_name).get_by_role("button", name="Add card").click()
    area = list_of(page, list_name).get_by_role("textbox", name="Title of the new card")
    area.fill(title)
    area.press("Enter")
    area.press("Escape")


def expect_chip(page: Page, text: str) -> None:
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def test_changes_made_without_network_wait_and_arrive_once(
    seats: Seats, watch: Watch, anna: Account, bob: Account, fair: Board
) -> None:
    context = seats.context(anna)
    mine = context.new_page()
    mine.goto(fair.path)
    theirs = seats.open(fair.path, bob)
    expect_live(mine)
    expect_live(theirs)

    watch.allow_lost_network()
    context.set_offline(True)
    expect_chip(mine, "Offline")
    drag(mine, "Print the plan", tile(mine, "Paint the sign"), "bottom")
    add_card(mine, "To do", "Rent a tent")
    card(mine, "Ask for a stall").focus()
    mine.keyboard.press("Shift+ArrowDown")
    expect_chip(mine, "3 changes waiting")
    expect_cards(mine, "To do", ["Rent a tent", "Ask for a stall"])
    expect_cards(mine, "Doing", ["Paint the sign", "Print the plan"])
    expect_cards(theirs, "To do", ["Ask for a stall", "Print the plan"])

    context.set_offline(False)
    expect_live(mine)
    for page in (mine, theirs):
        expect_cards(page, "To do", ["Rent a tent", "Ask for a stall"])
        expect_cards(page, "Doing", ["Paint the sign", "Print the plan"])
    assert fair.titles("To do") == ["Rent a tent", "Ask for a stall"]
    assert fair.titles("Doing") == ["Paint the sign", "Print the plan"]


def test_changes_of_others_are_caught_up_after_the_network_was_away(
    seats: Seats, watch: Watch, anna: Account, fair: Board
) -> None:
    context = seats.context(anna)
    page = context.new_page()
    page.goto(fair.path)
    expect_live(page)

    watch.allow_lost_network()
    context.set_offline(True)
    expect_chip(page, "Offline")
    anna.call("PATCH", f"/cards/{fair.cards['Paint the sign']}", {"title": "Paint both signs"})
    anna.call("DELETE", f"/cards/{fair.cards['Print the plan']}")
    context.set_offline(False)

    expect_live(page)
    expect_cards(page, "Doing", ["Paint both signs"])
    expect_cards(page, "To do", ["Ask for a stall"])


def test_waiting_changes_survive_closing_the_page(
    seats: Seats, watch: Watch, anna: Account, fair: Board
) -> None:
    context = seats.context(anna)
    page = context.new_page()
    page.goto(fair.path)
    expect_live(page)
    watch.allow_lost_network()
    context.set_offline(True)
    expect_chip(page, "Offline")
    add_card(page, "Doing", "Rent a tent")
    expect_chip(page, "1 change waiting")
    page.close()
    assert fair.titles("Doing") == ["Paint the sign"]

    context.set_offline(False)
    page = context.new_page()
    page.goto(fair.path)

    expect_cards(page, "Doing", ["Paint the sign", "Rent a tent"])
    expect_live(page)
    page.reload()
    expect_cards(page, "Doing", ["Paint the sign", "Rent a tent"])
    assert fair.titles("Doing") == ["Paint the sign", "Rent a tent"]


def test_waiting_changes_survive_leaving_the_board(
    seats: Seats, watch: Watch, anna: Account, fair: Board
) -> None:
    other = board(anna, Elsewhere=["Something else"])
    context = seats.context(anna)
    page = context.new_page()
    page.goto(fair.path)
    expect_live(page)
    watch.allow_lost_network()
    page.route("**/api/v1/cards", lambda route: route.abort("connectionreset"))
    add_card(page, "Doing", "Rent a tent")
    expect_chip(page, "1 change waiting")

    page.evaluate("path => history.pushState(history.state, '', path)", other.path)
    page.evaluate("() => dispatchEvent(new PopStateEvent('popstate', { state: history.state }))")
    expect_cards(page, "Elsewhere", ["Something else"])
    page.unroute("**/api/v1/cards")
    page.go_back()

    expect_cards(page, "Doing", ["Paint the sign", "Rent a tent"])
    expect_live(page)
    assert fair.titles("Doing") == ["Paint the sign", "Rent a tent"]


def test_waiting_changes_of_a_closed_tab_go_to_the_one_that_is_open(
    seats: Seats, watch: Watch, anna: Account, fair: Board
) -> None:
    context = seats.context(anna)
    closed, left = context.new_page(), context.new_page()
    for page in (closed, left):
        page.goto(fair.path)
        expect_live(page)
    watch.allow_lost_network()
    closed.route("**/api/v1/cards", lambda route: route.abort("connectionreset"))
    add_card(closed, "Doing", "Rent a tent")
    expect_chip(closed, "1 change waiting")
    # Opened while the other tab still works on its change.
    left.reload()
    expect_live(left)
    expect_cards(left, "Doing", ["Paint the sign"])

    closed.close()

    expect_cards(left, "Doing", ["Paint the sign", "Rent a tent"])
    expect(cards_of(left, "Doing").last).to_have_attribute("href", f"{fair.path}/c/4")
    assert fair.titles("Doing") == ["Paint the sign", "Rent a tent"]


def test_a_write_whose_answer_is_lost_is_not_carried_out_twice(
    seats: Seats, watch: Watch, anna: Account, bob: Account, fair: Board
) -> None:
    mine = seats.open(fair.path, anna)
    theirs = seats.open(fair.path, bob)
    expect_live(mine)
    expect_live(theirs)
    watch.allow_lost_network()

    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    mine.route("**/api/v1/cards", lose_answer, times=1)
    add_card(mine, "Doing", "Rent a tent")

    for page in (mine, theirs):
        expect_cards(page, "Doing", ["Paint the sign", "Rent a tent"])
    expect(cards_of(mine, "Doing").last).to_have_attribute("href", f"{fair.path}/c/4")
    assert fair.titles("Doing") == ["Paint the sign", "Rent a tent"]
