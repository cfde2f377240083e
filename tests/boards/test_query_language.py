"""The query language: what it reads, what it refuses and where, and that its print is read the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.boards.query.parser import parse
from taskly.boards.query.tree import CardQuery
from taskly.kernel.errors import Invalid
from tests.make.queries import queries

pytestmark = pytest.mark.sqlite_only


def refusal(query: str) -> tuple[str, int]:
    """The code with which a query is refused, and where, counted from one."""
    with pytest.raises(Invalid) as caught:
        parse(query)
    (error,) = caught.value.errors
    assert error.field == "q"
    return error.code, error.params["at"]


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("", "sort:due"),
        ("  rent  ", "rent sort:due"),
        ("pay rent", "pay rent sort:due"),
        ('"pay rent"', '"pay rent" sort:due'),
        ('"a \\"b\\" \\\\"', '"a \\"b\\" \\\\" sort:due'),
        ("a or b c", "(a or b c) sort:due"),
        ("a OR (b or c)", "(a or b or c) sort:due"),
        ("(a b) c", "a b c sort:due"),
        ("(a or b) c", "(a or b) c sort:due"),
        ("-(a b)", "-(a b) sort:due"),
        ("--a", "--a sort:due"),
        ("well-known", '"well-known" sort:due'),
        ('"or"', '"or" sort:due'),
        ("Assignee:me", "assignee:me sort:due"),
        ('label:"on hold"', 'label:"on hold" sort:due'),
        ("category:doing", "status:doing sort:due"),
        ("priority=HIGH", "priority:high sort:due"),
        ("due<+7d", "due<+7d sort:due"),
        ("due<=2w", "due<=+2w sort:due"),
        ("due:today", "due:today sort:due"),
        ("due:-1d", "due:yesterday sort:due"),
        ("due:None", "due:none sort:due"),
        ("created>=2026-11-24", "created>=2026-11-24 sort:due"),
        ("start:2026-11-24T17:30", "start:2026-11-24T17:30 sort:due"),
        ("sort:-priority rent", "rent sort:-priority"),
    ],
)
def test_query_is_read(query: str, read: str) -> None:
    assert str(parse(query)) == read


@pytest.mark.parametrize(
    ("query", "code", "at"),
    [
        ("assigne:me", "query_unknown_field", 1),
        ("rent http://example.com", "query_unknown_field", 6),
        ("label>ops", "query_bad_operator", 1),
        ("is:late", "query_bad_value", 1),
        ("a status:soon", "query_bad_value", 3),
        ("priority>=huge", "query_bad_value", 1),
        ("sort:title", "query_bad_value", 1),
        ("label:", "query_missing_value", 1),
        ('label:" "', "query_missing_value", 1),
        ("due:", "query_missing_value", 1),
        ("due:someday", "query_bad_date", 1),
        ("due:2026-02-30", "query_bad_date", 1),
        ("due:1234-01-01", "query_bad_date", 1),
        ("due<none", "query_bad_date", 1),
        ("due:+12345d", "query_bad_date", 1),
        ("sort:due sort:start", "query_one_sort", 10),
        ("(sort:due a)", "query_one_sort", 2),
        ('a "b', "query_unclosed_quote", 3),
        ('label:"b', "query_unclosed_quote", 7),
        ("(a", "query_unclosed_paren", 1),
        ("a)", "query_unexpected_close", 2),
        ("()", "query_missing_term", 2),
        ("a or", "query_missing_term", 4),
        ("or a", "query_missing_term", 1),
        ("sort:due or a", "query_missing_term", 10),
        ("a -", "query_missing_term", 3),
        ("-sort:due", "query_missing_term", 1),
        ('""', "query_missing_term", 1),
        ("a\x00b", "query_control_character", 2),
        ("a" * 501, "query_too_long", 501),
        ("is:open " * 41, "query_too_many_terms", 321),
        ("a " * 9, "query_too_many_texts", 17),
        ("(" * 11 + "a", "query_too_deep", 11),
        ("-" * 11 + "a", "query_too_deep", 11),
    ],
)
def test_what_is_not_of_the_language_is_refused_with_its_place(
    query: str, code: str, at: int
) -> None:
    assert refusal(query) == (code, at)


@pytest.mark.property
@given(queries())
def test_print_of_a_query_is_read_as_the_same_query(query: CardQuery) -> None:
    assert parse(str(query)) == query


@pytest.mark.property
@given(st.text(st.sampled_from('ab:-+<>=()"\\ \n0d7é牛\x00') | st.characters(), max_size=60))
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str) -> None:
    refused: Invalid | None = None
    try:
        parse(text)
    except Invalid as error:
        refused = error

    assert refused is None or 0 <= refused.extra["at"] < len(text)
