"""What people type and paste: defanged values, and values that don't say of what kind they are."""

import re

from app.stix.observables.hosts import is_name, name_of, network_of
from app.stix.observables.kinds import ATTACK, CVE, FREE_TEXTS
from app.stix.observables.urls import email_of
from app.stix.patterns.hashes import algorithms_of_digits

REFANGED_MAX = 8192
"""Characters. A longer text is nothing that people defang, and stays as it is."""

_SCHEME = re.compile(
    r"(h(?:xx|tt|xt|tx|\*\*)p|f(?:x|t)p)(s?) ?(?:[\[({]://[\])}]|[\[({]?:[\])}]?//|:\\\\) ?", re.IGNORECASE
)
_DOT = re.compile(r" ?[\[({<]{1,3} ?(?:\.|dot|punkt|punto) ?[\])}>]{1,3} ?", re.IGNORECASE)
_HALF_DOT = re.compile(r"[\[({]\.(?=[\w-])|(?<=[\w-])\.[\])}]")
_AT = re.compile(r" ?[\[({<]{1,3} ?(?:@|at) ?[\])}>]{1,3} ?", re.IGNORECASE)
_COLON = re.compile(r"[\[({]:[\])}]")
_SLASH = re.compile(r"[\[({]/[\])}]")
_DOT_OF_PATH = re.compile(r"\[{1,3}\.\]{1,3}|\[{1,3}dot\]{1,3}", re.IGNORECASE)

_HASH = re.compile(r"[0-9a-fA-F]{32,128}")
_FORMS = (
    (CVE, re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}", re.IGNORECASE)),
    (ATTACK, re.compile(r"(?:T|TA|G|S|M|C|A|DS|DC|DET|AN)[0-9]{4}(?:\.[0-9]{3})?", re.IGNORECASE)),
    ("autonomous-system", re.compile(r"ASN? ?[0-9]{1,10}|[0-9]{1,10}", re.IGNORECASE)),
    ("mac-addr", re.compile(r"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}", re.IGNORECASE)),
    ("windows-registry-key", re.compile(r"(?:Computer\\)?(?:HK(?:LM|CU|CR|CC|U)|HKEY_\w+):?(?:\\.*)?", re.IGNORECASE)),
    ("url", re.compile(r"[a-z][a-z0-9+.-]*://[^/?#\s].*", re.IGNORECASE)),
)


def refang(text: str) -> str:
    """The value that a defanged text stands for: `hxxps[://]example[.]org` is `https://example.org`.

    Space around it goes, too. A text that is not defanged stays as it is.
    """
    before = text.strip()
    if len(before) > REFANGED_MAX:
        return before
    while (after := _once(before)) != before:
        before = after
    return after


def kinds_of(text: str) -> tuple[str, ...]:
    """The kinds that a free text value, already refanged, may be of; the most telling first.

    First the kinds whose form it has (a hash may be of several algorithms), then those of which any text may be: a file
    can be named after a domain or by its own hash.
    """
    value = text.strip()
    return tuple(dict.fromkeys([*_of_form(value), *FREE_TEXTS]))


def _once(text: str) -> str:
    scheme = _SCHEME.match(text)
    start = ""
    if scheme is not None:
        start = f"{'ftp' if scheme[1][0] in 'fF' else 'http'}{scheme[2].lower()}://"
        text = text[scheme.end() :]
    head, slash, rest = _SLASH.sub("/", text).partition("/")
    plain = _AT.sub("@", _HALF_DOT.sub(".", _DOT.sub(".", _COLON.sub(":", head))))
    if "\\" in plain or any(sign.isspace() for sign in plain):
        # a path or a sentence: what looks like a defanged sign in it is its own
        return start + text if scheme is not None else text
    return (start + plain + slash + _DOT_OF_PATH.sub(".", rest)).strip()


def _of_form(value: str) -> list[str]:
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
    if (network_of(host) is not None or _has_dots(host)) and slash:
        return ["url"]
    return ["domain-name"] if _has_dots(value) else []


def _has_dots(value: str) -> bool:
    name = name_of(value)
    return "." in name and is_name(name)
