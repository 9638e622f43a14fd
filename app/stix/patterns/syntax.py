"""The tree that a pattern is parsed to, in the words of STIX 2.1 section 9.

    observation expression   Observation | QualifiedObservation | ObservationGroup
    comparison expression    Comparison | Exists | ComparisonGroup

Parentheses leave no node of their own: they show in how the groups nest. A group has two terms or more, in the order in
which they were written. Every node is frozen and hashable.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TypeAlias


class ListIndex(Enum):
    """The list index that is no number."""

    ANY = "*"


class ConstantType(StrEnum):
    """The type of a constant (section 9.2)."""

    INTEGER = "integer"
    FLOAT = "float"
    STRING = "string"
    BOOLEAN = "boolean"
    HEX = "hex"
    BINARY = "binary"
    TIMESTAMP = "timestamp"


class ComparisonOperator(StrEnum):
    """A comparison operator as the standard writes it (section 9.6.1)."""

    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    LESS = "<"
    GREATER_OR_EQUAL = ">="
    LESS_OR_EQUAL = "<="
    IN = "IN"
    LIKE = "LIKE"
    MATCHES = "MATCHES"
    ISSUBSET = "ISSUBSET"
    ISSUPERSET = "ISSUPERSET"


class BooleanOperator(StrEnum):
    """What joins expressions. FOLLOWEDBY joins observations only."""

    AND = "AND"
    OR = "OR"
    FOLLOWEDBY = "FOLLOWEDBY"


Step: TypeAlias = str | int | ListIndex


@dataclass(frozen=True, slots=True)
class ObjectPath:
    """An object type and the way into it: property names, list indexes from 0, `ListIndex.ANY` (section 9.7)."""

    object_type: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value to compare with; hex and binary as the bytes they stand for, a timestamp as its text without quotes."""

    type: ConstantType
    value: str | int | float | bool | bytes


@dataclass(frozen=True, slots=True)
class Comparison:
    """One property compared with one constant, or with the constants of a set for IN.

    `negated` says that NOT stands before the operator; `<>` is read as `!=`, `==` as `=`.
    """

    path: ObjectPath
    operator: ComparisonOperator
    negated: bool
    constant: Constant | tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """A property has a value, or with `negated` has none (2.1 only)."""

    path: ObjectPath
    negated: bool


@dataclass(frozen=True, slots=True)
class ComparisonGroup:
    """Comparison expressions that AND or OR joins."""

    operator: BooleanOperator
    terms: tuple["ComparisonExpression", ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """What stands in square brackets: one observation matches the whole of it."""

    comparison: "ComparisonExpression"


@dataclass(frozen=True, slots=True)
class Within:
    """All of it within so many seconds."""

    seconds: int | float


@dataclass(frozen=True, slots=True)
class Repeats:
    """So many matches, each of other observations."""

    times: int


@dataclass(frozen=True, slots=True)
class StartStop:
    """From `start` on and before `stop`, both as text. Nothing says that `stop` is the later one."""

    start: str
    stop: str


@dataclass(frozen=True, slots=True)
class QualifiedObservation:
    """An observation expression with the qualifiers behind it, in their order."""

    observation: "ObservationExpression"
    qualifiers: tuple["Qualifier", ...]


@dataclass(frozen=True, slots=True)
class ObservationGroup:
    """Observation expressions that AND, OR or FOLLOWEDBY joins."""

    operator: BooleanOperator
    terms: tuple["ObservationExpression", ...]


Qualifier: TypeAlias = Within | Repeats | StartStop
ComparisonExpression: TypeAlias = Comparison | Exists | ComparisonGroup
ObservationExpression: TypeAlias = Observation | QualifiedObservation | ObservationGroup
