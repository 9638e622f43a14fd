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
EXAMPLES = {"sqlite": 10, "postgresql": 3}
PREFIXES = count()
ABOUT = (("report", ""), ("indicator", " open"))
"""What is pushed with each report, and by what its id goes."""

reports = st.lists(
    st.tuples(st.sampled_from(sorted(FEEDS)), st.sampled_from([CLEAR, GREEN, AMBER, AMBER_STRICT, RED])), max_size=2
)


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
    @given(pushes, reports, st.sampled_from(sorted(FEEDS)))
    def find_the_same(given_pushes: Any, given_reports: Any, withdraws: str) -> None:
        prefix = f"analysts {next(PREFIXES)}"
        began = from_datetime(exchange.clock.now())
        ids = filled(exchange, direct, prefix, given_pushes, given_reports, withdraws)
        for account in (*ANALYSTS, NAMED):
            pulled = Pulled(direct, account, ids)
            check_objects(pulled)
            check_values(pulled, prefix)
            check_matches(pulled, prefix)
            check_graphs(pulled)
            check_changes(pulled, began)
            check_searches(pulled, began)
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


def an_open_pattern(which: str, prefix: str, mark: str) -> STIX:
    """An indicator that names no value: no index leads to it."""
    pattern = f"[domain-name:value LIKE '%.{prefix.replace(' ', '-')}.example']"
    return an_indicator(f"{which} open", mark, name="open", pattern=pattern)


def a_report(which: str, refs: list[str], mark: str) -> STIX:
    return {
        "type": "report",
        "spec_version": "2.1",
        "id": stix_id("report", which),
        "created": "2026-05-01T00:00:00.000Z",
        "modified": "2026-05-01T00:00:00.000Z",
        "name": which,
        "published": "2026-05-01T00:00:00Z",
        "object_refs": refs,
        "object_marking_refs": [mark],
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
