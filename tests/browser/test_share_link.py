"""A board shown by a public link: anybody reads it live, nobody writes."""

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import Account, board
from tests.browser.board_view import expect_cards, expect_live, list_of, open_card
from tests.browser.conftest import Seats
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser


def test_visitor_with_the_link_reads_live_and_finds_nothing_to_write_with(
    seats: Seats, watch: Watch, anna: Account
) -> None:
    fair = board(anna, To_do=["Ask for a stall", "Print the plan"], Doing=[])
    mine = seats.open(fair.path, anna)
    mine.get_by_role("button", name="Share", exact=True).click()
    dialog = mine.get_by_role("dialog", name="Share Spring fair")
    dialog.get_by_role("button", name="Create link").click()
    link = dialog.get_by_role("textbox", name="The link").input_value()

    visitor = seats.open(link)
    expect_live(visitor)
    expect(visitor.get_by_text("Shared with you, read only")).to_be_visible()
    expect_cards(visitor, "To do", ["Ask for a stall", "Print the plan"])
    for name in ("Add card", "Add list", "New card", "Share", "Board menu"):
        expect(visitor.get_by_role("button", name=name)).to_have_count(0)
    list_of(visitor, "To do").get_by_role("link").first.focus()
    visitor.keyboard.press("Shift+ArrowDown")
    expect(list_of(visitor, "To do").get_by_role("button")).to_have_count(0)

    anna.call(
        "POST",
        f"/cards/{fair.cards['Print the plan']}/move",
        {"list_id": fair.lists["Doing"], "place": {"at": "top"}},
    )
    expect_cards(visitor, "Doing", ["Print the plan"])
    expect_cards(visitor, "To do", ["Ask for a stall"])

    watch.allow(401, 403, 404)
    dialog.get_by_role("button", name="Close the link").click()
    expect(visitor.get_by_text("This link does not work any more")).to_be_visible()


def test_visitor_opens_a_card_and_sees_its_text_and_comments(seats: Seats, anna: Account) -> None:
    fair = board(anna, To_do=["Ask for a stall"])
    path = f"/cards/{fair.cards['Ask for a stall']}"
    anna.call("PATCH", path, {"description": "At the **town hall**."})
    anna.call("POST", f"{path}/comments", {"body": "They open at nine."})
    link = anna.call("POST", f"/boards/{fair.id}/share-links", {})

    visitor = seats.open(f"/share/{fair.id}#{link['token']}")
    dialog = open_card(visitor, "Ask for a stall")

    expect(dialog.get_by_text("At the town hall.")).to_be_visible()
    expect(dialog.get_by_text("They open at nine.")).to_be_visible()
    for field in ("Comment", "Description", "Title"):
        expect(dialog.get_by_role("textbox", name=field)).to_have_count(0)
    expect(dialog.get_by_role("button", name="Edit description")).to_have_count(0)


def test_link_without_its_last_part_says_what_is_missing(seats: Seats, anna: Account) -> None:
    visitor = seats.open(f"/share/{board(anna).id}")

    expect(visitor.get_by_role("heading", name="This link is not complete")).to_be_visible()
