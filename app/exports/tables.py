"""CSV (RFC 4180): a row for each value of each indicator, under a header.

Spreadsheets take a cell for a formula that begins with one of a few signs, whatever quotes stand around it. Such a cell
gets an apostrophe before it, and so does one that begins with an apostrophe: whoever reads the cells as text takes one
away, and has what was there. In many countries a semicolon ends a cell, and a tab may: what stands behind one within a
cell is treated like a cell. Line ends within a cell become blanks, since not every reader knows that quotes hold them.
"""

import csv
import re
from collections.abc import Sequence
from io import StringIO
from typing import Any, Final

from app.exports.formats import Order
from app.exports.told import Told
from app.exports.value_forms import ValueForm
from app.stix.validity import confidence_of

COLUMNS: Final = (
    *("kind", "value", "role", "id", "name", "confidence", "valid_from", "valid_until", "indicator_types", "labels"),
    *("tlp", "created_by_ref", "created", "modified"),
)
_FORMULA: Final = re.compile(r"""(?:^|(?<=[;\t]))(?=[" ]*+[=+\-@\t'＝＋－＠])""")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def cell(text: str) -> str:
    """The text as a cell in one line that no spreadsheet takes for a formula, or for several cells with one in them."""
    return _FORMULA.sub("'", _LINE_END.sub(" ", text))


def _write(told: Sequence[Told], _: Order) -> str:
    text = StringIO(newline="")
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow(COLUMNS)
    table.writerows([cell(_shown(each, name)) for name in COLUMNS] for each in told)
    return text.getvalue()


def _shown(told: Told, column: str) -> str:
    match column:
        case "kind":
            return told.value.kind
        case "value":
            return told.value.value
        case "role":
            return told.role
        case "tlp":
            return " ".join(told.by.tlp)
        case "confidence":
            found: Any = confidence_of(told.by.tree)
        case _:
            found = told.by.tree.get(column)
    if found is None:
        return ""
    return " ".join(map(str, found)) if isinstance(found, list) else str(found)


def _takes(told: Told) -> bool:
    return "\0" not in told.value.value


CSV: Final = ValueForm(
    media_type="text/csv; charset=utf-8; header=present",
    kinds=None,
    takes=_takes,
    write=_write,
    for_people=True,
)
