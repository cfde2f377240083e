"""Notes everything that goes wrong in a page without being seen, so that it can fail the test."""

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Response

# Chromium reports blocked styles and scripts on the console only in part; the event is complete.
TELL_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', (event) => {
  console.error(`blocked by the CSP: ${event.violatedDirective} ${event.blockedURI}`)
})
"""
STATUS = re.compile(r"the server responded with a status of (\d{3})")
# A page that is left in the middle of a request, or whose network is cut.
NETWORK = re.compile(
    r"net::ERR_(INTERNET_DISCONNECTED|NETWORK_CHANGED|CONNECTION_\w+|ABORTED|FAILED)"
)


class Watch:
    """Errors on the console, uncaught errors, blocked content and failed requests of all pages."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._statuses: set[int] = set()
        self._network_is_cut = False

    def follow(self, context: BrowserContext, who: str) -> None:
        """Notes what goes wrong in the pages of a context from now on."""
        context.add_init_script(TELL_VIOLATIONS)
        context.on("page", lambda page: self._follow_page(page, who))

    def allow(self, *statuses: int) -> None:
        """Answers of 4xx that this test provokes."""
        self._statuses.update(statuses)

    def allow_lost_network(self) -> None:
        """From now on failed connections are what the test wants."""
        self._network_is_cut = True

    def _follow_page(self, page: Page, who: str) -> None:
        page.on("console", lambda message: self._on_console(message, who))
        page.on("pageerror", lambda error: self._on_error(error, who))
        page.on("response", lambda response: self._on_response(response, who))

    def _on_console(self, message: ConsoleMessage, who: str) -> None:
        if message.type != "error":
            return
        # Answers are judged by `_on_response`.
        if STATUS.search(message.text):
            return
        if self._network_is_cut and NETWORK.search(message.text):
            return
        place = message.location.get("url", "")
        self.problems.append(f"{who}: console: {message.text} ({place})")

    def _on_error(self, error: Error, who: str) -> None:
        self.problems.append(f"{who}: uncaught: {error.message}\n{error.stack or ''}")

    def _on_response(self, response: Response, who: str) -> None:
        if response.status >= 400 and response.status not in self._statuses:
            request = response.request
            self.problems.append(f"{who}: {request.method} {response.url}: {response.status}")
