"""Law 9, for analysts: nothing that the analyst API finds could not be pulled, and what can be pulled can be found.

Whatever is pushed and withdrawn by whom, under whatever markings: look-ups of one value and of many, objects and their
versions, graphs, reports, matches, changes and exports are compared with what the same account pulls.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.policy.partnership import Role
from app.stix.timestamps import from_datetime
from tests.laws.generated_pushes import RELAYED, as_stix, pushes, text_of, value_of
from tests.support.cases import record_cases
from tests.support.clocks import StillClock
from tests.support.direct import Answer, Direct
from tests.support.exchanges import Running, running
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, RED, STIX, an_indicator, stix_id

HERE = "north-sea/collections/indicators"
FEEDS = {"nl-cert": "nl-feed", "wind-isac": "wind-feed", "water-nl": "water-feed"}
ANALYSTS = {"water-analyst": "water-nl", "port-analyst": "port-nl"}
NAMED = "duty-officer"
JOINING = ("indicates", "uses")
EXAMPLES = {"sqlite": 10, "postgresql": 3}
PREFIXES = count()
ABOUT = (("report", ""), ("indicator", " open"))
"""What is pushed with each report, and by what its id goes."""

members = st.sampled_from(sorted(FEEDS))
levels = st.sampled_from([CLEAR, GREEN, AMBER, AMBER_STRICT, RED])
reports = st.lists(st.tuples(members, levels), max_size=2)


@dataclass(frozen=True)
class Taught:
    """An attack pattern with an id of ATT&CK, and a relationship that leads to it from an indicator."""

    whose: str
    mark: str
    sub_technique: int
    joined_by: str
    joining: str
    how: str
    which: int


techniques = st.lists(
    st.builds(
        Taught, members, levels, st.integers(1, 2), members, levels, st.sampled_from([*JOINING, "related-to"]),
        st.integers(0, 1),
    ),
    max_size=3,
)  # fmt: skip


@pytest.fixture
def asked(database_url: str, tmp_path: Path) -> Iterator[tuple[str, Running, Direct]]:
    """The exchange, and a client of it. All examples share it: each has ids and values of its own."""
    with running(database_url, tmp_path, RELAYED, only=list(FEEDS.values())) as made:
        for name, partner in ANALYSTS.items():
            made.add_account(name, partner, Role.ANALYST)
        made.add_account(NAMED, "nl-cert", Role.OFFICER)
        with Direct(made.application, made.secrets) as direct:
            yield database_url.partition(":")[0], made, direct


def test_analysts_find_what_they_could_pull_and_nothing_else(asked: tuple[str, Running, Direct]) -> None:
    engine, exchange, direct = asked

    @settings(max_examples=EXAMPLES[engine], phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes
    @given(pushes, reports, techniques, members)
    def find_the_same(given_pushes: Any, given_reports: Any, taught: list[Taught], withdraws: str) -> None:
        prefix = f"analysts {next(PREFIXES)}"
        began = from_datetime(exchange.clock.now())
        of_techniques = teach(direct, prefix, taught)
        ids = [*filled(exchange, direct, prefix, given_pushes, given_reports, withdraws), *of_techniques]
        for account in (*ANALYSTS, NAMED):
            pulled = Pulled(direct, account, ids)
            check_objects(pulled)
            check_values(pulled, prefix)
            check_matches(pulled, prefix)
            check_graphs(pulled)
            check_changes(pulled, began)
            check_searches(pulled, began)
            check_techniques(pulled, technique_of(prefix))
            check_exports(pulled, began)
        record_cases("law 9: one decision")

    find_the_same()


def filled(
    exchange: Running, direct: Direct, prefix: str, given_pushes: Any, given_reports: Any, withdraws: str
) -> list[str]:
    """Push everything, reports about all of it included, and withdraw what one member gave of one object; all ids."""
    assert isinstance(exchange.clock, StillClock)
    ids: set[str] = set()
    for partner, objects in given_pushes:
        trees = [as_stix(each, prefix) for each in objects]
        ids.update(str(tree["id"]) for tree in trees)
        direct.post(FEEDS[partner], trees, to=HERE)
        exchange.clock.advance(seconds=1)
    for number, (partner, mark) in enumerate(given_reports):
        about = [a_report(f"{prefix} {number}", sorted(ids), mark), an_open_pattern(f"{prefix} {number}", prefix, mark)]
        direct.post(FEEDS[partner], about, to=HERE)
    direct.ask(FEEDS[withdraws], "DELETE", f"/{HERE}/objects/{min(ids)}/")
    exchange.clock.advance(seconds=1)
    told = [f"{prefix} {number}" for number, _ in enumerate(given_reports)]
    return sorted({*ids, *(stix_id(kind, f"{each}{of}") for each in told for kind, of in ABOUT)})


def technique_of(prefix: str) -> str:
    """An id of ATT&CK that is of this example alone."""
    return f"T{int(prefix.split()[1]):04}"


def teach(direct: Direct, prefix: str, taught: list[Taught]) -> list[str]:
    """Push attack patterns and what leads to them; all ids."""
    ids: list[str] = []
    for number, each in enumerate(taught):
        external_id = f"{technique_of(prefix)}.00{each.sub_technique}"
        references = [{"source_name": "mitre-attack", "external_id": external_id}]
        pattern = a_domain_object(
            "attack-pattern", f"{prefix} {number}", each.mark, name="taught", external_references=references
        )
        joined = a_domain_object(
            *("relationship", f"{prefix} {number}", each.joining),
            relationship_type=each.how,
            source_ref=stix_id("indicator", f"{prefix} {each.which}"),
            target_ref=pattern["id"],
        )
        direct.post(FEEDS[each.whose], [pattern], to=HERE)
        direct.post(FEEDS[each.joined_by], [joined], to=HERE)
        ids += [pattern["id"], joined["id"]]
    return ids


def an_open_pattern(which: str, prefix: str, mark: str) -> STIX:
    """An indicator that names no value: no index leads to it."""
    pattern = f"[domain-name:value LIKE '%.{prefix.replace(' ', '-')}.example']"
    return an_indicator(f"{which} open", mark, name="open", pattern=pattern)


def a_report(which: str, refs: list[str], mark: str) -> STIX:
    return a_domain_object("report", which, mark, name=which, published="2026-05-01T00:00:00Z", object_refs=refs)


def a_domain_object(kind: str, which: str, mark: str, **more: Any) -> STIX:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": stix_id(kind, which),
        "created": "2026-05-01T00:00:00.000Z",
        "modified": "2026-05-01T00:00:00.000Z",
        "object_marking_refs": [mark],
        **more,
    }


@dataclass
class Pulled:
    """What one account pulls of the objects of one example, over TAXII: the newest versions, and all of them."""

    direct: Direct
    account: str
    ids: list[str]

    def __post_init__(self) -> None:
        which = f"match[id]={','.join(self.ids)}"
        self.newest: Mapping[str, Any] = {each["id"]: each for each in self._objects(which)}
        self.every: list[Any] = self._objects(f"{which}&match[version]=all")

    def ask(self, target: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        return self.direct.ask(self.account, method, f"/analyst/v1/{target}", body, **headers)

    def _objects(self, query: str) -> list[Any]:
        found: list[Any] = self.direct.ask(self.account, "GET", f"/{HERE}/objects/?{query}").json().get("objects", [])
        return found


def texts(objects: Any) -> list[str]:
    return sorted(map(text_of, objects))


def shown(entries: Any) -> list[str]:
    return texts(each["object"] for each in entries)


def check_objects(pulled: Pulled) -> None:
    for object_id in pulled.ids:
        answer = pulled.ask(f"object/{object_id}?versions=all&limit=1000")
        if object_id not in pulled.newest:
            assert answer.status == 404
            assert pulled.ask(f"graph/{object_id}").status == pulled.ask(f"report/{object_id}").status == 404
            continue
        found = answer.json()
        assert shown(found["versions"]) == texts(each for each in pulled.every if each["id"] == object_id)
        assert shown(pulled.ask(f"object/{object_id}").json()["versions"]) == texts([pulled.newest[object_id]])
        referring = [each for each in pulled.newest.values() if object_id in each.get("object_refs", [])]
        assert shown(found["references"]) == texts(referring)


def check_values(pulled: Pulled, prefix: str) -> None:
    domains = [value_of(which, content, prefix) for which in (0, 1) for content in (0, 1)]
    addresses = ["198.51.100.0", "198.51.100.1"]
    expected = {
        value: texts(each for each in pulled.newest.values() if value in each.get("pattern", each.get("value", "")))
        for value in (*domains, *addresses)
    }
    for value, wanted in expected.items():
        found = pulled.ask(f"lookup?value={value}&limit=1000").json()
        entries = [each for group in ("indicators", "observables", "others") for each in found[group]]
        assert shown(each for each in entries if each["id"] in pulled.ids) == wanted, (pulled.account, value)
        assert {each["id"] for each in found["references"]} & set(pulled.ids) <= pulled.newest.keys()
    body = json.dumps({"values": list(expected), "limit": 1000}).encode()
    many = pulled.ask("lookup", "POST", body, content_type="application/json").json()
    for each in many["values"]:
        entries = [many["entries"][match["entry"]] for match in each["matches"]]
        assert shown(one for one in entries if one["id"] in pulled.ids) == expected[each["value"]]
    below = pulled.ask(f"lookup?value={prefix.replace(' ', '-')}.example&inside=true&limit=1000").json()
    wanted = {id_ for id_, each in pulled.newest.items() if any(value in each.get("pattern", "") for value in domains)}
    assert {each["id"] for each in below["indicators"]} == wanted


def check_matches(pulled: Pulled, prefix: str) -> None:
    """Whatever is observed: exactly what the account pulls matches that asks for one of these values, or for all."""
    first, second, *_ = domains = [value_of(which, content, prefix) for which in (0, 1) for content in (0, 1)]
    for observed in ([first], [first, second], domains):
        body = json.dumps({"values": [*observed, "198.51.100.0"]}).encode()
        wanted = [
            each
            for each in pulled.newest.values()
            if each["type"] == "indicator" and not each.get("revoked")
            if " LIKE " in each["pattern"] or each["pattern"].split("'")[1] in observed
        ]
        found, token = [], ""
        while token is not None:
            answer = pulled.ask(f"match?limit=2{token}", "POST", body, content_type="application/json").json()
            assert answer["undecided"] == []
            found += answer["indicators"]
            token = f"&next={answer['next']}" if "next" in answer else None
        assert shown(found) == texts(wanted), (pulled.account, observed)


def check_graphs(pulled: Pulled) -> None:
    for object_id, each in pulled.newest.items():
        if each["type"] == "report":
            named = [pulled.newest[ref] for ref in each["object_refs"] if ref in pulled.newest]
            found = pulled.ask(f"report/{object_id}?limit=1000").json()
            assert shown(found["entries"]) == texts([each, *named])
            assert sorted(edge["target"] for edge in found["edges"]) == sorted(one["id"] for one in named)
        around = pulled.ask(f"graph/{object_id}?steps=3&limit=1000").json()
        assert not around["more"]
        assert set(shown(around["entries"])) <= set(texts(pulled.newest.values()))


def check_changes(pulled: Pulled, since: str) -> None:
    found = every_page(pulled, f"changes?since={since}&limit=3")
    assert shown(found) == texts(pulled.newest.values())


def every_page(pulled: Pulled, target: str) -> list[Any]:
    found: list[Any] = []
    token = ""
    while True:
        page = pulled.ask(f"{target}{token}").json()
        found.extend(page["entries"])
        if "next" not in page:
            return found
        token = f"&next={page['next']}"


def check_searches(pulled: Pulled, since: str) -> None:
    of_types = {"type=indicator": ("indicator",), "type=ipv4-addr,report": ("ipv4-addr", "report")}
    for query, types in {"": None, **of_types}.items():
        wanted = [each for each in pulled.newest.values() if types is None or each["type"] in types]
        assert shown(every_page(pulled, f"search?added_after={since}&limit=3&{query}")) == texts(wanted)
    for mark in (CLEAR, GREEN, AMBER, RED):
        wanted = [each for each in pulled.newest.values() if mark in marks_of(each)]
        assert shown(every_page(pulled, f"search?added_after={since}&limit=100&marking={mark}")) == texts(wanted)
    wanted = [each for each in pulled.newest.values() if each.get("name") == "indicator 1"]
    assert shown(every_page(pulled, f"search?added_after={since}&limit=2&text=1+Indicator")) == texts(wanted)


def check_techniques(pulled: Pulled, technique: str) -> None:
    """What has the technique, or a relationship that is shown too says to use or to indicate what has it."""
    for asked_for in (technique, f"{technique}.001"):
        having = {
            id_
            for id_, each in pulled.newest.items()
            for one in each.get("external_references", [])
            if one["external_id"].startswith(asked_for)
        }
        joined = {
            each["source_ref"]
            for each in pulled.newest.values()
            if each.get("relationship_type") in JOINING and each["target_ref"] in having
        }
        wanted = [pulled.newest[id_] for id_ in having | joined if id_ in pulled.newest]
        assert shown(every_page(pulled, f"search?technique={asked_for}&limit=2")) == texts(wanted), pulled.account


def check_exports(pulled: Pulled, since: str) -> None:
    def exported(name: str) -> str:
        target = f"/{HERE}/exports/{name}/?added_after={since}"
        return pulled.direct.ask(pulled.account, "GET", target).body.decode()

    assert texts(map(json.loads, exported("ndjson").splitlines())) == texts(pulled.newest.values())
    wanted = {
        (each["id"], each["pattern"].split("'")[1])
        for each in pulled.newest.values()
        if each["type"] == "indicator" and not each.get("revoked") and " LIKE " not in each["pattern"]
    }
    rows = csv.DictReader(StringIO(exported("csv"), newline=""))
    assert {(each["id"], each["value"]) for each in rows} == wanted


def marks_of(tree: Any) -> list[str]:
    return [*tree.get("object_marking_refs", []), *(each["marking_ref"] for each in tree.get("granular_markings", []))]
