"""One served exchange, and all clients at once, each for a reader that sees everything and for one that sees a part."""

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import trustme

from app.clock import SystemClock
from app.stix.timestamps import from_datetime
from tests.clients import misp
from tests.clients.client import Client, Typed
from tests.clients.elastic import Elastic
from tests.clients.feeders import HERE, LEVELS, Feeder, Record
from tests.clients.minemeld import MineMeld
from tests.clients.misp import Misp
from tests.clients.opencti_connector import OpenCtiConnector
from tests.clients.opencti_feed import OpenCtiFeed
from tests.clients.packages import Cyware, Oasis
from tests.clients.proxy import Proxy, tls_before
from tests.clients.sentinel import Sentinel
from tests.clients.xsoar import Xsoar
from tests.support.agreements import EAST, NORTH_SEA, PARTNERS
from tests.support.direct import Answer
from tests.support.exchanges import TAXII, running
from tests.support.pollers import walk
from tests.support.servers import Server, free_port
from tests.support.stix import CLEAR, GREEN, STIX, an_envelope, an_indicator

FILES: Mapping[str, str] = {
    "partners.yaml": PARTNERS,
    "north-sea.yaml": NORTH_SEA,
    "wadden-sea.yaml": EAST.replace("partnership: east", "partnership: wadden-sea"),
}
ACCOUNTS = ("nl-soc", "port-soc", "nl-feed", "wind-feed", "water-feed")
READERS: Mapping[str, Sequence[str]] = {"nl-soc": LEVELS, "port-soc": (CLEAR, GREEN)}
"""The levels that each reader may see. The first also has a second API root, and a second collection in this one."""
FEEDERS = ("wind-feed", "water-feed")
CLIENTS: Mapping[str, Callable[[Typed], Client]] = {
    "taxii2-client": Oasis,
    "cytaxii2": Cyware,
    "OpenCTI feed": OpenCtiFeed,
    "OpenCTI connector": OpenCtiConnector,
    "MISP": Misp,
    "Sentinel": Sentinel,
    "Elastic": Elastic,
    "XSOAR": Xsoar,
    "XSOAR, 2.0 first": lambda typed: Xsoar(typed, versions=("2.0", "2.1"), root=typed.root),
    "MineMeld": MineMeld,
}
LIMITS = {
    # Clients that ask for no limit get pages of 40; 100 of these objects are more than 50,000 octets.
    "page_objects_default": 40,
    "page_objects_max": 100,
    "page_bytes_max": 50_000,
    "content_length_bytes_max": 9_000,
}
ELSEWHERE = "wadden-sea/collections/indicators"
EVENT_OBJECTS = 30
REST_SECONDS = 0.3
"""Between two rounds of one client."""


@dataclass
class Exchange:
    """A server behind its proxy, what was pushed to it, and who polled all the while."""

    server: Server
    proxy: Proxy
    trust: ssl.SSLContext
    record: Record = field(default_factory=Record)
    polled: dict[tuple[str, str], Client] = field(default_factory=dict)
    failed: dict[tuple[str, str], BaseException] = field(default_factory=dict)
    pushed_by_misp: list[Any] = field(default_factory=list)

    def typed(self, account: str) -> Typed:
        return Typed(self.proxy.url, account, self.server.secrets[account], self.trust)

    @contextmanager
    def client(self, name: str, account: str) -> Iterator[Client]:
        """A client that has never polled."""
        client = CLIENTS[name](self.typed(account))
        try:
            yield client
        finally:
            client.close()

    def manifest(self, account: str) -> list[tuple[str, str]]:
        """The ids and versions of the account's own manifest, in its order."""
        with self.server.client(account) as client:

            def get(query: str) -> Answer:
                answer = client.get(f"{HERE}/manifest/?{query}")
                return Answer(answer.status_code, tuple(answer.headers.raw), answer.content)

            rows = list(walk(get, limit=100))
        return [(row["id"], row["version"]) for row in rows]

    def run(self) -> None:
        """All clients poll while all feeders push; when nothing is pushed any more, each polls to the end."""
        self._push_elsewhere()
        pushed = Event()
        names = [(name, account) for name in CLIENTS for account in READERS]
        with ExitStack() as stack, ThreadPoolExecutor(len(names) + len(FEEDERS) + 1) as pool:
            feeds: list[Future[None]] = [pool.submit(self._push_from_misp)]
            for account in FEEDERS:
                feeder = Feeder(account, stack.enter_context(self.server.client(account)), self.record)
                feeds.append(pool.submit(feeder.feed))
            polls = {each: pool.submit(self._keep_polling, each, pushed) for each in names}
            try:
                for feed in feeds:
                    feed.result()
            finally:
                pushed.set()
            self.failed = {each: error for each, poll in polls.items() if (error := poll.exception()) is not None}

    def _push_elsewhere(self) -> None:
        """Into the other collection and the other API root: whoever follows this one must be given nothing of it."""
        for account, place in (("wind-feed", "north-sea/collections/letter-box"), ("nl-feed", ELSEWHERE)):
            with self.server.client(account) as client:
                body = an_envelope([an_indicator(place, CLEAR)])
                answer = client.post(f"/{place}/objects/", content=body, headers={"Content-Type": TAXII})
                assert answer.json()["success_count"] == 1, answer.text

    def _keep_polling(self, which: tuple[str, str], pushed: Event) -> None:
        with self.client(*which) as client:
            self.polled[which] = client
            while not pushed.is_set():
                client.poll()
                pushed.wait(REST_SECONDS)
            client.poll_to_the_end()

    def _push_from_misp(self) -> None:
        event = an_event(from_datetime(SystemClock().now()))
        self.pushed_by_misp = misp.push(self.typed("nl-feed"), event)
        self.record.pushed(event[:-1])


def an_event(version: str) -> list[STIX]:
    """What MISP makes of one event; its last object is longer than any envelope may be."""
    objects = [an_indicator(f"MISP {n}", LEVELS[n % 4], version=version) for n in range(EVENT_OBJECTS)]
    return [*objects, an_indicator("too long", CLEAR, version=version, description="x" * 10_000)]


@contextmanager
def served(database_url: str, folder: Path, workers: int, authority: trustme.CA) -> Iterator[Exchange]:
    """The exchange, with accounts, behind its proxy; its API roots are absolute https addresses."""
    port = free_port()
    with running(database_url, folder, FILES, SystemClock(), only=ACCOUNTS) as made:
        secrets = dict(made.secrets)
    settings = {**LIMITS, "base_url": f"https://127.0.0.1:{port}"}
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with (
        Server(database_url, folder, workers, settings, secrets) as server,
        tls_before(server.port, port, authority) as proxy,
    ):
        yield Exchange(server, proxy, trust)
