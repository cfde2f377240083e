"""Imports a Trello export: read and checked as a whole first, then written in one transaction."""

import asyncio
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from taskly.accounts.actor import Actor
from taskly.accounts.queries import person
from taskly.boards.access import Access
from taskly.boards.imports.batches import Batches
from taskly.boards.imports.known import Known, earlier_board, read_known
from taskly.boards.imports.records import BoardRecord
from taskly.boards.imports.report import Report
from taskly.boards.imports.spool import Spool
from taskly.boards.imports.trello import read_trello
from taskly.boards.imports.writing import Telling, forget_board, remember_board, write_batch
from taskly.boards.members.service import member_values
from taskly.boards.policy import Action, Role
from taskly.boards.service import first_patch, insert_board, key_from
from taskly.kernel.clock import now
from taskly.kernel.db import Database, ReadTx, Tx
from taskly.kernel.errors import Conflict, Unauthenticated
from taskly.kernel.events import HeldStream, Patch, lock_streams
from taskly.kernel.ids import new_id


async def import_trello(tx: Tx, actor: Actor, file: BinaryIO) -> Report:
    """Make a board out of an export, or add to the one that the same person made of it before.

    Nothing is asked of the database before the whole file has been read and understood. Raises
    `Invalid` for a file that is no export, `Conflict` while the same import is running.
    """
    access = Access(actor, Action.EDIT)
    report = Report(dry_run=False)
    with Spool() as spool:
        board = await _read(file, spool, report)
        known, stream, patch = await _target(tx, access, board, report)
        report.board_id = stream.id
        batches = Batches(board, stream.id, access.user_id, known, spool, report, now())
        telling = Telling(tx, access, stream, patch)
        wrote = not report.again
        for batch in batches:
            wrote = wrote or bool(batch.imported_things)
            await write_batch(tx, batch)
            telling.tell(batch.shown)
    if wrote:
        stream.serial = batches.last_number
        cards = report.counts["cards"]
        telling.finish({"name": [None, report.board_name], "cards": [None, cards]})
    return report


async def try_trello(tx: ReadTx, actor: Actor, file: BinaryIO) -> Report:
    """The report that importing this export now would give; nothing is written."""
    access = Access(actor, Action.EDIT)
    report = Report(dry_run=True)
    with Spool() as spool:
        board = await _read(file, spool, report)
        earlier = await earlier_board(tx, access.user_id, board.id)
        found = await read_known(tx, actor, earlier) if earlier else None
        if found is not None:
            known, row = found
            _note_again(report, row)
        else:
            known = Known(members=[await _importer(tx, access)])
        board_id = known.board_id or new_id()
        for _ in Batches(board, board_id, access.user_id, known, spool, report, now()):
            await asyncio.sleep(0)
    return report


async def import_trello_file(
    database: Database, path: Path, user_id: UUID, *, dry_run: bool = False
) -> Report:
    """Import an export from a file on this machine in the name of a person."""
    actor = Actor(user_id=user_id)
    with await asyncio.to_thread(path.open, "rb") as file:
        if dry_run:
            async with database.read() as reading:
                return await try_trello(reading, actor, file)
        async with database.write() as tx:
            return await import_trello(tx, actor, file)


async def _read(file: BinaryIO, spool: Spool, report: Report) -> BoardRecord:
    board = await asyncio.to_thread(read_trello, file, spool, report.left_out)
    report.board_name = board.name
    return board


async def _target(
    tx: Tx, access: Access, board: BoardRecord, report: Report
) -> tuple[Known, HeldStream, Patch]:
    """The board to write to, locked: the one that was made before, or else a new one."""
    earlier = await earlier_board(tx, access.user_id, board.id)
    if earlier is not None:
        streams = await lock_streams(tx, earlier)
        found = await read_known(tx, access.actor, earlier)
        if found is not None:
            known, row = found
            _note_again(report, row)
            return known, streams[0], Patch()
        await forget_board(tx, access, earlier)
    who = await _importer(tx, access)
    stream, patch = await _new_board(tx, access, board, who)
    return Known(members=[who]), stream, patch


async def _new_board(
    tx: Tx, access: Access, board: BoardRecord, who: Row[Any]
) -> tuple[HeldStream, Patch]:
    moment = now()
    values: dict[str, Any] = {
        "id": new_id(),
        "key": key_from(board.name),
        "name": board.name,
        "description": board.description,
        "color": board.color,
        "wip_policy": "warn",
        "owner_id": who.id,
        "version": 1,
        "field_versions": {},
        "created_at": moment,
        "updated_at": moment,
        "archived_at": None,
        "deleted_at": None,
    }
    stream = await insert_board(tx, values, member_values(values["id"], who, Role.OWNER))
    try:
        await remember_board(tx, access, board.id, values["id"])
    except IntegrityError as error:
        raise Conflict("import_running", headers={"Retry-After": "5"}) from error
    return stream, first_patch(values, who)


async def _importer(tx: ReadTx, access: Access) -> Row[Any]:
    who = await person(tx, access.user_id)
    if who is None or not who.is_active:
        raise Unauthenticated
    return who


def _note_again(report: Report, row: Row[Any]) -> None:
    """Say that the board is there already. Raises `Conflict` where it is archived."""
    if row.archived_at is not None:
        raise Conflict("board_archived")
    report.again = True
    report.board_id = row.id
    report.board_name = row.name
