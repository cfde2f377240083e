"""`taskly job` as people and scripts call it, against a server on a real socket."""

import asyncio
import json
import os
import pty
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from tests.live.sockets import listening
from tests.make.accounts import PASSWORD
from tests.make.boards import Json, Person
from tests.make.jobs import done, job, submit, until
from tests.servers.process import free_port


@dataclass
class Said:
    """What a command wrote, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Terminal:
    """A shell of somebody who uses a server."""

    address: str
    token: str
    home: Path

    def environment(self, **changes: str) -> dict[str, str]:
        names = {"TASKLY_SERVER": self.address, "TASKLY_TOKEN": self.token} | changes
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TASKLY_")}
        return kept | {"XDG_CONFIG_HOME": str(self.home)} | {n: v for n, v in names.items() if v}

    async def run(self, *words: str, given: str = "", **changes: str) -> Said:
        """`taskly` with these words, its output in pipes."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "taskly.cli",
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self.environment(**changes),
        )
        out, err = await asyncio.wait_for(process.communicate(given.encode()), 60)
        return Said(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture
async def address(taskly_app: FastAPI) -> AsyncIterator[str]:
    async with listening(taskly_app) as host:
        yield f"http://{host}"


@pytest.fixture
def shell(address: str, anna: Person, tmp_path: Path) -> Terminal:
    return Terminal(address, anna.token, tmp_path)


async def test_job_that_is_watched_tells_its_progress_and_ends_with_zero(
    shell: Terminal, anna: Person
) -> None:
    said = await shell.run(
        "job", "submit", "sleep", "-p", "seconds=1.2", "--wait", "--title", "Nap"
    )

    lines = said.err.splitlines()
    assert (said.code, "Traceback" in said.err) == (0, False)
    assert "succeeded" in said.out
    assert "Nap" in said.out
    assert any("running" in line and "%" in line and "Sleeping" in line for line in lines), lines
    assert "\x1b" not in said.err


async def test_progress_is_a_bar_on_a_terminal(shell: Terminal) -> None:
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "taskly.cli", "job", "submit", "sleep", "-p", "seconds=1", "-w"),
        stdout=asyncio.subprocess.PIPE,
        stderr=theirs,
        env=shell.environment(TERM="xterm-256color", COLUMNS="100"),
    )
    os.close(theirs)
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    drawn = b""
    with suppress(OSError):  # the end of a terminal is an error
        while part := await asyncio.to_thread(os.read, ours, 65536):
            drawn += part
    os.close(ours)

    assert process.returncode == 0
    assert b"succeeded" in out
    assert "━" in drawn.decode()
    assert "100%" in drawn.decode()


@pytest.mark.parametrize(("kind", "code"), [("noop", 0), ("hopeless", 3), ("broken", 3)])
async def test_exit_code_tells_how_the_job_ended(shell: Terminal, kind: str, code: int) -> None:
    said = await shell.run("job", "submit", kind, "--wait", "--json")

    assert said.code == code
    assert said.json["kind"] == kind
    if code:
        assert said.json["error"]["code"]


async def test_cancelled_job_ends_with_four(shell: Terminal, anna: Person) -> None:
    made = await submit(anna, "sleep")
    await until(anna, made["id"], "running")

    stopped = await shell.run("job", "cancel", f"J-{made['number']}")
    followed = await shell.run("job", "logs", "-f", str(made["number"]))

    assert (stopped.code, followed.code) == (0, 4)
    assert (await job(anna, made["id"]))["state"] == "cancelled"


async def test_parameters_come_as_pairs_as_json_and_from_files(
    shell: Terminal, anna: Person, tmp_path: Path
) -> None:
    file = tmp_path / "params.json"
    file.write_text('{"lines": ["from a file"]}')
    ways: list[tuple[list[str], str, Json]] = [
        (
            ["-p", 'lines=["a","b"]', "-p", "file=text=1"],
            "",
            {"lines": ["a", "b"], "file": "text=1"},
        ),
        (["--params", '{"lines": []}'], "", {"lines": []}),
        (["--params", f"@{file}", "-p", "file=x"], "", {"lines": ["from a file"], "file": "x"}),
        (["--params", "-"], '{"lines": ["stdin"]}', {"lines": ["stdin"]}),
    ]

    for words, given, params in ways:
        said = await shell.run("job", "submit", "say", *words, "--json", given=given)
        assert said.code == 0, said.err
        assert (await job(anna, said.json["id"]))["params"] == params


async def test_same_key_submits_one_job(shell: Terminal, anna: Person) -> None:
    key = f"nightly-{anna.id}"

    first, second = [
        await shell.run("job", "submit", "noop", "--idempotency-key", key, "--wait", "--json")
        for _ in range(2)
    ]
    other = await shell.run("job", "submit", "counter", "--idempotency-key", key)

    assert (first.code, second.code) == (0, 0)
    assert first.json == second.json
    assert first.json["state"] == "succeeded"
    assert [one["id"] for one in (await anna.get("/jobs"))["items"]] == [first.json["id"]]
    assert (other.code, "Idempotency-Key: " in other.err) == (1, True)


async def test_log_comes_whole_and_followed(shell: Terminal, anna: Person) -> None:
    lines = [f"line {number} 写" for number in range(1200)]
    made = await done(anna, "say", {"lines": lines})

    whole = await shell.run("job", "logs", made["id"])
    followed = await shell.run("job", "logs", "--follow", made["id"])
    entries = await shell.run("job", "logs", made["id"], "--json")

    assert whole.out.splitlines() == followed.out.splitlines() == lines
    assert [json.loads(line)["text"] for line in entries.out.splitlines()] == lines
    assert (whole.code, followed.code) == (0, 0)


async def test_list_and_show_and_retry(shell: Terminal, anna: Person) -> None:
    made = await done(anna, "say", {"file": "x"}, title="Write it down")
    await done(anna, "hopeless")

    listed = await shell.run("job", "list", "--state", "succeeded")
    as_json = await shell.run("job", "list", "--json", "--kind", "hopeless", "--kind", "noop")
    shown = await shell.run("job", "show", f"j-{made['number']}")
    details = await shell.run("job", "show", made["id"], "--json")
    again = await shell.run("job", "retry", made["id"], "--wait", "--json")

    assert [f"J-{made['number']}" in line for line in listed.out.splitlines()] == [True]
    assert [one["kind"] for one in as_json.json] == ["hopeless"]
    assert "words.txt" in shown.out
    assert details.json["files"][0]["size"] == 1
    assert (again.code, again.json["retry_of"]) == (0, made["id"])


async def test_session_is_kept_for_its_owner_alone_and_renewed(
    shell: Terminal, anna: Person, tmp_path: Path
) -> None:
    shell.token = ""
    before = await shell.run("job", "list")
    name = anna.user["username"]
    wrong = await shell.run("login", name, "--password", "wrong-password")
    begun = await shell.run("login", name, TASKLY_PASSWORD=PASSWORD)
    file = tmp_path / "taskly" / "session.json"
    used = await shell.run("job", "list", "--json", TASKLY_SERVER="")
    kept = json.loads(file.read_text())
    file.write_text(json.dumps(kept | {"access_token": "run.out.long-ago"}))
    renewed = await shell.run("job", "list", "--json")
    elsewhere = await shell.run(
        "job", "list", TASKLY_SERVER=shell.address.replace("127.0.0.1", "localhost")
    )

    assert (before.code, "taskly login" in before.err) == (1, True)
    assert (wrong.code, "password" in wrong.err) == (1, True)
    assert begun.out == f"Logged in to {shell.address} as {name}.\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (used.code, used.json, renewed.code, renewed.json) == (0, [], 0, [])
    assert json.loads(file.read_text())["refresh_token"] != kept["refresh_token"]
    assert elsewhere.code == 1


async def test_what_goes_wrong_is_told_in_words(shell: Terminal, anna: Person) -> None:
    closed = f"http://127.0.0.1:{free_port()}"
    cases: list[tuple[tuple[str, ...], dict[str, str], int, str]] = [
        (("job", "submit", "nothing"), {}, 1, "kind: This kind of job is not known here."),
        (("job", "submit", "sleep", "-p", "seconds=-1"), {}, 1, "params.seconds: "),
        (("job", "submit", "sleep", "-p", "seconds"), {}, 2, "NAME=VALUE"),
        (("job", "submit", "sleep", "--params", "{"), {}, 2, "--params cannot be read"),
        (("job", "submit", "sleep", "--params", "[]"), {}, 2, "must be a JSON object"),
        (
            ("job", "submit", "sleep", "--params", "@/nowhere.json"),
            {},
            2,
            "--params cannot be read",
        ),
        (("job", "submit", "noop", "--idempotency-key", "a key"), {}, 2, "--idempotency-key"),
        (("job", "submit", "noop", "--idempotency-key", "ключ"), {}, 2, "--idempotency-key"),
        (("job", "submit", "noop", "--idempotency-key", "k" * 101), {}, 2, "--idempotency-key"),
        (("job", "show", "J-999999999"), {}, 1, "no job J-999999999"),
        (("job", "show", "../auth/me"), {}, 1, ""),
        (("job", "show", "0198c000-0000-7000-8000-000000000000"), {}, 1, ""),
        (("job", "list"), {"TASKLY_TOKEN": "nonsense"}, 1, "taskly login"),
        (("job", "list"), {"TASKLY_SERVER": closed}, 5, "No answer from"),
        (("job", "list"), {"TASKLY_SERVER": "taskly"}, 1, "is not an address"),
        (("job", "list", "--limit", "0"), {}, 2, "--limit"),
    ]

    for words, changes, code, text in cases:
        said = await shell.run(*words, **changes)
        assert (said.code, said.out) == (code, ""), (words, said)
        assert text in said.err, (words, said)
        assert said.err.strip()
        assert "Traceback" not in said.err, said.err
