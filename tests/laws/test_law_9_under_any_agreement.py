"""Law 9 under generated agreements: what the logs hand out is what the reference policy releases.

Two-sided terms, every vocabulary, closure, dates and ages, terms of intake: an agreement is drawn, objects are pushed
under it, another agreement takes its place, time passes, and each account is given exactly what the policy says.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.policy.release_case import Audience
from tests.laws.generated_agreements import (
    DEFINED,
    OPEN,
    WRITERS,
    Contributed,
    Reference,
    agreements,
    as_stix,
    defined_by,
    files_of,
    pushes,
    terms_of,
)
from tests.support.cases import examples, record_cases
from tests.support.clocks import StillClock
from tests.support.direct import Direct
from tests.support.exchanges import Running, running

HERE = "north-sea/collections/indicators"
FEEDS = {"nl-cert": "nl-feed", "wind-isac": "wind-feed", "water-nl": "water-feed"}
ACCOUNTS = {
    "nl-soc": "nl-cert",
    "duty-officer": "nl-cert",
    "wind-soc": "wind-isac",
    "water-soc": "water-nl",
    "port-soc": "port-nl",
}
EXAMPLES = {"sqlite": 12, "postgresql": 5}
PREFIXES = count()
AFTER = st.sampled_from([{"seconds": 1}, {"hours": 4}, {"days": 3}])


@pytest.fixture
def exchange(database_url: str, tmp_path: Path) -> Iterator[tuple[str, Running, Direct]]:
    """The exchange, and a client of it. All examples share it: each has ids of its own."""
    with running(database_url, tmp_path, files_of(OPEN)) as made, Direct(made.application, made.secrets) as direct:
        for partner in WRITERS:
            answer = direct.post(FEEDS[partner], [defined_by(partner, kind) for kind in DEFINED], to=HERE)
            assert answer.json()["failure_count"] == 0, answer.body
        yield database_url.partition(":")[0], made, direct


def test_the_logs_hand_out_what_the_reference_releases(exchange: tuple[str, Running, Direct]) -> None:
    engine, made, direct = exchange

    @settings(max_examples=examples(EXAMPLES[engine]), phases=[Phase.explicit, Phase.generate])
    @given(agreements(), agreements(), pushes, AFTER)
    def tell_the_same(first: Any, second: Any, given_pushes: Any, after: Any) -> None:
        clock = made.clock
        assert isinstance(clock, StillClock)
        made.apply(files_of(first))
        reference = pushed(made, direct, given_pushes, terms_of(first))
        check(direct, reference, first, clock)
        made.apply(files_of(second))
        check(direct, reference, second, clock)
        clock.advance(**after)
        check(direct, reference, second, clock, due=True)
        made.sweep()
        check(direct, reference, second, clock)
        record_cases("law 9: one decision", 3)

    tell_the_same()


def pushed(made: Running, direct: Direct, given_pushes: Any, terms: Any) -> Reference:
    """Push everything; each object has to be taken or refused as worked out."""
    prefix, reference = f"agreement {next(PREFIXES)}", Reference()
    start = made.clock.now()
    for partner, objects in given_pushes:
        made.clock.advance(seconds=1)  # type: ignore[attr-defined]
        trees: dict[Any, Any] = {}
        for each in objects:
            tree = as_stix(each, partner, prefix, start)
            known = (partner, tree["id"], tree["modified"])
            if known not in trees and known not in {
                (o.partner, o.id, o.tree["modified"]) for o in reference.contributed
            }:
                trees[known] = tree
        answer = direct.post(FEEDS[partner], list(trees.values()), to=HERE)
        if partner not in terms.partnership.collections["indicators"].write:
            assert answer.status in (403, 404), answer.body
            continue
        status = answer.json()
        taken = []
        for tree in trees.values():
            if reference.expect(partner, tree, terms, made.clock.now()):
                number = len(reference.contributed) + 1
                reference.contributed.append(Contributed(number, partner, tree, made.clock.now()))
                taken.append((tree["id"], tree["modified"]))
        assert [(each["id"], each["version"]) for each in status.get("successes", [])] == taken, status
    return reference


def check(direct: Direct, reference: Reference, agreement: Any, clock: StillClock, *, due: bool = False) -> None:
    """Every account is given the versions that the reference releases, and no others.

    What time ends is over at once; what it begins may be `due`, until the next sweep.
    """
    terms, ids = terms_of(agreement), sorted({one.id for one in reference.contributed})
    if not ids:
        return
    named = agreement["collections"]["indicators"]["release"]["red"]
    for account, partner in ACCOUNTS.items():
        full = f"{partner}/{account}"
        expected = reference.rows(Audience(partner, full if full in named else None), terms, clock.now())
        answer = direct.ask(account, "GET", f"/{HERE}/objects/?match[id]={','.join(ids)}&match[version]=all")
        if partner not in terms.partnership.collections["indicators"].read:
            assert answer.status in (403, 404)
            assert not expected
            continue
        assert answer.status == 200, answer.body
        given_out = sorted((each["id"], each["modified"]) for each in answer.json().get("objects", []))
        wanted = sorted((one.id, one.tree["modified"]) for one in expected)
        assert set(given_out) <= set(wanted) if due else given_out == wanted, account
