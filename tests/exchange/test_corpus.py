"""Published STIX of many sources goes in, and what does not is told why; what went in comes out byte for byte.

`make test` pushes some objects of every source file, the target `corpus` all of them.
"""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.exchange import pull
from app.exchange.push import push_now
from app.exchange.push_status import FAILURE
from app.policy.partnership import Role
from app.taxii.filters import MatchFilter, PageRequest
from tests.exchange.corpus_files import CORPUS, MEANT_TO_BE_WRONG, TEST_OUTPUT, files, objects
from tests.support.clocks import StillClock
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import Running, running

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside this checkout")

PARTNERS = """
host: collector
partners:
  collector: {name: Collector, identities: []}
"""
TAKES_ALL = """
partnership: published
title: What is published
agreement: {reference: none, effective: 2000-01-01, expires: 2200-01-01}
members: {collector: {tlp: all}}
collections:
  everything:
    id: 5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10
    title: Everything
    read: all
    write: all
    release: {tlp: all, unmarked: clear, granular: withhold, statements: all}
    intake: {types: all, tlp: all, unmarked: clear, ownership: creator, spec_versions: ["2.0", "2.1"]}
"""

CONFLICT = re.compile(r"this version with other content|must not change: your organisation|Nothing may follow")
"""What one organisation can't push, because it pushed another edition of the same object before."""

VALUES = re.compile(r"`[^`]*`|'[^']*'|\b[a-z0-9-]+--[\w.-]+|\d[\w.:-]*")
NOT_FOR_SENDERS = re.compile(r"Traceback|pydantic|Input should|NoneType|<class|object at 0x|None|\{|\}")
TELLS_WHERE = re.compile(
    r"\(STIX [\d.]+[^)]*\)|\b(Set|Send|Check|Remove|Sign|Add|Write|make|give) \w+"
    r"|must not change|differs from|levels that"
)

OBJECTS_PER_PUSH = 1000


@dataclass
class Told:
    """What became of the objects."""

    objects: int = 0
    taken: int = 0
    conflicts: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    bytes_taken: set[bytes] = field(default_factory=set)

    @property
    def share(self) -> float:
        """How many of the objects that are no other edition of one already there went in."""
        return self.taken / (self.objects - self.conflicts)


@contextmanager
def collecting(database_url: str, folder: Path) -> Iterator[Running]:
    agreement = {"partners.yaml": PARTNERS, "published.yaml": TAKES_ALL}
    with running(database_url, folder, agreement, only=[]) as made:
        made.add_account("feed", "collector", Role.FEEDER)
        yield made


def push(exchange: Running, name: str, most: int | None, told: Told) -> None:
    assert isinstance(exchange.clock, StillClock)
    exchange.clock.advance(seconds=1)
    requester = exchange.requester("feed")
    raws = [json.dumps(tree, ensure_ascii=False).encode() for tree in objects(name)[:most]]
    for start in range(0, len(raws), OBJECTS_PER_PUSH):
        part = raws[start : start + OBJECTS_PER_PUSH]
        body = b'{"objects": [' + b", ".join(part) + b"]}"
        status = push_now(exchange.exchange, requester, "published", "everything", body)
        assert len(status.outcomes) == len(part), "every object is accounted for"
        told.objects += len(part)
        for raw, outcome in zip(part, status.outcomes, strict=True):
            if outcome.result != FAILURE:
                told.taken += 1
                if outcome.message is None:
                    told.bytes_taken.add(raw)
                continue
            message = outcome.message or ""
            assert message.strip(), f"{outcome.id} of {name} fails without a reason"
            assert TELLS_WHERE.search(message), f"what is its sender to do? {message}"
            assert not NOT_FOR_SENDERS.search(VALUES.sub("*", message)), message
            assert len(message) < 5000, message
            conflict = CONFLICT.search(message) is not None
            told.conflicts += conflict
            told.refused += not conflict
            told.reasons[VALUES.sub("*", message)] += 1


def served(exchange: Running) -> set[bytes]:
    """The bytes of all that the feed's organisation is given, in both encodings."""
    requester = exchange.requester("feed")

    async def walk() -> set[bytes]:
        found: set[bytes] = set()
        rows: set[tuple[str, str, str]] = set()
        for spec in ("2.0", "2.1"):
            filters = MatchFilter(all=True, spec_versions=frozenset({spec}))
            request = PageRequest(filters)
            while True:
                page = await pull.objects(exchange.exchange, requester, "published", "everything", request)
                contents = [row.content for row in page.rows]
                here = {(row.id, row.version, row.spec) for row in page.rows}
                assert len(here) == len(page.rows), "no version stands twice"
                assert rows.isdisjoint(here), "one walk gives each row once"
                rows |= here
                found.update(contents)
                if not page.more:
                    break
                request = PageRequest(filters, next=page.next)
        return found

    return asyncio.run(walk())


def tell(told: dict[str, Told], seconds: float) -> None:
    total = sum(each.objects for each in told.values())
    print(f"\n{total} objects in {seconds:.1f} s, {total / seconds:.0f} a second")
    for what, each in told.items():
        print(
            f"{what}: {each.objects} objects, {each.taken} taken, {each.conflicts} other editions, "
            f"{each.refused} refused: {each.share:.2%} of those without other editions"
        )
        for reason, count in each.reasons.most_common():
            print(f"  {count:6} {reason[:300]}")


def kind_of(name: str) -> str:
    if name in MEANT_TO_BE_WRONG:
        return "meant to be wrong"
    return "test output" if name.startswith(TEST_OUTPUT) else "published"


def run(exchange: Running, most: int | None) -> dict[str, Told]:
    told = {"published": Told(), "test output": Told(), "meant to be wrong": Told()}
    started = time.monotonic()
    for name in files():
        push(exchange, name, most, told[kind_of(name)])
    tell(told, time.monotonic() - started)
    assert served(exchange) == set().union(*(each.bytes_taken for each in told.values()))
    return told


MOST = {"sqlite": 200, "postgresql": 40}
"""Objects of each file in `make test`."""


def test_some_of_every_source_goes_in_and_comes_out_as_it_was(database_url: str, tmp_path: Path) -> None:
    with collecting(database_url, tmp_path) as exchange:
        told = run(exchange, MOST[database_url.partition(":")[0]])
    assert told["published"].objects > 500
    assert told["published"].share >= 0.98  # the oddest of real data come first in their files
    assert told["test output"].share >= 0.7
    assert told["meant to be wrong"].refused, "what breaks a rule is refused"


@pytest.mark.slow
def test_all_that_is_published_goes_in_but_for_one_in_a_hundred(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    with sqlite_databases.new(tmp_path) as url, collecting(url, tmp_path) as exchange:
        told = run(exchange, None)
    together = [told["published"], told["test output"]]
    whole = Told(*(sum(getattr(each, name) for each in together) for name in ("objects", "taken", "conflicts")))
    assert whole.objects > 70_000
    assert whole.share >= 0.99
    assert told["published"].share >= 0.995
