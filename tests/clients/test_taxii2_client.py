"""OASIS' own client, over real HTTP: every account walks every collection of the project's agreements and pushes.

What each receives is compared with what the policy's second writing says of each object.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from requests import HTTPError
from taxii2client.exceptions import TAXIIServiceException
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

from app.files.agreements import Agreements, read_agreements
from app.files.directory import read_directory
from app.policy.handling import Handling
from app.policy.partnership import CollectionTerms, Role, Terms, TlpLevel
from app.policy.release_case import Audience, ReleaseCase
from app.settings import PROJECT
from tests.policy.reference_policy import release_objections
from tests.support.clocks import NOON, StillClock
from tests.support.databases import ENGINES
from tests.support.exchanges import TAXII, Running, running
from tests.support.listening import listening
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, RED, TLP1_GREEN, a_statement, an_address, an_indicator

FILES = read_directory(PROJECT / "collections")
AGREEMENTS: Agreements = read_agreements(FILES)

READERS = {
    "nl-soc": "nl-cert",
    "nl-duty-officer": "nl-cert",
    "wind-soc": "wind-isac",
    "water-soc": "water-nl",
    "port-soc": "port-nl",
    "grid-soc": "de-grid",
}
FEEDERS = {"nl-feed": "nl-cert", "wind-feed": "wind-isac", "port-feed": "port-nl", "grid-feed": "de-grid"}

STATEMENT, UNDEFINED = a_statement("licence", CLEAR), "marking-definition--00000000-0000-4000-8000-00000000000e"
LEVELS = {
    CLEAR: TlpLevel.CLEAR,
    GREEN: TlpLevel.GREEN,
    TLP1_GREEN: TlpLevel.GREEN,
    AMBER: TlpLevel.AMBER,
    AMBER_STRICT: TlpLevel.AMBER_STRICT,
    RED: TlpLevel.RED,
}
MARKINGS = [*([mark] for mark in LEVELS), [], [CLEAR, AMBER], [GREEN, STATEMENT["id"]], [CLEAR, UNDEFINED], [UNDEFINED]]


@dataclass(frozen=True)
class Taken:
    """One object that a collection took, from whom."""

    root: str
    alias: str
    partner: str
    tree: Mapping[str, Any]


@dataclass
class Served:
    """An exchange that listens, with what it took."""

    exchange: Running
    url: str
    taken: list[Taken] = field(default_factory=list)

    def server(self, account: str) -> Server:
        return Server(f"{self.url}/taxii2/", user=account, password=self.exchange.secrets[account])


@pytest.fixture(scope="module")
def served_on_sqlite(sqlite_databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(sqlite_databases, tmp_path_factory.mktemp("client")) as made:
        yield made


@pytest.fixture(scope="module")
def served_on_postgresql(postgres_databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(postgres_databases, tmp_path_factory.mktemp("client")) as made:
        yield made


@pytest.fixture(params=ENGINES)
def served(request: pytest.FixtureRequest) -> Served:
    found: Served = request.getfixturevalue(f"served_on_{request.param}")
    return found


@contextmanager
def serving(databases: Any, folder: Path) -> Iterator[Served]:
    """The project's own agreements, an account for each partner and purpose, and objects at all markings."""
    with databases.new(folder) as url, running(url, folder, FILES, StillClock(), only=[]) as exchange:
        for account, partner in READERS.items():
            exchange.add_account(account, partner, Role.READER)
        for account, partner in FEEDERS.items():
            exchange.add_account(account, partner, Role.FEEDER)
        with listening(exchange.application) as address:
            made = Served(exchange, address)
            fill(made)
            yield made


def fill(served: Served) -> None:
    """Every writer pushes objects at every marking into every collection that it may write to."""
    for feed, partner in FEEDERS.items():
        for root, partnership in AGREEMENTS.partnerships.items():
            for alias, collection in partnership.collections.items():
                if partner not in collection.write:
                    continue
                trees = [STATEMENT]
                for number, marks in enumerate(MARKINGS):
                    name = f"{feed} {root} {alias} {number}"
                    trees.append(an_indicator(name, *marks))
                    if number % 3 == 0:
                        trees.append(dict(an_address(name, *marks), value="198.51.100.7"))
                answer = httpx.post(
                    f"{served.url}/{root}/collections/{alias}/objects/",
                    content=json.dumps({"objects": trees}),
                    headers={"Content-Type": TAXII, "Accept": TAXII},
                    auth=(feed, served.exchange.secrets[feed]),
                    verify=False,
                )
                assert answer.status_code == 202, answer.text
                went_in = {each["id"] for each in answer.json().get("successes", [])}
                assert went_in, (feed, root, alias)
                served.taken += [Taken(root, alias, partner, tree) for tree in trees if tree["id"] in went_in]


def expected(served: Served, root: str, collection: CollectionTerms, account: str, partner: str) -> dict[str, Any]:
    """What the account has to be given, by id, worked out without the production code."""
    terms = Terms(AGREEMENTS.partnerships[root], AGREEMENTS.partners)
    named = f"{partner}/{account}"
    audience = Audience(partner, named if named in collection.release.red else None)
    here = [each for each in served.taken if (each.root, each.alias) == (root, collection.alias)]
    found: dict[str, Any] = {}
    for each in here:
        case = ReleaseCase(
            terms=terms,
            collection=collection.alias,
            audience=audience,
            handling=handling(each.tree),
            cap=None,
            submitter=each.partner,
            originator=each.partner,
            now=NOON,
        )
        if not release_objections(case):
            found[each.tree["id"]] = each.tree
    return found


def handling(tree: Mapping[str, Any]) -> Handling:
    marks = tree.get("object_marking_refs", [])
    definition = tree["type"] == "marking-definition"
    stated = {STATEMENT["id"]} if definition or STATEMENT["id"] in marks else set()
    levels = {LEVELS[mark] for mark in marks if mark in LEVELS} | ({TlpLevel.CLEAR} if stated else set())
    unmarked = not definition and not any(mark in LEVELS for mark in marks)
    return Handling(frozenset(levels), unmarked, frozenset(stated), unknown=UNDEFINED in marks)


ACCOUNTS = {**READERS, **FEEDERS}


@pytest.mark.parametrize("account", ACCOUNTS)
def test_an_account_finds_the_roots_and_collections_of_its_partner(served: Served, account: str) -> None:
    partner = ACCOUNTS[account]
    roots = {root_name(each): each for each in served.server(account).api_roots}
    assert set(roots) == {root for root, each in AGREEMENTS.partnerships.items() if partner in each.members}
    for name, root in roots.items():
        assert root.title == AGREEMENTS.partnerships[name].title
        assert "application/taxii+json;version=2.1" in root.versions
        known = AGREEMENTS.partnerships[name].collections.values()
        may_know = {each.id: each for each in known if partner in each.read | each.write | each.listed}
        shown = {each.id: each for each in root.collections}
        assert set(shown) == set(may_know)
        for collection_id, collection in shown.items():
            terms = may_know[collection_id]
            assert collection.title == terms.title
            assert collection.can_read == (partner in terms.read)
            assert collection.can_write == (partner in terms.write and account in FEEDERS)


def root_name(root: ApiRoot) -> str:
    return str(root.url).rstrip("/").rpartition("/")[2]


@pytest.mark.parametrize("account", ACCOUNTS)
@pytest.mark.row("S-14")
def test_an_account_receives_what_the_policy_releases_to_it_and_nothing_else(served: Served, account: str) -> None:
    partner, seen = ACCOUNTS[account], 0
    for root in served.server(account).api_roots:
        for collection in root.collections:
            terms = AGREEMENTS.partnerships[root_name(root)].collection_by_id(collection.id)
            assert terms is not None
            if not collection.can_read:
                with pytest.raises((TAXIIServiceException, HTTPError)):
                    collection.get_objects()
                continue
            wanted = expected(served, root_name(root), terms, account, partner)
            for per_request in (1, 2, 7):
                received = walk(collection.get_objects, per_request)
                assert {each["id"]: each for each in received} == wanted
                assert len(received) == len(wanted), "each once"
                records = walk(collection.get_manifest, per_request)
                assert [each["id"] for each in records] == [each["id"] for each in received]
            seen += len(wanted)
            check_single_objects(collection, wanted, served)
    assert seen, "there is something for everybody"


def walk(asked: Any, per_request: int) -> list[Any]:
    pages = list(as_pages(asked, per_request=per_request))
    for page in pages[:-1]:
        assert len(page["objects"]) == per_request
    return [each for page in pages for each in page.get("objects", [])]


def check_single_objects(collection: Collection, wanted: Mapping[str, Any], served: Served) -> None:
    """One that is released, and one that is not, where there is one."""
    for object_id in list(wanted)[:1]:
        assert collection.get_object(object_id)["objects"] == [wanted[object_id]]
        assert len(collection.object_versions(object_id)["versions"]) == 1
    withheld = [each.tree["id"] for each in served.taken if each.tree["id"] not in wanted]
    for object_id in withheld[:1]:
        with pytest.raises(HTTPError, match="404"):
            collection.get_object(object_id)


def test_what_is_added_is_taken_and_its_status_can_be_waited_for(served: Served) -> None:
    (root,) = [each for each in served.server("wind-feed").api_roots if root_name(each) == "north-sea"]
    (collection,) = [each for each in root.collections if each.title == "Shared indicators"]
    good, bad = an_indicator("from the client", AMBER), an_indicator("without a pattern", AMBER, pattern=None)
    try:
        status = collection.add_objects({"objects": [good, bad]}, wait_for_completion=True, timeout=10)
        assert (status.status, status.total_count, status.success_count) == ("complete", 2, 1)
        assert [each["id"] for each in status.successes] == [good["id"]]
        assert "pattern" in status.failures[0]["message"]
        status.refresh()
        assert status.status == "complete"
        assert collection.get_object(good["id"])["objects"] == [good]
    finally:
        collection.delete_object(good["id"])
    with pytest.raises(HTTPError, match="404"):
        collection.get_object(good["id"])


def test_who_is_not_known_receives_nothing(served: Served) -> None:
    with pytest.raises(HTTPError, match="401"):
        Server(f"{served.url}/taxii2/", user="wind-soc", password="comity_wrong").refresh()
    with pytest.raises(HTTPError, match="404"):
        ApiRoot(f"{served.url}/grid-watch/", user="port-soc", password=served.exchange.secrets["port-soc"]).refresh()
