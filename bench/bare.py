"""The baselines that are served: bare Starlette routes with the same bytes, and nothing else."""

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def bare_app(body: bytes) -> Starlette:
    """A route that sends `body`, and one that always answers 304."""

    async def same_bytes(request: Request) -> Response:
        return Response(body, media_type="application/json")

    async def unchanged(request: Request) -> Response:
        return Response(status_code=304)

    return Starlette(routes=[Route("/board", same_bytes), Route("/unchanged", unchanged)])


if __name__ == "__main__":
    uvicorn.run(
        bare_app(Path(sys.argv[2]).read_bytes()),
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="error",
    )
