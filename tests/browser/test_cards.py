"""Work on single cards: adding, moving by menu, removing and bringing back, properties."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accounts import Account, Board, board
from tests.browser.board_view import (
    card,
    choose,
    expect_cards,
    expect_live,
    list_of,
    open_card,
    tile,
)
from tests.browser.conftest import Seats

pytestmark = pytest.mark.browser

STALL, PLAN, SIGN = "Ask for a stall", "Print the plan", "Paint the sign"


@pytest.fixture
def fair(anna: Account, bob: Account) -> Board:
    """Anna's board, with Bob on it."""
    made = board(anna, To_do=[STALL, PLAN], Doing=[SIGN])
    made.invite(bob)
    return made


def choose_action(page: Page, title: str, action: str) -> None:
    """Takes a line of a card's own menu, which comes with the pointer."""
    tile(page, title).hover()
    choose(page, page.get_by_role("button", name=f"Actions for “{title}”"), action)


def test_deleted_card_comes_back_by_undo_where_it_was(
    seats: Seats, anna: Account, bob: Account, fair: Board
) -> None:
    mine = seats.open(fair.path, anna)
    theirs = seats.open(fair.path, bob)
    expect_live(mine)
    expect_live(theirs)

    choose_action(mine, STALL, "Delete")
    for page in (mine, theirs):
        expect_cards(page, "To do", [PLAN])
    mine.get_by_role("button", name="Undo").click()

    for page in (mine, theirs):
        expect_cards(page, "To do", [STALL, PLAN])
    assert fair.titles("To do") == [STALL, PLAN]


def test_move_to_puts_a_card_at_a_chosen_place_and_undo_brings_it_back(
    seats: Seats, anna: Account, fair: Board
) -> None:
    page = seats.open(fair.path, anna)
    expect_live(page)

    choose_action(page, PLAN, "Move to…")
    dialog = page.get_by_role("dialog", name="Move card")
    dialog.get_by_role("button", name="List: To do").click()
    page.get_by_role("option", name="Doing").click()
    dialog.get_by_role("radio", name="Number").check()
    position = dialog.get_by_role("textbox", name="Position, 1 to 2")
    position.fill("3")
    expect(dialog.get_by_text("A number from 1 to 2")).to_be_visible()
    expect(dialog.get_by_role("button", name="Move", exact=True)).to_be_disabled()
    position.fill("2")
    dialog.get_by_role("button", name="Move", exact=True).click()
    expect_cards(page, "Doing", [SIGN, PLAN])
    expect(page.get_by_role("list").get_by_text("Moved to Doing")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect_cards(page, "To do", [STALL, PLAN])
    expect_cards(page, "Doing", [SIGN])


def test_trash_gives_a_card_back_after_the_undo_is_gone(
    seats: Seats, anna: Account, fair: Board
) -> None:
    anna.call("DELETE", f"/cards/{fair.cards[STALL]}")
    anna.call("PATCH", f"/cards/{fair.cards[SIGN]}", {"archived": True})
    page = seats.open(fair.path, anna)
    expect_cards(page, "To do", [PLAN])

    choose(page, page.get_by_role("button", name="Board menu"), "Archive and trash")
    panel = page.get_by_role("complementary", name="Archive and trash")
    panel.get_by_role("button", name=f"Bring back “{SIGN}”").click()
    expect_cards(page, "Doing", [SIGN])
    expect(panel.get_by_text("Nothing is archived")).to_be_visible()
    panel.get_by_role("radio", name="Trash").check()
    panel.get_by_role("button", name=f"Bring back “{STALL}”").click()

    expect_cards(page, "To do", [STALL, PLAN])
    expect(panel.get_by_text("The trash is empty")).to_be_visible()


def test_quick_add_takes_one_title_after_the_other_and_a_pasted_list(
    seats: Seats, anna: Account, fair: Board
) -> None:
    page = seats.open(fair.path, anna)
    expect_live(page)
    doing = list_of(page, "Doing")

    doing.get_by_role("button", name="Add card").click()
    area = doing.get_by_role("textbox", name="Title of the new card")
    area.press_sequentially("One")
    area.press("Enter")
    expect(area).to_have_value("")
    area.press_sequentially("Two")
    area.press("Enter")
    page.evaluate("""() => {
      const data = new DataTransfer()
      data.setData('text/plain', 'Three\\n- Four')
      document.activeElement.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      )
    }""")
    doing.get_by_role("button", name="Add 2 cards").click()
    area.press("Escape")

    expect_cards(page, "Doing", [SIGN, "One", "Two", "Three", "Four"])
    doing.get_by_role("button", name="Add a card to Doing").click()
    area.press_sequentially("First")
    area.press("Enter")
    area.press_sequentially("Second")
    area.press("Enter")
    expect_cards(page, "Doing", ["First", "Second", SIGN, "One", "Two", "Three", "Four"])
    expect(card(page, "Second")).to_have_attribute("href", re.compile(r"/c/\d+$"))
    assert fair.titles("Doing") == ["First", "Second", SIGN, "One", "Two", "Three", "Four"]


def test_labels_dates_and_people_of_a_card_show_on_the_other_board(
    seats: Seats, anna: Account, bob: Account, fair: Board
) -> None:
    mine = seats.open(fair.path, anna)
    theirs = seats.open(fair.path, bob)
    expect_live(mine)
    expect_live(theirs)
    dialog = open_card(mine, STALL)

    dialog.get_by_role("button", name=re.compile("^Labels:")).click()
    mine.get_by_role("textbox", name="Find or create a label").fill("Urgent")
    mine.get_by_role("button", name="Create the label “Urgent”").click()
    expect(dialog.get_by_role("button", name="Labels: Urgent")).to_be_visible()
    mine.keyboard.press("Escape")
    dialog.get_by_role("button", name="Due date: none").click()
    mine.get_by_role("button", name="Tomorrow").click()
    expect(dialog.get_by_role("button", name=re.compile("^Due date: (?!none)"))).to_be_visible()
    dialog.get_by_role("button", name="Assignees: Nobody").click()
    mine.get_by_role("option", name=re.compile("Bob Lindt")).click()
    mine.keyboard.press("Escape")
    choose(mine, dialog.get_by_role("button", name="Priority: None"), "High")

    face = tile(theirs, STALL)
    expect(face.get_by_text("Urgent")).to_be_visible()
    expect(face.get_by_text(re.compile("^Due "))).to_be_visible()
    expect(face.get_by_role("img", name="Bob Lindt")).to_be_visible()
    expect(face.get_by_role("img", name="High priority")).to_be_visible()


def test_checklist_title_and_comment_of_an_open_card_are_live(
    seats: Seats, anna: Account, bob: Account, fair: Board
) -> None:
    mine = open_card(seats.open(fair.path, anna), STALL)
    watching = seats.open(fair.path, bob)
    expect_live(watching)
    theirs = open_card(watching, STALL)

    mine.get_by_role("button", name="Add checklist").click()
    mine.get_by_role("textbox", name="Title of the checklist").fill("Papers")
    mine.get_by_role("button", name="Add", exact=True).click()
    papers = mine.get_by_role("region", name="Papers")
    papers.get_by_role("button", name="Add an item").click()
    papers.get_by_role("textbox", name="Add an item").fill("Passport")
    papers.get_by_role("textbox", name="Add an item").press("Enter")
    expect(theirs.get_by_role("checkbox", name="Passport")).to_be_visible()
    theirs.get_by_role("checkbox", name="Passport").check()
    expect(mine.get_by_role("checkbox", name="Passport")).to_be_checked()

    theirs.get_by_role("textbox", name="Comment").fill("Done <b>now</b>")
    theirs.get_by_role("textbox", name="Comment").press("Control+Enter")
    # Markdown only: tags are shown, not obeyed.
    expect(mine.get_by_text("Done <b>now</b>")).to_be_visible()
    theirs.get_by_role("button", name="Delete", exact=True).click()
    expect(mine.get_by_text("Done <b>now</b>")).to_be_hidden()


def test_card_that_somebody_deletes_while_it_is_open_says_so_and_can_be_restored(
    seats: Seats, anna: Account, bob: Account, fair: Board
) -> None:
    page = seats.open(fair.path, anna)
    expect_live(page)
    open_card(page, STALL)

    bob.call("DELETE", f"/cards/{fair.cards[STALL]}")
    expect(page.get_by_text("Bob Lindt deleted this card")).to_be_visible()
    page.get_by_role("button", name="Restore").click()

    dialog = page.get_by_role("dialog", name=STALL)
    expect(dialog.get_by_role("button", name=STALL, exact=True)).to_be_visible()
    assert fair.titles("To do") == [STALL, PLAN]
