"""Types of request fields: what is refused is refused here, with a code that names the reason."""

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
)
from pydantic_core import PydanticCustomError

EARLIEST, LATEST = 1900, 2999


def _without_null_defaults(schema: dict[str, Any]) -> None:
    """A field that may be left out but not be null has no default to tell of."""
    for shape in schema.get("properties", {}).values():
        if "anyOf" not in shape and shape.get("default", ...) is None:
            del shape["default"]


class In(BaseModel):
    """A request body: unknown fields are refused, and so are values of another type."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        frozen=True,
        json_schema_extra=_without_null_defaults,
    )


def absent() -> Any:
    """The default of a field that an edit may leave out, but not set to null."""
    return None


class Edit(In):
    """The body of a PATCH: only fields that are present are changed."""

    base_version: Annotated[StrictInt, Field(ge=1)] = absent()

    def wanted(self) -> dict[str, Any]:
        """The fields to change and their values."""
        return self.model_dump(exclude_unset=True, exclude={"base_version"})


class Out(BaseModel):
    """A part of an answer: every field is always there."""

    model_config = ConfigDict(frozen=True)


def _no_control(value: str) -> str:
    for character in value:
        if unicodedata.category(character) == "Cc" and character not in "\n\t":
            raise PydanticCustomError("control_character", "Control characters are not allowed")
    return value


def _one_line(value: str) -> str:
    if "\n" in value or "\t" in value:
        raise PydanticCustomError("control_character", "Control characters are not allowed")
    return _no_control(value)


def _unix_newlines(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _is_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("datetime_type", "A time is written as text")
    return value


def _utc_milliseconds(value: datetime) -> datetime:
    if not EARLIEST <= value.year <= LATEST:
        raise PydanticCustomError("datetime_range", "The year is out of range")
    value = value.astimezone(UTC)
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


ONE_LINE = AfterValidator(_one_line)
Line = Annotated[str, ONE_LINE]
UNIX_NEWLINES = BeforeValidator(_unix_newlines)
NO_CONTROL = AfterValidator(_no_control)
UtcTime = Annotated[AwareDatetime, BeforeValidator(_is_text), AfterValidator(_utc_milliseconds)]
Flag = StrictBool
Count = StrictInt
Ids = Annotated[list[UUID], Field(max_length=200)]
