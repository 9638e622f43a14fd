"""A real exchange with something for every check to look at, and a probe of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from app.clock import SystemClock
from app.policy.partnership import Role
from app.probe.asking import Answer, Asker, basic
from app.probe.judging import DoesNotApply, Outcome
from app.probe.offering import Offering
from app.probe.run import Report, run
from app.probe.survey import named, survey
from tests.support.exchanges import Running, running
from tests.support.stix import CLEAR, a_statement, an_address, an_indicator

PARTNERS = """
host: nl-cert
partners:
  nl-cert: {name: Dutch national CERT}
  wind-isac: {name: Wind ISAC}
"""
TERMS = (
    "release: {tlp: [clear], unmarked: clear}, "
    "intake: {types: all, tlp: [clear], unmarked: clear, spec_versions: ['2.0', '2.1']}"
)
NORTH_SEA = f"""
partnership: north-sea
title: North Sea CERT partnership
agreement: {{reference: A, effective: 2020-01-01, expires: 2090-01-01}}
members:
  nl-cert: {{tlp: all}}
  wind-isac: {{tlp: all}}
collections:
  both: {{id: 11111111-1111-4111-8111-111111111111, title: Read and write, read: all, write: all, {TERMS}}}
  ro: {{id: 22222222-2222-4222-8222-222222222222, title: Read only, read: all, write: [nl-cert], {TERMS}}}
  wo: {{id: 33333333-3333-4333-8333-333333333333, title: Write only, read: [nl-cert], write: all, {TERMS}}}
"""
FILES: Mapping[str, str] = {"partners.yaml": PARTNERS, "north-sea.yaml": NORTH_SEA}

BOTH = "north-sea/collections/both"
PROBER = "wind-feed"


@contextmanager
def an_exchange(database_url: str, folder: Path) -> Iterator[Running]:
    """Collections of every right; one holds several types, STIX 2.0, and a version that came after a later one."""
    with running(database_url, folder, FILES, SystemClock(), only=[]) as exchange:
        exchange.add_account(PROBER, "wind-isac", Role.FEEDER)
        exchange.add_account("nl-feed", "nl-cert", Role.FEEDER)
        old = an_indicator("old", spec_version=None, pattern_type=None, labels=["malicious-activity"])
        for objects in (
            [an_indicator("one", CLEAR, version="2026-05-02T00:00:00.000Z")],
            [an_address("198.51.100.1", CLEAR), a_statement("licence", CLEAR)],
            [an_indicator("one", CLEAR), an_indicator("two", CLEAR)],
            [old, an_address("198.51.100.2", CLEAR), an_indicator("three", CLEAR)],
        ):
            exchange.take("nl-feed", *objects, to=BOTH)
        yield exchange


def probed(
    client: httpx.Client,
    base: str,
    secret: str,
    write: str | None = None,
    declaring: Callable[[str, int], Answer] | None = None,
    new_uuid: Callable[[], UUID] = uuid4,
    **chosen: Any,
) -> Report:
    """What the probe finds in the name of PROBER, with a client of this test's."""
    asker = Asker(client, base, basic(PROBER, secret))
    target = survey(asker, new_uuid, SystemClock().now(), **chosen)
    if write is not None:
        target.offering = Offering(target, named(target, write), lambda seconds: None, declaring or _not_by_hand)
    return run(target)


def failing(report: Report) -> set[str]:
    """The names of the checks that fail."""
    return {each.check.name for each in report.of(Outcome.FAILS)}


def told(report: Report) -> str:
    """What failed and why, for whoever reads a failing test."""
    return "\n".join(f"{each.check.name}: {each.seen}" for each in report.of(Outcome.FAILS))


def _not_by_hand(path: str, length: int) -> Answer:
    raise DoesNotApply("there is no socket in this test")
