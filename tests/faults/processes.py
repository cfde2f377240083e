"""The processes below a server that runs jobs: its fork server and the children of that."""

from pathlib import Path

FORK_SERVER = "taskly.zygote"


def children(pid: int | None) -> list[int]:
    """The processes that this one started and that have not ended."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return found


def fork_servers(server: int | None) -> list[int]:
    """The fork server of a server; none for a moment after it has died."""
    found = []
    for pid in children(server):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_text()
        except OSError:
            continue
        if FORK_SERVER in command:
            found.append(pid)
    return found


def jobs_of(server: int | None) -> list[int]:
    """The processes of the jobs that run in a server."""
    return [pid for fork in fork_servers(server) for pid in children(fork)]
