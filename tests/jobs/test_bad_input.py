"""What cannot be a job is refused with the field and the reason, and nothing is queued."""

from typing import Any

import pytest

from tests.make.boards import Json, Person
from tests.make.jobs import submit

GOOD: Json = {"kind": "noop", "params": {}}
MANY = {f"field_{number}": number for number in range(10_000)}
DEEP: Any = "x"
for _ in range(200):
    DEEP = {"x": DEEP}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "unheard-of"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"kind": "../noop"}, "kind"),
        ({"kind": 7}, "kind"),
        ({"params": {"surprise": 1}}, "params.surprise"),
        ({"params": []}, "params"),
        ({"params": MANY}, "params.field_0"),
        ({"params": {"x": DEEP}}, "params.x"),
        ({"kind": "sleep", "params": {"seconds": -1}}, "params.seconds"),
        ({"kind": "sleep", "params": {"seconds": "soon"}}, "params.seconds"),
        ({"kind": "say", "params": {"lines": ["a", 5]}}, "params.lines.1"),
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "a\u0007b"}, "title"),
        ({"priority": 101}, "priority"),
        ({"priority": True}, "priority"),
        ({"queue": "No Such Name"}, "queue"),
        ({"run_at": "tomorrow"}, "run_at"),
        ({"run_at": 5}, "run_at"),
        ({"card_id": "x"}, "card_id"),
        ({"max_attempts": 0}, "max_attempts"),
        ({"timeout_s": -5}, "timeout_s"),
        ({"timeout_s": 10**9}, "timeout_s"),
        ({"concurrency_key": ""}, "concurrency_key"),
        ({"after": ["x"]}, "after.0"),
        ({"surprise": 1}, "surprise"),
    ],
)
async def test_what_cannot_be_a_job_is_refused(anna: Person, change: Json, field: str) -> None:
    problem = await anna.want(422, "POST", "/jobs", GOOD | change)

    fields = [error["field"] for error in problem["errors"]]
    assert field in fields or any(name.startswith(f"{field}.") for name in fields)
    assert all(error["message"] for error in problem["errors"])
    assert (await anna.get("/jobs"))["items"] == []


async def test_same_key_with_another_body_is_refused(anna: Person) -> None:
    headers = {"Idempotency-Key": "once"}
    first = await anna.call("POST", "/jobs", json=GOOD, headers=headers)
    same = await anna.call("POST", "/jobs", json=GOOD, headers=headers)
    other = await anna.call("POST", "/jobs", json=GOOD | {"title": "Other"}, headers=headers)

    assert first.status_code == same.status_code == 201
    assert first.json()["id"] == same.json()["id"]
    assert other.status_code == 422
    assert len((await anna.get("/jobs"))["items"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        "state=lost",
        "limit=0",
        "limit=201",
        "cursor=x",
        "card_id=x",
        "created_after=yesterday",
        "owner=me",
    ],
)
async def test_list_refuses_filters_that_make_no_sense(anna: Person, query: str) -> None:
    problem = await anna.want(422, "GET", f"/jobs?{query}")

    assert problem["errors"][0]["field"].startswith(query.partition("=")[0])


@pytest.mark.parametrize("query", ["after=-1", "limit=0", "level=loud", "after=x"])
async def test_log_refuses_places_that_make_no_sense(anna: Person, query: str) -> None:
    made = await submit(anna, "noop")

    problem = await anna.want(422, "GET", f"/jobs/{made['id']}/logs?{query}")

    assert problem["errors"][0]["field"] == query.partition("=")[0]


async def test_file_names_never_leave_the_job(anna: Person) -> None:
    made = await submit(anna, "noop")

    for name in ("..%2F..%2Ftaskly.db", "%2Fetc%2Fpasswd", "video", "....", "%00"):
        answer = await anna.call("GET", f"/jobs/{made['id']}/files/{name}")
        assert answer.status_code == 404, name
