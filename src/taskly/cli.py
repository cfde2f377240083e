"""The `taskly` command: thin calls into the parts; heavy imports wait until a command needs them."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from taskly.client.commands import app as job_app
from taskly.client.commands import login
from taskly.kernel.loading import loading

QUEUE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    # A pretty traceback shows local values, and those may be secrets.
    pretty_exceptions_enable=False,
    help="Boards for people, jobs for machines.",
)
user_app = typer.Typer(no_args_is_help=True, help="Manage accounts.")
import_app = typer.Typer(no_args_is_help=True, help="Bring boards in from elsewhere.")
events_app = typer.Typer(no_args_is_help=True, help="Look after the event log.")
app.add_typer(user_app, name="user")
app.add_typer(import_app, name="import")
app.add_typer(events_app, name="events")
app.add_typer(job_app, name="job")
app.command()(login)


def main() -> None:
    """Entry point."""
    app()


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Migrate the database and serve the API, the sockets and the web app."""
    with loading():
        from taskly.server import run_server  # noqa: PLC0415

    run_server(host, port)


@app.command()
def worker(
    queues: Annotated[
        str, typer.Option(help="Queues to take jobs from, with commas between; all known ones.")
    ] = "",
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many jobs to run at once.")
    ] = None,
    patience: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds to wait, when told to stop, for jobs that run."),
    ] = None,
) -> None:
    """Run jobs in this process, woken through the broker.

    SIGTERM: begin nothing new, wait for what runs, end. A second one: put back into the queue what runs.
    """
    with loading():
        from taskly.worker import run_worker  # noqa: PLC0415

    names = list(dict.fromkeys(name.strip() for name in queues.split(",") if name.strip()))
    for name in names:
        if QUEUE.fullmatch(name) is None:
            raise typer.BadParameter(name, param_hint="--queues")
    run_worker(names, concurrency, patience)


@app.command()
def beat() -> None:
    """Submit the jobs of schedules, take jobs back from lost workers, delete old ones."""
    with loading():
        from taskly.beat import run_beat  # noqa: PLC0415

    run_beat()


@app.command()
def migrate(
    check: Annotated[bool, typer.Option(help="Only say whether migrations are missing.")] = False,
    down_to: Annotated[
        str | None, typer.Option(help="Go back to this revision, or to `base`.")
    ] = None,
) -> None:
    """Bring the database to the shape that this version needs."""
    from taskly.kernel.db import Database  # noqa: PLC0415
    from taskly.kernel.settings import Settings  # noqa: PLC0415
    from taskly.migrations import runner  # noqa: PLC0415

    async def work() -> str | None:
        settings = Settings()
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        database = Database(settings)
        try:
            if down_to is not None:
                await runner.downgrade(database, down_to)
            elif not check:
                await runner.upgrade(database)
            return await runner.current_revision(database)
        finally:
            await database.dispose()

    revision = asyncio.run(work())
    newest = runner.newest_revision()
    typer.echo(f"database: {revision or 'empty'}, this version: {newest}")
    if check and revision != newest:
        raise typer.Exit(1)


@app.command()
def openapi(out: Annotated[Path | None, typer.Option(help="File to write.")] = None) -> None:
    """Write the OpenAPI document."""
    from taskly.documents import openapi_document  # noqa: PLC0415

    _write(openapi_document(), out)


@app.command()
def reference(
    out: Annotated[Path | None, typer.Option(help="File to write.")] = None,
) -> None:
    """Write the reference of all settings as Markdown."""
    from taskly.documents import settings_reference  # noqa: PLC0415

    _write(settings_reference(), out)


def _write(content: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(content)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(content)


@user_app.command("create")
def create_user(
    username: str,
    email: str,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True)],
) -> None:
    """Make an account, also where registration is closed; the first one is the superuser."""
    from taskly.ops.commands import create_account  # noqa: PLC0415

    _say(create_account(username, email, password))


@import_app.command("trello")
def import_trello(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    user: Annotated[str, typer.Option(help="Name or e-mail of whom the board will belong to.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only.")] = False,
) -> None:
    """Import a board that was exported from Trello as JSON."""
    from taskly.ops.commands import import_trello_export  # noqa: PLC0415

    _say(import_trello_export(file, user, dry_run=dry_run))


@events_app.command("trim")
def trim_events(
    board: str,
    keep: Annotated[int, typer.Option(min=0, help="How many of the newest events stay.")],
) -> None:
    """Forget old events of a board; its activity gets shorter, the board itself stays."""
    from taskly.ops.commands import trim_board_events  # noqa: PLC0415

    _say(trim_board_events(board, keep))


def _say(outcome: tuple[bool, str]) -> None:
    worked, words = outcome
    typer.echo(words, err=not worked)
    if not worked:
        raise typer.Exit(1)


if __name__ == "__main__":
    main()
