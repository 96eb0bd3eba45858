"""What the written site must be: every figure a cell of the release, every link good, nothing from elsewhere."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from html import unescape

import pyarrow.parquet as pq
import pytest

from pipelines.cli.app import app
from pipelines.reading.explain import Lineage
from pipelines.report.site import NotAReport, write_site
from tests.report.reading import Cells, Outline, charts, figures, whole, written_number

KINDS = ["index", "growth", "compliance", "shares", "revisions", "claims", "data", "method"]


@pytest.fixture(scope="module")
def pages(site):
    return sorted(site.path.rglob("*.html"))


@pytest.fixture(scope="module")
def cells(settings, release):
    lineage = Lineage(settings.current.resolve())
    return Cells(release, {name: model["grain"] for name, model in lineage.models.items()})


@pytest.fixture(scope="module")
def front(site):
    return whole(site.path / "index.html")


def ask(release, sql, *parameters):
    return release.cursor().execute(sql, list(parameters)).fetchall()


def test_there_is_a_page_of_each_kind_and_one_for_each_ally(site, pages, release):
    allies = {f"allies/{code.lower()}" for (code,) in ask(release, "select entity_code from dim_ally")}
    assert len(allies) == 32
    assert allies | set(KINDS) <= {str(page.relative_to(site.path).with_suffix("")) for page in pages}
    assert site.pages == len(pages)


def test_every_figure_is_the_cell_that_it_names_and_is_written_within_rounding(pages, cells):
    seen = 0
    for page in pages:
        for shown in figures(whole(page)):
            value = cells[shown.origin]
            assert shown.value == pytest.approx(value, rel=1e-15), (page.name, shown)
            written, half = written_number(shown.text)
            if shown.origin.startswith("fct_claim.") and shown.text.endswith("bn"):
                value *= 1000  # claims are stated in billions
            assert abs(written - value) <= half * (1 + 1e-9), (page.name, shown, value)
            seen += 1
    assert seen > 20_000


def test_every_chart_draws_the_cells_that_its_rows_name(pages, cells):
    seen = 0
    for page in pages:
        for name, _, rows in charts(whole(page)):
            for row in rows:
                if "origin" not in row:
                    assert row["series"] == "Stated by NATO or the press", (page.name, name, row)
                    continue
                pairs = [("value", "label", "origin")]
                if "gdp_label" in row:
                    pairs = [("gdp", "gdp_label", "origin"), ("equipment", "equipment_label", "equipment_origin")]
                for value, label, origin in pairs:
                    assert row[value] == cells[row[origin]], (page.name, name, row)
                    written, half = written_number(row[label])
                    assert abs(written - row[value]) <= half * (1 + 1e-9), (page.name, name, row)
                    seen += 1
    assert seen > 8_000


def test_charts_have_a_row_for_each_figure_that_the_release_has(site, release):
    """Nothing is left out of a chart: the rows are counted by SQL of the test's own."""
    of = {page: charts(whole(site.path / f"{page}.html")) for page in KINDS}
    wanted = dict(
        target_bars="select count(value_pct) from fct_target_compliance join dim_ally using (entity_code) "
        "where target_id = 'gdp_2'",
        contributions="select count(contribution_pp) from fct_growth_contribution where group_code = 'NATO_EUR_CAN'",
        burden_gap="select count(burden_gap_pp) from fct_contribution_share join dim_ally using (entity_code) "
        "where share_of_total_pct is not null",
        guideline_scatter="select count(*) from fct_target_compliance as g join fct_target_compliance as e "
        "using (edition_id, entity_code, year) join dim_ally using (entity_code) where g.target_id = 'gdp_2' "
        "and e.target_id = 'equipment_20' and g.value_pct is not null and e.value_pct is not null",
    )
    pages = dict(target_bars="compliance", contributions="growth", burden_gap="shares", guideline_scatter="compliance")
    for drawing, sql in wanted.items():
        drawn = sum(len(rows) for _, spec, rows in of[pages[drawing]] if spec == drawing)
        assert drawn == ask(release, sql)[0][0], drawing


def test_estimates_are_marked_in_charts(site, release):
    estimates = set(ask(release, "select distinct edition_id, year from fct_growth where is_estimate"))
    for page in ("growth", "compliance"):
        for _, _, rows in charts(whole(site.path / f"{page}.html")):
            for row in rows:
                keys = row["origin"].split("|")
                year = next(int(key) for key in keys if re.fullmatch(r"20\d\d", key))
                assert row["estimate"] == ((keys[1], year) in estimates), row


def test_the_front_page_answers_with_the_newest_edition(front, release):
    (edition, year, growth, at_2, at_3_5, us, total), *_ = ask(
        release,
        """
        select g.edition_id, g.year, g.real_growth_published_pct, two.allies_meeting, more.allies_meeting,
               s.share_of_total_pct, s.total_expenditure_usd_m
        from fct_growth as g
        join dim_edition using (edition_id)
        join compliance_count as two on two.edition_id = g.edition_id and two.year = g.year
            and two.target_id = 'gdp_2'
        join compliance_count as more on more.edition_id = g.edition_id and more.year = g.year
            and more.target_id = 'core_3_5'
        join fct_contribution_share as s on s.edition_id = g.edition_id and s.year = g.year
            and s.entity_code = 'USA' and s.price_basis = 'current'
        where g.entity_code = 'NATO_EUR_CAN'
        order by published_on desc, g.year desc limit 1
        """,
    )
    assert (edition, year, at_2, at_3_5) == ("nato-2026-07", 2026, 30, 5)
    said = re.sub(r"<[^>]+>", "", re.search(r'<p class="finding">(.*?)</p>', front, re.S)[1]).replace("\u202f", " ")
    assert f"by {growth:.2f} % in real terms in 2026" in said
    assert f"{at_2} of 32 Allies are estimated to reach 2 % of GDP, {at_3_5} to reach 3.5 %" in said
    assert f"is estimated to carry {us:.1f} % of the total of ${total / 1000:,.1f} bn (current prices)" in said


def test_the_count_of_2024_is_told_as_it_was_told(site):
    html = whole(site.path / "revisions.html")
    told = {name: rows for name, _, rows in charts(html)}
    assert [row["value"] for row in told["count-of-2024-by-edition"]] == [18, 23, 22, 18, 17]
    stated = [row["edition"] for row in told["count-of-2024-by-edition"] if "origin" not in row]
    assert stated == ["Feb 2024", "Apr 2025"]


def test_verdicts_on_claims_are_those_of_the_release(site, release):
    html = whole(site.path / "claims.html")
    for claim, verdicts in ask(
        release, "select claim_id, list(verdict order by edition_id) from fct_claim group by claim_id"
    ):
        article = re.search(rf'<article class="claim" id="{re.escape(claim)}">(.*?)</article>', html, re.S)[1]
        found = []
        for badge, editions in re.findall(r'<li><span class="badge \w+">([^<]+)</span> <b>([^<]+)', article):
            # Editions that follow on each other and say the same stand in one line.
            many = re.search(r" to .*\((\d+) editions\)", editions)
            found += [badge.replace(" ", "_")] * (int(many[1]) if many else 1 + editions.count(" and "))
        assert found == verdicts, claim


def test_origins_lead_to_the_cells_that_lineage_names(site, settings, release):
    """Slovenia misses 2 %: its share stands in one cell of Table 3, and the aggregate's growth in many."""
    script = (site.path / "assets/origins-nato-2026-07.js").read_text(encoding="utf-8")
    held = json.loads(script.partition("] = ")[2].rstrip(";\n"))
    places = held["figures"]["fct_target_compliance.value_pct"]["nato-2026-07|SVN|2026|gdp_2"]
    (cell,) = [held["cells"][place] for place in places]
    value = ask(
        release,
        "select value_pct from fct_target_compliance where edition_id = 'nato-2026-07' and entity_code = 'SVN' "
        "and year = 2026 and target_id = 'gdp_2'",
    )[0][0]
    assert cell[:5] == ["SVN", 2026, value, "percent", "3"]
    fair = held["figures"]["fct_growth.like_for_like_growth_pct"]["nato-2026-07|NATO_EUR_CAN|2024"]
    joined = {held["cells"][place][0] for place in fair}
    assert "SWE" not in joined and "DEU" in joined


def test_every_shown_figure_has_an_origin(site, pages):
    # Zero growth since the first year, and a count of nobody, are made of no cell.
    shown = {s.origin for page in pages for s in figures(whole(page)) if s.value}
    known = {
        f"{cell}|{keys}"
        for file in site.path.glob("assets/origins-*.js")
        for cell, found in json.loads(file.read_text(encoding="utf-8").partition("] = ")[2].rstrip(";\n"))[
            "figures"
        ].items()
        for keys in found
    }
    assert not shown - known, sorted(shown - known)[:5]


def test_links_lead_somewhere_and_nothing_comes_from_elsewhere(site, pages):
    outlines = {page: Outline(page) for page in pages}
    for page, outline in outlines.items():
        assert len(outline.ids) == len(set(outline.ids)), page
        for source in outline.sources:
            assert not re.match(r"[a-z]+:|//", source), (page, source)
            assert (page.parent / source).is_file(), (page, source)
        for link in outline.links:
            assert not re.match(r"[a-z]+:|//", link), (page, link)
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.is_file(), (page, link)
            if anchor and target.suffix == ".html":
                assert anchor in outlines[target].ids, (page, link)


def test_pages_are_strict_small_and_in_order(site, pages):
    for page in pages:
        html = whole(page)
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)[1]
        assert policy.startswith("default-src 'none'") and "unsafe" not in policy and "http" not in policy
        assert '<html lang="en">' in html
        assert not re.search(r'\son\w+="|\sstyle="', re.sub(r"<script.*?</script>", "", html, flags=re.S))
        headings = Outline(page).headings
        assert headings[0] == 1 and headings.count(1) == 1, page
        assert all(after <= before + 1 for before, after in zip(headings, headings[1:], strict=False)), page
    loaded = ["index.html", "assets/report.css", "assets/report.js", "assets/charts.js", "assets/vega.js"]
    assert sum((site.path / name).stat().st_size for name in loaded) < 1_500_000


def test_the_data_page_gives_every_table_in_both_forms(site, release):
    tables = [name for (name,) in ask(release, "select table_name from duckdb_tables()")]
    html = whole(site.path / "data.html")
    assert len(tables) > 15
    for name in tables:
        table = pq.read_table(site.path / f"data/{name}.parquet")
        with (site.path / f"data/{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == table.column_names
        assert len(rows) - 1 == table.num_rows == ask(release, f"select count(*) from {name}")[0][0]
        assert f'href="data/{name}.parquet"' in html and f'href="data/{name}.csv"' in html
        assert all(f">{column}<" in html or f"{column}</th>" in html for column in table.column_names), name


def test_the_manifest_speaks_of_what_lies_beside_it(site):
    from frictionless import Package

    manifest = json.loads((site.path / "data/datapackage.json").read_text(encoding="utf-8"))
    assert manifest["id"] == site.release_id
    paths = {resource["path"] for resource in manifest["resources"]}
    assert {f"{file.stem}.parquet" for file in site.path.glob("data/*.csv")} <= paths
    assert all((site.path / "data" / path).is_file() for path in paths)
    assert Package(str(site.path / "data/datapackage.json")).resource_names


def test_only_a_report_is_replaced(settings, report, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(NotAReport, match="not a report"):
        write_site(settings, tmp_path)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_what_a_killed_writer_left_is_made_good(settings, site, tmp_path, few_pages):
    """Killed between its two renames, it leaves no site, and what people had put beside the pages out of sight."""
    old = shutil.copytree(site.path, tmp_path / ".public.abc.old")
    (old / "CNAME").write_text("by hand", encoding="utf-8")
    half = tmp_path / ".public.abc.part"
    half.mkdir()
    os.utime(half, (0, 0))
    write_site(settings, tmp_path / "public")
    assert (tmp_path / "public/CNAME").read_text() == "by hand"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["public"]


def test_the_command_writes_the_same_pages_again_and_what_people_put_beside_them_stays(site, settings, tmp_path):
    from typer.testing import CliRunner

    target = tmp_path / "public"
    shutil.copytree(site.path, target)
    (target / "index.html").write_text("of yesterday", encoding="utf-8")
    (target / ".git/refs/heads").mkdir(parents=True)
    (target / "link").symlink_to("allies")
    for name in ("CNAME", ".git/config", "allies/notes.txt"):
        (target / name).write_text("by hand", encoding="utf-8")
    (target / "allies/ddr.html").write_text("an Ally that is none any more", encoding="utf-8")
    with (target / ".burdenshare-report").open("a", encoding="utf-8") as mark:
        mark.write("allies/ddr.html\n")
    done = CliRunner().invoke(app, ["--warehouse", str(settings.warehouse), "report", "--output", str(target)])
    assert done.exit_code == 0, done.output
    assert "Wrote 41 pages" in done.output
    for page in site.path.rglob("*.html"):
        assert (target / page.relative_to(site.path)).read_bytes() == page.read_bytes()
    assert (target / ".git/refs/heads").is_dir() and (target / "link").is_symlink()
    assert all((target / name).read_text() == "by hand" for name in ("CNAME", ".git/config", "allies/notes.txt"))
    assert not (target / "allies/ddr.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def said(html: str, css: str) -> list[str]:
    """Return the text of every paragraph of a class, those of choices not yet made too."""
    found = re.findall(rf'<p class="{css}">(.*?)</p>', html, re.S)
    return [unescape(re.sub(r"<[^>]+>", "", text)).replace("\u202f", " ") for text in found]


@pytest.mark.parametrize("kind", ["index", "compliance", "shares", "allies/pol"])
def test_every_finding_names_its_edition(site, release, kind):
    held = "|".join(f"{on:%B %Y}" for (on,) in ask(release, "select published_on from dim_edition where has_figures"))
    for sentence in said(whole(site.path / f"{kind}.html"), "finding"):
        named = re.match(rf"By the edition of ({held}), ", sentence)
        assert named or sentence.startswith("No shares at "), sentence


def test_joining_and_leaving_are_told_apart(site, release):
    """The United Kingdom left the European Union in 2020: nobody joined, and like for like its Allies grew."""
    html = whole(site.path / "growth.html")
    effect, fair = ask(
        release,
        "select accession_effect_pp, like_for_like_growth_pct from fct_growth where edition_id = 'nato-2026-07' "
        "and entity_code = 'EU_ALLIES' and year = 2020",
    )[0]
    expected = (
        f"The United Kingdom leaving moves growth in 2020 by −{-effect:.1f} points; like for like it is +{fair:.1f}"
    )
    assert expected in html.replace("\u202f", " ")
    assert "3.5 of the 19.3 points of growth in 2024 come from Sweden joining" in html
    assert "3.5 of the 17.9 points of growth in 2024e come from Sweden joining" in html


def test_no_part_is_larger_than_its_whole(site):
    html = whole(site.path / "growth.html")
    parts = re.findall(r"<h3>[^<]*?([\d.]+) of the ([\d.]+) points", html)
    assert len(parts) > 10
    assert all(float(part) <= float(whole) for part, whole in parts), parts


def test_a_year_that_the_edition_lacks_is_said_to_be_missing(site):
    sentences = said(whole(site.path / "allies/deu.html"), "finding")
    of_2025 = next(sentence for sentence in sentences if "August 2025" in sentence)
    assert "in 2024e" in of_2025 and "For 2025 this edition gives no value." in of_2025


def test_claims_are_tallied_by_their_own_edition_and_by_the_newest(site, release):
    (sentence,) = said(whole(site.path / "claims.html"), "finding")
    own = dict(
        ask(release, "select verdict, count(*) from fct_claim where is_own_edition and own_edition_held group by 1")
    )
    assert (
        f"{own['holds']} hold" in sentence and f"{own['undecided']} are undecided by the edition they came" in sentence
    )
    assert f"{sum(own.values())} come from editions that we hold" in sentence


def test_real_breaks_are_told_where_people_look(site):
    assert "aircraft contract" in whole(site.path / "allies/bgr.html")
    assert "aircraft contract" in whole(site.path / "method.html")


def test_a_count_says_whom_it_lacks_and_what_was_stated_beside_it(site):
    """Germany is not given in 2025 by August 2025, and on that day 31 was said where the tables give 30."""
    html = whole(site.path / "revisions.html")
    told = {name: [row["value"] for row in rows] for name, _, rows in charts(html)}
    assert told["count-of-2025-by-edition"] == [30, 31, 28]
    assert "Not given by August 2025: Germany in 2025e." in html
    assert "Not given by August 2025: Germany in 2025e." in whole(site.path / "index.html")


def test_only_tables_that_we_hold_are_named_as_source(site, release):
    """Of August 2025 we hold no table in dollars."""
    for kind in ("growth", "allies/swe", "compliance"):
        html = whole(site.path / f"{kind}.html")
        lines = [line for line in re.findall(r'<p class="source">([^<]+)<', html) if "28 August 2025" in line]
        assert lines and not any(re.search(r"Tables? [^.]*\b[12456]\b", line.split("2025,")[-1]) for line in lines), (
            lines
        )
        assert "not a member in this year." not in html
