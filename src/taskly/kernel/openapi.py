"""The OpenAPI document: the problem shape that all refusals share, and nothing that is not so."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from taskly.kernel.http import Problem


def describe(app: FastAPI) -> None:
    """Make the application's document carry `Problem` in place of FastAPI's own error shape."""
    made: dict[str, Any] = {}

    def document() -> dict[str, Any]:
        if not made:
            made.update(get_openapi(title=app.title, version=app.version, routes=app.routes))
            schemas = made["components"]["schemas"]
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            own = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(own.pop("$defs", {}))
            schemas["Problem"] = own
        return made

    app.openapi = document  # type: ignore[method-assign]
