"""The server process: settings, migrations, then uvicorn."""

import asyncio
import socket
import sys

import uvicorn

from taskly.app import create_app, web_folder
from taskly.kernel.db import Database
from taskly.kernel.log import configure_logging
from taskly.kernel.settings import Settings
from taskly.migrations import runner

GRACE_S = 10
LARGEST_MESSAGE = 64 * 1024


async def _migrate(settings: Settings) -> None:
    database = Database(settings)
    try:
        await runner.upgrade(database)
    finally:
        await database.dispose()


def run_server(host: str | None, port: int | None) -> None:
    """Serve until told to stop. Says in one line why it cannot, and exits with 1."""
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = Settings(**given)  # type: ignore[arg-type]
    configure_logging(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        sys.exit(f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}")
    asyncio.run(_migrate(settings))
    address = settings.public_url or f"http://{settings.host}:{listener.getsockname()[1]}"
    note = "" if (web_folder(settings) / "index.html").exists() else " (API only: no web app built)"
    sys.stdout.write(f"Taskly is at {address}{note}\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        create_app(settings),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=LARGEST_MESSAGE,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    uvicorn.Server(config).run(sockets=[listener])
