"""Dry runs over HTTP: what a push would be told, and nothing is written; and of how much of a long delivery."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.exchange.feed import known_mapping, rows_in
from app.exchange.push_status import AFTER_REVIEW, ALREADY_PRESENT
from app.exchange.trial import try_rows
from tests.feeds.deliveries import INDICATORS, SAMPLES, deliver, tried
from tests.support.agreements import FILES, NORTH_SEA
from tests.support.databases import SqliteDatabases
from tests.support.exchanges import Running, running

REVIEWING = {
    **FILES,
    "north-sea.yaml": NORTH_SEA.replace("types: all\n", "types: all\n      review: {types: [malware]}\n", 1),
}
SAMPLE = (SAMPLES / "urlhaus.csv").read_bytes()
HEAD = b"# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\n"
CHANGED = (
    b'"9000001","2026-03-01 08:58:08","http://198.51.100.13:42598/i","online","","malware_download","other","",""\n'
)
NEW = b'"9000009","2026-03-01 08:58:08","http://198.51.100.99/n","online","","malware_download","heodo","","me"\n'
BAD = (
    b'"9000010","2026-02-31 00:00:00","http://198.51.100.9/a","online","","","","",""\n'
    b'"9000011","2027-01-01 00:00:00","http://198.51.100.9/b","online","","","","",""\n'
    b'"9000012","2026-03-01 00:00:00","","online","","","","",""\n'
)


@pytest.fixture(scope="module")
def here(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    folder = tmp_path_factory.mktemp("dry")
    only = ["nl-feed", "nl-soc", "wind-feed", "port-soc", "outsider-feed"]
    with sqlite_databases.new(folder) as url, running(url, folder, REVIEWING, only=only) as made:
        yield made, folder / "database"


@pytest.fixture(scope="module")
def exchange(here: tuple[Running, Path]) -> Running:
    return here[0]


def all_that_is_stored(folder: Path) -> list[str]:
    """Every row of both stores, as SQL."""
    lines: list[str] = []
    for path in sorted(folder.glob("*.db")):
        connection = sqlite3.connect(path)
        lines += connection.iterdump()
        connection.close()
    return lines


def outcomes(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name.split("_")[0] in ("total", "success", "failure")} | {
        name: told.get(name, []) for name in ("successes", "failures")
    }


def test_a_dry_run_tells_what_a_push_is_told_and_writes_nothing(here: tuple[Running, Path]) -> None:
    exchange, folder = here
    before_anybody = tried(exchange, "urlhaus", SAMPLE + NEW + BAD, account="wind-feed")
    deliver(exchange, "urlhaus", SAMPLE)
    one = next(each for each in exchange.objects("nl-soc") if each["type"] == "indicator")
    exchange.take("nl-feed", {**one, "revoked": True, "modified": "2026-03-01T10:00:00.000Z"})
    stored = all_that_is_stored(folder)
    data = SAMPLE + CHANGED + NEW + BAD
    told = tried(exchange, "urlhaus", data)
    assert tried(exchange, "urlhaus", SAMPLE + NEW + BAD, account="wind-feed") == before_anybody, (
        "of others it tells nothing"
    )
    assert all_that_is_stored(folder) == stored
    status = deliver(exchange, "urlhaus", data)
    assert outcomes(told) == outcomes(status)
    assert {each.get("message") for each in told["successes"]} == {None, ALREADY_PRESENT, AFTER_REVIEW}
    places = [each["message"].partition(":")[0] for each in told["failures"]]
    assert places[0] == "line 7", "intake knows of no rows, and it refuses what was revoked"
    assert [each.partition(", ")[2] for each in places[1:]] == [
        "column `dateadded`",
        "column `dateadded`",
        "column `url`",
    ]
    served = {(each["id"], each["modified"]): each for each in exchange.objects("nl-soc", "match[version]=all")}
    hidden = {each["id"] for each in told["failures"]} | {each["id"] for each in told["objects"] if "is_family" in each}
    shown = [each for each in told["objects"] if each["id"] not in hidden]
    assert [served[each["id"], each["modified"]] for each in shown] == shown
    assert len(told["objects"]) == 3


def test_a_dry_run_shows_as_many_objects_as_are_asked_for(here: tuple[Running, Path]) -> None:
    exchange, folder = here
    stored = all_that_is_stored(folder)
    for query, shown in (("", 3), ("?objects=0", 0), ("?objects=1", 1), ("?objects=100", 5)):
        told = tried(exchange, "urlhaus", SAMPLE, query, account="wind-feed")
        assert len(told.get("objects", [])) == shown
        assert told["total_count"] == 5
    for query in ("?object=3", "?objects=101", "?objects=-1", "?objects=", "?objects=1&objects=1", "?dry_run=false"):
        error = tried(exchange, "urlhaus", SAMPLE, query, account="wind-feed", status=400)
        assert "`objects`" in error["description"]
    assert all_that_is_stored(folder) == stored


def test_who_may_push_may_try_and_what_is_mistyped_takes_nothing(here: tuple[Running, Path]) -> None:
    exchange, folder = here
    stored = all_that_is_stored(folder)
    tried(exchange, "urlhaus", SAMPLE, account="port-soc", status=403)
    tried(exchange, "urlhaus", SAMPLE, account="outsider-feed", status=404)
    tried(exchange, "nothing", SAMPLE, status=404)
    tried(exchange, "urlhaus", b"a,b\nc,d\n", status=422)
    client, headers = exchange.client("nl-feed"), {"Content-Type": "text/csv"}
    for path, status in (("dryrun/", 404), ("dry-run/x/", 404), ("%20dry-run/", 404), ("?dry-run", 400), ("?", 202)):
        answer = client.post(
            f"/{INDICATORS}/feeds/urlhaus/{path}", content=HEAD if status == 202 else SAMPLE + NEW, headers=headers
        )
        assert answer.status_code == status, path
        if status != 202:
            assert all_that_is_stored(folder) == stored
    assert client.get(f"/{INDICATORS}/feeds/urlhaus/dry-run/").headers["allow"] == "OPTIONS, POST"


def test_who_may_push_is_told_the_mappings_and_nobody_else(exchange: Running) -> None:
    def listing(account: str) -> httpx.Response:
        return exchange.client(account).get(f"/{INDICATORS}/feeds/", headers={"Accept": "application/json"})

    told = listing("nl-feed")
    assert (told.status_code, told.headers["content-type"]) == (200, "application/json")
    feeds = {each["name"]: each for each in told.json()["feeds"]}
    assert list(feeds) == sorted(exchange.exchange.feeds)
    assert feeds["urlhaus"] == {
        "name": "urlhaus",
        "title": exchange.exchange.feeds["urlhaus"].title,
        "forms": ["csv", "json"],
        "bytes_max": exchange.exchange.settings.feed_bytes_max,
        "objects_max": exchange.exchange.settings.push_objects_max,
    }
    assert (feeds["ioc-list"]["forms"], feeds["misp"]["forms"]) == (["list"], ["misp"])
    assert feeds["misp"]["bytes_max"] == exchange.exchange.settings.feed_events_bytes_max
    assert listing("wind-feed").content == told.content
    assert [listing(account).status_code for account in ("port-soc", "outsider-feed")] == [403, 404]


def test_of_a_long_delivery_the_first_objects_are_tried_and_of_the_others_mistakes_are_told(exchange: Running) -> None:
    rows: list[dict[str, Any]] = [{"dateadded": "2026-03-01", "url": f"http://198.51.100.{n}/x"} for n in range(1, 6)]
    rows[3]["reporter"] = "x" * (exchange.exchange.settings.object_bytes_max + 1)
    rows[0] |= {"tags": ["first"], "threat": None, "urlhaus_link": None}
    rows += [{"dateadded": "2026-03-01"}, {**rows[0], "tags": ["again"]}, {**rows[4], "tags": ["again"]}]
    data = json.dumps({"1": rows}).encode()
    requester = exchange.requester("wind-feed")
    of_the_rows = rows_in(exchange.exchange, requester, known_mapping(exchange.exchange, "urlhaus"), data)
    found = try_rows(exchange.exchange, requester, "north-sea", "indicators", of_the_rows, asked_max=3)
    identity, first, second = found.first_objects(10)
    assert identity.type == "identity"
    assert first.tree["labels"] == ["again", "first"], "rows about one thing are one object, however late they come"
    assert second.tree["name"] == rows[1]["url"]
    assert found.unasked == 2
    told = [each.message or "" for each in found.outcomes if each.result == "failure"]
    assert [each[:14] for each in told] == ["row 6, column ", "row 4: It has "]
