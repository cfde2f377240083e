"""What database drivers say of a database that is locked, full, down or gone, in Taskly's own word."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from taskly.kernel.errors import Busy


@contextmanager
def busy_where_away(*also: type[Exception]) -> Iterator[None]:
    """Raises `Busy` in place of what says that the database cannot take something now, `also` these."""
    said: tuple[type[Exception], ...] = (PoolTimeout, OperationalError, *also)
    try:
        yield
    except said as error:
        raise Busy from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Busy from error
        raise
