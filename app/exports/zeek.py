"""The intelligence framework of Zeek: a table with tabs between its columns, and its names in a header."""

from collections.abc import Mapping, Sequence
from typing import Final

from app.exports.formats import Order
from app.exports.roles import TO_ACT_ON, Role
from app.exports.told import Told
from app.exports.value_forms import HASHES, ValueForm, line_of, once

FIELDS: Final = ("indicator", "indicator_type", "meta.source", "meta.desc")
_USUAL_TYPES: Final[Mapping[str, str]] = {
    "ipv4-addr": "Intel::ADDR",
    "ipv6-addr": "Intel::ADDR",
    "domain-name": "Intel::DOMAIN",
    "url": "Intel::URL",
    "email-addr": "Intel::EMAIL",
    "file:name": "Intel::FILE_NAME",
    "software:name": "Intel::SOFTWARE",
    "user-account:account_login": "Intel::USER_NAME",
    **dict.fromkeys(HASHES, "Intel::FILE_HASH"),
}
_TYPES: Final[Mapping[tuple[str, Role], str]] = {
    **{(kind, role): type_ for kind, type_ in _USUAL_TYPES.items() for role in TO_ACT_ON},
    ("SHA-1", Role.CERTIFICATE): "Intel::CERT_HASH",
}
"""Of certificates Zeek looks at SHA-1 alone."""

_UNSET: Final = frozenset({"-", "(empty)"})


def escaped(text: str) -> str:
    r"""The text as one column: what ends a column or a line, or means something to Zeek, as `\x09`."""
    if not text:
        return "-"
    if text in _UNSET or text.startswith("#"):
        return f"\\x{ord(text[0]):02x}{escaped(text[1:]) if text[1:] else ''}"
    return "".join(sign if sign.isprintable() and sign != "\\" else _bytes(sign) for sign in text)


def type_of(told: Told) -> str:
    """The type of Zeek's that a value is of, as what it is."""
    value = told.value
    if value.kind in ("ipv4-addr", "ipv6-addr") and "/" in value.value:
        return "Intel::SUBNET"
    return _TYPES[value.kind, told.role]


def _bytes(sign: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in sign.encode("utf-8", "replace"))


def _write(told: Sequence[Told], order: Order) -> str:
    rows = [FIELDS] + [
        (*_indicator(each), order.source, str(each.by.tree.get("name") or each.by.id))
        for each in once(told, _indicator)
    ]
    lines = ["\t".join(map(escaped, row)) for row in rows]
    return "".join(f"{line}\n" for line in [f"#fields\t{lines[0]}", *lines[1:]])


def _indicator(told: Told) -> tuple[str, str]:
    return line_of(told.value, scheme=False), type_of(told)


def _takes(told: Told) -> bool:
    return (told.value.kind, told.role) in _TYPES


ZEEK: Final = ValueForm(
    media_type="text/plain; charset=utf-8", kinds=frozenset(_USUAL_TYPES), takes=_takes, write=_write
)
