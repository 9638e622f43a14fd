"""The table of rows: what TAXII 2.1 asks for, and which test shows it or which decision stands in its place.

`python -m tests.conformance.table` writes docs/conformance.md from three sources: the rows (`rows.yaml`), the marks
`@pytest.mark.row("T-…")` on the tests, found without running them, and the table of decisions in docs/protocol.md.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

TESTS = Path(__file__).resolve().parent.parent
PAGE = TESTS.parent / "docs" / "conformance.md"
PROTOCOL = TESTS.parent / "docs" / "protocol.md"

ROW = re.compile(r"\b(?:T-[A-Z0-9]+|S|A)-\d\d\b")
DECISIONS = "## Rows decided otherwise"
HEAD = """# TAXII 2.1, row by row

Every requirement of TAXII 2.1 that can be tested, and the tests that show it; or the decision in
[protocol.md](protocol.md) that stands in its place. MUST, SHOULD and MAY are the standard's own words; TABLE comes from
a table of its sections 4 and 5; RFC from the specifications that it rests on; PRJ is a choice that it leaves open and
that is made here. This page is written by `python -m tests.conformance.table`, and a test compares it with its sources.
"""


@dataclass(frozen=True)
class Row:
    """One requirement."""

    id: str
    section: str
    level: str
    requirement: str


@dataclass(frozen=True)
class Area:
    """Rows that belong together, in the order of their ids."""

    title: str
    rows: Sequence[Row]


def areas() -> Mapping[str, Area]:
    """All rows, by area."""
    read = YAML(typ="safe").load((Path(__file__).parent / "rows.yaml").read_text(encoding="utf-8"))
    return {
        name: Area(area["title"], [Row(row_id, **row) for row_id, row in area["rows"].items()])
        for name, area in read.items()
    }


@cache  # to read all tests takes a second
def shown() -> Mapping[str, Sequence[str]]:
    """The tests that are marked with each row, as `file::function`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(TESTS.rglob("test_*.py")):
        for row, test in _marks(path):
            if test not in found[row]:
                found[row].append(test)
    return found


def decided() -> Mapping[str, str]:
    """The decision that stands in place of a row, from the table in docs/protocol.md."""
    section = PROTOCOL.read_text(encoding="utf-8").partition(DECISIONS)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (T-[^|]+) \| (.+) \|$", section, re.MULTILINE)
    return {row: reason for ids, reason in rows for row in ROW.findall(ids)}


def page() -> str:
    """The text of docs/conformance.md."""
    tests, decisions = shown(), decided()
    lines = [HEAD]
    for name, area in areas().items():
        lines.append(f"## {name}: {area.title}\n\n| row | § | level | requirement | shown by |\n|---|---|---|---|---|")
        for row in area.rows:
            by = [f"`{test}`" for test in tests.get(row.id, ())]
            if row.id in decisions:
                by.append("decided otherwise: [protocol.md](protocol.md#rows-decided-otherwise)")
            lines.append(f"| {row.id} | {row.section} | {row.level} | {row.requirement} | {'<br>'.join(by)} |")
        lines.append("")
    return "\n".join(lines)


def _marks(path: Path) -> Iterator[tuple[str, str]]:
    """Row and test, for each mark in this file; marks of single parameters count for the test that has them."""
    file = path.relative_to(TESTS).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    }
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name.startswith("test_"):
            for decorator in function.decorator_list:
                named = [each.id for each in ast.walk(decorator) if isinstance(each, ast.Name)]
                sources = [decorator, *(constants[name] for name in named if name in constants)]
                for call in (each for source in sources for each in ast.walk(source)):
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "row":
                        for argument in call.args:
                            assert isinstance(argument, ast.Constant), f"{file}: rows are written out"
                            yield str(argument.value), f"{file}::{function.name}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
