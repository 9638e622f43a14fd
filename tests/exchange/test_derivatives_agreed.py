"""Sanitised derivatives as agreements and time have them: revisions, sources without a name, closure, embargoes."""

from collections.abc import Mapping

import pytest
from structlog.testing import capture_logs

from app.exchange import jobs
from app.exchange.apply import apply
from app.exchange.explain import explain
from app.exchange.plan import plan
from app.exchange.received import received
from app.policy.release import Release, Sanitise, Withhold
from tests.exchange.test_closure import a_relationship
from tests.exchange.test_derivatives import EXCHANGE, HERE, LAST, SANITISED, derivatives, in_part, stamp
from tests.support.agreements import FILES, HOST_IDENTITY, WIND_IDENTITY
from tests.support.clocks import StillClock
from tests.support.exchanges import Running
from tests.support.stix import AMBER, CLEAR, GREEN, RED, an_indicator


def agreed(*changes: tuple[str, str]) -> Mapping[str, str]:
    """The agreement that sanitises, with these texts in place of those."""
    text = SANITISED["north-sea.yaml"]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return {**SANITISED, "north-sea.yaml": text}


def with_release(more: str) -> Mapping[str, str]:
    return agreed(("      statements: all\n", f"      statements: all\n      {more}\n"))


SHORT = "statements: all\n      shown_for: PT2H"
UNNAMED = with_release("attribution: sanitise")


def test_a_revision_makes_derivatives_of_what_is_there_as_it_was_planned(exchange: Running, clock: StillClock) -> None:
    """And takes them away, and brings them again under their ids."""
    exchange.take("nl-feed", in_part("b"), in_part("a", day=1), an_indicator("c", GREEN), in_part("d", mark=AMBER))
    exchange.take("nl-feed", in_part("b", day=2))
    last = exchange.client("port-soc").get(f"{HERE}/objects/").headers[LAST]
    clock.advance(hours=1)
    made = exchange.apply(SANITISED)
    counted = {each.partner: (each.visible, each.visible_by) for each in made.plan.changes}
    assert counted == {
        "wind-isac": (2, {"derivative": 2}),
        "water-nl": (2, {"derivative": 2}),
        "port-nl": (3, {"derivative": 3}),
    }
    ports = next(each for each in made.plan.changes if each.partner == "port-nl")
    assert {each.object_id for each in ports.examples_visible} == {in_part(each)["id"] for each in "bad"}
    assert made.plan.batches == 1
    assert sum(each.appended for each in made.applied) == 7
    arrived = exchange.client("port-soc").get(f"{HERE}/objects/?added_after={last}").json()["objects"]
    in_order = [each["name"] for each in arrived]
    assert in_order == ["indicator b", "indicator a", "indicator d"], "as what they show arrived first"
    assert {each["created"] for each in arrived} == {stamp(clock)}
    assert not exchange.apply({**SANITISED, "north-sea.yaml": f"{SANITISED['north-sea.yaml']}# no change\n"}).applied
    clock.advance(hours=1)
    gone = exchange.apply({**SANITISED, "north-sea.yaml": FILES["north-sea.yaml"]})
    assert {each.partner: (each.hidden, each.hidden_by) for each in gone.plan.changes} == {
        "wind-isac": (2, {"derivative": 2}),
        "water-nl": (2, {"derivative": 2}),
        "port-nl": (3, {"derivative": 3}),
    }
    assert not derivatives(exchange, "port-soc", "match[version]=all")
    exchange.client("nl-feed").delete(f"{HERE}/objects/{in_part('d')['id']}/")
    exchange.take("nl-feed", in_part("a", day=2, name="better"))
    clock.advance(hours=1)
    again = exchange.apply(SANITISED)
    after = {each["name"]: each for each in derivatives(exchange, "port-soc") if not each.get("revoked")}
    assert after["indicator b"] == arrived[0]
    assert after["better"] == {**arrived[1], "name": "better", "modified": stamp(clock)}
    (closed,) = (each for each in derivatives(exchange, "port-soc") if each.get("revoked"))
    assert closed["id"] == arrived[2]["id"]
    told = next(each for each in again.plan.changes if each.partner == "port-nl")
    assert told.visible == 4, "b, both versions of a, and the end of d"
    assert len(derivatives(exchange, "port-soc", "match[version]=all")) == 4


def test_clearances_that_change_move_an_audience_to_another_view(exchange: Running, clock: StillClock) -> None:
    exchange.apply(SANITISED)
    parts = [{"marking_ref": RED, "selectors": ["description"]}, {"marking_ref": AMBER, "selectors": ["labels"]}]
    exchange.take("nl-feed", {**in_part("one", labels=["a-label"]), "granular_markings": parts})
    (before,) = derivatives(exchange, "port-soc")
    clock.advance(hours=1)
    planned = exchange.apply(agreed(("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, green, amber]}")))
    (told,) = planned.plan.changes
    assert (told.visible, told.hidden, told.hidden_by) == (1, 1, {"derivative": 1})
    (after,) = derivatives(exchange, "port-soc")
    assert after["id"] != before["id"]
    (winds,) = derivatives(exchange)
    assert after == {**winds, "id": after["id"], "created": stamp(clock), "modified": stamp(clock)}
    assert after["id"] != winds["id"], "those of equal levels share none"
    exchange.apply(agreed(("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear]}")))
    assert not exchange.objects("port-soc")


def test_a_source_that_must_not_be_named_is_not(exchange: Running, clock: StillClock) -> None:
    anonymous = ("wind-isac: {tlp:", "wind-isac: {attribution: anonymous, tlp:")
    titled = SANITISED["partners.yaml"].replace("name: Wind ISAC", "name: Offshore power")
    agreement = UNNAMED["north-sea.yaml"].replace(*anonymous)
    exchange.apply({**UNNAMED, "partners.yaml": titled, "north-sea.yaml": agreement})
    by_title, by_key = "seen by Offshore Power", "wind-isac:feed"
    signed = an_indicator("one", GREEN, created_by_ref=WIND_IDENTITY, labels=[by_title, by_key])
    exchange.take("wind-feed", signed)
    (given,) = exchange.objects("port-soc")
    assert given["created_by_ref"] == EXCHANGE
    assert "labels" not in given
    assert given["name"] == signed["name"]
    assert exchange.objects("wind-soc") == [signed]
    before = exchange.client("port-soc").get(f"{HERE}/objects/").content
    clock.advance(hours=1)
    exchange.take("wind-feed", {**signed, "modified": "2026-05-02T00:00:00.000Z", "labels": ["seen here, Wind ISAC"]})
    assert exchange.client("port-soc").get(f"{HERE}/objects/").content == before
    clock.advance(hours=1)
    exchange.apply({**SANITISED, "north-sea.yaml": SANITISED["north-sea.yaml"].replace(*anonymous)})
    (last,) = exchange.objects("port-soc")
    assert (last["id"], last["revoked"]) == (given["id"], True)


def test_under_closure_a_derivative_goes_with_what_it_refers_to(exchange: Running) -> None:
    closed = agreed(("    release:\n", "    closure: withhold\n    release:\n"))
    end, other = an_indicator("end", RED), an_indicator("other", GREEN)
    link = a_relationship("link", other["id"], end["id"], description="Victim named")
    marks = [{"marking_ref": RED, "selectors": ["description"]}]
    exchange.take("nl-feed", other, end, {**link, "granular_markings": marks}, in_part("one"))
    planned = exchange.apply(closed).plan.changes
    assert {each.partner: each.visible for each in planned} == {"wind-isac": 1, "water-nl": 1, "port-nl": 1}
    (one,) = derivatives(exchange)
    exchange.client("nl-feed").delete(f"{HERE}/objects/{end['id']}/")
    assert len(derivatives(exchange)) == 2
    exchange.take("nl-feed", end)
    assert derivatives(exchange) == [one], "as the original would"


def test_embargoes_and_ends_count_from_when_the_original_was_received(exchange: Running, clock: StillClock) -> None:
    """What comes and goes under an embargo has never been; what changes out of sight prolongs nothing."""
    exchange.apply(with_release("embargo: PT24H\n      shown_for: P10D"))
    exchange.take("nl-feed", in_part("one"))
    exchange.take("nl-feed", in_part("gone"))
    assert not derivatives(exchange)
    exchange.client("nl-feed").delete(f"{HERE}/objects/{in_part('gone')['id']}/")
    clock.advance(hours=24)
    exchange.sweep()
    (given,) = derivatives(exchange)
    assert given["name"] == "indicator one"
    clock.advance(days=2)
    exchange.take("nl-feed", in_part("one", day=2, secret="another"))
    exchange.sweep()
    assert derivatives(exchange) == [given]
    clock.advance(days=7)
    assert not derivatives(exchange)
    assert exchange.sweep() != 0
    assert not derivatives(exchange)


RELAYED = ("      ownership: creator\n", "      ownership: {wind-isac: [nl-cert]}\n")


def test_an_audience_s_derivatives_tell_nothing_of_who_else_is_shown_the_same(
    exchange: Running, clock: StillClock
) -> None:
    """Neither when they began nor which versions they have had: somebody whom it does not know of saw all that."""
    unknown = ("members:\n", "members:\n  outsider: {tlp: [clear]}\n")
    exchange.apply(agreed(unknown))
    for day, name in ((1, "first"), (2, "second")):
        exchange.take("nl-feed", {**in_part("one", day=day, mark=GREEN, name=name), "object_marking_refs": [CLEAR]})
        clock.advance(hours=1)
    exchange.apply(agreed(unknown, ("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear]}")))
    (given,) = derivatives(exchange, "port-soc", "match[version]=all")
    assert (given["name"], given["created"], given["modified"]) == ("second", stamp(clock), stamp(clock))
    assert len(derivatives(exchange, "outsider-soc", "match[version]=all")) == 2


def test_a_derivative_ends_with_its_own_member_s_version_whoever_else_is_shown_it(
    exchange: Running, clock: StillClock
) -> None:
    relayed = ("      ownership: creator\n", "      ownership: {nl-cert: [wind-isac]}\n")
    exchange.apply(agreed(relayed, ("members:\n", "members:\n  outsider: {tlp: [clear, green, amber]}\n")))
    exchange.take("nl-feed", in_part("one", created_by_ref=WIND_IDENTITY))
    (before,) = derivatives(exchange)
    clock.advance(hours=1)
    own = in_part("one", day=2, created_by_ref=WIND_IDENTITY)
    exchange.take("wind-feed", own)
    mine, last = exchange.objects("wind-soc")
    assert (last["id"], last["revoked"], last["modified"], mine) == (before["id"], True, stamp(clock), own)
    (others,) = derivatives(exchange, "outsider-soc")
    assert "revoked" not in others
    clock.advance(hours=1)
    exchange.client("wind-feed").delete(f"{HERE}/objects/{own['id']}/")
    (again,) = (each for each in derivatives(exchange) if not each.get("revoked"))
    assert again["created"] == stamp(clock)
    assert again["id"] != before["id"]
    assert derivatives(exchange, "outsider-soc") == [others], "which the relay gives still"


TO_WATER = "{to: [water-nl], collections: all, types: all, tlp: all}"


@pytest.mark.parametrize("to", ["", TO_WATER])
def test_what_its_giver_withdraws_is_shown_as_its_next_giver_lets_it_be(exchange: Running, to: str) -> None:
    """As if that one had given it alone, also after a revision; no date tells of it where it may be shown still."""
    wind = ("wind-isac: {tlp:", f"wind-isac: {{releases: [{to}], tlp:")
    exchange.apply(agreed(RELAYED, wind))
    original = in_part("one", created_by_ref=HOST_IDENTITY)
    exchange.take("nl-feed", original)
    exchange.take("wind-feed", original)
    given = {each: derivatives(exchange, each) for each in ("port-soc", "water-soc")}
    assert all(given.values())
    exchange.client("nl-feed").delete(f"{HERE}/objects/{original['id']}/")
    alone = {"port-soc": [], "water-soc": given["water-soc"] if to else []}
    assert {each: exchange.objects(each) for each in alone} == alone
    exchange.apply(agreed(RELAYED, wind, ("title: Shared indicators", "title: Shared")))
    assert {each: exchange.objects(each) for each in alone} == alone


def test_an_embargo_counts_from_when_the_giver_that_is_left_gave_it(exchange: Running, clock: StillClock) -> None:
    """That of the same organisation before others', and of these the first."""
    embargo = ("      statements: all\n", "      statements: all\n      embargo: PT24H\n")
    exchange.apply(agreed(RELAYED, embargo))
    one, other = (in_part(each, created_by_ref=HOST_IDENTITY) for each in ("one", "other"))
    later = in_part("other", day=2, secret="Another", created_by_ref=HOST_IDENTITY)
    exchange.take("nl-feed", one, other)
    clock.advance(hours=22)
    exchange.take("nl-feed", later)
    clock.advance(hours=1)
    exchange.take("wind-feed", one, other)
    clock.advance(hours=1)
    exchange.sweep()
    given = {each["name"]: each for each in derivatives(exchange, "port-soc")}
    assert set(given) == {"indicator one", "indicator other"}
    exchange.client("nl-feed").delete(f"{HERE}/objects/{one['id']}/")
    exchange.client("nl-feed").delete(f"{HERE}/objects/{other['id']}/?match[version]=first")
    assert not exchange.objects("port-soc")
    clock.advance(hours=22)
    exchange.sweep()
    assert exchange.objects("port-soc") == [given["indicator other"]]
    clock.advance(hours=1)
    exchange.sweep()
    assert exchange.objects("port-soc") == [given["indicator other"], given["indicator one"]]


def test_the_age_of_a_derivative_is_that_of_its_original(exchange: Running, clock: StillClock) -> None:
    """Both ways of asking agree, and nothing is left to a sweep that is over."""
    takes = "takes: [{from: [nl-cert], collections: all, types: all, tlp: all, age: {at_least: P32D, at_most: P33D}}]"
    exchange.apply(agreed(("wind-isac: {", f"wind-isac: {{{takes}, ")))
    exchange.take("nl-feed", in_part("one"))
    assert not derivatives(exchange)
    clock.advance(hours=12)
    exchange.sweep()
    with capture_logs() as logged:
        assert len(derivatives(exchange)) == 1
        clock.advance(hours=24)
        assert not derivatives(exchange)
    assert not [each for each in logged if each["log_level"] == "error"]
    assert derivatives(exchange, "port-soc")


def test_explain_and_the_ledger_name_what_stands_in(exchange: Running) -> None:
    exchange.apply(SANITISED)
    exchange.take("nl-feed", in_part("one"))
    (given,) = derivatives(exchange)
    place = "north-sea/indicators"

    def told(object_id: str, account: str) -> tuple[type, list[str], str | None]:
        (each,) = explain(exchange.exchange, place, object_id, account)
        decision = each.explanation.decision
        return type(decision), [str(rule) for rule in decision.rules], each.derivative

    original = in_part("one")["id"]
    assert {(each.account, each.object_id) for each in received(exchange.exchange, original)} == {
        ("wind-soc", given["id"])
    }
    assert told(original, "wind-soc") == (Sanitise, ["member-tlp", "named-for-red"], given["id"])
    assert told(original, "nl-soc")[0] is Release
    assert told(given["id"], "wind-soc")[:2] == (
        Release,
        ["member", "in-force", "read", "derivative", "collection-tlp", "member-tlp"],
    )
    assert told(given["id"], "nl-soc")[:2] == (Withhold, ["derivative"])
    assert told(given["id"], "port-soc")[:2] == (Withhold, ["derivative"])


def test_what_was_changed_of_what_is_cut_puts_off_no_end(exchange: Running, clock: StillClock) -> None:
    """Also of a derivative that is made only later, for another view: it ends with what was received first."""
    shown_for = ("      statements: all\n", "      statements: all\n      shown_for: P2D\n")
    exchange.apply(agreed(shown_for))
    exchange.take("nl-feed", in_part("one"))
    clock.advance(days=1)
    exchange.take("nl-feed", in_part("one", day=2, secret="Somebody else"))
    exchange.apply(agreed(shown_for, ("wind-isac: {tlp: [clear, green, amber]}", "wind-isac: {tlp: [clear, green]}")))
    assert [each["name"] for each in derivatives(exchange) if not each.get("revoked")] == ["indicator one"]
    clock.advance(hours=23, minutes=59)
    assert [each["name"] for each in derivatives(exchange) if not each.get("revoked")] == ["indicator one"]
    clock.advance(minutes=1)
    assert not [each for each in derivatives(exchange) if not each.get("revoked")]


def test_a_plan_counts_the_batches_of_what_it_makes_and_what_it_ends(
    exchange: Running, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it makes of the second one has its turn before that of the first, and is shown no more. What has ended and
    the sweeper has not come to has a turn as well."""
    monkeypatch.setattr(jobs, "CONTRIBUTIONS_PER_BATCH", 1)
    whole, in_parts = (
        {**FILES, "north-sea.yaml": each["north-sea.yaml"].replace("      statements: all\n", f"      {SHORT}\n", 1)}
        for each in (FILES, SANITISED)
    )
    in_parts["partners.yaml"] = SANITISED["partners.yaml"]
    exchange.apply(whole)
    exchange.take("nl-feed", in_part("first"))
    exchange.take("nl-feed", in_part("second"))
    clock.advance(hours=3)
    exchange.take("nl-feed", in_part("first", day=2, name="changed"))
    counted = []
    for agreement in (in_parts, whole, in_parts):
        made = plan(exchange.exchange, agreement)
        apply(exchange.exchange, made, by="the officer", reason="a test", allow_removal=True)
        counted.append((made.batches, jobs.remaining(exchange.exchange)))
        jobs.finish(exchange.exchange)
    assert counted == [(9, 9), (9, 9), (9, 9)]
