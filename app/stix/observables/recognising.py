"""Of what kinds a value may be, and whether it has the form of its kind."""

import re

from app.stix.observables.forms import normal
from app.stix.observables.hosts import is_ipv4, is_name, name_of, network_of
from app.stix.observables.kinds import ATTACK, CVE, FREE_TEXTS, HOSTS, MIXED_UP, kind_named
from app.stix.observables.refanging import refang
from app.stix.observables.urls import email_of, url_of
from app.stix.patterns import Observable
from app.stix.patterns.hashes import algorithm_named, algorithms_of_digits

_HASH = re.compile(r"[0-9a-fA-F]{32,128}")
_SPACE = re.compile(r"\s")
_FORMS = (
    (CVE, re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}", re.IGNORECASE)),
    (ATTACK, re.compile(r"(?:T|TA|G|S|M|C|A|DS|DC|DET|AN)[0-9]{4}(?:\.[0-9]{3})?", re.IGNORECASE)),
    ("autonomous-system", re.compile(r"ASN? ?[0-9]{1,10}|[0-9]{1,10}", re.IGNORECASE)),
    ("mac-addr", re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}", re.IGNORECASE)),
    ("windows-registry-key", re.compile(r"(?:Computer\\)?(?:HK(?:LM|CU|CR|CC|U)|HKEY_\w+):?(?:\\.*)?", re.IGNORECASE)),
    ("url", re.compile(r"[a-z][a-z0-9+.-]*://[^/?#\s].*", re.IGNORECASE)),
    ("SSDEEP", re.compile(r"[0-9]{1,9}:[A-Za-z0-9/+]{1,64}:[A-Za-z0-9/+]{1,64}")),
    ("TLSH", re.compile(r"(?:T1)?[0-9a-f]{70}", re.IGNORECASE)),
)
_FORM_OF = dict(_FORMS)
_MAY_LACK_FORM = ("windows-registry-key", "domain-name", "url")
_TAKEN_FOR = ("ipv4-addr", "ipv6-addr", "email-addr", "mac-addr", "autonomous-system")
_SERIAL_NUMBER = "x509-certificate:serial_number"
# three to twenty octets (RFC 5280 section 4.1.2.2), which may look like a hash, a MAC address or ssdeep
_SERIAL_DIGITS = re.compile(r"[0-9a-f]{2}(?:[:-]?[0-9a-f]{2}){2,19}", re.IGNORECASE)


def kinds_of(text: str) -> tuple[str, ...]:
    """The kinds that a free text value, already refanged, may be of; the most telling first.

    First the kinds whose form it has (a hash may be of several algorithms), then those of which any text may be: a file
    can be named after a domain or by its own hash.
    """
    value = text.strip()
    return tuple(dict.fromkeys([*_of_form(value), *FREE_TEXTS]))


def kinds_meant(text: str) -> tuple[str, ...]:
    """The kinds as which a free text value, already refanged, is taken.

    What has the form of an address, a hash and so on is taken for no free text; but what has the form of a domain name
    may also be the name of a file. What has no form at all may also be what somebody else took for a value with one.
    """
    kinds = kinds_of(text)
    telling = tuple(each for each in kinds if each not in FREE_TEXTS)
    if not telling:
        return (*kinds, *_MAY_LACK_FORM)
    return (*telling, "file:name") if "domain-name" in telling else telling  # kit.exe may be either


def kinds_looked_up(text: str) -> tuple[str, ...]:
    """The kinds under which a free text value, already refanged, is looked up: whatever it may have been stored as.

    Beside those as which it is taken: without any form, also those that somebody may have taken it for nevertheless
    (`198.051.100.007` for an address); and what has the form of something else, but that of serial numbers too.
    """
    kinds = kinds_meant(text)
    if kinds[0] in FREE_TEXTS:
        return (*kinds, *_TAKEN_FOR)
    may_be_serial = "autonomous-system" not in kinds and _SERIAL_DIGITS.fullmatch(text.strip()) is not None
    return (*kinds, _SERIAL_NUMBER) if may_be_serial else kinds


def readings_of(named: Observable) -> tuple[Observable, ...]:
    """The normal form of a value that an object names, and what its text reads as if that is something else.

    Feeds write hosts, URLs and e-mail addresses in each other's places, and some of them defanged: a `url` that is a
    host alone, a `domain-name` with a path. Whoever looks such a text up is taken for meaning what it reads as.
    """
    form = normal(named.kind, named.value)
    if form.kind not in MIXED_UP:
        return (form,)
    plain = refang(named.value)
    kind = next(iter(_of_form(plain)), form.kind)
    read = normal(kind, plain)
    return (form, read) if kind in MIXED_UP and read != form else (form,)


def has_form(kind: str, value: str) -> bool:
    """Whether the value has the form of its kind. Any text but the empty one has that of a free text."""
    return is_formed(normal(kind, value))


def is_formed(form: Observable) -> bool:
    """Whether a value in its normal form has the form of its kind."""
    algorithm = algorithm_named(form.kind)
    if algorithm is not None:
        return algorithm.form.fullmatch(form.value) is not None
    if form.kind in HOSTS:
        return network_of(form.value) is not None or _has_dots(form.value)
    if form.kind == "url":
        url = url_of(form.value)
        return url is not None and (network_of(url.host) is not None or is_name(url.host))
    if form.kind == "email-addr":
        parts = email_of(form.value)
        return parts is not None and has_form("domain-name", parts[1])
    by_form = _FORM_OF.get(kind_named(form.kind) or form.kind)
    return bool(form.value) if by_form is None else by_form.fullmatch(form.value) is not None


def _of_form(value: str) -> list[str]:
    if is_ipv4(value):
        return ["ipv4-addr"]
    network = network_of(value)
    if network is not None:
        return [f"ipv{network.version}-addr"]
    if _HASH.fullmatch(value) and (algorithms := algorithms_of_digits(len(value))):
        return list(algorithms)
    found = [kind for kind, form in _FORMS if form.fullmatch(value)]
    if found:
        return found
    parts = email_of(value)
    if parts is not None and "/" not in value and is_name(parts[1]):
        return ["email-addr"]
    host, slash, _ = value.partition("/")
    if slash and not _SPACE.search(value) and (network_of(host) is not None or _has_dots(host)):
        return ["url"]
    return ["domain-name"] if _has_dots(value) else []


def _has_dots(value: str) -> bool:
    name = name_of(value)
    return "." in name and is_name(name)
