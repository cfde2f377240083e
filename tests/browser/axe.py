"""Accessibility of what a page shows now, judged by axe."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
# An open menu belongs to the button that opened it, wherever in the document it is drawn; as long
# as it has the focus it needs no landmark around it.
OPEN_MENU = 'div[data-reka-popper-content-wrapper=""]'


def violations(page: Page, state: str) -> list[str]:
    """One line for each element that breaks a rule, with the state it was found in."""
    response = AXE.run(page).response
    return [
        f"{state}: {rule['id']} ({rule['impact']}): {' '.join(map(str, node['target']))}: "
        f"{node['failureSummary'].replace(chr(10), ' ')}"
        for rule in response["violations"]
        for node in rule["nodes"]
        if not (rule["id"] == "region" and OPEN_MENU in node["target"])
    ]
