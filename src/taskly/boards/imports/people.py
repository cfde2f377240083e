"""Whom of our own people the export means."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from taskly.accounts.names import fold
from taskly.boards.imports.records import PersonRecord


def match_people(people: Iterable[PersonRecord], members: Sequence[Row[Any]]) -> dict[str, UUID]:
    """Our member for each person of the export who is one beyond doubt.

    Same user name, or else a full name that one member and one person of the export have alone.
    """
    distinct = {person.id: person for person in people}
    by_username = {fold(member.username): member.id for member in members}
    full_names = Counter(fold(member.full_name) for member in members if member.full_name)
    theirs = Counter(fold(person.full_name) for person in distinct.values() if person.full_name)
    by_full_name = {
        fold(member.full_name): member.id
        for member in members
        if member.full_name and full_names[fold(member.full_name)] == 1
    }
    found: dict[str, UUID] = {}
    for person in distinct.values():
        name = fold(person.full_name)
        match = by_username.get(fold(person.username))
        if match is None and theirs[name] == 1:
            match = by_full_name.get(name)
        if match is not None:
            found[person.id] = match
    return found
