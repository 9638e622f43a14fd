"""One object, its graph and its report: each analyst sees as far as its partner may, and a hidden object is none."""

from typing import Any

import pytest

from tests.analyst.world import (
    ADDRESS,
    DOMAIN,
    HIDDEN_INDICATES,
    INDICATES,
    KIT,
    NAMES,
    NETWORK,
    OLD_DOMAIN,
    REPORT,
    SECRET,
    SEEN,
    SHELL,
    USES,
    ask,
    asked,
)
from tests.support.exchanges import Running


def named(entries: list[dict[str, Any]]) -> list[str]:
    return [NAMES[each["id"]] for each in entries]


def ids(entries: list[dict[str, Any]]) -> set[str]:
    return {each["id"] for each in entries}


def test_an_object_is_given_in_its_newest_version_or_in_all(world: Running) -> None:
    newest = ask(world, "port-analyst", f"object/{DOMAIN['id']}")
    assert [each["object"]["pattern"] for each in newest["versions"]] == [DOMAIN["pattern"]]
    every = ask(world, "port-analyst", f"object/{DOMAIN['id']}", versions="all")
    assert [each["object"]["pattern"] for each in every["versions"]] == [DOMAIN["pattern"], OLD_DOMAIN["pattern"]]


def test_what_refers_to_an_object_comes_along_page_by_page(world: Running) -> None:
    whole = ask(world, "nl-analyst", f"object/{KIT['id']}")
    assert ids(whole["relationships"]) == {INDICATES["id"], HIDDEN_INDICATES["id"], USES["id"]}
    assert named(whole["references"]) == ["Kit on the move"]
    first = ask(world, "nl-analyst", f"object/{KIT['id']}", limit=3)
    second = ask(world, "nl-analyst", f"object/{KIT['id']}", limit=3, next=first["next"])
    groups = ("sightings", "relationships", "references")
    for group in groups:
        assert first[group] + second[group] == whole[group]
    assert "next" not in second
    port = ask(world, "port-analyst", f"object/{KIT['id']}")
    assert ids(port["relationships"]) == {INDICATES["id"], USES["id"]}


@pytest.mark.parametrize("path", ["object", "graph", "report"])
def test_a_hidden_object_is_not_found_like_one_that_never_was(world: Running, path: str) -> None:
    answers = [
        asked(world, "port-analyst", f"{path}/{object_id}")
        for object_id in (NETWORK["id"], SECRET["id"], "indicator--00000000-0000-4000-8000-000000000000", "x", "x%00")
    ]
    told = {(each.status_code, each.json()["description"]) for each in answers}
    assert told == {(404, "There is nothing here that this account may know of.")}
    assert asked(world, "nl-analyst", f"{path}/{NETWORK['id']}").status_code == 200


def test_a_graph_reaches_as_many_steps_as_asked_and_no_further_than_may_be_seen(world: Running) -> None:
    one = ask(world, "port-analyst", f"graph/{ADDRESS['id']}", steps=1)
    assert ids(one["entries"]) == {ADDRESS["id"], INDICATES["id"], SEEN["id"], REPORT["id"]}
    assert one["entries"][0]["id"] == ADDRESS["id"]
    two = ask(world, "port-analyst", f"graph/{ADDRESS['id']}", steps=2)
    assert ids(two["entries"]) == ids(one["entries"]) | {KIT["id"]}
    four = ask(world, "port-analyst", f"graph/{ADDRESS['id']}", steps=4)
    assert ids(four["entries"]) == ids(two["entries"]) | {USES["id"], SHELL["id"]}
    assert {"source": REPORT["id"], "property": "object_refs", "target": KIT["id"]} in four["edges"]
    there = ids(four["entries"])
    assert all(each["source"] in there and each["target"] in there for each in four["edges"])
    assert NETWORK["id"] in ids(ask(world, "nl-analyst", f"graph/{ADDRESS['id']}")["entries"])


def test_a_graph_that_is_cut_off_says_so(world: Running) -> None:
    cut = ask(world, "port-analyst", f"graph/{ADDRESS['id']}", steps=4, limit=3)
    assert (len(cut["entries"]), cut["more"]) == (4, True)
    whole = ask(world, "port-analyst", f"graph/{ADDRESS['id']}", steps=4, limit=6)
    assert (len(whole["entries"]), whole["more"]) == (7, False)


def test_a_report_is_given_with_all_its_contents_that_may_be_seen(world: Running) -> None:
    assert ids(ask(world, "nl-analyst", f"report/{REPORT['id']}")["entries"]) == {
        REPORT["id"], ADDRESS["id"], NETWORK["id"], KIT["id"],
    }  # fmt: skip
    port = ask(world, "port-analyst", f"report/{REPORT['id']}")
    assert ids(port["entries"]) == {REPORT["id"], ADDRESS["id"], KIT["id"]}
    assert [each["target"] for each in port["edges"]] == sorted([ADDRESS["id"], KIT["id"]])
