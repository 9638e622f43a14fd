"""docs/values.md says what is so: every row of its tables, every example."""

import doctest
import re
from pathlib import Path

import pytest

from app.stix.observables import index_key, kinds_of, normal, refang

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "values.md").read_text(encoding="utf-8")


def rows(head: str) -> list[list[str]]:
    table = PAGE.split(f"| {head} |", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table.splitlines()[2:]]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("row", rows("rule"), ids=lambda row: row[0])
def test_every_normal_form_is_as_the_page_has_it(row: list[str]) -> None:
    _, (kind,), (written,), (form, *becomes), (key,) = (row[0], *map(quoted, row[1:]))
    found = normal(kind, written)
    assert (found.kind, found.value) == (becomes[0] if becomes else kind, form)
    assert index_key(kind, written) == index_key(found.kind, form)
    assert index_key(kind, written).key == key


@pytest.mark.parametrize("row", rows("as it was written | the value"), ids=lambda row: row[0])
def test_every_defanged_value_is_read_as_the_page_has_it(row: list[str]) -> None:
    assert refang(quoted(row[0])[0]) == quoted(row[1])[0]


@pytest.mark.parametrize("row", rows("value | first kinds"), ids=lambda row: row[0])
def test_every_free_value_may_be_what_the_page_says(row: list[str]) -> None:
    expected = tuple(quoted(row[1]))
    found = kinds_of(quoted(row[0])[0])
    assert found[: len(expected)] == expected
    assert expected == ("file:name",) or found[len(expected)] == "file:name"


def test_every_example_of_the_page_runs() -> None:
    examples = doctest.DocTestParser().get_doctest(PAGE, {}, "values.md", None, 0)
    assert len(examples.examples) > 5
    assert doctest.DocTestRunner(verbose=False).run(examples).failed == 0
