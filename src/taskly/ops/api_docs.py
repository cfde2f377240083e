"""The page on which the API can be read and tried, with everything that it loads at hand."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from taskly.accounts.auth import PUBLIC
from taskly.kernel.http import TasklyRoute

DOCS = "/api/docs"
FILES = f"{DOCS}/files"

router = APIRouter(route_class=TasklyRoute, dependencies=[Depends(PUBLIC)])


@router.get(DOCS, include_in_schema=False)
async def api_docs(request: Request) -> HTMLResponse:
    """Swagger UI on the OpenAPI document; Authorize takes a name and a password."""
    app: FastAPI = request.app
    return get_swagger_ui_html(
        openapi_url=app.openapi_url or "",
        title=f"{app.title} API",
        swagger_js_url=f"{FILES}/swagger-ui-bundle.js",
        swagger_css_url=f"{FILES}/swagger-ui.css",
        swagger_favicon_url="/favicon.svg",
    )


def install_api_docs(app: FastAPI) -> None:
    """Add the page and its files, which come with a package: no other host is asked for them."""
    folder = Path(str(files("fastapi_offline"))) / "static"
    app.mount(FILES, StaticFiles(directory=folder))
    app.include_router(router)
