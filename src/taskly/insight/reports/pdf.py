"""A report as a PDF document: A4 across, a table for each list."""

import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from taskly.insight.reports.content import CardLine, Report, moment
from taskly.insight.reports.texts import CARD_COLUMNS, COUNTS, MEMBER_COLUMNS, TEXTS

WIDTHS = (55, 270, 110, 90, 60, 110, 45)
MEMBER_WIDTHS = (270, 110, 90, 90)
CHINESE = "STSong-Light"
"""One of the fonts that every reader of PDF has or stands in for: none has to be shipped."""
BEYOND_LATIN = re.compile(r"[^\x00-\xff]+")
MARGINS = {f"{side}Margin": 36 for side in ("left", "right", "top", "bottom")}
GREY, RED, LINE = "#5A6474", "#B3261E", "#DFE3EA"
LONGEST_TITLE = 500


def write_pdf(report: Report, path: Path, language: str) -> None:
    """Write the document."""
    # An extra that only the process of this job loads.
    from reportlab.lib.pagesizes import A4, landscape  # noqa: PLC0415
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer  # noqa: PLC0415

    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    body = ParagraphStyle("body", fontName="Helvetica", fontSize=9, leading=12, wordWrap="CJK")
    heading = ParagraphStyle("heading", parent=body, fontSize=12, leading=18, spaceBefore=12)
    title = ParagraphStyle("title", parent=body, fontSize=18, leading=24)
    texts = TEXTS[language]
    made = texts["made"].format(moment=moment(report.made_at), zone=report.made_at.tzname())
    counts = " \u00b7 ".join(f"{texts[name]}: {report.counts[name]}" for name in COUNTS)
    story: list[Any] = [
        Paragraph(marked(report.name), title),
        Paragraph(marked(made, GREY), body),
        Spacer(1, 6),
        Paragraph(marked(counts), body),
    ]
    for part in report.lists:
        story.append(Paragraph(marked(f"{part.name} ({len(part.cards)})"), heading))
        if part.cards:
            rows = [_card(card, texts) for card in part.cards]
            story.append(_table([texts[name] for name in CARD_COLUMNS], rows, WIDTHS, body))
        else:
            story.append(Paragraph(marked(texts["none"], GREY), body))
    story.append(Paragraph(marked(texts["members"]), heading))
    members = [
        [
            marked(text)
            for text in (one.name, texts[f"role_{one.role}"], str(one.open), str(one.overdue))
        ]
        for one in report.members
    ]
    story.append(_table([texts[name] for name in MEMBER_COLUMNS], members, MEMBER_WIDTHS, body))
    document = SimpleDocTemplate(
        str(path), pagesize=landscape(A4), title=report.name, author="Taskly", **MARGINS
    )
    document.build(story)


def _table(heads: list[str], rows: list[list[str]], widths: tuple[int, ...], style: Any) -> Any:
    from reportlab.lib import colors  # noqa: PLC0415 (as above)
    from reportlab.platypus import LongTable, Paragraph  # noqa: PLC0415

    cells = [[marked(head, GREY) for head in heads], *rows]
    table = LongTable(
        [[Paragraph(cell, style) for cell in row] for row in cells],
        colWidths=widths,
        repeatRows=1,
        hAlign="LEFT",
    )
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.HexColor(LINE)),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    return table


def _card(card: CardLine, texts: dict[str, str]) -> list[str]:
    return [
        marked(card.number),
        marked(card.title[:LONGEST_TITLE], GREY if card.is_done else None),
        marked(", ".join(card.assignees)),
        marked(moment(card.due), RED if card.is_overdue else None),
        marked(texts[f"priority_{card.priority}"]),
        marked(", ".join(card.labels)),
        marked(card.steps),
    ]


def marked(text: str, color: str | None = None) -> str:
    """The text as a paragraph takes it: nothing in it is markup, and what is not Latin has its own font."""
    shown = BEYOND_LATIN.sub(
        lambda found: f'<font name="{CHINESE}">{found[0]}</font>', escape(text)
    )
    return shown if color is None else f'<font color="{color}">{shown}</font>'
