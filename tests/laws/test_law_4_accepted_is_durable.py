"""Law 4: accepted is durable.

What a status calls a success is stored and survives `kill -9`: the server is killed the moment an answer arrives, and
while other pushes are under way.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from tests.support.cases import record_cases
from tests.support.exchanges import TAXII, running
from tests.support.servers import Server
from tests.support.stix import CLEAR, an_envelope, an_indicator

HERE = "/north-sea/collections/indicators"
FEEDERS = ("nl-feed", "water-feed")


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Server:
    """A server that is not running yet, on a database with agreements and accounts."""
    with running(database_url, tmp_path, only=[*FEEDERS, "port-soc"]) as made:
        return Server(database_url, tmp_path, secrets=dict(made.secrets))


@pytest.mark.row("T-ADD-35", "T-STA-21")
def test_every_success_is_there_after_the_server_was_killed(server: Server) -> None:
    with server:
        answered = pushes_until_killed(server)
    with server, server.client("port-soc") as reader:
        for status in answered:
            wanted = {(each["id"], each["version"]) for each in status["successes"]}
            assert len(wanted) == status["total_count"], status
            assert wanted <= held(reader), "a success is not there after the restart"
        kept = [
            status for status in answered if any(read(server, account, status["id"]) == status for account in FEEDERS)
        ]
        assert kept == answered, "every status is there as it was answered"
    record_cases("law 4: accepted is durable", len(answered))


def pushes_until_killed(server: Server) -> Sequence[dict[str, Any]]:
    """Kill the server the moment the third answer of its first feeder arrives, while the other goes on pushing."""
    answered: list[dict[str, Any]] = []
    killed = Event()

    def feed(account: str) -> None:
        with server.client(account, timeout=10) as client:
            for push in range(1000):
                objects = [an_indicator(f"{account} {push} {n}", CLEAR) for n in range(20)]
                try:
                    answer = client.post(
                        f"{HERE}/objects/", content=an_envelope(objects), headers={"Content-Type": TAXII}
                    )
                except httpx.TransportError:
                    assert killed.is_set(), server.stderr()
                    return
                assert answer.status_code == httpx.codes.ACCEPTED, answer.text
                if account == FEEDERS[0] and push == 2:
                    killed.set()
                    server.kill()
                answered.append(answer.json())

    with ThreadPoolExecutor(len(FEEDERS)) as pool:
        for each in [pool.submit(feed, account) for account in FEEDERS]:
            each.result()
    return answered


def held(reader: httpx.Client) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    query = {"limit": "1000", "match[version]": "all"}
    while True:
        page = reader.get(f"{HERE}/manifest/", params=query).json()
        found.update((row["id"], row["version"]) for row in page.get("objects", []))
        if not page.get("more"):
            return found
        query["next"] = page["next"]


def read(server: Server, account: str, status_id: str) -> Any:
    with server.client(account) as client:
        return client.get(f"/north-sea/status/{status_id}/").json()
