"""SIPRI's real releases are read whole, and what is wrong with one is told by its cell."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from pipelines.intake.ingest import ingest
from pipelines.sources.errors import SourceError
from pipelines.sources.observations import KEY, to_arrow
from pipelines.sources.opening import open_file
from pipelines.sources.publisher import publisher_of_workbook
from pipelines.sources.republication import select_shown
from pipelines.sources.sipri.notes import speaks_of
from pipelines.sources.sipri.soundness import contradictions
from tests.conftest import ORIGINALS

# The file, its years, the row of headers of each sheet, and Germany's share of 1990 as printed.
RELEASES = {
    "sipri-2021": ("SIPRI-Milex-data-1949-2020_0.xlsx", 1949, 2020, 2019, 2.52),
    "sipri-2024": ("SIPRI-Milex-data-1948-2023.xlsx", 1948, 2023, 2022, 2.52),
    "sipri-2025": ("SIPRI-Milex-data-1949-2024_2.xlsx", 1949, 2024, 2023, 2.51),
}
# Read a second way, by another library and by the sheets' own names.
SHEETS = {"Share of GDP": ("share_of_gdp", 100), "Current US": ("current_usd", 1), "Constant": ("constant_usd", 1)}


@pytest.fixture(scope="session")
def sipri():
    folder = ORIGINALS / "sipri"
    if not folder.is_dir():
        pytest.skip("SIPRI's files are not beside the project (../shared/data/sipri)")
    return folder


@pytest.fixture(scope="module")
def frames(sipri, entities):
    found = {}
    for edition, (name, *_) in RELEASES.items():
        workbook = open_file(sipri / name)
        found[edition] = publisher_of_workbook(workbook).parse(workbook, edition, entities)
    return found


@pytest.mark.parametrize("edition", RELEASES)
def test_every_figure_is_that_which_another_library_reads(frames, sipri, edition):
    name, first, last, base, germany = RELEASES[edition]
    frame = frames[edition]
    assert (frame["period"].min(), frame["period"].max()[:4]) == (str(first), str(last))
    assert set(frame["price_base_year"].dropna()) == {base}
    assert not frame.duplicated(KEY).any()
    for sheet, cells in pd.read_excel(sipri / name, sheet_name=None, header=None).items():
        table, scale = next((found for start, found in SHEETS.items() if sheet.startswith(start)), (None, 1))
        if table:
            top = int(cells.index[cells[0].astype(str).str.strip() == "Country"][0])
            years = {column: int(cells.loc[top, column]) for column in cells if str(cells.loc[top, column]).isdecimal()}
            theirs = pd.to_numeric(cells.loc[top + 1 :, list(years)].stack(), errors="coerce").dropna() * scale
            mine = frame[(frame["table_id"] == table) & ~frame["repeats"]]["value"]
            assert sorted(mine) == pytest.approx(sorted(theirs))
    of_germany = frame.query("table_id == 'share_of_gdp' and entity_code == 'DEU' and period == '1990'")
    assert round(of_germany["value"].item(), 2) == germany


def test_colours_tell_estimates_in_every_release(frames, sipri):
    """Count the colours a second way: whatever is blue or red and a number, in the sheet of shares."""
    for edition, (name, *_) in RELEASES.items():
        found = {"estimate": 0, "uncertain": 0}
        for row in openpyxl.load_workbook(sipri / name, data_only=True)["Share of GDP"].iter_rows(min_row=7):
            for cell in row:
                colour = cell.font.color if isinstance(cell.value, int | float) and cell.column > 2 else None
                kind = colour and (colour.indexed if colour.type == "indexed" else colour.rgb)
                found["estimate"] += kind in (12, "FF0000FF")
                found["uncertain"] += kind in (10, "FFFF0000")
        mine = frames[edition].query("table_id == 'share_of_gdp'")["status"].value_counts()
        assert {status: mine[status] for status in found} == found


def test_footnotes_stand_beside_the_figures(frames):
    frame = frames["sipri-2025"]
    assert frame[frame["entity_code"] == "POL"]["marks"].str.contains("exclude some defence").all()
    assert frame[frame["entity_code"] == "GBR"]["marks"].str.contains("financial year Apr").all()
    assert frames["sipri-2021"].query("entity_code == 'ITA'")["marks"].str.contains("The figures for Italy").all()


def test_what_may_be_shown_is_less_than_a_tenth(frames, entities, settings):
    for frame in frames.values():
        assert 0.03 < len(select_shown(to_arrow(frame), "sipri", settings.seeds, entities)) / len(frame) <= 0.1


def test_two_releases_are_two_editions(sipri, empty_of_sipri, project):
    for edition in ("sipri-2024", "sipri-2025"):
        taken = ingest(sipri / RELEASES[edition][0], empty_of_sipri, project)
        # The part that comes with the project is replaced by the whole.
        assert (taken.outcome, taken.receipt.edition_id) == ("new revision", edition)
        assert taken.receipt.published_on.year == int(edition[-4:])
    assert ingest(sipri / RELEASES["sipri-2025"][0], empty_of_sipri, project).outcome == "known file"
    with pytest.raises(SourceError, match="cells of sipri-2025"):
        ingest(sipri / RELEASES["sipri-2025"][0], empty_of_sipri, project, edition_id="sipri-2026")


@pytest.fixture
def empty_of_sipri(settings, tmp_path):
    return settings.replace(warehouse=tmp_path / "warehouse")


def small(path, tables=7, **changes):
    """Write a release of two states in SIPRI's layout, as unseen ones may be: header lower, sheets renamed."""
    book = openpyxl.Workbook()
    del book["Sheet"]
    by_country = "Military expenditure by country, in"
    texts = {
        "GDP %": ("Military expenditure by country as percentage of gross domestic product, 1949-2025", 0.02),
        "Constant (2024) dollars": (f"{by_country} constant (2024) US$ m., 1949-2025", 900.5),
        "Current": (f"{by_country} millions of US$ at current prices and exchange rates", 800.5),
        "Per head": ("Military expenditure per capita  by country, 1949-2025", 30.5),
        "Government %": ("Military expenditure by country as percentage of government spending", 0.05),
        "Calendar": (f"{by_country} local currency, 1949-2025", 7e9),
        "Financial": (f"{by_country} local currency, 1949-2025", 8e9),
    }
    for name, (title, figure) in list(texts.items())[:tables]:
        sheet = book.create_sheet(name)
        period = "Figures are in local currency and are for financial years." if name == "Financial" else "Figures."
        for row in ([title], [period], [], ["Country", "Notes", 2023, 2024, "2025", None], ["Europe"]):
            sheet.append(row)
        sheet.append(["Türkiye", "§", ". . ", figure, figure])
        sheet.append(["Germany", None, "xxx", "...", figure])
        sheet["E6"].font = openpyxl.styles.Font(color="FF0070C0")
    for place, value in changes.items():
        book.worksheets[0][place] = value
    book.properties.modified = pd.Timestamp(2026, 4, 27).to_pydatetime()
    book.save(path)
    return path


def test_an_unseen_release_is_read_by_its_texts(tmp_path, entities):
    workbook = open_file(small(tmp_path / "milex.xlsx"))
    frame = publisher_of_workbook(workbook).parse(workbook, "sipri-2026", entities, ())
    rows = frame[frame["table_id"] == "share_of_gdp"][["entity_code", "period", "status", "value", "cell"]]
    assert rows.to_numpy().tolist() == [
        ["TUR", "2024", "outturn", 2.0, "GDP %!D6"],
        ["TUR", "2025", "estimate", 2.0, "GDP %!E6"],
        ["DEU", "2025", "outturn", 2.0, "GDP %!E7"],
    ]
    assert set(frame["price_base_year"].dropna()) == {2024}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"A6": "Turkiyye"}, "GDP %!A6: found 'Turkiyye'; expected the name of a state"),
        ({"D7": "about 2"}, "GDP %!D7: found 'about 2'; expected a figure"),
        ({"F4": "2026a"}, "GDP %!F4: found '2026a'; expected a year"),
        ({"A7": "Türkiye"}, "GDP %!A7: found Türkiye again"),
        ({"E4": 2026}, "years that do not follow"),
        ({"A1": "Arms"}, "figures by country without a known title"),
    ],
)
def test_what_is_wrong_is_told_by_its_cell(tmp_path, entities, changes, words):
    workbook = open_file(small(tmp_path / "milex.xlsx", **changes))
    with pytest.raises(SourceError) as refusal:
        publisher_of_workbook(workbook).parse(workbook, "sipri-2026", entities, ())
    assert words in str(refusal.value)


def test_a_release_that_lacks_tables_is_refused(tmp_path, empty_of_sipri, project):
    with pytest.raises(SourceError, match="per_capita"):
        ingest(small(tmp_path / "milex.xlsx", tables=3), empty_of_sipri, project)
    tables = ("share_of_gdp", "constant_usd", "current_usd")
    taken = ingest(small(tmp_path / "milex.xlsx", tables=3), empty_of_sipri, project, tables=tables)
    assert taken.receipt.edition_id == "sipri-2026"


def exchanged(frame, one, other):
    """Exchange the figures of two tables, state by state and year by year."""
    keys = ["entity_code", "period"]
    first, second = (frame[(frame["table_id"] == table) & ~frame["repeats"]] for table in (one, other))
    both = first.reset_index().merge(second.reset_index(), on=keys)
    for mine, theirs in (("x", "y"), ("y", "x")):
        frame.loc[both[f"index_{mine}"], "value"] = both[f"value_{theirs}"].to_numpy()


def changed(frame, table, entity, period, factor):
    of_cell = (frame["table_id"] == table) & (frame["entity_code"] == entity) & (frame["period"] == period)
    assert of_cell.sum() == 1
    frame.loc[of_cell, "value"] *= factor


def without(frame, table, **wanted):
    rows = frame["table_id"] == table
    for column, found in wanted.items():
        rows &= frame[column] >= found
    return frame[~rows]


DAMAGES = {
    "states that are cut off": (
        lambda frame: without(frame, "share_of_gdp", entity_code="N"),
        "share_of_gdp: found no row of ",
    ),
    "years that are emptied": (
        lambda frame: without(frame, "current_usd", period="1995"),
        "current_usd: found figures of 0 states in 1995, and too few in 29 other years",
    ),
    "shares and dollars": (
        lambda frame: exchanged(frame, "share_of_gdp", "current_usd"),
        "more of these",
    ),
    "two kinds of dollars": (
        lambda frame: exchanged(frame, "constant_usd", "current_usd"),
        "constant_usd: found less than current_usd in years long before 2023",
    ),
    "dollars and dollars a head": (
        lambda frame: exchanged(frame, "per_capita", "current_usd"),
        "million people to a state",
    ),
    "ten times the dollars": (
        lambda frame: changed(frame, "current_usd", "POL", "2024", 10),
        "Current US$!BZ146: found 380007, 14.4 times off",
    ),
    "ten times the share": (
        lambda frame: changed(frame, "share_of_gdp", "POL", "2024", 12),
        "Share of GDP!BZ146: found 49.8527, 15.2 times off",
    ),
    "another state's dollars": (
        lambda frame: changed(frame, "current_usd", "POL", "2023", 0.3),
        "Current US$!BY146: found",
    ),
    "more than all": (
        lambda frame: changed(frame, "share_of_gdp", "POL", "2024", 100),
        "Share of GDP!BZ146: found 415.439 %",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_release_that_contradicts_itself_is_told_where(frames, damage):
    """The real releases are taken by the same rules: the fixture has parsed them."""
    frame = frames["sipri-2025"].copy()
    frame["value"] = frame["value"].astype(float)
    every = set(frame["entity_code"])
    given = {table: set(rows["entity_code"]) for table, rows in frame.groupby("table_id")}
    change, words = DAMAGES[damage]
    altered = change(frame)
    altered = frame if altered is None else altered
    # A table lists the states of which it has no figure all the same, unless their rows are gone.
    listed = dict.fromkeys(given, every)
    if "cut off" in damage:
        listed["share_of_gdp"] = set(altered[altered["table_id"] == "share_of_gdp"]["entity_code"])
    told = contradictions(altered, listed, {table: table for table in given})
    assert words in "\n".join(f"{one.place}: found {one.found}" for one in told), told[:5]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("The figures do not fully include pensions prior to 2006.", [1990, 2004, 2005, 2006]),
        ("Figures for 2004-2010 include arrears.", [2004, 2005, 2006, 2007, 2010]),
        ("From 2022 the border guard is included.", [2022, 2024]),
        ("The figures exclude some defence spending.", [1990, 2004, 2005, 2006, 2007, 2010, 2022, 2024]),
    ],
)
def test_a_footnote_speaks_of_the_years_that_it_names(text, years):
    assert [year for year in (1990, 2004, 2005, 2006, 2007, 2010, 2022, 2024) if speaks_of(text, year)] == years
