"""A report as one HTML page that needs nothing else, on the screen and on paper."""

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from taskly.insight.reports.content import CardLine, Report, moment
from taskly.insight.reports.texts import CARD_COLUMNS, COUNTS, MEMBER_COLUMNS, TEXTS

STYLE = """
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem;
  color: #1c2330; background: #fff; }
h1 { margin-bottom: 0; } h2 { margin: 2rem 0 0.5rem; font-size: 1.1rem; }
.when { color: #5a6474; margin-top: 0; }
dl { display: flex; gap: 2rem; margin: 1rem 0; } dt { color: #5a6474; }
dd { margin: 0; font-size: 1.5rem; font-weight: 600; }
table { width: 100%; border-collapse: collapse; } caption { text-align: start; }
th, td { text-align: start; padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid #dfe3ea;
  vertical-align: top; }
th { color: #5a6474; font-weight: 600; } thead { display: table-header-group; }
.done { color: #5a6474; text-decoration: line-through; } .overdue { color: #b3261e; font-weight: 600; }
@media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
"""


def write_html(report: Report, path: Path, language: str) -> None:
    """Write the page."""
    texts = TEXTS[language]
    made = texts["made"].format(moment=moment(report.made_at), zone=report.made_at.tzname())
    parts = [
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(report.name)}</title><style>{STYLE}</style></head><body>",
        f'<h1>{escape(report.name)}</h1><p class="when">{escape(made)}</p><dl>',
        *(f"<div><dt>{texts[name]}</dt><dd>{report.counts[name]}</dd></div>" for name in COUNTS),
        "</dl>",
    ]
    for part in report.lists:
        parts.append(f"<h2>{escape(part.name)} ({len(part.cards)})</h2>")
        if part.cards:
            rows = (_card(card, texts) for card in part.cards)
            parts += _table([texts[name] for name in CARD_COLUMNS], rows)
        else:
            parts.append(f'<p class="when">{texts["none"]}</p>')
    parts.append(f"<h2>{texts['members']}</h2>")
    members = (
        "".join(
            f"<td>{escape(str(value))}</td>"
            for value in (one.name, texts[f"role_{one.role}"], one.open, one.overdue)
        )
        for one in report.members
    )
    parts += _table([texts[name] for name in MEMBER_COLUMNS], members)
    path.write_text("".join([*parts, "</body></html>\n"]), encoding="utf-8")


def _table(heads: Iterable[str], rows: Iterable[str]) -> list[str]:
    return [
        "<table><thead><tr>",
        *(f'<th scope="col">{head}</th>' for head in heads),
        "</tr></thead><tbody>",
        *(f"<tr>{row}</tr>" for row in rows),
        "</tbody></table>",
    ]


def _card(card: CardLine, texts: Mapping[str, str]) -> str:
    title = "done" if card.is_done else ""
    due = "overdue" if card.is_overdue else ""
    cells = (
        ("", card.number),
        (title, card.title),
        ("", ", ".join(card.assignees)),
        (due, moment(card.due)),
        ("", texts[f"priority_{card.priority}"]),
        ("", ", ".join(card.labels)),
        ("", card.steps),
    )
    return "".join(
        f'<td class="{name}">{escape(text)}</td>' if name else f"<td>{escape(text)}</td>"
        for name, text in cells
    )
