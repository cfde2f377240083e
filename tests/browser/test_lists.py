"""The menu of a list: renaming, card limit, order, deleting with its cards and taking it back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accounts import Account, board
from tests.browser.board_view import choose, expect_cards, expect_live, list_of
from tests.browser.conftest import Seats
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser


def choose_action(page: Page, list_name: str, action: str) -> None:
    menu = list_of(page, list_name).get_by_role("button", name=f"Actions for the list {list_name}")
    choose(page, menu, action)


def expect_lists(page: Page, names: list[str]) -> None:
    expect(page.get_by_role("main").get_by_role("heading", level=2)).to_have_text(names)


def test_list_is_renamed_limited_moved_deleted_and_brought_back_for_everybody(
    seats: Seats, anna: Account, bob: Account
) -> None:
    fair = board(anna, To_do=["Ask for a stall", "Print the plan"], Doing=["Paint the sign"])
    fair.invite(bob)
    mine = seats.open(fair.path, anna)
    theirs = seats.open(fair.path, bob)
    expect_live(mine)
    expect_live(theirs)

    choose_action(mine, "To do", "Rename")
    mine.get_by_role("textbox", name="Name of the list").fill("Ideas")
    mine.keyboard.press("Enter")
    expect_lists(theirs, ["Ideas", "Doing"])

    choose_action(mine, "Ideas", "Set a card limit")
    dialog = mine.get_by_role("dialog", name="Card limit of Ideas")
    dialog.get_by_role("textbox", name="At most this many cards").fill("none")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("A whole number from 1 to 999")).to_be_visible()
    dialog.get_by_role("textbox", name="At most this many cards").fill("1")
    dialog.get_by_role("button", name="Save").click()
    for page in (mine, theirs):
        expect(list_of(page, "Ideas").get_by_text("2 cards: over the limit of 1")).to_be_attached()

    choose_action(mine, "Ideas", "Move right")
    expect_lists(theirs, ["Doing", "Ideas"])

    choose_action(mine, "Ideas", "Delete list")
    for page in (mine, theirs):
        expect_lists(page, ["Doing"])
    mine.get_by_role("button", name="Undo").click()
    for page in (mine, theirs):
        expect_lists(page, ["Doing", "Ideas"])
        expect_cards(page, "Ideas", ["Ask for a stall", "Print the plan"])


def test_new_list_appears_on_the_other_board(seats: Seats, anna: Account, bob: Account) -> None:
    fair = board(anna)
    fair.invite(bob)
    mine = seats.open(fair.path, anna)
    theirs = seats.open(fair.path, bob)
    expect_live(theirs)

    mine.get_by_role("button", name="Add list").click()
    mine.get_by_role("textbox", name="Name of the list").fill("Waiting")
    mine.keyboard.press("Enter")

    expect_lists(theirs, ["To do", "Doing", "Waiting"])


def test_full_list_of_a_strict_board_gives_the_card_back_and_says_why(
    seats: Seats, watch: Watch, anna: Account
) -> None:
    fair = board(anna, To_do=["Ask for a stall"], Doing=["Paint the sign"])
    anna.call("PATCH", f"/boards/{fair.id}", {"wip_policy": "refuse"})
    anna.call("PATCH", f"/lists/{fair.lists['Doing']}", {"wip_limit": 1})
    page = seats.open(fair.path, anna)
    expect_live(page)

    watch.allow(409)
    page.get_by_role("link", name="Ask for a stall").focus()
    page.keyboard.press("Shift+ArrowRight")

    expect(page.get_by_text("The list holds 1 card").last).to_be_visible()
    expect_cards(page, "To do", ["Ask for a stall"])
    expect_cards(page, "Doing", ["Paint the sign"])
