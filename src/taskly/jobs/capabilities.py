"""Route dependencies of jobs: who asks, and what the boards say of them."""

from typing import Annotated, Any

from fastapi import Depends, Request

from taskly.accounts.actor import Actor
from taskly.accounts.auth import authenticate, bearer_scheme
from taskly.jobs.queries import Reader
from taskly.kernel.capability import Capability
from taskly.kernel.errors import Unauthenticated


class JobCapability(Capability):
    """A person with a valid access token; which jobs they see or change is judged where these are read."""

    name = "job"

    async def __call__(
        self, request: Request, token: Annotated[str | None, Depends(bearer_scheme)]
    ) -> Reader:
        actor: Actor | None = await authenticate(request)
        if actor is None or actor.user_id is None:
            raise Unauthenticated
        return Reader(actor, request.app.state.board_scope)


_capability: Any = Depends(JobCapability())
JobReader = Annotated[Reader, _capability]
