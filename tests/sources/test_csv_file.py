"""Our CSV files are read as they stand, and what is wrong with one is told by its line."""

from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.sources.csv_file import read_texts, read_typed

KINDS = {"year": pa.int32(), "value": pa.float64()}


@pytest.fixture
def written(tmp_path):
    """Give a function that writes a file and returns its path."""

    def write(content: str | bytes) -> Path:
        path = tmp_path / "seed.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b\n1,x\n", [{"a": "1", "b": "x"}]),
        ("a,b\r\n007,\r\n", [{"a": "007", "b": None}]),
        ("a,b\n1\n\n", [{"a": "1", "b": None}]),
        ('\ufeffa,b\n"x, y","two\nlines"\n', [{"a": "x, y", "b": "two\nlines"}]),
        ("a,b\nNA,null\n", [{"a": "NA", "b": "null"}]),
        ("a,b\n", []),
        ("", []),
    ],
)
def test_texts_stand_as_they_are_written_and_blanks_are_null(written, content, rows):
    assert read_texts(written(content)).to_pylist() == rows


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a,b\n1,x\n2,y,z\n", "seed.csv, line 3: 3 values, where 2 columns are named"),
        ('a,b\n1,"x\n2,y\n', "seed.csv, line 3: unexpected end of data"),
        (b"a,b\n1,\xe9\n", "seed.csv, line [01]: 'utf-8' codec can't decode"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(written, content, told):
    with pytest.raises(ValueError, match=told):
        read_texts(written(content))


def test_figures_come_back_bit_for_bit(written):
    rows = [{"year": 2024, "value": 0.1}, {"year": None, "value": 2.0000000000000004}, {"year": 1, "value": None}]
    content = "value,other,year\n0.1,x,2024\n2.0000000000000004,,\n,,1\n"
    assert read_typed(written(content), KINDS).to_pylist() == rows


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("year,value\n2024,1\n2025,about 2\n", "seed.csv cannot be read: .*Row #3.* invalid value 'about 2'"),
        ("year,value\n2024\n", "seed.csv cannot be read: .*Row #2: Expected 2 columns, got 1"),
        ("year\n2024\n", "seed.csv cannot be read: Column 'value'"),
    ],
)
def test_figures_that_are_none_are_named(written, content, told):
    with pytest.raises(ValueError, match=told):
        read_typed(written(content), KINDS)
