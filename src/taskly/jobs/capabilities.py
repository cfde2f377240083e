"""Route dependencies of jobs: who asks, and what the boards say of them."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request

from taskly.accounts.actor import Actor
from taskly.accounts.auth import authenticate, authenticate_ticket, bearer_scheme
from taskly.jobs.queries import Reader
from taskly.kernel.capability import Capability
from taskly.kernel.errors import Unauthenticated
from taskly.kernel.http import ReadDb


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


class JobFileCapability(JobCapability):
    """The same, or whoever brings the ticket of this address, as players and download links do."""

    name = "job file"

    async def __call__(  # type: ignore[override]
        self,
        request: Request,
        token: Annotated[str | None, Depends(bearer_scheme)],
        tx: ReadDb,
        ticket: Annotated[
            str | None, Query(max_length=2000, description="In place of a token; see `link`.")
        ] = None,
    ) -> Reader:
        if ticket is None:
            return await super().__call__(request, token)
        actor = await authenticate_ticket(request, tx, ticket)
        return Reader(actor, request.app.state.board_scope)


_job: Any = Depends(JobCapability())
JobReader = Annotated[Reader, _job]
_job_file: Any = Depends(JobFileCapability())
JobFileReader = Annotated[Reader, _job_file]
