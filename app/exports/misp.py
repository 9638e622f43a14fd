"""A feed of MISP: a manifest, the one event that it names, with an attribute for each value, and the values' digests.

The event keeps its id, so that MISP takes each delivery for the next state of it. An empty feed has an empty manifest.
The digests are what MISP caches of a feed to tell which of its own values stand there, without the event.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import md5
from typing import Any, Final
from uuid import UUID, uuid5

from app.errors import NotKnown
from app.exports.formats import Order
from app.exports.roles import TO_ACT_ON, Role
from app.exports.told import Told
from app.exports.value_forms import ValueForm, once
from app.stix.timestamps import to_datetime

MANIFEST: Final = "manifest.json"
HASHES: Final = "hashes.csv"
LEVELS: Final = ("clear", "green", "amber", "amber+strict", "red")
"""Of TLP, the strictest last."""

_NAMES: Final = UUID("2f5a1c0d-6b3e-4f57-9d2a-0c8e7b914d36")
_NETWORK, _PAYLOAD, _DROPPED = "Network activity", "Payload delivery", "Artifacts dropped"
_USUAL_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "ipv4-addr": ("ip-dst", _NETWORK),
    "ipv6-addr": ("ip-dst", _NETWORK),
    "domain-name": ("domain", _NETWORK),
    "url": ("url", _NETWORK),
    "autonomous-system": ("AS", _NETWORK),
    "mac-addr": ("mac-address", _NETWORK),
    "email-addr": ("email", _PAYLOAD),
    "email-message:subject": ("email-subject", _PAYLOAD),
    "file:name": ("filename", _PAYLOAD),
    "MD5": ("md5", _PAYLOAD),
    "SHA-1": ("sha1", _PAYLOAD),
    "SHA-224": ("sha224", _PAYLOAD),
    "SHA-256": ("sha256", _PAYLOAD),
    "SHA-384": ("sha384", _PAYLOAD),
    "SHA-512": ("sha512", _PAYLOAD),
    "SSDEEP": ("ssdeep", _PAYLOAD),
    "mutex": ("mutex", _DROPPED),
    "windows-registry-key": ("regkey", _DROPPED),
}
TYPES: Final[Mapping[tuple[str, Role], tuple[str, str]]] = {
    **{(kind, role): type_ for kind, type_ in _USUAL_TYPES.items() for role in TO_ACT_ON},
    ("ipv4-addr", Role.SOURCE): ("ip-src", _NETWORK),
    ("ipv6-addr", Role.SOURCE): ("ip-src", _NETWORK),
    ("email-addr", Role.SOURCE): ("email-src", _PAYLOAD),
    ("email-addr", Role.RECIPIENT): ("email-dst", _PAYLOAD),
    ("MD5", Role.CERTIFICATE): ("x509-fingerprint-md5", _NETWORK),
    ("SHA-1", Role.CERTIFICATE): ("x509-fingerprint-sha1", _NETWORK),
    ("SHA-256", Role.CERTIFICATE): ("x509-fingerprint-sha256", _NETWORK),
}
"""The type and the category of MISP's for each kind and role that it has one for."""


def _write(told: Sequence[Told], order: Order) -> str:
    """The manifest, the event that it names, or the digests. Raises NotKnown for another file, such as the event of an
    empty feed.
    """
    uuid = uuid5(_NAMES, order.collection)
    head = _head(told, order) if told else {}
    if order.file in ("", MANIFEST):
        return json.dumps({str(uuid): head} if told else {}, ensure_ascii=False)
    if order.file == HASHES:
        return "".join(f"{_digest(each)},{uuid}\n" for each in once(told, _as_what))
    if order.file != f"{uuid}.json" or not told:
        raise NotKnown
    more = {"uuid": str(uuid), "published": True, "publish_timestamp": head["timestamp"]}
    attributes = [_attribute(uuid, each) for each in once(told, _as_what)]
    return json.dumps({"Event": {**head, **more, "Attribute": attributes}}, ensure_ascii=False)


def _as_what(told: Told) -> tuple[str, str]:
    type_, _ = TYPES[told.value.kind, told.role]
    return type_, told.value.value


def _digest(told: Told) -> str:
    """The digest by which MISP knows a value; it protects nothing."""
    return md5(told.value.value.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _head(told: Sequence[Told], order: Order) -> dict[str, Any]:
    levels = {level for each in told for level in each.by.tlp}
    strictest = next((level for level in reversed(LEVELS) if level in levels), None)
    return {
        "info": f"Indicators of {order.source}",
        "date": max(str(each.by.tree["modified"]) for each in told)[:10],
        "timestamp": str(max(_seconds(each) for each in told)),
        "analysis": "2",
        "threat_level_id": "4",
        "Orgc": {"uuid": str(uuid5(_NAMES, f"organisation {order.collection}")), "name": order.source},
        "Tag": [{"name": f"tlp:{strictest}"}] if strictest is not None else [],
    }


def _attribute(event: UUID, told: Told) -> dict[str, Any]:
    type_, category = TYPES[told.value.kind, told.role]
    return {
        "uuid": str(uuid5(event, f"{type_} {told.value.value}")),
        "type": type_,
        "category": category,
        "value": told.value.value,
        "to_ids": True,
        "timestamp": str(_seconds(told)),
        "comment": str(told.by.tree.get("name") or ""),
        "Tag": [{"name": f"tlp:{level}"} for level in told.by.tlp],
    }


def _seconds(told: Told) -> int:
    return max(1, int(to_datetime(str(told.by.tree["modified"])).timestamp()))


def _takes(told: Told) -> bool:
    return (told.value.kind, told.role) in TYPES and told.value.value.isprintable()


MISP: Final = ValueForm(
    media_type="application/json",
    kinds=frozenset(_USUAL_TYPES),
    takes=_takes,
    write=_write,
    media_types={HASHES: "text/csv; charset=utf-8; header=absent"},
)
