"""The first day of a team: an installation is new, and a board comes over from Trello."""

import statistics
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accounts import register
from tests.browser.board_view import (
    card,
    cards_of,
    drag,
    expect_cards,
    expect_live,
    list_of,
    open_card,
    tile,
)
from tests.browser.conftest import Seats
from tests.browser.live_latency import Delay, delay_of_move, watch_for_card
from tests.make.accounts import PASSWORD
from tests.make.trello import REAL_SHAPED

pytestmark = pytest.mark.browser

PHONES = "Fix: menu does not close on phones 📱"
DRAFT = "Start page: first draft"
WORDS = "联系表单的文案"
REFERENCES = "Collect references from other sites"
PHOTOGRAPHS = "Ask for the old photographs"


def register_first(page: Page) -> None:
    # Nobody can sign in yet, so the page for it gives way.
    expect(page.get_by_role("heading", name="Welcome to Taskly")).to_be_visible()
    expect(page.get_by_text("You will be its administrator.")).to_be_visible()
    page.get_by_label("Your name").fill("Mara Holm")
    page.get_by_label("E-mail").fill("mara@example.com")
    expect(page.get_by_label("User name")).to_have_value("mara")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Where do you want to start?")).to_be_visible()


def import_board(page: Page) -> None:
    page.get_by_role("button", name="Bring a board from Trello").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").first.click()
    chooser.value.set_files(REAL_SHAPED)
    expect(page.get_by_text("Nothing is written yet.", exact=True)).to_be_visible()
    lists = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Lists"))
    expect(lists.get_by_role("cell").first).to_have_text("5")
    expect(page.get_by_role("heading", name="What does not arrive as it was")).to_be_visible()
    page.get_by_role("button", name="Import 10 cards").click()
    expect(page.get_by_text("“Website relaunch” is here.")).to_be_visible()
    page.get_by_role("link", name="Open the board").click()
    expect(page.get_by_role("heading", name="Website relaunch", level=1)).to_be_visible()


def invite(page: Page, name: str) -> None:
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share Website relaunch")
    dialog.get_by_label("Find people by name or e-mail").fill(name)
    dialog.get_by_role("button", name=f"Add {name}").click()
    members = dialog.get_by_role("region", name="Members")
    expect(members.get_by_text(name)).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_new_team_imports_its_trello_board_and_works_on_it_live(
    new_taskly_url: str, seats: Seats, record_property: Callable[[str, object], None]
) -> None:
    mara = seats.open("/", url=new_taskly_url)
    register_first(mara)
    import_board(mara)
    expect_cards(mara, "Ideas", [REFERENCES, PHOTOGRAPHS])
    expect_cards(mara, "Doing", [PHONES, DRAFT, WORDS])
    expect(mara.get_by_role("region", name="Old sprint")).to_be_hidden()

    samira = register(new_taskly_url, "Samira Ortiz")
    second = seats.open("/", samira)
    expect(second.get_by_role("heading", name="Where do you want to start?")).to_be_visible()
    invite(mara, "Samira Ortiz")
    second.get_by_role("navigation", name="Boards").get_by_role(
        "link", name="Website relaunch"
    ).click()
    expect_live(second)
    expect_live(mara)

    drag(mara, PHOTOGRAPHS, tile(mara, PHONES), "bottom")
    for page in (mara, second):
        expect_cards(page, "Doing", [PHONES, PHOTOGRAPHS, DRAFT, WORDS])
        expect_cards(page, "Ideas", [REFERENCES])

    delays = [move_by_keys(mara, second, PHONES, back=bool(turn % 2)) for turn in range(6)]
    for page in (mara, second):
        expect_cards(page, "Doing", [PHONES, PHOTOGRAPHS, DRAFT, WORDS])
    record_property(
        "figures",
        {
            "moves": len(delays),
            "answer_to_other_screen_median_ms": round(statistics.median(d.ms for d in delays), 1),
            "max_ms": round(max(d.ms for d in delays), 1),
        },
    )

    dialog = open_card(mara, DRAFT)
    dialog.get_by_role("textbox", name="Comment").fill("The **first** half is done.")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_text("The first half is done.")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    theirs = open_card(second, DRAFT)
    expect(theirs.get_by_text("The first half is done.")).to_be_visible()

    mara.get_by_role("button", name="Your account").click()
    mara.get_by_role("menuitem", name="Sign out").click()
    expect(mara.get_by_role("heading", name="Sign in")).to_be_visible()
    mara.go_back()
    expect(mara.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(card(mara, DRAFT)).to_be_hidden()


def move_by_keys(writer: Page, watcher: Page, title: str, *, back: bool) -> Delay:
    """Moves a card of Doing one list to the right, or back again, and tells how long it took."""
    target, key = ("Doing", "ArrowLeft") if back else ("Waiting for client", "ArrowRight")
    link = card(writer, title)
    card_id = tile(writer, title).get_attribute("data-card") or ""
    list_id = list_of(watcher, target).get_attribute("data-list") or ""
    watch_for_card(watcher, list_id, card_id)
    link.focus()
    with writer.expect_response(lambda answer: "/move" in answer.url) as moved:
        writer.keyboard.press(f"Shift+{key}")
    moved.value.finished()
    expect(cards_of(writer, target).filter(has_text=title)).to_be_focused()
    delay = delay_of_move(writer, watcher, "/move")
    expect(cards_of(watcher, target).filter(has_text=title)).to_be_visible()
    return delay
