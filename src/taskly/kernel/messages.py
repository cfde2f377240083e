"""Texts of refusals by code, in the caller's language."""

from functools import cache
from importlib.resources import files
from typing import Any

import orjson

DEFAULT_LOCALE = "en"
LOCALES = ("en", "zh-CN")


@cache
def _catalogue(locale: str) -> dict[str, str]:
    source = files("taskly.kernel").joinpath("locales").joinpath(f"{locale}.json")
    texts: dict[str, str] = orjson.loads(source.read_bytes())
    return texts


@cache
def choose_locale(accept_language: str | None) -> str:
    """The best of our locales for an Accept-Language header."""
    wishes: list[tuple[float, str]] = []
    for part in (accept_language or "")[:200].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((float(quality or 1), tag.lower()))
        except ValueError:
            continue
    for _, tag in sorted(wishes, key=lambda wish: -wish[0]):
        for locale in LOCALES:
            if tag.split("-")[0] == locale.split("-")[0]:
                return locale
    return DEFAULT_LOCALE


def text(code: str, locale: str, **params: Any) -> str:
    """The text of a code; codes of libraries that we have no words for get the general ones."""
    catalogue = _catalogue(locale)
    template = catalogue.get(code) or catalogue["invalid_value"]
    return template.format_map(_Lenient(params))


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""
