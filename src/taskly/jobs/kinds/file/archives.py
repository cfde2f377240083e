"""Packs files, and unpacks archives without trusting them."""

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from taskly.jobs.kinds.file.inputs import Input
from taskly.jobs.kinds.registry import MOST_FILES, JobError, Run

BLOCK = 1 << 20
MOST_BYTES = 4096 << 20


def pack(files: list[Input], archive_format: str, run: Run) -> Path:
    """An archive of the files; of names that come twice the later ones get a number."""
    target = run.folder / f"archive.{archive_format}"
    names = distinct_names([file.name for file in files])
    if archive_format == "zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, (file, name) in enumerate(zip(files, names, strict=True)):
                run.progress(100 * number / len(files), "Packing", name)
                with (
                    file.path.open("rb") as source,
                    archive.open(name, "w", force_zip64=True) as part,
                ):
                    _copy(source, part, run)
    else:
        with tarfile.open(target, "w:gz") as archive:
            for number, (file, name) in enumerate(zip(files, names, strict=True)):
                run.progress(100 * number / len(files), "Packing", name)
                entry = tarfile.TarInfo(name)
                entry.size = file.path.stat().st_size
                with file.path.open("rb") as source:
                    archive.addfile(entry, source)
                run.check()
    return target


def distinct_names(names: list[str]) -> list[str]:
    """Names without folders; of those that come twice the later ones get a number."""
    found: list[str] = []
    for name in names:
        path, unique, number = PurePosixPath(name.replace("/", "_")), name.replace("/", "_"), 1
        while unique in found:
            number += 1
            unique = f"{path.stem} ({number}){path.suffix}"
        found.append(unique)
    return found


def _copy(source: IO[bytes], target: IO[bytes], run: Run, most: int | None = None) -> int:
    """Copy in blocks; how much it was. Raises `JobError` past the most."""
    size = 0
    while block := source.read(BLOCK):
        size += len(block)
        if most is not None and size > most:
            raise JobError("output_too_large", "The archive unfolds to more than a job may keep.")
        target.write(block)
        run.check()
    return size


def unpack(file: Input, run: Run) -> list[tuple[Path, str]]:
    """The files in an archive, each with its name there. Raises `JobError` for one that is not to be trusted."""
    try:
        made = _unpacked(file, run)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk, not of the archive
        raise JobError("bad_archive", f"{file.name} is damaged: {error}") from error
    except (
        RuntimeError,
        NotImplementedError,
    ) as error:  # how zipfile says that it cannot, or may not
        raise JobError("bad_archive", f"{file.name} cannot be opened: {error}") from error
    if not made:
        raise JobError("nothing_found", "The archive holds no file with anything in it.")
    return made


def _unpacked(file: Input, run: Run) -> list[tuple[Path, str]]:
    made: list[tuple[Path, str]] = []
    left = MOST_BYTES
    for number, (name, source) in enumerate(_entries(file)):
        if number == MOST_FILES:
            raise JobError("too_many_files", f"The archive holds more than {MOST_FILES} files.")
        run.progress(None, "Unpacking", name)
        target = run.folder / f"{number:04d}"
        with source, target.open("wb") as kept:
            left -= _copy(source, kept, run, left)
        if target.stat().st_size:
            made.append((target, name))
        else:
            run.log(f"{name} is empty and left out.")
    return made


def _entries(file: Input) -> Iterator[tuple[str, IO[bytes]]]:
    if zipfile.is_zipfile(file.path):
        with zipfile.ZipFile(file.path) as archive:
            for entry in archive.infolist():
                if not entry.is_dir():
                    yield _safe(entry.filename), archive.open(entry)
    elif tarfile.is_tarfile(file.path):
        with tarfile.open(file.path) as archive:
            for member in archive:
                source = archive.extractfile(member) if member.isfile() else None
                if source is not None:
                    yield _safe(member.name), source
                elif not member.isdir():
                    raise JobError("bad_archive", f"{member.name} is a link or a device.")
            _read_to_the_end(archive)
    else:
        raise JobError("not_an_archive", f"{file.name} is neither a zip nor a tar archive.")


def _read_to_the_end(archive: tarfile.TarFile) -> None:
    """What compressed the archive notices damage only where it is read to its end."""
    source = archive.fileobj
    while source.read(BLOCK):
        pass


def _safe(name: str) -> str:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or "\0" in name:
        raise JobError("bad_archive", f"{name!r} leads out of the archive.")
    return str(path)
