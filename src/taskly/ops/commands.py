"""What the command line does with the database, short of parsing arguments and printing."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from taskly.accounts import service as accounts
from taskly.accounts.passwords import Passwords
from taskly.accounts.queries import credentials
from taskly.accounts.schemas import Registration
from taskly.boards.imports.report import Report
from taskly.boards.imports.service import import_trello_file
from taskly.kernel.db import Database
from taskly.kernel.errors import NotFound, TasklyError
from taskly.kernel.events import latest_seqs, trim_events
from taskly.kernel.messages import DEFAULT_LOCALE, text
from taskly.kernel.settings import Settings
from taskly.migrations import runner

Outcome = tuple[bool, str]
"""Whether it worked, and the words for the terminal."""


def _with_database(work: Callable[[Database], Awaitable[str]]) -> Outcome:
    async def run() -> Outcome:
        settings = Settings()
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        database = Database(settings)
        try:
            await runner.upgrade(database)
            return True, await work(database)
        except TasklyError as error:
            return False, _words(error)
        except ValidationError as error:
            # Its own text would repeat what was typed, a password too.
            return False, "\n".join(f"{e['loc'][0]}: {e['msg']}" for e in error.errors())
        finally:
            await database.dispose()

    return asyncio.run(run())


def _words(error: TasklyError) -> str:
    said = [text(error.code, DEFAULT_LOCALE, **error.params)]
    said += [f"{e.field}: {text(e.code, DEFAULT_LOCALE, **e.params)}" for e in error.errors]
    return "\n".join(said)


def create_account(username: str, email: str, password: str) -> Outcome:
    """A new account, also where registration is closed."""

    async def work(database: Database) -> str:
        new = Registration(username=username, email=email, password=password)
        passwords = Passwords()
        hashed = await passwords.hash(password)
        passwords.stop()
        async with database.write() as tx:
            made = await accounts.register(
                tx, new, hashed, registration="open", locale=DEFAULT_LOCALE
            )
        role = "superuser" if made.is_superuser else "user"
        return f"Made {role} {made.username}."

    return _with_database(work)


def import_trello_export(file: Path, user: str, *, dry_run: bool) -> Outcome:
    """Import a Trello export for a person; a running server shows the board within a second."""

    async def work(database: Database) -> str:
        async with database.read() as tx:
            row = await credentials(tx, user)
        if row is None:
            raise NotFound
        report = await import_trello_file(database, file, row.id, dry_run=dry_run)
        return _told(report)

    return _with_database(work)


def _told(report: Report) -> str:
    did = "Would import" if report.dry_run else "Imported"
    counts = [f"{n} {what.replace('_', ' ')}" for what, n in report.counts.items() if n]
    lines = [f"{did} {report.board_name}: {', '.join(counts) or 'nothing'}."]
    if report.board_id is not None:
        lines.append(f"Board {report.board_id}")
    if report.unmatched_members:
        lines.append(f"Without an account here: {', '.join(report.unmatched_members)}")
    left_out = report.left_out_in_words(DEFAULT_LOCALE)
    lines += [f"Left out: {count} x {words}" for _, _, count, words in left_out]
    return "\n".join(lines)


def trim_board_events(board: str, keep: int) -> Outcome:
    """Forget all but the newest `keep` events of a board."""

    async def work(database: Database) -> str:
        board_id = UUID(board)
        async with database.write() as tx:
            newest = (await latest_seqs(tx, [board_id])).get(board_id, 0)
            gone = await trim_events(tx, board_id, max(newest - keep, 0))
        return f"Forgot {gone} events."

    return _with_database(work)
