"""Does what was asked for and publishes what came of it."""

import hashlib

from taskly.jobs.kinds.file.archives import BLOCK, distinct_names, pack, unpack
from taskly.jobs.kinds.file.images import shrink
from taskly.jobs.kinds.file.inputs import inputs_of, only_input
from taskly.jobs.kinds.file.params import FileParams
from taskly.jobs.kinds.file.tables import convert
from taskly.jobs.kinds.registry import Kind, Result, Run
from taskly.jobs.kinds.tables import MIME_TYPES

OUTPUT_MB = 4096


def work_on_files(params: FileParams, run: Run) -> Result:
    """One of the operations."""
    match params.operation:
        case "archive":
            files = inputs_of(run)
            path = pack(files, params.archive_format, run)
            run.publish(path, "archive", path.name)
            return {"files": len(files), "bytes": path.stat().st_size}
        case "extract":
            made = unpack(only_input(run), run)
            for path, name in made:
                run.publish(path, "file", name)
            return {"files": len(made), "bytes": sum(path.stat().st_size for path, _ in made)}
        case "hash":
            return _sums(params, run)
        case "convert":
            path = convert(only_input(run), params.table_format, run)
            run.publish(path, "data", path.name, MIME_TYPES[params.table_format])
            return {"files": 1, "bytes": path.stat().st_size}
        case "thumbnail":
            path = shrink(only_input(run), params.pixels, run)
            run.publish(path, "image", path.name)
            return {"files": 1, "bytes": path.stat().st_size}


def _sums(params: FileParams, run: Run) -> Result:
    files = inputs_of(run)
    total, done = sum(file.size for file in files) or 1, 0
    sums: dict[str, str] = {}
    names = distinct_names([file.name for file in files])
    for file, name in zip(files, names, strict=True):
        digest = hashlib.new(params.hash_function, usedforsecurity=False)
        with file.path.open("rb") as source:
            while block := source.read(BLOCK):
                digest.update(block)
                done += len(block)
                run.progress(100 * done / total, "Adding up", name)
        sums[name] = digest.hexdigest()
    # As `sha256sum --check` reads it.
    path = run.folder / f"{params.hash_function.upper()}SUMS"
    path.write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()))
    run.publish(path, "text", path.name, "text/plain")
    return {"sums": sums}


def title_of(params: FileParams) -> str:
    """A title made of what is done and with what."""
    more = f" and {len(params.files) - 1} more" if len(params.files) > 1 else ""
    return f"{params.operation.capitalize()} {params.files[0]}{more}"


KIND = Kind(
    "file",
    FileParams,
    work_on_files,
    icon="file-cog",
    timeout_s=3600,
    memory_mb=2048,
    output_mb=OUTPUT_MB,
    title=title_of,
    input_files=lambda params: {f"files.{n}": name for n, name in enumerate(params.files)},
)
