"""Route dependencies that declare what a caller must be able to do on a board."""

from typing import Annotated, Any

from fastapi import Depends, Request

from taskly.accounts.actor import Actor
from taskly.accounts.auth import authenticate, bearer_scheme
from taskly.boards.access import Access
from taskly.boards.policy import ALLOWED, Action, Role
from taskly.kernel.capability import Capability
from taskly.kernel.errors import Unauthenticated


class BoardCapability(Capability):
    """Hands the route an `Access`; the board itself is checked where it is locked or read."""

    def __init__(self, action: Action) -> None:
        self.action = action
        self.name = action.value

    async def __call__(
        self, request: Request, token: Annotated[str | None, Depends(bearer_scheme)]
    ) -> Access:
        actor: Actor | None = await authenticate(request)
        if actor is None or (actor.user_id is None and Role.LINK not in ALLOWED[self.action]):
            raise Unauthenticated
        return Access(actor, self.action)


def _can(action: Action) -> Any:
    return Depends(BoardCapability(action))


CanView = Annotated[Access, _can(Action.VIEW)]
CanStar = Annotated[Access, _can(Action.STAR)]
CanEdit = Annotated[Access, _can(Action.EDIT)]
CanDelete = Annotated[Access, _can(Action.DELETE)]
CanTransfer = Annotated[Access, _can(Action.TRANSFER)]
CanShare = Annotated[Access, _can(Action.SHARE)]
CanLeave = Annotated[Access, _can(Action.LEAVE)]
CanManageMembers = Annotated[Access, _can(Action.MANAGE_MEMBERS)]
CanEditLists = Annotated[Access, _can(Action.EDIT_LISTS)]
CanEditLabels = Annotated[Access, _can(Action.EDIT_LABELS)]
CanEditCards = Annotated[Access, _can(Action.EDIT_CARDS)]
CanComment = Annotated[Access, _can(Action.COMMENT)]
