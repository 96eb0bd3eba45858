"""What a statement is, and how a stated figure is read: the same for flags, sentences and the list of claims."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

from ..contracts.metrics import Metric

UNITS = {
    Metric.allies_meeting_target: "count",
    Metric.allies_below_target: "count",
    Metric.allies_above_threshold: "count",
    Metric.meets_target: "boolean",
    Metric.expenditure: "USD billion",
    Metric.personnel: "thousand persons",
    Metric.expenditure_per_head: "USD per head",
    Metric.gap_to_target: "USD billion",
}
WITH_TARGET = (Metric.allies_meeting_target, Metric.allies_below_target, Metric.meets_target, Metric.gap_to_target)


class NotAStatement(ValueError):
    """Say what is wrong with a statement, and what would be right."""


@dataclass(frozen=True)
class Statement:
    """Hold a statement to judge: `scope` is a code or a name.

    `value` is in the metric's unit: percent, a count, yes as 1, USD billion, unless `unit_said` names another. The
    fields are the columns of `dim_claim`; `comparator` says what the words allow, `claim_kind` what is made of figures.
    """

    metric: Metric
    scope: str
    year: int
    value: float
    decimals: int = 0
    target_id: str | None = None
    price_basis: str | None = None
    claim_kind: str = ""
    comparator: str = "plain"
    unit_said: str | None = None
    against: str | None = None
    among: str | None = None
    year_from: int | None = None
    threshold: float | None = None
    direction: str | None = None
    value_to: float | None = None
    price_base_year: int | None = None

    @property
    def unit(self) -> str:
        """Name the unit of the value."""
        return self.unit_said or UNITS.get(self.metric, "percent")

    @property
    def kind(self) -> str:
        """Name what is made of the figures."""
        counted = {"count": "count", "boolean": "meets"}
        return self.claim_kind or counted.get(self.unit, "value")


def decimals_of(step: float) -> int:
    """Return the decimals that a step stands for: 0.1 is 1, 100 is -2."""
    return -round(log10(step))


def coarser(value: float, step: float) -> float:
    """Return the step of a sum or a number of people: zeros at its end do not count, down to the second digit."""
    if value <= 0 or step < 1e-9:
        return step
    at_most = 10.0 ** (len(str(int(value))) - 2) if value >= 10 else step
    while step < at_most and abs(value / (10 * step) - round(value / (10 * step))) < 1e-9:
        step *= 10
    return step


def allowed(statement: Statement) -> tuple[float, float]:
    """Return the least and the most that a statement's words allow, as `fct_claim` does; endless where unbounded."""
    least, most = _allowed(statement)
    # 2.7 less 0.05 is 2.65, and not a last bit more.
    return round(least, 9), round(most, 9)


def _allowed(statement: Statement) -> tuple[float, float]:
    x, u = statement.value, 10.0**-statement.decimals
    whole = statement.unit in ("count", "boolean", "rank", "years")
    percent = statement.unit == "percent"
    match statement.comparator:
        case "at_least" | "more_than":
            return x, float("inf")
        case "at_most" | "less_than":
            return float("-inf"), x
        case "between":
            return x, float(statement.value_to or x)
        case "fraction":
            return (x - 2.5, x + 2.5) if percent else (x, x)
        case "fraction_nearly":
            return x - 5, x
        case "times":
            return 0.95 * x, x + 0.5
        case "times_about":
            return 0.9 * x, 1.1 * x
        case "times_nearly":
            return 0.85 * x, x
        case "nearly":
            return (x - 2, x) if whole else (x - 1.5 * u, x) if x >= 0 else (x, x + 1.5 * u)
        case "about":
            return (x - 2, x + 2) if whole else (x - 1.5 * u, x + 1.5 * u)
    return (x, x) if whole else (x - u / 2, x + u / 2)
