"""What an import did, and everything that it left out."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from taskly.kernel.messages import text

MOST_NAMES = 200
COUNTED = (
    "lists",
    "archived_lists",
    "cards",
    "archived_cards",
    "labels",
    "comments",
    "checklists",
    "checklist_items",
    "attachments",
    "members_matched",
    "already_there",
)


class LeftOut(Counter[tuple[str, str]]):
    """How many things of a kind were left out for a reason."""

    def add(self, kind: str, reason: str, count: int = 1) -> None:
        """Count `count` more."""
        if count > 0:
            self[kind, reason] += count


@dataclass(slots=True)
class Report:
    """The outcome of an import, or what it would be."""

    dry_run: bool
    board_name: str = ""
    board_id: UUID | None = None
    again: bool = False
    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(COUNTED, 0)))
    unmatched_members: list[str] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)

    def left_out_in_words(self, locale: str) -> list[tuple[str, str, int, str]]:
        """(kind, reason, count, text) of what was left out, in one language; the most numerous first."""
        return [
            (
                kind,
                reason,
                count,
                text(
                    "import_left_out",
                    locale,
                    kind=text(f"import_{kind}", locale),
                    reason=text(f"left_out_{reason}", locale),
                ),
            )
            for (kind, reason), count in sorted(
                self.left_out.items(), key=lambda entry: (-entry[1], entry[0])
            )
        ]

    def name_unmatched(self, names: Iterable[str]) -> None:
        """Remember whose accounts were not found; very many are cut short."""
        self.unmatched_members = sorted(set(names))[:MOST_NAMES]
