"""What a download may be asked for; nothing else reaches the downloader."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from taskly.jobs.kinds.registry import MOST_FILES, Params
from taskly.jobs.kinds.web_address import WebAddress, host_of

CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2}(?:\.\d{1,3})?)")
LARGEST_MB = 4096
LONGEST_S = 7 * 24 * 3600
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


def _seconds(value: Any) -> Any:
    """Seconds, or `1:02:03.5`, as seconds."""
    if isinstance(value, str):
        found = CLOCK.fullmatch(value.strip())
        if found:
            hours, minutes, seconds = found.groups()
            return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
    if isinstance(value, bool):
        raise PydanticCustomError("bad_moment", "Not a time")
    return value


Moment = Annotated[float, BeforeValidator(_seconds), Field(ge=0, le=LONGEST_S)]


class DownloadParams(Params):
    """A video or its sound, from one web address."""

    url: WebAddress = Field(
        max_length=2000,
        description="Address of a page or of a media file.",
        json_schema_extra={"format": "uri", "ui": {"widget": "url"}},
    )
    start_time: Moment | None = Field(
        None,
        description="Where the part begins: seconds, or h:mm:ss.",
        json_schema_extra={"ui": {"widget": "moment", "group": "part"}},
    )
    end_time: Moment | None = Field(
        None,
        description="Where the part ends: seconds, or h:mm:ss.",
        json_schema_extra={"ui": {"widget": "moment", "group": "part"}},
    )
    quality: Literal["best", "1080p", "720p", "480p", "360p", "smallest"] = Field(
        "best", description="The most that is taken.", json_schema_extra={"ui": {"widget": "tiles"}}
    )
    audio_only: bool = Field(False, description="Only the sound.", strict=True)
    audio_format: Literal["mp3", "m4a", "opus", "flac", "wav"] = Field(
        "mp3", description="How the sound is stored.", json_schema_extra={"ui": {"advanced": True}}
    )
    subtitles: list[Language] = Field(
        default=[],
        max_length=10,
        description="Languages of subtitles, such as en or zh-CN.",
        json_schema_extra={"ui": {"widget": "tags", "advanced": True}},
    )
    playlist_limit: int = Field(
        1,
        ge=1,
        le=100,
        strict=True,
        description="How many entries of a playlist are taken.",
        json_schema_extra={"ui": {"advanced": True}},
    )
    rate_limit_kb: int | None = Field(
        None,
        ge=1,
        le=10_000_000,
        strict=True,
        description="Most kilobytes a second.",
        json_schema_extra={"ui": {"unit": "KB/s", "advanced": True}},
    )
    max_size_mb: int = Field(
        LARGEST_MB,
        ge=1,
        le=LARGEST_MB,
        strict=True,
        description="Most megabytes that one file may have.",
        json_schema_extra={"ui": {"unit": "MB", "advanced": True}},
    )

    @model_validator(mode="after")
    def _part_has_a_length(self) -> "DownloadParams":
        if self.end_time is not None and self.end_time <= (self.start_time or 0):
            raise PydanticCustomError("end_before_start", "The end is not after the start")
        return self

    @model_validator(mode="after")
    def _files_fit(self) -> "DownloadParams":
        if self.playlist_limit * (1 + len(self.subtitles)) > MOST_FILES:
            raise PydanticCustomError("too_many_files", "More files than a job may keep")
        return self

    @property
    def is_part(self) -> bool:
        """True when not the whole is asked for."""
        return self.start_time is not None or self.end_time is not None

    @property
    def length(self) -> float | None:
        """Seconds of the part; None to the end."""
        return None if self.end_time is None else self.end_time - (self.start_time or 0)

    @property
    def host(self) -> str:
        """Where it comes from."""
        return host_of(self.url)
