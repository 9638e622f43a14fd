"""A plugin of pytest: try every mutant on the tests that reach its function, each in a process of its own.

The tests are collected once, and run once without a mutant, to see which functions each of them calls and how long it
takes. Then each mutant is tried in a fork of this process, until a test fails: first those that are quick, or that have
noticed other mutants of the function, for these are much alike.
"""

import gc
import json
import os
import resource
import select
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from tests.mutation.switch import CALLED, choose

KILLED, SURVIVED, FOR_EVER, NOT_REACHED = "killed", "survived", "ran on for ever", "reached by no test"
SECONDS_MORE, TIMES_AS_LONG = 3, 5
BYTES_MAX = 4 * 2**30


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutants", help="a file that gives, for each mutant, the function that it stands for, as JSON")
    parser.addoption("--outcomes", help="the file to write what became of each, a line of JSON for each")
    parser.addoption("--processes", type=int, default=1, help="how many mutants are tried at a time")


class Failures:
    """Whether a test has failed. Why is not asked: to tell it takes longer than most of the tests."""

    def __init__(self) -> None:
        self.seen = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        outcome: Literal["failed", "skipped", "passed"] = "passed"
        if call.excinfo is not None:
            outcome = "skipped" if call.excinfo.errisinstance(pytest.skip.Exception) else "failed"
        self.seen = self.seen or outcome == "failed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

    def of(self, item: pytest.Item) -> bool:
        """Whether this test fails now."""
        item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
        return self.seen


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    if session.testsfailed:
        raise pytest.UsageError("A file of tests can't be read.")
    options, failures = session.config.option, Failures()
    session.config.pluginmanager.register(failures)
    gc.freeze()
    functions: Mapping[str, str] = json.loads(Path(options.mutants).read_text())
    trial = Trial(functions, tests_by_function(session.items, failures), failures)
    with Path(options.outcomes).open("w") as written:
        for mutant, outcome in trial.outcomes(options.processes):
            print(json.dumps([mutant, outcome]), file=written, flush=True)
    return True


@dataclass(frozen=True)
class Timed:
    """A test, and the seconds of work that it takes without a mutant."""

    item: pytest.Item
    took: float


def tests_by_function(items: Sequence[pytest.Item], failures: Failures) -> Mapping[str, list[Timed]]:
    """The tests that call each function."""
    found: dict[str, list[Timed]] = {}
    for item in items:
        CALLED.clear()
        began = time.process_time()
        if failures.of(item):
            raise pytest.UsageError(f"{item.nodeid} fails without any mutant.")
        test = Timed(item, time.process_time() - began)
        for function in CALLED:
            found.setdefault(function, []).append(test)
    return found


class Trial:
    """Every mutant, each tried in a process of its own."""

    def __init__(self, functions: Mapping[str, str], tests: Mapping[str, Sequence[Timed]], failures: Failures) -> None:
        self._functions = functions
        self._tests = tests
        self._failures = failures
        self._running: dict[int, tuple[str, int]] = {}
        self._noticed: Counter[tuple[str, str]] = Counter()

    def outcomes(self, processes: int) -> Iterator[tuple[str, str]]:
        """What became of each mutant."""
        for mutant, function in self._functions.items():
            if function not in self._tests:
                yield mutant, NOT_REACHED
                continue
            if len(self._running) == processes:
                yield self._ended()
            self._begin(mutant, function)
        while self._running:
            yield self._ended()

    def _begin(self, mutant: str, function: str) -> None:
        told, telling = os.pipe()
        process = os.fork()
        if process:
            os.close(telling)
            self._running[process] = mutant, told
            return
        killed = True
        try:
            resource.setrlimit(resource.RLIMIT_AS, (BYTES_MAX, BYTES_MAX))
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            choose(mutant, function)
            killed = any(self._notices(test, telling) for test in self._in_order(function))
        finally:
            os._exit(int(killed))

    def _in_order(self, function: str) -> Sequence[Timed]:
        return sorted(
            self._tests[function], key=lambda test: test.took / (1 + self._noticed[function, test.item.nodeid])
        )

    def _notices(self, test: Timed, telling: int) -> bool:
        signal.setitimer(signal.ITIMER_PROF, test.took * TIMES_AS_LONG + SECONDS_MORE)  # whoever lets it pass is ended
        if not self._failures.of(test.item):
            return False
        os.write(telling, test.item.nodeid.encode()[: select.PIPE_BUF])
        return True

    def _ended(self) -> tuple[str, str]:
        """The next mutant of which all is known."""
        process, status = os.wait()
        mutant, told = self._running.pop(process)
        with os.fdopen(told, encoding="utf-8") as noticed_by:
            self._noticed[self._functions[mutant], noticed_by.read()] += 1
        if os.WIFSIGNALED(status):
            return mutant, FOR_EVER
        return mutant, KILLED if os.WEXITSTATUS(status) else SURVIVED
