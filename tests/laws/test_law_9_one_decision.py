"""Law 9: one decision. Every read path rests on the same pure function.

Whatever is pushed by whom, under whatever markings: objects, one object, all versions, versions, manifest, explanation
and ledger tell each account the same, and what they tell is what the policy says when it is worked out a second time.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings

from app.exchange.explain import explain
from app.exchange.received import received
from app.policy.release import Release
from app.policy.release_case import Audience
from tests.laws.generated_pushes import (
    NOBODY,
    RELAYED,
    STATEMENTS,
    Contributed,
    Pushed,
    Reference,
    as_stix,
    every_version,
    newest,
    pushes,
    text_of,
)
from tests.support.agreements import HOST_IDENTITY
from tests.support.cases import examples, record_cases
from tests.support.clocks import StillClock
from tests.support.direct import Answer, Direct
from tests.support.exchanges import Running, running
from tests.support.stix import AMBER, GREEN

HERE = "north-sea/collections/indicators"
FEEDS = {"nl-cert": "nl-feed", "wind-isac": "wind-feed", "water-nl": "water-feed"}
AUDIENCES = {
    "nl-soc": Audience("nl-cert"),
    "duty-officer": Audience("nl-cert", "nl-cert/duty-officer"),
    "wind-soc": Audience("wind-isac"),
    "water-soc": Audience("water-nl"),
    "port-soc": Audience("port-nl"),
}
EXAMPLES = {"sqlite": 20, "postgresql": 8}
PREFIXES = count()

FIRST = "2026-05-01T00:00:00.000Z"
ANOTHER_DEFINITION_STANDS_BEFORE_IT = [
    (
        "water-nl",
        [
            Pushed("statement", 0, FIRST, 0, HOST_IDENTITY, (), ()),
            Pushed("statement", 1, FIRST, 0, None, (AMBER, STATEMENTS[0]), ()),
        ],
    ),
    ("nl-cert", [Pushed("statement", 0, FIRST, 0, NOBODY, (GREEN,), ())]),
]
"""nl-cert's own definition takes the place of water-nl's in its log, on which another of water-nl's objects rests."""


@pytest.fixture
def relayed(database_url: str, tmp_path: Path) -> Iterator[tuple[str, Running, Direct]]:
    """The exchange, and a client of it. All examples share it: each has ids of its own."""
    with running(database_url, tmp_path, RELAYED) as made, Direct(made.application, made.secrets) as direct:
        yield database_url.partition(":")[0], made, direct


def test_every_path_tells_each_account_what_the_policy_says(relayed: tuple[str, Running, Direct]) -> None:
    engine, exchange, direct = relayed

    @settings(
        max_examples=examples(EXAMPLES[engine]), phases=[Phase.explicit, Phase.generate]
    )  # shrinking takes minutes
    @given(pushes)
    @example(ANOTHER_DEFINITION_STANDS_BEFORE_IT)
    def tell_the_same(given_pushes: Any) -> None:
        reference, ids = pushed(exchange, direct, given_pushes)
        offered: Counter[tuple[str, str, str, str]] = Counter()
        for account, audience in AUDIENCES.items():
            check_reads(direct, reference, ids, account, audience, offered)
            check_explanations(exchange, reference, account, audience)
        for object_id in ids:
            recorded = Counter(
                (each.account, each.endpoint, object_id, each.version)
                for each in received(exchange.exchange, object_id)
            )
            assert recorded == Counter({each: n for each, n in offered.items() if each[2] == object_id})
        record_cases("law 9: one decision")

    tell_the_same()


def pushed(
    exchange: Running, direct: Direct, given_pushes: Any, reference: Reference | None = None, prefix: str = ""
) -> tuple[Reference, list[str]]:
    """Push everything; each object has to be taken or refused as worked out. Also all ids, of those refused too."""
    reference, ids = reference or Reference(), set[str]()
    prefix = prefix or f"example {next(PREFIXES)}"
    for partner, objects in given_pushes:
        assert isinstance(exchange.clock, StillClock)
        exchange.clock.advance(seconds=1)
        trees = [as_stix(each, prefix) for each in objects]
        ids.update(tree["id"] for tree in trees)
        answer = direct.post(FEEDS[partner], trees, to=HERE)
        assert answer.status == 202, answer.body
        status = answer.json()
        versions = {"success": list(status.get("successes", [])), "failure": list(status.get("failures", []))}
        judged_first = [tree for tree in trees if tree["type"] == "marking-definition"]
        expected: dict[int, bool] = {}
        for tree in [*judged_first, *(tree for tree in trees if tree["type"] != "marking-definition")]:
            expected[id(tree)] = reference.expect(partner, tree)
            if expected[id(tree)]:
                position = [id(each) for each in trees].index(id(tree))
                reference.take(partner, tree, version_told(trees, position, versions["success"], status))
        outcomes = [tree["id"] for tree in trees if expected[id(tree)]]
        assert [each["id"] for each in versions["success"]] == outcomes, status
    return reference, sorted(ids)


def version_told(trees: list[Any], position: int, successes: list[Any], status: Any) -> str:
    """The version of an object: its own, or for one without dates what the status says."""
    tree = trees[position]
    told = tree.get("modified", tree.get("created"))
    if told is not None:
        return str(told)
    same = [index for index, each in enumerate(trees) if each["id"] == tree["id"]]
    answers = [each for each in successes if each["id"] == tree["id"]]
    assert len(answers) == len(same), status
    return str(answers[same.index(position)]["version"])


@dataclass(frozen=True)
class Asked:
    """One request, and the rows that its answer has to hold."""

    endpoint: str
    target: str
    rows: list[Contributed]


def check_reads(
    direct: Direct,
    reference: Reference,
    ids: list[str],
    account: str,
    audience: Audience,
    offered: Counter[tuple[str, str, str, str]],
) -> None:
    seen = {
        object_id: [one for one, _, in_the_log in reference.decided(object_id, audience) if in_the_log]
        for object_id in ids
    }
    by_default = [one for rows in seen.values() for one in newest(rows)]
    in_full = [one for rows in seen.values() for one in every_version(rows)]
    which = f"match[id]={','.join(ids)}"
    asked = [
        Asked("objects", f"/{HERE}/objects/?{which}", by_default),
        Asked("objects", f"/{HERE}/objects/?{which}&match[version]=all", in_full),
        Asked("manifest", f"/{HERE}/manifest/?{which}", by_default),
        Asked("manifest", f"/{HERE}/manifest/?{which}&match[version]=all", in_full),
    ]
    for object_id, rows in seen.items():
        path = f"/{HERE}/objects/{object_id}/"
        asked.append(Asked("object", path, newest(rows)))
        asked.append(Asked("object", f"{path}?match[version]=all", every_version(rows)))
        asked.append(Asked("versions", f"{path}versions/", every_version(rows)))
    answers = direct.all_at_once(account, [each.target for each in asked])
    for each, answer in zip(asked, answers, strict=True):
        assert told(each.endpoint, answer) == wanted(each), (account, each.target)
        offered.update((account, each.endpoint, one.id, one.version) for one in each.rows)
    assert in_order(answers[0]) == in_order(answers[2])
    assert in_order(answers[1]) == in_order(answers[3])


def told(endpoint: str, answer: Answer) -> list[str] | None:
    """What an answer holds, sorted; None for 404."""
    if answer.status == 404:
        return None
    assert answer.status == 200, answer.body
    body = answer.json()
    if endpoint == "versions":
        return sorted(body.get("versions", []))
    if endpoint == "manifest":
        return sorted(f"{each['id']} {each['version']} {each['media_type'][-3:]}" for each in body.get("objects", []))
    return sorted(text_of(each) for each in body.get("objects", []))


def wanted(asked: Asked) -> list[str] | None:
    if asked.endpoint == "versions":
        return sorted(one.version for one in asked.rows) or None
    if asked.endpoint == "manifest":
        return sorted(f"{one.id} {one.version} {one.spec}" for one in asked.rows)
    texts = sorted(text_of(one.tree) for one in asked.rows)
    return texts or (None if asked.endpoint == "object" else [])


def in_order(answer: Answer) -> list[str]:
    return [each["id"] for each in answer.json().get("objects", [])]


def check_explanations(exchange: Running, reference: Reference, account: str, audience: Audience) -> None:
    for object_id in {one.id for one in reference.contributed}:
        explained = [
            (each.contributed_by, each.version, isinstance(each.explanation.decision, Release), each.delivered)
            for each in explain(exchange.exchange, "north-sea/indicators", object_id, account)
        ]
        expected = [
            (one.partner, one.version, released, in_the_log)
            for one, released, in_the_log in reference.decided(object_id, audience)
        ]
        assert explained == expected, (account, object_id)
