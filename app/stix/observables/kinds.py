"""The kinds of values, and the names by which people call them."""

from functools import cache

from app.stix.patterns.hashes import algorithm_named
from app.stix.patterns.observables import known_kinds

CVE = "cve"
ATTACK = "mitre-attack"

HOSTS = frozenset({"ipv4-addr", "ipv6-addr", "domain-name"})
"""Whichever of these a value is said to be, it is of the one that it reads as."""

MIXED_UP = HOSTS | {"url", "email-addr"}
"""Kinds that feeds write in each other's places."""

FREE_TEXTS = (
    "file:name",
    "directory",
    "process:command_line",
    "mutex",
    "software:name",
    "software:cpe",
    "user-account:account_login",
    "user-account:user_id",
    "email-message:subject",
    "email-message:message_id",
    "x509-certificate:subject",
    "x509-certificate:issuer",
    "x509-certificate:serial_number",
)
"""Kinds of which any text may be, the most asked for first."""

_NAMES = {
    "as": "autonomous-system",
    "asn": "autonomous-system",
    "attack": ATTACK,
    "cidr": "ipv4-addr",
    "command": "process:command_line",
    "domain": "domain-name",
    "email": "email-addr",
    "file": "file:name",
    "filename": "file:name",
    "fqdn": "domain-name",
    "host": "domain-name",
    "hostname": "domain-name",
    "ip": "ipv4-addr",
    "ipaddress": "ipv4-addr",
    "ipv4": "ipv4-addr",
    "ipv6": "ipv6-addr",
    "mac": "mac-addr",
    "network": "ipv4-addr",
    "regkey": "windows-registry-key",
    "registry": "windows-registry-key",
    "subject": "email-message:subject",
    "technique": ATTACK,
    "uri": "url",
    "user": "user-account:account_login",
    "vulnerability": CVE,
}


def kind_named(name: str) -> str | None:
    """The kind that people mean: `sha256` is `SHA-256`, `domain` is `domain-name`. None where none is called so.

    Letter case does not matter. `ip` and `host` give one of the kinds of hosts; the value says which one it is.
    """
    by_name = _by_name()
    found = by_name.get(name)
    if found is not None:
        return found
    asked = name.strip().lower()
    algorithm = algorithm_named(asked)
    return algorithm.name if algorithm is not None else by_name.get(asked) or by_name.get(asked.replace("_", "-"))


def names_of_kinds() -> tuple[str, ...]:
    """Every name that `kind_named` knows besides those of hash algorithms."""
    return tuple(sorted(_by_name()))


@cache
def _by_name() -> dict[str, str]:
    return _NAMES | {kind: kind for kind in (*known_kinds(), CVE, ATTACK)}
