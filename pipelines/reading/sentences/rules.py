"""The rules: which words beside which number make which statement."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from ...contracts.metrics import Metric
from ..statements import Statement, coarser, decimals_of
from . import changes, contests, counts, orders, tallies
from .amounts import Amount
from .guard import unread
from .parts import direction_of, owner_of, percent_decimals, signed
from .scene import Scene
from .words import ALLIES, CATEGORIES, GDP, PEOPLE, PER_HEAD, SPENDING, STATES


def statements(scene: Scene) -> tuple[list[Statement], list[str]]:
    """Return the statements of a sentence, and the parts of it that no rule took."""
    text, used = scene.text, set()
    made: list[tuple[int, Statement]] = []
    numbers = list(scene.numbers)
    basis = _basis(scene)

    for rule in (tallies.streaks, tallies.firsts, counts.counts):
        if not made:
            found, taken = rule(scene, numbers)
            made += found
            used |= taken
    if not made:
        found, taken = orders.since(scene, numbers)
        made += found
        used |= taken
    if not made or all(s.kind == "value" for _, s in made):
        found, taken = orders.ranks(scene, numbers)
        made += found
        used |= taken
    for rule in (contests.overtaken, contests.fractions):
        found, taken = rule(scene, [n for n in numbers if id(n) not in used])
        made += found
        used |= taken
    found, taken = orders.comparisons(scene, [n for n in numbers if id(n) not in used], bool(made))
    made += found
    used |= taken
    for number in numbers:
        if id(number) in used:
            continue
        if statement := _level(scene, number):
            made += [(number.start, replace(statement, scope=code)) for code in _each(scene, number, statement)]
            used.add(id(number))
    if scene.targets and not any(s.target_id or s.kind == "count" for _, s in made):
        made += tallies.meets(scene)
    left = [text[n.start : n.end].strip() for n in numbers if id(n) not in used] + scene.doubts
    if re.search(r"\b(?:all|each|every|both|alike)\b", text) and not re.search(r"combined|together|in total", text):
        made = [
            (place, replace(s, scope=code))
            for place, s in made
            for code in (("EST", "LVA", "LTU") if s.scope == "BALTIC" else (s.scope,))
        ]
    if any("BALTIC" in (s.scope, s.against) for _, s in made):
        return [], ["the Baltic states, which are no group of the tables"]
    left += unread(scene, [s for _, s in made])
    made.sort(key=lambda pair: pair[0])
    unique = list(dict.fromkeys(_finish(s, scene, basis) for _, s in made))
    return unique, left


def _each(scene: Scene, number: Amount, statement: Statement) -> list[str]:
    """Name everybody of whom a figure is said: "Belgium and Slovenia, at 1.3 % each", "Poland and Latvia spend 4 %"."""
    allies = [s for s in scene.people if s.code in STATES and s.start < scene.numbers[0].start]
    between = [scene.text[a.end : b.start] for a, b in itertools.pairwise(allies)]
    joined = len(allies) > 1 and all(re.fullmatch(r",?(?: and)? ", words) for words in between)
    if joined and len(allies) == len(scene.numbers) and len({n.unit for n in scene.numbers}) == 1:
        # "Poland and Latvia spent 4.3 and 3.7 %".
        return [allies[scene.numbers.index(number)].code]
    if len(scene.numbers) > 1 or len(allies) < 2:
        return [statement.scope]
    if re.search(r"\beach\b|\bboth\b|\balike\b", scene.text):
        return [s.code for s in allies]
    if not joined or allies[-1].code != statement.scope:
        return [statement.scope]
    if statement.unit != "percent":
        scene.doubts.append("whether a sum is of each or of all together")
    return [s.code for s in allies]


def _basis(scene: Scene) -> str | None:
    if scene.has(changes.CASH):
        return "current"
    return "constant" if scene.has(changes.REAL) else None


def _finish(statement: Statement, scene: Scene, basis: str | None) -> Statement:
    """Fill in prices and their base year where the sentence names them."""
    metric = statement.metric
    if base := re.search(r"(?:at|in)(?: constant)? (20\d\d) (?:prices|dollars)", scene.text):
        statement = replace(statement, price_base_year=int(base[1]), price_basis="constant")
    elif metric in (Metric.expenditure, Metric.expenditure_per_head, Metric.contribution_share, Metric.gdp_share):
        unit = statement.unit
        default = (
            "current"
            if metric is Metric.expenditure and statement.kind not in ("change",) and unit != "EUR billion"
            else None
        )
        statement = replace(statement, price_basis=(basis or default) if unit != "EUR billion" else None)
    elif metric is Metric.real_growth:
        statement = replace(statement, price_basis="constant")
    return statement


def _level(scene: Scene, number: Amount) -> Statement | None:
    """Read one number as a figure of somebody in a year: the rules in the order of how sure they are."""
    before = scene.text[: number.start]
    after = scene.text[number.end :]
    who = scene.who_at(number.start)
    year = scene.year_at(number.start, number.end)
    if who is None:
        return None
    base = Statement(
        Metric.expenditure,
        who,
        year,
        number.value,
        comparator=number.comparator,
        value_to=number.value_to,
        year_from=None,
    )
    if number.unit in ("%", "points"):
        return _percentage(scene, number, base, before, after)
    if number.unit in ("USD", "EUR"):
        return _money(scene, number, base, before, after)
    if number.unit == "times":
        return changes.multiple(scene, number, base)
    if (
        number.unit is None
        and number.value >= 300
        and (
            re.match(rf"[\w\s,'-]{{0,25}}\b(?:{PEOPLE})\b", after)
            or re.search(rf"\b(?:{PEOPLE}|strength|army|forces)\b[^.]{{0,50}}$", before)
            or re.match(r"[- ]strong", after)
        )
    ):
        step = coarser(number.value, number.step)
        return replace(
            base,
            metric=Metric.personnel,
            value=number.value / 1000,
            decimals=decimals_of(step / 1000),
            value_to=number.value_to and number.value_to / 1000,
        )
    return None


_TOTAL = r"(?:alliance|nato|allied|allies|alliance-wide|nato-wide|transatlantic)"


_BILL = r"(?:defence|defense|military) (?:spending|expenditures?|budgets?|bill|outlays?)"
# "$14 billion below the 2 percent threshold".
_AWAY = r" (?:below|under|beneath|off|behind|shy of|short of|adrift of|away from) [^.;,]{0,20}(?:2|two|3\.5|5|20) ?%"


def _percentage(scene: Scene, number: Amount, base: Statement, before: str, after: str) -> Statement | None:
    text = scene.text
    change = direction_of(scene, number)
    if re.search(r"\b(?:to|from) (?:\w+ ){0,2}$", before):
        # Where a share has fallen to, or from, is where it stands.
        change = 0
    near = after[:90]
    if number.unit == "points":
        return _points(scene, number, base, change)
    shared = re.search(rf"^ ?(?:or so |share |each )?(?:of|in) [^.;]{{0,45}}?\b{_TOTAL}\b('s)?[^.;]{{0,40}}", near)
    gdp_of_all = re.search(
        rf"^ (?:share )?of [^.;]{{0,30}}\b{_TOTAL}(?:'s|s')?(?: members'?)? ?(?:combined |total |joint |collective |overall |aggregate )?{GDP}\b|"
        rf"^ of (?:the )?(?:combined|total|joint|collective|overall) {GDP} of (?:the )?{_TOTAL}",
        near,
    )
    if (
        gdp_of_all
        or re.search(
            r"\b(?:alliance|nato|allied)(?:'s)? (?:combined |total |joint |collective )?(?:gdp|economy|economic output|wealth)\b",
            text,
        )
        and not re.search(r"% of (?:its |their )?gdp", text)
        # "53 percent of the combined GDP, yet 64 percent of its defence spending": the other number is no share of GDP.
        and not re.match(rf" of [^.;,]{{0,40}}\b(?:{_BILL})\b", near)
    ):
        base = owner_of(scene, number, base)
        # What the Alliance spends of its own GDP is no share of somebody in it.
        share = Metric.gdp_share if base.scope != "NATO_TOTAL" else Metric.defence_share_of_gdp
        if base.scope == "NATO_TOTAL" and not scene.has(SPENDING):
            return None
        return replace(base, metric=share, decimals=percent_decimals(number, share))
    if change and re.match(rf" of (?:its|their|the) (?:\w+ ){{0,2}}?(?:{PEOPLE}|army|forces)\b", near):
        return changes.growth(scene, number, base, change)
    for metric, words in CATEGORIES:
        category = (
            re.search(rf"^[^.;,]{{0,70}}\b(?:{words})\b", near) and not re.match(rf" of (?:its |their )?{GDP}", near)
        ) or (
            re.search(rf"\b(?:{words})\b[^.;]{{0,80}}$", before)
            and re.match(
                r" of [^.;]{0,30}\b(?:budget|spending|expenditure|outlays?|defence|military|it|money)\b|$|[.,]", near
            )
        )
        if category and not change:
            base = owner_of(scene, number, base)
            return replace(base, metric=Metric(metric), decimals=percent_decimals(number, Metric(metric)))
    if re.match(
        rf"(?:,? each)? ?(?:of|in) (?:\w+'s |(?:the )?(?:united states|united kingdom|[a-z]+(?:n|sh|ch|se)) |their (?:combined|joint|own|total) |its (?:own )?)?{GDP}\b",
        near,
    ) or (
        re.search(
            rf"(?:share|proportion|percentage|part|% ?) of {GDP}|relative to {GDP}|measured against {GDP}|gdp share|in relation to {GDP}|"
            rf"of (?:its|their) {GDP}|% of {GDP}|share-of-gdp|[- ]to[- ]gdp",
            text,
        )
        and not shared
    ):
        return _of_gdp(scene, number, base, change)
    total = re.search(
        rf"\b(?:{_TOTAL}(?:'s|s')?(?: (?:total|combined|overall|defence|military|collective))* (?:bill|spending|expenditures?|budgets?|purse|outlays?|effort|money|pot|costs?)|"
        rf"(?:total|combined|overall|all|collective) (?:of )?(?:nato|allied|alliance)(?:'s)? \w+|everything (?:that )?(?:nato|the allies|allies|the alliance)\b|"
        rf"(?:all|total|overall) (?:the )?(?:money|defence|military|spending|expenditure)[^.;]{{0,40}}(?:nato|alliance|allies|allied)|"
        rf"share of (?:the )?(?:total|alliance|nato)|{_TOTAL}(?:'s)? total\\b|(?:spend|spent|spending) [^.;]{{0,25}}(?:in|by|across|of|within) (?:the )?(?:whole )?(?:nato|alliance|allies))",
        text,
    )
    others = [s for s in scene.people if s.code != "NATO_TOTAL"]
    if (shared or total) and others and not change:
        base = owner_of(scene, number, base)
        if base.scope != "NATO_TOTAL" and scene.has(SPENDING):
            return replace(
                base, metric=Metric.contribution_share, decimals=percent_decimals(number, Metric.contribution_share)
            )
    if change:
        return changes.growth(scene, number, base, change)
    return None


def _of_gdp(scene: Scene, number: Amount, base: Statement, change: int) -> Statement | None:
    # "by 0.3 % of GDP" is a difference, "to 2.1 % of GDP" a level.
    if change and re.search(r"\bby (?:\w+ ){0,2}$", scene.text[: number.start]) and scene.year_from is None:
        return None
    if base.scope == "EU_ALLIES" and scene.has("budget"):
        return None
    year = base.year
    before = scene.text[: number.start]
    if scene.year_from is not None and scene.year_to is None and re.search(r"from (?:\w+ ){0,2}$", before[-20:]):
        year = scene.year_from
    ranged = re.search(r"(?:from|between) [^.;]{0,40}$", before)
    if scene.year_from and scene.year_to and re.search(r"\bfrom [^.;]{0,12}$", before) and ranged:
        year = scene.year_from
    return replace(
        base,
        metric=Metric.defence_share_of_gdp,
        year=year,
        decimals=percent_decimals(number, Metric.defence_share_of_gdp),
    )


def _points(scene: Scene, number: Amount, base: Statement, change: int) -> Statement | None:
    places = decimals_of(min(number.step, 0.1))
    gap = scene.has(r"short|shortfall|gap|shy|missing|below|lack\w*|away from|under")
    if scene.targets and gap:
        return replace(
            base, metric=Metric.gap_to_target, target_id=scene.targets[0][0], unit_said="percent", decimals=places
        )
    two = [s.code for s in scene.people if s.code != "NATO_TOTAL"]
    if not (scene.has(GDP) or scene.targets):
        return None
    made = replace(base, metric=Metric.defence_share_of_gdp, claim_kind="diff", unit_said="percent", decimals=places)
    if len(dict.fromkeys(two)) == 2 and scene.year_from is None:
        first, second = dict.fromkeys(two)
        if scene.has(r"below|behind|trail\w*|less|lower|under"):
            first, second = second, first
        return replace(made, scope=first, against=second)
    if change:
        return signed(replace(made, year_from=scene.year_from or base.year - 1), change)
    return None


def _money(scene: Scene, number: Amount, base: Statement, before: str, after: str) -> Statement | None:
    if scene.has(r"interest|gdp was|economy (?:is|was) worth|cumulative|altogether since|in all since|over the years"):
        return None
    if scene.has(PER_HEAD) and number.value < 100_000:
        if number.unit != "USD":
            return None
        base = owner_of(scene, number, base)
        return replace(
            base, metric=Metric.expenditure_per_head, decimals=decimals_of(coarser(number.value, number.step))
        )
    if (
        number.value < 1e6
        or not scene.targets
        and not scene.has(rf"{SPENDING}|nato|alliance|allied|arms|soldiers|forces")
    ):
        return None
    if re.match(r" (?:a|per|each|every) year\b", after):
        return None
    billions, to = number.value / 1e9, number.value_to and number.value_to / 1e9
    step = coarser(round(number.value), number.step) / 1e9
    if number.value / number.step > 1000 and number.step >= 1e5:
        step = min(step, number.step / 1e9 if billions % 10 else step)
    base = replace(base, value=billions, value_to=to, decimals=decimals_of(step))
    if re.search(r"equip|procure|weapon|\bkit\b|hardware|personnel|pay\b", after[:50]) or re.search(
        r"equipment|procurement", before
    ):
        return None
    if number.unit == "EUR":
        plain = base.scope in ALLIES and not changes.direction_of_sum(scene, number)
        return replace(base, unit_said="EUR billion") if plain else None
    gap = re.search(r"short(?:fall)?|gap|shy|lack|missing|miss|\bneed|had to", scene.text)
    if scene.targets and (gap or re.match(_AWAY, after)):
        return replace(base, metric=Metric.gap_to_target, target_id=scene.targets[0][0], unit_said="USD billion")
    if change := changes.direction_of_sum(scene, number):
        since = scene.year_from if scene.year_from is not None else base.year - 1
        return signed(replace(base, claim_kind="diff", year_from=since), change)
    # "from $943 billion in 2014 to $1,474 billion in 2024": each number has its own year.
    year = base.year
    if scene.year_from is not None and (
        re.search(r"\bfrom (?:\w+ )?$", before)
        or re.match(r" (?:in|the year|back in) ?\u00b7?", after)
        and scene.text[number.end :].lstrip().startswith(f"in {scene.year_from}")
    ):
        year = scene.year_from
    return replace(base, year=year)
