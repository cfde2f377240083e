"""Ordering keys: strictly between their neighbours, unique, and short where people work."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.boards.rank import DIGITS, LONGEST, between, many_between

pytestmark = [pytest.mark.property, pytest.mark.sqlite_only]


def grown(moves: list[int]) -> list[str]:
    """The keys of a list into which things were put at these places, one after another."""
    keys: list[str] = []
    for move in moves:
        at = move % (len(keys) + 1)
        low = keys[at - 1] if at else None
        high = keys[at] if at < len(keys) else None
        keys.insert(at, between(low, high))
    return keys


@given(st.lists(st.integers(0, 10**6), max_size=120))
def test_keys_are_strictly_ascending_wherever_things_are_put(moves: list[int]) -> None:
    keys = grown(moves)

    assert all(low < high for low, high in pairwise(keys))
    assert all(key.isascii() and key.isalnum() for key in keys)


@given(st.lists(st.integers(0, 10**6), max_size=40), st.integers(0, 50), st.integers(0, 10**6))
def test_many_keys_fit_between_any_two(moves: list[int], count: int, where: int) -> None:
    keys = grown(moves)
    at = where % (len(keys) + 1)
    low = keys[at - 1] if at else None
    high = keys[at] if at < len(keys) else None

    made = many_between(low, high, count)

    everything = [*keys[:at], *made, *keys[at:]]
    assert len(made) == count
    assert all(one < other for one, other in pairwise(everything))


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=60))
def test_key_never_ends_in_the_zero_of_its_fraction(moves: list[int]) -> None:
    for key in grown(moves):
        head = key[0]
        length = ord(head) - ord("a") + 2 if head >= "a" else ord("Z") - ord(head) + 2
        assert len(key) == length or key[-1] != DIGITS[0]


def test_appending_and_prepending_thousands_keeps_keys_short() -> None:
    last: str | None = None
    first: str | None = None
    for _ in range(20_000):
        last = between(last, None)
        first = between(None, first)
    assert last is not None
    assert first is not None

    assert max(len(last), len(first)) <= 5
    assert first < "a0" < last


def test_random_work_of_thousands_stays_below_the_limit() -> None:
    rng = random.Random(3)  # noqa: S311
    keys = grown([rng.randrange(10**6) for _ in range(5_000)])

    assert len(set(keys)) == len(keys)
    assert max(len(key) for key in keys) < LONGEST


def test_no_key_fits_between_equal_or_crossed_ones() -> None:
    for low, high in (("a0", "a0"), ("a1", "a0")):
        with pytest.raises(ValueError, match="no key between"):
            between(low, high)
