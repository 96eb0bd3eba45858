"""Answer the questions of agents; each answer carries edition, status, unit, prices and origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..contracts.metrics import Metric
from ..reading.about import about
from ..reading.claims import Statement, judge_by, parse_value
from ..reading.explain import Figure
from ..reading.query import Limits, run_query
from ..reading.results import json_rows
from ..reading.suggest import resembling, there_is_no
from .measures import (
    NO_PRICES,
    Measure,
    NotAnswered,
    find_measure,
    find_rows,
    keys_of,
    measures,
    prices_of,
    status_of,
    unit_of,
)
from .release import OpenRelease, Row

Answer = dict[str, Any]
# More cells, finds or rows than this are no answer that fits a conversation.
MOST_CELLS = 12
MOST_FOUND = 15
MOST_ROWS = 200
# A question of an agent ends well before its patience.
LIMITS = Limits(timeout_s=20, memory_mb=512)


def _answer(release: OpenRelease, **parts: Any) -> Answer:
    """Put together what every answer carries; `parts` take the place of what is said of the whole release."""
    whole = {
        "edition": release.held,
        "status": "each figure says whether it is an outturn or an estimate",
        "unit": "each figure or column says its unit",
        "prices": "each figure says its prices",
        "origin": [_source(release, edition) for edition in release.held],
    }
    told = whole | parts
    named = [told["edition"]] if isinstance(told["edition"], str) else told["edition"]
    # Whose figures these are, and not all whom the release holds.
    credit = ", ".join(sorted({release.editions[edition]["credit"] for edition in named or release.held}))
    return told | {"release": release.manifest["id"], "credit": credit}


def _source(release: OpenRelease, edition: str) -> Row:
    """Say where an edition's figures stood: its title, day, file with hash, and page."""
    row = release.editions[edition]
    names = ("edition_id", "edition_title", "published_on", "source_kind", "source_file", "source_sha256")
    return {name: _plain(row[name]) for name in (*names, "landing_page_url") if row[name] is not None}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def editions(release: OpenRelease) -> Answer:
    """List every edition with what is held of it."""
    dropped = ("terms", "credit", "download_url")
    rows = [{k: _plain(v) for k, v in row.items() if k not in dropped} for row in release.editions.values()]
    return _answer(release, editions=rows)


def search(release: OpenRelease, words: str) -> Answer:
    """Find entities, measures, targets and claims by words."""
    entities = [
        {"kind": "entity", "name": code, "meaning": release.entities.names[code]}
        for code in resembling(
            words, {code: [name] for code, name in release.entities.names.items() if code in release.entities.of_nato}
        )
    ]
    if (exact := release.entities.find(words)) is not None:
        entities = [{"kind": "entity", "name": exact, "meaning": release.entities.names[exact]}]
    listed = [
        {"kind": "measure", "name": name, "meaning": m.meaning, "unit": m.unit, "keys": list(m.keys)}
        for name, m in measures(release).items()
    ]
    for target in release.rows("from dim_target order by target_id"):
        meaning = f"{target['target_name']}: {target['threshold_pct']:g} percent of {target['measure']}"
        listed.append({"kind": "target", "name": target["target_id"], "meaning": meaning})
    for claim in release.rows("from dim_claim order by claim_id"):
        meaning = f"{claim['statement']} ({claim['report']}, {claim['published_on']})"
        listed.append({"kind": "claim", "name": claim["claim_id"], "meaning": meaning})
    found = [*entities, *_holding(words, listed)][:MOST_FOUND]
    if not found:
        raise NotAnswered(f"Nothing here speaks of {words!r}. Try single words: growth, share, equipment, Poland.")
    return _answer(release, found=found)


def _holding(words: str, listed: list[Row]) -> list[Row]:
    """Order by how many of the words stand in the name or the meaning; leave out what has none."""
    wanted = [word for word in words.casefold().replace("_", " ").split() if len(word) > 2]

    def score(entry: Row) -> tuple[int, int]:
        name, meaning = entry["name"].casefold().replace("_", " "), entry["meaning"].casefold()
        return sum(2 * (word in name) + (word in meaning) for word in wanted), -len(name)

    return sorted((entry for entry in listed if score(entry)[0]), key=score, reverse=True)


def figure(
    release: OpenRelease, name: str, entity: str | None, year: int, edition: str | None, keys: Mapping[str, Any]
) -> Answer:
    """Give one figure with its formula and cells: by an edition, or by the newest that holds it."""
    measure = find_measure(release, name)
    rows = _by_edition(release, find_rows(release, measure, entity, keys, year), edition)
    if not rows:
        raise NotAnswered(_why_none(release, measure, entity, year, edition, keys))
    row = rows[-1]
    traced = release.lineage.explain(measure.table, keys_of(release, measure, row), measure.column)
    said = _said(release, measure, row)
    return _answer(
        release,
        answer=_sentence(release, measure, row, said),
        measure=measure.name,
        meaning=measure.meaning,
        entity=release.entities.code(entity) if entity else None,
        year=year,
        **said,
        range=_range(row, measure.column),
        formula=list(traced.formula),
        origin=_cells(release, traced) or [_source(release, row["edition_id"])],
    )


def _said(release: OpenRelease, measure: Measure, row: Row) -> Row:
    """Say of a row's figure what goes with it wherever it is quoted."""
    value = row[measure.column]
    return {
        "value": value if isinstance(value, bool | int | float) else _plain(value),
        "edition": row["edition_id"],
        "status": status_of(release, row),
        "unit": unit_of(measure, row),
        "prices": prices_of(release, measure, row),
    }


def _range(row: Row, column: str) -> list[float] | None:
    """Give the least and the most that a figure can be within the rounding of what it is made of."""
    low, high = row.get(f"{column}_low"), row.get(f"{column}_high")
    return None if low is None or high is None else [low, high]


def _sentence(release: OpenRelease, measure: Measure, row: Row, said: Row) -> str:
    """Write a figure so that it can be quoted: nothing that goes with it is missing."""
    code = row.get("entity_code") or row.get("group_code")
    whose = f"{release.entities.names.get(code, code)}, " if code else ""
    edition = release.editions[row["edition_id"]]
    keys = "".join(f", {key} {row[key]}" for key in measure.keys if key not in ("price_basis", "unit", "measure"))
    value = "yes" if said["value"] is True else "no" if said["value"] is False else f"{said['value']} {said['unit']}"
    prices = "" if said["prices"] == NO_PRICES else f", {said['prices']}"
    return (
        f"{whose}{row['year']}{keys}: {measure.name} is {value}{prices} ({said['status']}), by {row['edition_id']} "
        f"({edition['edition_title']}, published on {edition['published_on']})."
    )


def _by_edition(release: OpenRelease, rows: list[Row], edition: str | None) -> list[Row]:
    if edition is None:
        return rows
    if edition not in release.editions:
        raise NotAnswered(there_is_no("edition", edition, release.editions))
    return [row for row in rows if row["edition_id"] == edition]


def _why_none(
    release: OpenRelease, measure: Measure, entity: str | None, year: int | None, edition: str | None, keys: Row | Any
) -> str:
    """Say which editions and years do hold a figure that was not found."""
    held: dict[str, list[int]] = {}
    for row in find_rows(release, measure, entity, keys, None):
        held.setdefault(row["edition_id"], []).append(row["year"])
    there = ", ".join(f"{name} ({min(years)} to {max(years)})" for name, years in held.items()) or "no edition"
    asked = f"{measure.name}{f' of {entity}' if entity else ''}{f' in {year}' if year else ''}"
    return f"{asked} is not given{f' by {edition}' if edition else ''}. These hold it for some years: {there}."


def _cells(release: OpenRelease, traced: Figure) -> list[Row]:
    """List the published cells that a figure was made of, the first of them where they are many."""
    found = []
    for leaf in traced.leaves():
        origin = leaf.origin
        if origin is None or not origin.table_id:
            continue
        told = {
            "edition": leaf.keys.get("edition_id"),
            "table": origin.table_id,
            "cell": origin.cell,
            "block": origin.block,
            "label": origin.label,
            "header": origin.header,
            "value": _plain(leaf.value),
            "unit": leaf.unit,
            "file": origin.file,
            "sha256": origin.sha256,
            "kind": origin.source_kind,
        }
        found.append({name: value for name, value in told.items() if value is not None})
    left = len(found) - MOST_CELLS
    return (
        [*found[:MOST_CELLS], {"left_out": f"{left} more cells; `burdenshare explain` lists all"}]
        if left > 0
        else found
    )


def series(
    release: OpenRelease,
    name: str,
    entity: str | None,
    first: int | None,
    last: int | None,
    edition: str | None,
    keys: Mapping[str, Any],
) -> Answer:
    """Give a figure year by year, each by an edition or by the newest that holds it."""
    measure = find_measure(release, name)
    rows = _by_edition(release, find_rows(release, measure, entity, keys, None), edition)
    newest = {row["year"]: row for row in rows if (first or 0) <= row["year"] <= (last or 9999)}
    if not newest:
        raise NotAnswered(_why_none(release, measure, entity, None, edition, keys))
    return _told(release, measure, entity, [newest[year] for year in sorted(newest)])


def revisions(release: OpenRelease, name: str, entity: str | None, year: int, keys: Mapping[str, Any]) -> Answer:
    """Give one figure by every edition that holds it, and by how much each moved it."""
    measure = find_measure(release, name)
    rows = find_rows(release, measure, entity, keys, year)
    if not rows:
        raise NotAnswered(_why_none(release, measure, entity, year, None, keys))
    told = _told(release, measure, entity, rows)
    before: Row | None = None
    for entry in told["figures"]:
        value, base = entry["value"], entry["prices"]
        is_one_scale = before is not None and before["prices"] == base and not isinstance(value, bool)
        entry["change_on_edition_before"] = value - before["value"] if before and is_one_scale else None
        before = entry
    return told


def _told(release: OpenRelease, measure: Measure, entity: str | None, rows: list[Row]) -> Answer:
    """Tell several figures of one measure; what is true of all stands above, the rest beside each."""
    figures = [{"year": row["year"]} | _said(release, measure, row) for row in rows]

    def common(part: str) -> Any:
        values = list(dict.fromkeys(entry[part] for entry in figures))
        return values[0] if len(values) == 1 else values

    return _answer(
        release,
        measure=measure.name,
        meaning=measure.meaning,
        entity=release.entities.code(entity) if entity else None,
        **{part: common(part) for part in ("edition", "status", "unit", "prices")},
        origin=[_source(release, edition) for edition in dict.fromkeys(row["edition_id"] for row in rows)],
        figures=figures,
    )


def check(
    release: OpenRelease, metric: str, scope: str, year: int, value: str, target: str | None, prices: str | None
) -> Answer:
    """Judge a statement by every edition that covers its year."""
    names = [known.value for known in Metric]
    if metric not in names:
        raise NotAnswered(there_is_no("metric", metric, names))
    stated, decimals = parse_value(value, Metric(metric))
    statement = Statement(Metric(metric), scope, year, stated, decimals, target, prices)
    verdicts = json_rows(judge_by(release.folder, statement))
    wanted = ("edition_id", "verdict", "sentence", "basis", "figure_value", "difference")
    judged = [row["edition_id"] for row in verdicts]
    marks = "select edition_id, is_estimate from fct_growth where entity_code = ? and year = ?"
    statuses = {
        row["edition_id"]: "estimate" if row["is_estimate"] else "outturn"
        for row in release.rows(marks, release.entities.code(scope), year)
    }
    return _answer(
        release,
        edition=judged,
        unit=statement.unit,
        status={edition: statuses.get(edition, "not known") for edition in judged},
        prices=f"{prices} prices" if prices else "each verdict's basis and sentence name them",
        origin=[_source(release, edition) for edition in judged],
        verdicts=[{name: row[name] for name in wanted} for row in verdicts],
    )


def query(release: OpenRelease, sql: str) -> Answer:
    """Answer one SQL query in a limited process of its own, with what its columns mean."""
    table = run_query(release.folder, sql, LIMITS)
    told = about(release.folder, table, sql)
    named = {*table.column_names}
    statuses = sorted({"is_estimate", "status"} & named)
    bases = sorted({"price_basis", "price_base_year"} & named)
    meanings = {name: meaning for name, _, meaning in told.columns if meaning}
    return _answer(
        release,
        edition=[edition for edition, *_ in told.editions],
        status=f"in {' and '.join(statuses)}" if statuses else "not asked for: select is_estimate with the figures",
        unit={name: unit for name, unit, _ in told.columns if unit},
        prices=f"in {' and '.join(bases)}" if bases else "not asked for, unless a column's meaning names them",
        origin=[_source(release, edition) for edition, *_ in told.editions],
        meanings=meanings,
        columns=table.column_names,
        rows=json_rows(table.slice(0, MOST_ROWS)),
        rows_in_all=table.num_rows,
    )


def describe(release: OpenRelease, name: str | None) -> Answer:
    """Tell a table's grain and columns; without a name, list what there is."""
    if name is None:
        listed = {table["name"]: table for table in release.manifest["resources"] if table.get("type") == "table"}
        listed |= {view["name"]: view for view in release.manifest["burdenshare"]["views"]}
        return _answer(release, tables={table: entry["description"] for table, entry in listed.items()})
    if name not in release.models:
        raise NotAnswered(there_is_no("table or view", name, sorted(release.models)))
    entry = release.models[name]
    return _answer(
        release,
        table=name,
        grain=entry["grain"],
        columns=dict(entry["columns"]),
        unit={column: spec["unit"] for column, spec in entry["columns"].items() if spec["unit"]},
    )
