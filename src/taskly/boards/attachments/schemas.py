"""Shapes of attachments on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from taskly.boards.attachments.links import LONGEST_NAME, LONGEST_URL, is_web_link
from taskly.kernel.fields import In, Line, Out


def _web_link(url: str) -> str:
    if not is_web_link(url):
        raise PydanticCustomError("bad_link", "Not an http or https address")
    return url


WebLink = Annotated[str, Field(min_length=1, max_length=LONGEST_URL), AfterValidator(_web_link)]


class AttachmentNew(In):
    """A link to hang on a card; without a name it shows its address."""

    url: WebLink
    name: Annotated[Line, Field(max_length=LONGEST_NAME)] = ""


class AttachmentOut(Out):
    """A link on a card; with a `job_id` it is the path of that job's file on this server."""

    id: UUID
    job_id: UUID | None
    name: str
    url: str
    created_at: datetime
