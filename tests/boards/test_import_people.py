"""Whom of our people an export means: beyond doubt, or nobody."""

from dataclasses import dataclass
from typing import Any

import pytest

from taskly.boards.imports.people import match_people
from taskly.boards.imports.records import PersonRecord

pytestmark = pytest.mark.sqlite_only


@dataclass
class Member:
    """What is asked of a member."""

    id: Any
    username: str
    full_name: str | None = None


def matched(people: list[tuple[str, str]], members: list[Member]) -> dict[str, Any]:
    """Whom people of these (user name, full name), numbered from 0, are taken for."""
    records = [PersonRecord(str(n), *names) for n, names in enumerate(people)]
    rows: Any = members
    return match_people(records, rows)


def test_same_user_name_is_the_same_person_whatever_its_case() -> None:
    assert matched([("Anna", "Somebody")], [Member(1, "anna", "Anna Berg")]) == {"0": 1}


def test_full_name_that_is_unique_on_both_sides_is_the_same_person() -> None:
    assert matched([("ab1990", "ANNA BERG")], [Member(1, "anna", "Anna Berg")]) == {"0": 1}


def test_user_name_counts_more_than_the_full_name() -> None:
    members = [Member(1, "anna", "Anna Berg"), Member(2, "bob", "Bob Stone")]

    assert matched([("bob", "Anna Berg")], members) == {"0": 2}


def test_full_name_that_several_have_matches_nobody() -> None:
    two_of_ours = [Member(1, "anna", "Anna Berg"), Member(2, "anna2", "Anna Berg")]

    assert matched([("x", "Anna Berg")], two_of_ours) == {}
    assert matched([("x", "Anna Berg"), ("y", "anna berg")], two_of_ours[:1]) == {}


def test_missing_names_match_nobody() -> None:
    assert matched([("", ""), ("x", "")], [Member(1, "anna"), Member(2, "bob", "")]) == {}
