"""The home page: making boards, stars, archive, trash."""

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import Account, board
from tests.browser.board_view import choose, expect_live
from tests.browser.conftest import Seats

pytestmark = pytest.mark.browser


def test_new_person_makes_a_board_with_three_lists(seats: Seats, anna: Account) -> None:
    page = seats.open("/", anna)

    page.get_by_role("button", name="Start a blank board").click()
    dialog = page.get_by_role("dialog", name="New board")
    dialog.get_by_role("button", name="Create board").click()
    expect(dialog.get_by_text("Give the board a name.")).to_be_visible()
    dialog.get_by_label("Name").fill("Summer camp")
    dialog.get_by_role("radio", name="Teal").check(force=True)
    dialog.get_by_role("button", name="Create board").click()

    expect(page.get_by_role("heading", name="Summer camp", level=1)).to_be_visible()
    expect(page.get_by_role("main").get_by_role("heading", level=2)).to_have_text(
        ["To do", "Doing", "Done"]
    )
    expect_live(page)
    expect(page.get_by_role("navigation", name="Boards").get_by_role("link")).to_have_text(
        ["Summer camp"]
    )


def test_board_is_starred_archived_deleted_and_restored_from_home(
    seats: Seats, anna: Account
) -> None:
    board(anna, "Spring fair")
    board(anna, "Winter ball")
    page = seats.open("/", anna)
    main = page.get_by_role("main")
    fair = main.get_by_role("link", name="Spring fair")
    expect(fair).to_be_visible()

    main.get_by_role("button", name="Star Spring fair").click()
    expect(main.get_by_role("heading", name="Starred")).to_be_visible()
    page.reload()
    expect(main.get_by_role("heading", name="Starred")).to_be_visible()
    expect(main.get_by_role("button", name="Star Spring fair")).to_have_attribute(
        "aria-pressed", "true"
    )

    actions = main.get_by_role("button", name="Actions for Spring fair")
    choose(page, actions, "Archive")
    expect(fair).to_be_hidden()
    page.get_by_role("tab", name="Archived").click()
    expect(fair).to_be_visible()
    choose(page, actions, "Bring back")
    expect(main.get_by_text("No archived boards")).to_be_visible()

    page.get_by_role("tab", name="Boards").click()
    choose(page, actions, "Delete")
    expect(fair).to_be_hidden()
    expect(page.get_by_role("navigation", name="Boards").get_by_role("link")).to_have_text(
        ["Winter ball"]
    )
    page.get_by_role("tab", name="Trash").click()
    choose(page, actions, "Restore")
    expect(main.get_by_text("The trash is empty")).to_be_visible()
    page.get_by_role("tab", name="Boards").click()
    expect(fair).to_be_visible()


def test_deleting_the_open_board_asks_first_and_undo_brings_it_back(
    seats: Seats, anna: Account
) -> None:
    fair = board(anna)
    page = seats.open(fair.path, anna)
    expect_live(page)

    choose(page, page.get_by_role("button", name="Board menu"), "Delete board")
    question = page.get_by_role("dialog", name="Delete the board “Spring fair”?")
    question.get_by_role("button", name="Delete board").click()
    expect(page.get_by_role("heading", name="Where do you want to start?")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("heading", name="Spring fair", level=1)).to_be_visible()
    expect_live(page)


def test_member_who_is_removed_is_told_that_the_board_is_gone(
    seats: Seats, anna: Account, bob: Account
) -> None:
    fair = board(anna)
    fair.invite(bob)
    mine = seats.open(fair.path, anna)
    theirs = seats.open(fair.path, bob)
    expect_live(theirs)

    mine.get_by_role("button", name="Share", exact=True).click()
    choose(mine, mine.get_by_role("button", name="More for Bob Lindt"), "Remove from the board")
    mine.get_by_role("dialog", name="Remove Bob Lindt from the board?").get_by_role(
        "button", name="Remove"
    ).click()

    expect(theirs.get_by_text("This board is not there")).to_be_visible()
    expect(theirs.get_by_role("navigation", name="Boards").get_by_role("link")).to_have_count(0)


def test_viewer_finds_nothing_to_write_with_until_the_role_changes(
    seats: Seats, anna: Account, bob: Account
) -> None:
    fair = board(anna)
    fair.invite(bob, "viewer")
    theirs = seats.open(fair.path, bob)
    expect_live(theirs)
    expect(theirs.get_by_role("button", name="Add card")).to_have_count(0)

    anna.call("POST", f"/boards/{fair.id}/members/{bob.id}", {"role": "editor"})

    expect(theirs.get_by_role("button", name="Add card").first).to_be_visible()
