"""Folding of names, for whatever people type."""

from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from taskly.accounts.models import LONGEST_USERNAME
from taskly.accounts.names import check_username, fold


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(min_size=2, max_size=LONGEST_USERNAME))
def test_accepted_name_fits_its_columns_and_is_stable(name: str) -> None:
    try:
        accepted = check_username(name)
    except PydanticCustomError:
        return

    assert check_username(accepted) == accepted
    assert len(accepted) <= LONGEST_USERNAME
    assert len(fold(accepted)) <= LONGEST_USERNAME * 3
    assert accepted.isprintable()
    assert "@" not in accepted
