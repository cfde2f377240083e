"""From the text of a query to its tokens."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from taskly.boards.query.refusal import refuse

MOST_CHARACTERS = 500

Kind = Literal["open", "close", "not", "or", "text", "field"]

_FIELD = re.compile(r"([A-Za-z]+)(:|<=|>=|<|>|=)")
_BARE = re.compile(r"[^\s\"()]+")
_ESCAPED = re.compile(r"\\(.)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a query; `text` is the searched words, or the value of a field."""

    kind: Kind
    at: int
    length: int
    text: str = ""
    name: str = ""
    operator: str = ""


def tokens_of(query: str) -> list[Token]:
    """The tokens of a query. Raises `Invalid`."""
    if len(query) > MOST_CHARACTERS:
        raise refuse("query_too_long", MOST_CHARACTERS, limit=MOST_CHARACTERS)
    for at, character in enumerate(query):
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\t\n\r":
            raise refuse("query_control_character", at)
    found: list[Token] = []
    at = 0
    while at < len(query):
        if query[at].isspace():
            at += 1
            continue
        token = _token(query, at)
        found.append(token)
        at += token.length
    return found


def _token(query: str, at: int) -> Token:
    single: dict[str, Kind] = {"(": "open", ")": "close", "-": "not"}
    if query[at] in single:
        return Token(single[query[at]], at, 1)
    field = _FIELD.match(query, at)
    if field is not None:
        text, end = _value(query, field.end())
        name, operator = field[1].lower(), ":" if field[2] == "=" else field[2]
        return Token("field", at, end - at, text, name, operator)
    text, end = _value(query, at)
    if text.lower() == "or" and query[at] != '"':
        return Token("or", at, end - at)
    return Token("text", at, end - at, text)


def _value(query: str, at: int) -> tuple[str, int]:
    """A value in quotes or without, and where it ends."""
    if query[at : at + 1] == '"':
        quoted = _QUOTED.match(query, at)
        if quoted is None:
            raise refuse("query_unclosed_quote", at, len(query) - at)
        return _ESCAPED.sub(r"\1", quoted[1]), quoted.end()
    bare = _BARE.match(query, at)
    return (bare[0], bare.end()) if bare is not None else ("", at)
