"""Routes of a job's files."""

import re
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from taskly.accounts.auth import accounts_of
from taskly.files.store import LocalStore
from taskly.jobs.capabilities import JobFileReader, JobReader
from taskly.jobs.queries import file_of, files_of, see_job
from taskly.jobs.schemas import FileLinkOut, FileOut, FilesOut
from taskly.kernel.errors import NotFound, RangeNotSatisfiable, Unauthenticated
from taskly.kernel.http import ReadDb, TasklyRoute, etag_matches, json_bytes, problems
from taskly.kernel.wire import to_json

router = APIRouter(prefix="/jobs", route_class=TasklyRoute, tags=["jobs"])

READ = problems(400, 401, 404, 422, 503)
FIRST_BYTE = re.compile(r"bytes=(\d{1,18})-")
# What a job fetched is somebody else's: no script of it may ever run under our address.
POLICY = "sandbox; default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'"
FIELDS = tuple(FileOut.model_fields)


@router.get("/{job_id}/files", response_model=FilesOut, responses=READ)
async def list_job_files(reader: JobReader, db: ReadDb, job_id: UUID) -> Response:
    """The files of a job."""
    await see_job(db, reader, job_id)
    rows = await files_of(db, job_id)
    items = [{name: row._mapping[name] for name in FIELDS} for row in rows]
    return json_bytes(to_json({"items": items}))


@router.get("/{job_id}/files/{file}/link", response_model=FileLinkOut, responses=READ)
async def link_job_file(
    request: Request, reader: JobReader, db: ReadDb, job_id: UUID, file: str
) -> Response:
    """An address of a file that needs no header, for players and downloads; good while the session is, for hours."""
    await see_job(db, reader, job_id)
    row = await file_of(db, job_id, file)
    path = str(request.app.url_path_for("get_job_file", job_id=job_id, file=row.id))
    user_id, session_id = reader.actor.user_id, reader.actor.session_id
    if user_id is None or session_id is None:
        raise Unauthenticated
    ticket = accounts_of(request.app).tokens.ticket(user_id, session_id, path)
    body = to_json({"url": f"{path}?ticket={ticket}"})
    return json_bytes(body, headers={"Cache-Control": "no-store"})


@router.get(
    "/{job_id}/files/{file}",
    response_class=FileResponse,
    responses=READ
    | problems(416)
    | {
        200: {"description": "The file.", "content": {"application/octet-stream": {}}},
        206: {"description": "The part that `Range` asked for."},
        304: {"description": "The file is the one that the caller has."},
    },
)
async def get_job_file(
    request: Request, reader: JobFileReader, db: ReadDb, job_id: UUID, file: str
) -> Response:
    """A file of a job, by its id or as the first of a type such as `video`."""
    await see_job(db, reader, job_id)
    row = await file_of(db, job_id, file)
    path = LocalStore(request.app.state.settings).path(row.blob)
    if not path.is_file():
        raise NotFound
    etag = f'"{row.sha256}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name, safe='')}",
        "Content-Security-Policy": POLICY,
    }
    if etag_matches(request, etag):
        return Response(status_code=304, headers=headers)
    asked = FIRST_BYTE.match(request.headers.get("range", ""))
    fresh = request.headers.get("if-range", etag) == etag
    if asked is not None and fresh and int(asked[1]) >= row.size:
        raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{row.size}"})
    return FileResponse(path, media_type=row.mime_type, headers=headers)
