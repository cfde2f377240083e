"""Language and theme: changed at once, kept over reloads and on every device."""

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import Account
from tests.browser.board_view import choose_option
from tests.browser.conftest import Seats

pytestmark = pytest.mark.browser


def test_language_changes_at_once_and_stays_until_it_is_changed_back(
    seats: Seats, anna: Account
) -> None:
    page = seats.open("/", anna)
    expect(page.get_by_role("heading", name="Where do you want to start?")).to_be_visible()

    page.get_by_role("button", name="Language").click()
    page.get_by_role("menuitemcheckbox", name="中文").click()
    expect(page.get_by_role("button", name="你的账户")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.reload()
    expect(page.get_by_role("heading", name="看板").first).to_be_visible()
    expect(page).to_have_title("首页 · Taskly")

    elsewhere = seats.open("/", anna)
    expect(elsewhere.get_by_role("button", name="你的账户")).to_be_visible()

    page.get_by_role("button", name="语言").click()
    page.get_by_role("menuitemcheckbox", name="English").click()
    expect(page.get_by_role("button", name="Your account")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_theme_stays_after_a_reload_and_follows_the_account(seats: Seats, anna: Account) -> None:
    page = seats.open("/", anna)
    expect(page.locator("html")).to_have_attribute("data-theme", "light")

    with page.expect_response("**/auth/me"):
        page.get_by_role("button", name="Dark theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.get_by_role("button", name="Light theme")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    elsewhere = seats.open("/settings/appearance", anna)
    expect(elsewhere.locator("html")).to_have_attribute("data-theme", "dark")
    expect(elsewhere.get_by_role("radio", name="Dark")).to_be_checked()
    # The picture of the theme lies over the button.
    elsewhere.get_by_role("radio", name="Light").check(force=True)
    expect(elsewhere.locator("html")).to_have_attribute("data-theme", "light")


def test_time_zone_and_language_are_chosen_in_the_settings(seats: Seats, anna: Account) -> None:
    page = seats.open("/settings/appearance", anna)

    page.get_by_role("button", name="Time zone:").click()
    page.get_by_role("textbox", name="Search").fill("tokyo")
    page.get_by_role("option", name="Asia/Tokyo").click()
    choose_option(page, "Language", "中文")

    expect(page.get_by_role("heading", name="设置")).to_be_visible()
    me = anna.call("GET", "/auth/me")
    assert (me["locale"], me["time_zone"]) == ("zh-CN", "Asia/Tokyo")
