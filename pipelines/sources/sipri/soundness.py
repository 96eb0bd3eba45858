"""Hold SIPRI's tables against each other, so that a file that was cut, emptied or mixed up is told by its cells.

One release gives the same expenditure in seven ways: every table lists the same states, and two of them give the
population, GDP, or the change of prices. What no release can do is refused; what is merely odd is SIPRI's own.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..errors import Offender
from .tables import TABLES

LOCAL, CURRENT, CONSTANT = "local_calendar", "current_usd", "constant_usd"
SHARE, GOVERNMENT, PER_HEAD = "share_of_gdp", "share_of_government", "per_capita"
# A state that has ceased to be may be left out; Kuwait spent 117 % of its GDP in 1991.
MOST_UNLISTED, MOST_OF_GDP, MOST_OF_GOVERNMENT = 3, 150.0, 100.0
# From these years on the tables hold 0.9 and more of the states that the local currencies have.
SINCE = {CURRENT: 1990, CONSTANT: 1990, SHARE: 1990, PER_HEAD: 1990, GOVERNMENT: 2000}
FEWEST, MANY_STATES = 0.85, 100
# Population moves by half at most (Kuwait 1991), GDP over government expenditure by 7.6 times (Rwanda 1996).
FARTHEST = {(CURRENT, PER_HEAD): 5.0, (GOVERNMENT, SHARE): 10.0}
FEWEST_PAIRS, MOST_TOLD = 20, 5
# The base year's figures are those at current prices; a few years of inflation apart is another base year.
FARTHEST_BASE = 0.2
# Of one state by half at most (Sudan's rates of exchange).
FARTHEST_STATE, SAME = 2.0, 0.001


def contradictions(frame: pd.DataFrame, listed: Mapping[str, set[str]], sheets: Mapping[str, str]) -> list[Offender]:
    """List what of a release's figures cannot be; `listed` are the states of each table, `sheets` their names."""
    calendar = frame[~frame["repeats"].astype(bool) & (frame["period"].str.len() == 4)].copy()
    calendar["year"] = calendar["period"].astype(int)
    calendar["value"] = calendar["value"].astype(float)
    values = calendar.pivot_table(index=["entity_code", "year"], columns="table_id", values="value")
    values = values.reindex(columns=[table.table_id for table in TABLES])
    found = _unlisted(listed, sheets) or _emptied(values, sheets)
    found += _impossible(calendar, sheets)
    if not found:
        found = _mixed_up(values, sheets, calendar)
    return found or _jumps(values, calendar)


def _unlisted(listed: Mapping[str, set[str]], sheets: Mapping[str, str]) -> list[Offender]:
    every = set().union(*listed.values())
    lacking = {table: sorted(every - states) for table, states in listed.items()}
    return [
        Offender(
            sheets[table],
            f"no row of {', '.join(states[:5])}{f' and {len(states) - 5} more' if len(states) > 5 else ''}",
            "the states that the other sheets list",
        )
        for table, states in lacking.items()
        if len(states) > MOST_UNLISTED
    ]


def _emptied(values: pd.DataFrame, sheets: Mapping[str, str]) -> list[Offender]:
    counts = values.groupby(level="year").count()
    found = []
    for table, since in SINCE.items():
        if table in sheets and LOCAL in sheets:
            wanted = counts[(counts.index >= since) & (counts[LOCAL] >= MANY_STATES)]
            few = wanted[wanted[table] < FEWEST * wanted[LOCAL]]
            if len(few):
                year, row = few.index[0], few.iloc[0]
                more = f", and too few in {len(few) - 1} other years" if len(few) > 1 else ""
                found.append(
                    Offender(
                        sheets[table],
                        f"figures of {row[table]} states in {year}{more}",
                        f"about as many as {sheets[LOCAL]} has, {row[LOCAL]}",
                    )
                )
    return found


def _impossible(calendar: pd.DataFrame, sheets: Mapping[str, str]) -> list[Offender]:
    most = calendar["table_id"].map({SHARE: MOST_OF_GDP, GOVERNMENT: MOST_OF_GOVERNMENT})
    wrong = calendar[(calendar["value"] > most) | (calendar["value"] < 0)]
    found = []
    for table, rows in wrong.groupby("table_id"):
        first = rows.head(MOST_TOLD)
        for cell, value, unit in zip(first["cell"], first["value"], first["unit"], strict=True):
            what = f"{value:,.6g} {'%' if unit == 'percent' else unit}"
            found.append(Offender(cell, what, "a share or an amount that can be"))
        if len(rows) > MOST_TOLD:
            what = f"{len(rows) - MOST_TOLD:,} more of these"
            found.append(Offender(sheets[str(table)], what, "this sheet's own figures: are two sheets exchanged?"))
    return found


def _mixed_up(values: pd.DataFrame, sheets: Mapping[str, str], calendar: pd.DataFrame) -> list[Offender]:
    """Find sheets whose figures were exchanged, or are of another base year than their name says."""
    found = []
    shares = values[[SHARE, GOVERNMENT]].dropna()
    if len(shares) > FEWEST_PAIRS and (shares[SHARE] > shares[GOVERNMENT]).mean() > 0.1:
        what = f"shares of GDP above those of government expenditure, which is a part of it, in {sheets[GOVERNMENT]}"
        found.append(Offender(sheets[SHARE], what, "smaller ones"))
    heads = (values[CURRENT] / values[PER_HEAD]).replace([np.inf], np.nan).dropna()
    if len(heads) > FEWEST_PAIRS and not 1 < heads.median() < 100:
        what = f"amounts that over those per head give {heads.median():.3g} million people to a state"
        found.append(Offender(sheets[CURRENT], what, f"the population of states; compare {sheets[PER_HEAD]}"))
    base = calendar["price_base_year"].dropna()
    prices = (values[CONSTANT] / values[CURRENT]).replace([np.inf, 0], np.nan).dropna()
    if len(base) and len(prices):
        found += _other_prices(prices, int(base.iloc[0]), sheets)
        found += [] if found else _other_states(prices, int(base.iloc[0]), calendar)
    return found


def _other_prices(prices: pd.Series, base: int, sheets: Mapping[str, str]) -> list[Offender]:
    of_base = prices[prices.index.get_level_values("year") == base]
    if len(of_base) > FEWEST_PAIRS and abs(of_base.median() - 1) > FARTHEST_BASE:
        what = f"prices of {base} at which {base} is {of_base.median():.2f} times what {sheets[CURRENT]} has"
        return [Offender(sheets[CONSTANT], what, "the same figures in the base year")]
    long_before = prices[prices.index.get_level_values("year") <= base - 15]
    if len(long_before) > FEWEST_PAIRS and long_before.median() < 1:
        what = f"less than {sheets[CURRENT]} in years long before {base}"
        return [Offender(sheets[CONSTANT], what, "more, since prices have risen: are the two sheets exchanged?")]
    return []


def _other_states(prices: pd.Series, base: int, calendar: pd.DataFrame) -> list[Offender]:
    """Find states whose figures of the base year differ: one of the two sheets has somebody else's."""
    of_base = prices[prices.index.get_level_values("year") == base]
    if of_base.empty or abs(of_base.median() - 1) > SAME:
        return []
    apart = of_base[np.log(of_base).abs() > np.log(FARTHEST_STATE)]
    cells = calendar[calendar["table_id"] == CURRENT].set_index(["entity_code", "year"])
    return [
        Offender(
            str(cells["cell"][key]),
            f"{cells['value'][key]:,.6g}, where constant prices of {base} have {ratio:.3g} times as much",
            "the same in the base year",
        )
        for key, ratio in apart.items()
    ]


def _jumps(values: pd.DataFrame, calendar: pd.DataFrame) -> list[Offender]:
    """Find figures that lie apart from the years around them in one table, and not in the table beside it."""
    cells = calendar.set_index(["table_id", "entity_code", "year"])["cell"]
    found: dict[str, Offender] = {}
    for (above, below), farthest in FARTHEST.items():
        ratio = (values[above] / values[below]).replace([np.inf, 0], np.nan).dropna().sort_index()
        logs = ratio.map(np.log)
        states = logs.groupby(level="entity_code")
        before, after = (logs - states.shift(1)), (logs - states.shift(-1))
        # The first and the last year have one neighbour, all others two.
        apart = before.abs().fillna(after.abs()).clip(upper=after.abs().fillna(before.abs()))
        same_side = (before * after).fillna(1) > 0
        for code, year in logs[(apart > np.log(farthest)) & same_side].index:
            for table in (above, below):
                jump = _own_jump(values[table], code, year)
                if jump > np.log(farthest) / 2:
                    cell = str(cells[table, code, year])
                    what = f"{values[table][code, year]:g}, {np.exp(jump):.3g} times off the years around it"
                    found[cell] = Offender(cell, what, "a figure that goes with the other tables of this state")
    return list(found.values())


def _own_jump(series: pd.Series, code: str, year: int) -> float:
    around = [series.get((code, other), np.nan) for other in (year - 1, year + 1)]
    jumps = [abs(np.log(series[code, year] / one)) for one in around if one and not np.isnan(one)]
    return min(jumps, default=0.0)
