"""What analysts ask about: a handful of objects of every kind, of which two partners may see different parts.

`nl-analyst` is of nl-cert, which may see everything but others' RED; `port-analyst` is of port-nl, which may see CLEAR
and GREEN.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from app.policy.partnership import Role
from tests.support.agreements import FILES, HOST_IDENTITY
from tests.support.clocks import StillClock
from tests.support.exchanges import Running, running
from tests.support.stix import AMBER, CLEAR, GREEN, RED, STIX, an_address, an_indicator, stix_id

EXCHANGES_IDENTITY = "identity--7af1be3b-1ff2-49b4-ab42-f528e618e6ce"
TAKES_REPORTS: Mapping[str, str] = {
    **FILES,
    "partners.yaml": FILES["partners.yaml"].replace("host: nl-cert", f"host: nl-cert\nidentity: {EXCHANGES_IDENTITY}"),
    "north-sea.yaml": FILES["north-sea.yaml"].replace("spec_versions:", "sightings: named\n      spec_versions:")
    + """  seen:
    id: 0d6b1c5e-8f3a-4b72-9c41-2e7a5d908f16
    title: What the members have seen
    read: all
    write: all
    release: {tlp: [clear, green, amber], unmarked: amber}
    intake: {types: [sighting, opinion], tlp: [clear, green, amber], sightings: anonymous}
""",
}
"""The agreement, where `indicators` takes reports in their analysts' names, and `seen` without a name."""

EAST = "east/collections/indicators"
MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA_256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def an_object(kind: str, which: str, /, *marks: str, **more: Any) -> STIX:
    """A domain object with dates."""
    dates = {"created": "2026-05-01T00:00:00.000Z", "modified": "2026-05-01T00:00:00.000Z"}
    marked = {"object_marking_refs": list(marks)} if marks else {}
    return {"type": kind, "spec_version": "2.1", "id": stix_id(kind, which), **dates, **marked, **more}


def _named(name: str, pattern: str, *marks: str, **more: Any) -> STIX:
    return an_indicator(name, *marks, name=name, pattern=pattern, **more)


def _joined(name: str, kind: str, one: STIX, other: STIX, *marks: str) -> STIX:
    return an_object("relationship", name, *marks, relationship_type=kind, source_ref=one["id"], target_ref=other["id"])


CERT = {
    **an_object("identity", "host", CLEAR, name="Dutch national CERT", identity_class="organization"),
    "id": HOST_IDENTITY,
}
ADDRESS = _named(
    "an address",
    "[ipv4-addr:value = '198.51.100.7']",
    GREEN,
    confidence=80,
    valid_until="2026-07-01T00:00:00Z",
    created_by_ref=HOST_IDENTITY,
)
NETWORK = _named("its network", "[ipv4-addr:value ISSUBSET '198.51.100.0/24']", AMBER, confidence=40)
OLD_DOMAIN = _named("a domain", "[domain-name:value = 'old.example']", GREEN)
DOMAIN = {**OLD_DOMAIN, "pattern": "[domain-name:value = 'Bad.Example']", "modified": "2026-05-02T00:00:00.000Z"}
BELOW = _named("a name below it", "[domain-name:value = 'www.bad.example']", AMBER)
URL = _named("a URL", "[url:value = 'HTTP://bad.example:80/Kit']", GREEN, valid_until="2026-05-20T00:00:00Z")
HASHES = _named(
    "a file",
    f"[file:hashes.'SHA-256' = '{SHA_256.upper()}' OR file:hashes.MD5 = '{MD5}' OR file:name = 'Kit.EXE']",
    GREEN,
)
SENDER = _named("a sender", "[email-addr:value = 'Kit@bad.example']", GREEN, revoked=True)
SYSTEM = _named("a system", "[autonomous-system:number = 64496]", CLEAR)
SECRET = _named("a secret", "[domain-name:value = 'bad.example']", RED)
SCO = an_address("198.51.100.7", CLEAR)
KIT = an_object("malware", "kit", GREEN, name="Kit", is_family=True, labels=["Crime-Ware"])
HOLE = an_object("vulnerability", "hole", CLEAR, name="CVE-2021-44228")
SHELL = an_object(
    "attack-pattern",
    "shell",
    CLEAR,
    name="PowerShell",
    external_references=[{"source_name": "mitre-attack", "external_id": "T1059.001"}],
)
INDICATES = _joined("address indicates kit", "indicates", ADDRESS, KIT, GREEN)
HIDDEN_INDICATES = _joined("network indicates kit", "indicates", NETWORK, KIT, AMBER)
USES = _joined("kit uses shell", "uses", KIT, SHELL, GREEN)
HIDDEN_SHELL = _joined("name indicates shell", "indicates", DOMAIN, SHELL, AMBER)
SEEN = an_object("sighting", "seen", GREEN, sighting_of_ref=ADDRESS["id"], count=3)
SEEN_IN_SECRET = an_object("sighting", "seen in secret", AMBER, sighting_of_ref=ADDRESS["id"], count=50)
REPORT = an_object(
    "report",
    "report",
    GREEN,
    name="Kit on the move",
    description="A kit that Müller & Söhne sell, seen on an address.",
    confidence=60,
    published="2026-05-03T00:00:00Z",
    object_refs=[ADDRESS["id"], NETWORK["id"], KIT["id"]],
)
EASTERN = _named("from the east", "[ipv4-addr:value = '198.51.100.7']", GREEN)

FIRST: tuple[STIX, ...] = (CERT, ADDRESS, NETWORK, OLD_DOMAIN, BELOW, URL, HASHES, SENDER, SYSTEM)
SECOND: tuple[STIX, ...] = (DOMAIN, SCO, KIT, HOLE, SHELL, INDICATES, HIDDEN_INDICATES, USES, HIDDEN_SHELL)
THIRD: tuple[STIX, ...] = (SEEN, SEEN_IN_SECRET, REPORT)

NAMES: Mapping[str, str] = {
    each["id"]: str(each.get("name", each.get("value", each.get("relationship_type", each["type"]))))
    for each in (*FIRST, *SECOND, *THIRD, SECRET, EASTERN)
}
ANALYSTS = {"nl-analyst": "nl-cert", "port-analyst": "port-nl", "east-analyst": "outsider"}
NAMED = "duty-officer"
"""An officer of nl-cert who is named for RED."""


@contextmanager
def a_world(url: str, folder: Path) -> Iterator[Running]:
    """An exchange that holds all of it, an hour after the first of it."""
    clock = StillClock()
    with running(url, folder, TAKES_REPORTS, clock=clock, only=["nl-feed", "nl-soc", "officer", "wind-feed"]) as made:
        for name, partner in ANALYSTS.items():
            made.add_account(name, partner, Role.ANALYST)
        made.add_account(NAMED, "nl-cert", Role.OFFICER)
        for objects in (FIRST, SECOND, THIRD):
            made.take("nl-feed", *objects)
            clock.advance(minutes=20)
        made.take("wind-feed", SECRET)
        made.take("nl-feed", EASTERN, to=EAST)
        clock.advance(minutes=20)
        yield made


def ask(world: Running, account: str, path: str, **parameters: Any) -> dict[str, Any]:
    """The answer of the analyst API, which has to be one."""
    answer = asked(world, account, path, **parameters)
    assert answer.status_code == 200, (answer.status_code, answer.text)
    found: dict[str, Any] = answer.json()
    return found


def asked(world: Running, account: str, path: str, **parameters: Any) -> httpx.Response:
    """What comes back, whatever it is."""
    return world.client(account).get(f"/analyst/v1/{path}", params=parameters)
