"""What a query on each source finds, and the files that its rows become."""

import io

import orjson
import pyarrow.parquet as pq
import pytest

from tests.jobs.conftest import House
from tests.jobs.database.shops import Shop, fetched
from tests.make.jobs import attempts, done, log_lines

MANY = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < MOST)"
    " SELECT i, hex(zeroblob(100)) AS words FROM n"
)
MANY_ROWS = 250_000
ROOM_MB = 10


async def test_rows_of_a_query_become_lines_of_json(house: House, shop: Shop) -> None:
    over = await done(
        house.boss,
        "database",
        {
            "connection": shop.name,
            "sql": "SELECT id, name AS id, price FROM goods ORDER BY 1 -- all;",
            "format": "jsonl",
        },
    )

    assert over["state"] == "succeeded", over["error"]
    assert over["result"] == {"rows": 3, "columns": ["id", "id", "price"], "more": False}
    rows = [orjson.loads(line) for line in (await fetched(house.boss, over)).splitlines()]
    assert [row["id_2"] for row in rows] == ["tea", "grüner 茶", "=1+1"]
    assert [row["id"] for row in rows] == [0, 1, 2]
    assert float(rows[0]["price"]) == 3.5
    assert rows[2]["price"] is None


async def test_rows_of_a_query_become_a_table_with_types(house: House, shop: Shop) -> None:
    over = await done(
        house.boss,
        "database",
        {"connection": shop.name, "sql": "SELECT * FROM goods ORDER BY id", "format": "parquet"},
    )

    assert over["state"] == "succeeded", over["error"]
    table = pq.read_table(io.BytesIO(await fetched(house.boss, over)))
    assert table.column("id").to_pylist() == [0, 1, 2]
    assert table.column("name").to_pylist()[1] == "grüner 茶"
    assert [price and float(price) for price in table.column("price").to_pylist()] == [
        3.5,
        12,
        None,
    ]


async def test_rows_of_a_query_become_one_json_array(house: House, shop: Shop) -> None:
    params = {"connection": shop.name, "format": "json"}

    over = await done(
        house.boss, "database", params | {"sql": "SELECT id, name FROM goods ORDER BY id"}
    )
    empty = await done(
        house.boss, "database", params | {"sql": "SELECT id FROM goods WHERE id > 100"}
    )

    assert orjson.loads(await fetched(house.boss, over)) == [
        {"id": 0, "name": "tea"},
        {"id": 1, "name": "grüner 茶"},
        {"id": 2, "name": "=1+1"},
    ]
    assert orjson.loads(await fetched(house.boss, empty)) == []


@pytest.mark.parametrize("table_format", ["csv", "jsonl", "json"])
async def test_large_answer_takes_no_more_memory_than_a_small_one(
    house: House, file_shop: Shop, table_format: str
) -> None:
    sizes, peaks = [], []
    for rows in (1, MANY_ROWS):
        sql = MANY.replace("MOST", str(rows))
        params = {"connection": file_shop.name, "sql": sql, "format": table_format}
        over = await done(house.boss, "database", params | {"most_rows": MANY_ROWS})
        assert over["result"]["rows"] == rows
        (file,) = (await house.boss.get(f"/jobs/{over['id']}/files"))["items"]
        (attempt,) = await attempts(house.boss, over["id"])
        sizes.append(file["size"] / 2**20)
        peaks.append(attempt["peak_mb"])

    assert sizes[1] > 4 * ROOM_MB
    assert peaks[1] - peaks[0] < ROOM_MB


async def test_text_that_a_spreadsheet_would_calculate_is_disarmed(
    house: House, file_shop: Shop
) -> None:
    params = {
        "connection": file_shop.name,
        "sql": "SELECT name, -1 AS less FROM goods WHERE id = 2",
    }

    safe = await done(house.boss, "database", params)
    raw = await done(house.boss, "database", params | {"escape_formulas": False})

    assert (await fetched(house.boss, safe)).decode().splitlines() == ["name,less", "'=1+1,-1"]
    assert (await fetched(house.boss, raw)).decode().splitlines() == ["name,less", "=1+1,-1"]


async def test_columns_that_mix_words_and_numbers_keep_all_of_them(
    house: House, file_shop: Shop
) -> None:
    sql = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 45000)"
        " SELECT i, CASE WHEN i > 44000 THEN 'word' WHEN i > 21000 THEN 1.5 END AS mixed FROM n"
    )

    over = await done(
        house.boss, "database", {"connection": file_shop.name, "sql": sql, "format": "parquet"}
    )

    assert over["state"] == "succeeded", over["error"]
    table = pq.read_table(io.BytesIO(await fetched(house.boss, over)))
    mixed = table.column("mixed").to_pylist()
    assert table.num_rows == over["result"]["rows"] == 45000
    assert (mixed[0], mixed[30000], mixed[-1]) == (None, "1.5", "word")


async def test_query_without_rows_still_names_its_columns(house: House, shop: Shop) -> None:
    over = await done(
        house.boss,
        "database",
        {"connection": shop.name, "sql": "SELECT id, name FROM goods WHERE id > 100"},
    )

    assert over["result"]["rows"] == 0
    assert (await fetched(house.boss, over)).decode().split() == ["id,name"]


async def test_rows_past_the_limit_are_left_out_and_said(house: House, shop: Shop) -> None:
    over = await done(
        house.boss,
        "database",
        {"connection": shop.name, "sql": "SELECT id FROM goods ORDER BY id", "most_rows": 2},
    )

    assert over["state"] == "succeeded", over["error"]
    assert (over["result"]["rows"], over["result"]["more"]) == (2, True)
    assert (await fetched(house.boss, over)).split() == [b"id", b"0", b"1"]
    assert "the rest was left out" in " ".join(await log_lines(house.boss, over["id"]))
