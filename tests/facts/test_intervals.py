"""Where the next editions may put a figure: computed a second way, and tested on what came next."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.backtest import binomial_interval, broken_promises, chances, interval_score, splits, total
from pipelines.settings import PROJECT

ORDER = ["nato-2019-06", "nato-2024-06", "nato-2025-08", "nato-2026-07"]


@pytest.fixture(scope="module")
def tests_of_share(release):
    return splits(release, {"defence_share_of_gdp"})


def _movements(independent, earlier: str, later: str, age: int) -> np.ndarray:
    """Subtract two editions' shares of GDP of one year, of the Allies that both give."""
    first, second = (independent.wide(edition, "3", "defence_share_of_gdp") for edition in (earlier, later))
    year = max(first.columns) - age
    moved = (second[year] - first[year]).dropna()
    return moved[[code for code in moved.index if len(code) == 3]].to_numpy()


@pytest.mark.parametrize(
    ("earlier", "later", "mean", "mean_absolute"),
    [("nato-2024-06", "nato-2026-07", -0.084, 0.137), ("nato-2025-08", "nato-2026-07", -0.019, 0.110)],
)
def test_movements_of_the_newest_share_by_pandas(release, independent, earlier, later, mean, mean_absolute):
    moved = _movements(independent, earlier, later, 0)
    assert np.mean(moved) == pytest.approx(mean, abs=5e-4) and np.mean(abs(moved)) == pytest.approx(
        mean_absolute, abs=5e-4
    )
    found = release.execute(
        "select movement from fct_estimate_error where earlier_edition_id = ? and edition_id = ? "
        "and measure = 'defence_share_of_gdp' and age_years = 0",
        [earlier, later],
    ).fetchnumpy()["movement"]
    assert sorted(found) == pytest.approx(sorted(moved))


@pytest.mark.parametrize("origin", ORDER[1:])
@pytest.mark.parametrize("age", [0, 1, 2])
def test_half_widths_from_the_figures_that_were_out(release, independent, origin, age):
    """No edition after the origin is looked at, so nothing is fitted on what it is tested on."""
    out = ORDER[: ORDER.index(origin) + 1]
    by_horizon: dict[int, list[np.ndarray]] = {}
    for place, earlier in enumerate(out):
        for later in out[place + 1 :]:
            newest = (max(independent.wide(e, "3", "defence_share_of_gdp").columns) for e in (later, earlier))
            by_horizon.setdefault(next(newest) - next(newest), []).append(_movements(independent, earlier, later, age))
    widths = []
    for parts in by_horizon.values():
        moved = np.concatenate(parts)
        place = min(len(moved), math.ceil((len(moved) + 1) * 0.9 - 1e-9))
        widths.append(max(sorted(abs(moved))[place - 1], *abs(np.quantile(moved, [0.05, 0.95]))))
    found = release.execute(
        "select distinct half_width_90, editions_behind from fct_figure_interval "
        "where edition_id = ? and measure = 'defence_share_of_gdp' and age_group = ?",
        [origin, age],
    ).fetchall()
    assert found == [(pytest.approx(max(widths)), len(out) - 1)]


def test_plain_quantiles_alone_hold_too_few(tests_of_share):
    newest = {(test.origin, test.later): test for test in tests_of_share if test.age_group == 0}
    plain = {key: test.covered(*test.plain) / len(test.movements) for key, test in newest.items()}
    assert round(plain["nato-2024-06", "nato-2025-08"], 2) == 0.74
    assert round(plain["nato-2025-08", "nato-2026-07"], 2) == 0.87


def test_the_promises_of_intervals_hold(release, tests_of_share):
    """Never narrower than plain quantiles, whatever the measure; for the share of GDP a better score than both."""
    every = splits(release)
    assert {test.series for test in tests_of_share} < {test.series for test in every}
    assert broken_promises(every) == []
    for test in tests_of_share:
        if test.age_group == 0:
            ours, plain, none = test.scores()
            assert ours < plain and ours < none
            covered = test.covered(-test.half_width, test.half_width)
            low, high = binomial_interval(covered, len(test.movements))
            assert low < 0.9 < high
    assert total(tests_of_share)[1] / total(tests_of_share)[0] == pytest.approx(0.9, abs=0.05)


def test_a_promise_that_breaks_is_told(tests_of_share):
    narrow = [replace(test, half_width=0.0) for test in tests_of_share]
    told = broken_promises(narrow)
    assert any("narrower" in line for line in told) and any("no better" in line for line in told)


def test_chances_are_nearer_to_what_came_than_staying_as_it_is(release):
    tests = chances(release, "gdp_2")
    assert [(test.origin, test.later, test.editions_behind) for test in tests] == [
        ("nato-2024-06", "nato-2025-08", 1),
        ("nato-2024-06", "nato-2026-07", 1),
        ("nato-2025-08", "nato-2026-07", 2),
    ]
    assert all(test.brier <= test.brier_no_change + 1e-3 for test in tests)
    assert sum(test.brier for test in tests) < sum(test.brier_no_change for test in tests)


def test_scores_and_binomial_intervals_by_hand():
    # Width 2, and one of two figures lies 0.5 outside: 2 + 20 * 0.5 / 2.
    assert interval_score(-1, 1, np.array([0.0, 1.5])) == pytest.approx(7)
    # Wilson (1927), 27 of 30: middle (0.9 + 3.8415 / 60) / (1 + 3.8415 / 30) = 0.85459, half 0.11092.
    assert binomial_interval(27, 30) == (pytest.approx(0.7438, abs=1e-4), pytest.approx(0.9654, abs=1e-4))
    assert binomial_interval(5, 5)[1] == 1 and binomial_interval(0, 5)[0] == 0


def test_every_newest_share_has_an_interval_around_it(release):
    rows = release.execute(
        "select value, low_95, low_90, low_80, low_50, high_50, high_80, high_90, high_95, editions_behind "
        "from fct_figure_interval where edition_id = 'nato-2026-07'"
    ).fetchall()
    for value, *ends, editions in rows:
        low, high = ends[:4], ends[4:]
        assert low == sorted(low) and high == sorted(high) and low[-1] <= value <= high[0] and editions >= 1
    shares = release.execute(
        "select count(*) from fct_figure_interval where edition_id = 'nato-2026-07' "
        "and measure = 'defence_share_of_gdp' and year = 2026"
    ).fetchall()
    assert shares == [(31,)]


def test_the_page_tells_what_the_backtest_gives(release, tests_of_share):
    """docs/uncertainty.md prints figures that `python -m benchmarks.backtest` does."""
    page = (PROJECT / "docs" / "uncertainty.md").read_text(encoding="utf-8")
    names = {
        edition: f"{day:%B %Y}"
        for edition, day in release.execute("select edition_id, published_on from dim_edition").fetchall()
    }
    newest = [test for test in tests_of_share if test.age_group == 0]
    for test in newest:
        count, covered = len(test.movements), test.covered(-test.half_width, test.half_width)
        low, high = binomial_interval(covered, count)
        line = [
            *(names[test.origin], names[test.later], test.editions_behind, count, f"{test.half_width:.2f}"),
            *(_percent(covered / count), f"{100 * low:.0f} to {100 * high:.0f}"),
            _percent(test.covered(*test.plain) / count),
            *(f"{score:.2f}" for score in test.scores()),
        ]
        assert f"| {' | '.join(map(str, line))} |" in page, line
    assert len(newest) == len(re.findall(r"^\| \w+ 20\d\d \| \w+ 20\d\d \|", page, re.M))
    count, covered, scores = total(tests_of_share)
    ours, plain, none = (f"{score:.3f}" for score in scores)
    assert f"{covered} of {count:,} were covered ({_percent(covered / count)})" in page
    assert f"with a score of {ours} against {plain} and {none}" in page
    for test in chances(release, "gdp_2"):
        assert f"{test.brier:.3f}" in page and f"{test.expected:.1f}" in page, test


def _percent(part: float) -> str:
    return f"{100 * part:.0f} %"
