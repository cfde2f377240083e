"""Run by Alembic with the connection that `runner` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from taskly.migrations.tables import METADATA, declared


def render_own_type(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our column types into new revisions by their own names."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    own = type(item)
    autogen.imports.add(f"from {own.__module__} import {own.__name__}")
    length = getattr(item, "length", None)
    return f"{own.__name__}({length or ''})"


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    compare_type=True,
    include_name=declared,
    render_item=render_own_type,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
