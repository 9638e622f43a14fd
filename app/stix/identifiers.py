"""The identifiers of STIX 2.1 section 2.9: `type--UUID`, and the deterministic ids of SCOs.

A UUID is one of RFC 4122 or RFC 9562, versions 1 to 8, in lower case, as RFC 4122 section 3 has UUIDs written: two
spellings would be two objects, of which the second passes whatever is said of the first.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from app.stix.canonical_json import canonical_json

TYPE_PATTERN: Final = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
UUID_PATTERN: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"

SCO_NAMESPACE: Final = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""The namespace of deterministic SCO ids."""

_TYPE = re.compile(TYPE_PATTERN)
_TYPE_CHARS = range(3, 251)
_IDENTIFIER = re.compile(f"{TYPE_PATTERN}--{UUID_PATTERN}")
_HASHES_IN_ORDER = ("MD5", "SHA-1", "SHA-256", "SHA-512")
CONTRIBUTING_PROPERTIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "artifact": ("hashes", "payload_bin"),
        "autonomous-system": ("number",),
        "directory": ("path",),
        "domain-name": ("value",),
        "email-addr": ("value",),
        "email-message": ("from_ref", "subject", "body"),
        "file": ("hashes", "name", "extensions", "parent_directory_ref"),
        "ipv4-addr": ("value",),
        "ipv6-addr": ("value",),
        "mac-addr": ("value",),
        "mutex": ("name",),
        "network-traffic": (
            *("start", "end", "src_ref", "dst_ref", "src_port", "dst_port"),
            *("protocols", "extensions"),
        ),
        "process": (),
        "software": ("name", "cpe", "swid", "vendor", "version"),
        "url": ("value",),
        "user-account": ("account_type", "user_id", "account_login"),
        "windows-registry-key": ("key", "values"),
        "x509-certificate": ("hashes", "serial_number"),
    }
)
"""Each SCO type with the properties that make its id (the `ID Contributing Properties` of section 6)."""


def is_identifier(text: str) -> bool:
    """Whether the text is an identifier of STIX 2.1 section 2.9."""
    return _IDENTIFIER.fullmatch(text) is not None


def is_type(text: str) -> bool:
    """Whether an object type can be called so (STIX 2.1 section 11.2); reserved names are not told apart."""
    return len(text) in _TYPE_CHARS and _TYPE.fullmatch(text) is not None


def type_of(identifier: str) -> str:
    """The object type that an identifier begins with."""
    return identifier.partition("--")[0]


def is_name_based(identifier: str) -> bool:
    """Whether the UUID of an identifier is of version 5: made of a namespace and a name (RFC 4122 section 4.3)."""
    return identifier.rpartition("--")[2][14:15] == "5"


def sco_id(sco: Mapping[str, object]) -> str | None:
    """The deterministic id of an SCO: UUIDv5 over the RFC 8785 form of its contributing properties.

    None where the type has none or none of them is present: such an SCO gets a random id. Of several hashes one
    enters: the first of MD5, SHA-1, SHA-256, SHA-512, else the first there is.
    """
    object_type = str(sco.get("type"))
    contributing = {name: sco[name] for name in CONTRIBUTING_PROPERTIES.get(object_type, ()) if name in sco}
    hashes = contributing.get("hashes")
    if isinstance(hashes, Mapping) and hashes:
        chosen = next((name for name in _HASHES_IN_ORDER if name in hashes), next(iter(hashes)))
        contributing["hashes"] = {chosen: hashes[chosen]}
    if not contributing:
        return None
    return f"{object_type}--{uuid5(SCO_NAMESPACE, canonical_json(contributing))}"
