"""Jobs that people submit through the API, and how they wait for them."""

import asyncio
import base64
import json
from typing import Any

from tests.make.boards import Json, ManyJson, Person

TERMINAL = {"succeeded", "failed", "discarded", "cancelled", "skipped"}
PATIENCE_S = 60.0
LOOK_S = 0.02


async def submit(person: Person, kind: str, params: Json | None = None, **fields: Any) -> Json:
    """A new job."""
    body = {"kind": kind, "params": params or {}, **fields}
    made: Json = await person.want(201, "POST", "/jobs", body)
    return made


async def job(person: Person, job_id: str) -> Json:
    """A job as it is now."""
    found: Json = await person.get(f"/jobs/{job_id}")
    return found


async def until(person: Person, job_id: str, *states: str) -> Json:
    """A job as soon as it has come to one of these states; of a terminal one that is another, it fails."""
    async with asyncio.timeout(PATIENCE_S):
        while (found := await job(person, job_id))["state"] not in states:
            assert found["state"] not in TERMINAL, found
            await asyncio.sleep(LOOK_S)
    return found


async def ended(person: Person, job_id: str) -> Json:
    """A job as soon as it is over."""
    return await until(person, job_id, *TERMINAL)


async def done(person: Person, kind: str, params: Json | None = None, **fields: Any) -> Json:
    """A job that was submitted and has come to its end."""
    return await ended(person, (await submit(person, kind, params, **fields))["id"])


async def brought(person: Person, name: str, content: bytes, **fields: Any) -> Json:
    """A job that made this file."""
    params = {"name": name, "content": base64.b64encode(content).decode()}
    over = await done(person, "bring", params, **fields)
    assert over["state"] == "succeeded", over["error"]
    return over


async def attempts(person: Person, job_id: str) -> ManyJson:
    """The attempts at a job."""
    found: ManyJson = (await person.get(f"/jobs/{job_id}/attempts"))["items"]
    return found


async def log_lines(person: Person, job_id: str) -> list[str]:
    """The whole log of a job, page by page."""
    lines: list[str] = []
    after = 0
    while True:
        page = await person.get(f"/jobs/{job_id}/logs?after={after}&limit=100")
        lines += [line["text"] for line in page["items"]]
        if not page["items"]:
            return lines
        after = page["next"]


async def follow(
    person: Person, job_id: str, last_id: str | None, most: int
) -> tuple[list[str], str | None, bool]:
    """Lines of a stream, at most so many; the id of the last, and whether the stream has ended."""
    headers = {"Authorization": f"Bearer {person.token}", "Accept": "text/event-stream"}
    if last_id is not None:
        headers["Last-Event-ID"] = last_id
    lines: list[str] = []
    stream = person.client.stream("GET", f"/api/v1/jobs/{job_id}/logs", headers=headers)
    async with stream as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for row in answer.aiter_lines():
            if row.startswith("id: "):
                last_id = row.removeprefix("id: ")
            elif row.startswith("data: ") and row != "data: {}":
                lines.append(json.loads(row.removeprefix("data: "))["text"])
                if len(lines) == most:
                    return lines, last_id, False
            elif row == "event: end":
                return lines, last_id, True
    return lines, last_id, False
