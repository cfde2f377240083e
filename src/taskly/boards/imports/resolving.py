"""Puts what was read together: cards into their lists, comments and checklists onto their cards."""

from collections import Counter
from datetime import UTC, datetime

from taskly.boards.imports.records import (
    BoardRecord,
    CardRecord,
    ChecklistRecord,
    CommentRecord,
)
from taskly.boards.imports.report import LeftOut

_FIRST_DAY = datetime(1900, 1, 1, tzinfo=UTC)


def resolve(
    board: BoardRecord,
    cards: dict[str, CardRecord],
    checklists: list[ChecklistRecord],
    comments: list[CommentRecord],
    left_out: LeftOut,
) -> None:
    """Fill the board's cards in order; what belongs to nothing in the export is counted."""
    board.lists.sort(key=lambda one: one.position)
    board.cards = {one.id: [] for one in board.lists}
    for card in cards.values():
        if card.list_id in board.cards:
            board.cards[card.list_id].append(card)
        else:
            left_out.add("cards", "unknown_list")
    for those in board.cards.values():
        those.sort(key=lambda card: card.position)
    _resolve_labels(board, left_out)
    placed = {card.id: card for those in board.cards.values() for card in those}
    for checklist in sorted(checklists, key=lambda one: one.position):
        if checklist.card_id in placed:
            placed[checklist.card_id].checklists.append(checklist)
        else:
            left_out.add("checklists", "unknown_card")
    for comment in sorted(comments, key=lambda one: one.at or _FIRST_DAY):
        if comment.card_id in placed:
            placed[comment.card_id].comments.append(comment)
        else:
            left_out.add("comments", "unknown_card")
    left_out.add(
        "comments",
        "not_in_file",
        sum(max(0, card.stated_comments - len(card.comments)) for card in placed.values()),
    )


def _resolve_labels(board: BoardRecord, left_out: LeftOut) -> None:
    """Name the unnamed labels that are used by their colour and drop those that are not."""
    known = {label.id for label in board.labels}
    used: Counter[str] = Counter()
    for those in board.cards.values():
        for card in those:
            left_out.add(
                "card_labels", "unknown_label", sum(i not in known for i in card.label_ids)
            )
            card.label_ids = tuple(i for i in card.label_ids if i in known)
            used.update(card.label_ids)
    kept = [label for label in board.labels if label.name or used[label.id]]
    left_out.add("labels", "unused_unnamed", len(board.labels) - len(kept))
    for label in kept:
        label.name = label.name or label.fallback_name
    board.labels = kept
