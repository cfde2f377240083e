"""What people do with schedules. Each verb locks the schedule, checks, writes, and plans the next run."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from taskly.jobs.inputs import check_inputs
from taskly.jobs.kinds.registry import HIDDEN, Kind, Registry
from taskly.jobs.models import Schedule
from taskly.jobs.queries import Reader
from taskly.jobs.rows import checked_params
from taskly.jobs.schedules.firing import job_of
from taskly.jobs.schedules.queries import SCHEDULE_COLUMNS
from taskly.jobs.schedules.schemas import ScheduleEdit, ScheduleNew
from taskly.jobs.schedules.times import Rule, cron_fields
from taskly.jobs.service import add_job, may_submit
from taskly.kernel.clock import now
from taskly.kernel.db import Tx
from taskly.kernel.edits import EditConflict, merge
from taskly.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from taskly.kernel.ids import new_id

NEEDED = {"cron": "cron", "interval": "every_s", "once": "at"}
WHEN = {"trigger", "cron", "every_s", "at", "time_zone"}

Row = dict[str, Any]


async def create_schedule(tx: Tx, reader: Reader, kinds: Registry, new: ScheduleNew) -> Row:
    """A new schedule, which runs as the person who makes it."""
    kind = kinds.get(new.kind)
    if kind is None:
        raise Invalid.of("kind", "unknown_kind")
    if not await may_submit(tx, reader, kind):
        raise Forbidden("kind_not_allowed")
    board_id = None
    if new.card_id is not None:
        board_id = await reader.boards.board_of_card(tx, reader.actor, new.card_id)
    moment = now()
    values = {
        **new.model_dump(),
        "id": new_id(),
        "owner_id": reader.user_id,
        "board_id": board_id,
        "params": _params(kind, new.params, {}),
        "last_run_at": None,
        "paused_at": None,
        "paused_by": None,
        "pause_reason": None,
        "version": 1,
        "field_versions": {},
        "created_at": moment,
        "updated_at": moment,
        "deleted_at": None,
    }
    values = planned(values)
    await check_inputs(tx, reader, kind, values["params"])
    await tx.execute(insert(Schedule).values(**values))
    return values


def planned(values: Row) -> Row:
    """A schedule with what its trigger needs alone, and its next run. Raises `Invalid`."""
    needed = NEEDED[values["trigger"]]
    if values[needed] is None:
        raise Invalid.of(needed, "missing")
    kept = dict.fromkeys(NEEDED.values()) | {needed: values[needed]}
    if needed == "cron":
        cron_fields(values["cron"])
    row = {**values, **kept}
    following = Rule.of(row).next_after(now())
    if following is None:
        raise Invalid.of(needed, "in_the_past" if needed == "at" else "never_runs")
    return {**row, "next_run_at": following}


def _params(kind: Kind, wanted: Mapping[str, Any], before: Mapping[str, Any]) -> Row:
    """Parameters that the kind accepts; a secret that came back hidden stays what it was."""
    told = {
        name: before[name]
        if name in kind.secret_params and value == HIDDEN and name in before
        else value
        for name, value in wanted.items()
    }
    params: Row = checked_params(kind, told).model_dump(mode="json", exclude_unset=True)
    return params


async def _locked(tx: Tx, reader: Reader, schedule_id: UUID, *, deleted: bool = False) -> Row:
    """The schedule's row, locked. Raises `NotFound`, or `Forbidden` for one that may only be seen."""
    there = Schedule.deleted_at.is_not(None) if deleted else Schedule.deleted_at.is_(None)
    found = await tx.first(
        select(*SCHEDULE_COLUMNS, reader.may_change(Schedule).label("changeable"))
        .where(Schedule.id == schedule_id, reader.may_see(Schedule), there)
        .with_for_update(of=Schedule)
    )
    if found is None:
        raise NotFound
    row = dict(found._mapping)
    if not row.pop("changeable"):
        raise Forbidden
    return row


async def _write(tx: Tx, row: Row, values: Row) -> Row:
    values = {**values, "updated_at": now()}
    await tx.execute(update(Schedule).where(Schedule.id == row["id"]).values(**values))
    return {**row, **values}


async def edit_schedule(
    tx: Tx, reader: Reader, kinds: Registry, schedule_id: UUID, edit: ScheduleEdit
) -> Row:
    """Change fields of a schedule. Raises `EditConflict` where somebody changed the same one since."""
    row = await _locked(tx, reader, schedule_id)
    wanted = edit.wanted()
    kind = kinds.get(row["kind"])
    if "params" in wanted:
        if kind is None:
            raise Conflict("unknown_kind")
        # It runs with the owner's rights: whoever says what it does must have them too.
        if not await may_submit(tx, reader, kind):
            raise Forbidden("kind_not_allowed")
        wanted["params"] = _params(kind, wanted["params"], row["params"])
        for person in (reader, reader.acting_for(row["owner_id"])):
            await check_inputs(tx, person, kind, wanted["params"])
    try:
        values = merge(row, wanted, edit.base_version)
    except EditConflict as error:
        raise EditConflict(extra={"conflicts": _hidden(kind, error.extra["conflicts"])}) from error
    if not values:
        return row
    if WHEN & set(values):
        after = planned({**row, **values})
        values |= {name: after[name] for name in (*NEEDED.values(), "next_run_at")}
    return await _write(tx, row, values)


def _hidden(kind: Kind | None, conflicts: list[Row]) -> list[Row]:
    if kind is None:
        return conflicts
    return [
        {**one, "yours": kind.hidden(one["yours"]), "theirs": kind.hidden(one["theirs"])}
        if one["field"] == "params"
        else one
        for one in conflicts
    ]


async def pause_schedule(tx: Tx, reader: Reader, schedule_id: UUID, reason: str | None) -> Row:
    """Let no more runs come; paused again, it takes the new reason."""
    row = await _locked(tx, reader, schedule_id)
    return await _write(
        tx,
        row,
        {
            "paused_at": row["paused_at"] or now(),
            "paused_by": reader.user_id,
            "pause_reason": reason or None,
        },
    )


async def resume_schedule(tx: Tx, reader: Reader, schedule_id: UUID) -> Row:
    """Go on with the next planned time; what was planned during the pause is not made up for."""
    row = await _locked(tx, reader, schedule_id)
    if row["paused_at"] is None:
        return row
    following = Rule.of(row).next_after(now())
    rested = {"paused_at": None, "paused_by": None, "pause_reason": None}
    return await _write(tx, row, {**rested, "next_run_at": following})


async def run_now(tx: Tx, reader: Reader, kinds: Registry, schedule_id: UUID) -> Row:
    """A job of the schedule now, beside its plan; it belongs to the owner of the schedule."""
    schedule = await _locked(tx, reader, schedule_id)
    kind = kinds.get(schedule["kind"])
    if kind is None:
        raise Conflict("unknown_kind")
    if not await may_submit(tx, reader, kind):
        raise Forbidden("kind_not_allowed")
    return await add_job(tx, reader, kind, job_of(kind, schedule, None))


async def delete_schedule(tx: Tx, reader: Reader, schedule_id: UUID) -> None:
    """Take a schedule out of all lists; its jobs stay."""
    row = await _locked(tx, reader, schedule_id)
    await _write(tx, row, {"deleted_at": now()})


async def restore_schedule(tx: Tx, reader: Reader, schedule_id: UUID) -> Row:
    """Bring a deleted schedule back; it goes on with the next planned time."""
    row = await _locked(tx, reader, schedule_id, deleted=True)
    following = Rule.of(row).next_after(now())
    return await _write(tx, row, {"deleted_at": None, "next_run_at": following})
