"""What the units of observations are called, for people. One table, for the report and the command line alike."""

from __future__ import annotations

UNIT_WORDS = {
    "percent": "%",
    "usd_m": "million US dollars",
    "lcu_m": "million units of national currency",
    "usd": "US dollars",
    "usd_thousand": "thousand US dollars",
    "thousand": "thousand",
}


def unit_words(unit: str) -> str:
    """Return how a unit is written beside a figure: `usd_m` as million US dollars; an unknown one as it is."""
    return UNIT_WORDS.get(unit, unit)
