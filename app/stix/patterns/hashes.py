"""The hash algorithms that a path can name, and the form of their values (hash-algorithm-ov of STIX 2.1 and 2.0)."""

import re
from dataclasses import dataclass

from app.stix.patterns.syntax import Comparison, ComparisonOperator, Constant, ConstantType, Step


@dataclass(frozen=True, slots=True)
class HashAlgorithm:
    """An algorithm by the name that the vocabularies give it; `form` matches the whole of a value."""

    name: str
    form: re.Pattern[str]


def _hex(*digits: int) -> re.Pattern[str]:
    return re.compile("|".join(rf"[0-9a-fA-F]{{{count}}}" for count in digits))


_ALGORITHMS = {
    algorithm.name.replace("-", ""): algorithm
    for algorithm in (
        HashAlgorithm("MD5", _hex(32)),
        HashAlgorithm("MD6", _hex(32, 40, 56, 64, 96, 128)),
        HashAlgorithm("RIPEMD-160", _hex(40)),
        HashAlgorithm("SHA-1", _hex(40)),
        HashAlgorithm("SHA-224", _hex(56)),
        HashAlgorithm("SHA-256", _hex(64)),
        HashAlgorithm("SHA-384", _hex(96)),
        HashAlgorithm("SHA-512", _hex(128)),
        HashAlgorithm("SHA3-224", _hex(56)),
        HashAlgorithm("SHA3-256", _hex(64)),
        HashAlgorithm("SHA3-384", _hex(96)),
        HashAlgorithm("SHA3-512", _hex(128)),
        # the longest that ssdeep itself writes is 148 characters
        HashAlgorithm("SSDEEP", re.compile(r"[a-zA-Z0-9/+:.]{1,148}")),
        HashAlgorithm("TLSH", re.compile(r".+", re.DOTALL)),
        HashAlgorithm("WHIRLPOOL", _hex(128)),
    )
}
_BY_USE = (
    *("MD5", "SHA-1", "SHA-256", "SHA-512", "SHA-224", "SHA-384", "SHA3-256", "SHA3-512", "SHA3-224", "SHA3-384"),
    *("RIPEMD-160", "WHIRLPOOL", "MD6"),
)
_PATTERN_OPERATORS = frozenset(
    {
        ComparisonOperator.LIKE,
        ComparisonOperator.MATCHES,
        ComparisonOperator.ISSUBSET,
        ComparisonOperator.ISSUPERSET,
    }
)


def algorithm_of(steps: tuple[Step, ...]) -> HashAlgorithm | None:
    """The algorithm whose value a path ends at, as in `hashes.'SHA-256'`; letter case and hyphens don't matter."""
    last = steps[-1]
    return algorithm_named(last) if "hashes" in steps and isinstance(last, str) else None


def algorithm_named(name: str) -> HashAlgorithm | None:
    """The algorithm of this name; letter case and hyphens don't matter."""
    return _ALGORITHMS.get(name.upper().replace("-", ""))


def algorithms_of_digits(count: int) -> tuple[str, ...]:
    """The names of the algorithms whose hashes have this many hexadecimal digits, the most used first."""
    of_digits = [name for name in _BY_USE if _ALGORITHMS[name.replace("-", "")].form.fullmatch("0" * count)]
    return tuple(of_digits)


def malformed_hash(comparison: Comparison) -> HashAlgorithm | None:
    """The algorithm whose form a constant of this comparison does not have, or None.

    LIKE and its kind compare with what is no hash, so that they are not judged.
    """
    if comparison.operator in _PATTERN_OPERATORS:
        return None
    algorithm = algorithm_of(comparison.path.steps)
    if algorithm is None:
        return None
    constants = comparison.constant if isinstance(comparison.constant, tuple) else (comparison.constant,)
    return None if all(_has_form(constant, algorithm.form) for constant in constants) else algorithm


def _has_form(constant: Constant, form: re.Pattern[str]) -> bool:
    return constant.type is ConstantType.STRING and form.fullmatch(str(constant.value)) is not None
