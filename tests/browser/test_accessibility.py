"""axe finds nothing: every page and dialog, light and dark, on a desktop and on a phone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accounts import Account, Board, board, register
from tests.browser.axe import violations
from tests.browser.board_view import choose, list_of, open_card
from tests.browser.conftest import Seats
from tests.browser.watch import Watch
from tests.make.trello import REAL_SHAPED

pytestmark = pytest.mark.browser

LOOKS = {
    "light": {},
    "dark": {"dark": True},
    "light-phone": {"phone": True},
    "dark-phone": {"phone": True, "dark": True},
}
STALL = "Ask for a stall"


@dataclass(frozen=True)
class World:
    """What the pages show."""

    admin: Account
    newcomer: Account
    fair: Board
    share_path: str


@pytest.fixture(scope="module")
def world(admin: Account) -> World:
    """A board with something of everything, one share link, and somebody who has nothing yet."""
    friend = register(admin.url, "Bob Lindt")
    fair = board(
        admin,
        "Harbour fair",
        To_do=[STALL, "Print the plan", "通知所有邻居"],
        Doing=["Paint the sign", "Rent a tent"],
        Done=["Choose a day"],
    )
    fair.invite(friend)
    admin.call("PATCH", f"/lists/{fair.lists['Doing']}", {"wip_limit": 1, "category": "doing"})
    labels = [
        admin.call("POST", "/labels", {"board_id": fair.id, "name": color.title(), "color": color})
        for color in ("red", "amber", "green", "blue", "violet", "teal", "pink", "gray")
    ]
    path = f"/cards/{fair.cards[STALL]}"
    admin.call(
        "PATCH",
        path,
        {
            "description": "At the **town hall**:\n\n- a stall\n- [the form](https://example.com)\n\n`A4`",
            "priority": "urgent",
            "due_at": "2024-03-01T10:00:00Z",
            "label_ids": [label["id"] for label in labels],
            "assignee_ids": [friend.id, admin.id],
        },
    )
    for title, priority in (
        ("Print the plan", "high"),
        ("Paint the sign", "medium"),
        ("Rent a tent", "low"),
    ):
        admin.call(
            "PATCH",
            f"/cards/{fair.cards[title]}",
            {"priority": priority, "due_at": "2099-01-01T10:00:00Z"},
        )
    admin.call(
        "PATCH",
        f"/cards/{fair.cards['Choose a day']}",
        {"due_at": "2024-01-01T10:00:00Z", "completed": True},
    )
    admin.call("POST", f"{path}/comments", {"body": "They open at *nine*."})
    friend.call("POST", f"{path}/comments", {"body": "> at nine\n\nThanks!"})
    checklist = admin.call("POST", f"{path}/checklists", {"title": "Papers"})
    for text in ("Passport", "Plan of the stall"):
        admin.call("POST", f"/checklists/{checklist['id']}/items", {"text": text})
    admin.call(
        "POST", f"{path}/attachments", {"url": "https://example.com/plan.pdf", "name": "Plan"}
    )
    away = admin.call("POST", "/cards", {"list_id": fair.lists["Done"], "title": "Old idea"})
    admin.call("DELETE", f"/cards/{away['id']}")
    archived = admin.call("POST", "/cards", {"list_id": fair.lists["Done"], "title": "Older idea"})
    admin.call("PATCH", f"/cards/{archived['id']}", {"archived": True})
    starred = board(admin, "Winter ball")
    admin.call("PUT", f"/boards/{starred.id}/star")
    link = admin.call("POST", f"/boards/{fair.id}/share-links", {})
    newcomer = register(admin.url, "Nora New")
    return World(admin, newcomer, fair, f"/share/{fair.id}#{link['token']}")


class Findings:
    """Collects what axe finds in all states of a test, so that one run tells everything."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def look(self, page: Page, state: str, ready: Locator) -> None:
        """Judges the page once it shows what it should."""
        expect(ready.first).to_be_visible()
        self.lines += violations(page, state)


@pytest.fixture
def findings() -> Iterator[Findings]:
    """What axe found; anything fails the test at its end."""
    found = Findings()
    yield found
    if found.lines:
        pytest.fail("\n".join(["axe found:", *found.lines]), pytrace=False)


def look_at_pages(seats: Seats, world: World, findings: Findings, look: dict[str, Any]) -> None:
    """Every page, reached by its address and found ready by its data, in whatever language."""
    outside = seats.open("/signin", **look)
    findings.look(outside, "sign in", outside.locator("input[type=password]"))
    outside.keyboard.press("Enter")
    findings.look(outside, "sign in with errors", outside.locator("[aria-invalid]"))
    outside.goto("/register")
    outside.locator("input[type=password]").fill("short")
    outside.keyboard.press("Enter")
    findings.look(outside, "register with errors", outside.locator("[aria-invalid]"))
    outside.goto(world.share_path)
    findings.look(outside, "shared board", outside.get_by_role("link", name=STALL))
    outside.goto(f"/share/{world.fair.id}")
    findings.look(outside, "incomplete link", outside.get_by_text(re.compile("#")))

    empty = seats.open("/", world.newcomer, **look)
    findings.look(empty, "home, empty", empty.locator("section[aria-labelledby=first-run]"))

    page = seats.open("/", world.admin, **look)
    findings.look(page, "home", page.get_by_role("main").get_by_role("link", name="Winter ball"))
    page.keyboard.press("Control+k")
    findings.look(page, "palette", page.get_by_role("dialog").get_by_role("option"))
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    findings.look(page, "new board", page.get_by_role("dialog").get_by_role("radio"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("tab").last.click()
    findings.look(page, "home, trash", page.get_by_role("tabpanel").or_(page.get_by_role("main")))
    page.goto("/settings")
    findings.look(
        page,
        "settings, profile",
        page.locator(f"input[value='{world.admin.username}']").or_(
            page.locator("input[type=email]")
        ),
    )
    page.goto("/settings/appearance")
    findings.look(page, "settings, appearance", page.get_by_role("radio"))
    page.goto("/admin/users")
    findings.look(page, "people", page.get_by_text(world.newcomer.username))
    page.goto("/nothing/here")
    findings.look(page, "nothing here", page.get_by_role("main").get_by_role("link"))
    page.goto("/import/trello")
    findings.look(page, "import", page.locator("input[type=file]").locator(".."))
    page.locator("input[type=file]").set_input_files(REAL_SHAPED)
    findings.look(page, "import, dry run", page.get_by_role("table"))
    page.goto(world.fair.path)
    findings.look(page, "board", page.get_by_role("link", name=STALL))
    page.keyboard.press("?")
    findings.look(page, "list of keys", page.get_by_role("dialog"))
    page.keyboard.press("Escape")
    page.goto(f"{world.fair.path}/c/1")
    findings.look(page, "card", page.get_by_role("dialog").get_by_text("Thanks!"))
    page.goto(f"{world.fair.path}/c/99")
    findings.look(page, "card that is not there", page.get_by_role("dialog").get_by_role("status"))


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_on_any_page(
    seats: Seats, world: World, findings: Findings, look: dict[str, Any]
) -> None:
    look_at_pages(seats, world, findings, look)


def test_axe_finds_nothing_on_any_page_in_chinese(
    seats: Seats, world: World, findings: Findings
) -> None:
    readers = (world.admin, world.newcomer)
    for who in readers:
        who.call("PATCH", "/auth/me", {"locale": "zh-CN"})
    try:
        look_at_pages(seats, world, findings, {"locale": "zh-CN"})
    finally:
        for who in readers:
            who.call("PATCH", "/auth/me", {"locale": "en"})


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_in_the_dialogs_of_a_board(
    seats: Seats, world: World, findings: Findings, look: dict[str, Any]
) -> None:
    page = seats.open(world.fair.path, world.admin, **look)
    expect(page.get_by_role("link", name=STALL)).to_be_visible()
    menu = page.get_by_role("button", name="Board menu")
    dialog = page.get_by_role("dialog")

    menu.click()
    findings.look(page, "board menu", page.get_by_role("menuitem", name="Activity"))
    page.keyboard.press("Escape")
    for line in ("Labels", "Board settings"):
        choose(page, menu, line)
        findings.look(page, line, dialog.get_by_role("button"))
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    for line, text in (("Activity", "created the board"), ("Archive and trash", "Older idea")):
        choose(page, menu, line)
        panel = page.get_by_role("complementary", name=line)
        findings.look(page, line, panel.get_by_text(text))
        panel.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Members of the board").click()
    findings.look(page, "share", dialog.get_by_text("Bob Lindt"))
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    actions = list_of(page, "To do").get_by_role("button", name="Actions for the list To do")
    actions.click()
    findings.look(page, "list menu", page.get_by_role("menuitem", name="Rename"))
    page.get_by_role("menuitem", name="Set a card limit").click()
    findings.look(page, "card limit", dialog.get_by_role("textbox"))
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    list_of(page, "To do").get_by_role("button", name="Add card").click()
    findings.look(page, "quick add", page.get_by_role("textbox", name="Title of the new card"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("searchbox", name="Filter by text or number").fill("sign")
    findings.look(page, "filter", page.get_by_text("No card here matches the filter"))


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_axe_finds_nothing_in_an_open_card_and_what_opens_from_it(
    seats: Seats, watch: Watch, world: World, findings: Findings, look: dict[str, Any]
) -> None:
    page = seats.open(world.fair.path, world.admin, **look)
    dialog = open_card(page, STALL)
    for state, opener, name in (
        ("labels", re.compile("^Labels:"), "Labels"),
        ("due date", re.compile("^Due date:"), "Due date"),
        ("assignees", re.compile("^Assignees:"), "Assignees"),
        ("priority", re.compile("^Priority:"), "Priority"),
        ("card menu", "Card menu", "Card menu"),
    ):
        dialog.get_by_role("button", name=opener).click()
        popup = page.get_by_role("menu").or_(page.get_by_role("dialog", name=name, exact=True))
        findings.look(page, state, popup)
        page.keyboard.press("Escape")
        expect(popup).to_have_count(0)
    page.keyboard.press("m")
    findings.look(page, "move", page.get_by_role("dialog", name="Move card"))
    page.keyboard.press("Escape")

    path = f"/cards/{world.fair.cards[STALL]}"
    before = world.admin.call("GET", path)["description"]
    dialog.get_by_role("button", name="Edit description").click()
    area = dialog.get_by_role("textbox", name="Description")
    area.fill("Ask the market office.")
    findings.look(page, "editing", dialog.get_by_role("toolbar"))
    world.admin.call("PATCH", path, {"description": "Ask nobody."})
    watch.allow(409)
    dialog.get_by_role("button", name=re.compile("^Save")).click()
    findings.look(page, "conflict", dialog.get_by_role("alert"))
    world.admin.call("PATCH", path, {"description": before})

    page.goto(world.fair.path)
    other = world.admin.call("POST", "/cards", {"list_id": world.fair.lists["Done"], "title": "Go"})
    page.goto(f"{world.fair.path}/c/{other['number']}")
    choose(page, page.get_by_role("button", name="Card menu"), "Delete")
    findings.look(page, "message with undo", page.get_by_role("button", name="Undo"))
