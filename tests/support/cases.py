"""What was tried, for the last lines of a test run: generated cases by law, rules that decided, labelled rows."""

import os
from collections import Counter

GENERATED: Counter[str] = Counter()
DECIDED: Counter[str] = Counter()
LABELLED: Counter[str] = Counter()

AS_MANY = "PROVE_TIMES"
"""The environment variable that says how many times as many cases are generated as a test asks for."""

IN_EVERY_RUN = "0.4"
"""The part of them that `make test` tries, with new cases in each run; `make prove` tries many times all of them."""


def examples(wanted: int) -> int:
    """How many cases a law is tried on."""
    return max(1, round(wanted * float(os.environ.get(AS_MANY, IN_EVERY_RUN))))


def record_cases(law: str, count: int = 1) -> None:
    """Count generated cases for a law, named as in the design: `law 3: the unknown is denied`."""
    GENERATED[law] += count


def record_decided(rule: str) -> None:
    """Count a generated case in which this rule alone was in the way, or alone opened it."""
    DECIDED[rule] += 1


def record_row(outcome: str) -> None:
    """Count a labelled row by what became of it: `agrees`, or the sentence that says how it differs."""
    LABELLED[outcome] += 1


def summary() -> list[str]:
    """The lines, in order."""
    lines = [f"{law}: {count} generated cases" for law, count in sorted(GENERATED.items())]
    if DECIDED:
        rarest = min(DECIDED, key=lambda rule: (DECIDED[rule], rule))
        lines.append(
            f"rules decisive in generated cases: {len(DECIDED)}, each {DECIDED[rarest]} times or more ({rarest})"
        )
    if LABELLED:
        lines.append(f"labelled rows: {LABELLED['agrees']} of {LABELLED.total()} agree")
        lines += [f"labelled row {outcome}" for outcome in sorted(LABELLED) if outcome != "agrees"]
    return lines
