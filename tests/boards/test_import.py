"""Importing a Trello export: what comes in, what is left out, and what clients are told."""

import json

import pytest

from tests.make.boards import Json, Person, as_folded, fold
from tests.make.trello import REAL_SHAPED, card, export, imported, left_out, send


@pytest.fixture
def relaunch() -> bytes:
    return REAL_SHAPED.read_bytes()


async def whole_card(who: Person, report: Json, title: str) -> Json:
    """A card of an imported board with everything on it."""
    cards = (await who.get(f"/boards/{report['board_id']}"))["cards"]
    found = next(one for one in cards if one["title"] == title)
    whole: Json = await who.get(f"/cards/{found['id']}")
    return whole


async def test_real_export_becomes_a_board_with_lists_and_cards_in_order(
    anna: Person, relaunch: bytes
) -> None:
    report = await imported(anna, relaunch)

    board = await anna.get(f"/boards/{report['board_id']}")
    assert board["board"]["name"] == "Website relaunch"
    assert board["board"]["description"] == "The new site of the *Harbour Museum*."
    assert board["board"]["role"] == "owner"
    assert [one["name"] for one in board["lists"]] == [
        "Ideas",
        "Doing",
        "Waiting for client",
        "Done",
    ]
    doing = board["lists"][1]
    assert doing["wip_limit"] == 3
    assert [one["title"] for one in board["cards"] if one["list_id"] == doing["id"]] == [
        "Fix: menu does not close on phones 📱",
        "Start page: first draft",
        "联系表单的文案",
    ]
    assert [(one["name"], one["color"]) for one in board["labels"]] == [
        ("Bug", "red"),
        ("Design", "violet"),
        ("Content", "teal"),
        ("Green", "green"),
        ("Urgent", "#d9730d"),
    ]


async def test_report_counts_what_came_in(anna: Person, relaunch: bytes) -> None:
    report = await imported(anna, relaunch)

    assert report["counts"] == {
        "lists": 5,
        "archived_lists": 1,
        "cards": 10,
        "archived_cards": 1,
        "labels": 5,
        "comments": 3,
        "checklists": 3,
        "checklist_items": 6,
        "attachments": 3,
        "members_matched": 0,
        "already_there": 0,
    }
    assert report["unmatched_members"] == ["Ann Berger", "Samira Ortiz", "李伟"]
    assert not report["again"]


async def test_report_names_every_kind_of_thing_that_was_left_out(
    anna: Person, relaunch: bytes
) -> None:
    report = await imported(anna, relaunch)

    assert left_out(report) == {
        ("activity", "unsupported"): 3,
        ("assignments", "no_such_member"): 5,
        ("attachments", "bad_url"): 1,
        ("background", "unsupported"): 1,
        ("checklist_item_dates", "unsupported"): 1,
        ("checklist_item_members", "unsupported"): 1,
        ("comments", "not_in_file"): 1,
        ("comments", "unknown_card"): 1,
        ("covers", "unsupported"): 1,
        ("custom_field_values", "unsupported"): 1,
        ("custom_fields", "unsupported"): 1,
        ("labels", "unused_unnamed"): 1,
        ("power_ups", "unsupported"): 1,
        ("reminders", "unsupported"): 1,
        ("uploads", "kept_as_link"): 1,
        ("votes", "unsupported"): 2,
    }


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Votes: Taskly has nothing like it yet"), ("zh-CN", "投票\uff1aTaskly 尚无对应功能")],
)
async def test_reasons_are_in_the_language_of_the_caller(
    anna: Person, relaunch: bytes, language: str, words: str
) -> None:
    answer = await send(anna, relaunch, headers={"Accept-Language": language})

    assert words in [entry["reason"] for entry in answer.json()["left_out"]]


async def test_dates_and_texts_of_a_card_come_along(anna: Person, relaunch: bytes) -> None:
    found = await whole_card(anna, await imported(anna, relaunch), "Start page: first draft")

    assert found["description"] == "Draft is in the shared folder."
    assert found["start_at"] == "2024-03-01T08:00:00Z"
    assert found["due_at"] == "2024-03-15T17:00:00Z"
    assert found["completed_at"] is None
    assert found["updated_at"] == "2024-03-04T10:03:00.123000Z"


async def test_checklists_come_in_order_and_the_card_counts_their_items(
    anna: Person, relaunch: bytes
) -> None:
    found = await whole_card(anna, await imported(anna, relaunch), "Start page: first draft")

    assert [
        (one["title"], [(item["text"], item["done"]) for item in one["items"]])
        for one in found["checklists"]
    ] == [
        ("Sections", [("Header", True), ("Teasers", True), ("Footer", False)]),
        ("Review", [("Ann", False), ("Samira", False)]),
    ]
    assert (found["checklist_done"], found["checklist_total"]) == (2, 5)


async def test_attachments_become_links(anna: Person, relaunch: bytes) -> None:
    found = await whole_card(anna, await imported(anna, relaunch), "Start page: first draft")

    assert [(link["name"], link["url"].split("/")[2]) for link in found["attachments"]] == [
        ("Style guide", "example.com"),
        ("draft-v1.pdf", "trello.com"),
    ]
    assert found["attachment_count"] == 2


async def test_comments_keep_their_time_and_the_name_of_who_wrote_them(
    anna: Person, relaunch: bytes
) -> None:
    found = await whole_card(anna, await imported(anna, relaunch), "Start page: first draft")
    comments = (await anna.get(f"/cards/{found['id']}/comments"))["items"]

    assert [(one["author"]["full_name"], one["body"]) for one in comments] == [
        ("Ann Berger", "First draft is there, @sam.o"),
        ("Samira Ortiz", "Looks good.\nCan we try a warmer red?"),
    ]
    assert [one["author_id"] for one in comments] == [None, None]
    assert comments[0]["created_at"] == "2024-03-04T10:00:00.250000Z"


async def test_archived_cards_and_lists_are_in_the_archive_and_not_on_the_board(
    anna: Person, relaunch: bytes
) -> None:
    report = await imported(anna, relaunch)

    archive = await anna.get(f"/boards/{report['board_id']}/trash?state=archived")
    assert {(one["kind"], one["title"]) for one in archive["items"]} == {
        ("card", "Buy cake"),
        ("list", "Old sprint"),
    }


async def test_completed_cards_stay_completed_at_the_time_they_were(
    anna: Person, relaunch: bytes
) -> None:
    found = await whole_card(anna, await imported(anna, relaunch), "Choose a host")

    assert found["completed_at"] == "2024-01-30T09:00:00Z"


async def test_numbers_follow_the_numbers_that_the_cards_had(anna: Person) -> None:
    cards = [card(7, pos=1), card(3, pos=2), card(12, pos=3), card(5, idShort=None, pos=4)]

    report = await imported(anna, export(cards=cards))

    board = await anna.get(f"/boards/{report['board_id']}")
    assert [(one["title"], one["number"]) for one in board["cards"]] == [
        ("Card 7", 2),
        ("Card 3", 1),
        ("Card 12", 3),
        ("Card 5", 4),
    ]
    column = board["lists"][0]
    assert (await anna.card(column))["number"] == 5


async def test_equal_and_missing_positions_keep_the_order_of_the_file(anna: Person) -> None:
    places = [1, 1, None, "bottom", 0.5, "top", 1]
    cards = [card(n, pos=pos) for n, pos in enumerate(places)]

    report = await imported(anna, export(cards=cards))

    shown = (await anna.get(f"/boards/{report['board_id']}"))["cards"]
    assert [one["title"][-1] for one in shown] == list("5401623")
    assert len({one["rank"] for one in shown}) == len(shown)


async def test_importer_is_found_by_user_name_and_gets_cards_and_comments(anna: Person) -> None:
    me = {"id": "m1", "username": anna.user["username"].upper(), "fullName": "Somebody"}
    comment = {
        "id": "a1",
        "type": "commentCard",
        "date": "2024-03-01T10:00:00.000Z",
        "data": {"text": "Mine", "card": {"id": "c1"}},
        "memberCreator": me,
    }

    report = await imported(
        anna, export(actions=[comment], members=[me], cards=[card(1, idMembers=["m1"])])
    )

    found = await whole_card(anna, report, "Card 1")
    assert found["assignee_ids"] == [anna.id]
    comments = (await anna.get(f"/cards/{found['id']}/comments"))["items"]
    assert comments[0]["author_id"] == anna.id
    assert report["counts"]["members_matched"] == 1
    assert report["unmatched_members"] == []


async def test_nobody_else_can_be_made_to_have_said_something(anna: Person, bob: Person) -> None:
    forged = {"id": "m2", "username": bob.user["username"], "fullName": "Bob"}
    said = {
        "id": "a1",
        "type": "commentCard",
        "data": {"text": "I never said this", "card": {"id": "c1"}},
        "memberCreator": forged,
    }
    first = await imported(anna, export(cards=[card(1, idMembers=["m2"])], members=[forged]))
    board = await anna.get(f"/boards/{first['board_id']}")
    await anna.invite(board["board"], bob)

    await imported(anna, export(cards=[card(1)], actions=[said], members=[forged]))

    assert board["cards"][0]["assignee_ids"] == []
    comments = (await anna.get(f"/cards/{board['cards'][0]['id']}/comments"))["items"]
    assert comments[0]["author_id"] is None
    events = await anna.events(board["board"])
    assert {event["actor_id"] for event in events} == {anna.id}


async def test_snapshot_is_the_fold_of_the_patches(anna: Person, relaunch: bytes) -> None:
    report = await imported(anna, relaunch)

    snapshot = await anna.get(f"/boards/{report['board_id']}")
    events = await anna.events(snapshot["board"])
    assert fold(events) == as_folded(snapshot)
    assert [event["event"] for event in events] == ["board.imported"]


async def test_large_import_is_told_in_events_of_at_most_200_entities(anna: Person) -> None:
    cards = [card(n, closed=n % 10 == 0) for n in range(700)]

    answer = await send(anna, export(cards=cards), headers={"Taskly-Op": "mine"})

    report = answer.json()
    snapshot = await anna.get(f"/boards/{report['board_id']}")
    events = await anna.events(snapshot["board"])
    assert fold(events) == as_folded(snapshot)
    assert answer.headers["Taskly-Seq"] == str(len(events)) == str(snapshot["seq"])
    sizes = [sum(len(v) for v in event["patch"]["upsert"].values()) for event in events[1:]]
    names = [event["event"] for event in events]
    assert names == ["cards.imported"] * 3 + ["board.imported"]
    assert max(sizes) <= 200
    assert {event["op"] for event in events} == {"mine"}


async def test_form_and_plain_body_do_the_same(anna: Person, bob: Person) -> None:
    form = await send(anna, export(cards=[card(1)]), as_form=True)
    plain = await send(bob, export(cards=[card(1)]))

    assert form.status_code == plain.status_code == 201
    different = {"board_id"}
    assert {k: v for k, v in form.json().items() if k not in different} == {
        k: v for k, v in plain.json().items() if k not in different
    }


async def test_dry_run_tells_the_same_and_writes_nothing(anna: Person, relaunch: bytes) -> None:
    tried = await send(anna, relaunch, params={"dry_run": "true"})
    boards = (await anna.get("/boards"))["items"]
    done = await imported(anna, relaunch)

    assert tried.status_code == 200
    assert boards == []
    report = tried.json()
    assert report["dry_run"]
    assert report["board_id"] is None
    same = ("board_name", "again", "counts", "unmatched_members", "left_out")
    assert {name: report[name] for name in same} == {name: done[name] for name in same}


async def test_one_bad_entry_is_left_out_and_the_others_come_in(anna: Person) -> None:
    cards = [
        card(1),
        "a card?",
        None,
        card(2, idList=None),
        card(3, id=17),
        card(4, idList="gone"),
        card(5) | {"id": "c1"},
        card(6, name=None, desc=12, due="soon", start=True, idLabels="l", attachments={}),
        card(7, name="x" * 600, idMembers=[None, {}], labels=None, badges=[], cover=3),
        card(8, name="a\u0000b\u0007c", desc="line\r\nline\u001b[0m"),
        card(9, due="9999-01-01T00:00:00Z"),
    ]
    lists = [{"id": "l1", "name": "Ideas"}, [1, 2], 4.5, {"name": "no id"}]

    report = await imported(anna, export(cards=cards, lists=lists, labels=[{"id": "x"}]))

    board = await anna.get(f"/boards/{report['board_id']}")
    titles = [one["title"] for one in board["cards"]]
    assert titles == ["Card 1", "…", "x" * 500, "abc", "Card 9"]
    assert left_out(report) == {
        ("cards", "malformed"): 3,
        ("cards", "duplicate"): 1,
        ("cards", "unknown_list"): 1,
        ("card_titles", "empty"): 1,
        ("card_titles", "cut"): 1,
        ("card_titles", "control_characters"): 1,
        ("descriptions", "control_characters"): 1,
        ("dates", "malformed"): 2,
        ("dates", "out_of_range"): 1,
        ("lists", "malformed"): 3,
        ("labels", "unused_unnamed"): 1,
    }


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "//example.com",
        "https://",
        "http://[::1",
        "https://example.com/\u202e",
        "https://example.com/" + "x" * 2000,
        None,
        7,
    ],
)
async def test_links_that_are_not_web_addresses_stay_out(anna: Person, url: object) -> None:
    link = {"id": "at1", "name": "link", "url": url}

    report = await imported(anna, export(cards=[card(1, attachments=[link])]))

    assert report["counts"]["attachments"] == 0
    assert left_out(report) == {("attachments", "bad_url"): 1}


async def test_closed_board_is_imported_open_and_the_report_says_so(anna: Person) -> None:
    report = await imported(anna, export(closed=True))

    board = await anna.get(f"/boards/{report['board_id']}")
    assert board["board"]["archived_at"] is None
    assert left_out(report) == {("closed_board", "reopened"): 1}


async def test_file_with_a_byte_order_mark_is_read(anna: Person) -> None:
    raw = b"\xef\xbb\xbf" + json.dumps(export()).encode()

    assert (await imported(anna, raw))["board_name"] == "Plans"


async def test_sections_come_in_any_order(anna: Person, relaunch: bytes) -> None:
    parts = json.loads(relaunch)
    backwards = {name: parts[name] for name in reversed(parts)}

    there = await imported(anna, relaunch)
    counts = (await imported(anna, backwards | {"id": "other"}))["counts"]

    assert counts == there["counts"]
