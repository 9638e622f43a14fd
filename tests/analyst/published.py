"""What is really published, in an exchange of two partners: ATT&CK, indicators of many sources, tables and MISP events.

`whole` loads all of it that the corpus has, which takes minutes; otherwise it is what the examples are about, and some.
The national CERT feeds it, and sees all; a port authority sees CLEAR and GREEN. What nobody marked is AMBER, but for
ATT&CK, which is CLEAR.
"""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.exchange.feed import delivered, rows_in
from app.exchange.push import add_now, push_now
from app.exchange.push_status import ALREADY_PRESENT, FAILURE, PushStatus
from app.feeds.reading import collected
from app.files.stix_files import envelope
from app.policy.partnership import Role
from tests.exchange.corpus_files import CORPUS, files, objects
from tests.support.clocks import StillClock
from tests.support.exchanges import Running, running

AGREEMENT = {
    "partners.yaml": """
host: nl-cert
partners:
  nl-cert: {name: Dutch national CERT, identities: []}
  port-nl: {name: Port authority, identities: []}
""",
    "published.yaml": """
partnership: published
title: What is published
agreement: {reference: none, effective: 2026-01-01, expires: 2028-01-01}
members: {nl-cert: {tlp: all}, port-nl: {tlp: [clear, green]}}
collections:
  attack:
    id: 0b6f7a1e-58c3-4d92-8e47-1f3c5d9a2b60
    title: Enterprise ATT&CK
    read: all
    write: [nl-cert]
    release: {tlp: [clear, green], unmarked: clear, granular: withhold, statements: all}
    intake: {types: all, tlp: all, unmarked: clear, ownership: creator}
  indicators:
    id: 5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10
    title: Indicators of many sources
    read: all
    write: [nl-cert]
    release: {tlp: [clear, green, amber], unmarked: amber, granular: withhold, statements: all}
    intake: {types: all, tlp: all, unmarked: amber, ownership: creator, spec_versions: ["2.0", "2.1"]}
  feeds:
    id: a3c58e27-1d4f-4b96-8e70-d92f6b1c5a08
    title: Tables and events
    read: all
    write: [nl-cert]
    release: {tlp: [clear, green, amber], unmarked: amber, granular: withhold, statements: all}
    intake: {types: all, tlp: all, unmarked: amber, ownership: creator}
""",
}
ATTACK = "frameworks/attack/enterprise-attack-18.1.upgraded-to-2.1.json.gz"
TABLES = (("urlhaus", "urlhaus-recent-2022-09-13.csv"), ("unit42-csv", "unit42-xhunt.csv"))
MORE_TABLES = (("unit42-csv", "unit42-venomrat.csv"), ("unit42-csv", "unit42-golang-malware.csv.gz"))
EVENTS = ("misp-powerpool.json", "misp-telebots.json", "misp-ramsay.json", "2018-11-20_Zebrocy.json")
NEEDLES = (
    "58.246.0.0/15", "2.59.255.190", "2001:0db8:85a3:", "2001:db8:85a3:", "pdfviewer.app", "x4z9arb.cn/4712",
    "0022c1fe1d6b036de2a08d50ac5446a5", "5d6dc524ce96b1bb5e96d8dc116ff53b457ffb7f16afd9019a0dd8e9",
    "01flip@proton.me", "thefilename.exe", "66642", '"marking-definition"', '"t1001', "t1059.001",
)  # fmt: skip
"""What the examples ask for, in small letters."""

SOME = 400
"""Of what they do not ask for, each so manieth object is there as well."""

OBJECTS_PER_PUSH = 1000
REUSED = "`created_by_ref` must not change"
"""Events that were made to test MISP's libraries have the same UUIDs under organisations of different names."""


@contextmanager
def published(url: str, folder: Path, *, whole: bool) -> Iterator[Running]:
    """The exchange, with two analysts."""
    with running(url, folder, AGREEMENT, StillClock(), only=[]) as made:
        made.add_account("feed", "nl-cert", Role.FEEDER)
        for name, partner in (("nl-analyst", "nl-cert"), ("port-analyst", "port-nl")):
            made.add_account(name, partner, Role.ANALYST)
        _push(made, "attack", _some(objects(ATTACK), whole=whole))
        indicators = [each for name in files() for each in objects(name) if each["type"] == "indicator"]
        _push(made, "indicators", _some(indicators, whole=whole))
        for mapping, name in TABLES:
            _deliver(made, "feeds", mapping, _table(name))
        for event in _events(lambda source: source.endswith(EVENTS)):
            _deliver(made, "feeds", "misp", event)
        for mapping, name in MORE_TABLES:
            _deliver(made, "indicators", mapping, _table(name, whole=whole))
        if whole:
            for event in _events(lambda source: not source.endswith(EVENTS)):
                _deliver(made, "indicators", "misp", event)
        yield made


def _some(trees: Sequence[dict[str, Any]], *, whole: bool) -> list[bytes]:
    raws = [json.dumps(tree, ensure_ascii=False).encode() for tree in trees]
    if whole:
        return raws
    return [raw for number, raw in enumerate(raws) if number % SOME == 0 or _asked_for(raw)]


def _asked_for(raw: bytes) -> bool:
    small = raw.lower()
    return any(needle.encode() in small for needle in NEEDLES)


def _table(name: str, *, whole: bool = True) -> bytes:
    data = (CORPUS / "csv" / name).read_bytes()
    data = gzip.decompress(data) if name.endswith(".gz") else data
    lines = data.splitlines(keepends=True)
    rows = [line for line in lines[1:] if _asked_for(line)]
    return data if whole else b"".join(lines[:1] + rows)


def _events(wanted: Callable[[str], bool]) -> Iterator[bytes]:
    for name in ("eset-events", "pymisp-test-events"):
        with gzip.open(CORPUS / "misp" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                told = json.loads(line)
                if wanted(told["_src"]) and '"Event"' in line:
                    yield json.dumps(told["doc"]).encode()


def _push(made: Running, alias: str, raws: Sequence[bytes]) -> None:
    outcomes = []
    for start in range(0, len(raws), OBJECTS_PER_PUSH):
        body = envelope(list(raws[start : start + OBJECTS_PER_PUSH]))
        outcomes.append(push_now(made.exchange, made.requester("feed"), "published", alias, body))
    _most_went_in(outcomes)


def _deliver(made: Running, alias: str, mapping: str, data: bytes) -> None:
    """Twice: the second time everything is there."""
    requester, feed = made.requester("feed"), made.exchange.feeds[mapping]
    for again in (False, True):
        rows = collected(rows_in(made.exchange, requester, feed, data))
        found = [each.entry for each in delivered(made.exchange, requester, "published", alias, rows)]
        statuses = [
            add_now(made.exchange, requester, "published", alias, found[start : start + OBJECTS_PER_PUSH])
            for start in range(0, len(found), OBJECTS_PER_PUSH)
        ]
        _most_went_in(statuses)
        if again:
            told = {each.message for status in statuses for each in status.outcomes if each.result != FAILURE}
            assert told <= {ALREADY_PRESENT}, (mapping, told)


def _most_went_in(statuses: Sequence[PushStatus]) -> None:
    outcomes = [each for status in statuses for each in status.outcomes]
    told = [each.message or "" for each in outcomes if each.result == FAILURE]
    failed = [message for message in told if REUSED not in message]
    assert len(failed) <= 1 + len(outcomes) / 4, failed[:5]
