"""The mutants keep up with the product: what they take away is there, and so are the tests that have to notice."""

from pathlib import Path

import pytest

from app.settings import PROJECT
from tests.mutants.mutants import MUTANTS, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_what_a_mutant_changes_is_there_once_and_its_tests_are_there(mutant: Mutant) -> None:
    assert [(PROJECT / each.file).read_text(encoding="utf-8").count(each.text) for each in mutant.changes] == [1] * len(
        mutant.changes
    )
    for each in mutant.caught_by:
        file, _, test = each.partition("::")
        assert f"def {test.partition('[')[0]}" in Path(PROJECT / file).read_text(encoding="utf-8")
