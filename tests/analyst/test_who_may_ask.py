"""Analysts and officers ask, and nobody else; every answer that holds objects is on the record first."""

from collections import Counter

import httpx
import pytest
from fastapi.routing import APIRoute

from app.exchange.received import received
from tests.analyst.world import ADDRESS, KIT, NETWORK, REPORT, SCO, SEEN, ask
from tests.support.asgi import client_of
from tests.support.exchanges import Running

PATHS = (
    "lookup?value=198.51.100.7",
    f"object/{ADDRESS['id']}",
    f"graph/{ADDRESS['id']}",
    f"report/{REPORT['id']}",
    "changes",
    "search?text=address",
    "openapi.json",
)


def paths_of(world: Running) -> set[str]:
    return {route.path for route in world.application.routes if isinstance(route, APIRoute)}


def test_these_are_all_paths_of_the_analyst_api(world: Running) -> None:
    asked = {f"/analyst/v1/{path.partition('?')[0]}" for path in (*PATHS, "sightings", "match")}
    asked = {path.replace(ADDRESS["id"], "{object_id}").replace(REPORT["id"], "{object_id}") for path in asked}
    assert paths_of(world) == asked


@pytest.mark.parametrize("path", PATHS)
def test_nobody_is_answered_401_a_reader_403_and_officers_like_analysts(world: Running, path: str) -> None:
    target = f"/analyst/v1/{path}"
    nobody = client_of(world.application).get(target)
    assert (nobody.status_code, nobody.headers.get_list("www-authenticate") != []) == (401, True)
    assert world.client("nl-soc").get(target).status_code == 403
    assert world.client("nl-feed").get(target).status_code == 403
    assert world.client("officer").get(target).content == world.client("nl-analyst").get(target).content


def test_who_asks_is_checked_before_what_is_asked(world: Running) -> None:
    for target in ("/analyst/v1/lookup?limit=x", "/analyst/v1/changes?since=x", "/analyst/v1/object/x"):
        assert client_of(world.application).get(target).status_code == 401
        assert world.client("nl-soc").get(target).status_code == 403
    for client, status in ((client_of(world.application), 401), (world.client("nl-soc"), 403)):
        for path in ("lookup", "match", "sightings"):
            assert client.post(f"/analyst/v1/{path}", content=b"{").status_code == status


def test_a_partner_that_reads_nothing_finds_nothing(world: Running) -> None:
    assert ask(world, "east-analyst", "changes", partnership="east")["entries"] != []
    assert client_404(world, "east-analyst", f"/analyst/v1/object/{ADDRESS['id']}")


def client_404(world: Running, account: str, target: str) -> bool:
    answer: httpx.Response = world.client(account).get(target)
    return answer.status_code == 404


def test_what_an_answer_holds_is_in_the_ledger_and_nothing_else(world: Running) -> None:
    def recorded(endpoint: str) -> Counter[str]:
        return Counter(
            each["name" if "name" in each else "type"]
            for each in (ADDRESS, NETWORK, KIT, SCO, REPORT, SEEN)
            for one in received(world.exchange, each["id"])
            if (one.endpoint, one.account) == (endpoint, "port-analyst")
        )

    def adds(endpoint: str, path: str, **parameters: str) -> Counter[str]:
        before = recorded(endpoint)
        ask(world, "port-analyst", path, **parameters)
        return recorded(endpoint) - before

    around = ["Kit on the move", "sighting"]
    assert adds("lookup", "lookup", value="198.51.100.7") == Counter(["an address", "ipv4-addr", *around])
    assert adds("examine", f"object/{KIT['id']}") == Counter(["Kit", "Kit on the move"])
    assert adds("report", f"report/{REPORT['id']}") == Counter(["Kit on the move", "an address", "Kit"])
    assert adds("graph", f"graph/{SCO['id']}") == Counter(["ipv4-addr"])
    assert adds("changes", "changes", type="malware") == Counter(["Kit"])
    assert adds("search", "search", text="address", type="indicator") == Counter(["an address"])
    before = recorded("lookup")
    world.client("port-analyst").post("/analyst/v1/lookup", json={"values": ["198.51.100.7"]})
    assert recorded("lookup") - before == Counter(["an address", "ipv4-addr"])
