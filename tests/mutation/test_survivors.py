"""The list of survivors is about the code that is there."""

import ast

import pytest

from app.settings import PROJECT
from tests.mutation.mutated import Change, modules_of
from tests.mutation.survivors import module_of, reasons

MODULES = modules_of(PROJECT)
REASONS = reasons()


def source_of(change: Change) -> str:
    """The lines of the function that the change is in, each without its indentation, in one line."""
    module = module_of(change)
    assert module is not None, f"{change.function} is in no module of app/policy"
    text = (PROJECT / MODULES[module]).read_text(encoding="utf-8")
    scope: ast.AST = ast.parse(text)
    for name in change.function.removeprefix(f"{module}.").split("."):
        named = [node for node in ast.iter_child_nodes(scope) if getattr(node, "name", None) == name]
        assert named, f"{change.function} is not there"
        (scope,) = named
    segment = ast.get_source_segment(text, scope)
    assert segment is not None
    return " ".join(line.strip() for line in segment.splitlines())


@pytest.mark.parametrize("change", REASONS, ids=str)
def test_what_an_entry_changes_is_there_and_is_explained(change: Change) -> None:
    assert change.was in source_of(change)
    assert REASONS[change].endswith(".")
