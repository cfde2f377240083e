"""Search in the palette and on its page: with the keyboard, in both languages, on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accounts import Account, board
from tests.browser.axe import violations
from tests.browser.conftest import Seats
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

POSTER = "提高海报的对比度"
THEME = "Dark theme contrast pass"
REMARK = "The amber chip has <b>too little</b> contrast, can you check?"


@pytest.fixture
def anna_with_cards(anna: Account) -> Account:
    """Somebody with a board on which there is something to find."""
    launch = board(anna, "Product launch", To_do=[THEME, POSTER, "Print the plan"])
    anna.call("PATCH", f"/cards/{launch.cards[THEME]}", {"description": "Every pair reaches 4.5."})
    anna.call("POST", f"/cards/{launch.cards[POSTER]}/comments", {"body": REMARK})
    return anna


def find(page: Page, words: str) -> None:
    page.get_by_role("searchbox", name="Search").fill(words)


def test_palette_finds_cards_and_comments_while_typing(
    seats: Seats, anna_with_cards: Account
) -> None:
    page = seats.open("/", anna_with_cards)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search and commands")
    palette.get_by_label("Search or jump to").fill("对比")

    option = palette.get_by_role("option", name=re.compile(POSTER))
    expect(option).to_be_visible()
    expect(option.locator("mark")).to_have_text("对比")
    assert violations(page, "palette") == []

    palette.get_by_label("Search or jump to").fill("theme contr")
    expect(palette.get_by_role("option", name=re.compile(THEME))).to_be_visible()
    expect(option).to_be_hidden()
    palette.get_by_role("option", name=re.compile(THEME)).click()
    expect(page.get_by_role("dialog", name=re.compile(THEME))).to_be_visible()


def test_palette_says_when_nothing_is_found_and_when_search_fails(
    seats: Seats, anna_with_cards: Account, watch: Watch
) -> None:
    watch.allow_lost_network()
    page = seats.open("/", anna_with_cards)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    field = page.get_by_label("Search or jump to")
    field.fill("xyzzy")
    status = page.get_by_role("dialog").get_by_role("status")
    expect(status).to_have_text("Nothing found")

    page.route("**/api/v1/search*", lambda route: route.abort())
    field.fill("contrast")

    expect(status).to_have_text("The search did not work. Try it again in a moment.")


def test_palette_leads_to_the_page_with_everything(seats: Seats, anna_with_cards: Account) -> None:
    page = seats.open("/", anna_with_cards)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_label("Search or jump to").fill("contrast")
    page.get_by_role("option", name="Search everywhere for “contrast”").click()

    expect(page).to_have_url(re.compile(r"/search\?q=contrast$"))
    expect(page.get_by_text("2 results")).to_be_visible()


def test_search_page_finds_narrows_and_opens_with_the_keyboard(
    seats: Seats, anna_with_cards: Account
) -> None:
    page = seats.open("/search", anna_with_cards)
    expect(page.get_by_text("Search cards, comments, boards and jobs")).to_be_visible()
    find(page, "contrast")
    results = page.get_by_role("region", name="Results").get_by_role("link")
    expect(results).to_have_count(2)
    expect(results.nth(0)).to_contain_text(THEME)
    expect(results.nth(1)).to_contain_text(REMARK)
    assert results.nth(1).locator("mark").all_text_contents() == ["contrast"]

    page.get_by_role("checkbox", name="Comments").check()
    expect(results).to_have_count(1)
    expect(page).to_have_url(re.compile("type=comment"))
    page.reload()
    expect(results).to_have_count(1)
    expect(page.get_by_role("checkbox", name="Comments")).to_be_checked()

    find(page, "nothing like it")
    expect(page.get_by_text("Nothing found for “nothing like it”")).to_be_visible()
    page.get_by_role("button", name="Clear the filters").click()
    find(page, "contrast")
    expect(results).to_have_count(2)

    page.get_by_role("searchbox", name="Search").focus()
    page.keyboard.press("ArrowDown")
    expect(results.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=re.compile(POSTER))).to_be_visible()


def test_search_page_offers_to_try_again(
    seats: Seats, anna_with_cards: Account, watch: Watch
) -> None:
    watch.allow_lost_network()
    page = seats.open("/", anna_with_cards)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.route("**/api/v1/search*", lambda route: route.abort())
    page.goto("/search?q=contrast")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The server cannot be reached")
    page.unroute_all()
    alert.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("2 results")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_search_page_is_accessible_in_both_languages(
    seats: Seats, anna_with_cards: Account, *, dark: bool, phone: bool
) -> None:
    for locale, words in (("en-GB", "2 results"), ("zh-CN", "2 个结果")):
        anna_with_cards.call("PATCH", "/auth/me", {"locale": "en" if locale == "en-GB" else locale})
        look = {"dark": dark, "phone": phone, "locale": locale}
        page = seats.open("/search?q=contrast", anna_with_cards, **look)
        expect(page.get_by_text(words)).to_be_visible()
        assert violations(page, f"search, {locale}") == []
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0
        page.goto("/search?q=xyzzy")
        expect(page.get_by_text("xyzzy").first).to_be_visible()
        assert violations(page, f"empty search, {locale}") == []
