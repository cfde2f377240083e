"""Records of web sources, page by page, in each form and format; and what happens when a page fails."""

import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.live.sockets import listening
from tests.make.boards import Json, ManyJson, Person
from tests.make.jobs import attempts, ended, log_lines, submit
from tests.servers.records import ITEMS, PAGES, PER_PAGE, TOTAL, Records

FAST = {"per_second": 50}


@pytest.fixture
async def source() -> AsyncIterator[tuple[Records, str]]:
    """A server of this test's own, and its address."""
    records = Records()
    async with listening(records.app, "127.0.0.2") as address:
        yield records, f"http://{address}"


async def collected(person: Person, **params: Any) -> Json:
    made = await submit(person, "collect", FAST | params, max_attempts=2)
    return await ended(person, made["id"])


async def content(person: Person, over: Json) -> bytes:
    assert over["state"] == "succeeded", over["error"]
    answer = await person.call("GET", f"/jobs/{over['id']}/files/data")
    assert answer.status_code == 200, answer.text
    return answer.content


async def lines(person: Person, over: Json) -> ManyJson:
    return [json.loads(line) for line in (await content(person, over)).splitlines()]


@pytest.mark.parametrize(
    ("path", "paging"),
    [
        ("/numbered", {"paging": "page", "items": "$.items[*]"}),
        ("/cursor", {"paging": "cursor", "items": "$.items", "next": "$.meta.next"}),
        ("/linked", {"paging": "link"}),
    ],
)
async def test_all_pages_are_fetched_once_however_they_are_found(
    anna: Person, source: tuple[Records, str], path: str, paging: Json
) -> None:
    records, address = source

    over = await collected(anna, url=address + path, **paging)

    assert await lines(anna, over) == ITEMS
    last = PAGES + (paging["paging"] == "page")
    assert over["result"] == {"records": TOTAL, "pages": last, "duplicates": 0}
    assert set(records.asked.values()) == {1}


async def test_fields_are_taken_by_json_path(anna: Person, source: tuple[Records, str]) -> None:
    fields = {"name": "$.name", "price": "$.price.eur", "tags": "$.tags[*]", "none": "$.missing"}

    over = await collected(anna, url=f"{source[1]}/linked", fields=fields)

    first = (await lines(anna, over))[0]
    assert first == {"name": "Thing 0", "price": 0.0, "tags": ["a", "b"], "none": None}


async def test_web_page_is_read_by_selectors_and_followed_by_its_link(
    anna: Person, source: tuple[Records, str]
) -> None:
    over = await collected(
        anna,
        url=f"{source[1]}/page",
        source="html",
        items="li.thing",
        fields={"name": "a", "link": "a@href", "price": "b", "kind": "@class"},
        paging="link",
        next="a.next",
    )

    found = await lines(anna, over)
    assert len(found) == TOTAL
    assert found[5] == {
        "name": "Thing 5",
        "link": f"{source[1]}/things/5",
        "price": "2.5",
        "kind": "thing",
    }


async def test_feed_gives_its_entries(anna: Person, source: tuple[Records, str]) -> None:
    over = await collected(anna, url=f"{source[1]}/feed", source="feed")

    first, second = await lines(anna, over)
    assert (first["id"], first["title"]) == ("1", "First & best")
    assert first["published"] == "2026-11-24T09:00:00Z"
    assert (second["link"], second["published"]) == ("https://example.com/two", None)


async def test_table_is_read_whatever_separates_its_columns(
    anna: Person, source: tuple[Records, str]
) -> None:
    over = await collected(
        anna, url=f"{source[1]}/table.csv", source="csv", fields={"number": "id", "name": "name"}
    )

    assert (await lines(anna, over))[11] == {"number": "11", "name": "Thing 11"}


async def test_records_come_as_csv_that_no_spreadsheet_calculates(
    anna: Person, source: tuple[Records, str]
) -> None:
    over = await collected(
        anna, url=f"{source[1]}/doubles", format="csv", fields={"id": "$.id", "name": "$.name"}
    )

    rows = list(csv.DictReader(io.StringIO((await content(anna, over)).decode())))
    assert len(rows) == 2 * TOTAL + 1
    assert rows[-1] == {"id": "0", "name": "'=1+1"}


async def test_records_come_as_parquet_with_types(
    anna: Person, source: tuple[Records, str], tmp_path: Path
) -> None:
    over = await collected(anna, url=f"{source[1]}/linked", paging="link", format="parquet")

    path = tmp_path / "records.parquet"
    path.write_bytes(await content(anna, over))
    table = pq.read_table(path)
    assert table.column("id").to_pylist() == list(range(TOTAL))


async def test_records_come_as_one_json_array(anna: Person, source: tuple[Records, str]) -> None:
    over = await collected(anna, url=f"{source[1]}/linked", paging="link", format="json")

    (file,) = (await anna.get(f"/jobs/{over['id']}/files"))["items"]
    assert (file["name"], file["mime_type"]) == ("records.json", "application/json")
    assert json.loads(await content(anna, over)) == ITEMS


async def test_records_that_agree_are_kept_once(anna: Person, source: tuple[Records, str]) -> None:
    over = await collected(anna, url=f"{source[1]}/doubles", unique_by=["id", "name"])

    assert len(await lines(anna, over)) == TOTAL + 1
    assert over["result"]["duplicates"] == TOTAL


async def test_next_attempt_goes_on_behind_the_pages_that_are_done(
    anna: Person, source: tuple[Records, str]
) -> None:
    records, address = source
    third = f"/linked?from={2 * PER_PAGE}"
    records.fail_once.add(third)

    over = await collected(anna, url=f"{address}/linked", paging="link", obey_robots=False)

    assert await lines(anna, over) == ITEMS
    assert [one["outcome"] for one in await attempts(anna, over["id"])] == ["error", "succeeded"]
    asked_again = {path for path, times in records.asked.items() if times > 1}
    assert asked_again == {third}


@pytest.mark.parametrize("most", [{"max_pages": 2}, {"max_records": 2 * PER_PAGE}])
async def test_collection_ends_where_it_is_told_to(
    anna: Person, source: tuple[Records, str], most: Json
) -> None:
    over = await collected(anna, url=f"{source[1]}/linked", paging="link", **most)

    assert await lines(anna, over) == ITEMS[: 2 * PER_PAGE]


async def test_doubles_take_no_place_of_new_records(
    anna: Person, source: tuple[Records, str]
) -> None:
    over = await collected(
        anna,
        url=f"{source[1]}/overlapping",
        paging="page",
        unique_by=["id"],
        max_records=5,
    )

    assert await lines(anna, over) == ITEMS[:5]


async def test_missing_page_is_the_end_of_numbered_pages(
    anna: Person, source: tuple[Records, str]
) -> None:
    over = await collected(anna, url=f"{source[1]}/overlapping", paging="page", unique_by=["id"])

    assert await lines(anna, over) == ITEMS


async def test_page_that_names_itself_as_the_next_ends_the_collection(
    anna: Person, source: tuple[Records, str]
) -> None:
    over = await collected(
        anna, url=f"{source[1]}/circle", items="$.items", paging="link", next="$.next"
    )

    assert over["result"]["pages"] == 1


async def test_server_that_asks_for_patience_gets_it(
    anna: Person, source: tuple[Records, str]
) -> None:
    over = await collected(anna, url=f"{source[1]}/busy")

    assert (over["state"], over["attempt"]) == ("succeeded", 1)
    assert source[0].asked["/busy"] == 2


async def test_what_robots_txt_forbids_is_not_asked_for(
    anna: Person, source: tuple[Records, str]
) -> None:
    records, address = source

    refused = await collected(anna, url=f"{address}/private/things")
    asked = records.asked["/private/things"]
    told = await collected(anna, url=f"{address}/private/things", obey_robots=False)

    moved = await collected(anna, url=f"{address}/moved")

    assert (refused["state"], refused["error"]["code"]) == ("failed", "robots_denied")
    assert asked == 0
    assert moved["error"]["code"] == "robots_denied"
    assert told["state"] == "succeeded"


async def test_secret_is_sent_and_never_shown(anna: Person, source: tuple[Records, str]) -> None:
    records, address = source

    over = await collected(anna, url=f"{address}/linked", secret="Bearer hush-hush")

    assert over["state"] == "succeeded"
    assert records.headers[-1]["authorization"] == "Bearer hush-hush"
    shown = json.dumps([over, await log_lines(anna, over["id"])])
    assert "hush-hush" not in shown


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("/broken", {}, "not_json"),
        ("/numbered?page=9", {"items": "$.items"}, "nothing_found"),
        ("/linked", {"items": "$.[["}, "bad_path"),
        ("/table.csv", {"source": "feed"}, "not_a_feed"),
        ("/table.csv", {"source": "csv", "fields": {"x": "price"}}, "column_missing"),
        ("/page", {"source": "html", "items": "li[[", "fields": {"x": "a"}}, "bad_path"),
        ("/nowhere", {}, "unexpected_status"),
        ("/table_wide", {"source": "csv"}, "not_a_table"),
        ("/linked", {"items": "$[?name =~ '(']"}, "bad_path"),
    ],
)
async def test_what_cannot_be_collected_says_why_and_is_not_tried_again(
    anna: Person, source: tuple[Records, str], path: str, params: Json, code: str
) -> None:
    over = await collected(anna, url=source[1] + path, **params)

    assert (over["state"], over["attempt"]) == ("failed", 1)
    assert over["error"]["code"] == code, over["error"]


async def test_no_collection_reaches_the_inside(anna: Person) -> None:
    over = await collected(anna, url="http://127.0.0.1:9/items")

    assert over["error"]["code"] == "address_not_allowed"


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"url": "ftp://example.com/x"}, "params.url"),
        ({"paging": "cursor"}, "params"),
        ({"source": "html"}, "params"),
        ({"fields": {"a": "$.a"}, "unique_by": ["b"]}, "params"),
        ({"max_pages": 0}, "params.max_pages"),
        ({"per_second": 1000}, "params.per_second"),
        ({"secret": "x", "secret_header": "Host"}, "params.secret_header"),
    ],
)
async def test_bad_collection_is_refused_with_its_field(
    anna: Person, params: Json, field: str
) -> None:
    body = {"kind": "collect", "params": {"url": "https://example.com/x"} | params}

    problem = await anna.want(422, "POST", "/jobs", body)

    assert field in {error["field"] for error in problem["errors"]}
