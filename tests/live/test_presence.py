"""Who is on a board and which card they edit."""

import asyncio
from typing import Any
from uuid import UUID

from taskly.kernel.bus import LocalBus
from taskly.kernel.ids import new_id
from taskly.live.presence import Presence
from tests.live.sockets import Client, Json, opened, watching
from tests.make.boards import Person


async def users_of(socket: Client, wanted: list[Json]) -> None:
    """Read until everybody who should be there is, in order of id, and nobody else."""
    wanted = sorted(wanted, key=lambda user: str(user["user_id"]))
    while (await socket.hear("presence"))["users"] != wanted:
        pass


def at(person: Person, card: Json | None = None, *, editing: bool = False) -> Json:
    """What the others see of a person."""
    return {"user_id": person.id, "card_id": card and card["id"], "editing": editing}


async def test_coming_editing_and_going_are_shown_to_everybody(
    address: str, anna: Person, bob: Person
) -> None:
    board = await anna.board()
    card = await anna.card(await anna.list(board))
    await anna.invite(board, bob)
    async with watching(address, board["id"], anna.token) as hers:
        await users_of(hers, [at(anna)])
        async with watching(address, board["id"], bob.token) as his:
            await users_of(hers, [at(anna), at(bob)])
            await his.say(type="focus", card_id=card["id"], editing=True)
            await users_of(hers, [at(anna), at(bob, card, editing=True)])
            await users_of(his, [at(anna), at(bob, card, editing=True)])
            await his.say(type="focus", card_id=None, editing=False)
            await users_of(hers, [at(anna), at(bob)])
        await users_of(hers, [at(anna)])


async def test_a_person_with_two_windows_is_shown_once_and_as_editing(
    address: str, anna: Person
) -> None:
    board = await anna.board()
    card = await anna.card(await anna.list(board))
    async with watching(address, board["id"], anna.token) as first:
        async with opened(address, "") as second:
            await second.say(type="auth", token=anna.token)
            channel = f"board:{board['id']}"
            await second.say(type="subscribe", channel=channel)
            await second.say(type="focus", channel=channel, card_id=card["id"], editing=True)
            await first.say(type="focus", card_id=None, editing=False)
            await users_of(first, [at(anna, card, editing=True)])
            assert (await second.hear("presence"))["channel"] == channel
        await users_of(first, [at(anna)])


async def test_a_burst_of_changes_is_told_at_most_five_times_a_second(
    address: str, anna: Person
) -> None:
    board = await anna.board()
    column = await anna.list(board)
    cards = [await anna.card(column, f"Card {n}") for n in range(2)]
    async with watching(address, board["id"], anna.token) as socket:
        await socket.hear("presence")
        for n in range(101):
            await socket.say(type="focus", card_id=cards[n % 2]["id"], editing=False)
        told = 0
        users: list[Any] = []
        await socket.say(type="ping")
        await socket.hear("pong")
        while users != [at(anna, cards[0])] or told == 0:
            users = (await socket.hear("presence"))["users"]
            told += 1
        assert told < 30


async def test_the_people_of_a_process_that_went_silent_are_forgotten() -> None:
    bus = LocalBus()
    told: asyncio.Queue[str] = asyncio.Queue()

    def tell(board_id: UUID, body: str) -> int:
        told.put_nowait(body)
        return 1

    alive = Presence(bus, tell, beat_s=0.05)
    silent = Presence(bus, lambda board_id, body: 0, beat_s=1000)
    alive.start()
    silent.start()
    user_id = new_id()
    silent.put(new_id(), "seat", user_id, None, editing=False)
    async with asyncio.timeout(20):
        assert str(user_id) in await told.get()
        assert str(user_id) not in await told.get()
    await alive.stop()
    await silent.stop()
