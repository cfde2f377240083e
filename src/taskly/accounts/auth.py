"""Who is calling: tokens to actors, and the capabilities that routes declare."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Request
from fastapi.security import OAuth2PasswordBearer

from taskly.accounts import queries
from taskly.accounts.actor import Actor
from taskly.accounts.state import Accounts, TokenResolver
from taskly.kernel.bus import Bus
from taskly.kernel.capability import Capability
from taskly.kernel.db import Database, ReadTx
from taskly.kernel.errors import Forbidden, Invalid, Unauthenticated
from taskly.kernel.http import ReadDb
from taskly.kernel.settings import Settings

LONGEST_OP = 64

# For the document alone: it draws the lock and the Authorize form; `authenticate` reads the header.
bearer_scheme = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token", auto_error=False)


def install_accounts(app: FastAPI, settings: Settings, database: Database, bus: Bus) -> Accounts:
    """Make the application able to tell who is calling."""
    accounts = Accounts(settings, database, bus)
    app.state.accounts = accounts
    app.state.identify = identify
    return accounts


def accounts_of(app: FastAPI) -> Accounts:
    """The accounts of an application."""
    accounts: Accounts = app.state.accounts
    return accounts


def register_token_kind(app: FastAPI, prefix: str, resolver: TokenResolver) -> None:
    """Let tokens that look like `<prefix>_...` be understood by another domain."""
    accounts_of(app).token_kinds[prefix] = resolver


async def authenticate_token(app: FastAPI, token: str) -> tuple[Actor, datetime | None]:
    """Whom a token stands for and until when. Raises `Unauthenticated`.

    An access token costs no statement: its signature is remembered and ended sessions are known.
    """
    accounts = accounts_of(app)
    resolver = accounts.token_kinds.get(token.partition("_")[0])
    if resolver is not None:
        return await resolver(token)
    said = accounts.tokens.verify(token)
    if accounts.ended.is_ended(said.session_id):
        raise Unauthenticated("session_ended")
    actor = Actor(user_id=said.user_id, session_id=said.session_id)
    return actor, datetime.fromtimestamp(said.expires_at, UTC)


def known_person(app: FastAPI, token: str) -> UUID | None:
    """Whose access token this is, from memory alone; None for any token that it takes more to judge."""
    accounts = accounts_of(app)
    try:
        said = accounts.tokens.verify(token)
    except Unauthenticated:
        return None
    return None if accounts.ended.is_ended(said.session_id) else said.user_id


async def authenticate(request: Request) -> Actor | None:
    """Who sent this request; None without a token. Raises `Unauthenticated` for one that does not hold."""
    if not hasattr(request.state, "actor"):
        request.state.actor = await _authenticate(request)
    actor: Actor | None = request.state.actor
    return actor


async def _authenticate(request: Request) -> Actor | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    actor, _ = await authenticate_token(request.app, token.strip())
    op = request.headers.get("taskly-op")
    if op is None:
        return actor
    if not 0 < len(op) <= LONGEST_OP or not op.isprintable():
        raise Invalid.of("Taskly-Op", "bad_op")
    return replace(actor, op=op)


async def authenticate_ticket(request: Request, tx: ReadTx, ticket: str) -> Actor:
    """Whose ticket for this very path it is. Raises `Unauthenticated`.

    It outlives the memory of ended sessions, so the database is asked.
    """
    said = accounts_of(request.app).tokens.read_ticket(ticket, request.url.path)
    if not await queries.session_holds(tx, said.session_id):
        raise Unauthenticated("session_ended")
    return Actor(user_id=said.user_id, session_id=said.session_id)


async def identify(request: Request) -> str | None:
    """The caller's stable name for kept answers; None where nobody is signed in."""
    actor = await authenticate(request)
    return None if actor is None else actor.key


def user_id_of(actor: Actor) -> UUID:
    """The person who acts. Raises `Unauthenticated` for a share link."""
    if actor.user_id is None:
        raise Unauthenticated
    return actor.user_id


class Public(Capability):
    """Anybody may call, signed in or not; a token that is sent along is not looked at."""

    name = "public"

    async def __call__(self) -> None:
        """Nothing to check."""


class SignedIn(Capability):
    """A person with a valid access token; a share link is nobody here."""

    name = "signed in"

    async def __call__(
        self, request: Request, token: Annotated[str | None, Depends(bearer_scheme)]
    ) -> Actor:
        actor = await authenticate(request)
        if actor is None:
            raise Unauthenticated
        user_id_of(actor)
        return actor


class Superuser(SignedIn):
    """A person who manages the installation, as the database says at this moment."""

    name = "superuser"

    async def __call__(  # type: ignore[override]
        self, request: Request, token: Annotated[str | None, Depends(bearer_scheme)], tx: ReadDb
    ) -> Actor:
        actor = await super().__call__(request, token)
        if not await queries.is_superuser(tx, user_id_of(actor)):
            raise Forbidden
        return actor


PUBLIC = Public()
SIGNED_IN = SignedIn()
SUPERUSER = Superuser()
