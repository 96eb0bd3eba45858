"""An edition of which we hold one table: what it does not give is unknown, never a count of nobody."""

from __future__ import annotations

import re
import shutil

import pytest

from pipelines.report.site import write_site
from tests.building import publish_tables
from tests.report.reading import charts, figures, whole


@pytest.fixture(scope="module")
def pages(settings, report, tmp_path_factory):
    """Write the report of a warehouse that holds only the dollars (Table 2) of July 2026."""
    folder = tmp_path_factory.mktemp("partial")
    own = settings.replace(warehouse=folder / "warehouse", seeds=shutil.copytree(settings.seeds, folder / "seeds"))
    rows = own.seeds / "figures" / "nato-2026-07.csv"
    head, *lines = rows.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.split(",")[1:3] == ["defence_expenditure", "usd_m"]]
    rows.write_text("".join([head, *kept]), encoding="utf-8")
    registry = own.seeds / "editions.yml"
    head, entry = registry.read_text(encoding="utf-8").split("  - id: nato-2026-07\n")
    rest, replaced = re.subn(r'    tables:\n( +[{"].*\n)+', '    tables: {"2": transcription}\n', entry)
    assert replaced == 1
    registry.write_text(f"{head}  - id: nato-2026-07\n{rest}", encoding="utf-8")
    # Editions that are as they were need not be read again.
    shutil.copytree(settings.tables, own.tables)
    publish_tables(own)
    site = write_site(own)
    return {path.stem: whole(path) for path in site.path.rglob("*.html")}


def test_unknown_is_not_nobody(pages):
    for html in pages.values():
        counted = [figure for figure in figures(html) if figure.origin.startswith("compliance_count.allies_meeting|")]
        assert not [figure for figure in counted if "|nato-2026-07|" in figure.origin]
        for name, _, rows in charts(html):
            assert not [
                row
                for row in rows
                if row.get("origin", "").startswith("compliance_count") and "2026-07" in row["origin"]
            ], name
    finding = re.search(r'<p class="finding">(.*?)</p>', pages["index"], re.S)[1]
    assert (
        "By the edition of July 2026, we hold no shares of GDP." in finding
        and "The United States is estimated to carry" in finding
    )


def test_what_is_held_is_shown(pages):
    shown = {figure.origin for figure in figures(pages["index"])}
    assert "fct_contribution_share.share_of_total_pct|nato-2026-07|USA|2026|constant" in shown
    assert "fct_growth.like_for_like_growth_pct|nato-2026-07|NATO_EUR_CAN|2026" in shown
    assert "Table ." not in "".join(pages.values())
