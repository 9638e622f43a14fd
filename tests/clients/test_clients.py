"""Every client that people really run, over TLS, against real servers: all of them poll while others push.

What a client had is compared with a record of what was pushed, with its organisation's own manifest, and with what its
organisation could ever be shown. After that each client polls once more from nothing, with nothing pushed beside it.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.clients.answers import LAST, PAGE, VERSION_2_0, objections
from tests.clients.feeders import version_of
from tests.clients.minemeld import MineMeld
from tests.clients.misp import Misp
from tests.clients.opencti_feed import FROM
from tests.clients.proxy import Passed
from tests.clients.scenario import CLIENTS, EVENT_OBJECTS, LIMITS, READERS, Exchange, served
from tests.support.databases import ENGINES
from tests.support.exchanges import TAXII
from tests.support.pollers import content_of
from tests.support.stix import STIX

BY_DATE_ADDED = ("OpenCTI feed", "Sentinel", "Elastic")
"""They go on from X-TAXII-Date-Added-Last, and so are given nothing twice."""

MILLISECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
MICROSECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[trustme.CA]:
    """What signs the proxies' certificates. The `requests` family is told of it as operators do: in the environment."""
    made = trustme.CA()
    file = tmp_path_factory.mktemp("authority") / "authority.pem"
    made.cert_pem.write_to_path(str(file))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(file))
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield made


@pytest.fixture(scope="module")
def on_sqlite(
    sqlite_databases: Any, authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Exchange]:
    yield from polled(sqlite_databases, tmp_path_factory.mktemp("clients"), 1, authority)


@pytest.fixture(scope="module")
def on_postgresql(
    postgres_databases: Any, authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Exchange]:
    yield from polled(postgres_databases, tmp_path_factory.mktemp("clients"), 2, authority)


def polled(databases: Any, folder: Path, workers: int, authority: trustme.CA) -> Iterator[Exchange]:
    """An exchange on which all has been pushed and polled."""
    with databases.new(folder) as url, served(url, folder, workers, authority) as exchange:
        exchange.run()
        yield exchange


@pytest.fixture(params=ENGINES)
def exchange(request: pytest.FixtureRequest) -> Exchange:
    found: Exchange = request.getfixturevalue(f"on_{request.param}")
    return found


def contents(objects: Sequence[STIX]) -> Counter[str]:
    return Counter(map(content_of, objects))


def objects_of(page: Passed) -> list[STIX]:
    found: list[STIX] = json.loads(page.body).get("objects", [])
    return found


def asked_of(exchange: Exchange, name: str, account: str) -> tuple[Any, list[Passed]]:
    """A client that polls from nothing while nobody pushes, and all that passed for it."""
    begun = len(exchange.proxy.passed)
    with exchange.client(name, account) as client:
        client.poll_to_the_end()
    return client, exchange.proxy.passed[begun:]


@pytest.mark.parametrize("account", READERS)
@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_that_polls_while_others_push_has_everything_and_nothing_else(
    exchange: Exchange, name: str, account: str
) -> None:
    if (name, account) in exchange.failed:
        raise exchange.failed[name, account]
    client = exchange.polled[name, account]
    had, levels = set(contents(client.had)), READERS[account]
    missed = set(contents(exchange.record.entitled(levels, client.kinds))) - had
    assert not missed, f"missed {len(missed)}: {min(missed)}"
    foreign = had - set(contents(exchange.record.ever_shown(levels)))
    assert not foreign, f"was given {len(foreign)} that it may not see: {min(foreign)}"


@pytest.mark.parametrize("account", READERS)
def test_a_manifest_lists_exactly_what_stands_for_its_organisation(exchange: Exchange, account: str) -> None:
    listed = exchange.manifest(account)
    entitled = exchange.record.entitled(READERS[account])
    assert sorted(found for found, _ in listed) == sorted(each["id"] for each in entitled)
    dated = {each["id"]: version_of(each) for each in entitled if version_of(each)}
    assert {found: version for found, version in listed if found in dated} == dated
    assert len(exchange.record.ever) > len(listed) > 2 * LIMITS["page_objects_default"]


@pytest.mark.parametrize("account", READERS)
@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_that_begins_anew_walks_through_exactly_what_stands(
    exchange: Exchange, name: str, account: str
) -> None:
    client, _ = asked_of(exchange, name, account)
    had = contents(client.latest if isinstance(client, Misp) else client.had)
    entitled = contents(exchange.record.entitled(READERS[account], client.kinds))
    assert set(had) == set(entitled)
    if name in BY_DATE_ADDED:
        assert had == entitled, "each once: what a client is given twice, its people pay for"


def check_taxii2_client(pages: Sequence[Passed]) -> None:
    limits = [int(each.query["limit"]) for each in pages[:3]]
    assert limits[0] > limits[1] == limits[2] == len(objects_of(pages[0])), "a short page is its limit from then on"


def check_cytaxii2(pages: Sequence[Passed]) -> None:
    assert {each.asked["Content-Type"] for each in pages} == {TAXII}, "also where it sends nothing"


def check_opencti_feed(pages: Sequence[Passed]) -> None:
    assert {each.query["added_after"] for each in pages[1:3]} == {FROM}
    assert all("next" in each.query for each in pages[1:3]), "both on later pages"
    assert re.fullmatch(MILLISECONDS, pages[-1].query["added_after"]), "the date of Last, cut"


def check_opencti_connector(pages: Sequence[Passed]) -> None:
    assert "added_after" in pages[0].query
    assert set(pages[1].query) == {"limit", "next"}
    assert set(pages[-1].query) == {"limit", "next", "added_after"}, "the token of the walk before, and its own clock"
    assert {each.asked["X-API-Key"][:7] for each in pages} == {"comity_"}


def check_misp(pages: Sequence[Passed]) -> None:
    assert pages[0].query == {"limit": "50", "next": ""}
    assert all(each.asked["Authorization"].startswith("basic ") for each in pages)
    assert {each.asked["Content-type"] for each in pages} == {TAXII}


def check_sentinel(pages: Sequence[Passed]) -> None:
    assert not any("next" in each.query or each.path.endswith("/") for each in pages)
    assert all(VERSION_2_0 in each.asked["Accept"] for each in pages)


def check_elastic(pages: Sequence[Passed]) -> None:
    assert re.fullmatch(MICROSECONDS, pages[0].query["added_after"])
    assert set(pages[1].query) == {"limit", "next"}
    assert pages[-1].body == b"{}", "an error event; and the date is kept"
    assert pages[-1].query["added_after"] == pages[-2].given[LAST]


def check_xsoar(pages: Sequence[Passed]) -> None:
    assert {each.query["match[type]"] for each in pages} == {"indicator,malware,relationship"}
    assert re.fullmatch(MICROSECONDS, pages[0].query["added_after"])
    assert pages[1].query.keys() == {"limit", "next", "added_after", "match[type]"}, "all of it on later pages"
    assert re.fullmatch(MILLISECONDS, pages[-1].query["added_after"]), "the latest `modified`"


def check_minemeld(pages: Sequence[Passed]) -> None:
    assert not any("next" in each.query for each in pages)
    assert {each.asked["Accept"] for each in pages} == {"application/taxii+json; version=2.1"}
    assert re.fullmatch(MILLISECONDS, pages[-1].query["added_after"]), "the latest `modified`"


HABITS = {
    "taxii2-client": check_taxii2_client,
    "cytaxii2": check_cytaxii2,
    "OpenCTI feed": check_opencti_feed,
    "OpenCTI connector": check_opencti_connector,
    "MISP": check_misp,
    "Sentinel": check_sentinel,
    "Elastic": check_elastic,
    "XSOAR": check_xsoar,
    "XSOAR, 2.0 first": check_xsoar,
    "MineMeld": check_minemeld,
}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_asks_as_it_is_known_to(on_sqlite: Exchange, name: str) -> None:
    _, passed = asked_of(on_sqlite, name, "nl-soc")
    HABITS[name]([each for each in passed if PAGE.fullmatch(each.path)])


@pytest.mark.parametrize("name", ["MineMeld", "XSOAR, 2.0 first"])
def test_who_asks_for_taxii_2_0_first_is_told_406_and_goes_on_with_2_1(exchange: Exchange, name: str) -> None:
    _, passed = asked_of(exchange, name, "port-soc")
    assert passed[0].status == 406
    assert VERSION_2_0 in passed[0].asked["Accept"]
    assert {each.status for each in passed if VERSION_2_0 not in each.asked["Accept"]} == {200}


def test_a_minemeld_that_is_told_a_title_takes_the_first_collection(on_sqlite: Exchange) -> None:
    typed = on_sqlite.typed("nl-soc")
    client = MineMeld(replace(typed, collection_id=typed.collection_title))
    try:
        client.poll()
    finally:
        client.close()
    assert client.had


def test_no_answer_held_what_breaks_a_client(exchange: Exchange) -> None:
    passed = exchange.proxy.passed
    assert objections(passed) == []
    assert {each.status for each in passed} == {200, 202, 406}
    with_more = [each for each in passed if b'"more":true' in each.body]
    assert len(with_more) > len(CLIENTS)


def test_what_misp_pushes_is_split_by_the_advertised_length_and_taken(exchange: Exchange) -> None:
    pushes = [each for each in exchange.proxy.passed if each.method == "POST"]
    sizes = [int(each.asked["Content-Length"]) for each in pushes]
    assert len(sizes) > 1
    assert max(sizes) <= LIMITS["content_length_bytes_max"] < sum(sizes)
    assert [status.failure_count for status in exchange.pushed_by_misp] == [0] * len(sizes)
    assert sum(status.success_count for status in exchange.pushed_by_misp) == EVENT_OBJECTS
