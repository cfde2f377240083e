"""All configuration, read once at the start; nothing else reads the environment."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from taskly.kernel.address_policy import AddressPolicy

BROKERS = ("redis://", "rediss://", "amqp://", "amqps://")


class Settings(BaseSettings):
    """Every field is the environment variable `TASKLY_<NAME>`; `docs/reference/settings.md` is made from here."""

    model_config = SettingsConfigDict(
        env_prefix="TASKLY_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    data_dir: Path = Field(
        Path("data"), description="Folder of the SQLite database and the generated secrets."
    )
    host: str = Field("127.0.0.1", description="Address that the server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the server listens on.")
    public_url: str | None = Field(
        None, description="Address under which browsers reach Taskly, for links in answers."
    )

    database_url: SecretStr | None = Field(
        None,
        description="`postgresql://`, `mariadb://` or `sqlite:///` address; unset means SQLite in the data folder.",
    )
    database_read_url: SecretStr | None = Field(
        None, description="Address of a read replica; unset reads from the database itself."
    )
    database_pool_size: int = Field(
        10,
        ge=1,
        le=200,
        description="Connections for writing, and as many for reading (not SQLite's writer: always one).",
    )
    database_timeout_s: float = Field(
        10.0,
        gt=0,
        description="Longest wait for a connection, for a lock and for one statement, in seconds.",
    )
    database_pgbouncer: bool = Field(
        False, description="Set when PostgreSQL is reached through pgbouncer in transaction mode."
    )
    sqlite_synchronous: Literal["NORMAL", "FULL"] = Field(
        "NORMAL",
        description="`FULL` makes SQLite survive a power cut without losing the last commits.",
    )

    redis_url: SecretStr | None = Field(
        None,
        description="Redis that carries events between processes; unset means a single process.",
    )
    poll_interval_s: float = Field(
        1.0,
        gt=0,
        le=60,
        description="How often open boards are compared with the database, which catches what no message announced.",
    )

    secret_key: SecretStr | None = Field(
        None,
        description="Key that signs access tokens, 32 characters or more; unset means one made at the first start and kept in the data folder.",
    )
    access_token_minutes: int = Field(15, ge=1, le=1440, description="Life of an access token.")
    refresh_token_days: int = Field(
        30, ge=1, le=365, description="Life of a session that is not used."
    )
    cookie_secure: bool = Field(
        False,
        description="Send the refresh cookie over HTTPS only; set it wherever TLS ends in front of Taskly.",
    )
    registration: Literal["open", "closed"] = Field(
        "open",
        description="`closed` refuses new accounts, except the first one of an installation.",
    )
    cors_origins: tuple[str, ...] = Field(
        (), description="Other origins whose pages may call the API, as a JSON list."
    )

    broker_url: SecretStr | None = Field(
        None,
        description="`redis://` or `amqp://` (RabbitMQ) address that wakes `taskly worker` processes, which then run the jobs; unset means that the server runs them.",
    )
    jobs_here: bool = Field(
        True,
        description="Run jobs inside the server process, which then needs no worker and no broker; without meaning where a broker is set.",
    )
    job_slots: int = Field(2, ge=1, le=64, description="How many jobs one process runs at once.")
    job_lease_s: float = Field(
        60.0,
        gt=0,
        le=3600,
        description="How long a job stays with a worker that is not heard of, in seconds; then it is tried again.",
    )
    job_heartbeat_s: float = Field(
        10.0,
        gt=0,
        description="How often a worker renews the lease of each of its jobs, in seconds.",
    )
    job_grace_s: float = Field(
        5.0,
        ge=0,
        le=300,
        description="How long a job that is told to stop may go on before its processes are killed, in seconds.",
    )
    job_retry_s: float = Field(
        5.0,
        gt=0,
        description="Longest wait before the second try of a job whose error may pass, in seconds; it doubles with each try.",
    )
    job_log_bytes: int = Field(
        10 * 2**20, ge=2**16, description="Most that is kept of the log of one job, in bytes."
    )
    job_keep_days: int = Field(
        90,
        ge=1,
        le=36500,
        description="How many days an ended job is kept, with its log and its files; then it is deleted for good.",
    )
    job_modules: tuple[str, ...] = Field(
        (),
        description="Python modules that bring more kinds of job, each in `KINDS`, as a JSON list.",
    )

    container_engine: str | None = Field(
        None,
        description="Docker engine on which jobs run containers, such as `unix:///var/run/docker.sock`; unset means that there are none.",
    )
    container_images: tuple[str, ...] = Field(
        (),
        description="Images that jobs may run, as a JSON list; best by digest, and `*` stands for anything.",
    )
    container_pull: bool = Field(
        False, description="Fetch an allowed image that the engine does not have."
    )
    container_network: str | None = Field(
        None,
        description="Docker network of containers that ask for one; unset means that none gets one.",
    )

    outbound_allow: tuple[str, ...] = Field(
        (),
        description="Addresses inside your network that jobs may reach, as a JSON list of networks or `address:port`; public ones always may.",
    )

    max_body_bytes: int = Field(
        2 * 2**20, ge=1024, description="Largest request body, imports aside, in bytes."
    )
    max_import_bytes: int = Field(
        512 * 2**20, ge=1024, description="Largest file that can be imported, in bytes."
    )
    board_cache_bytes: int = Field(
        64 * 2**20, ge=0, description="Memory for ready-made board answers, in bytes."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least important level that is logged."
    )
    log_format: Literal["console", "json"] = Field(
        "console", description="`json` writes one object a line."
    )
    web_dir: Path | None = Field(
        None, description="Folder of the built web app; unset means the one inside the package."
    )

    @field_validator("broker_url")
    @classmethod
    def _is_a_broker(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(BROKERS):
            # The address itself may hold a password.
            msg = f"an address of a broker begins with one of {', '.join(BROKERS)}"
            raise ValueError(msg)
        return value

    @field_validator("outbound_allow")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        AddressPolicy(value)
        return value
