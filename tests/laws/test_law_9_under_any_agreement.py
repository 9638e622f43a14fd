"""Law 9 under generated agreements: what the logs hand out is what the reference policy releases.

Two-sided terms, every vocabulary, closure, dates and ages, terms of intake, quarantine, derivatives and break-glass: an
agreement is drawn, objects are pushed under it, an officer decides about those that are held, two officers open more,
another agreement takes its place, time passes, and each account is given exactly what the policy says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from app.exchange import blocks, break_glass, jobs, quarantine
from app.exchange.break_glass import Wish
from app.exchange.officers import mandate, mandate_of_two
from app.exchange.push_status import AFTER_REVIEW, ALREADY_PRESENT
from app.policy.partnership import Role, Terms
from app.policy.release_case import Audience
from app.stix.timestamps import from_datetime
from tests.laws.agreed_reference import OF_THE_EXCHANGE, Contributed, Reference, every_version, text_of
from tests.laws.generated_agreements import (
    A_CLAUSE,
    DEFINED,
    EXCHANGE,
    GIVEN,
    OPEN,
    WRITERS,
    Opened,
    agreements,
    an_agreement,
    as_stix,
    clauses,
    decisions,
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
EXAMPLES = {"sqlite": 4, "postgresql": 1}
PREFIXES = count()
ACTS = ("release", "release", "refuse")
AFTER = ({"seconds": 1}, {"hours": 4}, {"days": 3})


@dataclass
class Tried:
    """One example: what is in force, what was pushed, and the ids of derivatives that each account was given last."""

    made: Running
    direct: Direct
    clock: StillClock
    prefix: str
    began: str
    agreement: Mapping[str, Any]
    reference: Reference = field(default_factory=Reference)
    given: dict[str, set[str]] = field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        """What is in force now, and what officers have opened."""
        opened = break_glass.opened(self.made.exchange, "north-sea")["north-sea"]
        return replace(terms_of(self.agreement), clauses=opened.clauses)

    def agree(self, agreement: Mapping[str, Any]) -> None:
        self.agreement = agreement
        self.made.apply(files_of(agreement))


@pytest.fixture
def exchange(database_url: str, tmp_path: Path) -> Iterator[tuple[str, Running, Direct]]:
    """The exchange, and a client of it. All examples share it: each has ids of its own."""
    with running(database_url, tmp_path, files_of(OPEN)) as made, Direct(made.application, made.secrets) as direct:
        made.add_account("chief", "nl-cert", Role.OFFICER)
        for partner in WRITERS:
            answer = direct.post(FEEDS[partner], [defined_by(partner, kind) for kind in DEFINED], to=HERE)
            assert answer.json()["failure_count"] == 0, answer.body
        yield database_url.partition(":")[0], made, direct


def test_the_logs_hand_out_what_the_reference_releases(exchange: tuple[str, Running, Direct]) -> None:
    engine, made, direct = exchange
    clock = made.clock
    assert isinstance(clock, StillClock)

    @settings(max_examples=examples(EXAMPLES[engine]), phases=[Phase.explicit, Phase.generate])
    @given(agreements(), agreements(), pushes, decisions, clauses, st.sampled_from(AFTER))
    @example(an_agreement(), an_agreement(granular="withhold"), GIVEN, ACTS, A_CLAUSE, AFTER[1])
    def tell_the_same(first: Any, second: Any, given_pushes: Any, acts: Any, opened: Opened, after: Any) -> None:
        clock.advance(hours=1)
        tried = Tried(made, direct, clock, f"agreement {next(PREFIXES)}", from_datetime(clock.now()), first)
        with capture_logs() as lines:
            tried.agree(first)
            push(tried, given_pushes)
            check(tried)
            decide(tried, acts)
            check(tried)
            break_the_glass(tried, opened)
            check(tried)
            tried.agree(second)
            check(tried)
            clock.advance(**after)
            check(tried, due=True)
            made.sweep()
            check(tried)
            take_back(tried)
        assert not [each for each in lines if "may not be shown" in each["event"]], "the second decision is the first"
        record_cases("law 9: one decision", 6)

    tell_the_same()


def push(tried: Tried, given_pushes: Any) -> None:
    """Push everything; each object has to be taken, held or refused as worked out."""
    reference, start, terms = tried.reference, tried.clock.now(), tried.terms
    for partner, objects in given_pushes:
        tried.clock.advance(seconds=1)
        trees: dict[Any, Any] = {}
        for each in objects:
            tree = as_stix(each, partner, tried.prefix, start)
            known = (tree["id"], tree.get("modified"), "spec_version" in tree)
            before = {
                (one.id, one.tree.get("modified"), one.spec == "2.1")
                for one in reference.contributed
                if one.partner == partner and one.dated
            }
            if known not in before:
                trees.setdefault(known, tree)
        answer = tried.direct.post(FEEDS[partner], list(trees.values()), to=HERE)
        if partner not in terms.partnership.collections["indicators"].write:
            assert answer.status in (403, 404), answer.body
            continue
        told = [(each["id"], each["version"], each.get("message")) for each in answer.json().get("successes", [])]
        wanted = []
        for tree in trees.values():
            verdict = reference.verdict(partner, tree, terms, tried.clock.now())
            if verdict == "refused":
                continue
            assert len(wanted) < len(told), f"{tree['id']} has to be {verdict}, and was refused"
            version = tree.get("modified", told[len(wanted)][1])
            held = verdict == "held" or (verdict == "present" and reference.holds(partner, tree))
            message = AFTER_REVIEW if held else ALREADY_PRESENT if verdict == "present" else None
            wanted.append((tree["id"], version, message))
            if verdict != "present":
                number = len(reference.contributed) + 1
                one = Contributed(number, partner, tree, version, tried.clock.now(), held)
                reference.contributed.append(one)
        assert told == wanted, answer.body


def decide(tried: Tried, acts: Sequence[str]) -> None:
    """An officer looks at what is held."""
    exchange = tried.made.exchange
    by = mandate(exchange, "officer", tried.made.secrets["officer"], "a test", "a test")
    waiting = sorted({one.id for one in tried.reference.contributed if one.held})
    place = "north-sea/indicators"
    told = {each.object_id for each in quarantine.held(exchange, place)}
    assert told.issuperset(waiting)
    for object_id, act in zip(waiting, acts, strict=False):
        if act != "wait":
            decided = quarantine.release if act == "release" else quarantine.refuse
            decided(exchange, by, place, object_id, quarantine.EVERY)
            tried.reference.decide(object_id, act)


def take_back(tried: Tried) -> None:
    """All that was pushed. So the next example's revisions have less to look at, and whoever was given derivatives is
    told that they are no more.
    """
    exchange, reference = tried.made.exchange, tried.reference
    by = mandate(exchange, "officer", tried.made.secrets["officer"], "a test", "a test")
    for partner, object_id in sorted({(one.partner, one.id) for one in reference.contributed}):
        blocks.withdraw_of(exchange, by, "north-sea/indicators", object_id, partner)
    reference.contributed.clear()
    for account, ids in tried.given.items():
        answer = tried.direct.ask(account, "GET", f"/{HERE}/objects/?match[id]={','.join(ids)}")
        left = {each["id"]: each.get("revoked", False) for each in answer.json().get("objects", [])} if ids else {}
        assert left == dict.fromkeys(ids, True), f"{account} is not told that all derivatives are revoked"


def break_the_glass(tried: Tried, opened: Opened) -> None:
    """Two officers open a clause for those of the members that may read there; one of them may close it again."""
    exchange, secrets = tried.made.exchange, tried.made.secrets
    partners = opened.partners & tried.terms.partnership.collections["indicators"].read
    if not partners:
        return
    officers = (("officer", secrets["officer"]), ("chief", secrets["chief"]))
    by = mandate_of_two(exchange, *officers, "a test", "a test")
    some = frozenset(one.id for one in tried.reference.contributed[::2]) if opened.some else None
    wish = Wish(
        place="north-sea/indicators",
        partners=partners,
        tlp=opened.tlp,
        unmarked=opened.unmarked,
        types=opened.types,
        objects=some or None,
        until=timedelta(hours=opened.hours),
    )
    break_glass.open_clause(exchange, by, break_glass.plan_opening(exchange, by, wish))
    jobs.finish(exchange)
    check(tried)
    if opened.closes:
        number = tried.terms.clauses[-1].number
        break_glass.close_clause(exchange, by, "north-sea", number)


def check(tried: Tried, *, due: bool = False) -> None:
    """Every account is given the versions that the reference releases, and no others.

    What time ends is over at once; what it begins may be `due`, until the next sweep.
    """
    terms, now = tried.terms, tried.clock.now()
    ids = sorted({one.id for one in tried.reference.contributed})
    if not ids:
        return
    named = tried.agreement["collections"]["indicators"]["release"]["red"]
    for account, partner in ACCOUNTS.items():
        full = f"{partner}/{account}"
        audience = Audience(partner, full if full in named else None)
        expected = tried.reference.rows(audience, terms, now)
        answer = tried.direct.ask(account, "GET", f"/{HERE}/objects/?match[id]={','.join(ids)}&match[version]=all")
        if partner not in terms.partnership.collections["indicators"].read:
            tried.given.pop(account, None)
            assert answer.status in (403, 404)
            assert not expected
            continue
        assert answer.status == 200, answer.body
        given_out = sorted(text_of(each) for each in answer.json().get("objects", []))
        wanted = sorted(text_of(one.tree) for one in every_version(expected))
        assert set(given_out) <= set(wanted) if due else given_out == wanted, account
        check_derivatives(tried, account, audience, {one.secret for one in expected if one.dated}, due=due)


def check_derivatives(tried: Tried, account: str, audience: Audience, known: set[str], *, due: bool) -> None:
    """What is left of originals is what the reference leaves of them, and nothing tells of the rest.

    The newest version of each line counts. Where that is not shown an earlier one may be, that might be by itself.
    `known` are secrets that the account is given with the originals.
    """
    answer = tried.direct.ask(account, "GET", f"/{HERE}/objects/?added_after={tried.began}&limit=1000")
    assert answer.status == 200, answer.body
    assert not answer.json().get("more")
    found: dict[str, Mapping[str, Any]] = {}
    for each in answer.json().get("objects", []):
        if each.get("created_by_ref") != EXCHANGE:
            continue
        if each.get("revoked"):
            assert tried.prefix not in text_of(each), "the last version says nothing of those before it"
            continue
        label = each["labels"][0]
        if label.startswith(f"{tried.prefix},"):
            assert label not in found, "one derivative stands in for one version"
            found[label] = each
    tried.given[account] = {each["id"] for each in found.values()}
    left = list(tried.reference.derivatives(audience, tried.terms, tried.clock.now()))
    permitted = {each.one.label: each for each in left}
    for label, each in found.items():
        assert label in permitted, f"{account} is given what is left of {label}, of which nothing has to be"
        content = {name: value for name, value in each.items() if name not in OF_THE_EXCHANGE}
        assert as_set(content) == as_set(permitted[label].content), account
        assert permitted[label].shown, f"{account} is given what is left of {label}, which may not be shown to it"
    if not due:
        wanted = {each.one.label for each in left if each.shown and tried.reference.is_newest(each.one)}
        assert wanted <= found.keys(), f"{account} is not given what is left of {wanted - found.keys()}"
    secrets = {one.secret for one in tried.reference.contributed if one.dated and one.secret}
    kept = {each.one.secret for each in left if "description" in each.content}
    told = {each for each in secrets - kept - known if each.encode() in answer.body}
    assert not told, f"{account} is told what was cut: {told}"


def as_set(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """A derivative's content to be compared: the order of its marks says nothing."""
    return {**content, "object_marking_refs": set(content.get("object_marking_refs", ()))}
