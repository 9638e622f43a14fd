"""The decisions that people labelled (shared/data/decisions), through the whole exchange: files, pushes, pulls.

Each row is a partnership of its own in one exchange, so that no row may depend on what the others brought. Its context
and its object are pushed at their instants; then its reader asks, on every path. The few rows whose agreement a
revision moved have an exchange of their own.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from app.clock import SteadyClock
from app.exchange.push_status import AFTER_REVIEW
from app.policy.partnership import Role
from app.stix.timestamps import version_key
from tests.policy.test_labelled_decisions import EXPLAINED, ROWS, instant
from tests.support.clocks import StillClock
from tests.support.exchanges import TAXII, Running, running
from tests.support.stix import GREEN, RED, an_envelope

Row = Mapping[str, Any]

EVERY_FIFTH = ROWS[::5]
ON_ENGINE = {"sqlite": ROWS, "postgresql": EVERY_FIFTH}
CASES = [(engine, row) for engine, rows in ON_ENGINE.items() for row in rows]


def is_revised(row: Row) -> bool:
    """Whether the row's object was received before its agreement came into force."""
    return row["kind"] == "release" and instant(row["received"]) < instant(row["agreement"]["effective"])


def the_files(rows: Sequence[Row], effective: str | None = None) -> Mapping[str, str]:
    """The agreements of the rows as collections/ would hold them: JSON is YAML. The partners are the same in every row.

    `effective` stands in for what the agreements say.
    """
    (partners,) = {json.dumps(row["agreement"]["partners"], sort_keys=True) for row in rows}
    (host,) = {row["agreement"]["host"] for row in rows}
    known = {name: {"name": name, **partner} for name, partner in json.loads(partners).items()}
    (identity,) = {row["agreement"]["exchange_identity"] for row in rows}
    texts = {"partners.yaml": json.dumps({"host": host, "identity": identity, "partners": known})}
    for row in rows:
        texts[f"{row['id']}.yaml"] = json.dumps(translated(row, effective or row["agreement"]["effective"]))
    return texts


def translated(row: Row, effective: str) -> Mapping[str, Any]:
    """The agreement of one row in the words of our files; what they have no words for is left out."""
    agreement = row["agreement"]
    collection, release, intake = agreement["collection"], agreement["release"], agreement["intake"]
    named = {"tlp", "unmarked", "granular", "statements", "pap", "iep"}
    acs = release.get("acs", {})
    return {
        "partnership": row["id"],
        "title": row["id"],
        "agreement": {
            "reference": row["id"],
            "effective": effective,
            "expires": agreement["expires"],
        },
        "members": {
            name: {**member, **acs.get("members", {}).get(name, {})} for name, member in agreement["members"].items()
        },
        "collections": {
            collection["alias"]: {
                "id": str(UUID(bytes=random.Random(row["id"]).randbytes(16), version=4)),
                "title": "Indicators",
                **{name: collection[name] for name in ("read", "write", "listed", "closure") if name in collection},
                "release": {
                    **{name: value for name, value in release.items() if name in named},
                    "red": [account_of(*name.split("/")) for name in release.get("red", [])],
                    "acs": {name: tokens for name, tokens in acs.items() if name != "members"},
                    "custom": release.get("custom", {}),
                },
                "intake": {
                    **intake,
                    "review": review_of(row),
                    "spec_versions": ["2.0", "2.1"],
                },
            }
        },
    }


def review_of(row: Row) -> Mapping[str, Any]:
    """What goes to review: the agreement's types; and the level of what is in quarantine, where something is."""
    held = [entry["object"] for entry in row["context"] if entry["state"] == "held"]
    marks = {mark for each in held for mark in each["object_marking_refs"]}
    levels = [level for level, mark in (("green", GREEN), ("red", RED)) if mark in marks]
    return {"types": row["agreement"]["intake"].get("review", []), "tlp": levels}


def account_of(partner: str, account: str) -> str:
    """Account names are unique in an exchange; in the rows they are unique within a partner."""
    return f"{partner}/{partner}-{account}"


@contextmanager
def the_exchange(databases: Any, folder: Path, rows: Sequence[Row], effective: str | None = None) -> Iterator[Running]:
    """One exchange with these rows, and every account that they name; a feeder for each partner."""
    named = {(each["partner"], each["account"], each["role"]) for row in rows for each in asking(row)}
    named |= {(partner, "feed", "feeder") for row in rows for partner in row["agreement"]["partners"]}
    files = the_files(rows, effective)
    with databases.new(folder) as url, running(url, folder, files, StillClock(), only=[]) as made:
        for partner, account, role in sorted(named):
            made.add_account(f"{partner}-{account}", partner, Role(role))
        yield made


def asking(row: Row) -> list[Mapping[str, str]]:
    return [row[who] for who in ("reader", "account") if who in row]


@pytest.fixture(scope="module")
def rows_on_sqlite(sqlite_databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Running]]:
    with the_exchange(sqlite_databases, tmp_path_factory.mktemp("rows"), not_revised("sqlite")) as made:
        yield sqlite_databases, made


@pytest.fixture(scope="module")
def rows_on_postgresql(
    postgres_databases: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Any, Running]]:
    with the_exchange(postgres_databases, tmp_path_factory.mktemp("rows"), not_revised("postgresql")) as made:
        yield postgres_databases, made


def not_revised(engine: str) -> list[Row]:
    return [row for row in ON_ENGINE[engine] if not is_revised(row)]


@pytest.mark.parametrize(("engine", "row"), CASES, ids=[f"{engine}-{row['id']}" for engine, row in CASES])
def test_a_labelled_decision_holds_from_push_to_pull(
    request: pytest.FixtureRequest, engine: str, row: Row, tmp_path: Path
) -> None:
    databases, exchange = request.getfixturevalue(f"rows_on_{engine}")
    if row["kind"] == "intake":
        happened = intake_outcome(exchange, row)
    elif is_revised(row):
        with the_exchange(databases, tmp_path, [row], effective="2020-01-01") as earlier:
            happened = release_outcome(earlier, row)
    else:
        happened = release_outcome(exchange, row)
    told = f"{row['says']} {row['because']}"
    assert (happened != row["expect"]) == (row["id"] in EXPLAINED), told


def move_to(exchange: Running, when: datetime) -> None:
    """On, or back, where the rows are for a process whose clock has never been further."""
    assert isinstance(exchange.clock, StillClock)
    exchange.clock.set(when)
    steady = exchange.exchange.clock
    assert isinstance(steady, SteadyClock)
    SteadyClock.__init__(steady, exchange.clock)


def push(exchange: Running, row: Row, account: str, when: datetime, *objects: Mapping[str, Any]) -> str | None:
    """What becomes of the last of the objects: None is a success, AFTER_REVIEW that it is held."""
    move_to(exchange, when)
    answer = exchange.client(account).post(
        f"/{row['id']}/collections/{row['agreement']['collection']['alias']}/objects/",
        content=an_envelope(objects),
        headers={"Content-Type": TAXII},
    )
    if answer.status_code in (403, 404):
        return f"{answer.status_code}"
    assert answer.status_code == 202, answer.text
    status = answer.json()
    last = objects[-1]["id"]
    told = {each["id"]: each["message"] for each in status.get("failures", [])}
    told.update(
        (each["id"], AFTER_REVIEW) for each in status.get("successes", []) if each.get("message") == AFTER_REVIEW
    )
    return told.get(last)


def push_context(exchange: Running, row: Row) -> None:
    """What stands beside the object, in the order of its instants; what is in quarantine is pushed and held."""
    for entry in sorted(row["context"], key=lambda entry: instant(entry["at"])):
        if instant(entry["at"]) > instant(row["at"]):
            continue
        account, each = f"{entry['by']}-feed", entry["object"]
        waits = push(exchange, row, account, instant(entry["at"]), each) == AFTER_REVIEW
        assert waits == (entry["state"] == "held")
        if entry["state"] == "withdrawn":
            which = f"match[version]={version_of(each)}" if version_of(each) else ""
            path = f"/{row['id']}/collections/indicators/objects/{each['id']}/?{which}"
            assert exchange.client(account).delete(path).status_code == 200


def intake_outcome(exchange: Running, row: Row) -> str:
    push_context(exchange, row)
    account = row["account"]
    name = account_of(account["partner"], account["account"]).partition("/")[2]
    message = push(exchange, row, name, instant(row["at"]), *row.get("envelope", []), row["object"])
    if message == AFTER_REVIEW:
        assert not is_in_the_log_of_its_submitter(exchange, row)
        return "quarantine"
    if message is None:
        assert is_in_the_log_of_its_submitter(exchange, row), "what a status calls a success is stored"
        return "accept"
    assert message.strip()
    return "refuse"


def is_in_the_log_of_its_submitter(exchange: Running, row: Row) -> bool:
    account, collection = row["account"], row["agreement"]["collection"]
    if collection["read"] != "all" and account["partner"] not in collection["read"]:
        return True
    of = f"{row['id']}/collections/{collection['alias']}"
    found = exchange.objects(f"{account['partner']}-{account['account']}", "match[version]=all", of)
    return row["object"] in found or any(same_definition(row["object"], each) for each in found)


def same_definition(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one["type"] == "marking-definition" and one["id"] == other["id"]


def release_outcome(exchange: Running, row: Row) -> str:
    later = [entry for entry in row["context"] if instant(entry["at"]) > instant(row["received"])]
    push_context(exchange, {**row, "context": [entry for entry in row["context"] if entry not in later]})
    held = any(entry["state"] == "held" and entry["object"] == row["object"] for entry in row["context"])
    if not held:
        feed = f"{row['submitter']}-feed"
        refused = push(exchange, row, feed, instant(row["received"]), *row.get("envelope", []), row["object"])
        if refused is not None:
            return "withhold"
    push_context(exchange, {**row, "context": later})
    move_to(exchange, instant(row["at"]))
    if is_revised(row):
        exchange.apply(the_files([row]))
    exchange.sweep()
    return "release" if stands(exchange, row) else "sanitise" if has_stand_in(exchange, row) else "withhold"


def has_stand_in(exchange: Running, row: Row) -> bool:
    """Whether the reader is given something that the exchange itself has signed."""
    name = account_of(row["reader"]["partner"], row["reader"]["account"]).partition("/")[2]
    answer = exchange.client(name).get(f"/{row['id']}/collections/{row['agreement']['collection']['alias']}/objects/")
    found = answer.json().get("objects", []) if answer.status_code == 200 else []
    return any(each.get("created_by_ref") == row["agreement"]["exchange_identity"] for each in found)


def stands(exchange: Running, row: Row) -> bool:
    """Whether the object's version stands on every path on which its reader asks; on some, not on others: a failure."""
    alias = row["agreement"]["collection"]["alias"]
    name = account_of(row["reader"]["partner"], row["reader"]["account"]).partition("/")[2]
    client, base, wanted = exchange.client(name), f"/{row['id']}/collections/{alias}", row["object"]

    def ask(path: str) -> tuple[int, Any]:
        answer = client.get(f"{base}/{path}")
        assert answer.status_code in (200, 403, 404), answer.text
        return answer.status_code, answer.json() if answer.status_code == 200 else {}

    one = f"objects/{quote(wanted['id'])}/"
    status, alone = ask(f"{one}?match[version]=all")
    _, every = ask("objects/?match[version]=all")
    _, manifest = ask("manifest/?match[version]=all")
    _, versions = ask(f"{one}versions/")
    records = [each for each in manifest.get("objects", []) if each["id"] == wanted["id"]]
    contents = [each for each in every.get("objects", []) if each["id"] == wanted["id"]]
    assert alone.get("objects", []) == contents
    assert [each["version"] for each in records] == versions.get("versions", [])
    assert [version_of(each) for each in contents if version_of(each)] == [
        each["version"] for each in records if any(map(version_of, contents))
    ]
    assert (status == 200) == bool(contents)
    return wanted in contents


def version_of(each: Mapping[str, Any]) -> str | None:
    found = each.get("modified", each.get("created"))
    assert found is None or version_key(found)
    return found
