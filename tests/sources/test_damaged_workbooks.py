"""A damaged workbook is refused with every offender at once, each with its sheet and cell."""

import re
import zipfile

import pytest

from pipelines.sources.errors import SourceError
from pipelines.sources.nato.parser import parse_workbook
from pipelines.sources.workbook import open_workbook
from tests.workbooks import modern_workbook, read_figures, save

HELD = ["2", "3", "8a", "8b"]


@pytest.fixture(scope="module")
def figures(settings):
    return read_figures(settings.seeds, "nato-2026-07")


@pytest.fixture
def refusal(tmp_path, figures, entities):
    """Damage a good workbook and give the error that reading it raises."""

    def damage_and_read(damage) -> str:
        book = modern_workbook(figures)
        damage(book)
        path = save(book, tmp_path / "def-exp-2026-en.xlsx")
        with pytest.raises(SourceError) as refused:
            parse_workbook(open_workbook(path), "nato-2026-07", entities, HELD)
        return str(refused.value)

    return damage_and_read


def _set(sheet: str, cell: str, value):
    def damage(book):
        book[sheet][cell] = value

    return damage


@pytest.mark.parametrize(
    ("damage", "place", "words"),
    [
        (_set("Table 2", "C7", "#REF!"), "Table 2!C7", "the error value #REF!"),
        (_set("Table 2", "C7", "n/a"), "Table 2!C7", "the text 'n/a'"),
        (_set("Table 2", "C7", "1,234"), "Table 2!C7", "the text '1,234'"),
        (_set("Table 2", "A7", "Bulgariaa"), "Table 2!A7", "the label 'Bulgariaa'"),
        (_set("Table 2", "A7", "Belgium"), "Table 2!A7", "Belgium again"),
        (_set("Table 2", "A7", None), "Table 2!B7", "without a label"),
        (_set("Table 2", "P7", 12.5), "Table 2!P7", "in a column without a header"),
        (_set("Table 2", "A2", "Thousand US dollars"), "Table 2!A2", "expected 'million us dollars'"),
        (_set("Table 2", "A2", None), "Table 2", "the unit line"),
        (_set("Table 2", "A3", "Current prices and moods"), "Table 2!A3", "the label 'Current prices and moods'"),
        (_set("Table 2", "F4", "mean"), "Table 2!F4", "the header 'mean'"),
        (_set("Table 2", "F4", 2017), "Table 2!B4", "every year once, in order"),
        (_set("Table 2", "C4", "2015e"), "Table 2!B4", "estimates (2024e) after all actual years"),
        (_set("Table 3", "A2", "Based on 2015 prices"), "Table 3!A2", "one base year in the whole edition"),
        (_set("Table 3", "A1", "Table 3: GDP"), "Table 3!A1", "as a share of gdp"),
        (_set("Table 3", "A1", "Table 9: Something new"), "Table 3!A1", "one of Tables 1, 2"),
        (_set("Table 3", "A1", "Some thoughts"), "Table 3", "a sheet without a table title"),
        (_set("Table 3", "A1", "Table 2: Core defence expenditure"), "Table 3!A1", "each table once"),
        (_set("Table 8a", "A3", "Infrastructure (c)"), "Table 8a!A3", "equipment (a)"),
    ],
)
def test_one_damage_names_its_cell(refusal, damage, place, words):
    message = refusal(damage)
    assert f"- {place}" in message and words in message, message
    assert "What to do:" in message


def test_all_damages_are_told_at_once(refusal):
    def damage(book):
        book["Table 2"]["C7"] = "#DIV/0!"
        book["Table 3"]["A9"] = "Atlantis"
        book["Table 8b"]["B5"] = "lots"

    message = refusal(damage)
    assert len(re.findall(r"^  - ", message, re.M)) >= 3
    for place in ("Table 2!C7", "Table 3!A9", "Table 8b!B5"):
        assert place in message


def test_a_missing_ally_is_named(refusal):
    def damage(book):
        book["Table 8a"].delete_rows(5)

    assert "Table 8a: found nothing; expected the row ALB in the block 'equipment (a)'" in refusal(damage)


def test_a_year_left_out_is_named(refusal):
    def damage(book):
        book["Table 3"].delete_cols(6)

    assert "every year once, in order" in refusal(damage)


def test_a_last_year_left_out_of_one_table_is_named(refusal):
    def damage(book):
        book["Table 8a"].delete_cols(14)

    assert "the years of the other tables, 2014 to 2026e" in refusal(damage)


@pytest.mark.parametrize("shown", [2025, "2025"])
def test_tables_that_disagree_about_estimates_are_told_with_their_cells(refusal, shown):
    """One table prints 2025 as an outturn, in both of its blocks, where the others print an estimate."""

    def damage(book):
        for row in book["Table 3"].iter_rows():
            for cell in row:
                cell.value = shown if cell.value == "2025e" else cell.value

    message = refusal(damage)
    assert "Table 3!M4: found the year 2025; expected the estimate 2025e, as in Table 1!" in message
    assert "Table 2!M4" in message


def test_a_figure_that_its_format_shows_as_another_is_refused(refusal):
    def damage(book):
        book["Table 3"]["N10"] = 0.0212
        book["Table 3"]["N10"].number_format = "0.00%"
        book["Table 2"]["N10"].number_format = "#,##0,"

    message = refusal(damage)
    assert "Table 3!N10: found 0.0212 shown by the format 0.00%" in message
    assert "Table 2!N10: found" in message and "#,##0," in message


def test_a_missing_table_is_named(refusal):
    def damage(book):
        del book["Table 8b"]

    assert "no sheet with the title of Table 8b" in refusal(damage)


def test_figures_below_the_notes_are_refused(refusal):
    def damage(book):
        sheet = book["Table 3"]
        sheet.append(["and more", 1.5, 2.5])

    assert "below the notes" in refusal(damage)


def test_a_formula_without_a_value_is_refused(refusal):
    assert "without a stored value" in refusal(_set("Table 2", "C7", "=B7*2"))


def test_hidden_rows_columns_and_sheets_cannot_do_harm(tmp_path, figures, entities):
    book = modern_workbook(figures)
    sheet = book["Table 2"]
    sheet.insert_rows(8)
    sheet["C8"] = "#REF!"
    sheet.row_dimensions[8].hidden = True
    sheet["Z9"] = "scribble"
    sheet.column_dimensions["Z"].hidden = True
    book.create_sheet("Working notes")["A1"] = "#REF!"
    book["Working notes"].sheet_state = "hidden"
    path = save(book, tmp_path / "def-exp-2026-en.xlsx")
    assert len(parse_workbook(open_workbook(path), "nato-2026-07", entities, HELD)) == len(figures)


@pytest.mark.parametrize(
    "text", ["* Some Allies have laws.", "(a) Equipment includes R&D.", "Notes : estimates", "-7-"]
)
def test_whatever_begins_the_notes_is_no_label(tmp_path, figures, entities, text):
    book = modern_workbook(figures)
    for sheet in book.worksheets:
        notes = next(row for row in range(1, sheet.max_row + 1) if str(sheet.cell(row, 1).value).startswith("Notes"))
        if text.startswith("-"):
            sheet.cell(notes + 1, 1, text)
        else:
            sheet.cell(notes, 1, text)
    path = save(book, tmp_path / "def-exp-2026-en.xlsx")
    assert len(parse_workbook(open_workbook(path), "nato-2026-07", entities, HELD)) == len(figures)


def test_a_web_page_saved_as_a_workbook_is_refused(tmp_path):
    path = tmp_path / "def-exp-2026-en.xlsx"
    path.write_text("<html><body>Not found</body></html>")
    with pytest.raises(SourceError, match="found a web page; expected an .xlsx workbook"):
        open_workbook(path)


def test_a_damaged_file_is_refused_wherever_the_damage_lies(figures, tmp_path):
    """Flip one byte here and there, and cut the file: it is read or refused, and never anything else."""
    path = save(modern_workbook(figures), tmp_path / "def-exp-2026-en.xlsx")
    whole, refused = path.read_bytes(), 0
    for place in range(500, len(whole), len(whole) // 12):
        for damaged in (whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :], whole[:place]):
            path.write_bytes(damaged)
            try:
                open_workbook(path)
            except SourceError:
                refused += 1
    assert refused > 18


def test_a_file_that_would_unpack_to_no_end_is_not_unpacked(tmp_path):
    path = tmp_path / "def-exp-2026-en.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"A" * 201_000_000)
    with pytest.raises(SourceError, match="unpacks to 201,000,000 bytes"):
        open_workbook(path)


@pytest.mark.parametrize(
    "label", ["{name}*   (Koruny)", "{name}   (Koruny)*", "{name} (Koruny) *", "{name}\xa0* (Koruny)"]
)
def test_star_and_currency_in_any_order(label):
    from pipelines.sources.nato.labels import row_label

    parts = row_label(label.format(name="Czechia"))
    assert (parts.name, parts.marks, parts.currency) == ("Czechia", "*", "Koruny")
