"""Everything without a mouse: palette, list of keys, moving about the board and changing it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import Account, Board, board
from tests.browser.board_view import card, expect_cards, expect_live, list_of
from tests.browser.conftest import Seats

pytestmark = pytest.mark.browser

STALL, PLAN, SIGN = "Ask for a stall", "Print the plan", "Paint the sign"


@pytest.fixture
def fair(anna: Account) -> Board:
    """A board with an empty list between two others."""
    return board(anna, To_do=[STALL, PLAN], Doing=[], Done=[SIGN])


def test_palette_finds_cards_boards_and_commands(seats: Seats, anna: Account, fair: Board) -> None:
    other = board(anna, "Winter ball")
    page = seats.open(fair.path, anna)
    expect_live(page)
    palette = page.get_by_role("dialog", name="Search and commands")

    page.keyboard.press("Control+k")
    expect(palette.get_by_role("combobox").or_(palette.get_by_role("textbox"))).to_be_focused()
    page.keyboard.type("print")
    expect(palette.get_by_role("option").first).to_contain_text(PLAN)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=PLAN)
    expect(dialog.get_by_role("region", name="Comments and activity")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    page.keyboard.press("Control+k")
    page.keyboard.type("winter")
    expect(palette.get_by_role("option", name="Winter ball")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(other.path)))
    expect_live(page)

    page.keyboard.press("Control+k")
    page.keyboard.type("no such thing anywhere")
    expect(palette.get_by_text("Nothing found")).to_be_visible()
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()


def test_question_mark_shows_the_keys_of_this_place(
    seats: Seats, anna: Account, fair: Board
) -> None:
    page = seats.open(fair.path, anna)
    expect_live(page)

    page.keyboard.press("?")

    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.get_by_role("heading", name="Everywhere")).to_be_visible()
    expect(sheet.get_by_role("heading", name="On the board")).to_be_visible()
    expect(sheet.get_by_text("Filter the cards")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(re.compile("/$"))


def test_board_is_worked_on_with_keys_alone(seats: Seats, anna: Account, fair: Board) -> None:
    page = seats.open(fair.path, anna)
    expect_live(page)
    expect_cards(page, "To do", [STALL, PLAN])

    card(page, STALL).focus()
    page.keyboard.press("ArrowDown")
    expect(card(page, PLAN)).to_be_focused()
    # An empty list has nothing to stand on and is passed over.
    page.keyboard.press("ArrowRight")
    expect(card(page, SIGN)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(card(page, STALL)).to_be_focused()

    page.keyboard.press("Shift+ArrowDown")
    expect_cards(page, "To do", [PLAN, STALL])
    expect(card(page, STALL)).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    expect_cards(page, "Doing", [STALL])
    expect(card(page, STALL)).to_be_focused()
    expect(page.get_by_text(f"“{STALL}” is now number 1 of 1 in Doing")).to_be_attached()

    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=STALL)
    expect(dialog.get_by_role("region", name="Comments and activity")).to_be_visible()
    page.keyboard.press("e")
    expect(dialog.get_by_role("textbox", name="Title")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" soon")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(card(page, f"{STALL} soon")).to_be_focused()

    page.keyboard.press("m")
    move = page.get_by_role("dialog", name="Move card")
    expect(move).to_be_visible()
    page.keyboard.press("Escape")
    expect(move).to_be_hidden()

    page.keyboard.press("c")
    expect(page.get_by_role("textbox", name="Title of the new card")).to_be_focused()
    page.keyboard.type("Rent a tent")
    page.keyboard.press("Enter")
    expect_cards(page, "To do", ["Rent a tent", PLAN])
    expect(list_of(page, "Doing").get_by_role("link")).to_have_text([f"{STALL} soon"])


def test_filter_shows_only_what_matches(seats: Seats, anna: Account, fair: Board) -> None:
    page = seats.open(fair.path, anna)
    expect_live(page)

    page.keyboard.press("f")
    page.get_by_role("searchbox", name="Filter by text or number").fill("print")

    expect_cards(page, "To do", [PLAN])
    expect(page.get_by_role("status").filter(has_text="1 card")).to_be_visible()
    expect(list_of(page, "Done").get_by_text("No card here matches the filter")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect_cards(page, "To do", [STALL, PLAN])
