"""Measure what strange files cost: seconds and memory to read or to refuse each.

    python -m benchmarks.refusals [FOLDER OR FILE ...]

Without arguments it writes its own: a cell in the last corner of the sheet, a million rows and cells that are empty,
a merge over everything, columns without end, a bomb, a text without end. Each is read by a process of its own, so
that its memory is its own; more than 2 s or 300 MB more than the plain workbook takes is marked and ends with 1.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl

MOST_SECONDS, MOST_MB = 2.0, 300
SHEET = "xl/worksheets/sheet1.xml"


def main(arguments: list[str]) -> int:
    """Measure each file and print a line for it; return 1 where one costs too much."""
    with tempfile.TemporaryDirectory() as folder:
        plain = _plain(Path(folder) / "plain.xlsx")
        base = _measured(plain)[1]
        files = _files(arguments) if arguments else _strange(plain, Path(folder))
        costly = False
        for path in files:
            seconds, megabytes, words = _measured(path)
            is_costly = seconds > MOST_SECONDS or megabytes - base > MOST_MB
            costly |= is_costly
            mark = "TOO MUCH" if is_costly else "well"
            print(f"{path.name:40} {seconds:6.2f} s {megabytes - base:6.0f} MB more  {mark:8}  {words}", flush=True)
    return int(costly)


def _files(arguments: list[str]) -> list[Path]:
    given = map(Path, arguments)
    return [file for path in given for file in (sorted(path.rglob("*.*")) if path.is_dir() else [path])]


def _measured(path: Path) -> tuple[float, float, str]:
    """Read a file in a process of its own; return seconds, megabytes at most, and what became of it."""
    command = [sys.executable, "-m", "benchmarks.refusals", "--one", str(path)]
    words = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    seconds, megabytes, told = words.split(" ", 2)
    return float(seconds), float(megabytes), told


def _read_one(path: Path) -> None:
    """Read one file and print what it cost."""
    from pipelines.sources.errors import SourceError
    from pipelines.sources.opening import open_file

    # Of this process alone, so that whatever else the machine does is not counted.
    started = time.process_time()
    try:
        told = f"read: {sum(len(sheet.cells) for sheet in open_file(path).sheets):,} cells"
    except SourceError as error:
        told = f"refused: {error.offenders[0]}"[:100]
    print(f"{time.process_time() - started:.3f} {_most_memory():.1f} {told}")


def _most_memory() -> float:
    """Return the most megabytes that this process has held; Linux counts them since it began."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _plain(path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in range(1, 80):
        book.active.append([f"Row {row}", *(row / 7 * column for column in range(12))])
    book.save(path)
    return path


def _strange(plain: Path, folder: Path) -> Iterator[Path]:
    """Write each strange file in its turn, since some are large."""
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    rows = (f'<row r="{row}" spans="1:14" s="5" customFormat="1" ht="15"/>' for row in range(200, 1_000_200))
    cells = (f'<row r="{row}"><c r="A{row}" s="5"/><c r="B{row}" s="5"/></row>' for row in range(200, 500_200))
    full = (f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(200, 1_000_200))
    text = f'<row r="90"><c r="A90" t="inlineStr"><is><t>{"x" * 50_000_000}</t></is></c></row>'
    yield _with_rows(plain, folder / "cell-in-the-last-corner.xlsx", far)
    yield _with_rows(plain, folder / "a-million-empty-rows.xlsx", "".join(rows))
    yield _with_rows(plain, folder / "a-million-empty-cells.xlsx", "".join(cells))
    yield _with_rows(plain, folder / "a-million-figures.xlsx", "".join(full))
    yield _with_rows(plain, folder / "text-without-end.xlsx", text)
    end = "</sheetData>"
    merge = f'{end}<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    yield _with(plain, folder / "merge-over-everything.xlsx", end, merge)
    columns = '<cols><col min="48" max="2000000000" hidden="1"/></cols><sheetData>'
    yield _with(plain, folder / "columns-without-end.xlsx", "<sheetData>", columns)
    bomb = folder / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/workbook.xml", "w") as part:
        for _ in range(2_000):
            part.write(b" " * 1_000_000)
    yield bomb


def _with_rows(plain: Path, path: Path, rows: str) -> Path:
    return _with(plain, path, "</sheetData>", f"{rows}</sheetData>")


def _with(plain: Path, path: Path, old: str, new: str) -> Path:
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(old.encode(), new.encode(), 1) if name == SHEET else content)
    return path


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _read_one(Path(sys.argv[2]))
    else:
        sys.exit(main(sys.argv[1:]))
