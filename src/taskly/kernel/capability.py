"""Every route says what its caller must be able to do; a route that says nothing stops the start."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts


class Capability:
    """Marks a dependency as the one that decides who may call a route; `name` is for the docs.

    Subclasses implement `__call__` as a FastAPI dependency.
    """

    name: str


def _dependants(dependant: Dependant) -> Iterator[Any]:
    for child in dependant.dependencies:
        yield child.call
        yield from _dependants(child)


def route_capabilities(app: FastAPI) -> dict[tuple[str, str], str]:
    """The declared capability of each (method, path). Raises `RuntimeError` for an undeclared route."""
    found: dict[tuple[str, str], str] = {}
    missing: list[str] = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        names = [c.name for c in _dependants(route.dependant) if isinstance(c, Capability)]
        for method in sorted(route.methods or ()):
            if len(names) == 1:
                found[method, context.path or route.path] = names[0]
            else:
                missing.append(f"{method} {context.path}")
    if missing:
        msg = f"Routes must declare one capability each: {', '.join(missing)}"
        raise RuntimeError(msg)
    return found
