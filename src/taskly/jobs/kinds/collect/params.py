"""What a collection may be asked for."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from taskly.jobs.kinds.asking import OURS, HeaderName, Printable
from taskly.jobs.kinds.registry import Params
from taskly.jobs.kinds.tables import TableFormat
from taskly.jobs.kinds.web_address import WebAddress

PAGES: JsonDict = {"ui": {"group": "pages"}}
ADVANCED: JsonDict = {"ui": {"advanced": True}}


def _is_a_path(text: str) -> str:
    # As long as a form takes, and nothing but text; whether it says anything is tried below.
    if not text.isprintable():
        raise PydanticCustomError("bad_path", "Not a path or selector")
    return text


Path = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_is_a_path)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Parameter = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\[\]-]{1,100}$")]


class CollectParams(Params):
    """Where records come from, what is taken of each, and the file that they go into."""

    url: WebAddress = Field(
        max_length=2000,
        description="Address of the first page.",
        json_schema_extra={"format": "uri", "ui": {"widget": "url"}},
    )
    source: Literal["json", "csv", "feed", "html"] = Field(
        "json", description="What the pages are.", json_schema_extra={"ui": {"widget": "tiles"}}
    )
    items: Path | None = Field(
        None,
        description="Where the records are: a JSONPath such as `$.items[*]`, or a CSS selector such as `table tr`.",
    )
    fields: dict[Name, Path] = Field(
        default={},
        max_length=100,
        description="Fields to take, by name: a JSONPath, a CSS selector (`a@href` for an attribute), or a column. None: all that a record has.",
    )
    unique_by: list[Name] = Field(
        default=[],
        max_length=20,
        description="Fields that tell records apart; of those that agree in all, the first is kept.",
        json_schema_extra={"ui": {"widget": "tags"}},
    )
    format: TableFormat = Field(
        "jsonl", description="Format of the file.", json_schema_extra={"ui": {"widget": "tiles"}}
    )
    paging: Literal["none", "page", "cursor", "link"] = Field(
        "none",
        description="How the next page is found: by its number, by a cursor in the page, or by a link.",
        json_schema_extra={"ui": {"group": "pages", "widget": "tiles"}},
    )
    page_param: Parameter = Field(
        "page",
        description="Parameter of the address that carries the number.",
        json_schema_extra=PAGES,
    )
    first_page: int = Field(
        1, ge=0, le=1_000_000, strict=True, description="The first number.", json_schema_extra=PAGES
    )
    cursor_param: Parameter = Field(
        "cursor",
        description="Parameter of the address that carries the cursor.",
        json_schema_extra=PAGES,
    )
    next: Path | None = Field(
        None,
        description="Where a page names the next cursor or address: a JSONPath or CSS selector. None, for links: the `Link` header.",
        json_schema_extra=PAGES,
    )
    max_pages: int = Field(
        100, ge=1, le=10_000, strict=True, description="Most pages.", json_schema_extra=PAGES
    )
    max_records: int = Field(
        100_000,
        ge=1,
        le=5_000_000,
        strict=True,
        description="Most records.",
        json_schema_extra=PAGES,
    )
    secret: Printable | None = Field(
        None,
        description="Value of the secret header, such as `Bearer ...`; it is never shown again.",
        json_schema_extra={"format": "password", "ui": {"widget": "password", "advanced": True}},
    )
    secret_header: HeaderName = Field(
        "Authorization", description="Header that carries the secret.", json_schema_extra=ADVANCED
    )
    per_second: float = Field(
        1.0,
        ge=0.01,
        le=50,
        description="Most requests a second.",
        json_schema_extra={"ui": {"advanced": True, "unit": "/s"}},
    )
    obey_robots: bool = Field(
        True,
        strict=True,
        description="Ask the site's robots.txt, and keep to it.",
        json_schema_extra=ADVANCED,
    )

    @field_validator("secret_header")
    @classmethod
    def _may_be_secret(cls, value: str) -> str:
        if value.lower() in OURS:
            raise PydanticCustomError("bad_header", "A header that cannot be sent")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> "CollectParams":
        if self.paging == "cursor" and self.next is None:
            raise PydanticCustomError("cursor_without_place", "Where a page names the next cursor")
        if self.source == "html" and (self.items is None or not self.fields):
            raise PydanticCustomError("html_needs_selectors", "A web page needs items and fields")
        unknown = [name for name in self.unique_by if self.fields and name not in self.fields]
        if unknown:
            raise PydanticCustomError("unknown_field", "Records are told apart by taken fields")
        return self
