"""The one source of the current time."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current time, aware, in UTC, cut to milliseconds: what a browser's `Date` can hold."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
