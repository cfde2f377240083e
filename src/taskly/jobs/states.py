"""The states of a job and how they follow one another; the words of the wire (`contract.md`)."""

from enum import StrEnum


class State(StrEnum):
    """Where a job stands. The last five are for ever: a job that has come there never changes."""

    QUEUED = "queued"
    """Claimable from `run_at` on; shown as scheduled or waiting to retry while that is ahead."""
    BLOCKED = "blocked"
    """Waits for the jobs that it comes after."""
    RUNNING = "running"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """An error that no retry can mend."""
    DISCARDED = "discarded"
    """The attempts were used up by errors, time-outs or lost workers."""
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    """A job that it comes after did not succeed."""


class Outcome(StrEnum):
    """How one attempt ended."""

    SUCCEEDED = "succeeded"
    ERROR = "error"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    """The child died, or its worker did and the lease ran out."""
    INTERRUPTED = "interrupted"
    """The worker was told to stop; the job goes back to the queue and gets one attempt more."""
    CANCELLED = "cancelled"


LIVE = frozenset({State.RUNNING, State.CANCELLING})
"""A worker holds the job."""
WAITING = frozenset({State.QUEUED, State.BLOCKED})
TERMINAL = frozenset(
    {State.SUCCEEDED, State.FAILED, State.DISCARDED, State.CANCELLED, State.SKIPPED}
)

NEXT: dict[State, frozenset[State]] = {
    State.BLOCKED: frozenset({State.QUEUED, State.CANCELLED, State.SKIPPED}),
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED, State.DISCARDED}),
    State.RUNNING: frozenset(
        {
            State.QUEUED,
            State.CANCELLING,
            State.SUCCEEDED,
            State.FAILED,
            State.DISCARDED,
            State.CANCELLED,
        }
    ),
    State.CANCELLING: frozenset({State.CANCELLED, State.SUCCEEDED, State.FAILED, State.DISCARDED}),
    **{state: frozenset() for state in TERMINAL},
}
"""Every transition that there is; each is one compare-and-set statement."""
