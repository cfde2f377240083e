"""People and their log-ins, made the way clients make them."""

import json
from dataclasses import dataclass
from typing import Any

from httpx import AsyncClient, Response

AUTH = "/api/v1/auth"
PASSWORD = "correct horse battery staple"
COOKIE = "taskly_refresh"


@dataclass(frozen=True)
class Login:
    """A person who is signed in: the account, the access token's header, the refresh cookie."""

    user: dict[str, Any]
    token: str
    cookie: str

    @property
    def headers(self) -> dict[str, str]:
        """The header that proves who is calling."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def id(self) -> str:
        """The person's id."""
        return str(self.user["id"])


async def register(client: AsyncClient, name: str, **fields: Any) -> Response:
    """The answer to a registration of `name`, with `fields` in place of the usual ones."""
    body = {"email": f"{name}@example.com", "username": name, "password": PASSWORD} | fields
    # Escaped JSON can carry what UTF-8 cannot, such as half a character.
    return await client.post(
        f"{AUTH}/register",
        content=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )


async def log_in(client: AsyncClient, name: str, password: str = PASSWORD) -> Response:
    """The answer to a log-in; the client keeps no cookie of it."""
    answer = await client.post(f"{AUTH}/login", json={"username": name, "password": password})
    client.cookies.clear()
    return answer


async def login(client: AsyncClient, name: str, password: str = PASSWORD) -> Login:
    """A new session of a person who has an account."""
    answer = await log_in(client, name, password)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return Login(body["user"], body["access_token"], answer.cookies[COOKIE])


async def person(client: AsyncClient, name: str, **fields: Any) -> Login:
    """Somebody with a new account, signed in."""
    answer = await register(client, name, **fields)
    assert answer.status_code == 201, answer.text
    return await login(client, name)


async def refresh(client: AsyncClient, cookie: str, **headers: str) -> Response:
    """The answer to a refresh with this cookie; the client keeps no cookie of it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await client.post(f"{AUTH}/refresh", headers={"Cookie": f"{COOKIE}={cookie}", **named})
    client.cookies.clear()
    return answer
