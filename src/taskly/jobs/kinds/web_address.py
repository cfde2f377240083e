"""An address that a job may be pointed at; where it leads is judged when it is connected to."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _web_address(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("bad_link", "Not a web address")
    try:
        parts = urlsplit(value.strip())
        named = parts.hostname and parts.port != 0
    except ValueError as error:
        raise PydanticCustomError("bad_link", "Not a web address") from error
    if parts.scheme not in {"http", "https"} or not named or not value.isprintable():
        raise PydanticCustomError("bad_link", "Not a web address")
    if parts.username is not None or parts.password is not None:
        raise PydanticCustomError("link_with_password", "An address with a password in it")
    return value.strip()


WebAddress = Annotated[str, BeforeValidator(_web_address)]


def host_of(url: str) -> str:
    """The host that an address names."""
    return urlsplit(url).hostname or ""
