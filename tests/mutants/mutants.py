"""Builds of the product that lack one promise each, and the tests that have to notice."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """Text of one file that is there exactly once, and what takes its place."""

    file: str
    text: str
    instead: str


@dataclass(frozen=True)
class Mutant:
    """A build that lacks one promise. `caught_by` are the tests of which one has to fail."""

    name: str
    changes: Sequence[Change]
    caught_by: Sequence[str]


WRITERS = "tests/exchange/test_several_writers.py::test_dates_follow_commits_whoever_commits"
TIME = "tests/exchange/test_time.py"
LAW_1 = "tests/laws/test_law_1_nothing_is_missed.py"

MUTANTS = (
    Mutant(
        "heads are not locked",
        [
            Change("app/storage/dialects.py", "    return statement.with_for_update()", "    return statement"),
            Change(
                "app/storage/dialects.py",
                '    if connection.dialect.name == "postgresql":\n        lock = func',
                '    if connection.dialect.name == "neither":\n        lock = func',
            ),
        ],
        [f"{WRITERS}[postgresql-clocks agree]", f"{WRITERS}[postgresql-one is behind]"],
    ),
    Mutant(
        "heads are read before they are locked",
        [
            Change(
                "app/storage/deliveries.py",
                "        found.update((row[0], Head(*row)) for row in transaction.execute("
                "dialects.for_update(statement)))",
                "        found.update((row[0], Head(*row)) for row in transaction.execute(statement))\n"
                '        __import__("time").sleep(0.05)\n'
                "        transaction.execute(dialects.for_update(statement)).all()",
            ),
        ],
        [f"{WRITERS}[postgresql-clocks agree]", f"{WRITERS}[postgresql-one is behind]"],
    ),
    Mutant(
        "the clock is read before the heads are locked, and nobody looks at it again",
        [
            Change(
                "app/exchange/floor.py",
                "    audiences = revisions.audiences(transaction, [row.id for row in collections])\n"
                "    heads = deliveries",
                "    audiences = revisions.audiences(transaction, [row.id for row in collections])\n"
                '    __import__("time").sleep(0.3)\n'
                "    heads = deliveries",
            ),
            Change(
                "app/storage/deliveries.py",
                "    now = milliseconds(clock.now())\n    dated = {",
                "    now = heads_read_at\n    dated = {",
            ),
            Change(
                "app/storage/deliveries.py",
                "    rows: Mapping[int, Sequence[NewRow]],\n) -> dict[int, Dated]:",
                "    rows: Mapping[int, Sequence[NewRow]],\n    heads_read_at: int,\n) -> dict[int, Dated]:",
            ),
            Change(
                "app/exchange/settle.py",
                "exchange.clock, allowance, heads, appended))",
                "exchange.clock, allowance, heads, appended, milliseconds(each.floor.now)))",
            ),
            Change(
                "app/storage/deliveries.py",
                "        if not near:\n            break",
                "        break",
            ),
            Change("app/exchange/changing.py", "dates.first < now}", "dates.first < 0}"),
        ],
        [f"{WRITERS}[postgresql-clocks agree]"],
    ),
    Mutant(
        "the newest version of a line has no say over the earlier ones",
        [
            Change(
                "app/policy/lines.py",
                "    return Cap(handling, frozenset(submitter for _, submitter in of_newest), dated_by(newest))",
                "    return None",
            )
        ],
        ["tests/policy/test_policy_laws.py", "tests/laws/test_law_2_nothing_leaks.py"],
    ),
    Mutant(
        "what is newest or first again is not appended again",
        [Change("app/exchange/settle.py", "    if not gone or not kept:\n", "    if True:\n")],
        [f"{LAW_1}::test_a_version_that_is_first_again_comes_to_a_poller_of_first_versions"],
    ),
    Mutant(
        "what a revision takes back stays in the logs",
        [
            Change(
                "app/exchange/settle.py",
                "    deliveries.retire(transaction, withheld, ended, deliveries.WITHHELD)\n",
                "",
            )
        ],
        [
            "tests/laws/test_law_8_policy_acts_at_once.py::test_reading_that_is_taken_and_given_back_brings_everything_again"
        ],
    ),
    Mutant(
        "each batch begins one contribution too late",
        [Change("app/exchange/jobs.py", "after=batch[-1].id, appended", "after=batch[-1].id + 1, appended")],
        [f"{TIME}::test_batches_go_on_where_a_process_has_died"],
    ),
    Mutant(
        "pages show what has expired until it is swept",
        [
            Change(
                "app/storage/pages.py",
                '    return or_(log.c.not_after.is_(None), log.c.not_after > bindparam("now"))',
                "    return true()",
            )
        ],
        [f"{TIME}::test_a_version_is_shown_to_nobody_from_its_end_on_before_anything_is_swept"],
    ),
    Mutant(
        "nobody looks whether a commit came too late for its dates",
        [Change("app/exchange/changing.py", "    while late:\n", "    while False:\n")],
        [f"{TIME}::test_rows_of_a_transaction_that_stalled_are_dated_after_they_can_be_read"],
    ),
)
