"""Two things measured in turn, A B A B ..., so that a drifting machine spoils neither more."""

import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

Measure = Callable[[], Awaitable[float]]


@dataclass(frozen=True)
class Row:
    """One line of the table of figures."""

    budget: str
    what: str
    figure: str
    limit: str
    detail: str

    def markdown(self) -> str:
        """The line in Markdown."""
        return f"| {self.budget} | {self.what} | {self.figure} | {self.limit} | {self.detail} |"


def table(rows: Sequence[Row]) -> str:
    """All lines with their head."""
    head = ["| budget | what | measured | wanted | detail |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *(row.markdown() for row in rows)])


@dataclass(frozen=True)
class Pair:
    """What each side cost in each round."""

    ours: tuple[float, ...]
    baseline: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """Ours to the baseline, round by round."""
        return [a / b for a, b in zip(self.ours, self.baseline, strict=True)]

    @property
    def median(self) -> float:
        """The ratio to quote."""
        return statistics.median(self.ratios)

    def spread(self) -> str:
        """Lowest and highest ratio."""
        return f"{min(self.ratios):.2f} to {max(self.ratios):.2f}"


async def in_turn(ours: Measure, baseline: Measure, rounds: int = 7) -> Pair:
    """Measure both `rounds` times in turn, after one round that does not count."""
    await ours()
    await baseline()
    a: list[float] = []
    b: list[float] = []
    for _ in range(rounds):
        a.append(await ours())
        b.append(await baseline())
    return Pair(tuple(a), tuple(b))
