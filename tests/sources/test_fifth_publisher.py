"""A fifth publisher is one file in `sources/`: Eurostat, read from a file that is written here.

The file has the documented layout of Eurostat's SDMX-CSV for `gov_10a_exp`: a row an observation, GF02 is defence.
"""

from __future__ import annotations

import shutil

import pytest

import pipelines.sources
from pipelines.intake.ingest import ingest
from pipelines.sources.catalogue import Sources
from pipelines.sources.errors import SourceError
from pipelines.sources.publisher import publishers
from pipelines.sources.tables import read_source

PACKAGE = '''"""Eurostat: general government expenditure by function.

Belongs here: what is known of Eurostat alone. Does not: what any publisher could share.
"""

from datetime import datetime

from ..errors import Offender, SourceError
from ..identify import identify_dated
from ..observations import observation_frame
from ..publisher import Publisher
from ..text import fold, is_missing, number, printed

MEANINGS = {
    "MIO_EUR": ("defence_expenditure", "eur_m", "EUR"),
    "MIO_NAC": ("defence_expenditure", "lcu_m", None),
    "PC_GDP": ("defence_share_of_gdp", "percent", None),
}
# Two letters that are not those of the state's name are Eurostat's own: EL, UK.
STATUS = {"p": "estimate", "e": "estimate", "u": "uncertain"}


class Eurostat(Publisher):
    """Read extracts of gov_10a_exp, function GF02, as SDMX-CSV."""

    id, name, credit = "eurostat", "Eurostat", "Eurostat, gov_10a_exp"
    terms = "CC BY 4.0: credit Eurostat."
    dataset, tables, reads = "gov_10a_exp", ("GF02",), ("csv",)

    def title(self, first_year, last_year):
        """Return the title of an extract."""
        return f"Government expenditure by function ({first_year}-{last_year})"

    def _rows(self, workbook):
        sheet = workbook.sheets[0]
        (_, head), *rows = sheet.rows() or [(0, {})]
        names = {column: fold(value) for column, value in head.items()}
        for line, cells in rows:
            yield sheet, line, {names[column]: (column, value) for column, value in cells.items() if column in names}

    def recognises(self, workbook):
        """Tell whether the first row speaks of this data set."""
        first = next(self._rows(workbook), None)
        return first is not None and "gov_10a_exp" in fold(first[2].get("dataflow", (0, ""))[1])

    def document_day(self, workbook):
        """Return the day of the last update."""
        text = printed(next(self._rows(workbook))[2]["last update"][1])
        return datetime.strptime(text.split()[0], "%d/%m/%y").date()

    def parse(self, workbook, edition_id, entities, tables=None):
        """Read the rows of defence; raises `SourceError` with every offender."""
        found, offenders = [], []
        for sheet, line, row in self._rows(workbook):
            if row["cofog99"][1] != "GF02" or row["sector"][1] != "S13" or row["na_item"][1] != "TE":
                continue
            column, value = row.get("obs_value", (0, None))
            meaning, geo = MEANINGS.get(printed(row["unit"][1])), printed(row["geo"][1])
            code = entities.code(geo, self.id)
            for name, known in (("unit", meaning), ("geo", code)):
                if known is None:
                    place = sheet.address(line, row[name][0])
                    offenders.append(Offender(place, repr(printed(row[name][1])), f"a {name} that is known"))
            if is_missing(value) or value == ":" or meaning is None or code is None:
                continue
            if (figure := number(value)) is None:
                offenders.append(Offender(sheet.address(line, column), repr(value), "a figure"))
                continue
            measure, unit, currency = meaning
            found.append(
                {"edition_id": edition_id, "measure": measure, "unit": unit, "price_basis": "current",
                 "currency_code": currency, "entity_code": code, "period": printed(row["time_period"][1]),
                 "status": STATUS.get(printed(row.get("obs_flag", (0, ""))[1]), "outturn"), "value": figure,
                 "repeats": False, "label": geo, "header": printed(row["time_period"][1]), "table_id": "GF02",
                 "source_kind": "csv", "cell": sheet.address(line, column)}
            )
        if offenders:
            raise SourceError(workbook.path.name, offenders, "a name belongs in warehouse/seeds/entity_names.csv.")
        return observation_frame(found, publisher=self.id, dataset=self.dataset)

    def identify(self, clues, editions, edition_id, published):
        """Tell an extract by the month of its update."""
        day = published or clues.document_day
        return identify_dated(self, clues, editions, edition_id, published, f"{self.id}-{day:%Y-%m}")


PUBLISHER = Eurostat()
'''
HEAD = "DATAFLOW,LAST UPDATE,freq,unit,sector,cofog99,na_item,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
START = "ESTAT:GOV_10A_EXP(1.0),21/10/26 11:00:00,A"
ROWS = [
    "PC_GDP,S13,GF02,TE,PL,2022,1.6,",
    "PC_GDP,S13,GF02,TE,PL,2023,2.1,p",
    "PC_GDP,S13,GF02,TE,EL,2023,2.2,",
    "MIO_EUR,S13,GF02,TE,PL,2023,15750.5,p",
    "PC_GDP,S13,GF07,TE,PL,2023,5.4,",
    "PC_GDP,S13,GF02,TE,EL,2024,:,",
]
NAMES = "eurostat,POL,PL\neurostat,GRC,EL\n"


@pytest.fixture
def with_eurostat(settings, tmp_path, monkeypatch):
    """Add the folder, and the lines of its names, as the recipe says; nothing of the house is touched."""
    (tmp_path / "more" / "eurostat").mkdir(parents=True)
    (tmp_path / "more" / "eurostat" / "__init__.py").write_text(PACKAGE, encoding="utf-8")
    monkeypatch.setattr(pipelines.sources, "__path__", [*pipelines.sources.__path__, str(tmp_path / "more")])
    shutil.copytree(settings.seeds, tmp_path / "seeds")
    with (tmp_path / "seeds" / "entity_names.csv").open("a", encoding="utf-8") as file:
        file.write(NAMES)
    publishers.cache_clear()
    yield settings.replace(warehouse=tmp_path / "warehouse", seeds=tmp_path / "seeds")
    publishers.cache_clear()


def extract(path, rows):
    path.write_text(HEAD + "".join(f"{START},{row}\n" for row in rows), encoding="utf-8")
    return path


def test_its_file_is_taken_in_and_its_figures_stand_beside_the_others(with_eurostat, project, tmp_path):
    taken = ingest(extract(tmp_path / "gov_10a_exp.csv", ROWS), with_eurostat, project)
    assert (taken.outcome, taken.receipt.edition_id) == ("new edition", "eurostat-2026-10")
    sources = Sources(with_eurostat.seeds, with_eurostat.raw, with_eurostat.observations)
    rows = read_source(None, "observations", sources).to_pandas()
    mine = rows[rows["publisher"] == "eurostat"][
        ["entity_code", "period", "measure", "unit", "status", "value", "cell"]
    ]
    assert mine.to_numpy().tolist() == [
        ["POL", "2022", "defence_share_of_gdp", "percent", "outturn", 1.6, "CSV!J2"],
        ["POL", "2023", "defence_share_of_gdp", "percent", "estimate", 2.1, "CSV!J3"],
        ["GRC", "2023", "defence_share_of_gdp", "percent", "outturn", 2.2, "CSV!J4"],
        ["POL", "2023", "defence_expenditure", "eur_m", "estimate", 15750.5, "CSV!J5"],
    ]


def test_its_mistakes_are_told_by_their_field(with_eurostat, project, tmp_path):
    path = extract(tmp_path / "gov_10a_exp.csv", [*ROWS, "PC_GDP,S13,GF02,TE,XX,2024,1,"])
    with pytest.raises(SourceError, match="CSV!H8: found 'XX'"):
        ingest(path, with_eurostat, project)
