"""Rules for orders: ranks, one against another, highest or lowest since a year."""

from __future__ import annotations

import re

from ...contracts.metrics import Metric
from ..statements import Statement, coarser, decimals_of
from .amounts import ORDINALS, Amount
from .parts import people_of_a_place
from .scene import Scene
from .words import ALLIES, CATEGORIES, GDP, PEOPLE, PER_HEAD

ORDINAL = ORDINALS | {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}
_HIGH = (
    r"highest|biggest|largest|most|top|greatest|heaviest|number one|no\. 1|fastest|leads?|leading|steepest|strongest|first place|tops|topped|champion|"
    r"front-runner|in front|first"
)
_LOW = r"lowest|smallest|least|bottom|fewest|lightest|slowest|last|lightest|rear|weakest|stingiest"
_ORD = "|".join(ORDINAL)
_RANK = re.compile(
    rf"\b(?:(?P<ord>{_ORD})[- ](?:place\b|in (?:the (?:alliance|eu|european union)|nato|europe|terms|defence|military)|among|(?:on|in) the (?:list|table|ranking)|after|behind|for (?:defence|military|spending|the share|its|equipment)|by (?:share|spending|defence|equipment)|overall\b|(?P<high1>{_HIGH})|(?P<low1>{_LOW}))|(?:top|bottom)[- ](?P<n>three|four|five|ten|six|two|\d+)|(?P<low>{_LOW}|(?:less|lower|smaller|fewer)\b[^.;,]{{0,60}}? than (?:any|every)(?:one|body)?(?: other| else)?)\b(?! (?:year|since|time|week|month|decade|summer))"
    rf"|(?P<high>{_HIGH}|(?:more|higher|larger|bigger|greater|heavier)\b[^.;,]{{0,60}}? than (?:any|every)(?:one|body)?(?: other| else)?|outspends? (?:any|every)(?:one|body)?(?: other| else)?)\b(?! (?:of (?:all|everything)|time|year|likely|recent\w*|part|important|impressive|powerful))"
    r"|(?P<nobody>nobody|(?:no|not a single) (?:other )?(?:(?:\w+ ){0,2}(?:ally|country|member|nation|state|government)|one)|none of)|"
    rf"(?P<only>(?:trail\w*|behind|second|outspent|outdone|beaten|surpassed|bettered|eclipsed|topped|exceeded) only (?:to |by )?)(?=(?:the )?\w+)"
    rf"|(?P<but_one>only (?:the )?[a-z]+ (?:spends?|spent|outspends?|outspent|devot\w+|puts?|fields?|has|have|had|pays?|paid|gave|gives?) (?:\w+ )?(?:more|higher|larger|bigger|outspen\w+)?))"
)


# That spending rose makes no comparison one of growth: "Germany, whose budget has risen, is the biggest spender".
_RISE = r"increases?|rises?|jumps?|hikes?|growth|leaps?|surges?|cuts?|boosts?|drops?|gains?"
_GROWTH = (
    r"growth|grew|grown|growing|fast(?:est|er)|steep(?:est|er)|sharp(?:est|er)|quick(?:est|er)|"
    rf"(?:biggest|largest|highest|smallest|greatest|strongest|lowest)(?: \w+){{0,2}} (?:{_RISE})|"
    r"(?:rose|risen|increased|climbed|raised|jumped|surged|soared)\b[^.;,]{0,40}\b(?:the )?(?:most|least|more than any|more than every)"
)


def measure(scene: Scene) -> Metric | None:
    """Name the measure that a comparison without a unit speaks of; None where it does not say."""
    text = scene.text
    if scene.has(PER_HEAD):
        return Metric.expenditure_per_head
    if re.search(
        rf"(?:share|proportion|percentage|part|percent|%|portion|slice|fraction|chunk) of (?:its |their |national |the )*{GDP}|(?:relative|in relation|compared|in proportion|measured) (?:to|against|with) (?:the size of )?"
        rf"(?:its |their |the )*{GDP}|gdp|size of (?:its|their|the) {GDP}|share-of-gdp|[- ]to[- ]gdp",
        text,
    ):
        return Metric.defence_share_of_gdp
    for metric, words in CATEGORIES:
        if re.search(rf"\b(?:{words})\b", text) and re.search(
            r"share|proportion|percentage|part|portion|slice|%", text
        ):
            return Metric(metric)
    if scene.has(PEOPLE) or (
        scene.has(r"armed forces|army|military")
        and scene.has(r"largest|biggest|smallest|second-largest")
        and not scene.has(r"budget|spend\w*|expenditure|outlays?|spent")
    ):
        return Metric.personnel
    if scene.has(_GROWTH):
        return Metric.nominal_growth if scene.has(r"cash|nominal(?:ly)?|before inflation") else Metric.real_growth
    if scene.has(
        r"spending|spends?|spent|spender|expenditures?|budgets?|outlays?|outspen\w+|paymaster|payer|contributor|bill|puts? up|dollars"
    ):
        return Metric.expenditure
    return None


def unit_of(metric: Metric) -> str:
    """Name the unit in which a measure is compared."""
    return {
        Metric.expenditure: "USD billion",
        Metric.personnel: "thousand persons",
        Metric.expenditure_per_head: "USD per head",
    }.get(metric, "percent")


def since(scene: Scene, numbers: list[Amount]) -> tuple[list[tuple[int, Statement]], set[int]]:
    """Read highest or lowest since a year, in years, on record."""
    match = re.search(
        r"\b(?P<word>highest|lowest|biggest|smallest|most|least|largest|heaviest|greatest|lightest|record (?:high|low))(?: [\w'%-]+){0,7}? (?:since|in (?:\w+ years|a decade|the past decade|at least)|for (?:\w+ years|a decade)|on record|ever)\b",
        scene.text,
    ) or re.search(
        r"\b(?P<word>highest|lowest)(?: level| share| point| figure| value)?(?= (?:of|in) (?:the|any) (?:decade|year))",
        scene.text,
    )
    if not match or not scene.people:
        return [], set()
    metric = measure(scene)
    if metric is None:
        return [], set()
    codes = [s.code for s in scene.people]
    who = next((c for c in codes if c in ALLIES), next((c for c in codes if c != "NATO_TOTAL"), codes[0]))
    low = match["word"] in ("lowest", "smallest", "least", "lightest", "record low")
    begin = (
        scene.year_from if scene.year_from is not None else 1949 if re.search(r"on record|ever\b", match[0]) else None
    )
    if begin is None:
        return [], set()
    used: set[int] = set()
    made = [
        (
            match.start(),
            Statement(
                metric,
                who,
                scene.year_at(match.start()),
                1.0,
                0,
                None,
                None,
                "since",
                "plain",
                "boolean",
                year_from=begin,
                direction="lowest" if low else "highest",
            ),
        )
    ]
    return made, used


def _among(scene: Scene) -> str:
    text = scene.text
    if re.search(r"\b(?:eu|european union)\b", text):
        return "EU_ALLIES"
    if re.search(
        r"\b(?:in|within|across|of) (?:all of )?europe\b|\beurope's\b|\beuropean\b|on the continent|continent's", text
    ) and not re.search(r"europe(?:an)?(?: allies)? and canada|non-us", text):
        return "EUROPE"
    if re.search(
        r"non-(?:us|american|united states)|outside (?:the )?(?:united states|america)|after the (?:united states|americans)",
        text,
    ):
        return "NATO_TOTAL"
    return "NATO_TOTAL"


def ranks(scene: Scene, numbers: list[Amount]) -> tuple[list[tuple[int, Statement]], set[int]]:
    """Read a place in an order: highest, third, among the bottom five."""
    text = scene.text
    match = next(
        (m for m in _RANK.finditer(text) if not any(n.unit and n.start <= m.start() < n.end for n in scene.numbers)),
        None,
    )
    if not match or (not match["ord"] and re.search(r"\b(?:since|on record)\b", text[match.end() : match.end() + 40])):
        return [], set()
    if re.search(r"at (?:least|most)\b|\bmost of\b", text[max(0, match.start() - 3) : match.end() + 4]) or re.match(
        r"at least|at most", text[match.start() - 3 : match.end()]
    ):
        rest = _RANK.search(text, match.end())
        if not rest:
            return [], set()
        match = rest
    if re.search(
        r"\b(?:once|formerly|previously|until recently|used to be|no longer|was for years|not)\b[^.;,]{0,30}$",
        text[: match.start()],
    ):
        scene.doubts.append(text[max(0, match.start() - 12) : match.end()].strip())
        return [], set()
    word = match["high"] or match["low"] or ""
    if word in ("first", "last", "leads", "lead", "leading", "top", "tops", "topped") and not re.search(
        r"(?:ranks?|ranked|comes?|came|stands?|is|in|placed?|finish\w*) (?:in )?(?:first|last|top)|list|table|ranking|league|top (?:spender|of|payer)|leads? (?:the|nato|europe|all)|"
        r"tops (?:the|nato|europe)",
        text,
    ):
        return [], set()
    if match["nobody"] and not re.search(
        r"\b(?:more|as much|as many|higher|larger|bigger|less|as little|lower|so much|faster|steeper|sharper|quicker|outspends?|comes close|ahead|matches)\b",
        text,
    ):
        return [], set()
    metric = measure(scene)
    codes = [s for s in scene.people if s.code in ALLIES]
    if metric is None or not codes:
        return [], set()
    if match["only"] or match["but_one"]:
        return _behind_one(scene, match, metric)
    exceptions = re.search(
        r"(?:after|behind|apart from|except|bar|but) (?:the )?\u00b7?(?:united states|america\w*|uncle sam)", text
    )
    low = bool(
        match["low"]
        or match["low1"]
        or re.match(r"bottom|less|lower|smaller|fewer", match[0])
        or (match["nobody"] and re.search(r"\bless\b|as little|lower", text))
    )
    place, comparator = 1, "plain"
    if match["ord"]:
        place = ORDINAL[match["ord"]]
    elif match["n"]:
        place = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}.get(match["n"]) or int(match["n"])
        comparator = "at_most"
    elif (match["high"] or match["low"]) and re.search(
        r"(?:one of|among) (?:the |nato's |europe's |its |alliance's |european )*$",
        text[max(0, match.start() - 40) : match.start()],
    ):
        return [], set()
    if match["nobody"]:
        after = [s for s in codes if s.start > match.end()]
        who = (after or codes)[-1 if not after else 0].code
    else:
        able = [s for s in people_of_a_place(scene) if s.code in ALLIES]
        before = [s for s in able if s.start < match.start()]
        after = [s for s in able if s.start > match.start()]
        if not able:
            return [], set()
        who = (before[-1] if before else after[0]).code
    if exceptions and not match["ord"] and not match["n"]:
        place = 2 if who != "USA" else place
    used = {id(n) for n in numbers if match.start() <= n.start < match.end() or (n.unit is None and n.value == 0)}
    basis = None
    made = Statement(
        metric,
        who,
        scene.year_at(match.start()),
        float(place),
        0,
        None,
        basis,
        "rank",
        comparator,
        "rank",
        among=_among(scene),
        direction="lowest" if low else "highest",
    )
    return [(match.start(), made)], used


def _behind_one(scene: Scene, match: re.Match[str], metric: Metric) -> tuple[list[tuple[int, Statement]], set[int]]:
    """Read "Poland trails only America" and "only America spends more than Poland": second, and behind that one."""
    people = [s for s in scene.people if s.code in ALLIES]
    ahead = next(
        (s for s in people if s.end > match.start() and (match["but_one"] or s.start >= match.end() - 1)), None
    )
    others = [s for s in people if ahead and s.code != ahead.code]
    before, after = [s for s in others if s.start < match.start()], [s for s in others if s.start > match.end()]
    if match["but_one"]:
        own = after[0] if after and re.search(r"than (?:the )?$", scene.text[: after[0].start]) else None
        own = own or (before[-1] if before and not after else None)
    else:
        own = before[-1] if before else None
    if ahead is None or own is None:
        scene.doubts.append(match[0])
        return [], set()
    year = scene.year_at(match.start())
    place = Statement(
        metric, own.code, year, 2.0, 0, claim_kind="rank", unit_said="rank", among=_among(scene), direction="highest"
    )
    more = Statement(metric, ahead.code, year, 1.0, 0, None, None, "compare", "more_than", "times", against=own.code)
    return [(match.start(), place), (match.start(), more)], set()


_MORE = (
    r"more|higher|larger|bigger|heavier|greater|ahead of|outspen[dt]s?|outspending|exceed\w*|surpass\w*|overt(?:ook|akes?|aken|aking)|beat\w*|above|"
    r"outstrip\w*|outpac\w+|eclips\w+|tops|topped|dwarf\w*|outweigh\w*|outdo\w*|outnumber\w*|leav\w+ \S+ behind"
)
_LESS = r"less|lower|smaller|fewer|lighter|behind|trails?|trailed|trailing|below|lags|lagged|lagging behind"


def comparisons(
    scene: Scene, numbers: list[Amount], made_already: bool
) -> tuple[list[tuple[int, Statement]], set[int]]:
    """Read one against another: more than, twice as much as, 600 billion dollars more than."""
    text = scene.text
    if made_already and not re.search(r"\bthan\b|ahead of", text):
        return [], set()
    match = re.search(
        rf"\b(?P<more>{_MORE})\b[^.;]{{0,60}}?(?:\bthan\b)?|\b(?P<less>{_LESS})\b[^.;]{{0,60}}?(?:\bthan\b)?", text
    )
    times = next((n for n in numbers if n.unit == "times"), None)
    joined = re.search(
        r"\bas (?:much|many|big|large|high|heavy)\b[^.;]{0,60}? as\b|\bthe (?:size|amount|level) of\b|\btimes (?:that of|what|the|more|higher|larger|bigger)|"
        r"\b(?:twice|double|triple|half|times) (?:that of|what|the|its|as)\b",
        text,
    )
    found = None
    for cue in re.finditer(rf"\b(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\b", text):
        # "more than 4 %" belongs to the number.
        if any(n.start <= cue.start() < n.end for n in scene.numbers) and not re.search(r"than (?:the )?\S*$", ""):
            continue
        if (
            cue["more"] in ("more", "higher", "larger", "bigger", "heavier", "greater")
            and " than " not in text[cue.end() :]
        ):
            continue
        if cue["less"] in ("less", "lower", "smaller", "fewer", "lighter") and " than " not in text[cue.end() :]:
            continue
        found = cue
        break
    if found is None and not (times and joined):
        return [], set()
    if match is None and not times:
        return [], set()
    # Who stands against whom: the first two who are not the Alliance as the place of it all.
    two: list[tuple[str, int]] = []
    for someone in scene.people:
        if someone.code == "NATO_TOTAL" or someone.code in [code for code, _ in two]:
            continue
        two.append((someone.code, someone.start))
    if len(two) != 2:
        return [], set()
    metric = measure(scene)
    if metric is None:
        return [], set()
    (first, first_at), (second, second_at) = two
    if found is not None and found.start() < first_at and not re.search(r"than", text[found.end() : first_at]):
        return [], set()
    less = found is not None and found["less"] is not None
    if found is not None and first_at > found.start() and re.search(r"than (?:the )?$", text[:first_at]):
        first, second = second, first
    half = times is not None and times.value < 1
    if less and not half:
        first, second = second, first
    year = scene.year_at(second_at)
    start = found.start() if found is not None else times.start if times else 0
    if times is not None:
        factor = times.value
        if half:
            return [], set()
        comparator = times.comparator
        statement = Statement(
            metric,
            first,
            year,
            factor,
            decimals_of(times.step),
            None,
            None,
            "compare",
            comparator,
            "times",
            against=second,
        )
        return [(start, statement)], {id(times)}
    money = next((n for n in numbers if n.unit == "USD" and n.value >= 1e8), None)
    if (
        money is not None
        and metric is Metric.expenditure
        and len([n for n in numbers if n.unit == "USD"]) == 1
        and (re.search(r"\bby (?:\w+ ){0,2}$", text[: money.start]) or re.match(r" (?:more|less)", text[money.end :]))
    ):
        step = coarser(round(money.value), money.step) / 1e9
        return [
            (
                start,
                Statement(
                    metric,
                    first,
                    year,
                    money.value / 1e9,
                    decimals_of(step),
                    None,
                    None,
                    "diff",
                    money.comparator,
                    "USD billion",
                    against=second,
                    value_to=money.value_to and money.value_to / 1e9,
                ),
            )
        ], {id(money)}
    if any(n.unit == "points" for n in numbers) or any(
        n.unit == "%" and re.match(r" (?:more|less|higher|lower)", text[n.end :]) for n in numbers
    ):
        return [], set()
    return [
        (start, Statement(metric, first, year, 1.0, 0, None, None, "compare", "more_than", "times", against=second))
    ], set()
