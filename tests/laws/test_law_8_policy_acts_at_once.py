"""Law 8: policy acts at once, both ways.

Every decision begun after the commit of a revision is under it, also in the middle of a walk, in every worker, and no
walk breaks. What is loosened comes to incremental pollers under new dates.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import httpx
import pytest

from app.exchange import accounts
from app.policy.partnership import Role
from tests.support.agreements import FILES, PARTNERS, WIND_IDENTITY
from tests.support.clocks import StillClock
from tests.support.databases import PostgresDatabases
from tests.support.exchanges import Running, running
from tests.support.servers import Server
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, RED, STIX, a_statement, an_indicator

HERE = "/north-sea/collections/indicators"
LAST = "X-TAXII-Date-Added-Last"

Apply = Callable[[Mapping[str, str]], None]


def with_terms(old: str, new: str) -> Mapping[str, str]:
    """The files with another text in the partnership's."""
    assert old in FILES["north-sea.yaml"]
    return {**FILES, "north-sea.yaml": FILES["north-sea.yaml"].replace(old, new)}


def write(files: Mapping[str, str], folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def exchange(database_url: str, tmp_path: Path, clock: StillClock) -> Iterator[Running]:
    readers = ["port-soc", "wind-soc", "water-soc", "duty-officer"]
    with running(database_url, tmp_path, clock=clock, only=["nl-feed", "wind-feed", *readers]) as made:
        yield made


@pytest.fixture(params=["in this process", "by `comity apply`"])
def apply(request: pytest.FixtureRequest, exchange: Running, database_url: str, tmp_path: Path) -> Apply:
    """Makes files the next revision, in the process that serves or in another one."""

    def by_command(files: Mapping[str, str]) -> None:
        beside = Server(database_url, tmp_path)
        beside.command("apply", str(write(files, tmp_path / "collections")), "--yes")

    def here(files: Mapping[str, str]) -> None:
        exchange.apply(files)

    return here if request.param == "in this process" else by_command


def page(client: httpx.Client, **query: object) -> httpx.Response:
    answer = client.get(f"{HERE}/objects/", params={name: str(value) for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return answer


def ids(answer: httpx.Response) -> list[str]:
    return [each["id"] for each in answer.json().get("objects", [])]


def rest_of(client: httpx.Client, begun: httpx.Response) -> list[str]:
    """What the further pages of a walk hold."""
    found: list[str] = []
    while begun.json().get("more"):
        begun = page(client, limit=1, next=begun.json()["next"])
        found += ids(begun)
    return found


def pushed(*marks: str) -> Sequence[STIX]:
    return [an_indicator(n, mark) for n, mark in enumerate(marks)]


@pytest.mark.row("T-PAG-17", "T-PAG-20", "S-16", "S-17")
def test_in_the_middle_of_a_walk_what_is_tightened_is_gone_and_what_is_loosened_arrives(
    exchange: Running, apply: Apply
) -> None:
    objects = pushed(GREEN, GREEN, CLEAR, GREEN, AMBER, CLEAR)
    exchange.take("nl-feed", *objects)
    port, every = exchange.client("port-soc"), [each["id"] for each in objects]
    walk = page(port, limit=1)
    assert ids(walk) == every[:1]

    apply(with_terms("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear]}"))
    assert port.get(f"{HERE}/objects/{every[1]}/").status_code == 404
    walk = page(port, limit=1, next=walk.json()["next"])
    assert ids(walk) == [every[2]], "the walk goes on at the next row that may be shown"
    assert rest_of(port, walk) == [every[5]], "it ends where the rest ends"

    last = page(port).headers[LAST]
    assert ids(page(port, added_after=last)) == []
    apply(with_terms("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, green, amber]}"))
    fresh = page(port, added_after=last)
    assert sorted(ids(fresh)) == sorted([every[0], every[1], every[3], every[4]])
    assert fresh.headers["X-TAXII-Date-Added-First"] > last
    assert len(ids(page(port))) == len(every), "a new walk gives each once"


def test_a_walk_begun_before_an_account_is_named_for_red_goes_on(exchange: Running) -> None:
    """The account moves to a log of its own, and its `next` is from the one it had."""
    exchange.add_account("night-shift", "nl-cert", Role.READER)
    objects = pushed(CLEAR, GREEN, RED, AMBER)
    exchange.take("wind-feed", *objects)
    client = exchange.client("night-shift")
    walk = page(client, limit=1)
    exchange.apply(with_terms("red: [nl-cert/duty-officer]", "red: [nl-cert/duty-officer, nl-cert/night-shift]"))
    found = [*ids(walk), *rest_of(client, walk)]
    assert set(found) == {each["id"] for each in objects}, "received again, never missed, never refused"


def test_an_account_that_is_named_no_longer_loses_red_at_once(exchange: Running) -> None:
    exchange.take("wind-feed", *pushed(CLEAR, RED))
    officer = exchange.client("duty-officer")
    walk = page(officer, limit=1)
    exchange.apply(with_terms("red: [nl-cert/duty-officer]", "red: []"))
    assert rest_of(officer, walk) == []
    assert len(ids(page(officer))) == 1


def test_an_identity_that_changes_hands_lets_its_owners_definition_resolve(exchange: Running) -> None:
    """Which definitions resolve depends on the files too: by design decision 5 the creator's own does."""
    theirs = "identity--3d0f2a8b-5c1e-4f7d-8a26-91b7c4e0d599"
    statement = a_statement("theirs", CLEAR, created_by_ref=theirs)
    marked = an_indicator("relayed", CLEAR, statement["id"], created_by_ref=theirs)
    exchange.take("wind-feed", statement)
    exchange.take("nl-feed", marked)
    port = exchange.client("port-soc")
    begun = page(port)
    assert marked["id"] not in ids(begun)
    owned = PARTNERS.replace(f"identities: [{WIND_IDENTITY}]", f"identities: [{WIND_IDENTITY}, {theirs}]")
    exchange.apply({**FILES, "partners.yaml": owned})
    assert ids(page(port, added_after=begun.headers[LAST])) == [marked["id"]]
    exchange.apply(FILES)
    assert marked["id"] not in ids(page(port))


def test_reading_that_is_taken_and_given_back_brings_everything_again(exchange: Running) -> None:
    objects = pushed(CLEAR, GREEN)
    exchange.take("nl-feed", *objects)
    port = exchange.client("port-soc")
    begun = page(port, limit=1)
    exchange.apply(with_terms("    read: all\n", "    read: [nl-cert, wind-isac, water-nl]\n"))
    assert port.get(f"{HERE}/objects/", params={"next": begun.json()["next"]}).status_code == 404
    exchange.apply(FILES)
    assert sorted(ids(page(port, added_after=begun.headers[LAST]))) == sorted(each["id"] for each in objects)


def test_disabling_and_rotating_act_on_the_next_request(exchange: Running) -> None:
    port, wind = exchange.client("port-soc"), exchange.client("wind-soc")
    password = "correct horse battery staple"
    assert accounts.rotate(exchange.exchange, "water-soc", password) is None
    water = exchange.client("water-soc")
    water.auth = httpx.BasicAuth("water-soc", password)
    for client in (port, wind, water):
        assert client.get(f"{HERE}/objects/").status_code == 200
    accounts.disable(exchange.exchange, "port-soc")
    new = accounts.rotate(exchange.exchange, "wind-soc", None)
    accounts.disable(exchange.exchange, "water-soc")
    for client in (port, wind, water):
        assert client.get(f"{HERE}/objects/").status_code == 401
    wind.auth = httpx.BasicAuth("wind-soc", str(new))
    assert wind.get(f"{HERE}/objects/").status_code == 200


def test_every_worker_is_under_the_new_revision_at_its_next_request(
    postgres_databases: PostgresDatabases, tmp_path: Path
) -> None:
    """What this process applies is the other processes' law."""
    with (
        postgres_databases.new(tmp_path) as url,
        running(url, tmp_path, only=["nl-feed", "port-soc", "wind-soc"]) as made,
        Server(url, tmp_path, workers=2, secrets=made.secrets) as server,
    ):
        made.take("nl-feed", *pushed(CLEAR, GREEN, AMBER, AMBER_STRICT))
        workers = server.worker_pids()

        def seen() -> list[tuple[int, int]]:
            """How many objects each worker shows to Port NL and to Wind ISAC."""
            counts = []
            for worker in workers:
                with (
                    server.served_by(worker),
                    server.client("port-soc") as port,
                    server.client("wind-soc") as wind,
                ):
                    counts.append((len(ids(page(port))), len(ids(page(wind)))))
            return counts

        assert seen() == [(2, 3)] * 2
        terms = dict(with_terms("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear]}"))
        terms["north-sea.yaml"] = terms["north-sea.yaml"].replace(
            "wind-isac: {tlp: [clear, green, amber]}", "wind-isac: {tlp: [clear, green, amber, amber+strict]}"
        )
        made.apply(terms)
        assert seen() == [(1, 4)] * 2
        accounts.disable(made.exchange, "port-soc")
        for worker in workers:
            with server.served_by(worker), server.client("port-soc") as client:
                assert client.get(f"{HERE}/objects/").status_code == 401
        assert server.worker_pids() == workers
