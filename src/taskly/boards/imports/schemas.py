"""The report of an import on the wire."""

from typing import Self
from uuid import UUID

from taskly.boards.imports.report import Report
from taskly.kernel.fields import Out


class CountsOut(Out):
    """How much came in; `cards` and `lists` contain the archived ones."""

    lists: int
    archived_lists: int
    cards: int
    archived_cards: int
    labels: int
    comments: int
    checklists: int
    checklist_items: int
    attachments: int
    members_matched: int
    already_there: int


class LeftOutOut(Out):
    """Things of one kind that did not come in, or not as they were; `reason` is for people."""

    kind: str
    code: str
    count: int
    reason: str


class ReportOut(Out):
    """What an import did, or would do."""

    board_id: UUID | None
    board_name: str
    dry_run: bool
    again: bool
    counts: CountsOut
    unmatched_members: list[str]
    left_out: list[LeftOutOut]

    @classmethod
    def of(cls, report: Report, locale: str) -> Self:
        """A report in the reader's language."""
        return cls(
            board_id=report.board_id,
            board_name=report.board_name,
            dry_run=report.dry_run,
            again=report.again,
            counts=CountsOut.model_validate(dict(report.counts)),
            unmatched_members=report.unmatched_members,
            left_out=[
                LeftOutOut(kind=kind, code=code, count=count, reason=reason)
                for kind, code, count, reason in report.left_out_in_words(locale)
            ],
        )
