"""Random work on two boards: one kind of move for every route that writes to a board."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from taskly.boards.policy import Action
from taskly.kernel.capability import route_capabilities
from tests.make.boards import Json, Person

Call = tuple[str, str, Json | None]
WORDS = ("Plan", "写下来", "Ship it", "é̂", "emoji 😀", "a" * 200, "x")
COLORS = ("red", "teal", "#a1b2c3")
ANY = {200, 201, 204, 403, 404, 409, 422}


def writing_routes(app: FastAPI) -> set[str]:
    """The names of the operations that change boards, as the route table has them."""
    actions = {action.value for action in Action}
    capabilities = route_capabilities(app)
    found = set()
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            for method in route.methods or ():
                name = capabilities[method, context.path or route.path]
                if method != "GET" and name in actions:
                    found.add(route.name)
    return found


class Play:
    """Makes random moves and remembers what there is; each move is named as the route that it calls."""

    def __init__(self, owner: Person, others: list[Person], rng: random.Random) -> None:
        self.owner = owner
        self.others = others
        self.rng = rng
        self.known: dict[str, list[str]] = {}
        self.done: Counter[str] = Counter()

    async def begin(self) -> None:
        """Make two boards with a few lists and cards."""
        for name in ("Main", "Side"):
            board = await self.owner.board(name)
            self.known.setdefault("board", []).append(board["id"])
            for _ in range(2):
                await self.play("create_list", ("POST", "/lists", self._new_list(board["id"])))
        for name in ("create_label", "create_card", "create_card", "create_card", "add_comment"):
            await self.step(name)

    @property
    def boards(self) -> list[Json]:
        """Every board that was made."""
        return [{"id": board_id} for board_id in self.known["board"]]

    async def step(self, name: str | None = None) -> int:
        """Make one random move and return the status of its answer."""
        chosen = name or self.rng.choice(list(MOVES))
        return await self.play(chosen, MOVES[chosen](self))

    async def play(self, name: str, call: Call) -> int:
        """Make a move and learn the id that it brought."""
        method, path, body = call
        options = {} if body is None else {"json": body}
        answer = await self.owner.call(method, path, **options)
        assert answer.status_code in ANY, f"{name}: {answer.status_code} {answer.text}"
        if answer.is_success:
            self.done[name] += 1
            kind = MADE.get(name)
            if kind is not None:
                self.known.setdefault(kind, []).append(answer.json()["id"])
        return answer.status_code

    def one(self, kind: str) -> str:
        """The id of something of a kind; mostly of what was made last, so that moves meet."""
        known = self.known.get(kind) or ["0198c000-0000-7000-8000-000000000000"]
        return self.rng.choice(known[-12:])

    def word(self) -> str:
        """A short text."""
        return self.rng.choice(WORDS)

    def place(self, kind: str) -> Json:
        """A place among things of a kind."""
        how = self.rng.choice(("after", "before", "top", "bottom"))
        return {"at": how} if how in {"top", "bottom"} else {how: self.one(kind)}

    def person(self) -> str:
        """One of the people."""
        return self.rng.choice([self.owner, *self.others]).id

    def some(self, **fields: Any) -> Json:
        """A part of these fields, one at least."""
        names = self.rng.sample(list(fields), self.rng.randint(1, len(fields)))
        return {name: fields[name] for name in names}

    def _new_list(self, board_id: str) -> Json:
        limit = self.rng.choice((None, 3, 50))
        category = self.rng.choice(("todo", "doing", "done"))
        return {"board_id": board_id, "name": self.word(), "category": category, "wip_limit": limit}

    def card_fields(self) -> Json:
        """Values for a card."""
        return {
            "title": self.word(),
            "description": self.word() * 3,
            "priority": self.rng.choice(("none", "low", "urgent")),
            "start_at": self.rng.choice((None, "2026-03-01T10:00:00Z")),
            "due_at": self.rng.choice((None, "2026-12-24T18:30:00.25+02:00")),
            "label_ids": self.rng.sample(self.known.get("label", []), 1)
            if self.known.get("label") and self.rng.random() < 0.6
            else [],
            "assignee_ids": [self.person()] if self.rng.random() < 0.6 else [],
        }

    def flag(self, chance: float = 0.5) -> bool:
        """True at a chance."""
        return self.rng.random() < chance


def _board_fields(p: Play) -> Json:
    return p.some(
        name=p.word(),
        key=p.rng.choice(("ab", "XYZ")),
        description=p.word(),
        color=p.rng.choice(COLORS),
        wip_policy=p.rng.choice(("warn", "warn", "refuse")),
        archived=p.flag(0.1),
    )


def _list_fields(p: Play) -> Json:
    return p.some(
        name=p.word(),
        category=p.rng.choice(("todo", "doing", "done")),
        wip_limit=p.rng.choice((None, 2, 9)),
        archived=p.flag(0.3),
    )


def _card_fields(p: Play) -> Json:
    return p.some(**p.card_fields(), completed=p.flag(), archived=p.flag(0.3))


MADE = {
    "create_board": "board",
    "create_list": "list",
    "create_card": "card",
    "copy_card": "card",
    "create_label": "label",
    "add_comment": "comment",
    "create_checklist": "checklist",
    "create_checklist_item": "item",
    "create_attachment": "attachment",
    "make_link": "link",
}

MOVES: dict[str, Callable[[Play], Call]] = {
    "create_board": lambda p: ("POST", "/boards", {"name": p.word()}),
    "edit_board": lambda p: ("PATCH", f"/boards/{p.one('board')}", _board_fields(p)),
    "put_board": lambda p: ("PUT", f"/boards/{p.one('board')}", {"archived": False}),
    "delete_board": lambda p: ("DELETE", f"/boards/{p.one('board')}", None),
    "restore_board": lambda p: ("POST", f"/boards/{p.one('board')}/restore", None),
    "star_board": lambda p: ("PUT", f"/boards/{p.one('board')}/star", None),
    "unstar_board": lambda p: ("DELETE", f"/boards/{p.one('board')}/star", None),
    "hand_over": lambda p: ("POST", f"/boards/{p.one('board')}/owner", {"user_id": p.owner.id}),
    "put_member": lambda p: (
        "POST", f"/boards/{p.one('board')}/members/{p.person()}",
        {"role": p.rng.choice(("admin", "editor", "viewer"))},
    ),
    "remove_member": lambda p: (
        "DELETE", f"/boards/{p.one('board')}/members/{p.person()}", None,
    ),
    "make_link": lambda p: ("POST", f"/boards/{p.one('board')}/share-links", None),
    "revoke_link": lambda p: (
        "DELETE", f"/boards/{p.one('board')}/share-links/{p.one('link')}", None,
    ),
    "create_list": lambda p: (
        "POST", "/lists",
        {"board_id": p.one("board"), "name": p.word(), "place": p.place("list")},
    ),
    "edit_list": lambda p: ("PATCH", f"/lists/{p.one('list')}", _list_fields(p)),
    "put_list": lambda p: ("PUT", f"/lists/{p.one('list')}", {"archived": False}),
    "move_list": lambda p: ("POST", f"/lists/{p.one('list')}/move", {"place": p.place("list")}),
    "delete_list": lambda p: ("DELETE", f"/lists/{p.one('list')}", None),
    "restore_list": lambda p: ("POST", f"/lists/{p.one('list')}/restore", None),
    "create_card": lambda p: (
        "POST", "/cards",
        {"list_id": p.one("list"), **p.card_fields(),
         **({"place": p.place("card")} if p.flag() else {})},
    ),
    "edit_card": lambda p: ("PATCH", f"/cards/{p.one('card')}", _card_fields(p)),
    "put_card": lambda p: ("PUT", f"/cards/{p.one('card')}", _card_fields(p)),
    "delete_card": lambda p: ("DELETE", f"/cards/{p.one('card')}", None),
    "restore_card": lambda p: ("POST", f"/cards/{p.one('card')}/restore", None),
    "move_card": lambda p: (
        "POST", f"/cards/{p.one('card')}/move",
        {"list_id": p.one("list"), **({"place": p.place("card")} if p.flag() else {})},
    ),
    "move_cards": lambda p: (
        "POST", "/cards/move",
        {"card_ids": [p.one("card") for _ in range(p.rng.randint(1, 3))],
         "list_id": p.one("list"), **({"place": p.place("card")} if p.flag() else {})},
    ),
    "copy_card": lambda p: (
        "POST", f"/cards/{p.one('card')}/copy",
        p.some(title=p.word(), list_id=p.one("list")) if p.flag() else None,
    ),
    "create_label": lambda p: (
        "POST", "/labels",
        {"board_id": p.one("board"), "name": p.word()[:100], "color": p.rng.choice(COLORS)},
    ),
    "edit_label": lambda p: (
        "PATCH", f"/labels/{p.one('label')}",
        p.some(name=p.word()[:100], color=p.rng.choice(COLORS)),
    ),
    "delete_label": lambda p: ("DELETE", f"/labels/{p.one('label')}", None),
    "add_comment": lambda p: ("POST", f"/cards/{p.one('card')}/comments", {"body": p.word()}),
    "edit_comment": lambda p: ("PATCH", f"/comments/{p.one('comment')}", {"body": p.word()}),
    "delete_comment": lambda p: ("DELETE", f"/comments/{p.one('comment')}", None),
    "restore_comment": lambda p: ("POST", f"/comments/{p.one('comment')}/restore", None),
    "create_checklist": lambda p: (
        "POST", f"/cards/{p.one('card')}/checklists", {"title": p.word()},
    ),
    "edit_checklist": lambda p: (
        "PATCH", f"/checklists/{p.one('checklist')}", {"title": p.word()},
    ),
    "delete_checklist": lambda p: ("DELETE", f"/checklists/{p.one('checklist')}", None),
    "create_checklist_item": lambda p: (
        "POST", f"/checklists/{p.one('checklist')}/items",
        {"text": p.word(), **({"place": p.place("item")} if p.flag(0.2) else {})},
    ),
    "edit_checklist_item": lambda p: (
        "PATCH", f"/checklist-items/{p.one('item')}", p.some(text=p.word(), done=p.flag()),
    ),
    "delete_checklist_item": lambda p: ("DELETE", f"/checklist-items/{p.one('item')}", None),
    "create_attachment": lambda p: (
        "POST", f"/cards/{p.one('card')}/attachments", {"url": "https://example.com/a"},
    ),
    "delete_attachment": lambda p: ("DELETE", f"/attachments/{p.one('attachment')}", None),
}  # fmt: skip
