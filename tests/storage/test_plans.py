"""Each query of a log is led by the index it is made for, on both engines: of a planner that knows nothing of the rows,
and of one that has statistics of thousands."""

import itertools
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from app.stix.observables import KeyRange
from app.storage import arrivals, deliveries, finding, leads, objects, observables, pages, searches
from app.storage.engine import Database, Transaction
from app.storage.instants import AFTER_ALL, BEFORE_ALL
from app.storage.leads import Led
from app.storage.revisions import AudienceRow
from app.storage.searches import Wanted
from app.taxii.filters import MatchFilter
from tests.support.databases import ENGINES
from tests.support.rows import fill

BY_OBJECT = "ix_delivery_object_audience_version_key"
ONE_LOG = ("((audience = '1'::bigint) AND (date_added >", "delivery USING PRIMARY KEY (audience=? AND date_added>?")

FILLED = "postgresql, with statistics"
STORES = (*ENGINES, FILLED)
"""SQLite gathers statistics where it is told to, and nothing here tells it."""

VERSIONS = {
    "last": {"last": True},
    "first": {"first": True},
    "all": {"all": True},
    "some": {"versions": frozenset({"2026-01-01T00:00:00"}), "last": True},
}
NARROWED = {
    "everything": {},
    "by id": {"ids": frozenset({"indicator--x", "indicator--y"})},
    "by type": {"types": frozenset({"indicator"})},
    "by spec version": {"spec_versions": frozenset({"2.1"})},
}


@pytest.fixture(scope="module", params=STORES, ids=STORES)
def transaction(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Transaction]:
    databases = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    with request.getfixturevalue(databases).new(tmp_path_factory.mktemp("plans")) as url:
        if request.param == FILLED:
            fill(url)
        database = Database(url, connections=1)
        with database.reading() as opened:
            yield opened
        database.close()


def plan_of(transaction: Transaction, ask: object) -> str:
    """The plan of the last statement that `ask` runs."""
    seen: list[tuple[str, object]] = []

    def remember(_c: object, _cu: object, statement: str, parameters: object, _x: object, _m: object) -> None:
        seen.append((statement, parameters))

    event.listen(transaction.engine, "before_cursor_execute", remember)
    ask()  # type: ignore[operator]
    event.remove(transaction.engine, "before_cursor_execute", remember)
    statement, parameters = seen[-1]
    how = "EXPLAIN QUERY PLAN" if transaction.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(row) for row in transaction.exec_driver_sql(f"{how} {statement}", parameters))


@pytest.mark.row("T-PAG-26")
@pytest.mark.parametrize(("version", "narrowed"), list(itertools.product(VERSIONS, NARROWED)))
def test_a_page_is_one_range_of_the_log_and_its_version_filter_asks_by_object(
    transaction: Transaction, version: str, narrowed: str
) -> None:
    wanted = MatchFilter(**VERSIONS[version], **NARROWED[narrowed])
    query = pages.PageQuery(1, 1, -1, -1, wanted, 11, 1)
    plan = plan_of(transaction, lambda: pages.page(transaction, query, with_content=True))
    assert ("pk_delivery" in plan or "delivery USING PRIMARY KEY" in plan) == (narrowed != "by id"), plan
    if version != "all" or narrowed == "by id":
        assert BY_OBJECT in plan, plan
    assert "Seq Scan" not in plan
    assert "SCAN delivery" not in plan
    assert "SCAN other" not in plan


def test_who_knows_the_object_never_reads_a_whole_log(transaction: Transaction) -> None:
    for ask in (
        lambda: pages.holds(transaction, 1, 1, "indicator--x", 1),
        lambda: deliveries.of_objects(transaction, [1, 2], [3, 4]),
    ):
        plan = plan_of(transaction, ask)
        assert BY_OBJECT in plan, plan


@pytest.mark.parametrize("definitions", [False, True])
def test_a_batch_of_a_revision_is_one_range_in_the_order_of_arrival(
    transaction: Transaction, definitions: bool
) -> None:
    plan = plan_of(transaction, lambda: arrivals.live_after(transaction, 1, 2, 3, 4, definitions=definitions))
    assert "ix_contribution_collection_id" in plan, plan
    for worse in ("Sort", "TEMP B-TREE", "Seq Scan", "SCAN contribution"):
        assert worse not in plan, plan


LOG = AudienceRow(1, 2, "nl-cert", "")
MANY = 4_000
REPORTS = [f"report--{number}" for number in range(MANY)]
KEYS = {"observable": "value", "object": "stix_id", "reference": "target"}
LOOK_UPS = {
    "values": (
        "observable",
        lambda read: observables.naming(
            read, LOG, observables.asked({"url": [f"x-{number}" for number in range(MANY)]}), 4, 5
        ),
    ),
    "a range of values": ("observable", lambda read: observables.lying_in(read, LOG, KeyRange("url", "x", "y"), 4, 5)),
    "objects by id": ("object", lambda read: finding.by_ids(read, LOG, REPORTS, 4)),
    "what is joined to objects": (
        "reference",
        lambda read: finding.joined_to(read, LOG, REPORTS, ["uses"], 4, 5),
    ),
    "what refers to objects": ("reference", lambda read: finding.referring_to(read, LOG, REPORTS, 4, 5)),
}


@pytest.mark.parametrize("which", LOOK_UPS)
def test_a_look_up_is_led_by_what_is_asked_for_and_never_by_a_log(transaction: Transaction, which: str) -> None:
    leading, ask = LOOK_UPS[which]
    plan = plan_of(transaction, lambda: ask(transaction))
    assert BY_OBJECT in plan, plan
    for whole in ("Seq Scan", "pk_delivery", "delivery USING PRIMARY KEY", "SCAN delivery", f"SCAN {leading}"):
        assert whole not in plan, plan
    if transaction.dialect.name == "sqlite":
        first = next(line for line in plan.splitlines() if "SEARCH" in line)
        assert f"SEARCH {leading} " in first, plan
    else:
        lines = plan.splitlines()
        (condition,) = [after for line, after in itertools.pairwise(lines) if f" on {leading}  (" in line]
        assert f"({KEYS[leading]} " in condition, plan


SHELF = "c1h001"
SEARCHES = {
    "everything": {},
    "types": {"types": frozenset({"indicator"})},
    "words": {"words": ("kit",)},
    "terms": {"terms": (("label", frozenset({"x"})), ("marking", frozenset({"y", "z"})))},
    "what holds now": {"valid": True},
    "open patterns": {"terms": (("pattern", frozenset({"open"})),), "types": frozenset({"indicator"}), "valid": True},
    "bounds": {"compared": (("confidence_min", 1), ("created_after", "2026"), ("modified_before", "2020"))},
}
NOTHING = {"types": None, "words": (), "terms": (), "among": None, "compared": (), "valid": None}
LED = {"words": Led({1, 2}), "terms": Led({1, 2})}
WALKED = {
    which: Led(
        None, asked.get("terms", ()), [[SHELF + word for word in asked.get("words", ())]] if "words" in asked else ()
    )
    for which, asked in SEARCHES.items()
}


def plan_of_search(transaction: Transaction, which: str, led: Led) -> str:
    wanted = Wanted(**{**NOTHING, **SEARCHES[which]}, valid_at="2026", first=BEFORE_ALL, last=AFTER_ALL)
    return plan_of(transaction, lambda: searches.rows(transaction, LOG, led, wanted, 4, 5))


@pytest.mark.parametrize("which", SEARCHES)
def test_a_search_that_nothing_leads_is_a_walk_of_one_log_from_its_end(transaction: Transaction, which: str) -> None:
    plan = plan_of_search(transaction, which, WALKED[which])
    assert "pk_delivery" in plan or "delivery USING PRIMARY KEY" in plan, plan
    assert any(way in plan for way in ONE_LOG), plan
    for worse in ("Sort", "TEMP B-TREE FOR ORDER", "SCAN delivery", "Seq Scan on delivery"):
        assert worse not in plan, plan


@pytest.mark.parametrize("which", LED)
def test_a_search_that_an_index_leads_asks_for_no_range_of_a_log(transaction: Transaction, which: str) -> None:
    plan = plan_of_search(transaction, which, LED[which])
    assert BY_OBJECT in plan, plan
    for whole in ("pk_delivery", "delivery USING PRIMARY KEY", "SCAN delivery", "Seq Scan"):
        assert whole not in plan, plan


def test_a_term_is_asked_of_its_own_index(transaction: Transaction) -> None:
    asked = {"collection": 1, "shelves": {SHELF}}
    terms = [("label", frozenset({"x"}))]
    plan = plan_of(transaction, lambda: leads.lead(transaction, **asked, terms=terms, words=()))
    assert "pk_term" in plan or "term USING PRIMARY KEY" in plan, plan


def test_the_shelves_of_a_log_are_read_from_one_range_of_it(transaction: Transaction) -> None:
    plan = plan_of(transaction, lambda: leads.shelves_since(transaction, LOG.id, 1))
    assert any(way in plan for way in ONE_LOG), plan
    for whole in ("SCAN delivery", "SCAN searchable", "Seq Scan"):
        assert whole not in plan, plan


def test_contents_are_asked_for_by_their_keys(transaction: Transaction) -> None:
    plan = plan_of(transaction, lambda: objects.contents_of(transaction, range(1, 11)))
    assert any(way in plan for way in ("(id = ANY", "(version = ANY", "USING INTEGER PRIMARY KEY (rowid=?)")), plan
