"""Values to STIX patterns (STIX 2.1 section 9), in their normal forms."""

from collections.abc import Sequence

from app.stix.observables import ATTACK, CVE, Observable
from app.stix.observables.kinds import HOSTS
from app.stix.patterns.hashes import algorithm_named

NO_PATTERN = frozenset({ATTACK, CVE})
"""Kinds of which no pattern can speak: they are ids of objects."""

_PATHS = {
    "url": "url:value",
    "email-addr": "email-addr:value",
    "mac-addr": "mac-addr:value",
    "directory": "directory:path",
    "mutex": "mutex:name",
    "windows-registry-key": "windows-registry-key:key",
}


def pattern_of(values: Sequence[Observable], port: int | None = None) -> str:
    """The pattern that matches any of these values, each in its normal form.

    With a port it matches traffic to the one value, a host, at that port.
    """
    if port is None:
        return f"[{' OR '.join(map(_comparison, values))}]"
    (host,) = values
    kind, value = quoted(host.kind), quoted(host.value)
    to = "network-traffic:dst_ref"
    return f"[{to}.type = {kind} AND {to}.value = {value} AND network-traffic:dst_port = {port}]"


def quoted(text: str) -> str:
    """A text as a string constant."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _comparison(observable: Observable) -> str:
    kind, value = observable.kind, observable.value
    if kind in HOSTS:
        return f"{kind}:value = {quoted(value)}"
    if algorithm_named(kind) is not None:
        name = quoted(kind) if "-" in kind else kind
        return f"file:hashes.{name} = {quoted(value)}"
    if kind == "autonomous-system":
        return f"autonomous-system:number = {value}"
    return f"{_PATHS.get(kind, kind)} = {quoted(value)}"
