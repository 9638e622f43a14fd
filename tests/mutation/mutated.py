"""Mutants of app/policy: the same functions, each changed in one place. mutmut makes them.

A changed module holds every mutant of its functions beside the original; which one is called is asked at each call, so
that the tests are read and collected once for all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from mutmut.mutation.file_mutation import MutatedFile, mutate_file_contents
from mutmut.utils.format_utils import (
    get_mutant_name,
    mangled_name_from_mutant_name,
    orig_function_and_class_names_from_key,
)

POLICY = Path("app/policy")
ITS_SWITCH = "from mutmut.mutation.trampoline import wrap_in_trampoline as"
OUR_SWITCH = "from tests.mutation.switch import switch as"


@dataclass(frozen=True)
class Change:
    """What a mutant changes: the function, such as `times.Span.phase`, and the lines before and after."""

    function: str
    was: str
    becomes: str

    def __str__(self) -> str:
        return f"in: {self.function}\n    was: {self.was}\n    becomes: {self.becomes}"


@dataclass(frozen=True)
class Mutant:
    """One mutant. `name` is mutmut's, `reached` the name under which mutmut tells that its function was called."""

    name: str
    module: str
    change: Change

    @property
    def reached(self) -> str:
        return str(mangled_name_from_mutant_name(self.name))


def modules_of(project: Path) -> dict[str, Path]:
    """Every module of app/policy, such as `vocabularies.acs`, with its file relative to the project."""
    files = sorted((project / POLICY).rglob("*.py"))
    return {module_of(file.relative_to(project / POLICY)): file.relative_to(project) for file in files}


def module_of(file: Path) -> str:
    return ".".join(file.with_suffix("").parts)


def mutate(copy: Path, modules: Sequence[str]) -> list[Mutant]:
    """Put all mutants of these modules of a copy of the project in the place of their functions."""
    mutants = []
    for module in modules:
        file = modules_of(copy)[module]
        mutated = mutate_file_contents(str(file), (copy / file).read_text(encoding="utf-8"))
        (copy / file).write_text(mutated.code.replace(ITS_SWITCH, OUR_SWITCH), encoding="utf-8")
        for name in mutated.mutant_names:
            mutants.append(Mutant(get_mutant_name(file, name), module, _change(module, name, mutated)))
    return mutants


def _change(module: str, name: str, mutated: MutatedFile) -> Change:
    lines = mutated.code.splitlines()
    original = f"{mangled_name_from_mutant_name(name)}__mutmut_orig"
    texts = []
    for each in (original, name):
        span = mutated.line_span_by_function_name[each]
        texts.append([line.strip().replace(each, "") for line in lines[span.start - 1 : span.end]])
    differences = [line for line in unified_diff(*texts, lineterm="", n=0) if line[:3] not in ("---", "+++", "@@ ")]
    was, becomes = (" ".join(line[1:] for line in differences if line.startswith(sign)) for sign in "-+")
    function, class_name = orig_function_and_class_names_from_key(name)
    return Change(".".join(filter(None, (module, class_name, function))), was, becomes)
