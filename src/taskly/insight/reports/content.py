"""What a report says, whatever file it becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

DONE = "done"


@dataclass(frozen=True)
class CardLine:
    """A card as a line of a report; times are in the report's time zone."""

    number: str
    title: str
    priority: str
    due: datetime | None
    is_done: bool
    is_overdue: bool
    assignees: Sequence[str]
    labels: Sequence[str]
    steps: str


@dataclass(frozen=True)
class ListPart:
    """A list of the board with its cards."""

    name: str
    category: str
    cards: Sequence[CardLine]


@dataclass(frozen=True)
class MemberLine:
    """A member, and how many open and overdue cards are theirs."""

    name: str
    role: str
    open: int
    overdue: int


@dataclass(frozen=True)
class Report:
    """A board at one moment."""

    name: str
    made_at: datetime
    lists: Sequence[ListPart]
    members: Sequence[MemberLine]

    @property
    def cards(self) -> list[CardLine]:
        """Every card, in order."""
        return [card for part in self.lists for card in part.cards]

    @property
    def counts(self) -> dict[str, int]:
        """How many cards there are, and how many of them are open, overdue and done."""
        cards = self.cards
        done = sum(card.is_done for card in cards)
        overdue = sum(card.is_overdue for card in cards)
        return {"cards": len(cards), "open": len(cards) - done, "overdue": overdue, "done": done}


def report_of(
    read: Mapping[str, Any], made_at: datetime, zone: tzinfo, *, with_done: bool
) -> Report:
    """The report of a board that was read (`boards.reporting.whole_board`)."""
    people = {one["user_id"]: one["full_name"] or one["username"] for one in read["members"]}
    labels = {one["id"]: one["name"] for one in read["labels"]}
    key = read["board"]["key"]
    by_list: dict[str, list[CardLine]] = {one["id"]: [] for one in read["lists"]}
    category = {one["id"]: one["category"] for one in read["lists"]}
    owned: dict[str, list[CardLine]] = {user_id: [] for user_id in people}
    for card in read["cards"]:
        due = None if card["due_at"] is None else datetime.fromisoformat(card["due_at"])
        is_done = card["completed_at"] is not None or category[card["list_id"]] == DONE
        total = card["checklist_total"]
        line = CardLine(
            number=f"{key}-{card['number']}",
            title=card["title"],
            priority=card["priority"],
            due=due and due.astimezone(zone),
            is_done=is_done,
            is_overdue=due is not None and not is_done and due < made_at,
            assignees=[people[one] for one in card["assignee_ids"] if one in people],
            labels=[labels[one] for one in card["label_ids"] if one in labels],
            steps=f"{card['checklist_done']}/{total}" if total else "",
        )
        for user_id in card["assignee_ids"]:
            if user_id in owned:
                owned[user_id].append(line)
        if with_done or not is_done:
            by_list[card["list_id"]].append(line)
    return Report(
        name=read["board"]["name"],
        made_at=made_at.astimezone(zone),
        lists=[ListPart(one["name"], one["category"], by_list[one["id"]]) for one in read["lists"]],
        members=[
            MemberLine(
                people[one["user_id"]],
                one["role"],
                sum(not card.is_done for card in owned[one["user_id"]]),
                sum(card.is_overdue for card in owned[one["user_id"]]),
            )
            for one in read["members"]
        ],
    )


def moment(value: datetime | None) -> str:
    """A time as people read it."""
    return "" if value is None else value.strftime("%Y-%m-%d %H:%M")


def utc_now() -> datetime:
    """The moment of a report."""
    return datetime.now(UTC)
