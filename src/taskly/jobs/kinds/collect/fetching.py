"""Fetches pages politely: no faster than asked for, within robots.txt, waiting where a server says so."""

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from taskly.jobs.kinds.asking import PASSING, asked
from taskly.jobs.kinds.collect.params import CollectParams
from taskly.jobs.kinds.registry import JobError, Run, TemporaryError
from taskly.kernel.clock import now

AGENT = "Taskly"
PAGE_BYTES = 64 << 20
ROBOTS_BYTES = 512 << 10
REDIRECTS = 5
WITHIN_S = 60.0
LONGEST_PAUSE_S = 60.0
PAUSES = 3
NAP_S = 0.2
NOT_FOUND = 404


@dataclass(frozen=True)
class Page:
    """What a server sent."""

    url: str
    content: bytes
    charset: str | None
    link: str


class Fetcher:
    """Asks for one page after another."""

    def __init__(self, params: CollectParams, run: Run) -> None:
        self._params = params
        self._run = run
        self._rules: dict[str, RobotFileParser | None] = {}
        self._next_at = 0.0

    def page(self, url: str, *, may_be_missing: bool = False) -> Page | None:
        """A page; None for one that is missing where that may be.

        Raises `JobError` where it cannot be had or may not be asked for.
        """
        if self._params.obey_robots and not self._allowed(url):
            raise JobError("robots_denied", f"The site's robots.txt keeps {url} from programs.")
        status, page, pause_s = self._asked(url, PAGE_BYTES)
        for _ in range(PAUSES):
            if pause_s is None or status not in PASSING:
                break
            self._run.log(f"The server answered {status} and asks for {pause_s:.0f} s.", "warning")
            self._next_at = max(self._next_at, time.monotonic() + pause_s)
            status, page, pause_s = self._asked(url, PAGE_BYTES)
        if 200 <= status < 300:
            if self._params.obey_robots and not self._allowed(page.url):
                raise JobError("robots_denied", f"robots.txt keeps {page.url} from programs.")
            return page
        if status == NOT_FOUND and may_be_missing:
            return None
        failure = TemporaryError if status in PASSING else JobError
        raise failure("unexpected_status", f"The server answered {status} for {url}.")

    def _asked(self, url: str, most_bytes: int) -> tuple[int, Page, float | None]:
        # Loaded in the job's own process: the client is large, and few kinds need it.
        from taskly.kernel.outbound_client import Ask  # noqa: PLC0415

        self._wait()
        headers = {"User-Agent": AGENT}
        if self._params.secret and _origin(url) == _origin(self._params.url):
            headers[self._params.secret_header] = self._params.secret
        ask = Ask("GET", url, headers, None, REDIRECTS, WITHIN_S, most_bytes)
        body = self._run.folder / "page"
        answer = asked(self._run, ask, body, lambda _: self._run.check())
        page = Page(
            answer.url,
            body.read_bytes(),
            answer.headers.get("content-type", "").partition("charset=")[2].strip(' "') or None,
            answer.headers.get("link", ""),
        )
        return answer.status, page, _pause(answer.headers.get("retry-after"))

    def _wait(self) -> None:
        while (left := self._next_at - time.monotonic()) > 0:
            self._run.check()
            time.sleep(min(left, NAP_S))
        self._next_at = time.monotonic() + 1 / self._params.per_second

    def _allowed(self, url: str) -> bool:
        origin = _origin(url)
        if origin not in self._rules:
            self._rules[origin] = self._rules_of(origin)
        rules = self._rules[origin]
        if rules is None:
            return True
        delay = rules.crawl_delay(AGENT)
        if delay is not None:
            self._next_at = max(
                self._next_at, time.monotonic() + min(float(delay), LONGEST_PAUSE_S)
            )
        return rules.can_fetch(AGENT, url)

    def _rules_of(self, origin: str) -> RobotFileParser | None:
        """The rules of a site; None where it has none (RFC 9309: an error of the client's allows all)."""
        status, page, _ = self._asked(f"{origin}/robots.txt", ROBOTS_BYTES)
        if status >= 500:
            raise TemporaryError(
                "unexpected_status", f"The server answered {status} for robots.txt."
            )
        if not 200 <= status < 300:
            return None
        rules = RobotFileParser()
        rules.parse(page.content.decode("utf-8", "replace").splitlines())
        return rules


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _pause(said: str | None) -> float | None:
    """The seconds of a `Retry-After`, if they are worth waiting for."""
    if said is None:
        return None
    try:
        seconds = float(said) if said.isdecimal() else _seconds_to(said)
    except ValueError:
        return None
    return seconds if 0 <= seconds <= LONGEST_PAUSE_S else None


def _seconds_to(date: str) -> float:
    moment = parsedate_to_datetime(date)
    return max(0.0, (moment - now()).total_seconds())
