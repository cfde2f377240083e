"""Logs are read in pages, followed, and downloaded, and are the same each way."""

import asyncio
import random

import pytest

from tests.make.boards import Person
from tests.make.jobs import done, ended, follow, log_lines, submit

LINES = [f"line {number}{'词' * (number % 7)}" for number in range(1200)]


async def test_pages_are_the_log(anna: Person) -> None:
    job = await done(anna, "say", {"lines": LINES})

    assert await log_lines(anna, job["id"]) == LINES


async def test_stream_that_is_cut_at_random_goes_on_where_it_was(anna: Person) -> None:
    job = await submit(anna, "say", {"lines": LINES})
    chance = random.Random(7)  # noqa: S311
    seen: list[str] = []
    last_id: str | None = None
    over = False
    async with asyncio.timeout(60):
        while not over:
            lines, last_id, over = await follow(anna, job["id"], last_id, chance.randint(1, 300))
            seen += lines

    assert seen == LINES
    assert (await ended(anna, job["id"]))["state"] == "succeeded"


async def test_download_is_the_whole_log_as_text(anna: Person) -> None:
    job = await done(anna, "say", {"lines": LINES[:5]})

    answer = await anna.call("GET", f"/jobs/{job['id']}/logs", headers={"Accept": "text/plain"})

    assert [row.split(" ", 2)[2] for row in answer.text.splitlines()] == LINES[:5]
    assert answer.headers["content-disposition"] == f'attachment; filename="J-{job["number"]}.log"'


@pytest.mark.parametrize("count", [1, 10, 200])
async def test_log_can_be_read_from_its_last_lines_on(anna: Person, count: int) -> None:
    job = await done(anna, "say", {"lines": LINES})
    path = f"/jobs/{job['id']}/logs?tail={count}"

    page = await anna.get(path)
    text = await anna.call("GET", path, headers={"Accept": "text/plain"})
    stream = await anna.call("GET", path, headers={"Accept": "text/event-stream"})
    rest = await anna.get(f"{path}&after={page['next']}")

    last = LINES[-count:]
    assert [line["text"] for line in page["items"]] == last
    assert [row.split(" ", 2)[2] for row in text.text.splitlines()] == last
    assert stream.text.count("\ndata: ") == count + 1
    assert rest["items"] == []


async def test_tail_of_a_short_log_is_all_of_it(anna: Person) -> None:
    quiet = await done(anna, "say", {"lines": []})
    short = await done(anna, "say", {"lines": LINES[:10]})

    for job, lines in ((quiet, []), (short, LINES[:10])):
        page = await anna.get(f"/jobs/{job['id']}/logs?tail=10")
        assert [line["text"] for line in page["items"]] == lines


async def test_lines_can_be_searched_and_narrowed_by_level(anna: Person) -> None:
    job = await done(anna, "say", {"lines": LINES, "secret": "x1y2z3"})

    found = await anna.get(f"/jobs/{job['id']}/logs?q=LINE%20777")
    warned = await anna.get(f"/jobs/{job['id']}/logs?level=warning")

    assert [line["text"] for line in found["items"]] == [LINES[777]]
    assert [line["text"] for line in warned["items"]] == ["the password is •••"]


async def test_log_that_grows_too_long_keeps_its_ends_and_says_what_is_missing(
    anna: Person,
) -> None:
    job = await done(anna, "chatty", {"lines": 30_000})

    lines = await log_lines(anna, job["id"])

    (mark,) = [line for line in lines if line.endswith("lines dropped")]
    assert lines[0] == "chatter 0"
    assert lines[-1] == "chatter 29999"
    assert len(lines) - 1 + int(mark.split()[0]) == 30_000
