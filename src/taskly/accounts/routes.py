"""`/auth`: registration, log-in and out, the own account and its sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response

import taskly
from taskly.accounts import queries, service, sessions
from taskly.accounts.actor import Actor
from taskly.accounts.auth import PUBLIC, SIGNED_IN, accounts_of, authenticate, user_id_of
from taskly.accounts.cookies import (
    COOKIE,
    client_of,
    drop_refresh_cookie,
    refuse_foreign_page,
    set_refresh_cookie,
)
from taskly.accounts.schemas import (
    ConfigOut,
    LogIn,
    MeEdit,
    PasswordChange,
    Registration,
    SessionOut,
    SignedInOut,
    TokenForm,
    TokenOut,
    UserOut,
)
from taskly.kernel.errors import Invalid, NotFound, Unauthenticated
from taskly.kernel.http import Db, Page, Paging, ReadDb, TasklyRoute, next_cursor, problems
from taskly.kernel.messages import choose_locale

router = APIRouter(prefix="/auth", route_class=TasklyRoute, tags=["accounts"])

Me = Annotated[Actor, Depends(SIGNED_IN)]


@router.get("/config", dependencies=[Depends(PUBLIC)], responses=problems(503))
async def get_auth_config(request: Request, tx: ReadDb) -> ConfigOut:
    """What the log-in page shows: whether one can register, and whether one would be the first."""
    return ConfigOut(
        registration=accounts_of(request.app).settings.registration,
        first_user=not await queries.anybody(tx),
        version=taskly.__version__,
    )


@router.post(
    "/register",
    status_code=201,
    dependencies=[Depends(PUBLIC)],
    responses=problems(400, 403, 409, 413, 422, 503),
)
async def register(request: Request, new: Registration) -> UserOut:
    """Make an account. The first one of an installation becomes its superuser."""
    accounts = accounts_of(request.app)
    registration = accounts.settings.registration
    async with accounts.database.read() as reading:
        service.refuse_when_closed(registration, anybody=await queries.anybody(reading))
    password_hash = await accounts.passwords.hash(new.password)
    locale = choose_locale(request.headers.get("accept-language"))

    async def attempt() -> UserOut:
        async with accounts.database.write() as tx:
            account = await service.register(
                tx, new, password_hash, registration=registration, locale=locale
            )
        return UserOut.model_validate(account)

    try:
        return await attempt()
    except service.FirstAlready:
        return await attempt()


@router.post("/login", dependencies=[Depends(PUBLIC)], responses=problems(400, 401, 413, 422, 503))
async def log_in(request: Request, response: Response, who: LogIn) -> SignedInOut:
    """Sign in by user name or e-mail: an access token, and a refresh token as a cookie."""
    accounts = accounts_of(request.app)
    proven = await service.prove(accounts.database, accounts.passwords, who.username, who.password)
    async with accounts.database.write() as tx:
        session_id, account = await service.log_in(
            tx, proven, client_of(request), accounts.session_life
        )
    set_refresh_cookie(response, accounts.tokens.refresh_token(session_id, 1), accounts.settings)
    return _signed_in(request, session_id, UserOut.model_validate(account))


def _signed_in(request: Request, session_id: UUID, user: UserOut) -> SignedInOut:
    accounts = accounts_of(request.app)
    return SignedInOut(
        access_token=accounts.tokens.issue(user.id, session_id),
        token_type="bearer",  # noqa: S106
        expires_in=int(accounts.access_life.total_seconds()),
        user=user,
    )


@router.post("/token", dependencies=[Depends(PUBLIC)], responses=problems(400, 401, 413, 422, 503))
async def get_token(request: Request, form: Annotated[TokenForm, Form()]) -> TokenOut:
    """Sign in by the OAuth2 password form, for scripts and the Authorize button of these pages."""
    accounts = accounts_of(request.app)
    proven = await service.prove(
        accounts.database, accounts.passwords, form.username, form.password
    )
    async with accounts.database.write() as tx:
        # Without a refresh token there is nothing to keep the session for.
        session_id, _ = await service.log_in(tx, proven, client_of(request), accounts.access_life)
    return TokenOut(
        access_token=accounts.tokens.issue(proven.user_id, session_id),
        token_type="bearer",  # noqa: S106
        expires_in=int(accounts.access_life.total_seconds()),
    )


@router.post("/refresh", dependencies=[Depends(PUBLIC)], responses=problems(401, 403, 503))
async def refresh(request: Request, response: Response) -> SignedInOut:
    """Exchange the refresh cookie for fresh tokens; a cookie that was used before ends its session."""
    accounts = accounts_of(request.app)
    refuse_foreign_page(request, accounts.settings)
    shown = accounts.tokens.read_refresh(request.cookies.get(COOKIE, ""))
    if shown is None:
        raise Unauthenticated("refresh_invalid")
    async with accounts.database.write() as tx:
        outcome = await sessions.rotate(
            tx, *shown, client_of(request), accounts.session_life, accounts.ended
        )
        account = (
            await queries.account(tx, outcome.user_id)
            if isinstance(outcome, sessions.Rotation)
            else None
        )
    if isinstance(outcome, sessions.Refusal) or account is None:
        raise Unauthenticated(
            "refresh_reused" if outcome is sessions.Refusal.REUSED else "refresh_invalid"
        )
    token = accounts.tokens.refresh_token(outcome.session_id, outcome.generation)
    set_refresh_cookie(response, token, accounts.settings)
    return _signed_in(request, outcome.session_id, UserOut.model_validate(account))


@router.post(
    "/logout", status_code=204, dependencies=[Depends(PUBLIC)], responses=problems(403, 503)
)
async def log_out(request: Request, response: Response) -> None:
    """End the session of the cookie and that of the access token, whichever are sent."""
    accounts = accounts_of(request.app)
    refuse_foreign_page(request, accounts.settings)
    ending: set[UUID] = set()
    shown = accounts.tokens.read_refresh(request.cookies.get(COOKIE, ""))
    if shown is not None:
        ending.add(shown[0])
    try:
        actor = await authenticate(request)
    except Unauthenticated:
        actor = None
    if actor is not None and actor.session_id is not None:
        ending.add(actor.session_id)
    if ending:
        async with accounts.database.write() as tx:
            await sessions.end_these_sessions(tx, accounts.ended, ending)
    drop_refresh_cookie(response, accounts.settings)


@router.post("/logout-all", status_code=204, responses=problems(401, 403, 503))
async def log_out_everywhere(request: Request, response: Response, me: Me, tx: Db) -> None:
    """End every session of the caller, this one too."""
    accounts = accounts_of(request.app)
    await sessions.end_all_sessions(tx, accounts.ended, user_id_of(me))
    drop_refresh_cookie(response, accounts.settings)


@router.get("/me", responses=problems(401, 503))
async def get_me(me: Me, tx: ReadDb) -> UserOut:
    """The caller's account."""
    account = await queries.account(tx, user_id_of(me))
    if account is None:
        raise Unauthenticated
    return UserOut.model_validate(account)


@router.patch("/me", responses=problems(400, 401, 409, 413, 422, 503))
async def edit_me(me: Me, edit: MeEdit, tx: Db) -> UserOut:
    """Change the own account."""
    return UserOut.model_validate(await service.edit_me(tx, me, user_id_of(me), edit))


@router.post("/password", status_code=204, responses=problems(400, 401, 413, 422, 503))
async def change_password(request: Request, me: Me, change: PasswordChange, tx: Db) -> None:
    """Set a new password; every other session of the account ends."""
    accounts = accounts_of(request.app)
    await service.change_password(
        tx,
        accounts.passwords,
        accounts.ended,
        accounts.database,
        user_id=user_id_of(me),
        session_id=me.session_id,
        change=change,
    )


@router.get("/sessions", responses=problems(401, 422, 503))
async def list_sessions(me: Me, paging: Annotated[Paging, Query()], tx: ReadDb) -> Page[SessionOut]:
    """The caller's log-ins that still hold, newest first."""
    rows = await queries.live_sessions(
        tx, user_id_of(me), before=_session_cursor(paging), limit=paging.limit + 1
    )
    items = [
        SessionOut(current=row.id == me.session_id, **row._mapping) for row in rows[: paging.limit]
    ]
    more = len(rows) > paging.limit
    return Page(items=items, next=next_cursor(items[-1].id) if more else None)


def _session_cursor(paging: Paging) -> UUID | None:
    match paging.position():
        case None:
            return None
        case [str(session_id)]:
            try:
                return UUID(session_id)
            except ValueError as error:
                raise Invalid.of("cursor", "bad_cursor") from error
        case _:
            raise Invalid.of("cursor", "bad_cursor")


@router.delete("/sessions/{session_id}", status_code=204, responses=problems(401, 404, 422, 503))
async def end_session(request: Request, session_id: UUID, me: Me, tx: Db) -> None:
    """Sign one of the own sessions out, wherever it is; its access token stops at once."""
    ended = accounts_of(request.app).ended
    if not await sessions.end_own_session(tx, ended, user_id_of(me), session_id):
        raise NotFound
