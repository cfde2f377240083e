"""The short way to a download."""

from fastapi import APIRouter, Request, Response, status

from taskly.jobs import service
from taskly.jobs.capabilities import JobReader
from taskly.jobs.kinds.download.params import DownloadParams
from taskly.jobs.routes import WRITE, announce, kinds_of, shown
from taskly.jobs.schemas import JobNew, JobOut
from taskly.kernel.http import Db, TasklyRoute, json_bytes
from taskly.kernel.wire import to_json

router = APIRouter(route_class=TasklyRoute, tags=["jobs"])


@router.post(
    "/download", response_model=JobOut, status_code=status.HTTP_201_CREATED, responses=WRITE
)
async def submit_download(
    request: Request, reader: JobReader, db: Db, params: DownloadParams
) -> Response:
    """Download a video or its sound; the same as a job of the kind `download` with these parameters."""
    new = JobNew(kind="download", params=params.model_dump(mode="json", exclude_unset=True))
    row = await service.submit_job(db, reader, kinds_of(request), new)
    announce(request, db, service.WAKE, row["queue"])
    return json_bytes(to_json(await shown(db, kinds_of(request), row)), 201)
