"""The observables that a pattern names: what an analyst looks up.

A comparison names an observable when it asks for one value: by `=`, by `IN` for each member of its set, by `NOT !=`, by
`LIKE` without `%` and `_`, by `ISSUPERSET` of one address; and by `ISSUBSET` the network in which all it asks for lies.
Values stay as they were written, with escapes undone; cleaning and letter case are for whoever stores them.

Kinds:

* the object type where one property is the object's identity: `ipv4-addr`, `ipv6-addr`, `domain-name`, `url`,
  `email-addr`, `mac-addr`, `mutex`, `autonomous-system`, `directory`, `windows-registry-key`,
* object type and property where there are several: `file:name`, `user-account:user_id` …,
* for a hash its algorithm alone, `MD5`, `SHA-1`, `SHA-256` …, whether of a file, an artifact or a certificate: who
  looks up a hash does not know which,
* `file:name` also for the name that STIX 2.0 gives a process: it is that of its image, as which STIX 2.1 has it.

A path through a reference names what the reference leads to: `email-message:from_ref.value` is an `email-addr`. Where
it may lead to hosts of several kinds (`dst_ref`, `resolves_to_refs`) the form of the value decides.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial

from app.stix.patterns.hashes import algorithm_named, algorithm_of
from app.stix.patterns.syntax import Comparison, ComparisonOperator, Constant, ConstantType, ObjectPath, Step


@dataclass(frozen=True, slots=True)
class Observable:
    """A value that can be observed, with its kind."""

    kind: str
    value: str


# no object type can be written like this
_HOST = "a host, of the kind that its value says"
_HOSTS = frozenset({"ipv4-addr", "ipv6-addr", "domain-name", "mac-addr"})
_ADDRESSES = frozenset({"ipv4-addr", "ipv6-addr"})
_WILDCARDS = frozenset("%_")

_KINDS: dict[tuple[str, tuple[Step, ...]], str] = {
    **{
        (object_type, ("value",)): object_type
        for object_type in ("ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr", "mac-addr")
    },
    (_HOST, ("value",)): _HOST,
    ("autonomous-system", ("number",)): "autonomous-system",
    ("directory", ("path",)): "directory",
    ("mutex", ("name",)): "mutex",
    ("windows-registry-key", ("key",)): "windows-registry-key",
    ("artifact", ("url",)): "url",
    ("process", ("name",)): "file:name",
    **{
        (object_type, (name,)): f"{object_type}:{name}"
        for object_type, names in {
            "email-message": ("message_id", "subject"),
            "file": ("name",),
            "process": ("command_line",),
            "software": ("cpe", "name"),
            "user-account": ("account_login", "user_id"),
            "x509-certificate": ("issuer", "serial_number", "subject"),
        }.items()
        for name in names
    },
}
_REFERENCES: dict[str, str] = {
    "bcc_refs": "email-addr",
    "belongs_to_ref": "user-account",
    "belongs_to_refs": "autonomous-system",
    "binary_ref": "file",
    "body_raw_ref": "file",
    "cc_refs": "email-addr",
    "contains_refs": "file",
    "content_ref": "artifact",
    "creator_user_ref": "user-account",
    "dst_ref": _HOST,
    "from_ref": "email-addr",
    "image_ref": "file",
    "parent_directory_ref": "directory",
    "parent_ref": "process",
    "raw_email_ref": "artifact",
    "resolves_to_refs": _HOST,
    "sender_ref": "email-addr",
    "service_dll_refs": "file",
    "src_ref": _HOST,
    "to_refs": "email-addr",
}
_MAC = re.compile(r"[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}")
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9.]{1,15})?")


def known_kinds() -> frozenset[str]:
    """Every kind that the properties of SCOs give, without the algorithms of hashes."""
    return frozenset(kind for kind in _KINDS.values() if kind != _HOST)


def kinds_of_properties(object_type: str) -> dict[str, str]:
    """The properties of an SCO type whose values are observables, each with the kind."""
    return {
        str(steps[0]): kind
        for (of, steps), kind in _KINDS.items()
        if of == object_type and kind != _HOST and len(steps) == 1
    }


def path_of_kind(kind: str) -> ObjectPath | None:
    """The object path at which a value of this kind stands; a hash stands in a file. None for other kinds."""
    algorithm = algorithm_named(kind)
    if algorithm is not None:
        return ObjectPath("file", ("hashes", algorithm.name))
    paths = [ObjectPath(of, steps) for (of, steps), found in _KINDS.items() if found == kind and kind.startswith(of)]
    return paths[0] if paths and kind != _HOST else None


def target_of(reference: str, value: str) -> str | None:
    """The type of object that a reference of this name leads to, where this value is what is asked of it."""
    target = _REFERENCES.get(reference)
    return _host_kind(value) if target == _HOST else target


@cache
def kinds_by_property() -> Mapping[str, frozenset[str]]:
    """The kinds that a value may be of, by the name of the property that a path to it ends at."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for (_, steps), kind in _KINDS.items():
        kinds[str(steps[-1])].update(_HOSTS if kind == _HOST else {kind})
    return {name: frozenset(found) for name, found in kinds.items()}


def observables_of(comparisons: Iterable[Comparison]) -> frozenset[Observable]:
    """The observables that these comparisons name."""
    return frozenset([observable for comparison in comparisons for observable in _named(comparison)])


def namer_at(path: ObjectPath) -> Callable[[str], Observable] | None:
    """What makes an observable of a value at this path; None where values there are none."""
    kind = _kind_of(path)
    if kind is None:
        return None
    return _host if kind == _HOST else partial(Observable, kind)


def asked_for(comparison: Comparison) -> tuple[Constant, ...] | None:
    """The constants of which a comparison asks for one: of `=`, of `IN`, of `NOT !=`. None where it asks otherwise."""
    wanted = ComparisonOperator.NOT_EQUAL if comparison.negated else ComparisonOperator.EQUAL
    if comparison.operator is not wanted and (comparison.negated or comparison.operator is not ComparisonOperator.IN):
        return None
    return comparison.constant if isinstance(comparison.constant, tuple) else (comparison.constant,)


def text_of(constant: Constant) -> str | None:
    """The value that a constant names, as an observable has it; None where it is none."""
    return str(constant.value) if constant.type in (ConstantType.STRING, ConstantType.INTEGER) else None


def _named(comparison: Comparison) -> list[Observable]:
    name = namer_at(comparison.path)
    if name is None:
        return []
    constants = asked_for(comparison)
    if constants is not None:
        return [name(value) for value in map(text_of, constants) if value]
    if comparison.negated or not isinstance(comparison.constant, Constant):
        return []
    value = text_of(comparison.constant)
    return [name(value)] if value and _names_it(comparison.operator, name(value)) else []


def _names_it(operator: ComparisonOperator, constant: Observable) -> bool:
    """Whether an operator that is none of equality asks for the constant itself, or for all that lies in it."""
    match operator:
        case ComparisonOperator.LIKE:
            return not _WILDCARDS.intersection(constant.value)
        case ComparisonOperator.ISSUBSET:
            return constant.kind in _ADDRESSES
        case ComparisonOperator.ISSUPERSET:
            # of a network it asks for wider ones: what lies in it has nothing to do with that
            return constant.kind in _ADDRESSES and "/" not in constant.value
        case _:
            return False


def _kind_of(path: ObjectPath) -> str | None:
    kind = _KINDS.get((path.object_type, path.steps))
    if kind is not None:
        return kind
    algorithm = algorithm_of(path.steps)
    if algorithm is not None:
        return algorithm.name
    for place, step in enumerate(reversed(path.steps)):
        target = _REFERENCES.get(step) if isinstance(step, str) else None
        if target is not None:
            rest = path.steps[len(path.steps) - place :]
            return _KINDS.get((target, tuple(name for name in rest if isinstance(name, str))))
    return None


def _host(value: str) -> Observable:
    return Observable(_host_kind(value), value)


def _host_kind(value: str) -> str:
    if _IPV4.fullmatch(value):
        return "ipv4-addr"
    if _MAC.fullmatch(value):
        return "mac-addr"
    return "ipv6-addr" if ":" in value else "domain-name"
