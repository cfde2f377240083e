"""What clients send and get about people and sessions."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from taskly.accounts.models import LONGEST_EMAIL, LONGEST_FULL_NAME, LONGEST_USERNAME
from taskly.accounts.names import check_email, check_time_zone, check_username
from taskly.kernel.fields import ONE_LINE, Flag, In, Out, absent

EXAMPLE_NAME = "ada"
EXAMPLE_PHRASE = "correct horse battery staple"
LONGEST_PASSWORD = 256

# Lengths come before other checks, so that a text of a megabyte is not looked at letter by letter.
Email = Annotated[
    str,
    StringConstraints(min_length=3, max_length=LONGEST_EMAIL),
    ONE_LINE,
    AfterValidator(check_email),
    Field(examples=["ada@example.com"], json_schema_extra={"format": "email"}),
]
Username = Annotated[
    str,
    StringConstraints(min_length=2, max_length=LONGEST_USERNAME),
    AfterValidator(check_username),
    Field(examples=[EXAMPLE_NAME]),
]
FullName = Annotated[
    str,
    StringConstraints(max_length=LONGEST_FULL_NAME),
    ONE_LINE,
    Field(examples=["Ada Lovelace"]),
]
NewPassword = Annotated[
    str,
    StringConstraints(min_length=8, max_length=LONGEST_PASSWORD, strip_whitespace=False),
    ONE_LINE,
    Field(repr=False, examples=[EXAMPLE_PHRASE]),
]
# Any text may be tried: a wrong password is answered as one, whatever is wrong with it.
TriedPassword = Annotated[
    str,
    StringConstraints(max_length=LONGEST_PASSWORD, strip_whitespace=False),
    Field(repr=False, examples=[EXAMPLE_PHRASE]),
]
Locale = Literal["en", "zh-CN"]
Theme = Literal["system", "light", "dark"]
TimeZone = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(check_time_zone),
    Field(examples=["Europe/Berlin"]),
]


class Registration(In):
    """A new account."""

    email: Email
    username: Username
    password: NewPassword
    full_name: FullName = ""


class LogIn(In):
    """Who it is, by name or e-mail, and the proof."""

    username: Annotated[str, ONE_LINE, Field(max_length=LONGEST_EMAIL, examples=[EXAMPLE_NAME])]
    password: TriedPassword
    code: Annotated[str, Field(max_length=20, examples=["123456"])] | None = None


class TokenForm(BaseModel):
    """The OAuth2 password form; parameters that we do not know are ignored, as its standard says."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    grant_type: Literal["password"] = "password"
    username: Annotated[str, ONE_LINE, Field(max_length=LONGEST_EMAIL, examples=[EXAMPLE_NAME])]
    password: TriedPassword


class PasswordChange(In):
    """The password so far and the one from now on."""

    current_password: TriedPassword
    new_password: NewPassword


class MeEdit(In):
    """What a person may change of the own account; what is absent stays."""

    full_name: FullName = absent()
    username: Username = absent()
    email: Email = absent()
    locale: Locale = absent()
    time_zone: TimeZone = absent()
    theme: Theme = absent()


class UserEdit(In):
    """What a superuser may change of any account; what is absent stays."""

    full_name: FullName = absent()
    is_active: Flag = absent()
    is_superuser: Flag = absent()


class UserOut(Out):
    """An account, as its owner and superusers see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str
    username: str
    full_name: str
    avatar_url: str | None
    is_active: bool
    is_superuser: bool
    locale: Locale
    time_zone: str
    theme: Theme
    created_at: datetime


class PersonOut(Out):
    """A person, as everybody who is signed in sees them."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    username: str
    full_name: str
    avatar_url: str | None
    is_active: bool


class SignedInOut(Out):
    """A short-lived access token, its life in seconds, and whose it is."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    user: UserOut


class TokenOut(Out):
    """An access token in the shape that OAuth2 clients expect."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: int


class SessionOut(Out):
    """A log-in that still holds; `current` is the one that asks."""

    id: UUID
    current: bool
    user_agent: str
    ip: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class ConfigOut(Out):
    """What the log-in page needs to know before anybody is signed in."""

    registration: Literal["open", "closed"]
    first_user: bool
    version: str
