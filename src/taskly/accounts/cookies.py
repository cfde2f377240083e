"""The refresh cookie, and the refusal of requests that another site's page makes with it."""

from urllib.parse import urlsplit

from fastapi import Request, Response

from taskly.accounts.sessions import Client
from taskly.kernel.errors import Forbidden
from taskly.kernel.settings import Settings

COOKIE = "taskly_refresh"
COOKIE_PATH = "/api/v1/auth"


def set_refresh_cookie(response: Response, token: str, settings: Settings) -> None:
    """Hand the refresh token to the browser, out of reach of scripts and other sites."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=settings.refresh_token_days * 86400,
        path=COOKIE_PATH,
        secure=settings.cookie_secure,
        httponly=True,
        samesite="strict",
    )


def drop_refresh_cookie(response: Response, settings: Settings) -> None:
    """Make the browser forget the refresh token."""
    response.delete_cookie(
        COOKIE,
        path=COOKIE_PATH,
        secure=settings.cookie_secure,
        httponly=True,
        samesite="strict",
    )


def refuse_foreign_page(request: Request, settings: Settings) -> None:
    """Raises `Forbidden` where a page of another site makes the browser send our cookie.

    `Sec-Fetch-Site` is the browser's own word, which no page can change; older browsers only say
    the page's origin.
    """
    site = request.headers.get("sec-fetch-site")
    if site in {"same-origin", "none"}:
        return
    origin = request.headers.get("origin")
    if site == "cross-site" or (origin is not None and not _ours(origin, request, settings)):
        raise Forbidden("cross_site")


def _ours(origin: str, request: Request, settings: Settings) -> bool:
    if origin in settings.cors_origins:
        return True
    try:
        host = urlsplit(origin).netloc
        public = urlsplit(settings.public_url or "").netloc
    except ValueError:
        return False
    return host in {request.headers.get("host"), public} - {"", None}


def client_of(request: Request) -> Client:
    """The caller as a session describes it."""
    # Over plain HTTP browsers do not send Sec-Fetch-Site, but with a POST always the origin.
    site = request.headers.get("sec-fetch-site")
    is_page = site == "same-origin" or (site is None and "origin" in request.headers)
    return Client(
        user_agent=request.headers.get("user-agent", ""),
        ip=request.client.host if request.client else "",
        shares_cookie=is_page,
    )
