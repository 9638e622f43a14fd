"""Law 8 for what officers open: at once for whom it names, by the policy's word, and then as if it had never been.

Whatever is pushed before and while a clause is open: every path tells each account what the policy, worked out a second
time, says of it under the clause, and after its end what it says without.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.exchange import break_glass, jobs
from app.exchange.break_glass import Wish
from app.exchange.officers import mandate_of_two
from app.policy.partnership import ALL, Role, TlpLevel
from tests.laws.generated_pushes import RELAYED, Reference, pushes
from tests.laws.test_law_9_one_decision import AUDIENCES, check_explanations, check_reads, pushed
from tests.support.cases import examples, record_cases
from tests.support.clocks import StillClock
from tests.support.direct import Direct
from tests.support.exchanges import Running, running

EXAMPLES = {"sqlite": 9, "postgresql": 3}
PREFIXES = count()
MEMBERS = ("nl-cert", "wind-isac", "water-nl", "port-nl")


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, Any]:
    """What two officers may open; `objects` says that only some of those that are there are meant."""
    return {
        "partners": draw(st.frozensets(st.sampled_from(MEMBERS), min_size=1)),
        "tlp": draw(st.frozensets(st.sampled_from([*TlpLevel][:4]), min_size=2)),
        "types": draw(st.sampled_from([ALL, ALL, frozenset({"indicator"}), frozenset({"ipv4-addr"})])),
        "objects": draw(st.sampled_from([False, False, True])),
    }


@pytest.fixture
def relayed(database_url: str, tmp_path: Path) -> Iterator[tuple[str, Running, Direct]]:
    """The exchange, and a client of it. All examples share it: each has ids of its own."""
    with running(database_url, tmp_path, RELAYED) as made, Direct(made.application, made.secrets) as direct:
        made.add_account("chief", "nl-cert", Role.OFFICER)
        yield database_url.partition(":")[0], made, direct


def test_what_is_open_shows_what_the_policy_says_and_leaves_nothing_behind(
    relayed: tuple[str, Running, Direct],
) -> None:
    engine, exchange, direct = relayed

    # Shrinking takes minutes.
    @settings(max_examples=examples(EXAMPLES[engine]), phases=[Phase.explicit, Phase.generate])
    @given(pushes, wishes(), pushes, st.booleans())
    def opened_and_over(before: Any, wish: dict[str, Any], meanwhile: Any, closes: bool) -> None:
        prefix = f"opened {next(PREFIXES)}"
        reference, ids = pushed(exchange, direct, before, prefix=prefix)
        number = opened(exchange, {**wish, "objects": frozenset(ids[::2]) if wish["objects"] else None})
        reference.clauses = break_glass.opened(exchange.exchange)["north-sea"].clauses
        _, more = pushed(exchange, direct, meanwhile, reference, prefix)
        check(exchange, direct, reference, [*ids, *more])
        if closes:
            break_glass.close_clause(exchange.exchange, mandated(exchange), "north-sea", number)
            jobs.finish(exchange.exchange)
        else:
            assert isinstance(exchange.clock, StillClock)
            exchange.clock.advance(hours=1)
            exchange.sweep()
        reference.clauses = ()
        check(exchange, direct, reference, [*ids, *more])
        record_cases("law 8: policy acts at once, both ways")

    opened_and_over()


def check(exchange: Running, direct: Direct, reference: Reference, ids: list[str]) -> None:
    for account, audience in AUDIENCES.items():
        check_reads(direct, reference, sorted(set(ids)), account, audience, Counter())
        check_explanations(exchange, reference, account, audience)


def mandated(exchange: Running) -> Any:
    first, second = ((name, exchange.secrets[name]) for name in ("officer", "chief"))
    return mandate_of_two(exchange.exchange, first, second, "a test", "a test")


def opened(exchange: Running, wish: dict[str, Any]) -> int:
    by = mandated(exchange)
    asked = Wish(place="north-sea/indicators", unmarked=False, until=timedelta(hours=1), **wish)
    opening = break_glass.plan_opening(exchange.exchange, by, asked)
    break_glass.open_clause(exchange.exchange, by, opening)
    jobs.finish(exchange.exchange)
    return opening.clause.number
