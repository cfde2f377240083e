"""The colours of Trello in terms of our palette."""

from typing import Any

_COLORS = {
    "green": "green",
    "lime": "#6a9a23",
    "yellow": "amber",
    "orange": "#d9730d",
    "red": "red",
    "purple": "violet",
    "pink": "pink",
    "blue": "blue",
    "sky": "teal",
    "black": "#44546f",
    "grey": "gray",
}


def label_color(value: Any) -> str:
    """The colour of a label; dark and light shades are the same label colour to us."""
    name = value.partition("_")[0] if isinstance(value, str) else ""
    return _COLORS.get(name, "gray")


def board_color(background: Any) -> str | None:
    """The colour of a board, or None where its background is a picture."""
    return _COLORS.get(background) if isinstance(background, str) else None
