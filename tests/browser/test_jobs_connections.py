"""The page on which administrators name the databases that jobs may read."""

import re
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accounts import Account, register
from tests.browser.axe import violations
from tests.browser.conftest import Seats
from tests.browser.watch import Watch

pytestmark = pytest.mark.browser

LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"dark": True},
    "phone": {"phone": True},
    "dark phone": {"dark": True, "phone": True},
    "chinese": {"locale": "zh-CN"},
}
PAGE = "/jobs/connections"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A database to read."""
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE goods (name TEXT)")
    connection.close()
    return path


@pytest.fixture
def name(admin: Account) -> Iterator[str]:
    """A name that no connection has; what is called so is forgotten at the end."""
    chosen = f"shop-{secrets.token_hex(4)}"
    yield chosen
    for connection in admin.call("GET", "/job-connections")["items"]:
        if connection["name"] == chosen:
            admin.call("DELETE", f"/job-connections/{connection['id']}")


def row(page: Page, name: str) -> Locator:
    """The line of a connection."""
    return page.get_by_role("listitem").filter(
        has=page.get_by_role("button", name=f"Try {name}", exact=True)
    )


def stored(admin: Account, name: str) -> dict[str, Any]:
    """The connection as the server tells it."""
    items = admin.call("GET", "/job-connections")["items"]
    found: dict[str, Any] = next(item for item in items if item["name"] == name)
    return found


def test_database_is_named_tried_and_forgotten(
    seats: Seats, admin: Account, name: str, shop: Path
) -> None:
    page = seats.open("/jobs", admin)
    page.get_by_role("link", name="Connections").click()
    page.get_by_role("button", name="Add a connection").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("radio", name="SQLite file").check()
    expect(dialog.get_by_label("Host")).to_have_count(0)
    dialog.get_by_label("Path of the file").fill(str(shop))
    page.keyboard.press("Enter")
    expect(row(page, name)).to_contain_text(str(shop))

    row(page, name).get_by_role("button", name=f"Try {name}").click()
    expect(row(page, name)).to_contain_text("It works")
    row(page, name).get_by_role("button", name=f"Delete {name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    expect(row(page, name)).to_have_count(0)


def test_trial_that_fails_says_why_and_leads_to_its_job(
    seats: Seats, admin: Account, name: str, tmp_path: Path
) -> None:
    new = {"name": name, "engine": "sqlite", "database": str(tmp_path / "not-there.db")}
    admin.call("POST", "/job-connections", new)
    page = seats.open(PAGE, admin)

    row(page, name).get_by_role("button", name=f"Try {name}").click()
    link = row(page, name).get_by_role("link", name=re.compile(r"^J-\d+$"))
    expect(row(page, name).get_by_role("status")).not_to_contain_text("A worker tries it")
    expect(row(page, name)).not_to_contain_text("It works")
    link.click()

    expect(page.get_by_role("heading", name=f"Trial of {name}")).to_be_visible()
    expect(page.get_by_role("region", name="What happened")).to_be_visible()


def test_edit_keeps_the_password_for_its_server_alone(
    seats: Seats, watch: Watch, admin: Account, name: str
) -> None:
    new = {"name": name, "engine": "postgresql", "host": "db.example", "database": "shop"}
    admin.call("POST", "/job-connections", new | {"username": "reader", "password": "hush"})
    page = seats.open(PAGE, admin)
    change = row(page, name).get_by_role("button", name=f"Change {name}")
    dialog = page.get_by_role("dialog")

    change.click()
    expect(dialog.get_by_label("Password", exact=True)).to_have_value("")
    dialog.get_by_label("Database").fill("orders")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, name)).to_contain_text("reader@db.example/orders")
    assert stored(admin, name)["has_password"] is True

    change.click()
    dialog.get_by_label("Host").fill("db2.example")
    watch.allow(422)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Another server or account needs its password anew.")
    dialog.get_by_role("checkbox", name="Take the stored password away").check()
    expect(dialog.get_by_label("Password", exact=True)).to_have_count(0)
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, name)).to_contain_text("reader@db2.example/orders")
    assert stored(admin, name)["has_password"] is False


def test_what_the_server_refuses_is_told_at_its_field(
    seats: Seats, watch: Watch, admin: Account, name: str, shop: Path
) -> None:
    admin.call(
        "POST", "/job-connections", {"name": name, "engine": "sqlite", "database": str(shop)}
    )
    page = seats.open(PAGE, admin)
    expect(row(page, name)).to_be_visible()
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog")
    watch.allow(409, 422)

    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Add a connection").click()
    for label in ("Host", "Database", "Account"):
        expect(dialog.get_by_label(label)).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("Host")).to_be_focused()
    for label in ("Host", "Database", "Account"):
        dialog.get_by_label(label).fill("x")
    dialog.get_by_label("Port").fill("five")
    dialog.get_by_role("button", name="Add a connection").click()
    expect(dialog.get_by_label("Port")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Port").fill("")
    dialog.get_by_role("button", name="Add a connection").click()

    expect(dialog.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    expect(dialog).to_contain_text("There is a connection of this name already.")


def test_connections_are_shown_to_administrators_alone(seats: Seats, anna: Account) -> None:
    page = seats.open("/jobs", anna)
    expect(page.get_by_role("link", name="Statistics")).to_be_visible()
    expect(page.get_by_role("link", name="Connections")).to_have_count(0)

    page.goto(PAGE)

    expect(page).to_have_url(re.compile(r"/$"))


def test_connections_that_cannot_be_read_are_asked_for_again(
    seats: Seats, watch: Watch, admin: Account
) -> None:
    context = seats.context(admin)
    watch.allow_lost_network()
    context.route("**/api/v1/job-connections", lambda route: route.abort("failed"))
    page = context.new_page()
    page.goto(PAGE)
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")

    context.unroute("**/api/v1/job-connections")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_role("region", name="Databases that jobs may read")).to_be_visible()


def test_no_connections_offer_to_add_one(new_taskly_url: str, seats: Seats) -> None:
    page = seats.open(PAGE, register(new_taskly_url, "Ada First"))
    expect(page.get_by_text("No connections yet")).to_be_visible()
    found = violations(page, "empty")

    page.get_by_role("main").get_by_role("button", name="Add a connection").click()

    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    assert found == []


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_where_connections_are_kept(
    seats: Seats, admin: Account, name: str, shop: Path, look: dict[str, Any]
) -> None:
    admin.call(
        "POST", "/job-connections", {"name": name, "engine": "sqlite", "database": str(shop)}
    )
    admin.call("PATCH", "/auth/me", {"locale": look.get("locale", "en")})
    try:
        page = seats.open(PAGE, admin, **look)
        line = page.get_by_role("listitem").filter(has_text=name)
        line.get_by_role("button").first.click()
        expect(line.get_by_role("status")).to_be_visible()
        found = violations(page, "list")
        page.keyboard.press("n")
        dialog = page.get_by_role("dialog")
        dialog.locator("button[type=submit]").click()
        expect(dialog.locator("[aria-invalid=true]").first).to_be_visible()
        found += violations(page, "form with errors")
    finally:
        admin.call("PATCH", "/auth/me", {"locale": "en"})

    assert found == []
