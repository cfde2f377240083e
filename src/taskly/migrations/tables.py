"""Every table of Taskly in one place, for migrations and for nothing else."""

from taskly.accounts import models as accounts
from taskly.boards import models as boards
from taskly.jobs import models as jobs
from taskly.kernel import events, idempotency, readers
from taskly.kernel.db import Base

METADATA = Base.metadata
OWNERS = (accounts, boards, events, idempotency, jobs, readers)

BY_HAND = "search_grams"
"""How the names of what only one database has begin: the full-text index of `search_texts`."""


def declared(name: str | None, kind: str, _parents: object = None) -> bool:
    """False for tables and indexes that are written by hand and declared nowhere."""
    return not (name is not None and name.startswith(BY_HAND) and kind in {"table", "index"})
