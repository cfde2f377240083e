"""Every table of Taskly in one place, for migrations and for nothing else."""

from taskly.accounts import models as accounts
from taskly.boards import models as boards
from taskly.jobs import models as jobs
from taskly.kernel import events, idempotency, readers
from taskly.kernel.db import Base

METADATA = Base.metadata
OWNERS = (accounts, boards, events, idempotency, jobs, readers)
