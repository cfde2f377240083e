"""People who work on boards through the API, and the boards that they make."""

from dataclasses import dataclass, field
from typing import Any

from httpx import AsyncClient, Response

Json = dict[str, Any]
ManyJson = list[Json]


@dataclass
class Person:
    """Somebody who is signed in; calls the API and expects a status."""

    client: AsyncClient
    token: str
    user: Json
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The person's id."""
        return str(self.user["id"])

    async def call(self, method: str, path: str, **options: Any) -> Response:
        """The answer to a call below `/api/v1`."""
        headers = {"Authorization": f"Bearer {self.token}"} | self.headers
        headers |= options.pop("headers", {})
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    async def want(self, status: int, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer that must have this status."""
        options = {} if body is None else {"json": body}
        answer = await self.call(method, path, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def get(self, path: str) -> Any:
        """The JSON of a read that must succeed."""
        return await self.want(200, "GET", path)

    async def board(self, name: str = "Product launch", **fields: Any) -> Json:
        """A new board."""
        made: Json = await self.want(201, "POST", "/boards", {"name": name, **fields})
        return made

    async def list(self, board: Json, name: str = "To do", **fields: Any) -> Json:
        """A new list at the end of a board."""
        body = {"board_id": board["id"], "name": name, **fields}
        made: Json = await self.want(201, "POST", "/lists", body)
        return made

    async def card(self, column: Json, title: str = "Write it down", **fields: Any) -> Json:
        """A new card at the end of a list."""
        body = {"list_id": column["id"], "title": title, **fields}
        made: Json = await self.want(201, "POST", "/cards", body)
        return made

    async def label(self, board: Json, name: str = "Urgent", color: str = "red") -> Json:
        """A new label."""
        body = {"board_id": board["id"], "name": name, "color": color}
        made: Json = await self.want(201, "POST", "/labels", body)
        return made

    async def snapshot(self, board: Json) -> Json:
        """A board as it is now."""
        found: Json = await self.get(f"/boards/{board['id']}")
        return found

    async def invite(self, board: Json, other: "Person", role: str = "editor") -> None:
        """Make somebody else a member."""
        await self.want(200, "POST", f"/boards/{board['id']}/members/{other.id}", {"role": role})

    async def events(self, board: Json) -> ManyJson:
        """Every event of a board."""
        found: ManyJson = []
        while True:
            after = found[-1]["seq"] if found else 0
            page = await self.get(f"/boards/{board['id']}/events?after={after}&limit=200")
            found += page["items"]
            if not page["items"]:
                return found


def fold(events: list[Json]) -> Json:
    """What a client holds that knows no event name and only replaces and removes by id."""
    board: Json = {}
    parts: dict[str, dict[str, Json]] = {"lists": {}, "cards": {}, "labels": {}, "members": {}}
    for event in events:
        patch = event["patch"]
        for part, ids in patch.get("remove", {}).items():
            for entity_id in ids:
                parts[part].pop(entity_id, None)
        for part, entities in patch.get("upsert", {}).items():
            if part == "board":
                board = entities
            else:
                for entity in entities:
                    parts[part][entity.get("id") or entity["user_id"]] = entity
    return {"board": board, **parts}


def as_folded(snapshot: Json) -> Json:
    """A snapshot in the shape of `fold`: parts by id, the board without what is its reader's."""
    own = {"role", "starred", "seq"}
    board = {name: value for name, value in snapshot["board"].items() if name not in own}
    parts = {
        part: {entity.get("id") or entity["user_id"]: entity for entity in snapshot[part]}
        for part in ("lists", "cards", "labels", "members")
    }
    return {"board": board, **parts}
