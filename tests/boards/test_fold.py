"""A board is the fold of its patches: after every kind of write, at every seq."""

import random

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from tests.application import sign_up
from tests.effort import LONG
from tests.make.boards import Json, as_folded, fold
from tests.make.play import MADE, MOVES, Play, writing_routes

SEEDS = range(40) if LONG else range(3)
STEPS = 600 if LONG else 160
BETWEEN = 20
FIRST = {
    "restore_board": "delete_board",
    "restore_comment": "delete_comment",
    "remove_member": "put_member",
    "revoke_link": "make_link",
}
MAKERS = sorted(set(MADE) - {"create_board"})


async def folds_equal_snapshots(play: Play, taken: list[tuple[Json, Json]]) -> None:
    """Check that each snapshot that was taken equals the fold of the patches up to its seq."""
    for board in play.boards:
        events = await play.owner.events(board)
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        for of, snapshot in taken:
            if of["id"] == board["id"]:
                until = events[: snapshot["seq"]]
                assert fold(until) == as_folded(snapshot), f"at seq {snapshot['seq']}"


async def snapshots(play: Play) -> list[tuple[Json, Json]]:
    """A snapshot of each board that can be seen now."""
    found = []
    for board in play.boards:
        answer = await play.owner.call("GET", f"/boards/{board['id']}")
        if answer.status_code == 200:
            found.append((board, answer.json()))
    return found


async def bring_back(play: Play) -> None:
    """Make every board visible and open again."""
    for board in play.boards:
        await play.play("restore_board", ("POST", f"/boards/{board['id']}/restore", None))
        await play.play("edit_board", ("PATCH", f"/boards/{board['id']}", {"archived": False}))


def takes_away(move: str) -> bool:
    """Tells the moves that come last, for others need what they take away."""
    return move.startswith(("delete", "remove", "revoke"))


def test_every_route_that_writes_to_a_board_is_played(taskly_app: FastAPI) -> None:
    routes = writing_routes(taskly_app)

    assert len(routes) > 30
    assert routes == set(MOVES)


@pytest.mark.property
@pytest.mark.parametrize("seed", SEEDS)
async def test_snapshot_is_the_fold_of_the_patches_after_random_work(
    http: AsyncClient, seed: int
) -> None:
    others = [await sign_up(http, name) for name in ("bob", "carol")]
    play = Play(await sign_up(http, "anna"), others, random.Random(seed))  # noqa: S311
    await play.begin()
    taken: list[tuple[Json, Json]] = []

    for number in range(STEPS):
        await play.step()
        if number % BETWEEN == BETWEEN - 1:
            await bring_back(play)
            taken += await snapshots(play)

    await folds_equal_snapshots(play, taken)


@pytest.mark.property
async def test_snapshot_is_the_fold_after_each_kind_of_write(http: AsyncClient) -> None:
    others = [await sign_up(http, name) for name in ("bob", "carol")]
    play = Play(await sign_up(http, "anna"), others, random.Random(7))  # noqa: S311
    await play.begin()
    taken: list[tuple[Json, Json]] = []

    for name in sorted(MOVES, key=takes_away):
        for _ in range(40):
            if await play.step(name) < 300:
                break
            await play.step(FIRST.get(name) or play.rng.choice(MAKERS))
        taken += await snapshots(play)
        await bring_back(play)

    assert set(play.done) == set(MOVES), set(MOVES) - set(play.done)
    await folds_equal_snapshots(play, taken)
