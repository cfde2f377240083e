"""Two application processes' worth of hubs on one database, with and without Redis."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from fastapi import FastAPI

from taskly.kernel.settings import Settings
from tests.application import client_of, running, sign_up
from tests.live.conftest import MakeSettings
from tests.live.sockets import listening, watching
from tests.make.boards import Person
from tests.servers.valkey import ValkeyServer


@asynccontextmanager
async def two_servers(settings: Settings) -> AsyncIterator[tuple[Person, str, str, FastAPI]]:
    """A person who calls the first of two servers, where both listen, and the second's application."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(running(settings))
        second = await stack.enter_async_context(running(settings))
        client = await stack.enter_async_context(client_of(first))
        one = await stack.enter_async_context(listening(first))
        two = await stack.enter_async_context(listening(second))
        yield await sign_up(client, "anna"), one, two, second


async def test_events_and_presence_reach_sockets_on_the_other_process(
    new_settings: MakeSettings, redis_url: str
) -> None:
    async with two_servers(new_settings(redis_url=redis_url, poll_interval_s=30)) as servers:
        anna, one, two, second = servers
        async with client_of(second) as other:
            bob = await sign_up(other, "bob")
        board = await anna.board()
        await anna.invite(board, bob)
        async with (
            watching(one, board["id"], anna.token, since=0) as near,
            watching(two, board["id"], bob.token, since=0) as far,
        ):
            column = await anna.list(board)
            for n in range(30):
                await anna.card(column, f"Card {n}")
            assert await near.events(33) == await far.events(33)
            both = sorted([anna.id, bob.id])
            await anna.list(board)
        async with (
            watching(one, board["id"], anna.token) as near,
            watching(two, board["id"], bob.token) as far,
        ):
            for socket in (near, far):
                while [u["user_id"] for u in (await socket.hear("presence"))["users"]] != both:
                    pass


async def test_log_out_and_removal_on_one_process_close_sockets_on_the_other_within_a_second(
    new_settings: MakeSettings, redis_url: str
) -> None:
    async with two_servers(new_settings(redis_url=redis_url, poll_interval_s=30)) as servers:
        anna, _, two, second = servers
        async with client_of(second) as other:
            bob = await sign_up(other, "bob")
        board = await anna.board()
        await anna.invite(board, bob)
        async with (
            watching(two, board["id"], anna.token) as hers,
            watching(two, board["id"], bob.token) as his,
        ):
            await hers.hear("ready")
            await his.hear("ready")
            began = time.monotonic()
            await anna.want(204, "DELETE", f"/boards/{board['id']}/members/{bob.id}")
            assert await his.closed() == 4404
            await anna.want(204, "POST", "/auth/logout-all")
            assert await hers.closed() == 4401
            assert time.monotonic() - began < 2


async def test_without_redis_the_poll_brings_what_another_process_wrote(
    new_settings: MakeSettings,
) -> None:
    async with two_servers(new_settings(poll_interval_s=0.2)) as (anna, _, two, _):
        board = await anna.board()
        async with watching(two, board["id"], anna.token) as far:
            assert (await far.hear("ready"))["seq"] == 1
            column = await anna.list(board)
            for n in range(5):
                await anna.card(column, f"Card {n}")
            assert [event["seq"] for event in await far.events(6)] == [2, 3, 4, 5, 6, 7]


@pytest.mark.fault
async def test_clients_converge_while_redis_is_away_and_after_it_is_back(
    new_settings: MakeSettings, own_valkey: ValkeyServer
) -> None:
    settings = new_settings(redis_url=own_valkey.url, poll_interval_s=0.3)
    async with two_servers(settings) as (anna, _, two, second):
        board = await anna.board()
        async with watching(two, board["id"], anna.token) as far:
            await far.hear("ready")
            column = await anna.list(board)
            own_valkey.kill()
            try:
                for n in range(10):
                    await anna.card(column, f"While away {n}")
                heard = [event["seq"] for event in await far.events(11)]
            finally:
                own_valkey.start()
            for n in range(10):
                await anna.card(column, f"Coming back {n}")
            heard += [event["seq"] for event in await far.events(10)]
            async with asyncio.timeout(30):
                while not second.state.bus.trusted:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            await anna.card(column, "Back")
            heard += [event["seq"] for event in await far.events(1)]
            assert heard == list(range(2, 24))
