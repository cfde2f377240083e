"""What a kind of job is, and the register in which the kinds of all domains and plugins stand."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

P = TypeVar("P", bound="Params")
Result = dict[str, Any] | None
HIDDEN = "•••"
MOST_FILES = 200
"""How many files a job may publish."""


class Params(BaseModel):
    """The parameters of a kind; unknown ones are refused. Its JSON Schema makes the form in the web app."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class JobError(Exception):
    """The job failed for a reason that another attempt cannot mend."""

    retry = False

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class TemporaryError(JobError):
    """The job failed for a reason that may pass: it is tried again, later and later."""

    retry = True


class Cancelled(BaseException):
    """Somebody asked the job to stop. Raised inside the body; not to be caught, save to clean up."""


class Run(Protocol):
    """What the body of a job knows of its run, and what it tells. Lives in the job's own process."""

    job_id: str
    attempt: int
    folder: Path
    """An empty folder of this attempt; what is not published from it goes with it."""
    lasting: Path
    """A folder that later attempts find again as this one leaves it; it goes with the end of the job."""
    proxy: str
    """Address of the outbound proxy, which alone lets this process reach other hosts."""
    inputs: Mapping[str, Any]
    """What the kind's `prepare` found in the database before the job began, and its `input_files`."""
    state: dict[str, Any]
    """What an earlier attempt of the same job kept by `keep`; empty in the first."""

    def progress(
        self, percent: float | None, step: str | None = None, detail: str | None = None
    ) -> None:
        """Say how far the job is; None where that is not known. Raises `Cancelled`."""

    def log(self, text: str, level: str = "info") -> None:
        """Write lines to the job's log. Raises `Cancelled`."""

    def check(self) -> None:
        """Raises `Cancelled` once somebody has asked the job to stop."""

    def keep(self, state: dict[str, Any]) -> None:
        """Remember something small for a later attempt, such as which pages are done."""

    def publish(
        self, path: Path, file_type: str, name: str | None = None, mime_type: str | None = None
    ) -> None:
        """Hand over a finished file (`file_type`: `video`, `data`, ...), kept when the job succeeds.

        Raises `JobError` for one that is empty, too large or outside of `folder`, or one too many.
        """


Body = Callable[[Any, Run], Result | Awaitable[Result]]


@dataclass(frozen=True)
class Kind:
    """A type of job: its parameters, its body, and the limits of a run where the caller names none."""

    name: str
    params: type[Params]
    body: Body
    icon: str = "cog"
    queue: str = "default"
    timeout_s: int = 3600
    memory_mb: int = 1024
    output_mb: int = 1024
    """Most that one file may grow to."""
    max_attempts: int = 3
    needs_grant: bool = False
    """True for kinds that touch the machine: only people whom an administrator allows may submit them."""
    title: Callable[[Any], str] | None = None
    """A title made from the parameters, for jobs that were given none."""
    concurrency: Callable[[Any], tuple[str, int] | None] | None = None
    """A key and how many jobs with that key may run at once."""
    prepare: Callable[[Any, Any, Any], dict[str, Any]] | None = None
    """Called with (read transaction, job row, settings) in the worker before the start; gives `Run.inputs`."""
    input_files: Callable[[Any], Mapping[str, str]] | None = None
    """Files of earlier jobs that the parameters name (`J-12/data`), each under its field. They are there as
    `Run.inputs["files"]`; whoever the job runs for must see them when it is submitted and when it begins."""
    secret_inputs: frozenset[str] = frozenset()
    """Names of inputs whose values must never be seen in logs and errors."""
    sweep: Callable[[Any, Callable[[Collection[str]], Collection[str]]], None] | None = None
    """Called now and then in the worker with (settings, which of some jobs are over): clears away what
    jobs left behind outside of their processes."""
    secret_params: frozenset[str] = frozenset()
    """Names of parameters whose values must never be seen in logs and answers."""
    tags: frozenset[str] = field(default_factory=frozenset)

    def checked(self, params: Mapping[str, Any]) -> Params:
        """The parameters as the body gets them. Raises pydantic's `ValidationError`."""
        return self.params.model_validate(params)

    def secrets(self, params: Mapping[str, Any], inputs: Mapping[str, Any]) -> list[str]:
        """The values that must not be seen."""
        named = ((self.secret_params, params), (self.secret_inputs, inputs))
        return [str(given[name]) for names, given in named for name in names if given.get(name)]

    def hidden(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters for people's eyes."""
        return {
            name: HIDDEN if name in self.secret_params and value else value
            for name, value in params.items()
        }


class Registry:
    """The kinds that this installation knows, by name."""

    def __init__(self) -> None:
        self._kinds: dict[str, Kind] = {}

    def add(self, kind: Kind) -> Kind:
        """Make a kind known. Raises `ValueError` for a name that is taken."""
        if kind.name in self._kinds:
            msg = f"There is a kind {kind.name} already"
            raise ValueError(msg)
        self._kinds[kind.name] = kind
        return kind

    def get(self, name: str) -> Kind | None:
        """The kind of this name, if there is one."""
        return self._kinds.get(name)

    def __iter__(self) -> Iterator[Kind]:
        return iter(sorted(self._kinds.values(), key=lambda kind: kind.name))
