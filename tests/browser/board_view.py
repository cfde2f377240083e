"""The board as its users find it: lists and cards by their names, and what hands do with them."""

import re
from typing import Literal

from playwright.sync_api import Locator, Page, expect


def list_of(page: Page, name: str) -> Locator:
    """A list of the board."""
    return page.get_by_role("region", name=name, exact=True)


def cards_of(page: Page, list_name: str) -> Locator:
    """The cards of a list, from top to bottom; each is a link named by its title."""
    return list_of(page, list_name).get_by_role("link")


def card(page: Page, title: str) -> Locator:
    """The card with this title, wherever it is on the board."""
    return page.get_by_role("main").get_by_role("link", name=title, exact=True)


def tile(page: Page, title: str) -> Locator:
    """The whole face of a card, with its labels and figures."""
    link = page.get_by_role("link", name=title, exact=True)
    return page.get_by_role("main").get_by_role("listitem").filter(has=link)


def expect_cards(page: Page, list_name: str, titles: list[str]) -> None:
    """Waits until the list shows exactly these cards in this order."""
    expect(cards_of(page, list_name)).to_have_text(titles)


def expect_live(page: Page) -> None:
    """Waits until the board receives the changes of others."""
    expect(page.get_by_role("status").filter(has_text=re.compile("^(Live|实时)$"))).to_be_visible()


def choose(page: Page, button: Locator, item: str) -> None:
    """Opens the menu behind a button and takes one of its lines."""
    button.click()
    menu = page.get_by_role("menu")
    line = menu.get_by_role("menuitem", name=item)
    line.or_(menu.get_by_role("menuitemcheckbox", name=item)).click()


def choose_option(page: Page, picker: str, option: str) -> None:
    """Opens a picker by its label and takes one of its options."""
    page.get_by_role("button", name=f"{picker}:").click()
    page.get_by_role("option", name=option).first.click()


def open_card(page: Page, title: str) -> Locator:
    """Opens a card and gives its dialog, with everything read."""
    card(page, title).click()
    dialog = page.get_by_role("dialog", name=title)
    expect(dialog.get_by_role("region", name="Comments and activity")).to_be_visible()
    return dialog


def drag(
    page: Page, title: str, target: Locator, edge: Literal["top", "bottom"] | None = None
) -> None:
    """Drags a card by the mouse onto a card's upper or lower half, or onto a list's free space."""
    grip = card(page, title)
    grip.hover()
    page.mouse.down()
    box = target.bounding_box()
    assert box is not None
    share = {"top": 0.2, "bottom": 0.8, None: 0.5}[edge]
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * share
    # A drag begins with a small movement; then the pointer passes over what lies between.
    page.mouse.move(x, y - 6, steps=8)
    page.mouse.move(x, y, steps=3)
    if edge is not None:
        expect(target).to_have_class(re.compile(f"edge-{edge}"))
    page.mouse.up()
