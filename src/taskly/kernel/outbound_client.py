"""Requests to other hosts, by way of the outbound proxy: bounded in size, time and redirects."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from taskly.kernel.outbound_proxy import BAD_ADDRESS, NO_NAME, NO_WAY, REFUSED

LONGEST_CONNECT_S = 20.0
TOLD_EACH_S = 0.25


class NotAllowed(Exception):
    """The address leads to a host that may not be reached."""


class NotReached(Exception):
    """The host was not found, did not listen or did not answer in time.

    `was_sent` is False where the request itself cannot have arrived.
    """

    def __init__(self, reason: str, *, was_sent: bool) -> None:
        super().__init__(reason)
        self.was_sent = was_sent


class AnswerTooLarge(Exception):
    """The answer is larger than was allowed for."""


@dataclass(frozen=True)
class Ask:
    """A request, and the bounds of its answer."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent to the first host alone: a redirect to another origin gets none of them."""
    content: bytes | None = None
    redirects: int = 0
    within_s: float = 30.0
    most_bytes: int = 16 << 20


@dataclass(frozen=True)
class Answer:
    """What came back; the body is in the file that was named."""

    status: int
    url: str
    headers: httpx.Headers
    size: int
    seconds: float


def fetch(proxy: str, ask: Ask, target: Path, on_block: Callable[[int], None]) -> Answer:
    """Ask, follow redirects as far as allowed, and write the body to `target`.

    `on_block` is told now and then how many bytes have come. Raises `NotAllowed`, `NotReached`, `AnswerTooLarge`.
    """
    begun = time.monotonic()
    timeout = httpx.Timeout(ask.within_s, connect=min(ask.within_s, LONGEST_CONNECT_S))
    try:
        with httpx.Client(proxy=proxy, timeout=timeout, trust_env=False) as client:
            # As it is stored on the server: no bomb unfolds here.
            plain = {"Accept-Encoding": "identity"}
            request = client.build_request(
                ask.method, ask.url, headers={**plain, **ask.headers}, content=ask.content
            )
            for left in range(ask.redirects, -1, -1):
                answer = client.send(request, stream=True)
                try:
                    _judge(answer)
                    following = answer.next_request
                    if following is None or left == 0:
                        size = _save(answer, ask, target, begun, on_block)
                        took = time.monotonic() - begun
                        return Answer(
                            answer.status_code, str(answer.url), answer.headers, size, took
                        )
                finally:
                    answer.close()
                request = _without_secrets(request, following, ask)
    except httpx.ProxyError as error:
        if REFUSED in str(error):
            raise NotAllowed(REFUSED) from error
        raise NotReached(str(error), was_sent=False) from error
    except httpx.ConnectError as error:
        raise NotReached(str(error) or NO_WAY, was_sent=False) from error
    except httpx.TimeoutException as error:
        raise NotReached(
            f"No answer within {ask.within_s:g} s",
            was_sent=not isinstance(error, httpx.ConnectTimeout),
        ) from error
    except httpx.UnsupportedProtocol as error:  # a redirect away from the web
        raise NotAllowed(str(error)) from error
    except (httpx.RequestError, httpx.InvalidURL) as error:
        raise NotReached(str(error) or type(error).__name__, was_sent=True) from error
    msg = "the last request is always answered"
    raise AssertionError(msg)


def _judge(answer: httpx.Response) -> None:
    """The proxy speaks for plain http in the place of the host."""
    if (answer.status_code, answer.reason_phrase) in {(403, REFUSED), (400, BAD_ADDRESS)}:
        raise NotAllowed(answer.reason_phrase)
    if answer.status_code == 502 and answer.reason_phrase in {NO_NAME, NO_WAY}:
        raise NotReached(answer.reason_phrase, was_sent=False)


def _without_secrets(before: httpx.Request, following: httpx.Request, ask: Ask) -> httpx.Request:
    origins = [(r.url.scheme, r.url.host, r.url.port) for r in (before, following)]
    if origins[0] != origins[1]:
        for name in ask.headers:
            following.headers.pop(name, None)
    return following


def _save(
    answer: httpx.Response,
    ask: Ask,
    target: Path,
    begun: float,
    on_block: Callable[[int], None],
) -> int:
    size, told = 0, begun
    with target.open("wb") as file:
        for block in answer.iter_raw():
            size += len(block)
            if size > ask.most_bytes:
                raise AnswerTooLarge
            # A server that sends a little now and then never comes into the time-out of one read.
            now = time.monotonic()
            if now - begun > ask.within_s:
                raise httpx.ReadTimeout("slow", request=answer.request)
            file.write(block)
            if now - told >= TOLD_EACH_S:
                on_block(size)
                told = now
    return size
