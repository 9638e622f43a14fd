"""The README's commands and the output it shows, as data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@dataclass(frozen=True, slots=True)
class Step:
    """Commands of one fence, and the output that the next fence shows for them, or None."""

    commands: str
    output: str | None


def steps(text: str) -> Sequence[Step]:
    """Every `sh` fence, in order, each with the `text` fence that stands right under it."""
    found: list[Step] = []
    for match in FENCE.finditer(text):
        kind, body = match.groups()
        if kind == "sh":
            found.append(Step(body, None))
        else:
            assert kind == "text", f"a fence of the kind {kind}"
            assert text[: match.start()].endswith("```\n"), "output stands right under its commands"
            found[-1] = Step(found[-1].commands, body)
    return found


def settled(output: str) -> Sequence[str]:
    """Lines to compare: instants and the widths of columns are whatever they are."""
    return [re.sub(r"\s+", " ", INSTANT.sub("INSTANT", line)).strip() for line in output.strip().splitlines()]
