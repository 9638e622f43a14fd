"""Values that are no hosts: how each kind is written the same way by everybody."""

import re
from collections.abc import Callable

from app.stix.observables.kinds import ATTACK, CVE
from app.stix.patterns.hashes import algorithm_named
from app.stix.unicode_forms import in_form

_HIVES = {
    "hkcc": "HKEY_CURRENT_CONFIG",
    "hkcr": "HKEY_CLASSES_ROOT",
    "hkcu": "HKEY_CURRENT_USER",
    "hklm": "HKEY_LOCAL_MACHINE",
    "hku": "HKEY_USERS",
}
_HIVE_NAMES = {name.lower(): name for name in _HIVES.values()}
AS_DIGITS_MAX = 10
_AS_NUMBER = re.compile(rf"(?:asn?)?[ \t]*([0-9]{{1,{AS_DIGITS_MAX}}})", re.IGNORECASE)
_AS_DOT = re.compile(r"(?:asn?)?[ \t]*([0-9]{1,5})\.([0-9]{1,5})", re.IGNORECASE)
_CVE = re.compile(r"cve[-_ ‐-―]?([0-9]{4})[-_ ‐-―]([0-9]{4,19})", re.IGNORECASE)
_MAC = re.compile(r"[0-9a-f]{12}", re.IGNORECASE)
_MAC_SEPARATORS = str.maketrans("", "", ":-.")
_HEXADECIMAL = re.compile(r"[0-9a-f]+", re.IGNORECASE)
_SERIAL_SEPARATORS = str.maketrans("", "", ": -")


def folded(text: str) -> str:
    """A text as it is compared without regard to letter case and to how Unicode composes its signs."""
    if text.isascii():
        return text.lower()
    return in_form("NFD", in_form("NFD", text).casefold())


def hash_of(value: str, algorithm: str) -> str:
    """A hash in small letters; one whose letters differ in meaning (SSDEEP) stays as it is."""
    return value if algorithm == "SSDEEP" else value.lower()


def mac_of(value: str) -> str:
    """A MAC address as STIX writes it (section 6.11): six pairs of small digits with colons between them."""
    digits = value.translate(_MAC_SEPARATORS)
    if _MAC.fullmatch(digits) is None:
        return value.lower()
    pairs = (digits[place : place + 2] for place in range(0, 12, 2))
    return ":".join(pairs).lower()


def number_of_as(value: str) -> str:
    """The number of an autonomous system, in decimal digits: `AS64496`, and `AS1.10` as 65546."""
    plain = _AS_NUMBER.fullmatch(value)
    if plain is not None:
        return str(int(plain[1]))
    dotted = _AS_DOT.fullmatch(value)
    return str(int(dotted[1]) * 65536 + int(dotted[2])) if dotted is not None else value.lower()


def cve_of(value: str) -> str:
    """The id of a vulnerability in capitals, with its hyphens."""
    match = _CVE.fullmatch(value)
    return f"CVE-{match[1]}-{match[2]}" if match is not None else value.upper()


def registry_key_of(value: str) -> str:
    """A registry key with its hive written out (STIX section 6.17), single backslashes, and none at its end."""
    parts = [part.strip() for part in value.replace("/", "\\").split("\\") if part.strip()]
    if not parts:
        return value
    while parts[0].lower() in ("computer", "registry") and len(parts) > 1:
        parts = parts[1:]
    hive = parts[0].lower().rstrip(":")
    name = _HIVES.get(hive) or _HIVE_NAMES.get(hive)
    return "\\".join([name or parts[0], *parts[1:]])


def serial_number_of(value: str) -> str:
    """The serial number of a certificate, as hexadecimal digits alone."""
    digits = value.translate(_SERIAL_SEPARATORS)
    return digits.lower() if _HEXADECIMAL.fullmatch(digits) else value


WRITTEN: dict[str, Callable[[str], str]] = {
    "autonomous-system": number_of_as,
    "mac-addr": mac_of,
    "windows-registry-key": registry_key_of,
    "x509-certificate:serial_number": serial_number_of,
    ATTACK: str.upper,
    CVE: cve_of,
}
"""How values of these kinds are written; all others that are neither hosts, URLs, e-mail addresses nor hashes stay."""


def is_hash_kind(kind: str) -> bool:
    """Whether values of this kind are hashes."""
    return algorithm_named(kind) is not None
