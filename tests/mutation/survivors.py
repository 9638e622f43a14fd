"""The mutants that may survive, from survivors.yaml."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ruamel.yaml import YAML

from app.settings import PROJECT
from tests.mutation.mutated import Change, modules_of

FILE = Path(__file__).with_name("survivors.yaml")


def explained(modules: Sequence[str]) -> Mapping[Change, str]:
    """Each mutant of these modules that may survive, with the reason."""
    return {change: why for change, why in reasons().items() if module_of(change) in modules}


def reasons() -> Mapping[Change, str]:
    """Every mutant that may survive, with the reason."""
    entries = YAML(typ="safe").load(FILE.read_text(encoding="utf-8")) or []
    return {Change(each["in"], each["was"], each["becomes"]): each["because"] for each in entries}


def module_of(change: Change) -> str | None:
    """The module that a change is in; None where its function is in none."""
    fitting = [each for each in modules_of(PROJECT) if change.function.startswith(f"{each}.")]
    return max(fitting, key=len, default=None)
