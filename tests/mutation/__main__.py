"""The second half of `make prove`: change app/policy in one place at a time, and see the policy's tests notice.

Every mutant that no test notices has to stand in survivors.yaml, with the reason why none can or should.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from app.settings import PROJECT
from tests.mutation.forks import FOR_EVER, KILLED
from tests.mutation.mutated import Change, Mutant, modules_of, mutate
from tests.mutation.survivors import explained
from tests.support.cases import AS_MANY
from tests.support.copies import a_copy

TESTS = (
    "tests/policy",
    "--deselect=tests/policy/test_generated_cases.py",
    "--deselect=tests/policy/test_labelled_decisions.py",
)
"""What has to notice: pure tests. The labelled rows stand beside the project, and not everybody has them."""

PYTEST = ("-q", "-p", "tests.mutation.forks", "-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider")
QUICKLY = ("--capture=no", "--assert=plain", "--tb=no", "--hypothesis-profile=first counterexample")


FEWER = "0.15"
"""As many times the usual number of generated cases: what they alone would notice deserves a decided case."""


def outcomes(modules: Sequence[str], processes: int) -> Mapping[Mutant, str]:
    """What became of each mutant of these modules."""
    with TemporaryDirectory() as folder:
        copy, listed, written = a_copy(Path(folder)), Path(folder) / "mutants.json", Path(folder) / "outcomes.json"
        mutants = mutate(copy, modules)
        listed.write_text(json.dumps({mutant.name: mutant.reached for mutant in mutants}))
        files = (f"--mutants={listed}", f"--outcomes={written}", f"--processes={processes}")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *PYTEST, *QUICKLY, *files, *TESTS],
            cwd=copy,
            env={**os.environ, "CI": "yes", "PYTHONDONTWRITEBYTECODE": "1", AS_MANY: FEWER},
            capture_output=True,
            text=True,
        )
        said = dict(map(json.loads, written.read_text().splitlines())) if written.exists() else {}
        if said.keys() != {mutant.name for mutant in mutants}:
            sys.exit(f"The tests ended before every mutant was tried:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return {mutant: said[mutant.name] for mutant in mutants}


def told(found: Mapping[Mutant, str]) -> Iterator[str]:
    """A line for each module."""
    by_module: dict[str, Counter[str]] = {}
    for mutant, outcome in found.items():
        by_module.setdefault(mutant.module, Counter())[outcome] += 1
    for module, count in by_module.items():
        others = "".join(f", {number} {outcome}" for outcome, number in sorted(count.items()) if outcome != KILLED)
        yield f"{module}: {count.total()} mutants, {count[KILLED]} killed{others}"


def listed(changes: Iterable[Change]) -> str:
    return "\n".join(f"- {change}" for change in sorted(changes, key=str))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", help="modules of app/policy, such as times or vocabularies.acs; else all")
    parser.add_argument("--processes", type=int, default=2, help="how many mutants are tried at a time")
    asked, known = parser.parse_args(), modules_of(PROJECT)
    strange = sorted(set(asked.modules) - known.keys())
    if strange:
        parser.error(f"app/policy has no module {', '.join(strange)}. It has: {', '.join(known)}.")
    began = time.monotonic()
    modules = asked.modules or list(known)
    found = outcomes(modules, asked.processes)
    reasons = explained(modules)
    survivors = [mutant.change for mutant, outcome in found.items() if outcome not in (KILLED, FOR_EVER)]
    unexplained, idle = set(survivors) - reasons.keys(), reasons.keys() - set(survivors)
    for line in told(found):
        print(line)
    if unexplained:
        print("Noticed by no test, and explained nowhere. Write a test, or the reason in survivors.yaml:")
        print(listed(unexplained))
    if idle:
        print(f"Explained in survivors.yaml, and noticed or gone. Take them out:\n{listed(idle)}")
    killed, endless = len(found) - len(survivors), Counter(found.values())[FOR_EVER]
    print(
        f"mutants of app/policy: {len(found)}, killed {killed} (of them {endless} by running on for ever), "
        f"survived {len(survivors)}, of them explained {len(survivors) - sum(c in unexplained for c in survivors)}; "
        f"score {killed / len(found):.2%}, {(time.monotonic() - began) / 60:.0f} minutes"
    )
    sys.exit(bool(unexplained or idle))


if __name__ == "__main__":
    main()
