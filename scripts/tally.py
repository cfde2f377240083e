"""Adds up the figures that the steps of `make test` left behind and prints one table."""

import json
import sys
from pathlib import Path
from typing import Any

OUTCOMES = ("passed", "failed", "skipped")
NAMES = {"none": "no database", "vitest": "web units"}


def main(folder: Path) -> int:
    """Prints the table; a folder without figures is a failure, not an empty success."""
    rows: dict[str, dict[str, int]] = {}
    measured: list[tuple[str, dict[str, object]]] = []
    for file in sorted(folder.glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        run: dict[str, Any] = content
        if file.stem == "vitest":
            run = {"counts": vitest(content)}
        measured += run.get("figures", [])
        for name, counts in run["counts"].items():
            row = rows.setdefault(NAMES.get(name, name), dict.fromkeys(OUTCOMES, 0))
            for outcome in OUTCOMES:
                row[outcome] += counts[outcome]
    total = {outcome: sum(row[outcome] for row in rows.values()) for outcome in OUTCOMES}

    say = sys.stdout.write
    if measured:
        width = max(len(name) for name, _ in measured)
        say(f"{'figures':<{width}}\n")
        for name, values in measured:
            say(f"{name:<{width}}  {'  '.join(f'{key}={values[key]}' for key in values)}\n")
        say("\n")
    say("tests per database   passed  failed skipped\n")
    for name, row in sorted(rows.items()):
        say(f"{name:<19} {row['passed']:>8} {row['failed']:>7} {row['skipped']:>7}\n")
    say(", ".join(f"{total[outcome]} {outcome}" for outcome in OUTCOMES) + "\n")
    return 0 if total["passed"] else 1


def vitest(content: dict[str, int]) -> dict[str, dict[str, int]]:
    """Reads the counts of Vitest's JSON report."""
    return {
        "vitest": {
            "passed": content["numPassedTests"],
            "failed": content["numFailedTests"],
            "skipped": content["numPendingTests"] + content.get("numTodoTests", 0),
        }
    }


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
