"""The locks pin every package by hash, name no address and agree with each other."""

import json
import re
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite_only

CHECKOUT = Path(__file__).parents[2]
LOCKS = sorted((CHECKOUT / "requirements").glob("*.txt"))


def pins(lock: Path) -> dict[str, str]:
    """Returns the version of each package in a lock; one package may be locked per platform."""
    found = re.findall(r"^([a-z0-9-]+)(?:\[[^]]*])?==([^ \n]+)", lock.read_text(), re.MULTILINE)
    return dict(found)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_lock_pins_every_package_by_hash_and_names_no_address(lock: Path) -> None:
    text = lock.read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text)

    assert len(pins(lock)) > 0
    assert "://" not in text
    assert "--index" not in text
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("name", ["run", "build"])
def test_what_is_shipped_is_what_was_tested(name: str) -> None:
    tested = pins(CHECKOUT / "requirements" / "dev.txt")

    assert pins(CHECKOUT / "requirements" / f"{name}.txt").items() <= tested.items()


def test_every_dependency_of_the_package_is_locked() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = [requirement for group in groups for requirement in group]
    names = {re.split(r"[\[<>=~! ]", requirement)[0] for requirement in wanted}

    assert names <= set(pins(CHECKOUT / "requirements" / "run.txt"))


def test_npm_lock_names_no_address() -> None:
    lock = json.loads((CHECKOUT / "web" / "package-lock.json").read_text())

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
