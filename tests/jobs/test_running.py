"""Jobs from the request to the end, run by the engine inside the server."""

import hashlib
import os
import socket

import pytest
from fastapi import FastAPI

from tests.jobs.processes import processes_of
from tests.make.boards import Person
from tests.make.jobs import attempts, done, log_lines


async def test_job_runs_and_gives_its_result(anna: Person) -> None:
    job = await done(anna, "noop")

    assert job["state"] == "succeeded"
    assert job["result"] == {"attempt": 1}
    assert job["percent"] == 100
    assert job["attempt"] == 1
    assert job["started_at"] <= job["finished_at"]


async def test_body_may_be_a_coroutine(anna: Person) -> None:
    assert (await done(anna, "asynchronous"))["result"] == {"done": True}


async def test_log_is_kept_line_by_line_without_secrets(anna: Person) -> None:
    lines = ["one", "", "三", "four\u2028still four", "五" * 100]
    job = await done(anna, "say", {"lines": lines, "secret": "hunter2"})

    assert await log_lines(anna, job["id"]) == [*lines, "the password is •••"]
    assert job["params"]["secret"] == "•••"


async def test_file_is_published_with_its_digest(anna: Person) -> None:
    job = await done(anna, "say", {"file": "hello"})

    (file,) = (await anna.get(f"/jobs/{job['id']}/files"))["items"]
    assert (file["type"], file["name"], file["size"]) == ("text", "words.txt", 5)
    assert file["sha256"] == hashlib.sha256(b"hello").hexdigest()
    for name in (file["id"], "text"):
        answer = await anna.call("GET", f"/jobs/{job['id']}/files/{name}")
        assert answer.content == b"hello"


async def test_part_of_a_file_can_be_asked_for(anna: Person) -> None:
    job = await done(anna, "say", {"file": "0123456789"})
    path = f"/jobs/{job['id']}/files/text"

    part = await anna.call("GET", path, headers={"Range": "bytes=2-4"})
    beyond = await anna.call("GET", path, headers={"Range": "bytes=50-"})
    etag = part.headers["etag"]
    known = await anna.call("GET", path, headers={"If-None-Match": etag})
    same = await anna.call("GET", path, headers={"Range": "bytes=2-4", "If-Range": etag})
    other = await anna.call("GET", path, headers={"Range": "bytes=2-4", "If-Range": '"x"'})

    assert (part.status_code, part.content) == (206, b"234")
    assert beyond.status_code == 416
    assert known.status_code == 304
    assert (same.status_code, same.content) == (206, b"234")
    assert (other.status_code, other.content) == (200, b"0123456789")
    assert part.headers["content-disposition"].startswith("attachment")
    assert part.headers["x-content-type-options"] == "nosniff"
    assert part.headers["content-security-policy"].startswith("sandbox")


async def test_error_that_may_pass_is_tried_again_with_what_was_kept(anna: Person) -> None:
    job = await done(anna, "counter")

    assert job["state"] == "succeeded"
    assert job["result"] == {"count": 3}
    outcomes = [a["outcome"] for a in await attempts(anna, job["id"])]
    assert outcomes == ["error", "error", "succeeded"]


async def test_error_for_good_is_not_tried_again(anna: Person) -> None:
    job = await done(anna, "hopeless")

    assert job["state"] == "failed"
    assert job["error"] == {"code": "no_hope", "message": "This will never work."}
    assert [a["outcome"] for a in await attempts(anna, job["id"])] == ["error"]


async def test_error_that_nobody_foresaw_uses_up_the_attempts(anna: Person) -> None:
    job = await done(anna, "broken")

    assert job["state"] == "discarded"
    assert job["error"]["code"] == "error"
    assert any("surprise" in line for line in await log_lines(anna, job["id"]))


async def test_process_that_dies_is_a_crash(anna: Person) -> None:
    job = await done(anna, "crash", max_attempts=1)

    assert job["state"] == "discarded"
    assert job["error"]["code"] == "crashed"
    assert "SIGKILL" in job["error"]["message"]


async def test_memory_limit_ends_in_a_clear_error(anna: Person) -> None:
    job = await done(anna, "greedy", {"megabytes": 600})

    assert job["state"] == "failed"
    assert job["error"]["code"] == "out_of_memory"


async def test_file_size_limit_ends_in_a_clear_error(anna: Person) -> None:
    job = await done(anna, "large", {"megabytes": 8})

    assert job["state"] == "failed"
    assert job["error"]["code"] == "output_too_large"


async def test_files_past_the_number_that_a_job_may_keep_end_in_a_clear_error(
    anna: Person,
) -> None:
    most = await done(anna, "many", {"files": 200})
    more = await done(anna, "many", {"files": 201})

    assert most["state"] == "succeeded", most["error"]
    assert len((await anna.get(f"/jobs/{most['id']}/files"))["items"]) == 200
    assert (more["state"], more["error"]["code"]) == ("failed", "too_many_files")
    assert (await anna.get(f"/jobs/{more['id']}/files"))["items"] == []


@pytest.mark.parametrize("kind", ["sleep", "busy", "stubborn", "grandchild"])
async def test_time_limit_ends_in_a_clear_error_whether_the_job_listens_or_not(
    anna: Person, kind: str
) -> None:
    job = await done(anna, kind, timeout_s=1, max_attempts=1)

    assert processes_of(job["id"]) == []
    assert job["state"] == "discarded"
    assert job["error"]["code"] == "timeout"
    assert [a["outcome"] for a in await attempts(anna, job["id"])] == ["timeout"]


async def test_what_an_attempt_used_is_measured(anna: Person) -> None:
    job = await done(anna, "noop")

    (attempt,) = await attempts(anna, job["id"])
    assert attempt["outcome"] == "succeeded"
    assert attempt["cpu_s"] >= 0
    assert attempt["peak_mb"] > 1


async def test_worker_is_named_by_host_and_process_and_by_no_path(
    taskly_app: FastAPI, anna: Person
) -> None:
    job = await done(anna, "noop")

    (attempt,) = await attempts(anna, job["id"])
    assert attempt["worker"] == f"{socket.gethostname()}:{os.getpid()}"
    assert str(taskly_app.state.settings.data_dir) not in str([job, attempt])
