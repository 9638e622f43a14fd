"""The rows of section 8 of the design: each a ratio of two figures of the same run."""

import asyncio
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import create_engine, text

from bench import raw
from bench.data import AMBER, GREEN, envelopes, indicators
from bench.load import Connection, latencies, repeatedly
from bench.processor import Spent
from bench.report import Row
from bench.served import Served, bare, exchange

LARGE, SMALL = "/reading/collections/large", "/reading/collections/small"
VALUES_MAX = 10_000
FEW_MAX = 10_000
"""Look-ups, where they are measured alone, are measured against those among so many objects."""

LEAST = 100
"""So many objects are pushed for a figure, however few there are otherwise."""

ODD = 2_654_435_761
"""Its multiples are spread over all addresses."""

SELECTIVE = 0.005
"""The share of the objects that the narrow reader is cleared for."""


def measure(engine: str, databases: Any, folder: Path, objects: int, *, look_ups_alone: bool = False) -> Iterator[Row]:
    """Every row on one engine. `databases` makes new databases, as tests/support/databases.py does."""
    few = min(objects // 10, FEW_MAX) if look_ups_alone else max(int(objects * SELECTIVE), 10)
    requests = max(min(objects // 10, 5000), 50)
    (folder / "served").mkdir(parents=True)
    with exchange(databases, folder / "served") as served:
        if not look_ups_alone:
            yield from _pushes(engine, databases, folder, served, max(objects // 10, LEAST))
        # What the narrow reader sees comes first, so that everything else lies behind its cursor.
        for path, count, marking in ((LARGE, few, AMBER), (SMALL, few, AMBER), (LARGE, objects - few, GREEN)):
            asyncio.run(push(served, path, list(envelopes(count, marking, seed=count))))
        if look_ups_alone:
            yield from _look_ups(engine, served, objects, few)
            return
        yield _cold_walk(engine, served, objects)
        yield from _short_requests(engine, served, requests)
        yield _hidden_behind_the_cursor(engine, served, requests)
        yield _selective_page(engine, served, few)
        yield from _look_ups(engine, served, objects, few)
        yield _polls_beside_pushes(engine, served, objects)


async def push(served: Served, path: str, bodies: Sequence[bytes]) -> float:
    """Objects a second; every one of them has to be taken."""
    connection = await Connection.open(served.port)
    taken = 0
    begun = time.perf_counter()
    for body in bodies:
        answer = await connection.ask(served.request("feed", f"{path}/objects/", "POST", body))
        assert answer.status == 202, answer
        status = json.loads(answer.body)
        assert not status.get("failure_count"), status
        taken += status["success_count"]
    seconds = time.perf_counter() - begun
    connection.close()
    return taken / seconds


def _pushes(engine: str, databases: Any, folder: Path, served: Served, count: int) -> Iterator[Row]:
    for name, audiences, reach in (("one", 1, 8000), ("ten", 10, 5000)):
        bodies = list(envelopes(count, GREEN, seed=audiences))
        rate = asyncio.run(push(served, f"/{name}/collections/pushed", bodies))
        contents = [json.dumps(each).encode() for each in indicators(count, GREEN, seed=audiences)]
        (folder / f"raw-{name}").mkdir()
        with databases.new(folder / f"raw-{name}") as url:
            floor = raw.insert(url, contents, audiences)
        work = f"push, {audiences} audience{'s' if audiences > 1 else ''}"
        yield Row(engine, work, f"{rate:,.0f} objects/s", f"raw insert {floor:,.0f}/s", rate / floor, 0.35)
        yield Row(engine, work, f"{rate:,.0f} objects/s", "the design's figure", rate / reach, 1.0)


def _cold_walk(engine: str, served: Served, objects: int) -> Row:
    rate = asyncio.run(_walk(served, objects))
    floor = raw.read_pages(served.database_url, _audience(served.database_url, "large", "broad"), 1000)
    measured = f"{rate:,.0f} objects/s"
    return Row(engine, f"cold walk of {objects:,}, c=1", measured, f"raw SQL {floor:,.0f}/s", rate / floor, 0.5)


async def _walk(served: Served, objects: int) -> float:
    connection = await Connection.open(served.port)
    count, query = 0, "limit=1000"
    begun = time.perf_counter()
    while True:
        answer = await connection.ask(served.request("broad", f"{LARGE}/objects/?{query}"))
        assert answer.status == 200, answer
        count += answer.body.count(b'"type": "indicator"')
        # The members before the objects are read as they are; parsing the page would be the client's work.
        if b'"more":true' not in answer.body[:200] and b'"more":true' not in answer.body[-400:]:
            break
        query = f"limit=1000&next={quote(_token(answer.body))}"
    seconds = time.perf_counter() - begun
    connection.close()
    assert count == objects, (count, objects)
    return count / seconds


def _token(body: bytes) -> str:
    edge = body[:400] + body[-400:]
    start = edge.index(b'"next":"') + 8
    return edge[start : edge.index(b'"', start)].decode()


def _short_requests(engine: str, served: Served, requests: int) -> Iterator[Row]:
    found = asyncio.run(_one(served, f"{LARGE}/objects/?limit=20", "broad"))
    ids = [each["id"] for each in json.loads(found[1])["objects"]]
    idle = _idle_request(served, "broad", LARGE)
    one = [served.request("broad", f"{LARGE}/objects/{each}/") for each in ids]
    with bare() as port:
        floor = asyncio.run(repeatedly(port, [b"GET /bare HTTP/1.1\r\nHost: x\r\n\r\n"], requests, 16))
    for work, sent, reach in (("idle poll, c=16", [idle], 0.6), ("one object by id, c=16", one, 0.4)):
        rate = asyncio.run(repeatedly(served.port, sent, requests, 16))
        yield Row(engine, work, f"{rate:,.0f} requests/s", f"bare route {floor:,.0f}/s", rate / floor, reach)


def _hidden_behind_the_cursor(engine: str, served: Served, requests: int) -> Row:
    hidden, none = (_idle_request(served, "narrow", path) for path in (LARGE, SMALL))
    medians: dict[bytes, list[float]] = {hidden: [], none: []}
    for _ in range(5):  # in turn, so that whatever else this machine does falls on both
        for sent, found in medians.items():
            found.append(statistics.median(asyncio.run(latencies(served.port, sent, requests // 5))))
    with_hidden, without = (min(medians[each]) * 1000 for each in (hidden, none))
    work = "idle poll with hidden objects behind the cursor"
    return Row(engine, work, f"{with_hidden:.2f} ms", f"with none {without:.2f} ms", with_hidden / without, 1.1, True)


def _selective_page(engine: str, served: Served, few: int) -> Row:
    limit = min(few, 500)
    found = {}
    for account in ("narrow", "broad"):
        sent = served.request(account, f"{LARGE}/objects/?limit={limit}")
        found[account] = min(statistics.median(asyncio.run(latencies(served.port, sent, 10))) * 1000 for _ in range(3))
    ratio = found["narrow"] / found["broad"]
    work = f"a page of {limit} for a reader cleared for 0.5 %"
    return Row(engine, work, f"{found['narrow']:.1f} ms", f"cleared for all {found['broad']:.1f} ms", ratio, 1.3, True)


def _look_ups(engine: str, served: Served, objects: int, few: int) -> Iterator[Row]:
    count = min(objects, VALUES_MAX)
    stored = [_value(each) for each in islice(indicators(objects - few, GREEN, seed=objects - few), count // 2)]
    among = {"large": stored[-1], "small": _value(next(indicators(few, AMBER, seed=few)))}
    found: dict[str, list[float]] = {alias: [] for alias in among}
    for _ in range(5):  # in turn, so that whatever else this machine does falls on both
        for alias, value in among.items():
            sent = served.request("analyst", f"/analyst/v1/lookup?value={value}&partnership=reading&collection={alias}")
            found[alias].append(_spent(served, sent, max(min(objects // 100, 40), 2)).seconds * 1000)
    large, small = (min(each) for each in found.values())
    work = f"look-up of one value among {objects:,}"
    yield Row(engine, work, f"{large:.1f} ms of a core", f"among {few:,} {small:.1f} ms", large / small, 1.5, True)
    values = [*stored, *(f"unknown-{number}.example" for number in range(count - len(stored)))]
    addresses = [".".join(str(part) for part in (number * ODD % 2**32).to_bytes(4)) for number in range(count)]
    for asked, told in ((values, f"{len(stored):,} of them stored"), (addresses, "addresses, none stored")):
        body = json.dumps({"values": asked}).encode()
        sent = served.request("analyst", "/analyst/v1/lookup", "POST", body, "application/json")
        least = min((_spent(served, sent, 1) for _ in range(3)), key=lambda spent: spent.seconds)
        work = f"look-up of {count:,} values at once: seconds of a core"
        measured = f"{least.server:.2f} s" + (f", PostgreSQL {least.database:.2f}" if least.database else "")
        yield Row(engine, work, measured, told, least.seconds, 1.0, True)


def _spent(served: Served, sent: bytes, count: int) -> Spent:
    """What the server and its database spend on one of `count` such requests."""
    asyncio.run(latencies(served.port, sent, 1))
    before = served.processor.spent()
    asyncio.run(latencies(served.port, sent, count))
    spent = served.processor.spent().since(before)
    return Spent(spent.server / count, spent.database / count)


def _value(indicator: dict[str, Any]) -> str:
    return str(indicator["pattern"].split("'")[1])


def _polls_beside_pushes(engine: str, served: Served, objects: int) -> Row:
    idle = _idle_request(served, "narrow", SMALL)
    polls = max(min(objects // 100, 500), 20)
    rest = asyncio.run(latencies(served.port, idle, polls, pause_seconds=0.005))

    async def busy() -> list[float]:
        bodies = list(envelopes(max(objects // 5, LEAST), GREEN, seed=99))
        pushing = asyncio.create_task(push(served, "/one/collections/pushed", bodies))
        found: list[float] = []
        while not pushing.done():
            found += await latencies(served.port, idle, 20, pause_seconds=0.005)
        await pushing
        return sorted(found)

    quiet, loud = (found[int(len(found) * 0.99)] * 1000 for found in (rest, asyncio.run(busy())))
    work = "p99 of an idle poll while a feeder pushes: ms more than at rest"
    return Row(engine, work, f"{loud:.1f} ms", f"at rest {quiet:.1f} ms", loud - quiet, 20, True)


def _idle_request(served: Served, account: str, path: str) -> bytes:
    """A poll that goes on from the reader's last row."""
    after = "1970-01-01T00:00:00Z"
    while True:
        head, body = asyncio.run(_one(served, f"{path}/manifest/?limit=1000&added_after={quote(after)}", account))
        if b"x-taxii-date-added-last" not in head.lower():
            return served.request(account, f"{path}/objects/?added_after={quote(after)}")
        lines = [line for line in head.decode().split("\r\n") if line.lower().startswith("x-taxii-date-added-last:")]
        after = lines[0].partition(":")[2].strip()
        if b'"more":true' not in body[:200] + body[-400:]:
            return served.request(account, f"{path}/objects/?added_after={quote(after)}")


async def _one(served: Served, path: str, account: str) -> tuple[bytes, bytes]:
    connection = await Connection.open(served.port)
    answer = await connection.ask(served.request(account, path))
    connection.close()
    assert answer.status == 200, answer
    return answer.headers, answer.body


def _audience(url: str, alias: str, partner: str) -> int:
    statement = text(
        "SELECT a.id FROM audience a JOIN collection c ON c.id = a.collection WHERE c.alias = :alias AND a.partner = :p"
    )
    database = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with database.connect() as connection:
        key: int = connection.execute(statement, {"alias": alias, "p": partner}).scalar_one()
    database.dispose()
    return key
