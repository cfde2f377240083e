"""Random queries, and what they mean in plain Python, written apart from what is tested."""

import calendar
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from taskly.boards.query import tree
from taskly.boards.query.dates import Day, Minute, Shift, When
from tests.make.boards import Json

WORDS = (
    "rent",
    "RENT",
    "牛奶",
    "买牛",
    "100%",
    "a_b",
    "%",
    "_",
    "\\",
    '"',
    "'",
    "or",
    "-",
    "(x)",
    "is:",
)
NAMES = ("Urgent", "ops", "待办", "To do", "done", "Nobody", "PL", "home & life", 'a"b', "None")

whens = st.one_of(
    st.builds(Shift, st.integers(-30, 30), st.sampled_from(("h", "d"))),
    st.builds(Shift, st.integers(-3, 3), st.sampled_from(("w", "m", "y"))),
    st.builds(Day, st.dates(date(2025, 1, 1), date(2027, 12, 31))),
    st.builds(
        lambda moment: Minute(moment.replace(second=0, microsecond=0)),
        st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - the asker's clock
    ),
)
operators = st.sampled_from(get_args(tree.Operator))


def terms(names: tuple[str, ...] = NAMES) -> st.SearchStrategy[tree.Node]:
    """Single conditions; `names` may stand for people and things."""
    return st.one_of(
        st.builds(tree.Words, st.sampled_from(WORDS)),
        st.builds(
            tree.Named, st.sampled_from(tree.NAME_FIELDS), st.sampled_from((*names, "me", "any"))
        ),
        st.builds(tree.Is, st.sampled_from(tree.STATES)),
        st.builds(tree.InStatus, st.sampled_from(tree.STATUSES)),
        st.builds(tree.Has, st.sampled_from(tree.PARTS)),
        st.builds(tree.Ranked, operators, st.sampled_from(tree.LEVELS)),
        st.builds(tree.Timed, st.sampled_from(tree.TIME_FIELDS), operators, whens),
        st.builds(
            tree.Present, st.sampled_from(tree.TIME_FIELDS), st.sampled_from(("none", "any"))
        ),
    )


def nodes(names: tuple[str, ...] = NAMES) -> st.SearchStrategy[tree.Node]:
    """Conditions of a few levels."""
    return st.recursive(
        terms(names),
        lambda inner: st.one_of(
            st.builds(tree.Not, inner),
            st.lists(inner, min_size=2, max_size=3).map(tree.all_of),
            st.lists(inner, min_size=2, max_size=3).map(tree.any_of),
        ),
        max_leaves=6,
    )


sorts = st.builds(tree.Sort, st.sampled_from(tree.SORT_FIELDS), st.booleans())


def queries(names: tuple[str, ...] = NAMES) -> st.SearchStrategy[tree.CardQuery]:
    """Whole queries."""
    return st.builds(tree.CardQuery, nodes(names), sorts)


def holds(node: tree.Node, card: Json, me: str, zone: ZoneInfo, now: datetime) -> bool:
    """Whether a card, as `/tasks` answers it together with its description, is what a query asks for."""
    if isinstance(node, tree.AllOf):
        return all(holds(one, card, me, zone, now) for one in node.nodes)
    if isinstance(node, tree.AnyOf):
        return any(holds(one, card, me, zone, now) for one in node.nodes)
    if isinstance(node, tree.Not):
        return not holds(node.node, card, me, zone, now)
    if isinstance(node, tree.Words):
        return node.text.lower() in card["title"].lower() or (
            node.text.lower() in card["description"].lower()
        )
    if isinstance(node, tree.Named):
        return _bears(node.field, node.name.lower(), card, me)
    if isinstance(node, tree.Is):
        late = card["due_at"] is not None and datetime.fromisoformat(card["due_at"]) < now
        is_open = card["completed_at"] is None
        return {"open": is_open, "done": not is_open, "overdue": is_open and late}[node.state]
    if isinstance(node, tree.InStatus):
        return bool(card["list_category"] == node.status)
    if isinstance(node, tree.Has):
        return _has(node.part, card)
    if isinstance(node, tree.Ranked):
        levels = list(tree.LEVELS)
        return _compared(levels.index(card["priority"]), node.operator, levels.index(node.level))
    said = card[f"{node.field}_at"]
    if isinstance(node, tree.Present):
        return (said is None) == (node.presence == "none")
    if said is None:
        return False
    return _timed(datetime.fromisoformat(said), node.operator, node.when, zone, now)


def _bears(field: str, name: str, card: Json, me: str) -> bool:
    if field == "board":
        return name in {card["board"]["name"].lower(), card["board"]["key"].lower()}
    if field == "list":
        return bool(name == card["list_name"].lower())
    held = card["assignee_ids"] if field == "assignee" else card["label_ids"]
    if name in {"none", "any"}:
        return bool(held) == (name == "any")
    if field == "label":
        return name in {label["name"].lower() for label in card["labels"]}
    if name == "me":
        return me in held
    return name in {person["username"].lower() for person in card["assignees"]}


def _has(part: str, card: Json) -> bool:
    parts: dict[str, Any] = {
        "description": card["description"],
        "due": card["due_at"],
        "start": card["start_at"],
        "assignee": card["assignee_ids"],
        "label": card["label_ids"],
        "comment": card["comment_count"],
        "attachment": card["attachment_count"],
        "checklist": card["checklist_total"],
        "cover": card["cover_url"],
        "job": card["job"],
    }
    return bool(parts[part])


def _compared(one: Any, operator: str, other: Any) -> bool:
    results = {
        ":": one == other,
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
    }
    return bool(results[operator])


def _timed(said: datetime, operator: str, when: When, zone: ZoneInfo, now: datetime) -> bool:
    local = said.astimezone(zone)
    if isinstance(when, Minute):
        start = when.start.replace(tzinfo=zone)
        return _compared(local.replace(second=0, microsecond=0), operator, start)
    if isinstance(when, Day):
        return _compared(local.date(), operator, when.day)
    if when.unit == "h":
        return _compared(said, operator, now + timedelta(hours=when.amount))
    today = now.astimezone(zone).date()
    days = {"d": 1, "w": 7}.get(when.unit)
    if days is not None:
        return _compared(local.date(), operator, today + timedelta(days=days * when.amount))
    months = today.year * 12 + today.month - 1 + when.amount * (12 if when.unit == "y" else 1)
    year, month = months // 12, months % 12 + 1
    day = min(today.day, calendar.monthrange(year, month)[1])
    return _compared(local.date(), operator, date(year, month, day))


def in_order(cards: list[Json], sort: tree.Sort) -> Sequence[int | str | None]:
    """What a sort goes by, card after card: those that have it in order, then the others."""
    if sort.field == "priority":
        return sorted(
            (tree.LEVELS.index(card["priority"]) for card in cards), reverse=sort.descending
        )
    values = [card[f"{sort.field}_at"] for card in cards]
    present = sorted((one for one in values if one is not None), reverse=sort.descending)
    return [*present, *(one for one in values if one is None)]
