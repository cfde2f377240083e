"""The boards' word on who may see and change the jobs that belong to them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select

from taskly.accounts.actor import Actor
from taskly.boards.access import require, visible_boards, visible_cards
from taskly.boards.models import Board, Card, Member
from taskly.boards.policy import ALLOWED, Action
from taskly.kernel.db import ReadTx


class Boards:
    """Members see the jobs of a board; who edits its cards starts, stops and deletes them."""

    def visible_boards(self, actor: Actor) -> Select[Any]:
        """The ids of the boards whose jobs the actor may see."""
        return _ids(visible_boards(actor, Board.id))

    def editable_boards(self, actor: Actor) -> Select[Any]:
        """The ids of the boards whose jobs the actor may change."""
        editors = [role.value for role in ALLOWED[Action.EDIT_CARDS]]
        return _ids(visible_boards(actor, Board.id).where(Member.role.in_(editors)))

    async def board_of_card(self, tx: ReadTx, actor: Actor, card_id: UUID) -> UUID:
        """The board of a card from which the actor may start a job. Raises `NotFound`, `Forbidden`."""
        found = await tx.first(visible_cards(actor, Card.board_id).where(Card.id == card_id))
        board_id: UUID = require(found, Action.EDIT_CARDS).board_id
        return board_id


def _ids(boards: Select[Any]) -> Select[Any]:
    return boards.with_only_columns(Board.id)
