"""Says at the end of a run how many tests ran on which database, and what fault runs measured.

A test that uses the fixture `db` counts for the database of the run. What a test measured, it names by
`record_property("figures", {name: value})`. With `--tally FILE` both are also written down, so that `make test` can add up its runs.
"""

import json
from collections import Counter
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

OUTCOMES = ("passed", "failed", "skipped")
NO_DATABASE = "none"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds --tally."""
    parser.addoption("--tally", type=Path, help="write the tests per database to this file")


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Prints one line for each database, and the servers that were missing."""
    counts = tally(terminalreporter)
    terminalreporter.section("tests per database")
    for database in sorted(counts):
        outcomes = ", ".join(f"{counts[database][name]} {name}" for name in OUTCOMES)
        terminalreporter.line(f"{database:<10} {outcomes}")
    missing = Counter(
        report.longrepr[2]
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and "MISSING SERVER" in report.longrepr[2]
    )
    for reason, times in missing.items():
        terminalreporter.line(f"{times} tests did NOT run: {reason}", red=True, bold=True)
    rows = figures(terminalreporter)
    if rows:
        terminalreporter.section("figures")
        width = max(len(name) for name, _ in rows)
        for name, values in rows:
            line = "  ".join(f"{key}={value}" for key, value in values.items())
            terminalreporter.line(f"{name:<{width}}  {line}")
    target: Path | None = config.getoption("tally")
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            json.dumps({"counts": counts, "figures": rows}, indent=1), encoding="utf-8"
        )


def tally(terminalreporter: TerminalReporter) -> dict[str, dict[str, int]]:
    """Counts the outcomes of this run by database; an error in set-up or clean-up is a failure."""
    groups = {
        "passed": ("passed", "xfailed"),
        "failed": ("failed", "error", "xpassed"),
        "skipped": ("skipped",),
    }
    counts: dict[str, dict[str, int]] = {}
    for outcome, categories in groups.items():
        for category in categories:
            for report in terminalreporter.stats.get(category, []):
                database = dict(getattr(report, "user_properties", ())).get("db", NO_DATABASE)
                row = counts.setdefault(str(database), dict.fromkeys(OUTCOMES, 0))
                row[outcome] += 1
    return counts


def figures(terminalreporter: TerminalReporter) -> list[tuple[str, dict[str, object]]]:
    """Returns what passed tests measured, each with its name and database."""
    rows = []
    for report in terminalreporter.stats.get("passed", []):
        properties = dict(report.user_properties)
        if "figures" in properties:
            database = properties.get("db", NO_DATABASE)
            rows.append(
                (f"{report.nodeid.rpartition('::')[2]} [{database}]", properties["figures"])
            )
    return rows
