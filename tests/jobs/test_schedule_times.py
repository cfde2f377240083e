"""When schedules run: four zones, both changes of the clock, and what is no rule at all."""

from typing import Any

import pytest

from tests.make.boards import Json, Person

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
LORD_HOWE, SHANGHAI = "Australia/Lord_Howe", "Asia/Shanghai"

# zone, rule, after, the next runs by the clock of the zone
TABLE: list[tuple[str, str, str, list[str]]] = [
    # Spring: 02:00 to 03:00 is leapt over.
    (BERLIN, "30 2 * * *", "2027-03-27T12:00:00Z",
     ["2027-03-28T03:00:00+02:00", "2027-03-29T02:30:00+02:00"]),
    (BERLIN, "30 2,3 * * *", "2027-03-27T12:00:00Z",
     ["2027-03-28T03:00:00+02:00", "2027-03-28T03:30:00+02:00", "2027-03-29T02:30:00+02:00"]),
    (BERLIN, "0 2,3 * * *", "2027-03-27T12:00:00Z",
     ["2027-03-28T03:00:00+02:00", "2027-03-29T02:00:00+02:00"]),
    (BERLIN, "*/30 * * * *", "2027-03-28T00:20:00Z",
     ["2027-03-28T01:30:00+01:00", "2027-03-28T03:00:00+02:00", "2027-03-28T03:30:00+02:00"]),
    (NEW_YORK, "30 2 * * *", "2027-03-13T12:00:00Z",
     ["2027-03-14T03:00:00-04:00", "2027-03-15T02:30:00-04:00"]),
    (NEW_YORK, "0 9 * * *", "2027-03-13T15:00:00Z",
     ["2027-03-14T09:00:00-04:00", "2027-03-15T09:00:00-04:00"]),
    (LORD_HOWE, "15 2 * * *", "2027-10-02T12:00:00Z",
     ["2027-10-03T02:30:00+11:00", "2027-10-04T02:15:00+11:00"]),
    (LORD_HOWE, "0 * * * *", "2027-10-02T14:40:00Z",
     ["2027-10-03T03:00:00+11:00", "2027-10-03T04:00:00+11:00"]),
    # Autumn: 02:00 to 03:00 comes twice.
    (BERLIN, "30 2 * * *", "2027-10-30T12:00:00Z",
     ["2027-10-31T02:30:00+02:00", "2027-11-01T02:30:00+01:00"]),
    (BERLIN, "30 2 * * *", "2027-10-31T01:10:00Z", ["2027-11-01T02:30:00+01:00"]),
    (BERLIN, "*/30 * * * *", "2027-10-31T00:10:00Z",
     ["2027-10-31T02:30:00+02:00", "2027-10-31T02:00:00+01:00", "2027-10-31T02:30:00+01:00",
      "2027-10-31T03:00:00+01:00"]),
    (NEW_YORK, "30 1 * * *", "2027-11-06T12:00:00Z",
     ["2027-11-07T01:30:00-04:00", "2027-11-08T01:30:00-05:00"]),
    (NEW_YORK, "30 1 * * *", "2027-11-07T06:10:00Z", ["2027-11-08T01:30:00-05:00"]),
    (LORD_HOWE, "45 1 * * *", "2027-04-03T12:00:00Z",
     ["2027-04-04T01:45:00+11:00", "2027-04-05T01:45:00+10:30"]),
    (LORD_HOWE, "45 1 * * *", "2027-04-03T15:00:00Z", ["2027-04-05T01:45:00+10:30"]),
    # No change of the clock at all.
    (SHANGHAI, "30 2 * * *", "2027-03-27T12:00:00Z",
     ["2027-03-28T02:30:00+08:00", "2027-03-29T02:30:00+08:00"]),
    (SHANGHAI, "30 2 * * *", "2027-10-30T12:00:00Z",
     ["2027-10-31T02:30:00+08:00", "2027-11-01T02:30:00+08:00"]),
    # What cron can say.
    (BERLIN, "@daily", "2027-01-01T12:00:00Z", ["2027-01-02T00:00:00+01:00"]),
    (BERLIN, "@Weekly", "2027-01-01T12:00:00Z", ["2027-01-03T00:00:00+01:00"]),
    (SHANGHAI, "30 7 * * MON-FRI", "2027-01-01T12:00:00Z",
     ["2027-01-04T07:30:00+08:00", "2027-01-05T07:30:00+08:00"]),
    (SHANGHAI, "0 0 L * *", "2027-02-01T12:00:00Z",
     ["2027-02-28T00:00:00+08:00", "2027-03-31T00:00:00+08:00"]),
    (NEW_YORK, "0 0 29 2 *", "2027-01-01T12:00:00Z",
     ["2028-02-29T00:00:00-05:00", "2032-02-29T00:00:00-05:00"]),
]  # fmt: skip


async def preview(person: Person, **fields: Any) -> list[Json]:
    answer: Json = await person.want(200, "POST", "/schedules/preview", fields)
    items: list[Json] = answer["items"]
    return items


@pytest.mark.parametrize(("zone", "cron", "after", "expected"), TABLE)
async def test_rule_runs_when_its_zone_says_so_and_never_twice(
    anna: Person, zone: str, cron: str, after: str, expected: list[str]
) -> None:
    items = await preview(
        anna, trigger="cron", cron=cron, time_zone=zone, after=after, count=len(expected)
    )

    assert [item["local"] for item in items] == expected


@pytest.mark.parametrize(
    ("zone", "after", "code", "minutes"),
    [
        (BERLIN, "2027-03-26T12:00:00Z", "clock_forward", 60),
        (BERLIN, "2027-10-29T12:00:00Z", "clock_back", 60),
        (NEW_YORK, "2027-03-12T12:00:00Z", "clock_forward", 60),
        (NEW_YORK, "2027-11-05T12:00:00Z", "clock_back", 60),
        (LORD_HOWE, "2027-10-01T12:00:00Z", "clock_forward", 30),
        (LORD_HOWE, "2027-04-02T12:00:00Z", "clock_back", 30),
        (SHANGHAI, "2027-03-26T12:00:00Z", None, 0),
    ],
)
async def test_preview_tells_where_the_clock_changes(
    anna: Person, zone: str, after: str, code: str | None, minutes: int
) -> None:
    items = await preview(anna, trigger="cron", cron="0 9 * * *", time_zone=zone, after=after)

    notes = [item["note"] for item in items if item["note"] is not None]
    assert len(items) == 10
    assert notes == ([] if code is None else [{"code": code, "minutes": minutes}])


async def test_interval_follows_the_time_that_passes(anna: Person) -> None:
    items = await preview(
        anna,
        trigger="interval",
        every_s=5400,
        time_zone=BERLIN,
        after="2027-03-28T00:00:00Z",
        count=3,
    )

    assert [item["at"] for item in items] == [
        "2027-03-28T01:30:00Z",
        "2027-03-28T03:00:00Z",
        "2027-03-28T04:30:00Z",
    ]


async def test_once_comes_once(anna: Person) -> None:
    items = await preview(anna, trigger="once", at="2999-01-01T00:00:00Z")

    assert [item["at"] for item in items] == ["2999-01-01T00:00:00Z"]


NONSENSE: list[tuple[Json, str, str]] = [
    *[({"trigger": "cron", "cron": cron}, "cron", "bad_cron")
      for cron in ("x", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "*/0 * * * *", "@often",
                   "5-1 * * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "1,,2 * * * *", "-1 * * * *",
                   "0 0 30 2 *", "* * * * MON#9", "日 * * * *", "² * * * *", "1/-2 * * * *",
                   "99999999999999999999 * * * *")],
    ({"trigger": "cron", "cron": "0 0 1 1 MON#5"}, "", ""),
    ({"trigger": "cron", "cron": ""}, "cron", "string_too_short"),
    ({"trigger": "cron", "cron": "*" * 101}, "cron", "string_too_long"),
    ({"trigger": "cron", "cron": "* *\n* * *"}, "cron", "control_character"),
    ({"trigger": "cron", "cron": 5}, "cron", "string_type"),
    ({"trigger": "cron"}, "cron", "missing"),
    ({"trigger": "cron", "cron": None, "every_s": 60}, "cron", "missing"),
    ({"trigger": "interval"}, "every_s", "missing"),
    ({"trigger": "interval", "every_s": 0}, "every_s", "greater_than_equal"),
    ({"trigger": "interval", "every_s": -60}, "every_s", "greater_than_equal"),
    ({"trigger": "interval", "every_s": 10**12}, "every_s", "less_than_equal"),
    ({"trigger": "interval", "every_s": 60.5}, "every_s", "int_type"),
    ({"trigger": "once"}, "at", "missing"),
    ({"trigger": "once", "at": "tomorrow"}, "at", "datetime_from_date_parsing"),
    ({"trigger": "hourly"}, "trigger", "literal_error"),
    ({"cron": "* * * * *"}, "trigger", "missing"),
    ({"trigger": "cron", "cron": "@daily", "time_zone": "Mars/Olympus"}, "time_zone", "bad_time_zone"),
    ({"trigger": "cron", "cron": "@daily", "time_zone": "../../etc/passwd"}, "time_zone", "bad_time_zone"),
    ({"trigger": "cron", "cron": "@daily", "count": 101}, "count", "less_than_equal"),
]  # fmt: skip


async def test_rule_that_means_nothing_is_refused_by_field(anna: Person) -> None:
    wrong = []
    for body, field, code in NONSENSE:
        answer = await anna.call("POST", "/schedules/preview", json=body)
        errors = answer.json().get("errors", []) if answer.status_code != 200 else []
        found = [(error["field"], error["code"]) for error in errors]
        expected = answer.status_code == 200 if not field else (field, code) in found
        if not expected:
            wrong.append((body, answer.status_code, found))
    assert wrong == []
