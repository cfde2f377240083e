"""The sdist carries the built web app, and Python alone makes the wheel from it."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import hatch_build

pytestmark = [pytest.mark.web, pytest.mark.sqlite_only]

CHECKOUT = Path(__file__).parents[2]


def hatchling(target: str, into: Path, where: Path, path: str) -> Path:
    """Builds one kind of package from the folder, with only these programs on PATH."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(into)],
        cwd=where,
        env={**os.environ, "PATH": path},
        check=True,
    )
    (built,) = into.iterdir()
    return built


def test_wheel_is_made_from_the_sdist_without_node(tmp_path: Path) -> None:
    hatch_build.build(CHECKOUT / "web")
    sdist = hatchling("sdist", tmp_path / "sdist", CHECKOUT, os.environ["PATH"])
    with tarfile.open(sdist) as packed:
        packed.extractall(tmp_path / "unpacked", filter="data")
    (sources,) = (tmp_path / "unpacked").iterdir()

    wheel = hatchling("wheel", tmp_path / "wheel", sources, str(tmp_path / "no-programs"))

    with zipfile.ZipFile(wheel) as packed_wheel:
        names = set(packed_wheel.namelist())
    assert "taskly/web/index.html" in names
    assert any(name.startswith("taskly/web/assets/") and name.endswith(".js.br") for name in names)
    assert "taskly/migrations/env.py" in names
    assert not any("node_modules" in name or "/." in name for name in names)


def test_sdist_holds_what_a_packager_needs_and_nothing_private(tmp_path: Path) -> None:
    hatch_build.build(CHECKOUT / "web")
    sdist = hatchling("sdist", tmp_path, CHECKOUT, os.environ["PATH"])

    with tarfile.open(sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert {"LICENSE", "README.md", "CHANGELOG.md", "Makefile", "requirements/run.txt"} <= names
    assert not {name for name in names if name.startswith((".venv", "data/", "web/node_modules"))}
    assert not {name for name in names if name.endswith((".sqlite3", ".env"))}


def test_web_app_is_stale_once_a_source_changes(tmp_path: Path) -> None:
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    (web / "dist").mkdir()
    (web / "package.json").write_text("{}")
    (web / "src" / "main.ts").write_text("one")
    (web / "dist" / ".build").write_text(hatch_build.digest(web))
    assert hatch_build.is_fresh(web)

    (web / "src" / "main.test.ts").write_text("tests are not part of the app")
    assert hatch_build.is_fresh(web)

    (web / "src" / "main.ts").write_text("two")
    assert not hatch_build.is_fresh(web)


@pytest.mark.parametrize(
    ("release", "fits"),
    [
        ("v18.20.4", False),
        ("v20.18.0", False),
        ("v20.19.0", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("nonsense", False),
    ],
)
def test_node_is_taken_from_path_only_when_the_tools_accept_it(
    release: str, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {release}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    assert (hatch_build.node_on_path() == tmp_path / "node") is fits


def test_node_without_npm_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v24.1.0\n")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert hatch_build.node_on_path() is None
