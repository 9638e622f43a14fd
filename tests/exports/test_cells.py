"""Cells of CSV are texts to a spreadsheet, also to one that takes a semicolon or a tab for what ends a cell."""

import csv
import re
from io import StringIO

import pytest

from app.exports.tables import cell

CELLS = {
    "=1+1": "'=1+1",
    "'quoted": "''quoted",
    " =1+1": "' =1+1",
    "\t": "'\t",
    "x;=1+1;b": "x;'=1+1;b",
    'x;"=1+1': "x;'\"=1+1",
    "x; @y;＝z": "x;' @y;'＝z",
    "x\t-1": "x\t'-1",
    "x;'y": "x;''y",
    "one\n=two\r\nthree\rfour": "one =two three four",
    "\n=1": "' =1",
    "x;\n+y": "x;' +y",
    "a;b - c=d": "a;b - c=d",
    "198.51.100.7": "198.51.100.7",
}


@pytest.mark.parametrize("text", CELLS)
def test_a_cell_is_no_formula_behind_whatever_ends_cells(text: str) -> None:
    assert cell(text) == CELLS[text]
    assert re.sub(r"(^|[;\t])'", r"\1", cell(text)) == re.sub(r"\r\n|\r|\n", " ", text)


@pytest.mark.parametrize("delimiter", ",;\t")
def test_no_formula_comes_of_a_row_at_any_delimiter(delimiter: str) -> None:
    for text in CELLS:
        written = StringIO()
        csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(["a", cell(text), cell(text)])
        read = next(csv.reader(StringIO(written.getvalue(), newline=""), delimiter=delimiter))
        assert [each for each in read if each.lstrip(' "').startswith(("=", "+", "-", "@", "＝", "\t"))] == []


def test_a_long_cell_of_signs_is_written_in_no_time() -> None:
    for sign in ("\t", ";", '"', " ", ';"', "\t "):
        assert len(cell(sign * 300_000)) <= 900_000
