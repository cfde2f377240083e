"""Puts the parts together into one ASGI application; wiring alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

import taskly
from taskly.accounts.actor import Actor
from taskly.accounts.auth import install_accounts, register_token_kind
from taskly.accounts.people_routes import router as people_router
from taskly.accounts.routes import router as auth_router
from taskly.accounts.state import TokenResolver
from taskly.boards.attachments.routes import router as attachments_router
from taskly.boards.cards.routes import router as cards_router
from taskly.boards.checklists.routes import router as checklists_router
from taskly.boards.comments.routes import router as comments_router
from taskly.boards.handlers import READERS
from taskly.boards.imports.routes import router as imports_router
from taskly.boards.jobs.routes import router as card_jobs_router
from taskly.boards.jobs.scope import Boards
from taskly.boards.labels.routes import router as labels_router
from taskly.boards.lists.routes import router as lists_router
from taskly.boards.members.links import TOKEN_PREFIX, actor_of_token
from taskly.boards.ready_boards import ReadyBoards
from taskly.boards.routes import router as boards_router
from taskly.boards.search.routes import router as search_router
from taskly.boards.snapshot import SnapshotCache
from taskly.boards.tasks.routes import router as tasks_router
from taskly.job_kinds import known_kinds
from taskly.jobs.bulk import router as bulk_router
from taskly.jobs.cleanup import router as cleanup_router
from taskly.jobs.connections import router as connections_router
from taskly.jobs.downloads import router as downloads_router
from taskly.jobs.embedded import EmbeddedEngine
from taskly.jobs.grants import router as grants_router
from taskly.jobs.logs.reading import Feeds
from taskly.jobs.logs.routes import router as logs_router
from taskly.jobs.outputs.routes import router as outputs_router
from taskly.jobs.queries import Reader, sees_job
from taskly.jobs.queues import router as queues_router
from taskly.jobs.routes import router as jobs_router
from taskly.jobs.schedules.routes import router as schedules_router
from taskly.jobs.statistics import router as statistics_router
from taskly.jobs.workers import router as workers_router
from taskly.kernel.bus import EVENTS, pack_event
from taskly.kernel.capability import route_capabilities
from taskly.kernel.chosen_bus import bus_of
from taskly.kernel.db import Database
from taskly.kernel.errors import Busy
from taskly.kernel.http import install_problem_handlers
from taskly.kernel.idempotency import forget_old_answers
from taskly.kernel.log import get_logger
from taskly.kernel.middleware import INLINE_POLICY, BodyLimit, RequestContext
from taskly.kernel.openapi import describe
from taskly.kernel.readers import Readers
from taskly.kernel.seqwatch import SeqWatch
from taskly.kernel.settings import Settings
from taskly.kernel.static_site import StaticSite
from taskly.live.channel import MaySee
from taskly.live.hub import Hub
from taskly.live.job_news import JobNews
from taskly.live.routes import router as live_router
from taskly.ops.api_docs import DOCS, install_api_docs
from taskly.ops.health import router as health_router

if TYPE_CHECKING:
    from taskly.jobs.broker.waker import Waker

log = get_logger(__name__)

API = "/api/v1"
HOUSEKEEPING_S = 3600.0

# What is called most stands first: the framework tries one router after the other.
ROUTERS = (
    cards_router,
    boards_router,
    lists_router,
    auth_router,
    people_router,
    labels_router,
    comments_router,
    checklists_router,
    attachments_router,
    tasks_router,
    imports_router,
    search_router,
    # Before the router of jobs, which would take `stats` for an id.
    statistics_router,
    jobs_router,
    logs_router,
    outputs_router,
    downloads_router,
    card_jobs_router,
    schedules_router,
    bulk_router,
    cleanup_router,
    queues_router,
    workers_router,
    grants_router,
    connections_router,
)


def operation_id(route: APIRoute) -> str:
    """A stable name for each operation: the function that serves it."""
    return route.name


def create_app(settings: Settings) -> FastAPI:
    """The application for these settings; nothing is connected before it starts."""
    app = FastAPI(
        title="Taskly",
        version=taskly.__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
        generate_unique_id_function=operation_id,
        # Asked anew at every request whether somebody has set it up; nobody has.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=_lifespan,
    )
    database = Database(settings)
    bus = bus_of(settings)
    watch = SeqWatch(database, bus, settings.poll_interval_s)
    database.subscribers.append(lambda fact: bus.publish(EVENTS, pack_event(fact)))
    app.state.waker = _waker(settings, database)
    app.state.settings = settings
    app.state.database = database
    app.state.bus = bus
    app.state.watch = watch
    app.state.snapshots = SnapshotCache(database, watch, settings.board_cache_bytes)
    app.state.job_kinds = known_kinds(settings.job_modules)
    app.state.board_scope = Boards()
    app.state.log_feeds = Feeds(database, bus)
    app.state.readers = Readers(database, watch)
    for reader in READERS:
        app.state.readers.add(reader)
    install_accounts(app, settings, database, bus)
    register_token_kind(app, TOKEN_PREFIX, _share_resolver(database))
    may_see = {"board": app.state.snapshots.may_see, "job": _job_judge(database)}
    app.state.hub = Hub(database, bus, watch, settings, may_see)
    JobNews(bus, watch, app.state.hub)
    app.state.accounts.ended.on_ended(app.state.hub.end_sessions)
    install_problem_handlers(app)
    for router in (*ROUTERS, live_router):
        app.include_router(router, prefix=API)
    app.include_router(health_router)
    install_api_docs(app)
    route_capabilities(app)
    describe(app)
    app.router.redirect_slashes = False
    app.router.default = _site_or_404(StaticSite(web_folder(settings)))
    app.add_middleware(ReadyBoards, prefix=f"{API}{boards_router.prefix}")
    app.add_middleware(
        BodyLimit,
        limit=settings.max_body_bytes,
        by_prefix={f"{API}/imports": settings.max_import_bytes},
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["*"],
            allow_headers=["*"],
            allow_credentials=True,
            expose_headers=["ETag", "Taskly-Seq", "X-Request-Id", "Retry-After"],
        )
    app.add_middleware(
        RequestContext, policies={DOCS: INLINE_POLICY}, behind_tls=settings.cookie_secure
    )
    return app


def _site_or_404(site: StaticSite) -> ASGIApp:
    async def fallback(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/api/"):
            raise HTTPException(404)
        await site(scope, receive, send)

    return fallback


def _waker(settings: Settings, database: Database) -> "Waker | None":
    if settings.broker_url is None:
        return None
    # Celery is an extra: an installation without a broker never imports it.
    from taskly.jobs.broker.waker import Waker  # noqa: PLC0415

    waker = Waker(settings)
    database.subscribers.append(waker.on_commit)
    return waker


def web_folder(settings: Settings) -> Path:
    """Where the built web app is: set, inside the package, or in the source tree."""
    if settings.web_dir is not None:
        return settings.web_dir
    packaged = Path(__file__).parent / "web"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "web" / "dist"


def _share_resolver(database: Database) -> TokenResolver:
    async def resolve(token: str) -> tuple[Actor, datetime | None]:
        async with database.read() as tx:
            return await actor_of_token(tx, token)

    return resolve


def _job_judge(database: Database) -> MaySee:
    async def may_see(actor: Actor, job_id: UUID) -> bool:
        async with database.read() as tx:
            return await sees_job(tx, Reader(actor, Boards()), job_id)

    return may_see


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    parts = [state.bus, state.accounts, state.hub, state.readers]
    if state.waker is not None:
        parts.append(state.waker)
    elif state.settings.jobs_here:
        parts.append(
            EmbeddedEngine(
                state.settings, state.database, state.bus, state.job_kinds, state.board_scope
            )
        )
    for part in parts:
        await part.start()
    state.watch.start(state.hub.streams)
    housekeeping = asyncio.create_task(_keep_house(state.database), name="housekeeping")
    try:
        yield
    finally:
        housekeeping.cancel()
        await asyncio.gather(housekeeping, return_exceptions=True)
        await state.watch.stop()
        for part in reversed(parts):
            await part.stop()
        await state.database.dispose()


async def _keep_house(database: Database) -> None:
    while True:
        try:
            async with database.write() as tx:
                await forget_old_answers(tx)
        except Busy:
            log.warning("housekeeping_waits")
        await asyncio.sleep(HOUSEKEEPING_S)
