"""How hard property and fault tests try: briefly in `make test`, at length in `make faults`."""

import os

import pytest
from hypothesis import HealthCheck, settings

LONG = os.environ.get("TASKLY_TEST_LONG", "") not in {"", "0"}

# No deadline: one slow example on a busy machine is not a bug. The short profile is repeatable, so
# that a change is judged by the same examples as the one before it.
QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "short", max_examples=40, deadline=None, derandomize=True, suppress_health_check=QUIET
)
settings.register_profile("long", max_examples=1000, deadline=None, suppress_health_check=QUIET)
settings.load_profile("long" if LONG else "short")


@pytest.fixture(scope="session")
def long_run() -> bool:
    """Tells whether this run has time for large numbers."""
    return LONG
