"""Reports of a board: what each kind of file says, and who gets one."""

import io
from dataclasses import dataclass
from datetime import datetime

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.make.boards import Json, Person
from tests.make.jobs import done

FORMATS = ["html", "xlsx", "pdf"]


@dataclass
class Desk:
    """A board with cards in two lists, one of them long overdue, one done."""

    anna: Person
    board: Json


@pytest.fixture
async def desk(anna: Person, bob: Person) -> Desk:
    board = await anna.board("Tea <b>house</b> 茶馆")
    await anna.invite(board, bob, "viewer")
    todo = await anna.list(board, "To do", category="todo")
    over = await anna.list(board, "完成", category="done")
    await anna.list(board, "Empty")
    label = await anna.label(board, "Kitchen")
    await anna.card(
        todo,
        "Grüner Tee & 绿茶 <script>alert(1)</script>",
        due_at="2020-02-01T11:30:00Z",
        priority="urgent",
        label_ids=[label["id"]],
        assignee_ids=[anna.id],
    )
    await anna.card(todo, "=1+1", due_at="2999-01-01T00:00:00Z")
    await anna.card(over, "Long done", due_at="2020-01-01T00:00:00Z")
    gone = await anna.card(todo, "Thrown away")
    await anna.want(204, "DELETE", f"/cards/{gone['id']}")
    return Desk(anna, board)


async def report(person: Person, board: Json, **params: object) -> tuple[Json, bytes]:
    over = await done(person, "report", {"board_id": board["id"], **params})
    assert over["state"] == "succeeded", over["error"]
    answer = await person.call("GET", f"/jobs/{over['id']}/files/report")
    assert answer.status_code == 200
    return over, answer.content


async def test_page_says_what_is_on_the_board(desk: Desk) -> None:
    over, content = await report(desk.anna, desk.board)

    assert over["result"] == {
        "board": "Tea <b>house</b> 茶馆",
        "cards": 3,
        "open": 2,
        "overdue": 1,
        "done": 1,
    }
    page = content.decode()
    assert "<h1>Tea &lt;b&gt;house&lt;/b&gt; 茶馆</h1>" in page
    assert "Grüner Tee &amp; 绿茶 &lt;script&gt;" in page
    assert '<td class="overdue">2020-02-01 11:30</td>' in page
    assert '<td class="done">Long done</td>' in page
    assert "Kitchen" in page
    assert "Urgent" in page
    assert "No cards" in page
    assert "<script" not in page
    assert "Thrown away" not in page


async def test_workbook_has_cards_that_can_be_sorted_and_no_formulas(desk: Desk) -> None:
    _, content = await report(desk.anna, desk.board, format="xlsx", time_zone="Asia/Shanghai")

    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Summary", "Cards"]
    rows = list(book["Cards"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == ["To do", "To do", "完成"]
    assert rows[0][2] == "Grüner Tee & 绿茶 <script>alert(1)</script>"
    assert rows[0][4] == datetime(2020, 2, 1, 19, 30)  # noqa: DTZ001 (workbooks know no zones)
    assert book["Cards"]["C3"].value == "=1+1"
    assert book["Cards"]["C3"].data_type == "s"
    numbers = {row[0]: row[1] for row in book["Summary"].iter_rows(max_col=2, values_only=True)}
    assert (numbers["Cards"], numbers["Open"], numbers["Overdue"], numbers["Done"]) == (3, 2, 1, 1)


async def test_document_has_the_words_of_both_languages(desk: Desk) -> None:
    _, content = await report(desk.anna, desk.board, format="pdf", language="zh-CN")

    words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "Grüner Tee" in words
    assert "绿茶" in words
    assert "已逾期" in words
    assert "Long done" in words


async def test_long_board_fills_many_pages(anna: Person) -> None:
    board = await anna.board("Long")
    column = await anna.list(board)
    for number in range(60):
        await anna.card(column, f"Card {number} " + "with many words " * 12)

    _, content = await report(anna, board, format="pdf")

    reader = PdfReader(io.BytesIO(content))
    assert len(reader.pages) > 3
    assert "Card 59" in reader.pages[-1].extract_text() + reader.pages[-2].extract_text()


async def test_cards_that_are_done_can_be_left_out(desk: Desk) -> None:
    _, content = await report(desk.anna, desk.board, with_done=False, language="zh-CN")

    page = content.decode()
    assert "Long done" not in page
    assert '<html lang="zh-CN">' in page
    assert "已完成" in page


@pytest.mark.parametrize("file_format", FORMATS)
async def test_board_without_anything_has_a_report(anna: Person, file_format: str) -> None:
    over, content = await report(anna, await anna.board("Bare"), format=file_format)

    assert content
    assert over["result"]["cards"] == 0


async def test_members_of_any_role_get_a_report(desk: Desk, bob: Person) -> None:
    over, _ = await report(bob, desk.board)

    assert over["result"]["cards"] == 3


async def test_stranger_gets_no_report(desk: Desk, anna: Person, bob: Person) -> None:
    board = await anna.board("Secret")

    over = await done(bob, "report", {"board_id": board["id"]})

    assert over["state"] == "failed"
    assert over["error"]["code"] == "unknown_board"


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"board_id": "x"}, "params.board_id", "uuid_parsing"),
        ({"format": "docx"}, "params.format", "literal_error"),
        ({"time_zone": "Mars/Olympus"}, "params.time_zone", "bad_time_zone"),
        ({"language": "fr"}, "params.language", "literal_error"),
    ],
)
async def test_report_that_makes_no_sense_is_refused(
    anna: Person, change: Json, field: str, code: str
) -> None:
    params = {"board_id": "0198c000-0000-7000-8000-000000000000"} | change

    problem = await anna.want(422, "POST", "/jobs", {"kind": "report", "params": params})

    assert (problem["errors"][0]["field"], problem["errors"][0]["code"]) == (field, code)
