"""What a query is refused with: the reason, and where in the text."""

from typing import Any

from taskly.kernel.errors import FieldError, Invalid

QUERY = "q"


def refuse(code: str, at: int, length: int = 1, **params: Any) -> Invalid:
    """The refusal of a query, for the caller to raise; people count characters from one.

    Where the reason lies is also in the document as `at`, from zero, and `length`, for those that mark it.
    """
    field = FieldError(QUERY, code, {"at": at + 1, **params})
    return Invalid(errors=[field], extra={"at": at, "length": length})
