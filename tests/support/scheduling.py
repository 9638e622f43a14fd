"""Which tests stay together, and which begin first, when they are spread over several processes."""

from pathlib import Path

from xdist.scheduler import LoadFileScheduling

LONGEST_FIRST = (
    "laws/test_law_2_twin_worlds.py",
    "simulation/test_simulation.py",
    "clients/test_clients.py",
    "demo/test_readme.py",  # on the demonstration as it was loaded; the next file goes on to change it
    "demo/test_demonstration_run.py",
    "conformance/test_scenarios_at_once.py",
    "laws/test_law_1_nothing_is_missed.py",
    "exchange/test_time.py",
    "probe/test_seeded_faults.py",
    "conformance/test_scenarios_changes.py",
    "laws/test_law_7_only_its_creator.py",
    "exchange/test_several_writers.py",
    "bench/test_bench_runs.py",
    "laws/test_law_9_one_decision.py",
    "laws/test_law_8_break_glass.py",
    "exchange/test_labelled_decisions_end_to_end.py",
    "exchange/test_corpus.py",
    "laws/test_law_2_in_batches.py",
    "laws/test_law_2_oracles_of_the_review.py",
    "laws/test_law_8_policy_acts_at_once.py",
    "laws/test_findings_1_to_9.py",
    "conformance/test_scenarios_walks.py",
    "exchange/test_apply.py",
    "laws/test_law_4_accepted_is_durable.py",
    "exchange/test_break_glass.py",
    "exchange/test_concurrency.py",
    "exchange/test_time_served.py",
)
"""Files whose tests share something dear, or are long: begun last, one of them would keep one core busy alone."""

TOGETHER = ("tests/demo/",)
"""Folders whose files share what takes long to make."""


class FilesTogether(LoadFileScheduling):  # type: ignore[misc]  # xdist is untyped to those who do not follow it
    """A file's tests stay in one process, and so do the files of some folders."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), str(super()._split_scope(nodeid)))


def place(path: Path, tests: Path) -> int:
    """Where a file comes; all that are not named come in the order that they were given, at the end."""
    name = path.relative_to(tests).as_posix()
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)
