"""Takes in a large file without ever holding it in memory."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from fastapi import Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from taskly.accounts.auth import authenticate
from taskly.boards.imports.refusals import refuse
from taskly.kernel.errors import Unauthenticated
from taskly.kernel.http import TasklyRoute

IN_MEMORY = 2**20


class UploadRoute(TasklyRoute):
    """A route with a file for a body: `request.state.upload`, received before the route runs."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def receive_first(request: Request) -> Response:
            # Nobody may fill the disk without having said who they are.
            actor = await authenticate(request)
            if actor is None or actor.user_id is None:
                raise Unauthenticated
            async with _uploaded_file(request) as file:
                request.state.upload = file
                return await handle(request)

        return receive_first

    async def body_mark(self, request: Request) -> bytes:
        """The digest of the file; the form around it differs each time that it is sent."""
        file: Any = request.state.upload
        digest = await asyncio.to_thread(hashlib.file_digest, file, "sha256")
        file.seek(0)
        return digest.digest()


@asynccontextmanager
async def _uploaded_file(request: Request) -> AsyncIterator[BinaryIO]:
    """The form field `file`, or the whole body where it is no form; on disk past 1 MiB, then gone.

    Raises `Invalid` for a form that is broken or has no such file.
    """
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        try:
            form = await request.form(max_files=1, max_fields=10)
        except HTTPException as error:
            raise refuse("bad_form") from error
        try:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise refuse("file_missing")
            yield file.file
        finally:
            await form.close()
        return
    spooled = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  closed below
    body = UploadFile(cast("BinaryIO", spooled), size=0)
    try:
        async for chunk in request.stream():
            await body.write(chunk)
        await body.seek(0)
        yield body.file
    finally:
        await body.close()
