"""The rules: which words beside which number make which statement."""

from __future__ import annotations

import re
from dataclasses import replace

from ...contracts.metrics import Metric
from ..statements import Statement, coarser, decimals_of
from . import orders
from .amounts import CARDINALS, Amount
from .scene import Scene
from .words import ALLIES, CATEGORIES, GDP, MEETS, MISSES, PEOPLE, PER_HEAD, SPENDING

RISES = (r"grew|grow(?:s|n|ing|th)?|rose|ris(?:e|es|en|ing)|increas\w*|went up|gone up|going up|(?:is|are|was|were) up|up (?=by|from|\d)|climb\w*|jump\w*|surg\w*|expan\w+|soar\w*|rais\w+|hik\w+|"
         r"boost\w*|add(?:s|ed|ing)?|lift\w*|gain\w*|swell\w*|swelled|higher|extra|additional|more|accelerat\w+|leap\w*|leapt|upturn")
FALLS = (r"fell|fall(?:s|en|ing)?|shrank|shr[iu]nk\w*|drop\w*|declin\w*|cut(?:s|ting)?|decreas\w*|went down|gone down|(?:is|are|was|were) down|down (?=by|from|\d)|slid|slip\w*|contract(?:ed|ion)|reduc\w+|"
         r"los(?:t|ing|s)|lower|plung\w*|sank|trimm\w*|slash\w*|dip(?:s|ped)?")
REAL = r"real terms|real|constant prices|inflation-adjusted|adjusted for inflation|after inflation|in volume|price-adjusted"
CASH = r"cash terms|nominal(?:ly)?|nominal terms|current prices|not adjusted for inflation|in cash|national currency|before inflation|in money terms"
_MEMBERS = (r"(?:nato )?(?:allies|allied (?:countries|nations|states|governments)|ally|countries|country|members?|member states?|nations?|states?|capitals|governments|"
            r"armies)")


def statements(scene: Scene) -> tuple[list[Statement], list[str]]:
    """Return the statements of a sentence, and the parts of it that no rule took."""
    text, used = scene.text, set()
    made: list[tuple[int, Statement]] = []
    numbers = list(scene.numbers)
    basis = _basis(scene)

    for rule in (_streaks, _firsts, _counts):
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
        made += _meets(scene)
    left = [text[n.start : n.end].strip() for n in numbers if id(n) not in used]
    if any(s.scope == "BALTIC" or s.against == "BALTIC" for _, s in made):
        return [], ["the Baltic states, which are no group of the tables"]
    made.sort(key=lambda pair: pair[0])
    unique = list(dict.fromkeys(_finish(s, scene, basis) for _, s in made))
    return unique, left


def _each(scene: Scene, number: Amount, statement: Statement) -> list[str]:
    """Name everybody of whom a figure is said: "Belgium and Slovenia, at 1.3 % each"."""
    allies = [s.code for s in scene.people if s.code in ALLIES and s.start < number.start]
    both = re.search(r"\beach\b|\bboth\b|\balike\b", scene.text) and len(scene.numbers) == 1
    return allies if both and len(allies) > 1 else [statement.scope]


def _basis(scene: Scene) -> str | None:
    if scene.has(CASH):
        return "current"
    return "constant" if scene.has(REAL) else None


def _finish(statement: Statement, scene: Scene, basis: str | None) -> Statement:
    """Fill in prices and their base year where the sentence names them."""
    metric = statement.metric
    if base := re.search(r"(?:at|in)(?: constant)? (20\d\d) (?:prices|dollars)", scene.text):
        statement = replace(statement, price_base_year=int(base[1]), price_basis="constant")
    elif metric in (Metric.expenditure, Metric.expenditure_per_head, Metric.contribution_share, Metric.gdp_share):
        unit = statement.unit
        default = "current" if metric is Metric.expenditure and statement.kind not in ("change",) and unit != "EUR billion" else None
        statement = replace(statement, price_basis=(basis or default) if unit != "EUR billion" else None)
    elif metric is Metric.real_growth:
        statement = replace(statement, price_basis="constant")
    return statement


def percent_decimals(number: Amount, metric: Metric) -> int:
    """Return the decimals of a stated percentage; a share of GDP is never coarser than a tenth."""
    step = number.step
    if metric is Metric.defence_share_of_gdp:
        step = min(step, 0.1)
    elif number.value >= 100:
        step = coarser(number.value, step)
    return decimals_of(step)


def _level(scene: Scene, number: Amount) -> Statement | None:
    """Read one number as a figure of somebody in a year: the rules in the order of how sure they are."""
    before = scene.text[: number.start]
    after = scene.text[number.end :]
    who = scene.who_at(number.start)
    year = scene.year_at(number.start, number.end)
    if who is None:
        return None
    base = Statement(
        Metric.expenditure, who, year, number.value, comparator=number.comparator, value_to=number.value_to, year_from=None
    )
    if number.unit in ("%", "points"):
        return _percentage(scene, number, base, before, after)
    if number.unit in ("USD", "EUR"):
        return _money(scene, number, base, before, after)
    if number.unit == "times":
        return _multiple(scene, number, base)
    if number.unit is None and number.value >= 300 and (
        re.match(rf"[\w\s,'-]{{0,25}}\b(?:{PEOPLE})\b", after) or re.search(rf"\b(?:{PEOPLE}|strength|army|forces)\b[^.]{{0,50}}$", before)
        or re.match(r"[- ]strong", after)
    ):
        step = coarser(number.value, number.step)
        return replace(base, metric=Metric.personnel, value=number.value / 1000, decimals=decimals_of(step / 1000),
                       value_to=number.value_to and number.value_to / 1000)
    return None


def _owner(scene: Scene, number: Amount, base: Statement) -> Statement:
    """Take the one who does, where the whole of the Alliance stands nearer to the number."""
    if base.scope != "NATO_TOTAL":
        return base
    others = [s for s in scene.people if s.code != "NATO_TOTAL"]
    before = [s for s in others if s.start < number.start]
    chosen = before[-1] if before else others[0] if others else None
    return replace(base, scope=chosen.code) if chosen else base


_TOTAL = (r"(?:alliance|nato|allied|allies|alliance-wide|nato-wide|transatlantic)")


def _percentage(scene: Scene, number: Amount, base: Statement, before: str, after: str) -> Statement | None:
    text = scene.text
    change = _direction(scene, number)
    near = after[:90]
    if number.unit == "points":
        return _points(scene, number, base, change)
    shared = re.search(rf"^ ?(?:or so |share |each )?(?:of|in) [^.;]{{0,45}}?\b{_TOTAL}\b('s)?[^.;]{{0,40}}", near)
    gdp_of_all = re.search(rf"^ (?:share )?of [^.;]{{0,30}}\b{_TOTAL}(?:'s|s')?(?: members'?)? ?(?:combined |total |joint |collective |overall |aggregate )?{GDP}\b|"
                           rf"^ of (?:the )?(?:combined|total|joint|collective|overall) {GDP} of (?:the )?{_TOTAL}", near)
    if gdp_of_all or re.search(rf"\b(?:alliance|nato|allied)(?:'s)? (?:combined |total |joint |collective )?(?:gdp|economy|economic output|wealth)\b", text) and not re.search(
        r"% of (?:its |their )?gdp", text
    ):
        base = _owner(scene, number, base)
        return replace(base, metric=Metric.gdp_share, decimals=percent_decimals(number, Metric.gdp_share)) if base.scope != "NATO_TOTAL" else None
    for metric, words in CATEGORIES:
        category = (re.search(rf"^[^.;,]{{0,70}}\b(?:{words})\b", near) and not re.match(rf" of (?:its |their )?{GDP}", near)) or (
            re.search(rf"\b(?:{words})\b[^.;]{{0,80}}$", before) and re.match(r" of [^.;]{0,30}\b(?:budget|spending|expenditure|outlays?|defence|military|it|money)\b|$|[.,]", near)
        )
        if category and not change:
            base = _owner(scene, number, base)
            return replace(base, metric=Metric(metric), decimals=percent_decimals(number, Metric(metric)))
    if re.match(rf"(?:,? each)? ?(?:of|in) (?:\w+'s |their (?:combined|joint|own|total) |its (?:own )?)?{GDP}\b", near) or (
        re.search(rf"(?:share|proportion|percentage|part|% ?) of {GDP}|relative to {GDP}|measured against {GDP}|gdp share|in relation to {GDP}|"
                  rf"of (?:its|their) {GDP}|% of {GDP}|share-of-gdp", text)
        and not shared
    ):
        return _of_gdp(scene, number, base, change)
    total = re.search(rf"\b(?:{_TOTAL}(?:'s|s')?(?: (?:total|combined|overall|defence|military|collective))* (?:bill|spending|expenditures?|budgets?|purse|outlays?|effort|money|pot|costs?)|"
                      rf"(?:total|combined|overall|all|collective) (?:of )?(?:nato|allied|alliance)(?:'s)? \w+|everything (?:that )?(?:nato|the allies|allies|the alliance)\b|"
                      rf"(?:all|total|overall) (?:the )?(?:money|defence|military|spending|expenditure)[^.;]{{0,40}}(?:nato|alliance|allies|allied)|"
                      rf"share of (?:the )?(?:total|alliance|nato)|(?:spend|spent|spending) [^.;]{{0,25}}(?:in|by|across|of|within) (?:the )?(?:whole )?(?:nato|alliance|allies))", text)
    others = [s for s in scene.people if s.code != "NATO_TOTAL"]
    if (shared or total) and others and not change:
        base = _owner(scene, number, base)
        if base.scope != "NATO_TOTAL" and scene.has(SPENDING):
            return replace(base, metric=Metric.contribution_share, decimals=percent_decimals(number, Metric.contribution_share))
    if change:
        return _growth(scene, number, base, change)
    return None


def _direction(scene: Scene, number: Amount) -> int:
    """Say whether a number is that of a rise (1), of a fall (-1), or of neither (0)."""
    text = scene.text
    before, after = text[max(0, number.start - 70) : number.start], text[number.end : number.end + 45]
    if re.match(r" (?:\w+ ){0,2}(?:growth|increase|rise|jump|surge|hike|boost|leap|more|extra|gain|higher)\b", after):
        return 1
    if re.match(r" (?:\w+ ){0,2}(?:cut|fall|drop|decline|decrease|reduction|less|lower)\b", after):
        return -1
    ups = [m.end() for m in re.finditer(rf"\b(?:{RISES})\b", before)]
    downs = [m.end() for m in re.finditer(rf"\b(?:{FALLS})\b", before)]
    if not ups and not downs:
        return 0
    return 1 if max(ups, default=-1) > max(downs, default=-1) else -1


def _signed(statement: Statement, change: int) -> Statement:
    if change > 0:
        return statement
    mirrored = {"more_than": "less_than", "less_than": "more_than", "at_least": "at_most", "at_most": "at_least"}
    low, high = statement.value, statement.value_to
    return replace(
        statement,
        value=-(high if high is not None else low),
        value_to=-low if high is not None else None,
        comparator=mirrored.get(statement.comparator, statement.comparator),
    )


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
    return replace(base, metric=Metric.defence_share_of_gdp, year=year, decimals=percent_decimals(number, Metric.defence_share_of_gdp))


def _growth(scene: Scene, number: Amount, base: Statement, change: int) -> Statement | None:
    if not scene.has(SPENDING):
        return None
    if base.scope == "NATO_TOTAL":
        base = _owner(scene, number, base)
    cash = scene.has(CASH)
    if scene.year_from is not None and scene.year_from < base.year - 1:
        if scene.has(r"a year|annually|per year|every year|each year|on average"):
            return None
        metric = Metric.personnel if scene.has(PEOPLE) else Metric.expenditure
        made = replace(base, metric=metric, claim_kind="change", unit_said="percent", year_from=scene.year_from,
                       decimals=decimals_of(coarser(number.value, number.step) if number.value >= 100 else number.step))
        return _signed(made, change)
    if scene.has(PEOPLE):
        made = replace(base, metric=Metric.personnel, claim_kind="change", unit_said="percent", year_from=base.year - 1,
                       decimals=decimals_of(number.step))
        return _signed(made, change)
    for metric, words in CATEGORIES:
        if scene.has(words) and metric == "equipment_share":
            return None
    metric = Metric.nominal_growth if cash else Metric.real_growth
    return _signed(replace(base, metric=metric, decimals=percent_decimals(number, metric)), change)


def _points(scene: Scene, number: Amount, base: Statement, change: int) -> Statement | None:
    places = decimals_of(min(number.step, 0.1))
    gap = scene.has(r"short|shortfall|gap|shy|missing|below|lack\w*|away from|under")
    if scene.targets and gap:
        return replace(base, metric=Metric.gap_to_target, target_id=scene.targets[0][0], unit_said="percent", decimals=places)
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
        return _signed(replace(made, year_from=scene.year_from or base.year - 1), change)
    return None


def _money(scene: Scene, number: Amount, base: Statement, before: str, after: str) -> Statement | None:
    if scene.has(r"interest|gdp was|economy (?:is|was) worth|cumulative|altogether since|in all since|over the years"):
        return None
    if scene.has(PER_HEAD) and number.value < 100_000:
        if number.unit != "USD":
            return None
        base = _owner(scene, number, base)
        return replace(base, metric=Metric.expenditure_per_head, decimals=decimals_of(coarser(number.value, number.step)))
    if number.value < 1e6 or not scene.targets and not scene.has(rf"{SPENDING}|nato|alliance|allied|arms"):
        return None
    if re.match(r" (?:a|per|each|every) year\b", after):
        return None
    billions, to = number.value / 1e9, number.value_to and number.value_to / 1e9
    step = coarser(round(number.value), number.step) / 1e9
    if number.value / number.step > 1000 and number.step >= 1e5:
        step = min(step, number.step / 1e9 if billions % 10 else step)
    base = replace(base, value=billions, value_to=to, decimals=decimals_of(step))
    if re.search(r"equip|procure|weapon|\bkit\b|hardware|personnel|pay\b", after[:50]) or re.search(r"equipment|procurement", before):
        return None
    if number.unit == "EUR":
        plain = base.scope in ALLIES and not _direction_of_change(scene, number)
        return replace(base, unit_said="EUR billion") if plain else None
    gap = re.search(r"short(?:fall)?|gap|shy|lack|missing|miss", scene.text)
    if gap and scene.targets:
        return replace(base, metric=Metric.gap_to_target, target_id=scene.targets[0][0], unit_said="USD billion")
    if change := _direction_of_change(scene, number):
        since = scene.year_from if scene.year_from is not None else base.year - 1
        return _signed(replace(base, claim_kind="diff", year_from=since), change)
    # "from $943 billion in 2014 to $1,474 billion in 2024": each number has its own year.
    year = base.year
    if scene.year_from is not None:
        if re.search(r"\bfrom (?:\w+ )?$", before):
            year = scene.year_from
        elif re.match(r" (?:in|the year|back in) ?\u00b7?", after) and scene.text[number.end :].lstrip().startswith(f"in {scene.year_from}"):
            year = scene.year_from
    return replace(base, year=year)


def _direction_of_change(scene: Scene, number: Amount) -> int:
    """Say whether a sum is what was added (1) or taken away (-1); a sum to which somebody rose is neither."""
    before, after = scene.text[max(0, number.start - 60) : number.start], scene.text[number.end : number.end + 30]
    if re.match(r" (?:more|extra|increase|rise|boost|additional|hike|on top)\b(?! than)", after):
        return 1
    if re.match(r" (?:less|cut|decrease|reduction)\b", after):
        return -1
    if re.search(r"\b(?:add(?:s|ed|ing)?|an? (?:extra|additional)|(?:increase|rise|jump|boost|hike)d? of|(?:extra|additional))\s(?:[\w']+\s){0,2}$", before):
        return 1
    if re.search(rf"\b(?:{RISES})\b[^.;]{{0,45}} by (?:[\w']+\s)?$", before):
        return 1
    if re.search(rf"\b(?:{FALLS})\b[^.;]{{0,45}} by (?:[\w']+\s)?$|\bcut of (?:[\w']+\s)?$", before):
        return -1
    return 0


def _multiple(scene: Scene, number: Amount, base: Statement) -> Statement | None:
    """Read a multiple since a year: doubled, tripled, 2.4 times."""
    if scene.year_from is None or scene.year_from >= base.year:
        return None
    if scene.has(PEOPLE) and not scene.has(r"spending|expenditure|budget|spends|spent"):
        metric = Metric.personnel
    elif scene.has(PER_HEAD):
        metric = Metric.expenditure_per_head
    elif scene.has(rf"(?:share|proportion|percentage|part|%) of {GDP}|measured against {GDP}|relative to {GDP}|gdp share|as a share of {GDP}"):
        metric = Metric.defence_share_of_gdp
    elif scene.has(r"equipment|procurement"):
        return None
    elif scene.has(SPENDING):
        metric = Metric.expenditure
    else:
        return None
    base = _owner(scene, number, base)
    return replace(base, metric=metric, claim_kind="change", unit_said="times", year_from=scene.year_from,
                   decimals=decimals_of(number.step))


def _group(scene: Scene, place: int) -> str:
    groups = [s for s in scene.people if s.code not in ALLIES]
    named = [s for s in groups if s.code != "NATO_TOTAL"]
    near = sorted(named or groups, key=lambda s: abs(s.start - place))
    return near[0].code if near else "NATO_TOTAL"


def _counts(scene: Scene, numbers: list[Amount]) -> tuple[list[tuple[int, Statement]], set[int]]:
    text = scene.text
    goal = _goal(scene, numbers)
    if goal is None:
        return [], set()
    target, threshold, direction, taken = goal
    found = None
    everybody = re.search(rf"\b(?:all|every|each)(?: single| one of the| of the| the| nato's?)?(?: nato| european| nato's| eu| \d+| thirty-one| thirty-two)?(?: of the)?"
                          rf" {_MEMBERS}\b|\b(?:every|each) (?:nato )?(?:ally|member|country)\b|\ball (?:of )?(?:its |the )?(?:nato )?{_MEMBERS}\b", text)
    nobody = re.search(rf"\b(?:no|not a single|not one|none of the)(?: nato| european| eu)? {_MEMBERS}\b|\bnobody in (?:nato|the alliance)\b", text)
    one = re.search(rf"\b(?:a single|one|only one|just one) (?:nato |european )?(?:ally|member|country|nation|state)\b", text)
    group = _group(scene, 0)
    number: Amount | None = None
    for amount in numbers:
        if id(amount) in taken or amount.unit is not None or amount.value > 40 or amount.value != int(amount.value):
            continue
        after = text[amount.end : amount.end + 60]
        if re.match(rf"(?: of (?:the |nato's |its )?(?:alliance's |nato's )?(?:\w+ |\d+ )?)?(?: other| european| eu| nato| allied| of| the| now| more|-)*[ -]{_MEMBERS}\b|"
                    rf" (?:european )?nato\b| european allies| nato allies| of (?:them|the \d+|nato's \d+)\b| (?:{MEETS}|{MISSES})\b| (?:did|do|were|are|had)\b|"
                    r" eu (?:members|countries|allies|states)", after):
            number = amount
            break
    if number is None and not everybody and not nobody and not one:
        return [], set()
    used = set(taken)
    misses = bool(re.search(rf"\b(?:{MISSES})\b", text)) and not re.search(r"not (?:below|under)", text)
    if number is not None:
        value, comparator, start = number.value, number.comparator, number.start
        # "12 of the 32 Allies": the second number is how many there are.
        for other in numbers:
            if other is not number and other.unit is None and other.value in (28, 29, 30, 31, 32) and other.start > number.end and other.start - number.end < 20:
                used.add(id(other))
        used.add(id(number))
        if comparator == "plain" and number.value <= 40 and re.search(r"fewer than $", text[: number.start]):
            comparator = "less_than"
    elif nobody:
        value, comparator, start = 0.0, "plain", nobody.start()
    elif one:
        value, comparator, start = 1.0, "plain", one.start()
    else:
        value, comparator, start = _all_of(group), "plain", everybody.start() if everybody else 0
        if everybody and re.search(r"\bnot (?:all|every)\b", text):
            value, comparator = _all_of(group), "less_than"
    used |= {id(n) for n in numbers if n.unit is None and n.text in ("a single", "one", "no", "none") and id(n) not in used}
    if everybody:
        used |= {id(n) for n in numbers if n.unit is None and n.value in (28, 29, 30, 31, 32)}
        if value == 32 and group == "NATO_TOTAL":
            value = 32.0
    metric = Metric.allies_above_threshold if threshold is not None else Metric.allies_meeting_target
    if misses:
        if threshold is not None:
            return [], set()
        metric = Metric.allies_below_target
    found = Statement(metric, group, scene.year_at(start), value, 0, target, None, "count", comparator, "count",
                      threshold=threshold, direction=direction, value_to=number.value_to if number else None)
    return [(start, found)], used


def _all_of(group: str) -> float:
    """Count those with armed forces; what a group of another size makes of all is not understood."""
    return {"NATO_TOTAL": 31.0, "EUROPE": 29.0, "NATO_EUR_CAN": 30.0, "EU_ALLIES": 23.0}.get(group, -1.0)


def _goal(scene: Scene, numbers: list[Amount]) -> tuple[str | None, float | None, str | None, set[int]] | None:
    """Find what Allies are counted by: a target, or a threshold of GDP."""
    if scene.targets:
        return scene.targets[0][0], None, None, set()
    for amount in numbers:
        if amount.unit != "%" or amount.value_to is not None or amount.value > 30:
            continue
        over = amount.comparator == "more_than" or bool(re.search(r"(?:beyond|exceed\w*|past) (?:the )?$", scene.text[: amount.start]))
        equipment = scene.has(CATEGORIES[0][1])
        if equipment and amount.value == 20 and not over:
            return "equipment_20", None, None, {id(amount)}
        if equipment or not (scene.has(GDP) or scene.has(SPENDING) or scene.has(MEETS)):
            return None
        target = {2.0: "gdp_2", 3.5: "core_3_5"}.get(amount.value)
        if target and not over:
            return target, None, None, {id(amount)}
        return None, amount.value, "over" if over else "at_least", {id(amount)}
    return None


def _meets(scene: Scene) -> list[tuple[int, Statement]]:
    """Read who met which target, or missed it: each Ally with each target that has a verb of its own."""
    text = scene.text
    if not re.search(rf"\b(?:{MEETS}|{MISSES})\b", text):
        return []
    made = []
    for target, start, _, _ in scene.targets:
        before = text[:start]
        verbs = list(re.finditer(rf"\b(?P<miss>{MISSES})\b|\b(?P<meet>{MEETS})\b", before)) or list(
            re.finditer(rf"\b(?P<miss>{MISSES})\b|\b(?P<meet>{MEETS})\b", text)
        )
        missed = bool(verbs[-1]["miss"]) if verbs else False
        codes = list(dict.fromkeys(s.code for s in scene.people if s.code in ALLIES))
        if len(scene.targets) > 1:
            codes = codes[:1]
        for code in codes:
            made.append((start, Statement(Metric.meets_target, code, scene.year_at(start), 0.0 if missed else 1.0, 0, target, None, "meets",
                                          "plain", "boolean")))
    return made


def _number_word(word: str) -> int | None:
    ordinal = orders.ORDINAL.get(word)
    if ordinal:
        return ordinal
    if match := re.fullmatch(r"(\d+)(?:st|nd|rd|th)?", word):
        return int(match[1])
    return CARDINALS.get(word)


def _streaks(scene: Scene, numbers: list[Amount]) -> tuple[list[tuple[int, Statement]], set[int]]:
    text = scene.text
    match = re.search(r"\b(?P<n>[\w-]+) (?:years?|calendar years) (?:in a row|running|straight|on the trot|in succession|consecutively)|"
                      r"\b(?P<n2>[\w-]+) (?:consecutive|straight|successive|unbroken) years?|(?P<n3>[\w-]+) years? of (?:uninterrupted|unbroken|continuous|steady|consecutive|rising|growth)", text)
    every = re.search(r"\b(?:every|each)(?: single)? year since (\d{4})|\bwithout (?:interruption|a break) since (\d{4})|\bin (?:every|each|all)(?: single)? years? since (\d{4})", text)
    used = {id(n) for n in numbers if match and match.start() <= n.start < match.end()}
    rising = 0 if not re.search(rf"\b(?:{RISES}|{FALLS})\b", text) else 1 if re.search(rf"\b(?:{RISES})\b", text) else -1
    goal = _goal(scene, numbers)
    codes = [s.code for s in scene.people]
    if not (match or every) or not codes:
        return [], set()
    who = next((c for c in codes if c in ALLIES), next((c for c in codes if c != "NATO_TOTAL"), codes[0]))
    meets = goal is not None and goal[0] is not None
    year = scene.year_at(0)
    if every and scene.year_from and meets:
        used |= goal[3] if goal else set()
        return [(every.start(), Statement(Metric.meets_target, who, year, 1.0, 0, goal[0] if goal else None, None, "since", "plain", "boolean",
                                          year_from=scene.year_from, direction="every_year"))], used
    if every and scene.year_from and rising and scene.has(SPENDING):
        return [(every.start(), Statement(Metric.real_growth, who, year, float(year - scene.year_from), 0, None, "constant", "streak", "at_least", "years",
                                          direction="rising" if rising > 0 else "falling"))], used
    if not match:
        return [], set()
    count = _number_word(match["n"] or match["n2"] or match["n3"])
    if count is None:
        return [], set()
    comparator = next((n.comparator for n in numbers if id(n) in used), "plain")
    if meets and goal:
        used |= goal[3]
        if re.search(rf"\b(?:{MISSES})\b", text):
            return [], set()
        return [(match.start(), Statement(Metric.meets_target, who, year, float(count), 0, goal[0], None, "streak", comparator, "years", direction="meets"))], used
    if rising and scene.has(SPENDING) and not scene.has(GDP) and not scene.has(PEOPLE):
        return [(match.start(), Statement(Metric.real_growth, who, year, float(count), 0, None, "constant", "streak", comparator, "years",
                                          direction="rising" if rising > 0 else "falling"))], used
    return [], set()


def _firsts(scene: Scene, numbers: list[Amount]) -> tuple[list[tuple[int, Statement]], set[int]]:
    match = re.search(r"\bfirst time\b|\bfirst year in which\b|\bnever before\b|\bfor the first\b", scene.text)
    goal = _goal(scene, numbers)
    if match and goal and goal[0] is None and goal[1] in (2.0, 3.5):
        goal = ("gdp_2" if goal[1] == 2.0 else "core_3_5", None, None, goal[3])
    if not match or not goal or goal[0] is None:
        return [], set()
    codes = [s.code for s in scene.people if s.code in ALLIES]
    if not codes:
        return [], set()
    since = scene.year_from or 2014
    said = [y for y, start, _ in scene.years if start < match.end() or ("," not in scene.text[match.end() : start])]
    used = set(goal[3])
    made = Statement(Metric.meets_target, codes[0], said[0] if said else scene.year_to or scene.default_year, 1.0, 0, goal[0], None, "since",
                     "plain", "boolean", year_from=since, direction="first_meets")
    return [(match.start(), made)], used
