"""A registry of container images: just enough of the distribution API for an engine to pull from it."""

import hashlib
import json
from collections import Counter

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"


class ImageRegistry:
    """Serves one image of one layer, under every name with the tag `1`."""

    def __init__(self, layer: bytes) -> None:
        about = {
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
        }
        config = json.dumps(about).encode()
        self._blobs = {_digest(blob): blob for blob in (config, layer)}
        parts = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _descriptor(CONFIG, config),
            "layers": [_descriptor(LAYER, layer)],
        }
        self._manifest = json.dumps(parts).encode()
        self.asked: Counter[str] = Counter()
        self.app = Starlette(
            routes=[
                Route("/v2/", self._greet),
                Route("/v2/{name:path}/manifests/{reference}", self._give_manifest),
                Route("/v2/{name:path}/blobs/{digest}", self._give_blob),
            ]
        )

    async def _greet(self, request: Request) -> Response:
        return JSONResponse({})

    async def _give_manifest(self, request: Request) -> Response:
        digest, reference = _digest(self._manifest), request.path_params["reference"]
        if reference not in ("1", digest):
            error = {"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}
            return JSONResponse({"errors": [error]}, 404)
        self.asked[request.path_params["name"]] += 1
        headers = {"Docker-Content-Digest": digest}
        return Response(self._manifest, media_type=MANIFEST, headers=headers)

    async def _give_blob(self, request: Request) -> Response:
        blob = self._blobs[request.path_params["digest"]]
        return Response(blob, media_type="application/octet-stream")


def _descriptor(media_type: str, blob: bytes) -> dict[str, str | int]:
    return {"mediaType": media_type, "size": len(blob), "digest": _digest(blob)}


def _digest(blob: bytes) -> str:
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"
