"""Containers as jobs, on a real engine: shut in on all sides, followed live, and never left behind."""

import asyncio
from pathlib import Path

import docker
import pytest
from docker.models.containers import Container

from taskly.kernel.ids import new_id
from taskly.kernel.settings import Settings
from tests.jobs.container.yards import Yard, settings_of, shell, yard_with
from tests.jobs.processes import kill_process_of
from tests.make.boards import Json, Person
from tests.make.jobs import LOOK_S, attempts, done, ended, log_lines, submit, until
from tests.servers.docker import IMAGE, DockerServer

SOON_S = 15.0


async def said(person: Person, job: Json, text: str) -> None:
    """Wait until the job's log has a line."""
    async with asyncio.timeout(SOON_S):
        while True:
            if text in await log_lines(person, job["id"]):
                return
            await asyncio.sleep(LOOK_S)


async def test_program_runs_and_its_files_are_kept(yard: Yard) -> None:
    script = (
        "echo hello; echo trouble >&2; echo data > /out/a.txt; mkdir /out/deep;"
        "echo more > /out/deep/b.txt; ln -s /etc/passwd /out/link; touch /out/empty"
    )

    over = await done(yard.boss, "container", shell(script))

    assert over["state"] == "succeeded", over["error"]
    assert over["result"] == {"exit_code": 0, "image": IMAGE, "files": 2}
    lines = await log_lines(yard.boss, over["id"])
    assert {"hello", "trouble"} <= set(lines)
    kept = (await yard.boss.get(f"/jobs/{over['id']}/files"))["items"]
    assert {file["name"] for file in kept} == {"a.txt", "deep_b.txt"}
    content = await yard.boss.call("GET", f"/jobs/{over['id']}/files/output")
    assert content.content == b"data\n"
    assert await asyncio.to_thread(yard.left, over) == []


async def test_program_is_shut_in(yard: Yard) -> None:
    script = (
        "id -u; touch /x; cat /proc/self/status; ip addr; echo x > /tmp/ok && echo tmp works;"
        "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max"
    )

    begun = await submit(yard.boss, "container", shell(f"{script}; sleep 1"))
    await until(yard.boss, begun["id"], "running")
    await said(yard.boss, begun, "tmp works")
    (container,) = await asyncio.to_thread(yard.containers, begun)
    over = await ended(yard.boss, begun["id"])

    words = "\n".join(await log_lines(yard.boss, over["id"]))
    assert "65534" in words
    assert "touch: /x: Read-only file system" in words
    assert "CapEff:\t0000000000000000" in words
    assert "NoNewPrivs:\t1" in words
    assert "Seccomp:\t2" in words
    assert "inet 127.0.0.1" in words
    assert "eth" not in words
    host = container.attrs["HostConfig"]
    assert host["NetworkMode"] == "none"
    assert (host["Memory"], host["MemorySwap"]) == (512 << 20, 512 << 20)
    assert host["Privileged"] is False
    assert not host["Devices"]
    assert [mount["Type"] for mount in container.attrs["Mounts"]] == ["volume"]


async def test_words_are_seen_while_the_program_runs(yard: Yard) -> None:
    begun = await submit(yard.boss, "container", shell("echo first; sleep 300"))

    await said(yard.boss, begun, "first")

    assert (await until(yard.boss, begun["id"], "running"))["state"] == "running"
    await yard.boss.want(200, "POST", f"/jobs/{begun['id']}/cancel")
    await ended(yard.boss, begun["id"])


async def test_exit_code_of_a_failed_program_is_told(yard: Yard) -> None:
    over = await done(yard.boss, "container", shell("echo no; exit 7"))

    assert (over["state"], over["attempt"]) == ("failed", 1)
    assert over["error"] == {
        "code": "exit_code",
        "message": "The program ended with exit code 7.",
    }
    assert await asyncio.to_thread(yard.left, over) == []


async def test_program_that_the_image_does_not_have_is_told(yard: Yard) -> None:
    over = await done(yard.boss, "container", {"image": IMAGE, "command": ["nothing-like-it"]})

    assert over["state"] == "failed"
    assert over["error"]["code"] in {"exit_code", "not_started"}
    assert await asyncio.to_thread(yard.left, over) == []


async def test_lack_of_memory_is_no_success_though_the_exit_code_says_so(yard: Yard) -> None:
    script = "dd if=/dev/zero of=/dev/null bs=200M count=1; exit 0"

    over = await done(yard.boss, "container", shell(script, memory_mb=32))

    assert over["state"] == "failed"
    assert over["error"]["code"] == "out_of_memory"


async def test_processes_are_limited(yard: Yard) -> None:
    script = "for n in $(seq 60); do sleep 2 & done; wait"

    over = await done(yard.boss, "container", shell(script, processes=16))

    assert "can't fork" in "\n".join(await log_lines(yard.boss, over["id"]))


async def test_cancelling_ends_a_program_that_will_not_listen(yard: Yard) -> None:
    begun = await submit(
        yard.boss, "container", shell("trap '' TERM; echo ready; while true; do sleep 1; done")
    )
    await said(yard.boss, begun, "ready")

    await yard.boss.want(200, "POST", f"/jobs/{begun['id']}/cancel")

    assert (await ended(yard.boss, begun["id"]))["state"] == "cancelled"
    assert await asyncio.to_thread(yard.left, begun) == []


async def test_time_limit_ends_the_program(yard: Yard) -> None:
    over = await done(yard.boss, "container", shell("sleep 300"), timeout_s=2, max_attempts=1)

    assert over["error"]["code"] == "timeout"
    assert await asyncio.to_thread(yard.left, over) == []


async def test_container_whose_job_process_was_killed_is_found_again(yard: Yard) -> None:
    script = "for n in $(seq 30); do echo line $n; sleep 0.1; done; echo kept > /out/a.txt"
    begun = await submit(yard.boss, "container", shell(script))
    await said(yard.boss, begun, "line 5")
    (container,) = await asyncio.to_thread(yard.containers, begun)

    kill_process_of(begun["id"])
    over = await ended(yard.boss, begun["id"])

    assert over["state"] == "succeeded", over["error"]
    tries = await attempts(yard.boss, begun["id"])
    assert [one["outcome"] for one in tries] == ["crashed", "succeeded"]
    assert container.name == f"taskly-{begun['id']}-a1"
    words = [line for line in await log_lines(yard.boss, over["id"]) if line.startswith("line ")]
    assert words == [f"line {number}" for number in range(1, 31)]
    assert await asyncio.to_thread(yard.left, begun) == []


async def test_container_of_a_job_that_is_over_is_swept_away(
    yard: Yard, engine: docker.DockerClient, tmp_path: Path
) -> None:
    begun = await submit(yard.boss, "container", shell("echo ready; sleep 300"))
    await said(yard.boss, begun, "ready")
    (alive,) = await asyncio.to_thread(yard.containers, begun)
    lost = {"id": str(new_id())}

    def lose(labels: dict[str, str]) -> Container:
        return engine.containers.run(
            IMAGE, ["sleep", "300"], detach=True, network_mode="none", labels=labels
        )

    orphan = await asyncio.to_thread(lose, alive.labels | {"taskly.job": lost["id"]})
    stranger = await asyncio.to_thread(
        lose, alive.labels | {"taskly.instance": "another", "taskly.job": lost["id"]}
    )

    first = yard.app.state.settings
    same = first.database_url or f"sqlite:///{first.data_dir / 'taskly.db'}"
    settings = Settings.model_validate(
        {**first.model_dump(), "data_dir": tmp_path, "database_url": same}
    )
    async with yard_with(settings, engine) as second:
        async with asyncio.timeout(SOON_S):
            while True:
                left = await asyncio.to_thread(second.containers, lost)
                if orphan.id not in {container.id for container in left}:
                    break
                await asyncio.sleep(LOOK_S)

    assert [container.id for container in left] == [stranger.id]
    await asyncio.to_thread(stranger.remove, force=True)
    await yard.boss.want(200, "POST", f"/jobs/{begun['id']}/cancel")
    await ended(yard.boss, begun["id"])


async def test_more_than_may_be_kept_fails_the_job(yard: Yard) -> None:
    parts = "for n in 1 2 3; do dd if=/dev/zero of=/out/$n bs=500k count=1; done"

    one = await done(
        yard.boss, "container", shell("dd if=/dev/zero of=/out/x bs=1k count=3000", output_mb=1)
    )
    many = await done(yard.boss, "container", shell(parts, output_mb=1))

    assert one["error"]["code"] == "exit_code"
    assert many["error"]["code"] == "output_too_large"
    assert await asyncio.to_thread(yard.left, many) == []


async def test_secret_reaches_the_program_and_nobody_else(yard: Yard) -> None:
    over = await done(
        yard.boss,
        "container",
        shell(
            'echo "it is $TOKEN, $COLOUR"; [ ${#TOKEN} = 18 ]',
            environment={"COLOUR": "blue"},
            secret="quite-secret-value",
            secret_name="TOKEN",
        ),
    )

    assert over["state"] == "succeeded", over["error"]
    lines = await log_lines(yard.boss, over["id"])
    assert "it is •••, blue" in lines
    assert "quite-secret-value" not in str([over, lines])


async def test_network_is_joined_when_asked_for(yard: Yard) -> None:
    begun = await submit(yard.boss, "container", shell("echo ready; sleep 300", network=True))
    await said(yard.boss, begun, "ready")

    (container,) = await asyncio.to_thread(yard.containers, begun)

    assert container.attrs["HostConfig"]["NetworkMode"] == "host"
    await yard.boss.want(200, "POST", f"/jobs/{begun['id']}/cancel")
    await ended(yard.boss, begun["id"])


@pytest.mark.parametrize(
    ("change", "params", "code"),
    [
        ({}, {"image": "somebody/else:1"}, "image_not_allowed"),
        ({}, {"image": "taskly-test/none:1"}, "image_missing"),
        ({"container_pull": True}, {"image": "127.0.0.1:1/none:1"}, "image_not_pulled"),
        ({"container_network": None}, {"network": True}, "network_not_allowed"),
        ({"container_engine": None}, {}, "engine_off"),
        ({"container_engine": "unix:///nowhere/docker.sock"}, {}, "engine_not_reachable"),
        ({"container_engine": "tcp://127.0.0.1:1"}, {}, "engine_not_reachable"),
    ],
)
async def test_job_that_cannot_run_says_why(
    db: str,
    own_docker: DockerServer,
    engine: docker.DockerClient,
    tmp_path: Path,
    change: Json,
    params: Json,
    code: str,
) -> None:
    settings = settings_of(own_docker, tmp_path, None, **change)
    async with yard_with(settings, engine) as yard:
        over = await done(yard.boss, "container", shell("true") | params, max_attempts=1)

    assert over["state"] in {"failed", "discarded"}
    assert over["error"]["code"] == code


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"privileged": True}, "params.privileged", "extra_forbidden"),
        ({"image": "-v"}, "params.image", "string_pattern_mismatch"),
        ({"environment": {"A=B": "x"}}, "params.environment", "bad_variable"),
        ({"secret_name": "1"}, "params.secret_name", "bad_variable"),
        ({"cpus": 0}, "params.cpus", "greater_than_equal"),
        ({"memory_mb": 1}, "params.memory_mb", "greater_than_equal"),
        ({"folder": "relative"}, "params.folder", "string_pattern_mismatch"),
    ],
)
async def test_parameters_that_make_no_sense_are_refused(
    yard: Yard, change: Json, field: str, code: str
) -> None:
    new = {"kind": "container", "params": shell("true") | change}

    problem = await yard.boss.want(422, "POST", "/jobs", new)

    assert (problem["errors"][0]["field"], problem["errors"][0]["code"]) == (field, code)


async def test_only_people_with_a_grant_run_containers(yard: Yard) -> None:
    problem = await yard.guest.want(
        403, "POST", "/jobs", {"kind": "container", "params": shell("true")}
    )

    assert problem["code"] == "kind_not_allowed"
