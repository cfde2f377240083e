"""`python -m taskly.zygote SOCKET LOCK MODULE...`: the process that forks the children of jobs."""

import sys

from taskly.job_kinds import known_kinds
from taskly.jobs.engine.zygote import serve_engine


def main() -> None:
    """Load the kinds once, then serve the engine on the inherited socket."""
    serve_engine(int(sys.argv[1]), int(sys.argv[2]), known_kinds(sys.argv[3:]))


if __name__ == "__main__":
    main()
