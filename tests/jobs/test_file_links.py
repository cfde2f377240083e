"""Addresses of files that need no header: for one file, for one session, as long as both may be had."""

from httpx import Response

from tests.jobs.conftest import House
from tests.make.boards import Person
from tests.make.jobs import done


async def link_of(person: Person, path: str) -> str:
    """The address that the person is given for a file."""
    return str((await person.get(f"{path}/link"))["url"])


async def opened(person: Person, address: str, **headers: str) -> Response:
    """What a browser gets that is led there: it sends no token."""
    return await person.client.get(address, headers=headers)


async def test_link_leads_to_the_file_and_to_parts_of_it(anna: Person) -> None:
    job = await done(anna, "say", {"file": "0123456789"})

    answer = await anna.call("GET", f"/jobs/{job['id']}/files/text/link")
    address = answer.json()["url"]
    whole = await opened(anna, address)
    part = await opened(anna, address, Range="bytes=2-4")

    assert answer.headers["cache-control"] == "no-store"
    assert (whole.status_code, whole.content) == (200, b"0123456789")
    assert (part.status_code, part.content) == (206, b"234")


async def test_ticket_opens_nothing_but_its_file(anna: Person) -> None:
    jobs = [await done(anna, "say", {"file": text}) for text in ("mine", "other")]
    paths = [f"/jobs/{job['id']}/files/text" for job in jobs]
    first, second = [await link_of(anna, path) for path in paths]
    _, _, ticket = first.partition("?ticket=")

    crossed = await opened(anna, f"{second.partition('?')[0]}?ticket={ticket}")
    by_type = await opened(anna, f"/api/v1{paths[0]}?ticket={ticket}")
    forged = await opened(anna, first[:-6] + "AAAAAA")
    as_token = await opened(anna, "/api/v1/auth/me", Authorization=f"Bearer {ticket}")
    token_as_ticket = await opened(anna, f"{first.partition('?')[0]}?ticket={anna.token}")
    listed = await opened(anna, f"/api/v1/jobs?ticket={ticket}")

    for answer in (crossed, by_type, forged, as_token, token_as_ticket, listed):
        assert answer.status_code == 401, answer.text


async def test_link_ends_with_the_session(house: House) -> None:
    job = await done(house.guest, "say", {"file": "hello"})
    address = await link_of(house.guest, f"/jobs/{job['id']}/files/text")
    before = await opened(house.guest, address)

    await house.guest.want(204, "POST", "/auth/logout")
    after = await opened(house.guest, address)

    assert before.status_code == 200
    assert (after.status_code, after.json()["code"]) == (401, "session_ended")


async def test_link_ends_with_the_right_to_see_the_job(house: House) -> None:
    board = await house.boss.board("Ours")
    card = await house.boss.card(await house.boss.list(board))
    await house.boss.invite(board, house.guest, "viewer")
    job = await done(house.boss, "say", {"file": "hello"}, card_id=card["id"])
    path = f"/jobs/{job['id']}/files/text"
    address = await link_of(house.guest, path)
    seen = await opened(house.guest, address)

    await house.boss.want(204, "DELETE", f"/boards/{board['id']}/members/{house.guest.id}")
    unseen = await opened(house.guest, address)
    await house.guest.want(404, "GET", f"{path}/link")

    assert seen.content == b"hello"
    assert unseen.status_code == 404
