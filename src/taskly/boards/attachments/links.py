"""Which addresses may hang on a card."""

from urllib.parse import urlsplit

LONGEST_NAME = 300
LONGEST_URL = 2000


def is_web_link(url: str) -> bool:
    """True for an http or https address with a host; nothing that a browser would run or misread."""
    if not url or len(url) > LONGEST_URL or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host)
