"""Signing in and registering when something is wrong: the field says it, in the reader's language."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accounts import Account, board
from tests.browser.conftest import Seats
from tests.browser.watch import Watch
from tests.make.accounts import PASSWORD

pytestmark = pytest.mark.browser

WORDS = {
    "en-GB": {
        "name": "User name or e-mail",
        "password": "Password",
        "sign_in": "Sign in",
        "name_missing": "Enter your user name or e-mail.",
        "password_missing": "Enter your password.",
        "wrong": "The name or the password is not right.",
        "email": "E-mail",
        "username": "User name",
        "create": "Create account",
        "email_wrong": "Enter an e-mail address.",
        "taken": "Somebody already uses this user name.",
        "short": "Choose a password of at least 8 characters.",
    },
    "zh-CN": {
        "name": "用户名或邮箱",
        "password": "密码",
        "sign_in": "登录",
        "name_missing": "请输入用户名或邮箱。",
        "password_missing": "请输入密码。",
        "wrong": "用户名或密码不正确。",
        "email": "邮箱",
        "username": "用户名",
        "create": "创建账户",
        "email_wrong": "请输入邮箱地址。",
        "taken": "该用户名已被使用。",
        "short": "密码至少需要 8 个字符。",
    },
}


def expect_error(field: Locator, text: str) -> None:
    """The message belongs to the field, for eyes and for screen readers."""
    expect(field).to_have_accessible_description(text)
    expect(field).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("locale", WORDS)
def test_sign_in_says_at_the_field_what_is_wrong(
    seats: Seats, watch: Watch, anna: Account, locale: str
) -> None:
    words = WORDS[locale]
    page = seats.open("/signin", locale=locale)
    name = page.get_by_label(words["name"], exact=True)
    password = page.get_by_label(words["password"], exact=True)
    button = page.get_by_role("button", name=words["sign_in"], exact=True)

    button.click()
    expect_error(name, words["name_missing"])
    expect_error(password, words["password_missing"])
    expect(name).to_be_focused()

    watch.allow(401)
    name.fill(anna.username)
    password.fill("not this one")
    button.click()
    expect_error(password, words["wrong"])
    expect(password).to_be_focused()

    password.fill(PASSWORD)
    button.click()
    expect(page.get_by_role("navigation").first).to_be_visible()


@pytest.mark.parametrize("locale", WORDS)
def test_registration_says_at_the_field_what_is_wrong(
    seats: Seats, watch: Watch, anna: Account, locale: str
) -> None:
    words = WORDS[locale]
    page = seats.open("/register", locale=locale)
    email = page.get_by_label(words["email"], exact=True)
    username = page.get_by_label(words["username"], exact=True)
    password = page.get_by_label(words["password"], exact=True)
    button = page.get_by_role("button", name=words["create"], exact=True)

    email.fill("nobody")
    password.fill("short")
    button.click()
    expect_error(email, words["email_wrong"])
    expect_error(password, words["short"])
    expect(email).to_be_focused()

    watch.allow(409, 422)
    email.fill("nobody@example.com")
    username.fill(anna.username)
    password.fill(PASSWORD)
    button.click()
    expect_error(username, words["taken"])
    expect(username).to_be_focused()


def test_page_that_was_asked_for_opens_after_signing_in(seats: Seats, anna: Account) -> None:
    fair = board(anna)
    page: Page = seats.open(fair.path)

    page.get_by_label("User name or e-mail").fill(anna.username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Spring fair", level=1)).to_be_visible()


def test_address_that_does_not_exist_offers_the_way_home(seats: Seats, anna: Account) -> None:
    page = seats.open("/nothing/here", anna)

    expect(page.get_by_text("There is nothing at this address").last).to_be_visible()
    page.get_by_role("link", name="Go home").click()
    expect(page.get_by_role("heading", name="Where do you want to start?")).to_be_visible()
