"""API processes on one database and one Valkey, which a test may kill and start again."""

from collections.abc import Sequence
from pathlib import Path

import httpx
import psycopg
from psycopg import sql

from tests.application import fresh_name
from tests.make.accounts import PASSWORD
from tests.make.boards import Json
from tests.servers.api import ApiProcess

ANSWER_S = 10.0


class Cluster:
    """Several API processes and a client that calls each of them."""

    def __init__(
        self,
        environment: dict[str, str],
        folder: Path,
        count: int = 2,
        program: str = "taskly.cli",
    ) -> None:
        self.processes = [
            ApiProcess(environment, folder / f"server-{number}.log", program)
            for number in range(count)
        ]
        self.clients = [
            httpx.AsyncClient(base_url=f"http://{process.address}", timeout=ANSWER_S)
            for process in self.processes
        ]

    async def __aenter__(self) -> "Cluster":
        # One after the other: the first makes the signing key and brings the database up to date.
        for process in self.processes:
            process.launch()
            await process.answers()
        return self

    async def __aexit__(self, *error: object) -> None:
        for client in self.clients:
            await client.aclose()
        for process in self.processes:
            process.kill()

    @property
    def addresses(self) -> Sequence[str]:
        """Where the processes listen."""
        return [process.address for process in self.processes]


def make_durable(address: str) -> None:
    """Let commits reach the log before they are acknowledged; servers for tests do without."""
    with psycopg.connect(address, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = on").format(name))


async def sign_in(client: httpx.AsyncClient) -> tuple[str, Json]:
    """A new person's token and account."""
    name = fresh_name("anna")
    account = {"email": f"{name}@example.com", "username": name, "password": PASSWORD}
    answer = await client.post("/api/v1/auth/register", json=account)
    assert answer.status_code == 201, answer.text
    login = {"username": name, "password": PASSWORD}
    body = (await client.post("/api/v1/auth/login", json=login)).json()
    return body["access_token"], body["user"]
