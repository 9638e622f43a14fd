"""The mutants that may survive, from survivors.yaml."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ruamel.yaml import YAML

from tests.mutation.mutated import Change

FILE = Path(__file__).with_name("survivors.yaml")


def explained(modules: Sequence[str]) -> Mapping[Change, str]:
    """Each mutant of these modules that may survive, with the reason."""
    entries = YAML(typ="safe").load(FILE.read_text(encoding="utf-8")) or []
    reasons = {Change(each["in"], each["was"], each["becomes"]): each["because"] for each in entries}
    return {change: why for change, why in reasons.items() if _module_of(change, modules)}


def _module_of(change: Change, modules: Sequence[str]) -> str | None:
    """The module of a change among these: the longest name that its function begins with."""
    return max((each for each in modules if change.function.startswith(f"{each}.")), key=len, default=None)
