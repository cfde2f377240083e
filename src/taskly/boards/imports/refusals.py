"""Why a file cannot be imported at all."""

from taskly.kernel.errors import FieldError, Invalid


def refuse(code: str) -> Invalid:
    """The refusal of the file as such: the problem's own code and the one of the field `file` agree."""
    return Invalid(code, errors=(FieldError("file", code),))
