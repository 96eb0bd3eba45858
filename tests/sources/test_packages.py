"""Workbooks that other programs than Excel write: what carries no figure is never a reason to refuse."""

from __future__ import annotations

import re
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.sources.errors import SourceError
from pipelines.sources.ooxml import read_package
from pipelines.sources.workbook import open_workbook
from tests.workbooks import modern_workbook, read_figures, save

Parts = dict[str, bytes]
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def plain(settings, tmp_path_factory) -> Path:
    """Write July 2026 as a workbook, to be packed anew by each test."""
    book = modern_workbook(read_figures(settings.seeds, "nato-2024-06"))
    return save(book, tmp_path_factory.mktemp("packages") / "def-exp-2024-en.xlsx")


@pytest.fixture(scope="module")
def cells_sha256(plain) -> str:
    """Hash the cells of the plain workbook."""
    return open_workbook(plain).cells_sha256


@pytest.fixture
def packed(plain, tmp_path) -> Callable[[Callable[[Parts], None]], Path]:
    """Change the parts of the plain workbook, and give the path of the changed one."""

    def pack(change: Callable[[Parts], None]) -> Path:
        with zipfile.ZipFile(plain) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        change(parts)
        path = tmp_path / plain.name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        return path

    return pack


def put(parts: Parts, part: str, old: str, new: str) -> None:
    """Exchange a text of a part; one that is not there would prove nothing."""
    assert old.encode() in parts[part], f"{old} does not stand in {part}"
    parts[part] = parts[part].replace(old.encode(), new.encode(), 1)


def strict(parts: Parts) -> None:
    """Name namespaces as strict OOXML does."""
    for name in parts:
        text = parts[name].decode()
        text = text.replace(
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"
        )
        old = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        parts[name] = text.replace(old, "http://purl.oclc.org/ooxml/officeDocument/relationships").encode()
    assert b"purl.oclc.org" in parts["xl/workbook.xml"]


def prefixed(parts: Parts) -> None:
    """Give every element of a sheet a prefix, as some programs do."""
    text = re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", parts[SHEET].decode())
    parts[SHEET] = text.replace("xmlns=", "xmlns:x=").encode()


def shared(parts: Parts) -> None:
    """Move every text of a cell into the table of shared texts, with one that East Asian readers hear beside it."""
    texts: list[str] = []

    def moved(cell: re.Match[str]) -> str:
        texts.append(cell[3])
        return f'<c r="{cell[1]}"{cell[2]} t="s"><v>{len(texts) - 1}</v></c>'

    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        inline = r'<c r="(\w+)"([^>]*) t="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>'
        parts[name] = re.sub(inline, moved, parts[name].decode()).encode()
        assert b"inlineStr" not in parts[name]
    items = "".join(f"<si><t>{text}</t><rPh sb='0' eb='1'><t>x</t></rPh></si>" for text in texts)
    parts["xl/sharedStrings.xml"] = f"<sst>{items}</sst>".encode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    link = f'<Relationship Id="rId98" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    put(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", link)


def without_places(parts: Parts) -> None:
    """Leave out where rows and cells stand; the writer of these left no gaps but empty cells."""
    text = parts[SHEET].decode()
    last, filled = 0, ""
    for row in re.findall(r"<row .*?</row>|<row [^>]*/>", text, re.S):
        number = int(re.search(r'r="(\d+)"', row)[1])
        cells = {re.match(r'<c r="([A-Z]+)', cell)[1]: cell for cell in re.findall(r"<c .*?</c>|<c [^>]*/>", row, re.S)}
        letters = [chr(ord("A") + n) for n in range(12)]
        body = "".join(re.sub(r' r="[A-Z]+\d+"', "", cells.get(letter, "<c/>")) for letter in letters)
        filled += "<row/>" * (number - last - 1) + f"<row>{body}</row>"
        last = number
    start, end = text.index("<sheetData>") + len("<sheetData>"), text.index("</sheetData>")
    parts[SHEET] = (text[:start] + filled + text[end:]).encode()


def empty_fill(parts: Parts) -> None:
    put(parts, "xl/styles.xml", "</fills>", "<fill/></fills>")


def damaged_styles(parts: Parts) -> None:
    parts["xl/styles.xml"] = parts["xl/styles.xml"][:-30]


def no_styles(parts: Parts) -> None:
    del parts["xl/styles.xml"]


def day_without_time(parts: Parts) -> None:
    text = parts["docProps/core.xml"].decode()
    parts["docProps/core.xml"] = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", r"\g<1>2024-06-17", text).encode()


def no_properties(parts: Parts) -> None:
    parts["docProps/core.xml"] = b"<nonsense"


def link_without_target(parts: Parts) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
    link = f'<Relationship Id="rId99" Type="{kind}" Target="externalLinks/gone.xml"/></Relationships>'
    put(parts, "xl/_rels/workbook.xml.rels", "</Relationships>", link)


def comments_and_pivots(parts: Parts) -> None:
    """Add parts that hold no cell: threaded comments, a pivot cache, a drawing, something unknown."""
    parts["xl/threadedComments/threadedComment1.xml"] = (
        b"<ThreadedComments><threadedComment ref='B5'>9</threadedComment></ThreadedComments>"
    )
    parts["xl/pivotCache/pivotCacheDefinition1.xml"] = b"<pivotCacheDefinition refreshOnLoad='1'><broken"
    parts["xl/persons/person.xml"] = b""
    parts["xl/media/image1.bin"] = bytes(range(256))


def legacy_parts(parts: Parts) -> None:
    """Name parts from the root, with other letters than they are stored under."""
    text = parts["xl/_rels/workbook.xml.rels"].decode()
    parts["xl/_rels/workbook.xml.rels"] = re.sub(
        r'Target="/?(?:xl/)?worksheets/sheet1.xml"', 'Target="/XL/Worksheets/Sheet1.xml"', text
    ).encode()
    assert b"/XL/Worksheets" in parts["xl/_rels/workbook.xml.rels"]


def rich_labels(parts: Parts) -> None:
    """Part a label into runs of several fonts."""
    runs = "<r><t>Bel</t></r><r><rPr><b/></rPr><t>gium</t></r>"
    put(parts, SHEET, "<t>Belgium (Euros)</t>", runs.replace("gium", "gium (Euros)"))


def columns_without_end(parts: Parts) -> None:
    put(parts, SHEET, "<sheetData>", '<cols><col min="48" max="2000000000" hidden="1" width="9"/></cols><sheetData>')


def merged_over_everything(parts: Parts) -> None:
    put(parts, SHEET, "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')


@pytest.mark.parametrize(
    "change",
    [
        strict,
        prefixed,
        shared,
        without_places,
        empty_fill,
        damaged_styles,
        no_styles,
        day_without_time,
        no_properties,
        link_without_target,
        comments_and_pivots,
        legacy_parts,
        rich_labels,
        columns_without_end,
        merged_over_everything,
    ],
)
def test_every_cell_reads_the_same(packed, cells_sha256, change):
    assert open_workbook(packed(change)).cells_sha256 == cells_sha256


def one_cell(cell: str) -> Callable[[Parts], None]:
    """Put a cell in place of Table 1's B5."""

    def change(parts: Parts) -> None:
        text, count = re.subn(r'<c r="B5"[^>]*>.*?</c>', cell, parts[SHEET].decode(), count=1)
        assert count == 1
        parts[SHEET] = text.encode()

    return change


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="B5"><v>1.55</v></c>', 1.55),
        ('<c r="B5" t="str"><f>IF(1=1,"","")</f><v></v></c>', None),
        ('<c r="B5" t="str"><f>A1</f><v>..</v></c>', ".."),
        ('<c r="B5"><f>1+1</f><v>2</v></c>', 2),
        ('<c r="B5" t="b"><v>1</v></c>', True),
        ('<c r="B5" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ('<c r="B5"><v>1E+308</v></c>', 1e308),
        ('<c r="B5"><v>1e999</v></c>', "1e999"),
        ('<c r="B5"><v>nan</v></c>', "nan"),
        (
            '<c r="B5" t="inlineStr"><is><r><t>1.55</t></r><r><rPr><vertAlign val="superscript"/></rPr>'
            "<t>6</t></r></is></c>",
            "1.55⁶",
        ),
    ],
)
def test_a_cell_means_what_is_seen(packed, cell, value):
    assert open_workbook(packed(one_cell(cell))).sheets[0].cells.get((5, 2)) == value


def test_a_formula_that_nobody_worked_out_is_refused(packed):
    with pytest.raises(SourceError, match="Table 1!B5: found the formula =1\\+1 without a stored value"):
        open_workbook(packed(one_cell('<c r="B5"><f>1+1</f></c>')))


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ('0"e"', "2024e", '0"e"'),
        ("General\\e", "2024e", "General\\e"),
        ("0.0%", 2024, "0.0%"),
        ("#,##0,", 2024, "#,##0,"),
        ("#,##0", 2024, None),
        ("0.00", 2024, None),
        ("yyyy-mm-dd", "2024 (shown as a date)", "yyyy-mm-dd"),
    ],
)
def test_a_number_format_that_changes_what_is_seen_is_told(packed, code, value, shown):
    def change(parts: Parts) -> None:
        styles = parts["xl/styles.xml"].decode()
        formats = (
            f'<numFmts count="1"><numFmt numFmtId="170" formatCode="{code.replace(chr(34), "&quot;")}"/></numFmts>'
        )
        styles = re.sub(r"<numFmts[^>]*/>|<numFmts.*?</numFmts>", "", styles, flags=re.S)
        styles = re.sub(r"(<styleSheet[^>]*>)", lambda head: head[1] + formats, styles)
        styles = styles.replace("</cellXfs>", '<xf numFmtId="170" fontId="0" fillId="0" borderId="0"/></cellXfs>')
        style = len(re.findall("<xf ", styles[styles.index("<cellXfs") : styles.index("</cellXfs>")])) - 1
        parts["xl/styles.xml"] = styles.encode()
        one_cell(f'<c r="B5" s="{style}"><v>2024</v></c>')(parts)

    sheet = open_workbook(packed(change)).sheets[0]
    assert sheet.cells[5, 2] == value and sheet.formats.get((5, 2)) == shown


def far_cell(parts: Parts) -> None:
    put(parts, SHEET, "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


def empty_rows(parts: Parts) -> None:
    rows = "".join(f'<row r="{row}" spans="1:14" s="5" customFormat="1" ht="15"/>' for row in range(200, 500_200))
    put(parts, SHEET, "</sheetData>", rows + "</sheetData>")


def empty_cells(parts: Parts) -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}" s="5"/><c r="B{row}" s="5"></c></row>' for row in range(200, 250_200))
    put(parts, SHEET, "</sheetData>", rows + "</sheetData>")


@pytest.mark.parametrize("change", [far_cell, empty_rows, empty_cells])
def test_time_and_memory_follow_the_cells_that_are_there(packed, plain, change):
    path = packed(change)
    started = time.process_time()
    open_workbook(path)
    assert time.process_time() - started < 4, "twice what half a million empty rows take on a slow machine"
    tracemalloc.start()
    read_package(path.read_bytes())
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 30_000_000


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda parts: put(parts, SHEET, "</sheetData>", '<row r="1"><c r="AAAA1"><v>1</v></c></row></sheetData>'),
            "AAAA1",
        ),
        (
            lambda parts: put(parts, SHEET, "</sheetData>", "<c/>" * 1_300_000 + "</sheetData>"),
            "more than 600,000 elements",
        ),
        (
            lambda parts: put(parts, SHEET, "<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
            "declares a document type",
        ),
        (lambda parts: put(parts, SHEET, "<row ", "<row r='x' "), "has a sheet Table 1 that cannot be read"),
        (lambda parts: parts.pop("xl/workbook.xml"), "without a workbook in it"),
    ],
)
def test_what_no_workbook_holds_is_refused_in_words(packed, change, words):
    with pytest.raises(SourceError, match=words):
        open_workbook(packed(change))


def test_other_programs_digits_give_the_same_hash(packed, plain):
    """Write every number with 16 digits, as some programs do: the hash is of what a spreadsheet shows."""

    def change(parts: Parts) -> None:
        for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
            text = re.sub(
                r"<v>(-?\d+\.\d{10,})</v>", lambda cell: f"<v>{float(cell[1]):.16g}</v>", parts[name].decode()
            )
            parts[name] = text.encode()

    path = packed(change)
    assert path.read_bytes() != plain.read_bytes()
    assert open_workbook(path).cells_sha256 == open_workbook(plain).cells_sha256
