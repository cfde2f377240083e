"""What each role may do on a board: the one capability table."""

from enum import StrEnum


class Role(StrEnum):
    """A member's role; `LINK` is what the holder of a share link has."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"
    LINK = "link"


class Action(StrEnum):
    """A capability; routes declare one each."""

    VIEW = "board.view"
    STAR = "board.star"
    EDIT = "board.edit"
    DELETE = "board.delete"
    TRANSFER = "board.transfer"
    SHARE = "board.share"
    LEAVE = "member.leave"
    MANAGE_MEMBERS = "member.manage"
    EDIT_LISTS = "list.edit"
    EDIT_LABELS = "label.edit"
    EDIT_CARDS = "card.edit"
    COMMENT = "comment.write"


_MEMBERS = frozenset({Role.OWNER, Role.ADMIN, Role.EDITOR, Role.VIEWER})
_EDITORS = frozenset({Role.OWNER, Role.ADMIN, Role.EDITOR})
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})
_OWNER = frozenset({Role.OWNER})

ALLOWED: dict[Action, frozenset[Role]] = {
    Action.VIEW: _MEMBERS | {Role.LINK},
    Action.STAR: _MEMBERS,
    Action.LEAVE: _MEMBERS,
    Action.COMMENT: _EDITORS,
    Action.EDIT_CARDS: _EDITORS,
    Action.EDIT_LISTS: _EDITORS,
    Action.EDIT_LABELS: _EDITORS,
    Action.EDIT: _ADMINS,
    Action.SHARE: _ADMINS,
    Action.MANAGE_MEMBERS: _ADMINS,
    Action.DELETE: _OWNER,
    Action.TRANSFER: _OWNER,
}

CONTENT = frozenset({Action.EDIT_CARDS, Action.EDIT_LISTS, Action.EDIT_LABELS, Action.COMMENT})
"""What an archived board does not allow to anybody."""


def permits(role: Role, action: Action) -> bool:
    """True when the role may do this."""
    return role in ALLOWED[action]
