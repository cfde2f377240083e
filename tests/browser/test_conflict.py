"""Two people rewrite the same description: nobody's words are lost, and one of them chooses."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.accounts import Account, board
from tests.browser.board_view import expect_live, open_card
from tests.browser.conftest import Seats
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

THEIRS = "Ask the town hall, second floor."
MINE = "Ask the market office by phone."


def write(dialog: Locator, text: str) -> None:
    dialog.get_by_role("button", name="Edit description").click()
    dialog.get_by_role("textbox", name="Description").fill(text)


def save(dialog: Locator) -> None:
    dialog.get_by_role("button", name=re.compile("^Save")).click()


@pytest.mark.parametrize(
    ("button", "kept"), [("Take theirs", THEIRS), ("Keep yours", MINE)], ids=["theirs", "mine"]
)
def test_second_of_two_edits_is_held_until_its_author_chooses(
    seats: Seats, watch: Watch, anna: Account, bob: Account, button: str, kept: str
) -> None:
    fair = board(anna, To_do=["Ask for a stall"])
    fair.invite(bob)
    path = f"/cards/{fair.cards['Ask for a stall']}"
    anna.call("PATCH", path, {"description": "Ask."})
    pages = [seats.open(fair.path, who) for who in (anna, bob)]
    for page in pages:
        expect_live(page)
    mine, theirs = (open_card(page, "Ask for a stall") for page in pages)
    write(mine, MINE)
    write(theirs, THEIRS)

    save(theirs)
    expect(theirs.get_by_text(THEIRS)).to_be_visible()
    watch.allow(409)
    save(mine)

    block = mine.get_by_role("alert")
    expect(block).to_contain_text("Bob Lindt changed the description meanwhile")
    expect(block).to_contain_text(MINE)
    expect(block).to_contain_text(THEIRS)
    block.get_by_role("button", name=button).click()
    expect(block).to_be_hidden()
    for dialog in (mine, theirs):
        expect(dialog.get_by_role("region", name="Description")).to_contain_text(kept)
    assert anna.call("GET", path)["description"] == kept
