"""Calls of a Taskly server, with a token that was given or the session that `taskly login` kept."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from taskly.client.refusals import Refused, Unreachable

API = "/api/v1"
COOKIE = "taskly_refresh"
LOCAL = "http://127.0.0.1:8000"
PATIENCE_S = 30.0
QUIET_S = 60.0
"""A log that is followed says at least every 15 seconds that it is still there."""


def session_file() -> Path:
    """Where the session is kept."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path("~/.config").expanduser())
    return Path(home) / "taskly" / "session.json"


def kept_session() -> dict[str, str]:
    """The session that was kept, or nothing."""
    try:
        kept: dict[str, str] = json.loads(session_file().read_text())
    except (OSError, ValueError):
        return {}
    return kept


def keep_session(session: dict[str, str]) -> None:
    """Write the session so that nobody else can read it, whole or not at all."""
    file = session_file()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(session, out)
    fresh.replace(file)


class Server:
    """One server and how to speak to it."""

    def __init__(self, address: str | None, token: str | None) -> None:
        self._session = {} if token else kept_session()
        self.address = (address or self._session.get("server") or LOCAL).rstrip("/")
        if urlsplit(self.address).scheme not in {"http", "https"}:
            msg = f"{self.address} is not an address such as {LOCAL}"
            raise Refused(msg)
        if self._session.get("server") != self.address:
            self._session = {}  # a session is good for its own server alone
        self._token = token or self._session.get("access_token")
        self._client = httpx.Client(
            base_url=f"{self.address}{API}",
            timeout=httpx.Timeout(PATIENCE_S),
            headers={"User-Agent": "taskly"},
        )

    def log_in(self, username: str, password: str) -> str:
        """Begin a session and keep it; the name of whose it is."""
        login = {"username": username, "password": password}
        return str(self._begin(self._send("POST", "/auth/login", json=login))["user"]["username"])

    def call(self, method: str, path: str, *, key: str | None = None, **options: Any) -> Any:
        """The JSON of an answer. Raises `Refused` and `Unreachable`.

        Calls with the same key are answered as the first one was, and do nothing more.
        """
        more = {"Idempotency-Key": key} if key is not None else {}
        answer = self._send(method, path, headers=self._headers() | more, **options)
        if answer.status_code == 401 and self._renewed():
            answer = self._send(method, path, headers=self._headers() | more, **options)
        return _checked(answer, self._token is not None)

    @contextmanager
    def stream(self, path: str, params: dict[str, Any]) -> Iterator[Iterator[str]]:
        """The lines of an answer that goes on. Raises `httpx.TransportError` when it breaks off."""
        headers = {**self._headers(), "Accept": "text/event-stream"}
        with self._client.stream(
            "GET", path, params=params, headers=headers, timeout=QUIET_S
        ) as answer:
            if answer.status_code != 200:
                answer.read()
                _checked(answer, self._token is not None)
            yield answer.iter_lines()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **options)
        except httpx.TransportError as error:
            msg = f"No answer from {self.address}: {error}"
            raise Unreachable(msg) from error

    def _renewed(self) -> bool:
        """A new access token for the kept session, if it still holds."""
        if "refresh_token" not in self._session:
            return False
        cookie = {"Cookie": f"{COOKIE}={self._session['refresh_token']}"}
        answer = self._send("POST", "/auth/refresh", headers=cookie)
        if answer.status_code != 200:
            return False
        self._begin(answer)
        return True

    def _begin(self, answer: httpx.Response) -> Any:
        body = _checked(answer, False)
        self._token = body["access_token"]
        self._session = {"server": self.address, "access_token": body["access_token"]}
        refresh = answer.cookies.get(COOKIE)
        if refresh:
            self._session["refresh_token"] = refresh
        keep_session(self._session)
        self._client.cookies.clear()
        return body


def _checked(answer: httpx.Response, had_token: bool) -> Any:
    try:
        body = answer.json() if answer.content else None
    except ValueError as error:
        msg = f"{answer.url} is no Taskly server ({answer.status_code})."
        raise Refused(msg) from error
    if answer.is_success:
        return body
    problem = body if isinstance(body, dict) else {}
    words = problem.get("detail") or f"The server answered {answer.status_code}."
    fields = [f"  {one['field']}: {one['message']}" for one in problem.get("errors", ())]
    if answer.status_code == 401 and problem.get("code") not in {
        "bad_credentials",
        "totp_required",
    }:
        fields.append(
            "  Log in again with `taskly login`, or give another token."
            if had_token
            else "  Log in with `taskly login`, or give --token or TASKLY_TOKEN."
        )
    raise Refused("\n".join([words, *fields]))
