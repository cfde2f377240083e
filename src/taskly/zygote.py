"""`python -m taskly.zygote SOCKET LOCK MODULE...`: the process that forks the children of jobs."""

import sys

from taskly.kernel.loading import loading


def main() -> None:
    """Load the kinds once, then serve the engine on the inherited socket."""
    with loading():
        from taskly.job_kinds import known_kinds  # noqa: PLC0415 (the point of `loading`)
        from taskly.jobs.engine.zygote import serve_engine  # noqa: PLC0415

        kinds = known_kinds(sys.argv[3:])
    serve_engine(int(sys.argv[1]), int(sys.argv[2]), kinds)


if __name__ == "__main__":
    main()
