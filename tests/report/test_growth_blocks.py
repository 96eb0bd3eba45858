"""The blocks of the page on growth: groups over time, equipment in dollars, and growth with and without breaks."""

import re
from html import unescape

import pytest

from tests.report.reading import charts, figures, whole

EDITION = "nato-2026-07"


@pytest.fixture(scope="module")
def growth(site):
    return whole(site.path / "growth.html")


@pytest.fixture(scope="module")
def shown(growth):
    return {figure.origin: figure for figure in figures(growth)}


@pytest.fixture(scope="module")
def words(growth):
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r"<script.*?</script>", "", growth, flags=re.S))).replace(
        "\u202f", " "
    )


def rows_of(growth, name):
    return [rows for found, _, rows in charts(growth) if found == name]


def spent(release, where):
    """Add up expenditure at constant prices of 2014 and of 2026 by July 2026, from the observations."""
    return (
        release.cursor()
        .execute(
            "select sum(value) filter (year = 2014), sum(value) filter (year = 2026) from fct_observation "
            f"where edition_id = '{EDITION}' and measure = 'defence_expenditure' and unit = 'usd_m' "
            f"and price_basis = 'constant' and {where}"
        )
        .fetchone()
    )


def test_the_unions_growth_is_of_its_members_of_both_years_and_the_sum_is_named_as_one(growth, shown, words, release):
    """Its Allies of 2014 with the United Kingdom, those of 2026 without it; Finland and Sweden joined NATO between."""
    members = (
        "entity_code in ('BEL', 'BGR', 'HRV', 'CZE', 'DNK', 'EST', 'FRA', 'DEU', 'GRC', 'HUN', 'ITA', 'LVA', 'LTU', "
        "'LUX', 'NLD', 'POL', 'PRT', 'ROU', 'SVK', 'SVN', 'ESP')"
    )
    first, last = spent(release, members)
    fair = shown[f"fct_growth.cumulative_growth_pct|{EDITION}|EU_ALLIES|2026"]
    assert fair.value == pytest.approx(100 * (last / first - 1))
    assert fair.text.replace("\u202f", " ") == "130.7 %"
    assert "is estimated to change by +130.7 % from 2014 to 2026e like for like" in words
    assert "the sum of each year's members, which joining and leaving change too, gives +83.3 %" in words
    assert f"fct_growth.cumulative_real_growth_pct|{EDITION}|EU_ALLIES|2026" in shown


def test_natos_aggregate_is_read_as_published_with_like_for_like_beside_it(growth, shown):
    texts = {
        column: shown[f"fct_growth.{column}_pct|{EDITION}|NATO_EUR_CAN|2026"].text.replace("\u202f", " ")
        for column in ("cumulative_growth", "cumulative_like_for_like_growth")
    }
    assert texts == {"cumulative_growth": "127.3 %", "cumulative_like_for_like_growth": "116.6 %"}
    assert re.search(r"European Union</th><td data-key=\"like for like\">", growth)
    assert re.search(r"Europe and Canada</th><td data-key=\"as published\">", growth)


def test_equipment_is_in_dollars_with_and_without_the_joiner(growth, shown, words, release):
    where = "edition_id = 'nato-2026-07' and entity_code in (select entity_code from dim_ally) and entity_code <> 'USA'"
    ((all_members, without_sweden),) = (
        release.cursor()
        .execute(
            "select sum(spent.value * part.value / 100), "
            "sum(spent.value * part.value / 100) filter (spent.entity_code <> 'SWE') from fct_observation as spent "
            "join fct_observation as part using (edition_id, entity_code, year) "
            f"where {where} and year = 2024 and spent.measure = 'defence_expenditure' and spent.unit = 'usd_m' "
            "and spent.price_basis = 'constant' and part.measure = 'equipment_share' and part.unit = 'percent'"
        )
        .fetchall()
    )
    key = f"{EDITION}|NATO_EUR_CAN|2024|equipment|constant"
    assert shown[f"fct_category.category_usd_m|{key}"].value == pytest.approx(all_members)
    assert shown[f"fct_category.like_for_like_usd_m|{key}"].value == pytest.approx(without_sweden)
    assert (round(all_members / 1000, 1), round(without_sweden / 1000, 1)) == (132.8, 128.6)
    assert shown[f"fct_category.like_for_like_growth_pct|{key}"].text.replace("\u202f", " ") == "25.7 %"
    assert "are estimated to spend $259.7 bn on equipment in 2026e, at current prices" in words
    drawn = {len(rows) for rows in rows_of(growth, "equipment-growth")}
    assert 2 * 12 in drawn, "two series of the twelve years that have a year before"


def test_growth_is_shown_with_and_without_the_broken(growth, words, release):
    """Canada, Italy and Spain count more as defence from 2025 on: growth of the others is five points lower."""
    before, now = (
        release.cursor()
        .execute(
            "select sum(value) filter (year = 2024), sum(value) filter (year = 2025) from fct_observation "
            f"where edition_id = '{EDITION}' and measure = 'defence_expenditure' and unit = 'usd_m' "
            "and price_basis = 'constant' and entity_code in (select entity_code from dim_ally) "
            "and entity_code not in ('USA', 'CAN', 'ITA', 'ESP')"
        )
        .fetchone()
    )
    drawn = [row for rows in rows_of(growth, "growth-without-breaks") for row in rows if EDITION in row["origin"]]
    (without,) = [row for row in drawn if row["year"] == "2025e" and row["series"] == "Without broken Allies"]
    assert without["value"] == pytest.approx(100 * (now / before - 1))
    assert "Without Canada, Spain and Italy, broken in 2025e, growth of European Allies and Canada is 13.6 %" in words


def test_every_year_of_a_break_is_told_and_what_nobody_names_is_listed(growth, release):
    table = growth.split("<caption>Years that compare unlike things")[1].split("</table>")[0]
    assert re.search(r">Norway</th><td data-key=\"2021\">2021 to 2023</td>", table)
    assert re.search(r">Hungary</th><td data-key=\"2022\">2022</td>.*?<td data-key=\"nobody\">nobody</td>", table)
    unnamed = (
        release.cursor()
        .execute(f"select count(*) from fct_break_candidate where edition_id = '{EDITION}' and not is_named")
        .fetchone()[0]
    )
    listed = {f.origin for f in figures(growth) if f.origin.startswith(f"fct_break_candidate.found_size|{EDITION}|")}
    assert len(listed) == unnamed > 10


def test_who_drove_growth_says_what_a_contribution_contains(growth):
    said = re.findall(r"The bars add to the like-for-like growth\. They contain what dollars at ([^<]*?)</p>", growth)
    assert len(said) > 20
    assert all("exchange rates" in text and "prices of GDP" in text and "reclassification" in text for text in said)


def test_an_estimate_is_never_told_as_something_that_happened(site, release):
    estimates = {
        (edition, str(year))
        for edition, year in release.cursor()
        .execute(
            "select distinct published_on, year from fct_growth join dim_edition using (edition_id) where is_estimate"
        )
        .fetchall()
    }
    estimates = {(f"{edition:%B %Y}", year) for edition, year in estimates}
    seen = 0
    for page in ("index", "shares"):
        html = whole(site.path / f"{page}.html")
        for text in re.findall(r'<p class="finding">(.*?)</p>', html, re.S):
            said = re.sub(r"<[^>]+>", "", text)
            named = re.match(r"By the edition of (\w+ \d+), ", said)
            year = re.search(r" in (20\d\d)", said)
            if named and year and (named[1], year[1]) in estimates:
                assert not re.search(
                    r"(?<!have) (reached|carried|raised|reach|carries) ", said.replace("to reach", "")
                ), said
                seen += 1
    assert seen > 15


def test_every_total_in_dollars_names_its_prices_and_current_ones_are_there(site):
    html = whole(site.path / "shares.html")
    for text in re.findall(r'<p class="finding">(By .*?)</p>', html, re.S):
        assert text.count("bn<") <= 1 or "at current prices" in text
        assert "current prices" in text, text
    assert "exactly where spending as a share of the Ally's own GDP exceeds NATO's." in unescape(html)


def test_revisions_have_growth_like_for_like_beside_the_published(site, release):
    shown = {f.origin: f for f in figures(whole(site.path / "revisions.html"))}
    for edition, published, fair in (("nato-2024-06", "17.95 %", "14.49 %"), ("nato-2026-07", "19.28 %", "15.76 %")):
        texts = [
            shown[f"fct_growth.{column}_growth{suffix}_pct|{edition}|NATO_EUR_CAN|2024"].text.replace("\u202f", " ")
            for column, suffix in (("real", "_published"), ("like_for_like", ""))
        ]
        assert texts == [published, fair]
