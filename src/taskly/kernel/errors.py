"""What can go wrong, in words a client can act on; `http.py` turns these into problem documents."""

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar


@dataclasses.dataclass(frozen=True)
class FieldError:
    """One refused field: its path (`title`, `card_ids.3`), a stable code, values for the text."""

    field: str
    code: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)


class TasklyError(Exception):
    """A refusal with a stable `code`; its text is looked up by code in the caller's language."""

    status: ClassVar[int] = 500
    code: str = "internal"

    def __init__(
        self,
        code: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        **params: Any,
    ) -> None:
        self.code = code or self.code
        self.errors = tuple(errors)
        self.extra = extra or {}
        self.headers = headers or {}
        self.params = params
        super().__init__(self.code)


class BadRequest(TasklyError):
    """The request itself cannot be read."""

    status = 400
    code = "bad_request"


class Unauthenticated(TasklyError):
    """Nobody is signed in, or the token no longer holds."""

    status = 401
    code = "unauthenticated"

    def __init__(self, code: str | None = None, **params: Any) -> None:
        super().__init__(code, headers={"WWW-Authenticate": "Bearer"}, **params)


class Forbidden(TasklyError):
    """The caller sees the thing but may not do this to it."""

    status = 403
    code = "forbidden"


class NotFound(TasklyError):
    """There is no such thing, or the caller may not know that there is."""

    status = 404
    code = "not_found"


class Conflict(TasklyError):
    """The state of things does not allow it now."""

    status = 409
    code = "conflict"


class Gone(TasklyError):
    """It was there once and is not kept any longer."""

    status = 410
    code = "gone"


class TooLarge(TasklyError):
    """The body passes its limit."""

    status = 413
    code = "too_large"


class RangeNotSatisfiable(TasklyError):
    """The part of a file that was asked for does not exist."""

    status = 416
    code = "bad_range"


class Invalid(TasklyError):
    """A well-formed request with a value that cannot be accepted."""

    status = 422
    code = "invalid"

    @classmethod
    def of(cls, name: str, code: str, **params: Any) -> "Invalid":
        """One refused field."""
        return cls(errors=(FieldError(name, code, params),))


class Busy(TasklyError):
    """The server cannot take this now; the same request may succeed later."""

    status = 503
    code = "busy"
