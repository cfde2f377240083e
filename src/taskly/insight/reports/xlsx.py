"""A report as a workbook: a sheet of numbers, and one of cards that can be sorted and filtered."""

from pathlib import Path
from typing import Any

from taskly.insight.reports.content import Report, moment
from taskly.insight.reports.texts import CARD_COLUMNS, COUNTS, MEMBER_COLUMNS, TEXTS

WIDTHS = (20, 10, 50, 25, 18, 12, 25, 10)
DUE = 4


def write_xlsx(report: Report, path: Path, language: str) -> None:
    """Write the workbook. What people typed stays text, never a formula."""
    # An extra that only the process of this job loads.
    import xlsxwriter  # noqa: PLC0415

    texts = TEXTS[language]
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        _summary(book, report, texts, bold)
        _cards(book, report, texts, bold)


def _summary(book: Any, report: Report, texts: dict[str, str], bold: Any) -> None:
    sheet = book.add_worksheet(texts["summary"])
    sheet.set_column(0, 0, 30)
    sheet.write(0, 0, report.name, bold)
    zone = report.made_at.tzname() or ""
    sheet.write(1, 0, texts["made"].format(moment=moment(report.made_at), zone=zone))
    for row, name in enumerate(COUNTS, start=3):
        sheet.write(row, 0, texts[name])
        sheet.write(row, 1, report.counts[name])
    row = 4 + len(COUNTS)
    sheet.write_row(row, 0, [texts[name] for name in MEMBER_COLUMNS], bold)
    for place, one in enumerate(report.members, start=row + 1):
        role = texts[f"role_{one.role}"]
        sheet.write_row(place, 0, [one.name, role, one.open, one.overdue])


def _cards(book: Any, report: Report, texts: dict[str, str], bold: Any) -> None:
    sheet = book.add_worksheet(texts["cards"])
    when = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    late = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "font_color": "#B3261E"})
    heads = ("list", *CARD_COLUMNS)
    sheet.write_row(0, 0, [texts[name] for name in heads], bold)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    row = 0
    for part in report.lists:
        for card in part.cards:
            row += 1
            sheet.write_row(row, 0, [part.name, card.number, card.title, ", ".join(card.assignees)])
            if card.due is not None:
                due = card.due.replace(tzinfo=None)
                sheet.write_datetime(row, DUE, due, late if card.is_overdue else when)
            rest = [texts[f"priority_{card.priority}"], ", ".join(card.labels), card.steps]
            sheet.write_row(row, DUE + 1, rest)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(row, 1), len(heads) - 1)
