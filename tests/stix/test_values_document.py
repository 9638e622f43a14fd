"""docs/values.md says what is so: every row of its tables, every example."""

import doctest
import re
from pathlib import Path

import pytest

from app.exchange.lookup import read_as
from app.stix.observables import Observable, covering, index_key, kinds_of, normal, readings_of, refang
from app.stix.patterns import parse_pattern

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


@pytest.mark.parametrize("row", rows("the pattern asks | pattern | names"), ids=lambda row: row[1])
def test_every_pattern_names_what_the_page_says(row: list[str]) -> None:
    assert sorted(each.value for each in parse_pattern(quoted(row[1])[0]).observables) == quoted(row[2])


@pytest.mark.parametrize("row", rows("kind | as it was written | found as well as"), ids=lambda row: row[1])
def test_every_value_in_the_place_of_another_reads_as_the_page_says(row: list[str]) -> None:
    (kind,), (written,), (form, read_kind) = map(quoted, row)
    stored = readings_of(Observable(kind, written))
    assert Observable(read_kind, form) in stored
    keys = {index_key(each.kind, each.value) for each in stored}
    for meant in (read_as(written, None), read_as(written, kind), read_as(form, None)):
        assert keys & {key for each in meant for key in covering(each.kind, each.value)}


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("process:command_line", "cmd.exe /c reg add HKLM", None),
        ("windows-registry-key", r"Software\Microsoft\Run", None),
        ("domain-name", "despachosnegocios", None),
        ("mutex", "x(dot)1", None),
        ("file:name", "kit[.]exe", "file:name"),
        ("mutex", "Lock.ee", "mutex"),
        ("ipv4-addr", "198.051.100.007", None),
        ("ipv4-addr", "1.2.3", None),
        ("ipv4-addr", "1.2.3.4-1.2.3.9", None),
        ("ipv6-addr", "2001:db8::zz", None),
        ("email-addr", "a@[1.2.3.4]", None),
        ("email-addr", "x <a@b.example>", None),
        ("email-addr", "@b.example", None),
        ("mac-addr", "02005e100000", None),
        ("mac-addr", "02:00:5e", "mac-addr"),
        ("autonomous-system", "AS1.10", None),
        ("x509-certificate:serial_number", "36:F7:D4", None),
        ("x509-certificate:serial_number", "36:F7:D4:32:00:01", None),
        ("x509-certificate:serial_number", "36f7d43200010203040506070809aabb", None),
    ],
)
def test_a_text_that_is_not_of_the_form_of_its_kind_is_found_as_it_stands(
    kind: str, text: str, said: str | None
) -> None:
    assert set(readings_of(Observable(kind, text))) & set(read_as(text, said))


def test_a_defanged_value_with_a_form_is_taken_for_nothing_that_has_its_brackets() -> None:
    meant = [Observable("domain-name", "kit.example"), Observable("file:name", "kit.example")]
    assert list(read_as("kit[.]example", None)) == meant


def test_every_example_of_the_page_runs() -> None:
    examples = doctest.DocTestParser().get_doctest(PAGE, {}, "values.md", None, 0)
    assert len(examples.examples) > 5
    assert doctest.DocTestRunner(verbose=False).run(examples).failed == 0
