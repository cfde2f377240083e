"""Many jobs at once: actions in bulk, figures, and cleaning up."""

from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from taskly.files.store import LocalStore
from tests.application import sign_up
from tests.make.boards import Person
from tests.make.jobs import done, job, submit

LATER = "2999-01-01T00:00:00Z"


@pytest.fixture
async def anna(http: AsyncClient) -> Person:
    """Somebody who is not the first account, which sees the jobs of everybody."""
    await sign_up(http, "first")
    return await sign_up(http, "anna")


async def test_bulk_action_tells_the_outcome_of_each_job(anna: Person, bob: Person) -> None:
    waits = await submit(anna, "noop", run_at=LATER)
    over = await done(anna, "noop")
    foreign = await submit(bob, "noop", run_at=LATER)
    ids = [over["id"], foreign["id"], waits["id"]]

    answer = await anna.want(200, "POST", "/jobs/bulk", {"action": "cancel", "ids": ids})

    assert [(one["id"], one["code"]) for one in answer["items"]] == [
        (over["id"], "job_over"),
        (foreign["id"], "not_found"),
        (waits["id"], None),
    ]
    assert answer["items"][2]["job"]["state"] == "cancelled"
    assert (await job(bob, foreign["id"]))["state"] == "queued"


async def test_jobs_are_retried_and_deleted_in_bulk(anna: Person) -> None:
    ids = [(await done(anna, "noop"))["id"] for _ in range(3)]

    again = await anna.want(200, "POST", "/jobs/bulk", {"action": "retry", "ids": ids})
    await anna.want(200, "POST", "/jobs/bulk", {"action": "delete", "ids": ids})

    left = {one["id"] for one in (await anna.get("/jobs"))["items"]}
    assert [one["job"]["retry_of"] for one in again["items"]] == ids
    assert left == {one["job"]["id"] for one in again["items"]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "burn", "ids": ["01890000-0000-7000-8000-000000000000"]}, "action"),
        ({"action": "cancel", "ids": []}, "ids"),
        ({"action": "cancel", "ids": ["x"]}, "ids.0"),
    ],
)
async def test_bad_bulk_action_is_refused(anna: Person, body: object, field: str) -> None:
    problem = await anna.want(422, "POST", "/jobs/bulk", body)
    assert [error["field"] for error in problem["errors"]] == [field]


async def test_figures_tell_of_ones_own_jobs_alone(anna: Person, bob: Person) -> None:
    await done(bob, "noop")
    for _ in range(2):
        await done(anna, "noop")
    await submit(anna, "noop", run_at=LATER)
    await done(anna, "hopeless")

    stats = await anna.get("/jobs/stats?days=7")

    kinds = {one["kind"]: one for one in stats["kinds"]}
    assert sum(stats["states"].values()) == 4
    assert kinds["noop"]["states"] == {"succeeded": 2, "queued": 1}
    assert kinds["noop"]["run_s"]["p50"] <= kinds["noop"]["run_s"]["p99"]
    assert len(stats["by_day"]) == 7
    assert stats["by_day"][-1]["states"] == stats["states"]
    assert stats["by_day"][-1]["day"] == datetime.now(UTC).date().isoformat()
    assert (stats["sampled"], stats["ended_last_hour"], stats["ended_last_day"]) == (3, 3, 3)


async def test_figures_of_nobody_are_empty(anna: Person) -> None:
    stats = await anna.get("/jobs/stats")

    assert stats["states"] == {}
    assert stats["run_s"] == {"p50": None, "p95": None, "p99": None}
    await anna.want(422, "GET", "/jobs/stats?days=0")


async def test_cleaning_up_deletes_jobs_with_logs_and_files(
    taskly_app: FastAPI, anna: Person, bob: Person
) -> None:
    gone = await done(anna, "say", {"file": "x"})
    waits = await submit(anna, "noop", run_at=LATER)
    foreign = await done(bob, "noop")
    folder = LocalStore(taskly_app.state.settings).path(f"jobs/{gone['id']}")
    wish = {"older_than_days": 0}
    assert any(folder.iterdir())

    tried = await anna.want(200, "POST", "/jobs/cleanup", wish | {"dry_run": True})
    assert (await job(anna, gone["id"]))["state"] == "succeeded"
    others = await anna.want(200, "POST", "/jobs/cleanup", wish | {"states": ["failed"]})
    cleaned = await anna.want(200, "POST", "/jobs/cleanup", wish)

    assert tried == {"jobs": 1, "file_bytes": 1, "dry_run": True, "more": False}
    assert others["jobs"] == 0
    assert cleaned == tried | {"dry_run": False}
    assert not folder.exists()
    await anna.want(404, "GET", f"/jobs/{gone['id']}")
    assert (await job(anna, waits["id"]))["state"] == "queued"
    assert (await job(bob, foreign["id"]))["state"] == "succeeded"


async def test_young_jobs_are_kept(anna: Person) -> None:
    await done(anna, "noop")

    assert (await anna.want(200, "POST", "/jobs/cleanup", {"older_than_days": 1}))["jobs"] == 0
