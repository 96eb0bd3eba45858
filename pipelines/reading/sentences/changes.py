"""Rules for what changed: growth from the year before, changes and multiples since a year, sums added."""

from __future__ import annotations

import re
from dataclasses import replace

from ...contracts.metrics import Metric
from ..statements import Statement, allowed, coarser, decimals_of
from .amounts import Amount
from .parts import owner_of, percent_decimals, signed
from .scene import Scene
from .words import ALLIES, CATEGORIES, FALLS, GDP, PEOPLE, PER_HEAD, RISES, SPENDING

REAL = r"real terms|real|constant prices|inflation-adjusted|adjusted for inflation|after inflation|in volume|price-adjusted"
CASH = (
    r"cash terms|nominal(?:ly)?|nominal terms|current prices|not adjusted for inflation|in cash|before inflation|in money terms|"
    r"(?:without|before) (?:any )?(?:adjusting|adjustment|correcting|correction|allowing|allowance) for (?:prices|inflation)|unadjusted|"
    r"(?:national|local|domestic|own) currency|(?:in|counted in|measured in) canadian dollars|ignoring (?:prices|inflation)"
)


def growth(scene: Scene, number: Amount, base: Statement, change: int) -> Statement | None:
    """Read a rise or a fall in percent: since a year where one is named, else from the year before."""
    if not scene.has(SPENDING):
        return None
    if base.scope == "NATO_TOTAL":
        base = owner_of(scene, number, base)
    cash = scene.has(CASH)
    if scene.year_from is not None and scene.year_from < base.year - 1:
        if scene.has(r"a year|annually|per year|every year|each year|on average"):
            return None
        metric = Metric.personnel if scene.has(PEOPLE) else Metric.expenditure
        made = replace(
            base,
            metric=metric,
            claim_kind="change",
            unit_said="percent",
            year_from=scene.year_from,
            decimals=decimals_of(coarser(number.value, number.step) if number.value >= 100 else number.step),
        )
        return signed(made, change)
    if scene.has(PEOPLE):
        made = replace(
            base,
            metric=Metric.personnel,
            claim_kind="change",
            unit_said="percent",
            year_from=base.year - 1,
            decimals=decimals_of(number.step),
        )
        return signed(made, change)
    if scene.has(CATEGORIES[0][1]):
        return None
    metric = Metric.nominal_growth if cash else Metric.real_growth
    return signed(replace(base, metric=metric, decimals=percent_decimals(number, metric)), change)


def direction_of_sum(scene: Scene, number: Amount) -> int:
    """Say whether a sum is what was added (1) or taken away (-1); a sum to which somebody rose is neither."""
    before, after = scene.text[max(0, number.start - 60) : number.start], scene.text[number.end : number.end + 40]
    if re.match(
        r" (?:more|higher) than (?:the year before|a year (?:earlier|before|ago)|last year|in 20\d\d|[\u00b7 ]+$)",
        after,
    ):
        return 1
    if re.match(r" (?:less|lower) than (?:the year before|a year (?:earlier|before|ago)|last year|in 20\d\d)", after):
        return -1
    if re.match(r" (?:more|extra|increase|rise|boost|additional|hike|on top)\b(?! than)", after):
        return 1
    if re.match(r" (?:less|cut|decrease|reduction)\b", after):
        return -1
    if re.search(
        r"\b(?:add(?:s|ed|ing)?|an? (?:extra|additional)|(?:increase|rise|jump|boost|hike)d? of|(?:extra|additional))\s(?:[\w']+\s){0,2}$",
        before,
    ):
        return 1
    if re.search(rf"\b(?:{RISES})\b[^.;]{{0,45}} by (?:[\w']+\s)?$", before):
        return 1
    if re.search(rf"\b(?:{FALLS})\b[^.;]{{0,45}} by (?:[\w']+\s)?$|\bcut of (?:[\w']+\s)?$", before):
        return -1
    return 0


def multiple(scene: Scene, number: Amount, base: Statement) -> Statement | None:
    """Read a multiple since a year: doubled, tripled, 2.4 times."""
    verb = re.fullmatch(r"[a-z]+(?:ed|es|ing)", number.text)
    if scene.year_from is None and scene.year_said and verb:
        return _within_a_year(scene, number, base)
    if scene.year_from is None or scene.year_from >= base.year:
        return None
    metric = _measure(scene)
    if metric is None:
        return None
    base = owner_of(scene, number, base)
    return replace(
        base,
        metric=metric,
        claim_kind="change",
        unit_said="times",
        year_from=scene.year_from,
        decimals=decimals_of(number.step),
    )


def _measure(scene: Scene) -> Metric | None:
    """Name what became a multiple."""
    for name, words in CATEGORIES:
        if scene.has(words) and scene.has(r"share|proportion|part|percentage"):
            return Metric(name)
    if scene.has(CATEGORIES[0][1]):
        return None
    if scene.has(PEOPLE) and not scene.has(r"spending|expenditure|budget|spends|spent"):
        return Metric.personnel
    if scene.has(PER_HEAD):
        return Metric.expenditure_per_head
    if scene.has(
        rf"(?:share|proportion|percentage|part|%) of {GDP}|measured against {GDP}|relative to {GDP}|gdp share|as a share of {GDP}"
    ):
        return Metric.defence_share_of_gdp
    return Metric.expenditure if scene.has(SPENDING) else None


def _within_a_year(scene: Scene, number: Amount, base: Statement) -> Statement | None:
    """Read what doubled from the year before; cash is in the Ally's own currency."""
    metric = _measure(scene)
    if metric is None:
        return None
    base = replace(owner_of(scene, number, base), metric=metric)
    made = replace(base, claim_kind="change", unit_said="times", year_from=base.year - 1)
    if not scene.has(CASH) or made.scope not in ALLIES or metric is not Metric.expenditure:
        return made
    low, high = allowed(made)
    grown = replace(made, metric=Metric.nominal_growth, claim_kind="", unit_said=None, year_from=None, decimals=0)
    if made.comparator in ("more_than", "less_than", "at_least", "at_most"):
        return replace(grown, value=100 * (made.value - 1))
    return replace(grown, comparator="between", value=100 * (low - 1), value_to=100 * (high - 1))
