"""Break-glass, from push to pull: two officers open it, it ends by itself, and it leaves nothing behind."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from app.errors import OperatorError
from app.exchange import accounts, apply, blocks, break_glass, jobs, plan
from app.exchange.apply import Applied
from app.exchange.break_glass import Opening, Wish
from app.exchange.explain import explain
from app.exchange.history import history
from app.exchange.officers import Mandate, mandate, mandate_of_two
from app.policy.partnership import ALL, Role, TlpLevel
from app.policy.rules import Rule
from app.storage import quarantine as stored
from app.storage import revisions
from app.storage.tables import account
from tests.exchange.test_derivatives import SANITISED, derivatives, in_part
from tests.support.agreements import COLLECTION, FILES, HOST_IDENTITY, NORTH_SEA, WIND_IDENTITY
from tests.support.clocks import NOON, StillClock
from tests.support.exchanges import Running
from tests.support.stix import AMBER, AMBER_STRICT, CLEAR, GREEN, RED, a_statement, an_address, an_indicator, stix_id

HERE = "/north-sea/collections/indicators"
PLACE = "north-sea/indicators"
LAST = "X-TAXII-Date-Added-Last"
AMBERS = frozenset({TlpLevel.AMBER, TlpLevel.AMBER_STRICT})
TWO_DAYS = timedelta(hours=48)
RELAYED = "ownership: {nl-cert: [wind-isac]}"


@pytest.fixture
def staffed(exchange: Running) -> Iterator[Running]:
    """The exchange with a second officer of the host; no page may have met a row that stood and may not be shown."""
    exchange.add_account("chief", "nl-cert", Role.OFFICER)
    with capture_logs() as logs:
        yield exchange
    assert not [each for each in logs if each["log_level"] == "error"]


def both(made: Running, reason: str = "incident 26-7") -> Mandate:
    first, second = (("officer", made.secrets["officer"]), ("chief", made.secrets["chief"]))
    return mandate_of_two(made.exchange, first, second, "a test", reason)


def a_wish(*partners: str, **changed: Any) -> Wish:
    wish: dict[str, Any] = {
        "place": PLACE,
        "partners": frozenset(partners),
        "tlp": AMBERS,
        "unmarked": False,
        "types": ALL,
        "objects": None,
        "until": TWO_DAYS,
    }
    return Wish(**{**wish, **changed})


def opened(made: Running, *partners: str, **changed: Any) -> tuple[Opening, Applied]:
    opening = break_glass.plan_opening(made.exchange, both(made), a_wish(*partners, **changed))
    applied = break_glass.open_clause(made.exchange, both(made), opening)
    jobs.finish(made.exchange)
    return opening, applied


def an_id(which: str) -> str:
    return stix_id("indicator", which)


def records(made: Running) -> list[Any]:
    with made.exchange.database.reading() as transaction:
        row = revisions.by_root(transaction, "north-sea")
        assert row is not None
        return list(stored.records(transaction, row.id))


def stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def test_what_two_officers_open_comes_to_who_kept_polling_and_is_gone_at_its_end(
    staffed: Running, clock: StillClock
) -> None:
    amber, strict = an_indicator("amber", AMBER), an_indicator("strict", AMBER_STRICT)
    staffed.take("nl-feed", an_indicator("green", GREEN), amber, strict, an_indicator("red", RED))
    client = staffed.client("port-soc")
    last = client.get(f"{HERE}/objects/").headers[LAST]
    opening, applied = opened(staffed, "port-nl")
    assert (opening.base, applied.revision, opening.clause.number) == (1, 2, 2)
    (change,) = opening.changes
    assert (change.partner, change.visible, dict(change.visible_by)) == ("port-nl", 2, {"member-tlp": 2})
    assert {each.object_id for each in change.examples_visible} == {amber["id"], strict["id"]}
    arrived = client.get(f"{HERE}/objects/?added_after={last}").json()["objects"]
    assert arrived == [amber, strict]
    assert staffed.ids("wind-soc") == {an_id("green"), an_id("amber")}, "nobody else is shown more"
    staffed.take("nl-feed", an_indicator("later", AMBER))
    assert staffed.ids("port-soc") == {an_id(each) for each in ("green", "amber", "strict", "later")}
    clock.advance(hours=47, minutes=59)
    assert staffed.sweep() == 0
    assert len(staffed.ids("port-soc")) == 4
    clock.advance(minutes=1)
    for _ in range(2):
        assert staffed.ids("port-soc", "match[version]=all") == {an_id("green")}, "before anything is swept, and after"
        assert client.get(f"{HERE}/objects/{amber['id']}/").status_code == 404
        staffed.sweep()
    staffed.take("nl-feed", an_indicator("after", AMBER))
    assert staffed.ids("port-soc") == {an_id("green")}


def test_the_act_is_on_the_record_with_both_officers_and_kept_with_its_revision(staffed: Running) -> None:
    _, applied = opened(staffed, "port-nl", "water-nl", types=frozenset({"indicator"}))
    break_glass.close_clause(staffed.exchange, officer(staffed, "it is over"), "north-sea", applied.revision)
    first, second = records(staffed)
    said = ("act", "officer", "second_officer", "operator", "reason", "revision", "number", "to", "tlp", "until")
    assert [first[name] for name in said] == [
        "open break-glass", "nl-cert/officer", "nl-cert/chief", "a test", "incident 26-7", 2, 2,
        ["port-nl", "water-nl"], ["amber", "amber+strict"], (NOON + TWO_DAYS).isoformat(),
    ]  # fmt: skip
    assert (first["collection"], first["types"], first["objects"]) == (COLLECTION, ["indicator"], None)
    assert [second.get(name) for name in said[:6]] == [
        "close break-glass", "nl-cert/officer", None, "a test", "it is over", 3
    ]  # fmt: skip
    past = history(staffed.exchange, "north-sea")["north-sea"]
    assert [each.files == past[0].files for each in past] == [True] * 3
    assert [len(each.opened) for each in past] == [0, 1, 0]
    assert past[1].reason == f"break-glass 2 until {stamp(NOON + TWO_DAYS)[:-1]}.000Z: incident 26-7"


def officer(made: Running, reason: str = "a test") -> Mandate:
    return mandate(made.exchange, "officer", made.secrets["officer"], "a test", reason)


def test_one_officer_closes_it_early_and_what_rests_on_it_is_gone_at_once(staffed: Running, clock: StillClock) -> None:
    staffed.take("nl-feed", an_indicator("green", GREEN), an_indicator("amber", AMBER))
    opened(staffed, "port-nl")
    opened(staffed, "port-nl", tlp=frozenset({TlpLevel.AMBER}), until=timedelta(days=3))
    assert staffed.ids("port-soc") == {an_id("green"), an_id("amber")}
    break_glass.close_clause(staffed.exchange, officer(staffed), "north-sea", 2)
    assert staffed.ids("port-soc") == {an_id("green"), an_id("amber")}, "another one still covers it"
    (left,) = break_glass.opened(staffed.exchange, "north-sea")["north-sea"].clauses
    assert left.number == 3
    clock.advance(hours=60)
    staffed.sweep()
    assert staffed.ids("port-soc") == {an_id("green"), an_id("amber")}
    closed = break_glass.close_clause(staffed.exchange, officer(staffed), "north-sea", 3)
    assert (closed.revision, closed.retired) == (5, 1)
    assert staffed.ids("port-soc") == {an_id("green")}
    with pytest.raises(OperatorError, match="No break-glass 3 is open in north-sea"):
        break_glass.close_clause(staffed.exchange, officer(staffed), "north-sea", 3)


def test_what_the_agreement_comes_to_grant_meanwhile_stays(staffed: Running, clock: StillClock) -> None:
    """`apply` keeps what is open; a row that both grant has no end, and is not sent again."""
    staffed.take("nl-feed", an_indicator("amber", AMBER), an_indicator("strict", AMBER_STRICT))
    opened(staffed, "port-nl")
    client = staffed.client("port-soc")
    last = client.get(f"{HERE}/objects/").headers[LAST]
    wider = {**FILES, "north-sea.yaml": NORTH_SEA.replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [amber]}")}
    applied = staffed.apply(wider)
    assert any("Break-glass 2 is open in north-sea/indicators until" in each for each in applied.warnings)
    assert client.get(f"{HERE}/objects/?added_after={last}").json() == {}
    assert staffed.ids("port-soc") == {an_id("amber"), an_id("strict")}
    clock.advance(days=2)
    for _ in range(2):
        assert staffed.ids("port-soc") == {an_id("amber")}
        staffed.sweep()
    assert staffed.apply(wider).applied == [], "what has ended makes no revision"
    assert not any("Break-glass" in each for each in staffed.apply(FILES).warnings)
    assert [len(each.opened) for each in history(staffed.exchange, "north-sea")["north-sea"]] == [0, 1, 1, 0]


def test_terms_tell_the_standing_terms_whatever_is_open(staffed: Running, clock: StillClock) -> None:
    def answers() -> list[bytes]:
        accounts = ("port-soc", "water-soc", "wind-feed", "nl-soc", "officer")
        got = [staffed.client(each).get("/north-sea/terms/", headers={"Accept": "*/*"}) for each in accounts]
        assert {each.status_code for each in got} == {200}
        return [each.content for each in got]

    before = answers()
    staffed.take("nl-feed", an_indicator("amber", AMBER))
    opened(staffed, "port-nl", "water-nl", unmarked=True)
    opened(staffed, "port-nl", types=frozenset({"malware"}), objects=frozenset({an_id("another")}))
    assert staffed.ids("port-soc") == {an_id("amber")}
    assert answers() == before
    clock.advance(days=2)
    assert answers() == before, "before anything is swept"
    staffed.sweep()
    assert answers() == before


def test_an_embargo_is_lifted_for_whom_the_clause_names_and_what_it_covers(staffed: Running, clock: StillClock) -> None:
    held = {
        **FILES,
        "north-sea.yaml": NORTH_SEA.replace("statements: all\n", "statements: all\n      embargo: PT72H\n"),
    }
    staffed.apply(held)
    staffed.take("nl-feed", an_indicator("amber", AMBER), an_indicator("green", GREEN))
    opened(staffed, "wind-isac")
    assert staffed.ids("wind-soc") == {an_id("amber")}, "green is no level of the clause"
    assert staffed.ids("port-soc") == staffed.ids("water-soc") == set()
    clock.advance(hours=48)
    for _ in range(2):
        assert staffed.ids("wind-soc") == set()
        staffed.sweep()
    clock.advance(hours=24)
    staffed.sweep()
    assert staffed.ids("wind-soc") == {an_id("amber"), an_id("green")}
    staffed.take("nl-feed", an_indicator("next", AMBER))
    opened(staffed, "wind-isac", until=timedelta(hours=96))
    clock.advance(hours=96)
    staffed.sweep()
    assert an_id("next") in staffed.ids("wind-soc"), "its embargo ended while it was open"


def test_a_line_comes_whole_and_goes_whole(staffed: Running, clock: StillClock) -> None:
    """The newest version is asked under the clause too."""
    first, second = (an_indicator("one", m, version=f"2026-05-0{n}T00:00:00.000Z") for n, m in ((1, GREEN), (2, AMBER)))
    staffed.take("nl-feed", first, second)
    assert staffed.objects("port-soc", "match[version]=all") == []
    opened(staffed, "port-nl")
    assert staffed.objects("port-soc", "match[version]=all") == [first, second]
    clock.advance(days=2)
    assert staffed.objects("port-soc", "match[version]=all") == []
    staffed.sweep()
    assert staffed.objects("port-soc", "match[version]=all") == []


def test_what_the_standing_terms_show_stays_whatever_a_clause_shows_of_the_same_object(
    staffed: Running, clock: StillClock
) -> None:
    """Of another origin, of the same version, of an object without dates; under the date that it has."""
    staffed.apply({**FILES, "north-sea.yaml": NORTH_SEA.replace("ownership: creator", RELAYED, 1)})
    staffed.take("wind-feed", an_indicator("first", AMBER), an_address("203.0.113.9", AMBER))
    staffed.take("nl-feed", an_indicator("owned", AMBER, created_by_ref=HOST_IDENTITY))
    staffed.take("nl-feed", an_indicator("same", AMBER, name="relayed", created_by_ref=WIND_IDENTITY))
    newer = an_indicator("first", GREEN, version="2026-05-03T00:00:00.000Z")
    kept = [newer, an_address("203.0.113.9", GREEN), an_indicator("owned", GREEN)]
    owners = an_indicator("same", GREEN, created_by_ref=WIND_IDENTITY)
    staffed.take("water-feed", *kept)
    staffed.take("wind-feed", owners)
    client = staffed.client("port-soc")

    def told() -> tuple[Any, Any]:
        pages = [client.get(f"{HERE}/{each}/?match[version]=all").json()["objects"] for each in ("objects", "manifest")]
        return pages[0], pages[1]

    before = told()
    assert before[0] == [*kept, owners]
    opening, _ = opened(staffed, "port-nl")
    assert opening.changes == (), "of none of them another version is shown"
    assert told() == before
    (old, _) = explain(staffed.exchange, PLACE, an_id("first"), "port-soc")
    assert (old.explanation.decision.until, old.kept_back_by) == (NOON + TWO_DAYS, Rule.ONE_ORIGIN)
    clock.advance(days=2)
    assert told() == before, "before anything is swept"
    staffed.sweep()
    assert told() == before


def test_what_a_clause_shows_comes_once_what_stood_before_it_is_withdrawn(staffed: Running) -> None:
    owned, other = an_indicator("one", AMBER, created_by_ref=HOST_IDENTITY), an_indicator("one", GREEN)
    staffed.take("nl-feed", owned)
    staffed.take("water-feed", other)
    opened(staffed, "port-nl")
    assert staffed.objects("port-soc") == [other]
    assert staffed.client("water-feed").delete(f"{HERE}/objects/{an_id('one')}/").status_code == 200
    assert staffed.objects("port-soc") == [owned]


def test_an_owner_s_version_takes_its_place_once_its_embargo_ends_while_a_clause_is_open(
    staffed: Running, clock: StillClock
) -> None:
    """Lifted, it stands behind another's; the standing terms show it before that."""
    held = NORTH_SEA.replace("statements: all\n", "statements: all\n      embargo: PT2H\n")
    staffed.apply({**FILES, "north-sea.yaml": held})
    other = an_indicator("one", GREEN)
    owned = an_indicator("one", GREEN, created_by_ref=HOST_IDENTITY)
    staffed.take("water-feed", other)
    clock.advance(hours=1)
    staffed.take("nl-feed", owned)
    clock.advance(hours=1)
    staffed.sweep()
    opened(staffed, "port-nl", tlp=frozenset({TlpLevel.GREEN}))
    assert staffed.objects("port-soc") == staffed.objects("wind-soc") == [other]
    clock.advance(hours=1)
    staffed.sweep()
    assert staffed.objects("port-soc") == staffed.objects("wind-soc") == [owned]


def test_an_organisation_s_own_copy_keeps_nothing_back_that_a_clause_shows(staffed: Running) -> None:
    mine = an_indicator("one", GREEN)
    owned = an_indicator("one", AMBER, version="2026-05-03T00:00:00.000Z", created_by_ref=HOST_IDENTITY)
    staffed.take("water-feed", mine)
    staffed.take("nl-feed", owned)
    narrow = NORTH_SEA.replace("water-nl: {tlp: [clear, green, amber]", "water-nl: {tlp: [clear, green]")
    staffed.apply({**FILES, "north-sea.yaml": narrow})
    assert staffed.objects("water-soc", "match[version]=all") == [mine]
    opened(staffed, "water-nl", tlp=frozenset({TlpLevel.AMBER}))
    assert staffed.objects("water-soc", "match[version]=all") == [mine, owned]


def test_a_definition_that_a_clause_shows_takes_no_other_s_place(staffed: Running) -> None:
    """Nor that of what rests on the other, nor does what rests on it."""
    amber, green = (a_statement("shared", mark, definition={"statement": f"{mark}"}) for mark in (AMBER, GREEN))
    marked = an_indicator("marked", GREEN, green["id"])
    ours, resting = a_statement("ours", AMBER), an_indicator("resting", GREEN)
    staffed.take("wind-feed", amber, ours, {**resting, "object_marking_refs": [GREEN, ours["id"]]})
    staffed.take("water-feed", green, marked, resting)
    assert staffed.objects("port-soc") == [green, marked, resting]
    opened(staffed, "port-nl")
    assert staffed.objects("port-soc") == [green, marked, resting, ours]


def test_what_rests_on_a_definition_that_is_hidden_again_goes_with_it(staffed: Running, clock: StillClock) -> None:
    """At once, and what is shown by a clause of its own too; its own organisation keeps its own."""
    ours = a_statement("ours", AMBER)
    first = an_indicator("marked", GREEN, AMBER, created_by_ref=HOST_IDENTITY)
    second = {**first, "modified": "2026-05-02T00:00:00.000Z", "object_marking_refs": [GREEN, ours["id"]]}
    staffed.take("nl-feed", ours, first, second)
    levels = frozenset({TlpLevel.GREEN, TlpLevel.AMBER})
    opened(staffed, "port-nl", "nl-cert", tlp=levels, objects=frozenset({an_id("marked")}), until=timedelta(days=9))
    assert staffed.objects("port-soc", "match[version]=all") == []
    opened(staffed, "port-nl", "nl-cert", objects=frozenset({ours["id"]}))
    assert staffed.objects("port-soc", "match[version]=all") == [ours, first, second]
    clock.advance(days=2)
    for _ in range(2):
        assert staffed.objects("port-soc", "match[version]=all") == []
        assert staffed.ids("nl-soc") == {ours["id"], an_id("marked")}
        staffed.sweep()
    opened(staffed, "port-nl", objects=frozenset({ours["id"]}))
    assert staffed.objects("port-soc", "match[version]=all") == [ours, first, second]


def test_what_refers_to_something_that_is_hidden_again_goes_with_it(staffed: Running, clock: StillClock) -> None:
    """Where the collection asks for closure."""
    closing = NORTH_SEA.replace(
        "    title: Shared indicators\n", "    title: Shared indicators\n    closure: withhold\n"
    )
    staffed.apply({**FILES, "north-sea.yaml": closing})
    source = an_indicator("source", AMBER)
    refers = an_indicator("refers", GREEN, x_of_ref=source["id"])
    staffed.take("nl-feed", source, refers)
    assert staffed.ids("port-soc") == set()
    opened(staffed, "port-nl")
    assert staffed.ids("port-soc") == {source["id"], refers["id"]}
    clock.advance(days=2)
    for _ in range(2):
        assert staffed.ids("port-soc") == set()
        staffed.sweep()


def test_only_the_objects_that_are_named_are_shown_and_definitions_go_with_types(staffed: Running) -> None:
    ours = a_statement("ours", AMBER)
    marked = an_indicator("marked", AMBER, ours["id"])
    staffed.take("nl-feed", ours, marked, an_indicator("one", AMBER), an_indicator("two", AMBER))
    opened(staffed, "port-nl", objects=frozenset({an_id("one"), stix_id("indicator", "not there")}))
    assert staffed.ids("port-soc") == {an_id("one")}
    opened(staffed, "port-nl", types=frozenset({"indicator"}))
    assert [each["id"] for each in staffed.objects("port-soc")] == [
        an_id("one"), ours["id"], marked["id"], an_id("two")
    ]  # fmt: skip


def test_a_derivative_stays_beside_the_original_that_a_clause_shows(staffed: Running, clock: StillClock) -> None:
    """Who is given it by the standing terms keeps it, and has it alone once the clause has ended."""
    staffed.apply(SANITISED)
    staffed.take("nl-feed", in_part("one", mark=AMBER))
    (left,) = derivatives(staffed, "port-soc")
    opened(staffed, "port-nl", tlp=frozenset({TlpLevel.GREEN, TlpLevel.AMBER}))
    assert staffed.objects("port-soc") == [left, in_part("one", mark=AMBER)]
    clock.advance(hours=1)
    later = in_part("one", day=2, mark=AMBER, name="better")
    staffed.take("nl-feed", later)
    follows = {**left, "name": "better", "modified": stamp(clock.now())[:-1] + ".000Z"}
    assert sorted(staffed.objects("port-soc"), key=str) == sorted([follows, later], key=str)
    clock.advance(hours=47)
    for _ in range(2):
        assert staffed.objects("port-soc") == [follows], "before anything is swept, and after"
        staffed.sweep()
    staffed.take("nl-feed", in_part("one", day=3, mark=AMBER, name="last"))
    assert [each["name"] for each in staffed.objects("port-soc")] == ["last"]
    assert {each["id"] for each in staffed.objects("port-soc", "match[version]=all")} == {left["id"]}


def test_explain_tells_which_rules_are_lifted_by_whom_and_until_when(staffed: Running, clock: StillClock) -> None:
    staffed.take("nl-feed", an_indicator("strict", AMBER_STRICT))
    opened(staffed, "port-nl")
    (told,) = explain(staffed.exchange, PLACE, an_id("strict"), "port-soc")
    said = {str(each.rule): (str(each.effect), each.why) for each in told.explanation.findings}
    assert said["member-tlp"] == ("lifted", "Lifted by break-glass: port-nl is not cleared for amber+strict.")
    effect, why = said["break-glass"]
    assert effect == "grants"
    assert "Break-glass 2 of nl-cert/chief, nl-cert/officer, until 2026-06-03T12:00:00+00:00" in why
    assert told.delivered
    assert told.explanation.decision.until == NOON + TWO_DAYS
    (after,) = explain(staffed.exchange, PLACE, an_id("strict"), "port-soc", at=NOON + TWO_DAYS)
    assert set(after.explanation.decision.rules) == {"member-tlp"}


def test_what_is_never_for_clients_stays_where_it_is(staffed: Running) -> None:
    """A client of another member is shown AMBER at most, by whomever it was contributed and whatever is opened."""
    staffed.take("nl-feed", an_indicator("of nl", AMBER_STRICT))
    staffed.take("wind-feed", an_indicator("of wind", AMBER_STRICT))
    opening, _ = opened(staffed, "water-nl")
    assert opening.changes == ()
    assert staffed.ids("water-soc") == set()
    (told,) = explain(staffed.exchange, PLACE, an_id("of wind"), "water-soc")
    assert set(told.explanation.decision.rules) == {"client"}


def test_what_the_host_does_not_own_stays(staffed: Running) -> None:
    """Of all that is kept from the member, by whomever, a clause shows no more than the host may give."""
    controlled = NORTH_SEA.replace("  wind-isac: {", "  wind-isac: {releases: [], ").replace(
        "statements: all", "statements: []"
    )
    staffed.apply({**FILES, "north-sea.yaml": controlled})
    ours = a_statement("ours", CLEAR)
    staffed.take("wind-feed", an_indicator("of wind", AMBER))
    staffed.take("nl-feed", ours, an_indicator("stated", AMBER, ours["id"]), an_indicator("red", RED))
    opening, _ = opened(staffed, "port-nl", "nl-cert")
    assert opening.changes == ()
    assert staffed.ids("port-soc") == set()


def test_it_is_refused_where_it_may_not_or_can_not_be_opened(staffed: Running) -> None:
    made = staffed.exchange
    secrets = staffed.secrets
    staffed.add_account("wind-officer", "wind-isac", Role.OFFICER)
    refusals = (
        ("two people", "officer", "officer", secrets["officer"]),
        ("not known by this secret", "officer", "chief", secrets["officer"]),
        ("not known by this secret", "officer", "nobody", secrets["chief"]),
        ("role reader", "officer", "nl-soc", secrets["nl-soc"]),
    )
    for what, first, second, secret in refusals:
        with pytest.raises(OperatorError, match=what):
            mandate_of_two(made, (first, secrets[first]), (second, secret), "a test", "why")
    for nothing in (" ", "\u200b"):
        with pytest.raises(OperatorError, match="--reason"):
            both(staffed, nothing)
    stranger = mandate_of_two(
        made, ("officer", secrets["officer"]), ("wind-officer", secrets["wind-officer"]), "a test", "why"
    )
    with pytest.raises(OperatorError, match="wind-isac/wind-officer is no officer of the host"):
        break_glass.plan_opening(made, stranger, a_wish("port-nl"))
    with pytest.raises(OperatorError, match="opened by two officers"):
        break_glass.plan_opening(made, officer(staffed), a_wish("port-nl"))
    for what, wish in (
        ("There is no partnership `south`", a_wish("port-nl", place="south/indicators")),
        ("There is no collection `north-sea/x`", a_wish("port-nl", place="north-sea/x")),
        ("outsider is no member of north-sea. Its members are", a_wish("outsider", "port-nl")),
        ("Nobody is named", a_wish()),
        ("may not read north-sea/letter-box", a_wish("port-nl", place="north-sea/letter-box")),
        ("RED stays with", a_wish("port-nl", tlp=frozenset(TlpLevel))),
        ("Name the TLP levels", a_wish("port-nl", tlp=frozenset())),
        ("`indicator` is no STIX id", a_wish("port-nl", objects=frozenset({"indicator"}))),
        ("at most 14 days", a_wish("port-nl", until=timedelta(days=14, milliseconds=1))),
        ("at most 14 days", a_wish("port-nl", until=NOON + timedelta(days=15))),
        ("is past already", a_wish("port-nl", until=NOON)),
    ):
        with pytest.raises(OperatorError, match=what):
            break_glass.plan_opening(made, both(staffed), wish)
    assert break_glass.plan_opening(made, both(staffed), a_wish("port-nl", until=timedelta(days=14))).base == 1
    assert records(staffed) == []
    assert break_glass.opened(made)["north-sea"].clauses == ()


def test_who_is_an_officer_no_longer_does_nothing_with_what_was_shown_before(staffed: Running) -> None:
    """Time passes between the secret and the act: two people look at what they are about to open."""
    made, one, two = staffed.exchange, officer(staffed), both(staffed)
    opening = break_glass.plan_opening(made, two, a_wish("port-nl"))
    accounts.disable(made, "chief")
    with pytest.raises(OperatorError, match="nl-cert/chief is an officer's account no longer"):
        break_glass.open_clause(made, two, opening)
    with pytest.raises(OperatorError, match="nl-cert/chief is an officer's account no longer"):
        break_glass.plan_opening(made, two, a_wish("port-nl"))
    assert break_glass.opened(made)["north-sea"].clauses == ()
    blocks.block(made, one, PLACE, an_id("one"))
    with made.database.writing() as transaction:
        transaction.execute(update(account).where(account.c.name == "officer").values(role=Role.READER))
    with pytest.raises(OperatorError, match="nl-cert/officer is an officer's account no longer"):
        blocks.block(made, one, PLACE, an_id("two"))
    assert [each["act"] for each in records(staffed)] == ["block"]


def test_two_accounts_of_one_password_are_one_officer_however_it_is_typed(staffed: Running) -> None:
    made, composed, decomposed = staffed.exchange, "p\u00e4ssword of one", "pa\u0308ssword of one"
    for name, password in (("one", composed), ("other", decomposed)):
        accounts.add(made, name, "nl-cert", Role.OFFICER, password)
    with pytest.raises(OperatorError, match="two people"):
        mandate_of_two(made, ("one", composed), ("other", decomposed), "a test", "why")


def test_who_planned_it_opens_it_in_either_order_and_nobody_else(staffed: Running) -> None:
    made, secrets = staffed.exchange, staffed.secrets
    staffed.add_account("third", "nl-cert", Role.OFFICER)
    opening = break_glass.plan_opening(made, both(staffed), a_wish("port-nl"))
    one, chief, third = ((name, secrets[name]) for name in ("officer", "chief", "third"))
    with pytest.raises(OperatorError, match="opened by two officers"):
        break_glass.open_clause(made, officer(staffed), opening)
    with pytest.raises(OperatorError, match="planned by nl-cert/chief, nl-cert/officer: they alone"):
        break_glass.open_clause(made, mandate_of_two(made, one, third, "a test", "why"), opening)
    assert break_glass.opened(made)["north-sea"].clauses == ()
    assert records(staffed) == []
    break_glass.open_clause(made, mandate_of_two(made, chief, one, "a test", "why"), opening)
    assert len(break_glass.opened(made)["north-sea"].clauses) == 1


def test_a_secret_that_was_changed_meanwhile_opens_nothing(staffed: Running) -> None:
    made, two = staffed.exchange, both(staffed)
    opening = break_glass.plan_opening(made, two, a_wish("port-nl"))
    secret = accounts.rotate(made, "chief", None)
    assert secret is not None
    with pytest.raises(OperatorError, match="nl-cert/chief has another secret by now"):
        break_glass.open_clause(made, two, opening)
    assert break_glass.opened(made)["north-sea"].clauses == ()
    staffed.secrets["chief"] = secret
    break_glass.open_clause(made, both(staffed), opening)
    assert len(break_glass.opened(made)["north-sea"].clauses) == 1


def test_what_was_shown_is_what_is_opened_or_nothing_is(staffed: Running, clock: StillClock) -> None:
    """Another revision, or the end itself, may come while two people look at what they are about to open."""
    opening = break_glass.plan_opening(staffed.exchange, both(staffed), a_wish("port-nl"))
    opened(staffed, "water-nl")
    with pytest.raises(OperatorError, match="another revision came first"):
        break_glass.open_clause(staffed.exchange, both(staffed), opening)
    planned = plan.plan(staffed.exchange, FILES)
    late = break_glass.plan_opening(staffed.exchange, both(staffed), a_wish("port-nl", until=timedelta(minutes=1)))
    clock.advance(minutes=1)
    with pytest.raises(OperatorError, match="its end has come"):
        break_glass.open_clause(staffed.exchange, both(staffed), late)
    break_glass.close_clause(staffed.exchange, officer(staffed), "north-sea", 2)
    with pytest.raises(OperatorError, match="against another revision"):
        apply.apply(staffed.exchange, planned, by="test", reason="")


def test_a_clause_ends_for_who_leaves_and_is_not_found_again(staffed: Running) -> None:
    """The plan says so. A new name of the collection changes nothing."""
    files = {
        **FILES,
        "north-sea.yaml": NORTH_SEA.replace("water-nl: {tlp: [clear, green, amber]", "water-nl: {tlp: [green]"),
    }
    staffed.apply(files)
    staffed.take("nl-feed", an_indicator("amber", AMBER))
    opened(staffed, "port-nl", "water-nl")
    without_port = {
        **files,
        "north-sea.yaml": files["north-sea.yaml"].replace("  port-nl: {tlp: [clear, green]}\n", ""),
    }
    told = staffed.apply(without_port, allow_removal=True).plan.differences
    ends = "Break-glass 3 ends for port-nl: a member or the collection that it names leaves."
    assert [each.sentence for each in told if "Break-glass" in each.sentence] == [ends]
    assert staffed.client("port-soc").get(f"{HERE}/objects/").status_code == 404
    staffed.apply(files)
    assert (staffed.ids("port-soc"), staffed.ids("water-soc")) == (set(), {an_id("amber")})
    renamed = files["north-sea.yaml"].replace("  indicators:\n", "  renamed:\n")
    staffed.apply({**files, "north-sea.yaml": renamed}, allow_removal=True)
    assert staffed.ids("water-soc", of=f"north-sea/collections/{COLLECTION}") == {an_id("amber")}
    gone = {name: text for name, text in files.items() if name != "north-sea.yaml"}
    told = staffed.apply(gone, allow_removal=True).plan.differences
    assert ends.replace("port-nl", "water-nl") in [each.sentence for each in told]
    staffed.apply(files)
    assert staffed.ids("water-soc") == set()
    assert break_glass.opened(staffed.exchange)["north-sea"].clauses == ()


def test_batches_that_its_opener_left_are_done_by_whoever_comes_next(staffed: Running, clock: StillClock) -> None:
    """Also where that is after the end: then nothing of it is shown."""
    staffed.take("nl-feed", *(an_indicator(n, AMBER) for n in range(5)))
    opening = break_glass.plan_opening(staffed.exchange, both(staffed), a_wish("port-nl"))
    break_glass.open_clause(staffed.exchange, both(staffed), opening)
    assert staffed.ids("port-soc") == set()
    staffed.sweep()
    assert len(staffed.ids("port-soc")) == 5
    again = break_glass.plan_opening(
        staffed.exchange, both(staffed), a_wish("water-nl", tlp=frozenset(TlpLevel) - {TlpLevel.RED})
    )
    break_glass.open_clause(staffed.exchange, both(staffed), again)
    clock.advance(days=2)
    staffed.sweep()
    assert staffed.ids("port-soc") == set()
    assert len(staffed.ids("water-soc")) == 5, "amber is for the water boards at any time"
