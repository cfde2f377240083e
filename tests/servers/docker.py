"""The Docker engine from PATH or Debian's folders, with a folder and a socket of its own."""

import io
import os
import shutil
import signal
import socket
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker

from tests.servers.process import MissingServer, ServerProcess, run_once, scratch_folder

IMAGE = "taskly-test/busybox:1"
TOOLS = ("sh", "sleep", "cat", "echo", "id", "ls", "dd", "seq", "mkdir", "ln", "touch", "ip", "env")
BUSYBOX = Path("/bin/busybox")


class DockerServer:
    """An engine that makes no bridge and touches no firewall: its containers have no network."""

    def __init__(self, folder: Path) -> None:
        daemon = _binary("dockerd")
        _binary("containerd")
        self.host = f"unix://{folder / 'docker.sock'}"
        self._process = ServerProcess(
            [
                *(daemon, "--data-root", folder / "data", "--exec-root", folder / "run"),
                *("--pidfile", folder / "pid", "--host", self.host, "--storage-driver", "vfs"),
                *("--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-masq=false"),
            ],
            folder=folder,
            owner=None,
            answers=self._answers,
            stop_signal=signal.SIGTERM,
        )
        self.start = self._process.start
        self.stop = self._process.stop
        self.kill = self._process.kill

    def client(self) -> docker.DockerClient:
        """Somebody who looks behind the back of the jobs."""
        return docker.DockerClient(base_url=self.host, timeout=30)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(self.host.removeprefix("unix://"))
            except OSError:
                return False
        client = self.client()
        try:
            return bool(client.ping())
        finally:
            client.close()


@contextmanager
def docker_server() -> Iterator[DockerServer]:
    """Runs an engine with one small image for the length of the block."""
    if os.geteuid() != 0:
        raise MissingServer("the Docker engine runs as root only")
    if not BUSYBOX.exists():
        raise MissingServer("busybox is missing (Debian, as root: apt-get install busybox-static)")
    with scratch_folder("docker", None) as folder:
        server = DockerServer(folder)
        try:
            server.start()
            client = server.client()
            client.api.import_image_from_data(busybox_layer(), *IMAGE.split(":"))
            client.close()
            yield server
        finally:
            server.stop()
            _unmount_below(folder)


def _unmount_below(folder: Path) -> None:
    """The engine leaves the names of its networks mounted, which keep the folder from being removed."""
    places = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for place in sorted(places, reverse=True):
        if Path(place).is_relative_to(folder):
            run_once(["umount", place], None, Path("/"))


def busybox_layer() -> bytes:
    """The files of a small image."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for folder in ("bin", "tmp", "proc", "sys", "dev", "etc", "out"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        tar.add(BUSYBOX, "bin/busybox")
        for tool in TOOLS:
            link = tarfile.TarInfo(f"bin/{tool}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    return archive.getvalue()


def _binary(name: str) -> str:
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        raise MissingServer("Docker is missing (Debian, as root: apt-get install docker.io)")
    return found
