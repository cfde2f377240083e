"""Where in an ordered set a thing goes: the client names a neighbour, the server gives the key."""

from collections.abc import Sequence
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import (
    BindParameter,
    Row,
    Table,
    and_,
    bindparam,
    func,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from taskly.boards import rank
from taskly.boards.models import Card, CardList, ChecklistItem
from taskly.kernel.db import Base, Tx
from taskly.kernel.errors import Invalid
from taskly.kernel.fields import In


class Place(In):
    """After one, before one, or at an end; exactly one of the three."""

    after: UUID | None = None
    before: UUID | None = None
    at: Literal["top", "bottom"] | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if sum(value is not None for value in (self.after, self.before, self.at)) != 1:
            raise PydanticCustomError("bad_place", "Give one of after, before and at")
        return self

    @property
    def kind(self) -> str:
        """`after`, `before`, `top` or `bottom`."""
        return "after" if self.after else "before" if self.before else self.at or "bottom"

    @property
    def neighbour(self) -> UUID | None:
        """The named neighbour."""
        return self.after or self.before


BOTTOM = Place(at="bottom")


class Order:
    """An ordered set: the rows of a table that share a parent, by their unique rank."""

    def __init__(self, model: type[Base], parent: str) -> None:
        table = model.__table__
        assert isinstance(table, Table)
        self.table = table
        self.parent = parent
        self.neighbours = table.alias()
        self.others = table.alias()
        self._gaps: dict[str, tuple[ColumnElement[Any], ColumnElement[Any]]] = {}

    def gap(
        self, parent_id: UUID | ColumnElement[Any], place: Place, moving: Sequence[UUID] = ()
    ) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """Two columns, `low` and `high`: the keys between which a place lies.

        Hidden rows keep their keys and count as neighbours, but only shown ones can be named.
        """
        return self._gap(place.kind, parent_id, place.neighbour, moving)

    def gap_once(
        self, parent_id: UUID, place: Place, moving: Sequence[UUID] = ()
    ) -> tuple[tuple[ColumnElement[Any], ColumnElement[Any]], dict[str, Any]]:
        """The same columns as constants, built once for each kind of place, and their values."""
        kind = place.kind
        if kind not in self._gaps:
            parent: BindParameter[Any] = bindparam("gap_parent")
            neighbour: BindParameter[Any] = bindparam("gap_neighbour")
            several: BindParameter[Any] = bindparam("gap_moving", expanding=True)
            self._gaps[kind] = self._gap(kind, parent, neighbour, several)
        bound: dict[str, Any] = {"gap_parent": parent_id, "gap_moving": list(moving)}
        if place.neighbour is not None:
            bound["gap_neighbour"] = place.neighbour
        return self._gaps[kind], bound

    def _gap(
        self, kind: str, parent_id: Any, named_id: Any, moving: Any
    ) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        neighbour, others = self.neighbours, self.others
        within = and_(others.c[self.parent] == parent_id, others.c.id.not_in(moving))
        named = select(neighbour.c.rank).where(
            neighbour.c[self.parent] == parent_id,
            neighbour.c.id == named_id,
            neighbour.c.id.not_in(moving),
        )
        for hidden in ("archived_at", "deleted_at"):
            if hidden in neighbour.c:
                named = named.where(neighbour.c[hidden].is_(None))
        at = named.scalar_subquery()
        low: ColumnElement[Any] = null()
        high: ColumnElement[Any] = null()
        lowest = select(func.min(others.c.rank)).where(within)
        highest = select(func.max(others.c.rank)).where(within)
        if kind == "after":
            low, high = at, lowest.where(others.c.rank > at).scalar_subquery()
        elif kind == "before":
            low, high = highest.where(others.c.rank < at).scalar_subquery(), at
        elif kind == "top":
            high = lowest.scalar_subquery()
        else:
            low = highest.scalar_subquery()
        return low.label("low"), high.label("high")

    async def rekey(self, tx: Tx, parent_id: UUID) -> dict[UUID, str]:
        """Give every row of the set a short new key in the order that it has; returns the keys."""
        c = self.table.c
        rows = await tx.all(select(c.id).where(c[self.parent] == parent_id).order_by(c.rank))
        keys = rank.many_between(None, None, len(rows))
        # Keys are unique at every moment: out of the way first, above every key that can be made.
        await tx.execute(
            update(self.table).where(c[self.parent] == parent_id).values(rank=literal("~") + c.rank)
        )
        fresh = {row.id: key for row, key in zip(rows, keys, strict=True)}
        if fresh:
            await tx.execute(
                update(self.table).where(c.id == bindparam("row")).values(rank=bindparam("key")),
                [{"row": entity_id, "key": key} for entity_id, key in fresh.items()],
            )
        return fresh


CARDS = Order(Card, "list_id")
LISTS = Order(CardList, "board_id")
ITEMS = Order(ChecklistItem, "checklist_id")


def keys_at(row: Row[Any], place: Place, count: int = 1) -> list[str]:
    """Keys for `count` things at a place, from a row that has its `low` and `high`.

    Raises `Invalid` (`bad_place`) when the named neighbour is not in that set.
    """
    if (place.after is not None and row.low is None) or (
        place.before is not None and row.high is None
    ):
        raise Invalid("bad_place", errors=Invalid.of("place", "bad_place").errors)
    return rank.many_between(row.low, row.high, count)
