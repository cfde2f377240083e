"""The settings page: profile, password, sessions of other devices."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accounts import Account, board
from tests.browser.board_view import expect_live
from tests.browser.conftest import Seats
from tests.browser.watch import Watch
from tests.make.accounts import PASSWORD

pytestmark = pytest.mark.browser

NEW_PASSWORD = "a new battery for the horse"


def sign_in(page: Page, who: Account, password: str) -> None:
    page.get_by_label("User name or e-mail").fill(who.username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_session_ended_elsewhere_sends_that_browser_to_sign_in_and_back(
    seats: Seats, watch: Watch, anna: Account
) -> None:
    fair = board(anna)
    lost = seats.open(fair.path, anna)
    expect_live(lost)
    page = seats.open("/settings", anna)
    panel = page.get_by_role("heading", name="Sessions")
    expect(panel).to_be_visible()
    expect(page.get_by_text("This session", exact=True)).to_be_visible()
    watch.allow(401)

    for button in page.get_by_role("button", name=re.compile("^End the session")).all():
        expect(button).to_be_visible()
    # The account's own sign-ins through the API are on the list too; the newest one is the browser.
    for _ in range(page.get_by_role("button", name=re.compile("^End the session")).count()):
        ended = page.get_by_role("button", name=re.compile("^End the session"))
        before = ended.count()
        ended.first.click()
        expect(ended).to_have_count(before - 1)

    expect(lost.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(lost, anna, PASSWORD)
    expect(lost).to_have_url(re.compile(re.escape(fair.path)))
    expect_live(lost)


def test_password_is_changed_only_with_the_current_one(
    seats: Seats, watch: Watch, anna: Account
) -> None:
    page = seats.open("/settings", anna)
    page.get_by_role("button", name="Change the password").click()
    dialog = page.get_by_role("dialog", name="Change the password")

    dialog.get_by_label("Current password").fill("not this one")
    dialog.get_by_label("New password").fill("short")
    dialog.get_by_role("button", name="Change", exact=True).click()
    expect(dialog.get_by_text("Choose a password of at least 8 characters.")).to_be_visible()

    watch.allow(422)
    dialog.get_by_label("New password").fill(NEW_PASSWORD)
    dialog.get_by_role("button", name="Change", exact=True).click()
    expect(dialog.get_by_label("Current password")).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("Current password")).to_be_focused()

    dialog.get_by_label("Current password").fill(PASSWORD)
    dialog.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_text("The password is changed.").first).to_be_visible()

    page.get_by_role("button", name="Your account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    watch.allow(401)
    sign_in(page, anna, PASSWORD)
    expect(page.get_by_text("The name or the password is not right.")).to_be_visible()
    sign_in(page, anna, NEW_PASSWORD)
    expect(page.get_by_role("button", name="Your account")).to_be_visible()


def test_profile_is_saved_field_by_field_and_a_taken_name_is_refused_at_its_field(
    seats: Seats, watch: Watch, anna: Account, bob: Account
) -> None:
    page = seats.open("/settings", anna)

    page.get_by_label("Name", exact=True).fill("Anna Lindgren")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Your account")).to_contain_text("Anna Lindgren")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()

    watch.allow(409, 422)
    page.get_by_label("User name").fill(bob.username)
    page.keyboard.press("Enter")
    expect(page.get_by_label("User name")).to_have_attribute("aria-invalid", "true")
    assert anna.call("GET", "/auth/me")["username"] == anna.username
