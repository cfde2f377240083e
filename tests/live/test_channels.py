"""Many channels on one socket (`GET /api/v1/ws`)."""

from collections import defaultdict

import pytest
from fastapi import FastAPI

from tests.live.sockets import Client, opened
from tests.make.boards import Person


async def introduced(client: Client, person: Person) -> None:
    """Tell the server who is calling."""
    await client.say(type="auth", token=person.token)


async def test_one_socket_carries_many_boards_each_with_its_name(
    address: str, anna: Person
) -> None:
    boards = [await anna.board(f"Board {n}") for n in range(12)]
    async with opened(address, "") as socket:
        await introduced(socket, anna)
        for board in boards:
            await socket.say(type="subscribe", channel=f"board:{board['id']}", since=0)
        for n in range(3):
            for board in boards:
                await anna.list(board, f"List {n}")
        heard: dict[str, list[int]] = defaultdict(list)
        for event in await socket.events(len(boards) * 4):
            heard[event["channel"]].append(event["seq"])
        assert heard == {f"board:{board['id']}": [1, 2, 3, 4] for board in boards}


async def test_the_user_channel_brings_the_boards_that_one_is_invited_to(
    address: str, anna: Person, bob: Person
) -> None:
    async with opened(address, "") as socket:
        await introduced(socket, bob)
        await socket.say(type="subscribe", channel="user")
        assert (await socket.hear("ready"))["channel"] == "user"
        board = await anna.board()
        await anna.invite(board, bob)
        event = await socket.hear("event")
        assert (event["channel"], event["event"]) == ("user", "board.listed")
        assert [b["id"] for b in event["patch"]["upsert"]["boards"]] == [board["id"]]


async def test_losing_one_board_ends_that_channel_and_leaves_the_others(
    address: str, anna: Person, bob: Person
) -> None:
    lost, kept = await anna.board("Lost"), await anna.board("Kept")
    for board in (lost, kept):
        await anna.invite(board, bob)
    async with opened(address, "") as socket:
        await introduced(socket, bob)
        for board in (lost, kept):
            await socket.say(type="subscribe", channel=f"board:{board['id']}")
            await socket.hear("ready")
        await anna.want(204, "DELETE", f"/boards/{lost['id']}/members/{bob.id}")
        await anna.list(lost)
        await anna.list(kept)
        ended = await socket.hear("error", "event")
        assert ended == {"type": "error", "code": "not_found", "channel": f"board:{lost['id']}"}
        event = await socket.hear("error", "event")
        assert (event["channel"], event["seq"]) == (f"board:{kept['id']}", 3)


async def test_unsubscribing_ends_a_channel_which_may_be_taken_up_again(
    address: str, anna: Person, taskly_app: FastAPI
) -> None:
    board = await anna.board()
    channel = f"board:{board['id']}"
    async with opened(address, "") as socket:
        await introduced(socket, anna)
        await socket.say(type="subscribe", channel=channel)
        await socket.hear("ready")
        await socket.say(type="unsubscribe", channel=channel)
        await socket.say(type="unsubscribe", channel=channel)
        assert (await socket.hear("error"))["code"] == "not_found"
        assert board["id"] not in {str(stream) for stream in taskly_app.state.hub.streams()}
        await anna.list(board)
        await socket.say(type="subscribe", channel=channel, since=1)
        assert (await socket.hear("ready", "event"))["seq"] == 2
        assert [event["seq"] for event in await socket.events(1)] == [2]
        await socket.say(type="subscribe", channel=channel)
        assert (await socket.hear("error"))["code"] == "already_subscribed"


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("board:01890000-0000-7000-8000-000000000000", "not_found"),
        ("board:x", "unknown_channel"),
        ("board:", "unknown_channel"),
        ("user:", "unknown_channel"),
        ("job:01890000-0000-7000-8000-000000000000", "not_found"),
        ("", "unknown_channel"),
        (None, "bad_message"),
        (["board"], "bad_message"),
        ("b" * 65, "bad_message"),
    ],
)
async def test_a_channel_that_does_not_exist_is_an_error_and_the_talk_goes_on(
    address: str, anna: Person, channel: object, code: str
) -> None:
    async with opened(address, "") as socket:
        await introduced(socket, anna)
        await socket.say(type="subscribe", channel=channel)
        assert (await socket.hear("error"))["code"] == code
        await socket.say(type="subscribe", channel="user")
        await socket.hear("ready")


async def test_another_persons_stream_cannot_be_had_under_the_name_of_a_board(
    address: str, anna: Person, bob: Person
) -> None:
    async with opened(address, "") as victim, opened(address, "") as thief:
        await introduced(victim, anna)
        await victim.say(type="subscribe", channel="user")
        await victim.hear("ready")
        await introduced(thief, bob)
        await thief.say(type="subscribe", channel=f"board:{anna.id}", since=0)
        assert (await thief.hear("error", "ready", "event"))["code"] == "not_found"
        await anna.board()
        assert (await victim.hear("event"))["event"] == "board.listed"


async def test_a_focus_names_a_channel_that_the_socket_has(address: str, anna: Person) -> None:
    board = await anna.board()
    async with opened(address, "") as socket:
        await introduced(socket, anna)
        await socket.say(type="focus", channel=f"board:{board['id']}", card_id=None)
        assert (await socket.hear("error"))["code"] == "not_found"
