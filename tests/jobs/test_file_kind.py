"""Work on files of earlier jobs: packed, unpacked, summed up, converted, shrunk."""

import csv
import hashlib
import io
import json
import random
import tarfile
import zipfile
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from tests.make.boards import Json, Person
from tests.make.jobs import attempts, brought, done

MANY_ROWS, ROOM_MB = 200_000, 10
ROWS = [{"id": 1, "name": "One"}, {"id": 2, "name": "=2"}]


async def worked(person: Person, operation: str, *jobs: Json, **params: Any) -> Json:
    files = [job["id"] for job in jobs]
    return await done(person, "file", {"operation": operation, "files": files} | params)


async def files(person: Person, over: Json) -> dict[str, bytes]:
    """Every file of a job by its name."""
    assert over["state"] == "succeeded", over["error"]
    found = (await person.get(f"/jobs/{over['id']}/files"))["items"]
    contents = {}
    for file in found:
        answer = await person.call("GET", f"/jobs/{over['id']}/files/{file['id']}")
        contents[file["name"]] = answer.content
    return contents


@pytest.mark.parametrize("archive_format", ["zip", "tar.gz"])
async def test_what_is_packed_comes_out_again(anna: Person, archive_format: str) -> None:
    one = await brought(anna, "words.txt", b"one")
    two = await brought(anna, "words.txt", b"two")

    packed = await worked(anna, "archive", one, two, archive_format=archive_format)
    unpacked = await worked(anna, "extract", packed)

    assert list(await files(anna, packed)) == [f"archive.{archive_format}"]
    assert await files(anna, unpacked) == {"words.txt": b"one", "words (2).txt": b"two"}


async def test_files_are_named_by_number_and_type_too(anna: Person) -> None:
    made = await brought(anna, "words.txt", b"one")

    over = await done(anna, "file", {"operation": "archive", "files": [f"J-{made['number']}/data"]})

    assert over["result"]["files"] == 1


@pytest.mark.parametrize("function", ["sha256", "sha512", "md5", "sha1", "blake2b"])
async def test_sums_are_right(anna: Person, function: str) -> None:
    made = await brought(anna, "words.txt", b"one")

    over = await worked(anna, "hash", made, hash_function=function)

    digest = hashlib.new(function, b"one").hexdigest()
    assert over["result"]["sums"] == {"words.txt": digest}
    assert await files(anna, over) == {f"{function.upper()}SUMS": f"{digest}  words.txt\n".encode()}


async def test_files_of_one_name_have_a_sum_each(anna: Person) -> None:
    one, two = [await brought(anna, "words.txt", text) for text in (b"one", b"two")]

    over = await worked(anna, "hash", one, two)

    assert over["result"]["sums"] == {
        "words.txt": hashlib.sha256(b"one").hexdigest(),
        "words (2).txt": hashlib.sha256(b"two").hexdigest(),
    }


def as_parquet() -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), target)
    return target.getvalue()


@pytest.mark.parametrize(
    "table",
    [
        b"id;name\r\n1;One\r\n2;=2\r\n",
        b'{"id": "1", "name": "One"}\n{"id": "2", "name": "=2"}\n',
        b'[\n  {"id": "1", "name": "One"},\n  {"id": "2", "name": "=2"}\n]\n',
    ],
)
async def test_table_is_converted_to_each_format(anna: Person, table: bytes) -> None:
    made = await brought(anna, "table", table)

    lines = await files(anna, await worked(anna, "convert", made, table_format="jsonl"))
    array = await files(anna, await worked(anna, "convert", made, table_format="json"))
    comma = await files(anna, await worked(anna, "convert", made, table_format="csv"))
    typed = await files(anna, await worked(anna, "convert", made, table_format="parquet"))

    expected = [{"id": "1", "name": "One"}, {"id": "2", "name": "=2"}]
    assert [json.loads(line) for line in lines["table.jsonl"].splitlines()] == expected
    assert json.loads(array["table.json"]) == expected
    # No spreadsheet calculates what stands there.
    rows = list(csv.DictReader(io.StringIO(comma["table.csv"].decode())))
    assert rows == [expected[0], {"id": "2", "name": "'=2"}]
    assert pq.read_table(io.BytesIO(typed["table.parquet"])).to_pylist() == expected


async def test_parquet_keeps_its_types_as_json(anna: Person) -> None:
    made = await brought(anna, "table.parquet", as_parquet())

    lines = await files(anna, await worked(anna, "convert", made, table_format="jsonl"))
    array = await files(anna, await worked(anna, "convert", made, table_format="json"))

    assert [json.loads(line) for line in lines["table.jsonl"].splitlines()] == ROWS
    assert json.loads(array["table.json"]) == ROWS


async def test_long_array_is_converted_in_as_little_memory_as_a_short_one(anna: Person) -> None:
    peaks = []
    for rows in (10, MANY_ROWS):
        made = await done(anna, "array", {"rows": rows})
        over = await worked(anna, "convert", made, table_format="json")
        assert (await files(anna, over))["table.json"] == (await files(anna, made))["array.json"]
        peaks.append((await attempts(anna, over["id"]))[0]["peak_mb"])

    assert peaks[1] - peaks[0] < ROOM_MB


def picture(size: tuple[int, int], mode: str = "RGB", image_format: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, 120 if mode == "L" else None).save(target, image_format)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (picture((800, 400)), "thumbnail.jpg"),
        (picture((800, 400), "RGBA"), "thumbnail.png"),
        (picture((800, 400), "L", "JPEG"), "thumbnail.jpg"),
    ],
)
async def test_picture_is_shrunk_and_keeps_its_shape(
    anna: Person, content: bytes, name: str
) -> None:
    made = await brought(anna, "picture", content)

    found = await files(anna, await worked(anna, "thumbnail", made, pixels=100))

    with Image.open(io.BytesIO(found[name])) as small:
        assert small.size == (100, 50)


def zipped(*entries: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return target.getvalue()


def tarred(change: Callable[[tarfile.TarInfo], None]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        entry = tarfile.TarInfo("inside")
        entry.size = 3
        change(entry)
        archive.addfile(entry, io.BytesIO(b"abc"))
    return target.getvalue()


def packed_tar() -> bytes:
    """A compressed archive that is large enough to be cut and spoilt inside."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        entry = tarfile.TarInfo("inside")
        entry.size = 40_000
        archive.addfile(entry, io.BytesIO(random.Random(1).randbytes(entry.size)))  # noqa: S311
    return target.getvalue()


def spoilt(content: bytes, place: int) -> bytes:
    return (
        content[:place]
        + bytes(b ^ 0x5A for b in content[place : place + 20])
        + content[place + 20 :]
    )


def link(entry: tarfile.TarInfo) -> None:
    entry.type, entry.linkname, entry.size = tarfile.SYMTYPE, "/etc/passwd", 0


def device(entry: tarfile.TarInfo) -> None:
    entry.type, entry.size = tarfile.CHRTYPE, 0


def outside(entry: tarfile.TarInfo) -> None:
    entry.name = "../../outside"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped(("../outside", b"x")), "bad_archive"),
        (zipped(("/outside", b"x")), "bad_archive"),
        (zipped(("a\\..\\..\\outside", b"x")), "bad_archive"),
        (tarred(outside), "bad_archive"),
        (tarred(link), "bad_archive"),
        (tarred(device), "bad_archive"),
        (zipped(*((f"{n}", b"x") for n in range(201))), "too_many_files"),
        (zipped(("inside", b"x" * 1000))[:-40], "not_an_archive"),
        (zipped(("empty", b"")), "nothing_found"),
        (spoilt(zipped(("inside", bytes(range(256)) * 400)), 100), "bad_archive"),
        (packed_tar()[:-2000], "bad_archive"),
        (spoilt(packed_tar(), 3000), "bad_archive"),
        (b"no archive at all", "not_an_archive"),
    ],
    ids=[
        "outside",
        "absolute",
        "backslashes",
        "tar-outside",
        "link",
        "device",
        "too-many",
        "zip-cut-short",
        "nothing-inside",
        "zip-spoilt",
        "tar-cut-short",
        "tar-spoilt",
        "no-archive",
    ],
)
async def test_archive_that_is_not_to_be_trusted_is_refused(
    anna: Person, content: bytes, code: str
) -> None:
    over = await worked(anna, "extract", await brought(anna, "archive", content))

    assert (over["state"], over["error"]["code"]) == ("failed", code), over["error"]
    assert (await anna.get(f"/jobs/{over['id']}/files"))["items"] == []


@pytest.mark.parametrize(
    ("operation", "content", "code"),
    [
        ("convert", b"\xff\xfe\x00\x01", "not_a_table"),
        ("convert", b'{"a": 1}\n{"a": \n', "not_a_table"),
        ("convert", b"PAR1 is not enough", "not_a_table"),
        ("convert", b'[{"a": 1}, 2]', "not_a_table"),
        ("convert", b'[{"a": 1}', "not_a_table"),
        ("convert", b'[{"a": 1},]', "not_a_table"),
        ("convert", b'[{"a": 1} {"a": 2}]', "not_a_table"),
        ("convert", b'[{"a": 1}] more', "not_a_table"),
        ("convert", b'[{"a": NaN}]', "not_a_table"),
        ("convert", b'[{"a": "\\ud800"}]', "not_a_table"),
        ("convert", b'[{"a": "\xff"}]', "not_a_table"),
        ("convert", b"[]", "nothing_found"),
        ("thumbnail", b"no picture", "not_a_picture"),
        ("thumbnail", picture((800, 400))[:100], "not_a_picture"),
        ("thumbnail", picture((20_000, 6_000), "1"), "picture_too_large"),
    ],
)
async def test_file_of_another_sort_is_refused(
    anna: Person, operation: str, content: bytes, code: str
) -> None:
    over = await worked(anna, operation, await brought(anna, "file", content))

    assert (over["state"], over["attempt"]) == ("failed", 1)
    assert over["error"]["code"] == code, over["error"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"files": ["../etc/passwd"]}, "params.files.0"),
        ({"files": []}, "params.files"),
        ({"files": ["J-1", "J-2"], "operation": "extract"}, "params"),
        ({"operation": "burn"}, "params.operation"),
        ({"pixels": 100_000}, "params.pixels"),
    ],
)
async def test_bad_wish_is_refused_with_its_field(anna: Person, params: Json, field: str) -> None:
    body = {"kind": "file", "params": {"operation": "archive", "files": ["J-1"]} | params}

    problem = await anna.want(422, "POST", "/jobs", body)

    assert field in {error["field"] for error in problem["errors"]}
