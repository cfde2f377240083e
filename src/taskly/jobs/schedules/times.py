"""When a schedule runs: rules in a time zone, the next runs, and where the clock changes between them."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from taskly.kernel.errors import Invalid

NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
CRON_FIELDS = 5
FORWARD, BACK = "clock_forward", "clock_back"
NEAR_PASTS = tuple(timedelta(days=days) for days in (1 / 24, 1, 32, 400, 36_500))
LATEST_YEAR = 2999


@dataclass(frozen=True)
class Rule:
    """A trigger with what it needs: `cron`, `interval` (counted from `since`) or `once`."""

    trigger: str
    cron: str | None
    every_s: int | None
    at: datetime | None
    time_zone: str
    since: datetime

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> "Rule":
        """The rule of a schedule's row."""
        return cls(
            row["trigger"],
            row["cron"],
            row["every_s"],
            row["at"],
            row["time_zone"],
            row["created_at"],
        )

    def after(self, moment: datetime) -> Iterator[datetime]:
        """The runs after a moment, in order, in UTC; none comes twice.

        A time that the clock leaps over in spring runs when the clock goes on; one that comes twice
        in autumn runs the first time. Rules that name no hour follow the time that passes.
        Raises `Invalid` for a rule that means nothing.
        """
        if self.trigger == "once" and self.at is not None:
            return iter((self.at,) if self.at > moment else ())
        if self.trigger == "interval" and self.every_s is not None:
            return self._intervals(moment, timedelta(seconds=self.every_s))
        return self._cron(moment)

    def next_after(self, moment: datetime) -> datetime | None:
        """The first run after a moment; None where there is none."""
        return next(self.after(moment), None)

    def newest(self, first: datetime, moment: datetime) -> datetime:
        """The last run until a moment, where `first` is one; looked for in the near past first."""
        for near in NEAR_PASTS:
            start = max(first, moment - near)
            runs = deque(takewhile(lambda run: run <= moment, self.after(start)), maxlen=1)
            if runs:
                return runs[0]
            if start == first:
                break
        return first

    def _intervals(self, moment: datetime, every: timedelta) -> Iterator[datetime]:
        passed = max(0, (moment - self.since) // every)
        run = self.since + passed * every
        while run.year <= LATEST_YEAR:
            run += every
            if run > moment:
                yield run

    def _cron(self, moment: datetime) -> Iterator[datetime]:
        zone = ZoneInfo(self.time_zone)
        runs = CronSim(cron_fields(self.cron or ""), moment.astimezone(zone))
        last = moment
        for local in runs:
            run = local.astimezone(UTC)
            if run.year > LATEST_YEAR:
                return
            # Times that the clock leaps over meet at its end, and in the hour that comes twice the
            # search begins with the first.
            if run > last:
                last = run
                yield run


def cron_fields(cron: str) -> str:
    """A cron rule as its five fields. Raises `Invalid` for what is none, or never comes."""
    fields = NAMED.get(cron.strip().lower(), cron)
    if len(fields.split()) != CRON_FIELDS:
        raise Invalid.of("cron", "bad_cron")
    try:
        runs = CronSim(fields, datetime(2000, 1, 1, tzinfo=UTC))
    except (CronSimError, ValueError) as error:
        raise Invalid.of("cron", "bad_cron") from error
    if next(runs, None) is None:
        raise Invalid.of("cron", "never_runs")
    return fields


def local_offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    """How far a zone is ahead of UTC at a moment."""
    return moment.astimezone(zone).utcoffset() or timedelta()


def clock_change(before: datetime, run: datetime, zone: ZoneInfo) -> dict[str, Any] | None:
    """How the clock of a zone differs at a run from what it was at another moment; None where it does not."""
    moved = local_offset(run, zone) - local_offset(before, zone)
    if not moved:
        return None
    return {
        "code": FORWARD if moved > timedelta() else BACK,
        "minutes": abs(round(moved.total_seconds() / 60)),
    }
