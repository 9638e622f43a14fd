"""Rules for Suricata: one or two for each value of each indicator, each with a number that it keeps.

A number (`sid`) is of the range that is kept for local rules, and comes from the indicator's id, the value and the
protocol. Where two come to the same, the later in the order of ids takes the next that its digest gives.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from app.exports.formats import Order
from app.exports.told import Told
from app.exports.value_forms import ValueForm, asked_for, is_one_word, once
from app.stix.observables import Observable
from app.stix.observables.hosts import network_of
from app.stix.timestamps import to_datetime

FIRST_SID: Final = 1_000_000
SIDS: Final = 1_000_000
"""The range for local use; more rules than that are never written."""

CONTENT_BYTES_MAX: Final = 255
"""The longest content that Suricata compares."""

_SAFE: Final = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./-_=&?")
_SHOWN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ./-_,()@+*#")
_MSG_CHARS: Final = 200


def content(text: str) -> str:
    """The text as the inside of `content:"…"`: every octet that could mean something else in hexadecimal digits."""
    parts: list[str] = []
    in_hex = False
    for byte in text.encode():
        plain = byte in _SAFE
        if plain == in_hex:
            parts.append("|")
            in_hex = not plain
        parts.append(chr(byte) if plain else f"{byte:02X} ")
    return "".join([*parts, "|" if in_hex else ""]).replace(" |", "|")


def _write(told: Sequence[Told], order: Order) -> str:
    single = once(told, lambda each: (each.by.id, each.value))
    rules = [(each, protocol, head, options) for each in single for protocol, head, options in _rules(each.value)]
    taken: set[int] = set()
    lines = []
    for each, protocol, head, options in sorted(rules, key=lambda rule: (rule[0].by.id, rule[0].value.value, rule[1])):
        sid = _sid(f"{each.by.id} {protocol} {each.value.kind} {each.value.value}", taken)
        lines.append(
            f'alert {head} (msg:"{_msg(each, order.source)}"; {options}{_about(each)} sid:{sid}; rev:{_rev(each)};)\n'
        )
    return "".join(lines)


def _rules(value: Observable) -> Iterator[tuple[str, str, str]]:
    """The protocol, the head and the conditions of each rule that a value gives."""
    if value.kind in ("ipv4-addr", "ipv6-addr"):
        once_an_hour = "threshold:type limit, track by_src, seconds 3600, count 1; "
        yield "ip", f"ip $HOME_NET any <> [{value.value}] any", once_an_hour
    elif value.kind == "domain-name":
        # with a dot before both, a name stands for all names below it, and not for one that merely ends like it
        below = f'dotprefix; content:".{content(value.value)}"; nocase; endswith; '
        yield "dns", "dns $HOME_NET any -> any any", f"dns.query; {below}"
        yield "tls", "tls $HOME_NET any -> any any", f"flow:established,to_server; tls.sni; {below}"
    else:
        url = asked_for(value)
        assert url is not None
        host, path = url.host, url.rest
        asked = f'http.host; content:"{content(host)}"; bsize:{len(host)}; '
        asked += f'http.uri.raw; content:"{content(path)}"; bsize:{len(path.encode())}; '
        yield "http", "http $HOME_NET any -> any any", f"flow:established,to_server; {asked}"


def _takes(told: Told) -> bool:
    value = told.value
    if value.kind != "url":
        return True
    url = asked_for(value)
    if (
        url is None
        or not is_one_word(value)
        or url.scheme not in ("", "http")
        or (":" in url.host and network_of(url.host) is not None)
    ):
        return False  # of what is encrypted no rule sees the path
    return (
        url.host.isascii()
        and 0 < len(url.rest.encode()) <= CONTENT_BYTES_MAX
        and 0 < len(url.host) <= CONTENT_BYTES_MAX
    )


def _sid(text: str, taken: set[int]) -> int:
    digest = sha256(text.encode("utf-8", "replace")).digest()
    while (sid := FIRST_SID + int.from_bytes(digest[:8]) % SIDS) in taken:
        digest = sha256(digest).digest()
    taken.add(sid)
    return sid


def _rev(told: Told) -> int:
    """The instant of the version in seconds since 1970, as far as Suricata counts."""
    return min(max(1, int(to_datetime(str(told.by.tree["modified"])).timestamp())), 2**32 - 1)


def _msg(told: Told, source: str) -> str:
    text = f"{source} {told.by.tree.get('name') or told.by.id}"[:_MSG_CHARS]
    return "".join(sign if sign in _SHOWN else "?" for sign in text)


def _about(told: Told) -> str:
    levels = "".join(f", tlp {level.replace('+', '_')}" for level in told.by.tlp)
    return f"metadata:stix_id {told.by.id}{levels};"


SURICATA: Final = ValueForm(
    media_type="text/plain; charset=utf-8",
    kinds=frozenset({"ipv4-addr", "ipv6-addr", "domain-name", "url"}),
    takes=_takes,
    write=_write,
)
