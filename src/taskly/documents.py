"""Documents made from the code itself: the OpenAPI document, the reference of settings."""

import json
import tempfile
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from taskly.app import create_app
from taskly.kernel.settings import Settings


def openapi_document() -> str:
    """The OpenAPI document of the API, with keys in a stable order."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder)))
    return json.dumps(app.openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def settings_reference() -> str:
    """Every setting with its default and meaning, as a Markdown page."""
    lines = [
        "# Settings",
        "",
        "Read from the environment once, at the start. Made by `make openapi` from the code.",
        "",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    prefix = Settings.model_config.get("env_prefix", "")
    for name, field in Settings.model_fields.items():
        variable = f"`{prefix}{name.upper()}`"
        lines.append(f"| {variable} | {_default(field)} | {field.description} |")
    return "\n".join(lines) + "\n"


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if value is None or value is PydanticUndefined or isinstance(value, SecretStr):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{list(value) if isinstance(value, tuple) else value}`"
