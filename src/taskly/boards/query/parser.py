"""From the tokens of a query to its tree; whatever is not of the language is refused with its place."""

from collections.abc import Sequence
from typing import TypeVar

from taskly.boards.query.dates import when_of
from taskly.boards.query.refusal import refuse
from taskly.boards.query.tokens import Token, tokens_of
from taskly.boards.query.tree import (
    DEFAULT_SORT,
    LEVELS,
    NAME_FIELDS,
    PARTS,
    SORT_FIELDS,
    STATES,
    STATUSES,
    TIME_FIELDS,
    CardQuery,
    Has,
    InStatus,
    Is,
    Named,
    Node,
    Not,
    Operator,
    Present,
    Ranked,
    Sort,
    Timed,
    Words,
    all_of,
    any_of,
)
from taskly.kernel.errors import Invalid

MOST_TERMS = 40
MOST_TEXTS = 8
"""Each text is looked for in every card that the other conditions leave."""
DEEPEST = 10

FIELDS = ("assignee", "label", "board", "list", "status", "is", "has", "priority", *TIME_FIELDS)
_ALIASES = {"category": "status", "state": "is"}
_OPERATORS: tuple[Operator, ...] = (":", "<", "<=", ">", ">=")
T = TypeVar("T", bound=str)


def parse(query: str) -> CardQuery:
    """The tree of a query. Raises `Invalid` for what is not of the language."""
    return _Parser(tokens_of(query), len(query)).whole()


class _Parser:
    def __init__(self, tokens: Sequence[Token], end: int) -> None:
        self._tokens = tokens
        self._end = end
        self._next = 0
        self._terms = 0
        self._texts = 0
        self._sort: Sort | None = None

    def whole(self) -> CardQuery:
        where = None
        if self._tokens:
            where = self._either(0)
        extra = self._peek()
        if extra is not None:
            raise refuse("query_unexpected_close", extra.at)
        return CardQuery(where, self._sort or DEFAULT_SORT)

    def _peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _either(self, depth: int) -> Node | None:
        """Terms with `or` between them; None where there is only an order."""
        sides = [self._together(depth)]
        joint = self._peek()
        while joint is not None and joint.kind == "or":
            self._next += 1
            sides.append(self._together(depth))
            if None in sides:
                raise refuse("query_missing_term", joint.at, joint.length)
            joint = self._peek()
        present = [side for side in sides if side is not None]
        return any_of(present) if present else None

    def _together(self, depth: int) -> Node | None:
        found: list[Node] = []
        began = self._next
        while True:
            token = self._peek()
            if token is None or token.kind in {"close", "or"}:
                break
            if token.kind == "field" and token.name == "sort":
                self._order(token, depth)
            else:
                found.append(self._term(depth))
        if self._next == began:
            at = self._peek()
            raise refuse("query_missing_term", at.at if at else max(self._end - 1, 0))
        return all_of(found) if found else None

    def _order(self, token: Token, depth: int) -> None:
        self._next += 1
        if depth > 0 or self._sort is not None or token.operator != ":":
            raise refuse("query_one_sort", token.at, token.length)
        descending = token.text.startswith("-")
        self._sort = Sort(_choice(token, SORT_FIELDS, token.text.removeprefix("-")), descending)

    def _term(self, depth: int) -> Node:
        token = self._tokens[self._next]
        self._next += 1
        if token.kind in {"not", "open"} and depth >= DEEPEST:
            raise refuse("query_too_deep", token.at, limit=DEEPEST)
        if token.kind == "not":
            after = self._peek()
            sort = after is not None and after.kind == "field" and after.name == "sort"
            if after is None or after.kind in {"close", "or"} or sort:
                raise refuse("query_missing_term", token.at)
            return Not(self._term(depth + 1))
        if token.kind == "open":
            return self._inside(token, depth)
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise refuse("query_too_many_terms", token.at, token.length, limit=MOST_TERMS)
        if token.kind == "text":
            if not token.text.strip():
                raise refuse("query_missing_term", token.at, token.length)
            self._texts += 1
            if self._texts > MOST_TEXTS:
                raise refuse("query_too_many_texts", token.at, token.length, limit=MOST_TEXTS)
            return Words(token.text)
        return _test(token)

    def _inside(self, opening: Token, depth: int) -> Node:
        inner = self._either(depth + 1)
        closing = self._peek()
        if closing is None or inner is None:
            raise refuse("query_unclosed_paren", opening.at)
        self._next += 1
        return inner


def _test(token: Token) -> Node:
    name = _ALIASES.get(token.name, token.name)
    if name in TIME_FIELDS:
        return _timed(token)
    if name == "priority":
        operator = next(one for one in _OPERATORS if one == token.operator)
        return Ranked(operator, _choice(token, LEVELS))
    if name not in FIELDS:
        raise refuse(
            "query_unknown_field", token.at, token.length, name=token.name, known=", ".join(FIELDS)
        )
    if token.operator != ":":
        raise refuse(
            "query_bad_operator", token.at, token.length, name=token.name, operator=token.operator
        )
    for field in NAME_FIELDS:
        if field == name:
            return Named(field, _name(token))
    if name == "status":
        return InStatus(_choice(token, STATUSES))
    if name == "is":
        return Is(_choice(token, STATES))
    return Has(_choice(token, PARTS))


def _name(token: Token) -> str:
    name = token.text.strip()
    if not name:
        raise refuse("query_missing_value", token.at, token.length, name=token.name)
    return name


def _timed(token: Token) -> Node:
    field = _choice(token, TIME_FIELDS, token.name)
    said = _name(token).lower()
    if token.operator == ":" and said in {"none", "any"}:
        return Present(field, "none" if said == "none" else "any")
    when = when_of(token.text)
    if when is None:
        raise refuse("query_bad_date", token.at, token.length, value=token.text)
    return Timed(field, next(one for one in _OPERATORS if one == token.operator), when)


def _choice(token: Token, known: Sequence[T], said: str | None = None) -> T:
    wanted = (token.text if said is None else said).lower()
    for one in known:
        if one == wanted:
            return one
    raise _unknown_value(token, known)


def _unknown_value(token: Token, known: Sequence[str]) -> Invalid:
    return refuse(
        "query_bad_value",
        token.at,
        token.length,
        name=token.name,
        value=token.text,
        known=", ".join(known),
    )
