"""What others say of who may see and change a job: jobs know of boards only by their ids."""

from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Select

from taskly.accounts.actor import Actor
from taskly.kernel.db import ReadTx


class BoardScope(Protocol):
    """The boards' word on the jobs that belong to them."""

    def visible_boards(self, actor: Actor) -> Select[Any]:
        """The ids of the boards whose jobs the actor may see."""

    def editable_boards(self, actor: Actor) -> Select[Any]:
        """The ids of the boards whose jobs the actor may change."""

    async def board_of_card(self, tx: ReadTx, actor: Actor, card_id: UUID) -> UUID:
        """The board of a card from which the actor may start a job. Raises `NotFound`, `Forbidden`."""
