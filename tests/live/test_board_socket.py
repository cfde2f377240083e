"""The conversation on a board's socket (`contract.md`, WebSocket)."""

import asyncio
import time
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from websockets.exceptions import InvalidStatus

from taskly.accounts.tokens import Tokens
from taskly.kernel.crypto import signing_key
from taskly.kernel.events import trim_events
from tests.application import client_of, running, sign_up
from tests.live.conftest import MakeSettings
from tests.live.sockets import listening, opened, watching
from tests.make.boards import Person

NOBODYS_BOARD = "01890000-0000-7000-8000-000000000000"


async def test_each_event_arrives_once_in_order_after_ready(address: str, anna: Person) -> None:
    board = await anna.board()
    async with watching(address, board["id"], anna.token) as socket:
        ready = await socket.hear("ready", "event")
        assert ready == {"type": "ready", "seq": 1}
        column = await anna.list(board)
        await asyncio.gather(*(anna.card(column, f"Card {n}") for n in range(20)))
        heard = await socket.events(21)
        told = await anna.events(board)
        assert heard == [{"type": "event", **event} for event in told[1:]]


async def test_since_replays_exactly_what_was_missed_then_goes_on(
    address: str, anna: Person
) -> None:
    board = await anna.board()
    column = await anna.list(board)
    for n in range(5):
        await anna.card(column, f"Card {n}")
    async with watching(address, board["id"], anna.token, since=3) as socket:
        assert await socket.hear("ready", "event") == {"type": "ready", "seq": 7}
        await anna.card(column, "One more")
        assert [event["seq"] for event in await socket.events(5)] == [4, 5, 6, 7, 8]


async def test_many_sockets_that_join_while_events_are_written_miss_and_double_none(
    address: str, anna: Person
) -> None:
    board = await anna.board()
    column = await anna.list(board)

    async def watch_from_the_start() -> list[int]:
        async with watching(address, board["id"], anna.token, since=0) as socket:
            return [event["seq"] for event in await socket.events(62)]

    watchers = []
    for n in range(60):
        if n % 4 == 0:
            watchers.append(asyncio.create_task(watch_from_the_start()))
        await anna.card(column, f"Card {n}")
    for heard in await asyncio.gather(*watchers):
        assert heard == list(range(1, 63))


@pytest.mark.parametrize("since", ["99", "-1", "x", "1e3"])
async def test_a_since_that_cannot_be_built_upon_is_answered_with_resync(
    address: str, anna: Person, since: str
) -> None:
    board = await anna.board()
    path = f"/board/{board['id']}?since={since}"
    async with opened(address, path) as socket:
        await socket.say(type="auth", token=anna.token)
        assert await socket.next() == {"type": "ready", "seq": 1}
        assert await socket.next() == {"type": "resync", "seq": 1}
        await anna.list(board)
        assert [event["seq"] for event in await socket.events(1)] == [2]


async def test_a_since_before_what_is_kept_is_answered_with_resync(
    address: str, anna: Person, taskly_app: FastAPI
) -> None:
    board = await anna.board()
    for n in range(3):
        await anna.list(board, f"List {n}")
    async with taskly_app.state.database.write() as tx:
        await trim_events(tx, UUID(board["id"]), through=2)
    async with watching(address, board["id"], anna.token, since=1) as socket:
        assert await socket.hear("resync", "event") == {"type": "resync", "seq": 4}
    async with watching(address, board["id"], anna.token, since=2) as socket:
        assert [event["seq"] for event in await socket.events(2)] == [3, 4]


async def test_a_token_in_the_address_is_not_read(
    address: str, anna: Person, impatient: None
) -> None:
    board = await anna.board()
    query = f"?token={anna.token}&access_token={anna.token}"
    async with opened(address, f"/board/{board['id']}{query}") as socket:
        assert await socket.closed() == 4408


@pytest.mark.parametrize(
    "first",
    [
        '{"type": "auth", "token": "nonsense"}',
        '{"type": "auth"}',
        '{"type": "ping"}',
        "not even JSON",
        "[]",
    ],
)
async def test_a_first_message_that_proves_nobody_closes_with_4401(
    address: str, anna: Person, first: str
) -> None:
    board = await anna.board()
    async with opened(address, f"/board/{board['id']}") as socket:
        await socket.connection.send(first)
        assert await socket.closed() == 4401


async def test_a_board_that_one_may_not_see_or_that_is_none_closes_with_4404(
    address: str, anna: Person, bob: Person
) -> None:
    board = await anna.board()
    for board_id in (board["id"], NOBODYS_BOARD, "x", bob.id):
        async with watching(address, board_id, bob.token, since=0) as socket:
            assert await socket.rest() == []
            assert socket.connection.close_code == 4404


async def test_a_token_that_expires_closes_the_open_socket_unless_a_fresh_one_is_sent(
    address: str, anna: Person, taskly_app: FastAPI
) -> None:
    board = await anna.board()
    settings = taskly_app.state.settings
    session_id = taskly_app.state.accounts.tokens.verify(anna.token).session_id
    short = Tokens(signing_key(settings), timedelta(seconds=2))
    token = short.issue(UUID(anna.id), session_id)
    async with (
        watching(address, board["id"], token) as lapsed,
        watching(address, board["id"], token) as renewed,
    ):
        await lapsed.hear("ready")
        await renewed.hear("ready")
        await renewed.say(type="auth", token=anna.token)
        assert await lapsed.closed() == 4401
        await anna.list(board)
        assert [event["seq"] for event in await renewed.events(1)] == [2]


async def test_another_persons_token_does_not_take_over_an_open_socket(
    address: str, anna: Person, bob: Person
) -> None:
    board = await anna.board()
    async with watching(address, board["id"], anna.token) as socket:
        await socket.hear("ready")
        await socket.say(type="auth", token=bob.token)
        assert await socket.closed() == 4401


async def test_ending_all_sessions_closes_their_sockets_within_a_second(
    address: str, anna: Person
) -> None:
    board = await anna.board()
    async with watching(address, board["id"], anna.token) as socket:
        await socket.hear("ready")
        await anna.want(204, "POST", "/auth/logout-all")
        began = time.monotonic()
        assert await socket.closed() == 4401
        assert time.monotonic() - began < 1


async def test_a_member_who_is_removed_hears_nothing_more_and_others_go_on(
    address: str, anna: Person, bob: Person
) -> None:
    board = await anna.board()
    await anna.invite(board, bob)
    async with (
        watching(address, board["id"], anna.token) as stays,
        watching(address, board["id"], bob.token) as goes,
    ):
        await stays.hear("ready")
        await goes.hear("ready")
        await anna.want(204, "DELETE", f"/boards/{board['id']}/members/{bob.id}")
        column = await anna.list(board, "Not for Bob")
        await anna.card(column)
        assert [event["seq"] for event in await stays.events(3)] == [3, 4, 5]
        heard = await goes.rest()
        assert [message for message in heard if message["type"] == "event"] == []
        assert goes.connection.close_code == 4404


async def test_deleting_the_board_closes_with_4404(address: str, anna: Person) -> None:
    board = await anna.board()
    async with watching(address, board["id"], anna.token) as socket:
        await socket.hear("ready")
        await anna.want(204, "DELETE", f"/boards/{board['id']}")
        assert await socket.closed() == 4404


async def test_a_share_link_watches_its_board_alone_until_it_is_revoked(
    address: str, anna: Person
) -> None:
    board, other = await anna.board(), await anna.board("Secret")
    link = await anna.want(201, "POST", f"/boards/{board['id']}/share-links", {})
    async with watching(address, other["id"], link["token"]) as socket:
        assert await socket.closed() == 4404
    async with watching(address, board["id"], link["token"]) as socket:
        await socket.hear("ready")
        assert await socket.hear("presence") == {"type": "presence", "users": []}
        await anna.list(board)
        assert (await socket.events(1))[0]["event"] == "list.created"
        await anna.want(204, "DELETE", f"/boards/{board['id']}/share-links/{link['id']}")
        assert await socket.closed() == 4404


async def test_both_sides_may_ping_and_a_silent_client_is_let_go(
    address: str, anna: Person, impatient: None
) -> None:
    board = await anna.board()
    async with watching(address, board["id"], anna.token) as socket:
        await socket.hear("ready")
        await socket.say(type="ping")
        await socket.hear("pong")
        for _ in range(4):
            await socket.hear("ping")
            await socket.say(type="pong")
        began = time.monotonic()
        assert await socket.closed() == 1011
        assert time.monotonic() - began > 0.3


async def test_a_message_that_is_too_large_closes_with_1009(address: str, anna: Person) -> None:
    board = await anna.board()
    async with watching(address, board["id"], anna.token) as socket:
        await socket.hear("ready")
        await socket.say(type="focus", card_id="x" * 65_536)
        assert await socket.closed() == 1009


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("{", "malformed_json"),
        ('"auth"', "bad_message"),
        ('{"type": 5}', "bad_message"),
        ('{"type": "dance"}', "unknown_type"),
        ('{"type": "subscribe", "channel": "user"}', "unknown_type"),
        ('{"type": "focus", "card_id": "x"}', "bad_message"),
        ('{"type": "focus", "card_id": null, "editing": "yes"}', "bad_message"),
        ('{"type": "focus", "card_id": ["\\ud800"]}', "malformed_json"),
        ("\x00", "malformed_json"),
    ],
)
async def test_a_malformed_message_is_answered_with_its_code_and_the_talk_goes_on(
    address: str, anna: Person, sent: str, code: str
) -> None:
    board = await anna.board()
    async with watching(address, board["id"], anna.token) as socket:
        await socket.hear("ready")
        await socket.connection.send(sent)
        assert await socket.hear("error") == {"type": "error", "code": code}
        await socket.connection.send(sent.encode())
        assert await socket.hear("error") == {"type": "error", "code": code}
        await anna.list(board)
        assert [event["seq"] for event in await socket.events(1)] == [2]


async def test_a_flood_of_messages_closes_with_1008(address: str, anna: Person) -> None:
    board = await anna.board()
    async with watching(address, board["id"], anna.token) as socket:
        for _ in range(60):
            await socket.connection.send("nonsense")
        assert await socket.closed() == 1008


async def test_pages_of_other_origins_are_refused_at_the_door(address: str, anna: Person) -> None:
    board = await anna.board()
    path = f"/board/{board['id']}"
    for origin in ("https://evil.example", "null", f"http://{address}.evil.example"):
        with pytest.raises(InvalidStatus) as refused:
            async with opened(address, path, origin=origin):
                pass
        assert refused.value.response.status_code == 403
    async with watching(address, board["id"], anna.token, origin=f"http://{address}") as socket:
        await socket.hear("ready")


async def test_a_server_that_stops_closes_with_1012(
    new_settings: MakeSettings,
) -> None:
    async with running(new_settings()) as app, client_of(app) as client:
        person = await sign_up(client, "carla")
        board = await person.board()
        async with listening(app) as address:
            context = watching(address, board["id"], person.token)
            socket = await context.__aenter__()
            await socket.hear("ready")
        assert await socket.closed() == 1012
        await context.__aexit__(None, None, None)
