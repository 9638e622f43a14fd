"""What stands before each function of a mutated module: it calls the original, or the one mutant that is tried.

mutmut brings its own, which asks the environment at every call; with that the tests take several times as long.
"""

from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]
MutantDict = dict[str, Function]

CALLED: set[str] = set()
"""The functions that were called, as `Mutant.reached` names them. Whoever wants to know empties it before."""

_CHOSEN = "_mutmut_orig"
_MUTANTS: dict[str, MutantDict] = {}


def switch(mutants: MutantDict, is_classmethod: bool = False) -> Callable[[Function], Function]:
    """Put before a function, as mutmut's `wrap_in_trampoline`; `mutants` is filled with it and its mutants later."""

    def before(function: Function) -> Function:
        owner, _, name = function.__qualname__.rpartition(".")
        reached = f"{function.__module__}.x{f'ǁ{owner}ǁ' if owner else '_'}{name}"
        _MUTANTS[reached] = mutants

        def called(*args: Any, **kwargs: Any) -> Any:
            CALLED.add(reached)
            return mutants[_CHOSEN](*args, **kwargs)

        def called_of_class(of: type, *args: Any, **kwargs: Any) -> Any:
            CALLED.add(reached)
            return getattr(of, mutants[_CHOSEN].__name__)(*args, **kwargs)

        return called_of_class if is_classmethod else called

    return before


def choose(mutant: str, reached: str) -> None:
    """From now on, call this mutant in the place of its function."""
    mutants = _MUTANTS[reached]
    mutants[_CHOSEN] = mutants[mutant.rpartition(".")[2]]
