"""To which hosts a value may lead, as programs read it that are more lenient than the standards.

`hosts_led_to` reads one value, `hosts_spelled_in` what LIKE or MATCHES asks of texts. Both rather name a host too many:
they are for lists that something must not pass, never for the index. docs/policy.md tells what is read.
"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from urllib.parse import unquote

from app.stix.observables.hosts import Network, host_of, network_of
from app.stix.observables.kinds import HOSTS
from app.stix.observables.urls import url_of
from app.stix.patterns import Observable

NUMBERS_MAX = 100
"""Characters of an address that is written as numbers. A longer one is none."""

# one slash, backslashes or none of the schemes before them: browsers take all of these for `//`
_BEFORE_HOST = re.compile(r"\A(?:(?:[a-z0-9+.-]*:)+[/\\]+|[/\\]{2,})", re.IGNORECASE)
_BEHIND_AT = re.compile(r"@(\[[^\]@]*\]|[^\s<>\"'(),;:@?]+)")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)
_OCTAL = re.compile(r"0[0-7]+")
_DOT_IN_CLASS = re.compile(r"\[\\?\.\]")
_CLASS = re.compile(r"\\[A-Za-z0-9]")
_ESCAPED = re.compile(r"\\(\W)")
_TOKEN = re.compile(r"(?:[^\W_]|[.:-])+")
_OCTETS_BEGUN = re.compile(r"(?:[0-9]{1,3}\.){2,3}")
_GROUPS_BEGUN = re.compile(r"(?:[0-9a-f]{1,4}:){2,7}", re.IGNORECASE)


def hosts_led_to(form: Observable) -> Iterator[Network | str]:
    """The networks and the domain names, in their normal forms, to which a host, a URL or an e-mail address may lead.

    Other kinds lead to none.
    """
    if form.kind in HOSTS:
        yield from _hosts(form.value)
    elif form.kind == "url":
        for text in {form.value, _BEFORE_HOST.sub("", form.value)}:
            url = url_of(text)
            if url is not None:
                yield from _hosts(url.host)
    elif form.kind == "email-addr":
        for found in _BEHIND_AT.finditer(form.value):
            yield from _hosts(found[1])


def hosts_spelled_in(expression: str) -> Iterator[Network | str]:
    r"""The hosts that the text of a regular expression holds, its escapes undone: `own.example` in `^own\.example/`.

    LIKE, whose `%` and `_` end a host, is read in the same way. An address that is only begun, `198\.51\.100\.`, is the
    network of all that begin so.
    """
    plain = _ESCAPED.sub(r"\1", _CLASS.sub(" ", _DOT_IN_CLASS.sub(".", expression)))
    for token in _TOKEN.findall(plain):
        begun = _begun(token)
        if begun is not None:
            yield begun
        elif "." in token or ":" in token:
            yield from _hosts(token.strip(":"))


def _hosts(text: str) -> Iterator[Network | str]:
    for each in {text, unquote(text)}:
        host = host_of(each)
        yield host
        if isinstance(host, str):
            yield from _of_numbers(host)


def _of_numbers(text: str) -> Iterator[IPv4Network]:
    """The addresses that a host of numbers alone is to inet_aton: one to four, hexadecimal, octal or decimal.

    Numbers with zeros before them are read as octal ones, and as decimal ones.
    """
    parts = text.split(".")
    if len(text) > NUMBERS_MAX or len(parts) > 4 or not all(map(_NUMBER.fullmatch, parts)):
        return
    for octal in (True, False):
        *first, last = (_number(each, octal=octal) for each in parts)
        width = 32 - 8 * len(first)
        if all(each < 256 for each in first) and last < 1 << width:
            yield IPv4Network(sum(each << 24 - 8 * place for place, each in enumerate(first)) + last)


def _number(text: str, *, octal: bool) -> int:
    if text[:2] in ("0x", "0X"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if octal and _OCTAL.fullmatch(text) else 10)


def _begun(token: str) -> Network | None:
    if _OCTETS_BEGUN.fullmatch(token):
        parts = token.rstrip(".").split(".")
        return network_of(".".join([*parts, *["0"] * (4 - len(parts))]) + f"/{8 * len(parts)}")
    if _GROUPS_BEGUN.fullmatch(token):
        return network_of(f"{token}:/{16 * token.count(':')}")
    return None
