"""The house rules that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "app").rglob("*.py"))
PURE = [path for path in MODULES if path.relative_to(ROOT / "app").parts[0] in ("policy", "stix", "taxii", "ledger")]
SAYS_NOTHING = {"utils", "util", "helpers", "common", "base", "manager", "managers", "misc", "core", "services"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            found.append((called, node.lineno))
    return found


def reads_the_machine(path: Path) -> list[str]:
    """Reads of the system's clock, randomness or environment, but through a clock or source that was passed in."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(
        r"\b(?:datetime\.(?:now|utcnow|today)\b|time\.time|uuid[14]\(|secrets\.\w+|os\.environ|getenv)\b", text
    )
    return [each for each in found if "clock." not in each]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_time_randomness_and_the_environment_are_read_in_one_place(path: Path) -> None:
    if path.name in ("clock.py", "settings.py") and path.parent.name == "app":
        return
    assert reads_the_machine(path) == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_use_case_ends_its_transaction_by_leaving_the_block(path: Path) -> None:
    assert not [line for called, line in calls(path) if called in ("commit", "rollback")]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_named_for_what_it_is_and_is_no_longer_than_one_subject(path: Path) -> None:
    assert path.stem not in SAYS_NOTHING
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [f"{node.name}: {node.end_lineno - node.lineno + 1}" for node in functions if node.end_lineno]
    assert [each for each in long if int(each.split(": ")[1]) > 70] == []


def test_data_folders_are_no_packages() -> None:
    for folder in ("collections", "mappings", "alembic"):
        assert not list((ROOT / folder).rglob("__init__.py")), f"an __init__.py in {folder}/ breaks Python"


def test_nothing_unfinished_is_left() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
    files = [*MODULES, *(ROOT / "alembic").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    assert [name_of(path) for path in files if path.name != "test_tidy.py" and marks.search(path.read_text())] == []


def test_the_architecture_page_names_every_module_and_no_other() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`app/([\w/]+\.py)`", page))
    there = {
        str(path.relative_to(ROOT / "app"))
        for path in MODULES
        if path.name != "__init__.py" or path.stat().st_size == 0
    }
    there = {each for each in there if not each.endswith("__init__.py")}
    assert sorted(there - named) == []
    assert sorted(named - there) == []
