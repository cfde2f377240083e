"""What a container may be asked for; nothing else reaches the engine."""

import re
from typing import Annotated

from pydantic import Field, field_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from taskly.jobs.kinds.registry import Params

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
ADVANCED: JsonDict = {"ui": {"advanced": True}}
LIMITS: JsonDict = {"ui": {"group": "limits"}}

Text = Annotated[str, Field(pattern=r"^[^\x00]*$", max_length=32_000)]


class ContainerParams(Params):
    """An image, what runs in it, and how much it may use."""

    image: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@-]*$",
        max_length=300,
        description="Image, one of those that the installation allows.",
    )
    command: list[Text] = Field(
        default=[],
        max_length=200,
        description="Program and its arguments, one each; none given: what the image starts.",
        json_schema_extra={"ui": {"widget": "list"}},
    )
    environment: dict[str, Text] = Field(
        default={},
        max_length=100,
        description="Environment variables. Everybody who sees the job sees them.",
    )
    secret: Text | None = Field(
        None,
        description="Value of the secret variable; it is never shown again.",
        json_schema_extra={"format": "password", "ui": {"widget": "password"}},
    )
    secret_name: str = Field(
        "SECRET",
        description="Environment variable that carries the secret.",
        json_schema_extra=ADVANCED,
    )
    folder: str | None = Field(
        None,
        pattern=r"^/[^\x00]*$",
        max_length=1000,
        description="Folder in which the program starts.",
        json_schema_extra=ADVANCED,
    )
    network: bool = Field(
        False,
        strict=True,
        description="Join the network that the installation has for containers; else there is none.",
    )
    cpus: float = Field(
        1.0, ge=0.1, le=64, description="Processors that it may use.", json_schema_extra=LIMITS
    )
    memory_mb: int = Field(
        512,
        ge=16,
        le=1_000_000,
        strict=True,
        description="Memory that it may use, in megabytes.",
        json_schema_extra={"ui": {"group": "limits", "unit": "MB"}},
    )
    processes: int = Field(
        128,
        ge=1,
        le=10_000,
        strict=True,
        description="Processes and threads that it may have at once.",
        json_schema_extra=LIMITS,
    )
    output_mb: int = Field(
        100,
        ge=1,
        le=10_000,
        strict=True,
        description="Most that is kept of what it writes to /out, in megabytes.",
        json_schema_extra={"ui": {"group": "limits", "unit": "MB"}},
    )

    @field_validator("environment")
    @classmethod
    def _are_variables(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            _check_variable(name)
        return value

    @field_validator("secret_name")
    @classmethod
    def _is_variable(cls, value: str) -> str:
        _check_variable(value)
        return value

    @property
    def variables(self) -> dict[str, str]:
        """The whole environment that is given."""
        secret = {} if self.secret is None else {self.secret_name: self.secret}
        return {**self.environment, **secret}


def _check_variable(name: str) -> None:
    if not VARIABLE.fullmatch(name):
        raise PydanticCustomError("bad_variable", "Not the name of an environment variable")
