"""Every promise is kept by a test: a build that lacks it is noticed, and one that lacks nothing is not."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.mutants.mutants import MUTANTS, Change, Mutant
from tests.support.cases import AS_MANY
from tests.support.copies import a_copy

pytestmark = pytest.mark.slow

TESTS_SECONDS, ALL_TESTS_SECONDS = 300, 1500
PASSED, FAILED = 0, 1


def carry_out(change: Change, copy: Path) -> None:
    file = copy / change.file
    text = file.read_text(encoding="utf-8")
    count = text.count(change.text)
    assert count == 1, f"{change.file} holds this {count} times, and has to hold it once:\n{change.text}"
    file.write_text(text.replace(change.text, change.instead), encoding="utf-8")


def run(tests: Sequence[str], copy: Path, seconds: int = TESTS_SECONDS) -> tuple[int, str]:
    """The exit status of these tests of the copy, and what they said."""
    environment = {**os.environ, "CI": "yes", AS_MANY: "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:randomly", "-m", "not slow", *tests],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    return done.returncode, done.stdout + done.stderr


def noticed_by(said: str) -> str:
    """The first test that failed."""
    line = next(line for line in said.splitlines() if line.startswith("FAILED "))
    return line.removeprefix("FAILED ").split(" - ")[0]


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> None:
    """All the tests that are relied on here pass where nothing is missing."""
    tests = list(dict.fromkeys(test for mutant in MUTANTS for test in mutant.caught_by))
    status, said = run(tests, a_copy(tmp_path_factory.mktemp("unchanged")), ALL_TESTS_SECONDS)
    assert status == PASSED, said


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_build_that_lacks_a_promise_is_noticed(mutant: Mutant, tmp_path: Path) -> None:
    copy = a_copy(tmp_path)
    for change in mutant.changes:
        carry_out(change, copy)
    began = time.monotonic()
    status, said = run(mutant.caught_by, copy)
    assert status == FAILED, said
    print(f"\n{mutant.name}: caught by {noticed_by(said)}, {time.monotonic() - began:.0f} s")
