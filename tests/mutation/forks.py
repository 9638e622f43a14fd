"""A plugin of pytest: try every mutant on the tests that reach its function, each in a process of its own.

The tests are collected once, and run once without a mutant, to see which functions each of them calls and how long it
takes. Then each mutant is tried in a fork of this process, the quickest tests first, until one fails.
"""

import gc
import json
import os
import resource
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

NO_MUTANT, REACHING = "", "stats"
KILLED, SURVIVED, FOR_EVER, NOT_REACHED = "killed", "survived", "ran on for ever", "reached by no test"
SECONDS_MORE, TIMES_AS_LONG = 3, 5
BYTES_MAX = 4 * 2**30


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutants", help="a file that gives, for each mutant, the function that it stands for, as JSON")
    parser.addoption("--outcomes", help="the file to write what became of each, a line of JSON for each")
    parser.addoption("--processes", type=int, default=1, help="how many mutants are tried at a time")


class Failures:
    """Whether a test has failed."""

    def __init__(self) -> None:
        self.seen = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seen = self.seen or report.failed

    def of(self, item: pytest.Item) -> bool:
        """Whether this test fails now."""
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        return self.seen


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    options, failures = session.config.option, Failures()
    session.config.pluginmanager.register(failures)
    gc.freeze()
    functions = json.loads(Path(options.mutants).read_text())
    reaching = tests_by_function(session.items, failures)
    tests = {mutant: reaching.get(function, []) for mutant, function in functions.items()}
    with Path(options.outcomes).open("w") as written:
        for mutant, outcome in tried(tests, failures, options.processes):
            print(json.dumps([mutant, outcome]), file=written, flush=True)
    return True


def tests_by_function(
    items: Sequence[pytest.Item], failures: Failures
) -> Mapping[str, list[tuple[float, pytest.Item]]]:
    """The tests that call each function, the quickest first, with the seconds that each takes."""
    found: dict[str, list[tuple[float, pytest.Item]]] = {}
    set_mutant_under_test(REACHING)
    for item in items:
        state()._stats.clear()
        began = time.process_time()
        if failures.of(item):
            raise pytest.UsageError(f"{item.nodeid} fails without any mutant.")
        for function in state()._stats:
            found.setdefault(function, []).append((time.process_time() - began, item))
    set_mutant_under_test(NO_MUTANT)
    return {function: sorted(tests, key=lambda test: test[0]) for function, tests in found.items()}


def tried(
    tests: Mapping[str, list[tuple[float, pytest.Item]]], failures: Failures, processes: int
) -> Iterator[tuple[str, str]]:
    """What became of each mutant."""
    running: dict[int, str] = {}
    for mutant, reaching in tests.items():
        if not reaching:
            yield mutant, NOT_REACHED
            continue
        if len(running) == processes:
            yield ended(running)
        running[begun(mutant, reaching, failures)] = mutant
    while running:
        yield ended(running)


def begun(mutant: str, tests: list[tuple[float, pytest.Item]], failures: Failures) -> int:
    """The process in which the tests run with this mutant."""
    process = os.fork()
    if process:
        return process
    killed = True
    try:
        resource.setrlimit(resource.RLIMIT_AS, (BYTES_MAX, BYTES_MAX))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        set_mutant_under_test(mutant)
        for took, item in tests:
            signal.setitimer(signal.ITIMER_PROF, took * TIMES_AS_LONG + SECONDS_MORE)  # whoever lets it pass is ended
            killed = failures.of(item)
            if killed:
                break
    finally:
        os._exit(int(killed))


def ended(running: dict[int, str]) -> tuple[str, str]:
    """The next mutant of which all is known."""
    process, status = os.wait()
    mutant = running.pop(process)
    if os.WIFSIGNALED(status):
        return mutant, FOR_EVER
    return mutant, KILLED if os.WEXITSTATUS(status) else SURVIVED
