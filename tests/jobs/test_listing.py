"""Lists of jobs: newest first, page by page, and only what was asked for."""

from tests.make.boards import Person
from tests.make.jobs import done, submit

LATER = "2999-01-01T00:00:00Z"


async def test_list_goes_page_by_page_newest_first(anna: Person) -> None:
    made = [(await submit(anna, "noop", run_at=LATER))["number"] for _ in range(5)]
    seen: list[int] = []
    cursor = ""
    while True:
        page = await anna.get(f"/jobs?limit=2{cursor}")
        seen += [job["number"] for job in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert seen == sorted(made, reverse=True)


async def test_list_is_narrowed_by_each_filter(anna: Person) -> None:
    board = await anna.board()
    card = await anna.card(await anna.list(board))
    waits = await submit(anna, "noop", title="Fetch the 数据 now", run_at=LATER, queue="collect")
    failed = await done(anna, "hopeless")
    of_card = await done(anna, "noop", card_id=card["id"])

    async def found(query: str) -> set[str]:
        return {job["id"] for job in (await anna.get(f"/jobs?{query}"))["items"]}

    everything = {waits["id"], failed["id"], of_card["id"]}
    assert await found("") == everything
    assert await found("state=queued") == {waits["id"]}
    assert await found("state=queued&state=failed") == {waits["id"], failed["id"]}
    assert await found("kind=hopeless") == {failed["id"]}
    assert await found("queue=collect") == {waits["id"]}
    assert await found(f"card_id={card['id']}") == {of_card["id"]}
    assert await found(f"board_id={board['id']}") == {of_card["id"]}
    assert await found(f"owner={anna.id}") == everything
    assert await found("q=数据") == {waits["id"]}
    assert await found("q=%25") == set()
    assert await found(f"q=J-{failed['number']}") == {failed["id"]}
    assert await found(f"created_after={of_card['created_at']}") == set()
    assert await found(f"finished_after={failed['created_at']}") == {failed["id"], of_card["id"]}
    assert await found(f"finished_after={of_card['finished_at']}") == set()
    assert waits["id"] in await found(f"created_before={failed['created_at']}")
