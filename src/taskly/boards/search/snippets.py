"""What is shown of a match: text in parts, each of which says whether it matched. Never HTML."""

from typing import Any

from taskly.boards.search.grams import MOST_INDEXED, folded

BEFORE, LENGTH = 60, 200
ELLIPSIS = "…"


def _with_places(text: str) -> tuple[str, list[int] | None]:
    """The folded text, and where each of its characters comes from; None where places are the same."""
    whole = folded(text)
    if len(whole) == len(text):
        return whole, None
    pieces = [folded(one) for one in text]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), [*places, len(text)]


def _hits(text: str, terms: list[str]) -> list[tuple[int, int]]:
    """The places of the terms in the text, in order, those that touch each other joined."""
    whole, places = _with_places(text)
    found: list[tuple[int, int]] = []
    for term in terms:
        start = whole.find(term)
        while start >= 0:
            end = start + len(term)
            found.append((places[start], places[end]) if places else (start, end))
            start = whole.find(term, end)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return [(start, end) for start, end in joined if end > start]


def marked(text: str, terms: list[str]) -> list[dict[str, Any]]:
    """A line with its matches."""
    parts: list[dict[str, Any]] = []
    reached = 0
    for start, end in _hits(text, terms):
        parts.append({"text": text[reached:start], "match": False})
        parts.append({"text": text[start:end], "match": True})
        reached = end
    parts.append({"text": text[reached:], "match": False})
    return [part for part in parts if part["text"]]


def snippet(text: str, terms: list[str]) -> list[dict[str, Any]]:
    """The surroundings of the first match, on one line; the beginning where there is none."""
    line = " ".join(text[:MOST_INDEXED].split())
    hits = _hits(line, terms)
    start = max(0, hits[0][0] - BEFORE) if hits else 0
    # Not from the middle of a word, where there are words.
    start = line.find(" ", start, start + BEFORE // 2) + 1 or start if start else 0
    if hits and start > hits[0][0]:
        start = hits[0][0]
    shown = line[start : start + LENGTH]
    before = ELLIPSIS if start else ""
    after = ELLIPSIS if start + LENGTH < len(line) else ""
    return marked(f"{before}{shown}{after}", terms)
