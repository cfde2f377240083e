"""The tree of a query. Its text, as `str` gives it, parses to the same tree again."""

import re
from dataclasses import dataclass
from typing import Literal

from taskly.boards.query.dates import When

Operator = Literal[":", "<", "<=", ">", ">="]
Presence = Literal["none", "any"]
NameField = Literal["assignee", "label", "board", "list"]
State = Literal["open", "done", "overdue"]
Status = Literal["todo", "doing", "done"]
Level = Literal["none", "low", "medium", "high", "urgent"]
TimeField = Literal["due", "start", "completed", "created", "updated"]
Part = Literal[
    "description", "due", "start", "assignee", "label", "comment", "attachment", "checklist",
    "cover", "job",
]  # fmt: skip
SortField = Literal["due", "start", "completed", "created", "updated", "priority"]

NAME_FIELDS: tuple[NameField, ...] = ("assignee", "label", "board", "list")
STATES: tuple[State, ...] = ("open", "done", "overdue")
STATUSES: tuple[Status, ...] = ("todo", "doing", "done")
LEVELS: tuple[Level, ...] = ("none", "low", "medium", "high", "urgent")
TIME_FIELDS: tuple[TimeField, ...] = ("due", "start", "completed", "created", "updated")
PARTS: tuple[Part, ...] = (
    "description", "due", "start", "assignee", "label", "comment", "attachment", "checklist",
    "cover", "job",
)  # fmt: skip
SORT_FIELDS: tuple[SortField, ...] = (*TIME_FIELDS, "priority")
ME = "me"

_PLAIN = re.compile(r"[^\W_]+")


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() != "or":
        return text
    return '"' + re.sub(r"([\"\\])", r"\\\1", text) + '"'


@dataclass(frozen=True, slots=True)
class Words:
    """A text in the title or the description, upper or lower case."""

    text: str

    def __str__(self) -> str:
        return _quoted(self.text)


@dataclass(frozen=True, slots=True)
class Named:
    """The name of somebody or something; `none` and `any` ask for nobody and for anybody."""

    field: NameField
    name: str

    def __str__(self) -> str:
        return f"{self.field}:{_quoted(self.name)}"


@dataclass(frozen=True, slots=True)
class Is:
    """The state of a card."""

    state: State

    def __str__(self) -> str:
        return f"is:{self.state}"


@dataclass(frozen=True, slots=True)
class InStatus:
    """The category of a card's list."""

    status: Status

    def __str__(self) -> str:
        return f"status:{self.status}"


@dataclass(frozen=True, slots=True)
class Has:
    """Something that a card has."""

    part: Part

    def __str__(self) -> str:
        return f"has:{self.part}"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A card's priority."""

    operator: Operator
    level: Level

    def __str__(self) -> str:
        return f"priority{self.operator}{self.level}"


@dataclass(frozen=True, slots=True)
class Timed:
    """One of a card's times against a span of time. A card without that time is in no relation to it."""

    field: TimeField
    operator: Operator
    when: When

    def __str__(self) -> str:
        return f"{self.field}{self.operator}{self.when}"


@dataclass(frozen=True, slots=True)
class Present:
    """Whether a card has one of its times at all."""

    field: TimeField
    presence: Presence

    def __str__(self) -> str:
        return f"{self.field}:{self.presence}"


@dataclass(frozen=True, slots=True)
class Not:
    """What does not hold."""

    node: "Node"

    def __str__(self) -> str:
        inner = f"({self.node})" if isinstance(self.node, AllOf | AnyOf) else str(self.node)
        return f"-{inner}"


@dataclass(frozen=True, slots=True)
class AllOf:
    """What holds at once; two or more."""

    nodes: tuple["Node", ...]

    def __str__(self) -> str:
        return " ".join(f"({n})" if isinstance(n, AnyOf) else str(n) for n in self.nodes)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Of what at least one holds; two or more."""

    nodes: tuple["Node", ...]

    def __str__(self) -> str:
        return " or ".join(map(str, self.nodes))


Node = Words | Named | Is | InStatus | Has | Ranked | Timed | Present | Not | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of what is found; cards without that time come last."""

    field: SortField
    descending: bool = False

    def __str__(self) -> str:
        return f"sort:{'-' if self.descending else ''}{self.field}"


DEFAULT_SORT = Sort("due")


@dataclass(frozen=True, slots=True)
class CardQuery:
    """Which cards, and in which order; no condition means all."""

    where: Node | None
    sort: Sort = DEFAULT_SORT

    def __str__(self) -> str:
        if self.where is None:
            return str(self.sort)
        inner = f"({self.where})" if isinstance(self.where, AnyOf) else str(self.where)
        return f"{inner} {self.sort}"


def all_of(nodes: list[Node]) -> Node:
    """What holds when all of these do, without a needless level."""
    flat: list[Node] = []
    for node in nodes:
        flat += node.nodes if isinstance(node, AllOf) else (node,)
    return flat[0] if len(flat) == 1 else AllOf(tuple(flat))


def any_of(nodes: list[Node]) -> Node:
    """What holds when one of these does, without a needless level."""
    flat: list[Node] = []
    for node in nodes:
        flat += node.nodes if isinstance(node, AnyOf) else (node,)
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))
