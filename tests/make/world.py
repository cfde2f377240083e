"""A board with one of everything on it, and a valid call for every route, so that tests can walk them."""

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from taskly.kernel.capability import route_capabilities
from tests.make.boards import Json, Person

NOWHERE = "0198c000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Operation:
    """A route as the route table has it."""

    name: str
    method: str
    path: str
    capability: str


def operations(app: FastAPI) -> list[Operation]:
    """Every route of an application."""
    capabilities = route_capabilities(app)
    found = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            path = context.path or route.path
            found += [
                Operation(route.name, method, path, capabilities[method, path])
                for method in sorted(route.methods or ())
            ]
    return found


@dataclass
class World:
    """The ids of one of everything, by the names that paths and bodies use; `secret` is in its texts."""

    owner: Person
    board: Json
    secret: str
    ids: dict[str, str]
    share_token: str

    async def seq(self) -> int:
        """The board's newest seq; a board in the trash has none to see."""
        answer = await self.owner.call("GET", f"/boards/{self.ids['board_id']}")
        return int(answer.json()["seq"]) if answer.status_code == 200 else -1

    def path(self, operation: Operation) -> str:
        """The path of a call to an operation, below `/api/v1`."""
        path = operation.path.removeprefix("/api/v1").format(**self.ids)
        return path + QUERIES.get(operation.name, "").format(**self.ids)

    def bodies(self, operation: Operation) -> list[Any]:
        """Valid bodies for an operation; [None] for one that has none."""
        return [_filled(body, self.ids) for body in BODIES.get(operation.name, [None])]

    async def prepare(self, operation: Operation) -> None:
        """Bring about what an operation needs, such as a deleted card to restore."""
        for method, path in BEFORE.get(operation.name, ()):
            await self.owner.want(204, method, path.format(**self.ids))


def _filled(body: Any, ids: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {name: _filled(value, ids) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, ids) for value in body]
    return body.format(**ids) if isinstance(body, str) else body


async def make_world(owner: Person, member: Person, secret: str) -> World:
    """A new board of `owner` with everything on it; `member` can be worked with, and is assigned."""
    board = await owner.board(f"{secret} board")
    await owner.invite(board, member)
    column = await owner.list(board, f"{secret} list")
    label = await owner.label(board, f"{secret} label")
    neighbour = await owner.card(column, f"{secret} neighbour")
    fields = {"label_ids": [label["id"]], "assignee_ids": [member.id]}
    card = await owner.card(column, f"{secret} card", **fields)
    path = f"/cards/{card['id']}"
    comment = await owner.want(201, "POST", f"{path}/comments", {"body": f"{secret} comment"})
    checklist = await owner.want(201, "POST", f"{path}/checklists", {"title": f"{secret} steps"})
    items = f"/checklists/{checklist['id']}/items"
    item = await owner.want(201, "POST", items, {"text": f"{secret} step"})
    url = {"url": f"https://example.com/{secret}"}
    attachment = await owner.want(201, "POST", f"{path}/attachments", url)
    link = await owner.want(201, "POST", f"/boards/{board['id']}/share-links")
    ids = {
        "board_id": board["id"],
        "list_id": column["id"],
        "label_id": label["id"],
        "card_id": card["id"],
        "neighbour_id": neighbour["id"],
        "comment_id": comment["id"],
        "checklist_id": checklist["id"],
        "item_id": item["id"],
        "attachment_id": attachment["id"],
        "link_id": link["id"],
        "user_id": member.id,
    }
    return World(owner, board, secret, ids, link["token"])


QUERIES = {
    "list_lists": "?board_id={board_id}",
    "list_labels": "?board_id={board_id}",
    "list_cards": "?list_id={list_id}",
}

BEFORE = {
    "restore_board": [("DELETE", "/boards/{board_id}")],
    "restore_list": [("DELETE", "/lists/{list_id}")],
    "restore_card": [("DELETE", "/cards/{card_id}")],
    "restore_comment": [("DELETE", "/comments/{comment_id}")],
}

_CARD = {
    "title": "Fine",
    "label_ids": ["{label_id}"],
    "assignee_ids": ["{user_id}"],
}
_AFTER = {"after": "{neighbour_id}"}
_NEXT = {"before": "{neighbour_id}"}

BODIES: dict[str, list[Any]] = {
    "create_board": [{"name": "Fine"}],
    "edit_board": [{"name": "Fine"}],
    "put_board": [{"name": "Fine"}],
    "hand_over": [{"user_id": "{user_id}"}],
    "put_member": [{"role": "viewer"}],
    "make_link": [{}],
    "create_list": [
        {"board_id": "{board_id}", "name": "Fine"},
        {"board_id": "{board_id}", "name": "Fine", "place": {"after": "{list_id}"}},
        {"board_id": "{board_id}", "name": "Fine", "place": {"before": "{list_id}"}},
    ],
    "edit_list": [{"name": "Fine"}],
    "put_list": [{"name": "Fine"}],
    "move_list": [{"place": {"at": "top"}}],
    "create_card": [
        {"list_id": "{list_id}", **_CARD, "place": _AFTER},
        {"list_id": "{list_id}", **_CARD, "place": _NEXT},
    ],
    "edit_card": [_CARD],
    "put_card": [_CARD],
    "move_card": [
        {"list_id": "{list_id}", "place": _AFTER},
        {"list_id": "{list_id}", "place": _NEXT},
    ],
    "move_cards": [
        {"card_ids": ["{card_id}"], "list_id": "{list_id}", "place": _AFTER},
        {"card_ids": ["{card_id}"], "list_id": "{list_id}", "place": _NEXT},
    ],
    "copy_card": [
        {"list_id": "{list_id}", "place": _AFTER, "title": "Fine"},
        {"list_id": "{list_id}", "place": _NEXT},
    ],
    "create_label": [{"board_id": "{board_id}", "name": "Fine", "color": "red"}],
    "edit_label": [{"name": "Fine"}],
    "add_comment": [{"body": "Fine"}],
    "edit_comment": [{"body": "Fine"}],
    "create_checklist": [{"title": "Fine"}],
    "edit_checklist": [{"title": "Fine"}],
    "create_checklist_item": [
        {"text": "Fine", "place": {"after": "{item_id}"}},
        {"text": "Fine", "place": {"before": "{item_id}"}},
    ],
    "edit_checklist_item": [{"done": True}],
    "create_attachment": [{"url": "https://example.com/fine"}],
}
