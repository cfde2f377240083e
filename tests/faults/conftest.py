"""What the fault tests of jobs share."""

from pathlib import Path

import pytest

from tests.application import database_address
from tests.faults.cluster import make_durable
from tests.faults.workload import LEASE_S


@pytest.fixture
def job_environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Settings of servers that run jobs themselves, on one database."""
    address = database_address(request)
    if address is not None and address.startswith("postgresql"):
        make_durable(address)
    found = {
        "TASKLY_DATA_DIR": str(tmp_path),
        "TASKLY_POLL_INTERVAL_S": "0.5",
        "TASKLY_ACCESS_TOKEN_MINUTES": "240",
        "TASKLY_LOG_LEVEL": "warning",
        "TASKLY_JOB_MODULES": '["tests.jobs.kinds"]',
        "TASKLY_JOB_SLOTS": "4",
        "TASKLY_JOB_LEASE_S": str(LEASE_S),
        "TASKLY_JOB_HEARTBEAT_S": "0.5",
        "TASKLY_JOB_RETRY_S": "0.05",
    }
    return found | ({"TASKLY_DATABASE_URL": address} if address else {})
