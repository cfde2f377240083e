"""The OpenAPI document: up to date, and holding every name that clients written by strangers rely on."""

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from taskly.documents import openapi_document, settings_reference

pytestmark = pytest.mark.sqlite_only

CHECKOUT = Path(__file__).parents[2]
V1 = "/api/v1"

ROUTES = """
POST /auth/register
POST /auth/login
POST /auth/token
POST /auth/refresh
POST /auth/logout
GET /auth/me
PATCH /auth/me
GET /users
GET /boards
POST /boards
GET /boards/{board_id}
PATCH /boards/{board_id}
PUT /boards/{board_id}
DELETE /boards/{board_id}
GET /boards/{board_id}/events
POST /boards/{board_id}/members/{user_id}
DELETE /boards/{board_id}/members/{user_id}
GET /lists
POST /lists
PATCH /lists/{list_id}
POST /lists/{list_id}/move
DELETE /lists/{list_id}
GET /cards
POST /cards
GET /cards/{card_id}
PATCH /cards/{card_id}
PUT /cards/{card_id}
DELETE /cards/{card_id}
POST /cards/{card_id}/restore
POST /cards/{card_id}/move
POST /cards/move
POST /cards/{card_id}/comments
GET /cards/{card_id}/comments
""".strip().splitlines()

FACE = {
    "id", "board_id", "list_id", "number", "title", "rank", "version", "priority", "start_at",
    "due_at", "completed_at", "label_ids", "assignee_ids", "comment_count", "attachment_count",
    "checklist_done", "checklist_total", "cover_url", "job", "archived_at",
}  # fmt: skip
FIELDS = {
    "UserOut": {
        "id", "email", "username", "full_name", "avatar_url", "is_active", "is_superuser",
        "locale", "time_zone", "theme", "created_at",
    },
    "BoardOut": {
        "id", "key", "name", "description", "color", "owner_id", "role", "starred", "seq",
        "version", "archived_at", "created_at", "updated_at", "wip_policy",
    },
    "ListOut": {
        "id", "board_id", "name", "rank", "category", "wip_limit", "version", "archived_at",
    },
    "CardFace": FACE,
    "CardOut": FACE | {
        "description", "created_by", "created_at", "updated_at", "deleted_at", "board_key",
        "checklists", "attachments",
    },
    "CardJob": {"id", "kind", "state"},
    "LabelOut": {"id", "board_id", "name", "color"},
    "MemberOut": {"user_id", "username", "full_name", "avatar_url", "role"},
    "SnapshotOut": {"seq", "board", "lists", "cards", "labels", "members"},
    "EventsOut": {"items", "seq"},
    "SignedInOut": {"access_token", "token_type", "expires_in", "user"},
    "TokenOut": {"access_token", "token_type", "expires_in"},
    "Problem": {"type", "title", "status", "code", "detail", "errors", "trace_id"},
    "ProblemField": {"field", "code", "message"},
}  # fmt: skip
EVENT = {"seq", "event", "board_id", "actor_id", "op", "at", "changes", "patch"}
BODIES = {
    "POST /auth/register": ({"email", "username", "password"}, {"full_name"}),
    "POST /auth/login": ({"username", "password"}, {"code"}),
    "POST /boards": ({"name"}, {"description", "color"}),
    "POST /lists": ({"board_id", "name"}, {"category", "wip_limit", "place"}),
    "POST /cards": (
        {"list_id", "title"},
        {"description", "priority", "start_at", "due_at", "label_ids", "assignee_ids", "place"},
    ),
    "POST /cards/{card_id}/move": ({"list_id"}, {"place"}),
    "POST /cards/move": ({"card_ids", "list_id"}, {"place"}),
    "POST /cards/{card_id}/comments": ({"body"}, set[str]()),
}
STATUSES = {
    "POST /auth/register": {"201", "403", "409", "422"},
    "POST /auth/login": {"200", "401", "422"},
    "POST /boards": {"201"},
    "DELETE /boards/{board_id}": {"204", "404"},
    "GET /boards/{board_id}": {"200", "304", "404"},
    "GET /boards/{board_id}/events": {"200", "404", "410"},
    "POST /cards": {"201", "404", "409", "422"},
    "PATCH /cards/{card_id}": {"200", "403", "404", "409", "422"},
    "DELETE /cards/{card_id}": {"204", "404"},
}


@pytest.fixture(scope="module")
def document(taskly_app: FastAPI) -> dict[str, Any]:
    return taskly_app.openapi()


def described(document: dict[str, Any], route: str) -> dict[str, Any]:
    method, path = route.split()
    found: dict[str, Any] = document["paths"][V1 + path][method.lower()]
    return found


def every_operation(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_committed_document_is_up_to_date() -> None:
    committed = (CHECKOUT / "docs" / "openapi.json").read_text(encoding="utf-8")

    assert committed == openapi_document(), "run 'make openapi'"


def test_committed_reference_of_settings_is_up_to_date() -> None:
    committed = (CHECKOUT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")

    assert committed == settings_reference(), "run 'make openapi'"


@pytest.mark.parametrize("route", ROUTES)
def test_route_of_the_contract_exists(document: dict[str, Any], route: str) -> None:
    assert described(document, route)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_answer_has_exactly_the_fields_of_the_contract(document: dict[str, Any], name: str) -> None:
    schema = document["components"]["schemas"][name]

    assert set(schema["properties"]) == FIELDS[name]
    assert set(schema["required"]) == FIELDS[name]


def test_event_has_the_fields_of_the_contract(document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["EventOut"]

    assert set(schema["required"]) == set(schema["properties"])
    assert set(schema["properties"]) == EVENT | {"subject_id"}


@pytest.mark.parametrize("route", sorted(BODIES))
def test_body_takes_the_fields_of_the_contract(document: dict[str, Any], route: str) -> None:
    body = described(document, route)["requestBody"]["content"]["application/json"]["schema"]
    schema = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    required, optional = BODIES[route]

    assert set(schema.get("required", ())) == required
    assert set(schema["properties"]) == required | optional
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("route", sorted(STATUSES))
def test_statuses_of_the_contract_are_documented(document: dict[str, Any], route: str) -> None:
    assert STATUSES[route] <= set(described(document, route)["responses"])


def test_place_is_after_before_or_an_end(document: dict[str, Any]) -> None:
    assert set(document["components"]["schemas"]["Place"]["properties"]) == {
        "after", "before", "at",
    }  # fmt: skip


def test_pages_are_items_and_next(document: dict[str, Any]) -> None:
    pages = [
        schema
        for name, schema in document["components"]["schemas"].items()
        if name.startswith("Page_")
    ]

    assert len(pages) > 5
    assert all(set(page["properties"]) == {"items", "next"} for page in pages)


def test_names_of_operations_are_unique_and_stable(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in every_operation(document)]

    assert len(names) == len(set(names))
    assert {"get_board", "create_card", "move_card", "move_cards", "edit_card"} <= set(names)
    assert all(name.isidentifier() and name == name.lower() for name in names)


def test_every_operation_documents_its_refusals(document: dict[str, Any]) -> None:
    missing = []
    for name, operation in every_operation(document):
        if V1 not in name:
            continue
        responses = operation["responses"]
        refusals = {status for status in responses if status[0] in "45"}
        if not refusals:
            missing.append(f"{name}: none")
        if (operation.get("requestBody") or operation.get("parameters")) and "422" not in refusals:
            missing.append(f"{name}: 422")
        for status in refusals:
            content = responses[status].get("content", {})
            if "/health/" not in name and set(content) != {"application/problem+json"}:
                missing.append(f"{name}: {status} is no problem document")
    assert missing == []


def test_every_operation_and_every_shape_is_described(document: dict[str, Any]) -> None:
    bare = [name for name, one in every_operation(document) if not one.get("description")]
    bare += [
        name
        for name, schema in document["components"]["schemas"].items()
        if not schema.get("description") and "_" not in name
    ]

    assert bare == []
    assert all(operation["tags"] for _, operation in every_operation(document))
