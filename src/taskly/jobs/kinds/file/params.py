"""What may be done with files, and which."""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from taskly.jobs.kinds.registry import Params
from taskly.jobs.kinds.tables import TableFormat

UUID_OR_NUMBER = r"(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|J-[1-9][0-9]{0,17})"
FileName = Annotated[
    str, Field(pattern=rf"^{UUID_OR_NUMBER}(?:/[A-Za-z0-9_-]{{1,64}})?$", max_length=120)
]
MANY = frozenset({"archive", "hash"})
"""What can be done with several files at once."""


class FileParams(Params):
    """Files of earlier jobs, and what becomes of them."""

    operation: Literal["archive", "extract", "hash", "convert", "thumbnail"] = Field(
        description="What is done.", json_schema_extra={"ui": {"widget": "tiles"}}
    )
    files: list[FileName] = Field(
        min_length=1,
        max_length=100,
        description="Files of jobs that you may see: a job (`J-12` or its id), a slash, and a file's type or id. Without the slash: all files of the job.",
        json_schema_extra={"ui": {"widget": "tags"}},
    )
    archive_format: Literal["zip", "tar.gz"] = Field(
        "zip",
        description="What the files are packed into.",
        json_schema_extra={"ui": {"group": "how"}},
    )
    hash_function: Literal["sha256", "sha512", "sha1", "md5", "blake2b"] = Field(
        "sha256", description="How the sums are made.", json_schema_extra={"ui": {"group": "how"}}
    )
    table_format: TableFormat = Field(
        "csv",
        description="What a table is converted to.",
        json_schema_extra={"ui": {"group": "how"}},
    )
    pixels: int = Field(
        512,
        ge=16,
        le=4096,
        strict=True,
        description="Longest side of a thumbnail.",
        json_schema_extra={"ui": {"group": "how", "unit": "px"}},
    )

    @model_validator(mode="after")
    def _one_file_where_one_is_meant(self) -> "FileParams":
        if len(self.files) > 1 and self.operation not in MANY:
            raise PydanticCustomError("one_file", "One file at a time")
        return self
