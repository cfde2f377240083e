"""How names and addresses are checked, and folded so that case never tells two apart."""

import unicodedata
from functools import cache
from zoneinfo import available_timezones

import email_validator
from pydantic_core import PydanticCustomError

from taskly.accounts.models import LONGEST_USERNAME

# Companies have such domains inside; the library offers this list for being changed.
for _inside in ("local", "localhost", "test"):
    email_validator.SPECIAL_USE_DOMAIN_NAMES.remove(_inside)


def fold(name: str) -> str:
    """The form in which names are compared."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def check_email(address: str) -> str:
    """The address in its normal form."""
    try:
        return email_validator.validate_email(address, check_deliverability=False).normalized
    except email_validator.EmailNotValidError as error:
        raise PydanticCustomError("bad_email", "Not an e-mail address") from error


def check_username(name: str) -> str:
    """The name in its normal form: letters of any script, digits, and `.` `_` `-` after them."""
    name = unicodedata.normalize("NFKC", name)
    if (
        len(name) > LONGEST_USERNAME
        or not name[0].isalnum()
        or not all(c.isalnum() or c in "._-" for c in name)
    ):
        raise PydanticCustomError("bad_username", "Not a user name")
    return name


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def check_time_zone(name: str) -> str:
    """The name of a zone of the IANA database."""
    if name not in _time_zones():
        raise PydanticCustomError("bad_time_zone", "Not a time zone")
    return name
