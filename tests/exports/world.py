"""A collection of indicators of many kinds, of which two partners may see different parts.

`nl-soc` is of nl-cert, which may see everything but others' RED; `port-soc` is of port-nl, which may see CLEAR and
GREEN. Both are readers, as firewalls are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx

from tests.support.clocks import StillClock
from tests.support.exchanges import Running, running
from tests.support.stix import AMBER, CLEAR, GREEN, RED, STIX, an_address, an_indicator

HERE = "/north-sea/collections/indicators"
SHA_256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def says(name: str, pattern: str, *marks: str, **more: Any) -> STIX:
    """An indicator with this pattern, with a confidence unless `more` has another."""
    return an_indicator(name, *marks, **{"name": name, "pattern": pattern, "confidence": 80, **more})


ADDRESS = says("an address", "[ipv4-addr:value = '198.51.100.7']", GREEN, labels=["bot", "c2"])
OBJECTS: tuple[STIX, ...] = (
    ADDRESS,
    says("the same again", "[ipv4-addr:value = '198.51.100.7']", AMBER),
    says("a network", "[ipv4-addr:value ISSUBSET '203.0.113.9/24']", AMBER),
    says("around a network", "[ipv4-addr:value ISSUPERSET '192.0.2.0/24']", CLEAR),
    says("outside a network", "[ipv4-addr:value NOT ISSUBSET '192.0.2.0/25']", CLEAR),
    says("of six", "[ipv6-addr:value = '2001:DB8:0::7']", CLEAR),
    says("a name", "[domain-name:value = 'Bad.Example.']", GREEN),
    says("either", f"[file:hashes.'SHA-256' = '{SHA_256.upper()}' OR file:hashes.MD5 = '{MD5}']", GREEN),
    says("two in turn", "[domain-name:value = 'one.example'] OR [domain-name:value IN ('two.example')]", CLEAR),
    says("a page", "[url:value = 'HTTP://bad.example:80/Kit;a|b?x=\"1\"#part']", GREEN),
    says("a page that is encrypted", "[url:value = 'https://bad.example/login']", GREEN),
    says("a page in two lines", "[url:value = 'http://bad.example/a\n0.0.0.0/0']", GREEN),
    says("a sender", "[email-addr:value = 'Kit@bad.example']", GREEN),
    says("=cmd|' /C calc'!A0", "[file:name = '=1+1\t#.exe']", GREEN),
    says('a "quote"; sid:1; \\', "[domain-name:value = 'quote.example']", GREEN),
    says("hardly sure", "[domain-name:value = 'unsure.example']", GREEN, confidence=10),
    says("without a word on it", "[domain-name:value = 'silent.example']", GREEN, confidence=None),
    says(
        "traffic to it",
        "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.7']",
        CLEAR,
    ),
    says(
        "traffic from a name",
        "[network-traffic:src_ref.value = 'from.example' AND network-traffic:src_ref.type = 'domain-name']",
        AMBER,
    ),
    says("traffic to a port", "[network-traffic:dst_ref.value = '192.0.2.8' AND network-traffic:dst_port = 80]", CLEAR),
    says(
        "of two minds",
        "[network-traffic:dst_ref.type = 'ipv6-addr' AND network-traffic:dst_ref.value = '192.0.2.9']",
        CLEAR,
    ),
    says(
        "from one end to the other",
        "[network-traffic:src_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.9']",
        CLEAR,
    ),
    says(
        "any type but one",
        "[network-traffic:dst_ref.type != 'ipv6-addr' AND network-traffic:dst_ref.value = '192.0.2.9']",
        CLEAR,
    ),
    says("both at once", "[domain-name:value = 'and.example' AND domain-name:value = 'more.example']", GREEN),
    says("after another", "[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']", GREEN),
    says("all but it", "[domain-name:value != 'not.example']", GREEN),
    says("something like it", "[domain-name:value LIKE '%like.example']", GREEN),
    says("often", "[domain-name:value = 'often.example'] REPEATS 5 TIMES", GREEN),
    says("no address", "[ipv4-addr:value = '198.051.100.007']", GREEN),
    says("over", "[domain-name:value = 'over.example']", GREEN, valid_until="2026-05-02T00:00:00Z"),
    says("yet to come", "[domain-name:value = 'soon.example']", GREEN, valid_from="2027-01-01T00:00:00Z"),
    says("taken back", "[domain-name:value = 'revoked.example']", GREEN, revoked=True),
    an_address("192.0.2.1", CLEAR),
)
SECRET = says("a secret", "[domain-name:value = 'red.example']", RED)


def drawn(random: Random, number: int) -> tuple[STIX, frozenset[tuple[str, str]]]:
    """An indicator that is drawn, and the values that it tells by itself now."""
    kind, value = random.choice(
        [
            ("ipv4-addr", f"192.0.2.{number % 40}"),
            ("domain-name", f"n{number % 40}.example"),
            ("url", f"http://n{number}.example/{number}"),
        ]
    )
    other = ("domain-name", f"other{number}.example")
    one, two = (f"{each[0]}:value = '{each[1]}'" for each in ((kind, value), other))
    pattern, told = random.choice(
        [
            (f"[{one}]", {(kind, value)}),
            (f"[{one} OR {two}]", {(kind, value), other}),
            (f"[{one}] OR [{two}]", {(kind, value), other}),
            (f"[{one} AND {two}]", set()),
            (f"[{one}] AND [{two}]", set()),
            (f"([{one}] OR [{two}]) WITHIN 60 SECONDS", set()),
        ]
    )
    more, holds = random.choice(
        [({}, True), ({}, True), ({"revoked": True}, False), ({"valid_until": "2026-05-02T00:00:00Z"}, False)]
    )
    mark = random.choice([CLEAR, GREEN, AMBER, RED])
    made = says(f"drawn {number}", pattern, mark, confidence=random.choice([None, 0, 49, 50, 100]), **more)
    return made, frozenset(told if holds else ())


@contextmanager
def a_world(url: str, folder: Path) -> Iterator[Running]:
    """An exchange that holds all of it."""
    with running(url, folder, clock=StillClock(), only=["nl-feed", "nl-soc", "wind-feed", "port-soc"]) as made:
        made.take("nl-feed", *OBJECTS)
        made.take("wind-feed", SECRET)
        yield made


def asked(world: Running, account: str, export: str, **headers: str) -> httpx.Response:
    """What comes back for `format/?query`, as a firewall asks for it."""
    path = export if "/" in export or "?" in export else f"{export}/"
    return world.client(account).get(f"{HERE}/exports/{path}", headers={"Accept": "*/*", **headers})


def text_of(world: Running, account: str, export: str) -> str:
    """The export as a text, which it has to be."""
    answer = asked(world, account, export)
    assert answer.status_code == 200, (answer.status_code, answer.text)
    return answer.content.decode()
