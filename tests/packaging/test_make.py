"""The make targets explain themselves, and say in one line what they lack."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite_only

CHECKOUT = Path(__file__).parents[2]


def run(*command: str | Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command in the checkout, with only these programs on PATH if a folder is given."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=CHECKOUT,
        env=None if path is None else {"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder with the few programs that the set-up itself is written in."""
    for name in ("dirname", "env"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    return tmp_path


def test_every_target_is_listed_with_its_purpose() -> None:
    makefile = (CHECKOUT / "Makefile").read_text()
    (declared,) = [line for line in makefile.splitlines() if line.startswith(".PHONY:")]

    listed = {line.split()[0] for line in run("make").stdout.splitlines() if line}

    assert listed == set(declared.split()[1:])


def test_setup_without_python_says_so_in_one_line(bare: Path) -> None:
    done = run("/bin/bash", "scripts/setup.sh", path=bare)

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "setup: Python 3.11 or newer is missing (Debian: apt-get install python3 python3-venv)"
    ]


def test_setup_without_venv_says_so_in_one_line(bare: Path) -> None:
    python = bare / "python3"
    python.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n')
    python.chmod(0o755)

    done = run("/bin/bash", "scripts/setup.sh", path=bare)

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "setup: Python's venv module is missing (Debian: apt-get install python3-venv)"
    ]


def test_setup_with_an_old_python_names_its_version(bare: Path) -> None:
    python = bare / "python3"
    python.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 || exit 1\n')
    python.chmod(0o755)

    done = run("/bin/bash", "scripts/setup.sh", path=bare)

    assert done.returncode == 1
    assert "Python 3.11 or newer is needed; python3 is Python 3.9.2" in done.stderr


def test_figures_of_all_steps_are_added_up(tmp_path: Path) -> None:
    steps = {
        "sqlite": {
            "counts": {"sqlite": {"passed": 5, "failed": 0, "skipped": 1}},
            "figures": [["test_nothing_is_lost [sqlite]", {"kills": 3}]],
        },
        "browser": {
            "counts": {"sqlite": {"passed": 2, "failed": 1, "skipped": 0}},
            "figures": [],
        },
        "vitest": {"numPassedTests": 7, "numFailedTests": 0, "numPendingTests": 2},
    }
    for name, content in steps.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))

    done = run(sys.executable, "scripts/tally.py", tmp_path)

    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["sqlite", "7", "1", "1"] in lines
    assert ["web", "units", "7", "0", "2"] in lines
    assert ["test_nothing_is_lost", "[sqlite]", "kills=3"] in lines
    assert done.stdout.splitlines()[-1] == "14 passed, 1 failed, 3 skipped"


def test_no_figures_at_all_are_a_failure(tmp_path: Path) -> None:
    assert run(sys.executable, "scripts/tally.py", tmp_path).returncode == 1
