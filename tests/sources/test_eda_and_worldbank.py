"""The Agency's workbook and the World Bank's CSV are read whole, the hidden sheet and both forms too."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from pipelines.intake.ingest import ingest
from pipelines.sources.errors import SourceError
from pipelines.sources.observations import KEY
from pipelines.sources.opening import open_file
from pipelines.sources.publisher import publisher_of_workbook
from tests.conftest import ORIGINALS

EDA = ORIGINALS / "eda" / "eda-defence-data-2023.xlsx"
WDI = ORIGINALS / "worldbank"


def need(path):
    if not path.exists():
        pytest.skip(f"the original is not beside the project (../shared/data/{path.parent.name})")
    return path


def read(path, entities, edition="worldbank-2025-04"):
    workbook = open_file(path)
    return publisher_of_workbook(workbook).parse(workbook, edition, entities)


def test_every_figure_of_the_agency_is_read(entities):
    frame = read(need(EDA), entities, "eda-2024-12")
    assert not frame.duplicated(KEY).any()
    long = pd.read_excel(EDA, sheet_name="Billions").dropna(how="all")
    states = frame[frame["cell"].str.startswith("Billions!")]
    assert states["value"].sum() == pytest.approx(
        long.iloc[:, 2:6].sum().sum() + long.iloc[:, 6].sum() * 1000 + long.iloc[:, 7].sum() * 100
    )
    assert len(states) == pd.to_numeric(long.iloc[:, 2:].stack(), errors="coerce").count()
    shares = frame[(frame["measure"] == "defence_share_of_gdp")]
    assert set(shares[shares["entity_code"] != "EU"]["period"]) == {*map(str, range(2005, 2022)), "2023"}
    assert set(shares[shares["entity_code"] == "EU"]["period"]) == set(map(str, range(2018, 2024)))
    austria = frame.query("entity_code == 'AUT' and period == '2005'").set_index("measure")["value"]
    assert (austria["defence_expenditure"], austria["gdp"]) == (2160.1, 254075)


def test_a_heading_that_nobody_knows_is_told_by_its_cell(tmp_path, entities):
    book = pd.DataFrame(
        [
            ["EU MS", "Year", "Total Defence Expenditure", "Total Defence Expenditure as % of GDP", "Tanks"],
            ["Utopia", 2024, 1, 0.02, 3],
        ]
    )
    book.to_excel(tmp_path / "eda.xlsx", header=False, index=False)
    with pytest.raises(SourceError) as refusal:
        read(tmp_path / "eda.xlsx", entities, "eda-2026-01")
    assert {offender.place for offender in refusal.value.offenders} >= {"Sheet1!E1", "Sheet1!A2"}


@pytest.mark.parametrize("name", ["WB_GDP_constant_2015.csv", "worldbank-gdp-current-usd-2026-03.csv"])
def test_every_state_of_an_extract_is_read(entities, name):
    frame = read(need(WDI / name), entities)
    with (WDI / name).open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) > 3]
    theirs = {}
    for row in rows[1:]:
        pairs = [(row[2], row[3])] if len(row) == 4 else zip(rows[0][4:], row[4:], strict=False)
        theirs |= {(row[1].replace("EUU", "EU"), year): float(value) / 1e6 for year, value in pairs if value}
    mine = {(row.entity_code, row.period): row.value for row in frame.itertuples()}
    assert mine == pytest.approx({key: value for key, value in theirs.items() if key[0] in entities.known})
    assert {"POL", "CHN", "RUS", "EU"} <= {code for code, _ in mine}


def test_wide_files_of_the_data_bank_are_read_and_purchasing_power_is_a_unit_of_its_own(tmp_path, entities):
    path = tmp_path / "data.csv"
    path.write_text(
        "Country Name,Country Code,Series Name,Series Code,2023 [YR2023],2024 [YR2024]\n"
        'Poland,POL,"GDP, PPP (current international $)",NY.GDP.MKTP.PP.CD,1700000000000,..\n'
        'Poland,POL,"Population, total",SP.POP.TOTL,36687353,36554707\n'
        "World,WLD,x,SP.POP.TOTL,8000000000,\n"
        "Data from database: World Development Indicators\nLast Updated: 07/01/2026\n",
        encoding="utf-8",
    )
    frame = read(path, entities)
    assert frame[["measure", "unit", "period", "value", "cell"]].to_numpy().tolist() == [
        ["gdp", "international_usd_m", "2023", 1700000.0, "CSV!E2"],
        ["population", "thousand", "2023", 36687.353, "CSV!E3"],
        ["population", "thousand", "2024", 36554.707, "CSV!F3"],
    ]


@pytest.mark.parametrize("headings", ["{words} [{code}]", "{code}"])
def test_files_with_a_column_for_each_indicator_are_read(tmp_path, entities, headings):
    asked = [
        ("GDP (current US$)", "NY.GDP.MKTP.CD"),
        ("Population, total", "SP.POP.TOTL"),
        ("Forest", "AG.LND.FRST.K2"),
    ]
    columns = ",".join(f'"{headings.format(words=words, code=code)}"' for words, code in asked)
    path = tmp_path / "data.csv"
    path.write_text(
        f"Country Name,Country Code,Time,Time Code,{columns}\n"
        "Poland,POL,2023,YR2023,809200000000,36687353,94000\nPoland,POL,2024 [YR2024],YR2024,..,36554707,\n",
        encoding="utf-8",
    )
    assert read(path, entities)[["measure", "period", "value", "cell"]].to_numpy().tolist() == [
        ["gdp", "2023", 809200.0, "CSV!E2"],
        ["population", "2023", 36687.353, "CSV!F2"],
        ["population", "2024", 36554.707, "CSV!F3"],
    ]


def test_a_base_year_stands_in_the_heading_of_its_indicator(tmp_path, entities):
    path = tmp_path / "data.csv"
    path.write_text("iso3c,date,GDP (constant 2015 US$) [NY.GDP.MKTP.KD]\nPOL,2024,700000000000\n", encoding="utf-8")
    assert read(path, entities)[["price_basis", "price_base_year"]].to_numpy().tolist() == [["constant", 2015]]
    path.write_text("iso3c,date,NY.GDP.MKTP.KD\nPOL,2024,700000000000\n", encoding="utf-8")
    with pytest.raises(SourceError, match="at constant prices of no year"):
        read(path, entities)


def test_an_indicator_that_no_fact_asks_for_is_told_and_hinders_nothing(settings, project, tmp_path):
    path = tmp_path / "population-2025-04.csv"
    head = "Country Code,Indicator Code,Year,Value\n"
    path.write_text(head + "POL,SP.POP.TOTL,2024,36554707\nPOL,AG.LND.FRST.K2,2024,94000\n", encoding="utf-8")
    empty = settings.replace(warehouse=tmp_path / "warehouse")
    assert ingest(path, empty, project).left_out == ("AG.LND.FRST.K2",)
    path.write_text(head + "POL,AG.LND.FRST.K2,2024,94000\n", encoding="utf-8")
    with pytest.raises(SourceError, match="CSV!B2: found the indicator 'AG.LND.FRST.K2'"):
        ingest(path, empty, project)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffCountry Name,Country Code,Indicator Code,Year,Value\nPoland,POL,SP.POP.TOTL,2024,36554707\n",
        "Country Name;Country Code;Indicator Code;Year;Value\nPoland;POL;SP.POP.TOTL;2024;36554707\n",
        'Country Name,Country Code,Indicator Code,2023,2024\nPoland,POL,SP.POP.TOTL,..,"36,554,707"\n',
        "iso3c\tindicator_code\tdate\tvalue\tobs_status\tdecimal\nPOL\tSP.POP.TOTL\t2024\t36554707\t\t0\n",
        '"Data Source","World Development Indicators",\n\n"Last Updated Date","2025-04-15",\n\n'
        '"Country Name","Country Code","Indicator Name","Indicator Code","2023","2024",\n'
        '"Poland","POL","Population, total","SP.POP.TOTL","","36554707",\n'
        '"Euro area","EMU","Population, total","SP.POP.TOTL","1","2",\n',
    ],
)
def test_extracts_are_read_in_whatever_way_they_were_saved(tmp_path, entities, text):
    path = tmp_path / "population-2025-04.csv"
    path.write_text(text, encoding="utf-8")
    frame = read(path, entities)
    assert frame[["entity_code", "period", "unit", "value"]].to_numpy().tolist() == [
        ["POL", "2024", "thousand", 36554.707]
    ]


def test_a_decimal_comma_is_refused_by_its_field(tmp_path, entities):
    path = tmp_path / "shares-2025-04.csv"
    path.write_text("Country Code;Indicator Code;2023\nPOL;MS.MIL.XPND.GD.ZS;3,265\n", encoding="utf-8")
    with pytest.raises(SourceError, match="CSV!C2: found '3,265'; expected a plain figure"):
        read(path, entities)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("UTO,SP.POP.TOTL,2024,7", "CSV!A2: found 'UTO'; expected a state"),
        ("POL,SP.POP.LOST,2024,7", "CSV!B2: found the indicator 'SP.POP.LOST'"),
        ("POL,SP.POP.TOTL,2024,many", "CSV!D2: found 'many'; expected a plain figure"),
        ("POL,SP.POP.TOTL,soon,7", "CSV!C2: found soon; expected a year"),
        ("POL,NY.GDP.MKTP.KD,2024,7", "at constant prices of no year"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(tmp_path, entities, line, words):
    (tmp_path / "figures.csv").write_text(f"iso3,indicator_code,year,value\n{line}\n", encoding="utf-8")
    with pytest.raises(SourceError) as refusal:
        read(tmp_path / "figures.csv", entities)
    assert words in str(refusal.value)


def test_they_are_taken_in_as_editions_of_their_own(settings, project, tmp_path):
    need(EDA)
    empty = settings.replace(warehouse=tmp_path / "warehouse")
    found = [ingest(path, empty, project).receipt for path in [EDA, *sorted(WDI.glob("*.csv"))]]
    assert [receipt.edition_id for receipt in found] == [
        "eda-2024-12",
        "worldbank-2025-04-ny-gdp-mktp-kd",
        "worldbank-2026-03-ny-gdp-mktp-cd",
        "worldbank-2020-07",
    ]
    assert sorted(path.suffix for path in empty.raw.iterdir() if path.suffix != ".json") == [".csv"] * 3 + [".xlsx"]
    renamed = tmp_path / "gdp-current-usd.csv"
    renamed.write_bytes((WDI / "worldbank-gdp-current-usd-2026-03.csv").read_bytes() + b"\n")
    with pytest.raises(SourceError, match="--published"):
        ingest(renamed, empty.replace(warehouse=tmp_path / "other"), project)
