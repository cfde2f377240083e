"""An installation within a house: plain HTTP under a name, where browsers offer pages less."""

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import Account, board
from tests.browser.board_view import choose, expect_cards, expect_live, list_of, tile
from tests.browser.conftest import PLAIN_HOST, Seats
from tests.make.accounts import PASSWORD

pytestmark = pytest.mark.browser


def test_board_is_signed_in_to_changed_and_linked_without_tls(seats: Seats, anna: Account) -> None:
    fair = board(anna, Doing=["Paint the sign"])
    page = seats.open(fair.path, url=anna.url.replace("127.0.0.1", PLAIN_HOST))
    assert page.evaluate("() => isSecureContext") is False
    page.get_by_label("User name or e-mail").fill(anna.username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect_live(page)

    list_of(page, "Doing").get_by_role("button", name="Add card").click()
    area = list_of(page, "Doing").get_by_role("textbox", name="Title of the new card")
    area.fill("Rent a tent")
    area.press("Enter")
    area.press("Escape")
    expect_cards(page, "Doing", ["Paint the sign", "Rent a tent"])
    tile(page, "Paint the sign").hover()
    choose(page, page.get_by_role("button", name="Actions for “Paint the sign”"), "Copy link")
    expect(page.get_by_text("The link is copied")).to_be_visible()

    page.reload()
    expect_cards(page, "Doing", ["Paint the sign", "Rent a tent"])
    assert fair.titles("Doing") == ["Paint the sign", "Rent a tent"]
