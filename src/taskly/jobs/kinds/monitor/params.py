"""What is looked at, and what counts as well."""

from typing import Annotated, Literal

from pydantic import Field

from taskly.jobs.kinds.registry import Params
from taskly.jobs.kinds.web_address import WebAddress

Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$")]


class HttpProbe(Params):
    """A web address that should answer."""

    type: Literal["http"]
    url: WebAddress = Field(
        max_length=2000,
        description="Address that is called.",
        json_schema_extra={"format": "uri", "ui": {"widget": "url"}},
    )
    status: int = Field(
        200, ge=100, le=599, strict=True, description="Status code that it should answer."
    )

    @property
    def name(self) -> str:
        """What it is called in logs."""
        return self.url


class TcpProbe(Params):
    """A port that should take connections."""

    type: Literal["tcp"]
    host: Host = Field(description="Name or address of the host.")
    port: int = Field(ge=1, le=65535, strict=True, description="Port.")

    @property
    def name(self) -> str:
        """What it is called in logs."""
        return f"{self.host}:{self.port}"


class DiskProbe(Params):
    """The disk of Taskly's data, which should have room."""

    type: Literal["disk"]
    least_free_percent: float = Field(
        10.0,
        gt=0,
        lt=100,
        description="Least part that should be free.",
        json_schema_extra={"ui": {"unit": "%"}},
    )

    @property
    def name(self) -> str:
        """What it is called in logs."""
        return "disk"


Probe = Annotated[HttpProbe | TcpProbe | DiskProbe, Field(discriminator="type")]


class MonitorParams(Params):
    """Probes, of which none may fail."""

    probes: list[Probe] = Field(
        min_length=1, max_length=50, description="What is looked at, one after the other."
    )
    tries: int = Field(
        2,
        ge=1,
        le=10,
        strict=True,
        description="How often a probe is made before it counts as failed.",
    )
    within_s: float = Field(
        10.0,
        ge=0.1,
        le=120,
        description="Longest wait for an answer, in seconds.",
        json_schema_extra={"ui": {"unit": "s"}},
    )
