"""Test the intervals for where the next editions put a figure, and the chances of being at a target, on what came next.

    python -m benchmarks.backtest [MEASURE ...]

Origins roll: each edition gives its intervals from what was known when it came out, and each later edition is the
test. A release holds them so (`fct_figure_interval` of an edition stands on no later one), and the method has no
constant that could be fitted. Without arguments it is the share of GDP; `all` is every measure. Scores are interval
scores of 90 % intervals (width, and 20 times by how much a figure lies outside; less is better), beside those of "no
change" and of plain quantiles of 5 and 95 % of all movements known. It ends with 1 where a promise is broken.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipelines.reading.current import current_release
from pipelines.settings import Settings

SHARE = "defence_share_of_gdp"
MISS = 0.1  # what a 90 % interval may miss
NORMAL_95 = 1.959964
AGES = ("newest year", "year before", "two before", "settled")
Doubles = NDArray[np.float64]

TESTED = """
    select
        intervals.measure, intervals.unit, intervals.price_basis, intervals.age_group,
        intervals.edition_id as origin, errors.edition_id as later, intervals.editions_behind,
        intervals.half_width_90 as half_width, errors.movement
    from fct_figure_interval as intervals
    inner join fct_estimate_error as errors
        on errors.earlier_edition_id = intervals.edition_id
        and errors.measure = intervals.measure
        and errors.unit = intervals.unit
        and errors.price_basis = intervals.price_basis
        and errors.entity_code = intervals.entity_code
        and errors.year = intervals.year
    where errors.movement is not null
    order by all
"""
KNOWN = """
    select movement from fct_estimate_error as errors
    inner join dim_edition as later on later.edition_id = errors.edition_id
    where later.published_on <= (select published_on from dim_edition where edition_id = $origin)
        and measure = $measure and unit = $unit and price_basis = $basis and age_group = $age
        and movement is not null
"""
CHANCES = """
    select
        chances.edition_id, later.edition_id, chances.editions_behind,
        chances.chance_at_target_pct / 100, chances.meets_target, later.meets_target
    from fct_target_chance as chances
    inner join fct_target_compliance as later using (entity_code, year, target_id)
    inner join dim_edition as origins on origins.edition_id = chances.edition_id
    inner join dim_edition as editions on editions.edition_id = later.edition_id
    where editions.published_on > origins.published_on
        and later.meets_target is not null
        and chances.target_id = $target
        and chances.age_group = 0
    order by all
"""


@dataclass(frozen=True)
class Split:
    """Hold one test: the intervals of one edition, for figures of one measure and age, against one later edition.

    Widths and scores are in percentage points for percentages and in percent of the figure for everything else.
    """

    series: str
    age_group: int
    origin: str
    later: str
    editions_behind: int
    half_width: float
    plain: tuple[float, float]
    movements: Doubles

    def covered(self, low: float, high: float) -> int:
        """Count the figures that the later edition put between `low` and `high` of the first figure."""
        return int(np.sum((self.movements >= low) & (self.movements <= high)))

    def scores(self) -> tuple[float, float, float]:
        """Return the mean interval scores of our intervals, of plain quantiles, and of no change."""
        ours = interval_score(-self.half_width, self.half_width, self.movements)
        return ours, interval_score(*self.plain, self.movements), interval_score(0, 0, self.movements)


@dataclass(frozen=True)
class Chances:
    """Hold one test of chances: how far they lay from what came (mean squares), beside "it stays as it is"."""

    origin: str
    later: str
    editions_behind: int
    allies: int
    expected: float
    came: int
    brier: float
    brier_no_change: float


def interval_score(low: float, high: float, movements: Doubles) -> float:
    """Compute the mean interval score of one 90 % interval (Gneiting and Raftery 2007, equation 43)."""
    outside = np.maximum(low - movements, 0) + np.maximum(movements - high, 0)
    return float(high - low + 2 / MISS * np.mean(outside))


def binomial_interval(covered: int, count: int) -> tuple[float, float]:
    """Compute Wilson's 95 % interval of a share, as if figures moved each for itself."""
    share, square = covered / count, NORMAL_95**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = NORMAL_95 / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    return (max(0.0, middle - half) if covered else 0.0), (min(1.0, middle + half) if covered < count else 1.0)


def splits(connection: duckdb.DuckDBPyConnection, measures: set[str] | None = None) -> list[Split]:
    """Make every test that a release allows, of some measures or of all; ordered by measure, age, origin, later."""
    tested = connection.execute(TESTED).df()
    keys = ["measure", "unit", "price_basis", "age_group", "origin", "later", "editions_behind", "half_width"]
    found = []
    values: Any
    for values, rows in tested.groupby(keys, sort=True):
        measure, unit, basis, age, origin, later, editions, half_width = values
        if measures is None or measure in measures:
            known = {"measure": measure, "unit": unit, "basis": basis, "age": int(age), "origin": origin}
            low, high = plain_quantiles(connection, known)
            series, moved = f"{measure} {unit} {basis}", rows["movement"].to_numpy(dtype=np.float64)
            found.append(Split(series, int(age), origin, later, int(editions), float(half_width), (low, high), moved))
    return found


def plain_quantiles(connection: duckdb.DuckDBPyConnection, known: dict[str, Any]) -> tuple[float, float]:
    """Compute the quantiles of 5 and 95 % of all movements that were known at an origin, whatever their horizon."""
    movements = connection.execute(KNOWN, known).fetchnumpy()["movement"]
    low, high = np.quantile(movements, [MISS / 2, 1 - MISS / 2])
    return float(low), float(high)


def chances(connection: duckdb.DuckDBPyConnection, target: str) -> list[Chances]:
    """Test the chances of the newest year at one target against each later edition."""
    by_split: dict[tuple[str, str, int], list[tuple[float, bool, bool]]] = {}
    for origin, later, editions, *rest in connection.execute(CHANCES, {"target": target}).fetchall():
        by_split.setdefault((origin, later, editions), []).append((rest[0], rest[1], rest[2]))
    found = []
    for (origin, later, editions), rows in by_split.items():
        chance, before, after = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
        brier, no_change = float(np.mean((chance - after) ** 2)), float(np.mean((before - after) ** 2))
        came, expected = int(after.sum()), float(chance.sum())
        found.append(Chances(origin, later, editions, len(rows), expected, came, brier, no_change))
    return found


def total(tests: list[Split]) -> tuple[int, int, tuple[float, float, float]]:
    """Return figures, covered figures, and mean scores (ours, plain, no change) of several tests, by figure."""
    counts = [len(test.movements) for test in tests]
    covered = sum(test.covered(-test.half_width, test.half_width) for test in tests)
    scores = [test.scores() for test in tests]
    ours, plain, none = (float(np.average(column, weights=counts)) for column in zip(*scores, strict=True))
    return sum(counts), covered, (ours, plain, none)


def main(arguments: list[str]) -> int:
    """Print the tests; return 1 where an interval is narrower than plain quantiles or the share of GDP scores worse."""
    release = current_release(Settings.from_environment())
    connection = duckdb.connect(str(release / "warehouse.duckdb"), read_only=True)
    measures = None if "all" in arguments else set(arguments) or {SHARE}
    tests = splits(connection, measures)
    for series in dict.fromkeys(test.series for test in tests):
        _print_series([test for test in tests if test.series == series])
    for target in ("gdp_2", "core_3_5"):
        print(f"\nChance of being at {target} in the newest year: mean squared distance from what came")
        for test in chances(connection, target):
            print(
                f"  {test.origin} tested on {test.later}, {test.editions_behind} editions behind, "
                f"{test.allies} Allies: {test.expected:.1f} expected, {test.came} came; "
                f"{test.brier:.3f}, no change {test.brier_no_change:.3f}"
            )
    broken = broken_promises(tests)
    print("\n".join(["", *broken] if broken else []), end="")
    return int(bool(broken))


def broken_promises(tests: list[Split]) -> list[str]:
    """List intervals narrower than plain quantiles, and a share of GDP that scores no better than both baselines."""
    told = []
    for test in tests:
        if 2 * test.half_width < test.plain[1] - test.plain[0] - 1e-9:
            told.append(f"{test.series}, {test.origin}, {AGES[test.age_group]}: narrower than plain quantiles")
    share = [test for test in tests if test.series.startswith(SHARE)]
    for name, chosen in (("all ages", share), ("newest year", [test for test in share if test.age_group == 0])):
        if chosen:
            ours, plain, none = total(chosen)[2]
            if ours >= min(plain, none):
                told.append(f"{SHARE}, {name}: {ours:.3f} is no better than plain {plain:.3f} and no change {none:.3f}")
    return told


def _print_series(tests: list[Split]) -> None:
    print(f"\n{tests[0].series}: 90 % intervals")
    head = (
        "age",
        "origin",
        "tested on",
        "ed.",
        "n",
        "+-",
        "covered",
        "(95 % binomial)",
        "plain",
        "score",
        "plain",
        "none",
    )
    widths = (12, 13, 13, 4, 5, 8, 9, 17, 7, 9, 9, 9)
    print("".join(f"{word:>{width}}" for word, width in zip(head, widths, strict=True)))
    for test in tests:
        count = len(test.movements)
        covered, plain = test.covered(-test.half_width, test.half_width), test.covered(*test.plain)
        low, high = binomial_interval(covered, count)
        ours, of_plain, none = test.scores()
        print(
            f"{AGES[test.age_group]:>12}{test.origin:>13}{test.later:>13}{test.editions_behind:4}{count:5}"
            f"{test.half_width:8.3f}{covered / count:9.0%}{f'({low:.0%} to {high:.0%})':>17}{plain / count:7.0%}"
            f"{ours:9.3f}{of_plain:9.3f}{none:9.3f}"
        )
    for name, chosen in (("newest year", [test for test in tests if test.age_group == 0]), ("all ages", tests)):
        if chosen:
            count, covered, (ours, of_plain, none) = total(chosen)
            print(f"{name:>12}, together: {covered} of {count} covered; score {ours:.3f}, {of_plain:.3f}, {none:.3f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
