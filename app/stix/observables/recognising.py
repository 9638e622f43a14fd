"""Of what kinds a value may be, and whether it has the form of its kind."""

import re

from app.stix.observables.forms import normal
from app.stix.observables.hosts import is_ipv4, is_name, name_of, network_of
from app.stix.observables.kinds import ATTACK, CVE, FREE_TEXTS, HOSTS, kind_named
from app.stix.observables.urls import email_of, url_of
from app.stix.patterns.hashes import algorithm_named, algorithms_of_digits

_HASH = re.compile(r"[0-9a-fA-F]{32,128}")
_FORMS = (
    (CVE, re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}", re.IGNORECASE)),
    (ATTACK, re.compile(r"(?:T|TA|G|S|M|C|A|DS|DC|DET|AN)[0-9]{4}(?:\.[0-9]{3})?", re.IGNORECASE)),
    ("autonomous-system", re.compile(r"ASN? ?[0-9]{1,10}|[0-9]{1,10}", re.IGNORECASE)),
    ("mac-addr", re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}", re.IGNORECASE)),
    ("windows-registry-key", re.compile(r"(?:Computer\\)?(?:HK(?:LM|CU|CR|CC|U)|HKEY_\w+):?(?:\\.*)?", re.IGNORECASE)),
    ("url", re.compile(r"[a-z][a-z0-9+.-]*://[^/?#\s].*", re.IGNORECASE)),
)


def kinds_of(text: str) -> tuple[str, ...]:
    """The kinds that a free text value, already refanged, may be of; the most telling first.

    First the kinds whose form it has (a hash may be of several algorithms), then those of which any text may be: a file
    can be named after a domain or by its own hash.
    """
    value = text.strip()
    return tuple(dict.fromkeys([*_of_form(value), *FREE_TEXTS]))


def has_form(kind: str, value: str) -> bool:
    """Whether the value has the form of its kind. Any text but the empty one has that of a free text."""
    form = normal(kind, value)
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
    by_form = dict(_FORMS).get(kind_named(form.kind) or form.kind)
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
    if slash and (network_of(host) is not None or _has_dots(host)):
        return ["url"]
    return ["domain-name"] if _has_dots(value) else []


def _has_dots(value: str) -> bool:
    name = name_of(value)
    return "." in name and is_name(name)
