"""No row of the standard without a test or a recorded decision; no test for a row that there is not."""

import re

from tests.conformance.table import PAGE, PROTOCOL, areas, decided, page, shown


def rows() -> set[str]:
    return {row.id for area in areas().values() for row in area.rows}


def test_every_row_has_a_test_or_a_recorded_decision() -> None:
    without = sorted(rows() - shown().keys() - decided().keys())
    assert not without, f"{len(without)} rows have neither: {', '.join(without)}"


def test_no_test_and_no_decision_names_a_row_that_there_is_not() -> None:
    assert {row for row in shown() if row.startswith(("T-", "S-"))} <= rows()
    assert decided().keys() <= rows()


def test_every_ambiguity_of_the_standard_is_decided_in_writing() -> None:
    decided = re.findall(r"^\| (A-\d\d) \| .+ \| .+ \|$", PROTOCOL.read_text(encoding="utf-8"), re.MULTILINE)
    assert decided == [f"A-{number:02}" for number in range(1, 47)]


def test_the_page_of_rows_is_what_its_sources_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m tests.conformance.table"
