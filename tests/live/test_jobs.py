"""Sockets hear how jobs come along: on the board of the card, as the owner, and about one job."""

from tests.live.sockets import opened
from tests.make.boards import Person
from tests.make.jobs import submit, until


async def test_board_hears_the_progress_of_a_cards_job(
    address: str, anna: Person, bob: Person
) -> None:
    board = await anna.board()
    await anna.invite(board, bob, "viewer")
    card = await anna.card(await anna.list(board))
    async with opened(address, f"/board/{board['id']}") as socket:
        await socket.say(type="auth", token=bob.token)
        await socket.hear("ready")
        made = await submit(anna, "sleep", {"seconds": 1.2}, card_id=card["id"])
        news = await socket.hear("job")

    assert news["card_id"] == card["id"]
    assert set(news["job"]) == {"id", "state", "percent", "step"}
    assert (news["job"]["id"], news["job"]["step"]) == (made["id"], "Sleeping")


async def test_owner_hears_of_own_jobs_and_nobody_else_does(
    address: str, anna: Person, bob: Person
) -> None:
    async with opened(address, "") as mine, opened(address, "") as other:
        for socket, person in ((mine, anna), (other, bob)):
            await socket.say(type="auth", token=person.token)
            await socket.say(type="subscribe", channel="user")
            await socket.hear("ready")
        made = await submit(anna, "sleep", {"seconds": 1.2})
        event = await mine.hear("event")
        news = await mine.hear("job")
        await submit(bob, "noop")
        theirs = await other.hear("event")

    assert event["event"] == "job.queued"
    assert event["patch"]["upsert"]["jobs"][0]["id"] == made["id"]
    assert "params" not in event["patch"]["upsert"]["jobs"][0]
    assert (news["channel"], news["job"]["id"]) == ("user", made["id"])
    assert theirs["patch"]["upsert"]["jobs"][0]["id"] != made["id"]


async def test_channel_of_a_job_brings_its_states(address: str, anna: Person, bob: Person) -> None:
    made = await submit(anna, "sleep", {"seconds": 30})
    # One that has not begun is cancelled at once, without a state between.
    await until(anna, made["id"], "running")
    channel = f"job:{made['id']}"
    async with opened(address, "") as socket, opened(address, "") as stranger:
        await stranger.say(type="auth", token=bob.token)
        await stranger.say(type="subscribe", channel=channel)
        assert (await stranger.hear("error"))["code"] == "not_found"
        await socket.say(type="auth", token=anna.token)
        await socket.say(type="subscribe", channel=channel)
        await socket.hear("ready")
        await anna.want(200, "POST", f"/jobs/{made['id']}/cancel")
        states = [(await socket.hear("job"))["job"]["state"]]
        while states[-1] != "cancelled":
            states.append((await socket.hear("job"))["job"]["state"])

    assert "cancelling" in states
