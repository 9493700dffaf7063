"""A measured figure, its budget, and how it is told."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """`budget` is in the figure's own unit, or, where there is a floor and `relative`, a multiple of the floor."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    floor: float | None = None
    relative: bool = False

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def held(self) -> bool:
        """Whether the budget is kept; a figure without one always is."""
        if self.budget is None:
            return True
        measured = self.ratio if self.relative else self.value
        return measured is not None and measured <= self.budget

    def line(self) -> str:
        budget = "-" if self.budget is None else f"{'x' if self.relative else ''}{self.budget:g}"
        floor = "-" if self.floor is None else f"{self.floor:.2f}"
        ratio = "-" if self.ratio is None else f"{self.ratio:.2f}"
        verdict = "" if self.budget is None else ("ok" if self.held else "MISSED")
        return f"{self.name:<32}{self.value:>10.2f} {self.unit:<8}{budget:>8}{floor:>9}{ratio:>8}  {verdict}"

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "ratio": self.ratio, "held": self.held}


HEAD = f"{'figure':<32}{'value':>10} {'unit':<8}{'budget':>8}{'floor':>9}{'ratio':>8}"


def median_and_p95(values: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]
