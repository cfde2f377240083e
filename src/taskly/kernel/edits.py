"""Edits by several people at once: different fields merge, the same field is a conflict."""

from collections.abc import Mapping
from typing import Any

from taskly.kernel.errors import Conflict, Invalid


class EditConflict(Conflict):
    """Somebody changed the same field since; nothing was written."""

    code = "edit_conflict"


def merge(
    row: Mapping[Any, Any], wanted: Mapping[str, Any], base_version: int | None
) -> dict[str, Any]:
    """The values to write for an edit, with the next `version`; empty when nothing would change.

    Each row remembers at which version each field last changed. With a `base_version`, a field that
    changed after it, to something else than wanted, raises `EditConflict` with both values.
    """
    if base_version is not None and base_version > row["version"]:
        raise Invalid.of("base_version", "bad_base_version")
    changed_at: dict[str, int] = row["field_versions"]
    changed = {name: value for name, value in wanted.items() if row[name] != value}
    conflicts = [
        {"field": name, "yours": value, "theirs": row[name], "version": row["version"]}
        for name, value in changed.items()
        if base_version is not None and changed_at.get(name, 0) > base_version
    ]
    if conflicts:
        raise EditConflict(extra={"conflicts": conflicts})
    return {**changed, **stamp(row, changed)} if changed else {}


def stamp(row: Mapping[Any, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """The next version of a row, remembered for each changed field."""
    version = row["version"] + 1
    return {
        "version": version,
        "field_versions": {**row["field_versions"], **dict.fromkeys(changed, version)},
    }


def differences(row: Mapping[Any, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """`{field: [old, new]}` for people; the bookkeeping of an edit is left out."""
    quiet = {"version", "field_versions", "updated_at", "deleted_by"}
    return {
        name: [row[name], value]
        for name, value in values.items()
        if name not in quiet and row[name] != value
    }
