"""Days and moments as a query names them, and what span of time each one is in somebody's zone."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Unit = Literal["h", "d", "w", "m", "y"]
UNITS: tuple[Unit, ...] = ("h", "d", "w", "m", "y")
FIRST_YEAR, LAST_YEAR = 1900, 2999

_SHIFT = re.compile(r"([+-]?)([0-9]{1,4})([hdwmy])", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}", re.ASCII)
INSTANT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of asking and the asker's time zone."""

    moment: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The day that it is for the asker."""
        return self.moment.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Shift:
    """So many hours from now, or the day that is so many days, weeks, months or years from today."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return NAMES.get(self) or f"{self.amount:+}{self.unit}"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar."""

    day: date

    def __str__(self) -> str:
        return self.day.isoformat()


@dataclass(frozen=True, slots=True)
class Minute:
    """A minute of a day, by the asker's clock."""

    start: datetime

    def __str__(self) -> str:
        return self.start.isoformat(timespec="minutes")


When = Shift | Day | Minute

NAMES = {
    Shift(0, "h"): "now",
    Shift(0, "d"): "today",
    Shift(1, "d"): "tomorrow",
    Shift(-1, "d"): "yesterday",
}
_BY_NAME: dict[str, When] = {name: shift for shift, name in NAMES.items()}


def when_of(text: str) -> When | None:
    """What a text names; None for what is no date."""
    text = text.strip()
    named = _BY_NAME.get(text.lower())
    if named is not None:
        return named
    shift = _SHIFT.fullmatch(text.lower())
    if shift is not None:
        unit = next(unit for unit in UNITS if unit == shift[3])
        amount = int(shift[2])
        return Shift(-amount if shift[1] == "-" else amount, unit)
    try:
        if _DAY.fullmatch(text):
            return _within(Day(date.fromisoformat(text)))
        if _MINUTE.fullmatch(text):
            return _within(Minute(datetime.fromisoformat(text)))
    except ValueError:
        return None
    return None


def _within(when: Day | Minute) -> Day | Minute | None:
    year = when.day.year if isinstance(when, Day) else when.start.year
    return when if FIRST_YEAR <= year <= LAST_YEAR else None


def span_of(when: When, now: Now) -> tuple[datetime, datetime]:
    """The first moment of it and the first one after it, in UTC."""
    if isinstance(when, Minute):
        start = _utc(when.start, now.zone)
        return start, start + timedelta(minutes=1)
    if isinstance(when, Shift) and when.unit == "h":
        start = now.moment + timedelta(hours=when.amount)
        return start, start + INSTANT
    day = when.day if isinstance(when, Day) else _moved(now.today, when)
    return _midnight(day, now.zone), _midnight(day + timedelta(days=1), now.zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return _utc(datetime.combine(day, time()), zone)


def _utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


def _moved(day: date, by: Shift) -> date:
    if by.unit in {"d", "w"}:
        return day + timedelta(days=by.amount * (7 if by.unit == "w" else 1))
    months = by.amount * (12 if by.unit == "y" else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    # What lies out of the calendar is as good as its end.
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
