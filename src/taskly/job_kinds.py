"""Every kind of job that this installation knows, whichever domain or plugin brings it."""

import importlib
from collections.abc import Iterable, Sequence

from taskly.insight.reports.kind import KIND as REPORT
from taskly.jobs.kinds.cleanup import KIND as CLEANUP
from taskly.jobs.kinds.collect.body import KIND as COLLECT
from taskly.jobs.kinds.container.body import KIND as CONTAINER
from taskly.jobs.kinds.database.backup import KIND as BACKUP
from taskly.jobs.kinds.database.maintenance import KIND as MAINTENANCE
from taskly.jobs.kinds.database.query import KIND as DATABASE
from taskly.jobs.kinds.download.body import KIND as DOWNLOAD
from taskly.jobs.kinds.file.body import KIND as FILE
from taskly.jobs.kinds.http import KIND as HTTP
from taskly.jobs.kinds.monitor.body import KIND as MONITOR
from taskly.jobs.kinds.registry import Kind, Registry

KINDS: Iterable[Kind] = (
    DOWNLOAD,
    COLLECT,
    FILE,
    HTTP,
    MONITOR,
    DATABASE,
    BACKUP,
    MAINTENANCE,
    CLEANUP,
    CONTAINER,
    REPORT,
)


def known_kinds(modules: Sequence[str] = ()) -> Registry:
    """A register of all kinds, with those that more modules bring in `KINDS`.

    The server, the workers and the children of jobs each make the same one.
    """
    registry = Registry()
    for kind in (
        *KINDS,
        *(kind for name in modules for kind in importlib.import_module(name).KINDS),
    ):
        registry.add(kind)
    return registry
