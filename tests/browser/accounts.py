"""People with accounts, made through the API; what a browser starts with when they are signed in."""

import secrets
from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import StorageState

from tests.make.accounts import AUTH, COOKIE, PASSWORD

Json = dict[str, Any]
# The web app asks for a session only where it left this mark.
SESSION_MARK = "taskly.session"


@dataclass
class Account:
    """Somebody who has an account on the installation at `url`."""

    url: str
    user: Json
    token: str

    @property
    def id(self) -> str:
        """The account's id."""
        return str(self.user["id"])

    @property
    def name(self) -> str:
        """The name that others read."""
        return str(self.user["full_name"])

    @property
    def username(self) -> str:
        """The name to sign in with."""
        return str(self.user["username"])

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of a call below `/api/v1` that must succeed."""
        answer = httpx.request(
            method,
            f"{self.url}/api/v1{path}",
            headers={"Authorization": f"Bearer {self.token}"},
            json=body,
            timeout=30,
        )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def session(self) -> StorageState:
        """A new session, as a browser keeps it."""
        answer = httpx.post(
            f"{self.url}{AUTH}/login",
            json={"username": self.username, "password": PASSWORD},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        return {
            "cookies": [
                {
                    "name": COOKIE,
                    "value": answer.cookies[COOKIE],
                    "domain": "127.0.0.1",
                    "path": AUTH,
                    "expires": -1,
                    "httpOnly": True,
                    "secure": False,
                    "sameSite": "Strict",
                }
            ],
            "origins": [
                {"origin": self.url, "localStorage": [{"name": SESSION_MARK, "value": "1"}]}
            ],
        }


def register(url: str, full_name: str) -> Account:
    """A new account with a user name that nobody has yet."""
    username = f"{full_name.split()[0].lower()}-{secrets.token_hex(4)}"
    body = {
        "email": f"{username}@example.com",
        "username": username,
        "password": PASSWORD,
        "full_name": full_name,
    }
    made = httpx.post(f"{url}{AUTH}/register", json=body, timeout=30)
    assert made.status_code == 201, made.text
    session = httpx.post(
        f"{url}{AUTH}/login", json={"username": username, "password": PASSWORD}, timeout=30
    )
    assert session.status_code == 200, session.text
    return Account(url, session.json()["user"], session.json()["access_token"])


@dataclass(frozen=True)
class Board:
    """A board with lists and cards, by their names."""

    owner: Account
    id: str
    key: str
    name: str
    lists: dict[str, str]
    cards: dict[str, str]

    @property
    def path(self) -> str:
        """Where the web app shows it."""
        return f"/b/{self.id}"

    def snapshot(self) -> Json:
        """The board as the server tells it now."""
        found: Json = self.owner.call("GET", f"/boards/{self.id}")
        return found

    def titles(self, list_name: str) -> list[str]:
        """The titles of a list's cards in their order, as the server tells them now."""
        cards = [
            card for card in self.snapshot()["cards"] if card["list_id"] == self.lists[list_name]
        ]
        return [str(card["title"]) for card in sorted(cards, key=lambda card: str(card["rank"]))]

    def invite(self, account: Account, role: str = "editor") -> None:
        """Makes somebody a member."""
        self.owner.call("POST", f"/boards/{self.id}/members/{account.id}", {"role": role})


def board(owner: Account, name: str = "Spring fair", **lists: list[str]) -> Board:
    """A new board; each keyword is a list (underscores are spaces) with the titles of its cards."""
    made = owner.call("POST", "/boards", {"name": name})
    list_ids: dict[str, str] = {}
    card_ids: dict[str, str] = {}
    for word, titles in (
        lists or {"To_do": ["Ask for a stall", "Print the plan"], "Doing": []}
    ).items():
        list_name = word.replace("_", " ")
        place = {"at": "bottom"}
        entry = owner.call(
            "POST", "/lists", {"board_id": made["id"], "name": list_name, "place": place}
        )
        list_ids[list_name] = entry["id"]
        for title in titles:
            card = owner.call(
                "POST", "/cards", {"list_id": entry["id"], "title": title, "place": place}
            )
            card_ids[title] = card["id"]
    return Board(owner, made["id"], made["key"], name, list_ids, card_ids)
