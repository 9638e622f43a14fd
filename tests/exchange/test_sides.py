"""The members' own terms, from push to pull: what each releases and takes, as revisions and time change it."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from app.exchange.explain import explain
from tests.support.agreements import FILES, HOST_IDENTITY, NORTH_SEA
from tests.support.clocks import NOON, StillClock
from tests.support.exchanges import Running
from tests.support.stix import AMBER, CLEAR, GREEN, a_statement, an_address, an_indicator, stix_id

HERE = "/north-sea/collections/indicators"
LAST = "X-TAXII-Date-Added-Last"
ALL_OF_IT = "collections: all, types: all, tlp: all"


def with_terms(**of: str) -> dict[str, str]:
    """The agreement with these keys more for these members; an underscore stands for the hyphen in a name."""
    text = NORTH_SEA
    for name, keys in of.items():
        member = f"  {name.replace('_', '-')}: {{tlp: "
        assert member in text
        text = text.replace(member, f"  {name.replace('_', '-')}: {{{keys}, tlp: ")
    return {
        **FILES,
        "north-sea.yaml": text.replace("members:\n", "groups: {operators: [wind-isac, water-nl]}\nmembers:\n"),
    }


def an_id(which: str) -> str:
    return stix_id("indicator", which)


def rules_for(exchange: Running, which: str, account: str) -> list[str]:
    """The rules that withhold the object's newest version from the account, as `explain` names them."""
    decision = explain(exchange.exchange, "north-sea/indicators", an_id(which), account)[-1].explanation.decision
    return [str(rule) for rule in decision.rules]


def stamp(exchange: Running) -> str:
    return exchange.clock.now().isoformat().replace("+00:00", "Z")


def test_what_a_member_releases_is_taken_back_at_once_and_comes_again_to_who_kept_polling(exchange: Running) -> None:
    statement = a_statement("ours", CLEAR)
    marked = an_indicator("marked", GREEN, statement["id"])
    exchange.take("nl-feed", statement, marked, an_indicator("green", GREEN), an_address("198.51.100.1", GREEN))
    exchange.take("wind-feed", an_indicator("of wind", GREEN))
    client = exchange.client("port-soc")
    last = client.get(f"{HERE}/objects/").headers[LAST]
    operators = "releases: [{to: [operators], collections: all, types: [indicator], tlp: [clear, green]}]"
    tightened = exchange.apply(with_terms(nl_cert=operators))
    assert exchange.ids("port-soc") == {an_id("of wind")}
    assert exchange.ids("wind-soc") == {statement["id"], marked["id"], an_id("green"), an_id("of wind")}
    assert len(exchange.ids("nl-soc")) == 5, "its own terms bind nobody in its own organisation"
    told = {each.partner: each.hidden_by for each in tightened.plan.changes}
    assert told == {
        # Whoever is not shown the definition is not told what the marking means.
        "port-nl": {"submitter-releases": 3, "known-markings, submitter-releases": 1},
        "wind-isac": {"submitter-releases": 1},
        "water-nl": {"submitter-releases": 1},
    }
    assert client.get(f"{HERE}/objects/{marked['id']}/").status_code == 404
    loosened = exchange.apply(with_terms(nl_cert=f"releases: [{{to: all, {ALL_OF_IT}}}]"))
    back = [found["id"] for found in client.get(f"{HERE}/objects/?added_after={last}").json()["objects"]]
    assert back == [statement["id"], marked["id"], an_id("green"), stix_id("ipv4-addr", "198.51.100.1")]
    assert {each.partner: each.visible_by for each in loosened.plan.changes} == told


def test_what_a_member_takes_is_its_own_affair(exchange: Running) -> None:
    exchange.apply(with_terms(wind_isac="takes: [{from: [nl-cert], collections: all, types: all, tlp: [green]}]"))
    exchange.take("nl-feed", an_indicator("green", GREEN), an_indicator("amber", AMBER))
    exchange.take("water-feed", an_indicator("of water", GREEN))
    exchange.take("wind-feed", an_indicator("own", AMBER))
    assert exchange.ids("wind-soc") == {an_id("green"), an_id("own")}
    assert exchange.ids("port-soc") == {an_id("green"), an_id("of water")}
    (told,) = explain(exchange.exchange, "north-sea/indicators", an_id("of water"), "wind-soc")
    said = {str(finding.rule): finding.why for finding in told.explanation.findings if not finding.holds}
    assert said == {"member-takes": "wind-isac does not take it from water-nl: no entry of its terms covers it."}
    (told,) = explain(exchange.exchange, "north-sea/indicators", an_id("green"), "wind-soc")
    assert "Holds: wind-isac takes it from nl-cert." in [finding.why for finding in told.explanation.findings]
    exchange.apply(FILES)
    assert exchange.ids("wind-soc") == {an_id(each) for each in ("green", "amber", "of water", "own")}


def test_a_newer_version_that_is_not_released_takes_the_earlier_ones_along(exchange: Running) -> None:
    first, second, third = (
        an_indicator("one", mark, version=f"2026-05-0{n}T00:00:00.000Z")
        for n, mark in enumerate((GREEN, AMBER, GREEN), 1)
    )
    exchange.apply(with_terms(nl_cert="releases: [{to: all, collections: all, types: all, tlp: [green]}]"))
    exchange.take("nl-feed", first)
    assert exchange.objects("wind-soc") == [first]
    exchange.take("nl-feed", second)
    assert exchange.objects("wind-soc", "match[version]=all") == []
    assert rules_for(exchange, "one", "wind-soc") == ["submitter-releases"]
    exchange.take("nl-feed", third)
    assert exchange.objects("wind-soc", "match[version]=all") == [first, third]


def relayed_under(files: dict[str, str]) -> dict[str, str]:
    """These files, with water-nl as a relay of nl-cert."""
    text = files["north-sea.yaml"].replace(
        "ownership: creator\n      spec_versions", "ownership: {water-nl: [nl-cert]}\n      spec_versions"
    )
    assert "water-nl: [nl-cert]" in text
    return {**files, "north-sea.yaml": text}


def test_an_originator_has_a_say_wherever_what_is_its_own_is_relayed(exchange: Running) -> None:
    exchange.apply(relayed_under(FILES))
    exchange.take("water-feed", an_indicator("relayed", GREEN, created_by_ref=HOST_IDENTITY))
    exchange.take("water-feed", an_indicator("of water", GREEN))
    both = {an_id("relayed"), an_id("of water")}
    assert exchange.ids("wind-soc") == exchange.ids("nl-soc") == both
    exchange.apply(relayed_under(with_terms(nl_cert="originator_control: true")))
    assert exchange.ids("wind-soc") == {an_id("of water")}
    assert rules_for(exchange, "relayed", "wind-soc") == ["originator-control"]
    assert exchange.ids("nl-soc") == exchange.ids("water-soc") == both
    to_port = f"originator_control: true, releases: [{{to: [port-nl], {ALL_OF_IT}}}]"
    exchange.apply(relayed_under(with_terms(nl_cert=to_port)))
    assert exchange.ids("port-soc") == both
    assert exchange.ids("wind-soc") == {an_id("of water")}
    assert rules_for(exchange, "relayed", "wind-soc") == ["originator-releases"]


def test_a_source_that_is_not_to_be_named_is_not_shown_where_its_signature_stands(exchange: Running) -> None:
    ours = a_statement("ours", CLEAR, created_by_ref=HOST_IDENTITY)
    itself = {
        "type": "identity", "spec_version": "2.1", "id": HOST_IDENTITY, "name": "Dutch national CERT",
        "created": "2026-05-01T00:00:00.000Z", "modified": "2026-05-01T00:00:00.000Z", "object_marking_refs": [CLEAR],
    }  # fmt: skip
    exchange.apply(with_terms(nl_cert="attribution: anonymous"))
    exchange.take("nl-feed", ours, itself, an_indicator("signed", GREEN, created_by_ref=HOST_IDENTITY))
    exchange.take("nl-feed", an_indicator("marked", GREEN, ours["id"]), an_indicator("unsigned", GREEN))
    assert exchange.ids("wind-soc") == {an_id("unsigned")}
    assert rules_for(exchange, "signed", "wind-soc") == ["attribution"]
    assert len(exchange.ids("nl-soc")) == 5
    exchange.apply(FILES)
    assert len(exchange.ids("wind-soc")) == 5


def modified(days: float) -> str:
    """An instant so many days before the clock's beginning."""
    return (NOON - timedelta(days=days)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def of_age(which: str, days: float, *marks: str) -> dict[str, object]:
    at = modified(days)
    return dict(an_indicator(which, *(marks or (GREEN,)), created=at, version=at))


A_DAY_OLD = f"releases: [{{to: [wind-isac], {ALL_OF_IT}, age: {{at_least: P1D}}}}, {{to: [port-nl], {ALL_OF_IT}}}]"
TEN_DAYS = f"takes: [{{from: all, {ALL_OF_IT}, age: {{at_most: P10D}}}}]"


def test_what_is_old_enough_comes_by_itself_to_those_who_wait_for_it(exchange: Running, clock: StillClock) -> None:
    exchange.apply(with_terms(nl_cert=A_DAY_OLD))
    exchange.take("nl-feed", of_age("young", 0.25), of_age("old", 3), an_address("198.51.100.1", GREEN))
    assert exchange.ids("port-soc") == {an_id("young"), an_id("old"), stix_id("ipv4-addr", "198.51.100.1")}
    assert exchange.ids("wind-soc") == {an_id("old")}
    assert rules_for(exchange, "young", "wind-soc") == ["age"]
    clock.advance(hours=18, milliseconds=-1)
    assert exchange.sweep() == 0
    polled_at = stamp(exchange)
    clock.advance(milliseconds=1)
    exchange.sweep()
    client = exchange.client("wind-soc")
    arrived = client.get(f"{HERE}/objects/?added_after={polled_at}")
    assert [found["id"] for found in arrived.json()["objects"]] == [an_id("young")]
    clock.advance(milliseconds=-20)
    assert len(exchange.ids("wind-soc", "limit=1")) == 2, "a clock a little behind hides nothing that has come"
    clock.advance(hours=6, milliseconds=20)
    exchange.sweep()
    later = client.get(f"{HERE}/objects/?added_after={arrived.headers[LAST]}").json()["objects"]
    assert [found["id"] for found in later] == [stix_id("ipv4-addr", "198.51.100.1")], "it counts from its receipt"


def test_what_is_too_old_for_one_member_is_gone_from_its_pages_at_once(exchange: Running, clock: StillClock) -> None:
    exchange.apply(with_terms(wind_isac=TEN_DAYS))
    statement = a_statement("ours", CLEAR)
    exchange.take("nl-feed", statement, of_age("old", 9.5), of_age("new", 1, GREEN, statement["id"]))
    exchange.take("wind-feed", of_age("own", 9.5))
    clock.advance(hours=12, milliseconds=-1)
    client = exchange.client("wind-soc")
    first = client.get(f"{HERE}/objects/?limit=1").json()
    assert len(exchange.ids("wind-soc")) == 4
    clock.advance(milliseconds=1)
    with capture_logs() as logged:
        assert exchange.ids("wind-soc") == {statement["id"], an_id("new"), an_id("own")}
        assert client.get(f"{HERE}/objects/{an_id('old')}/").status_code == 404
        rest = client.get(f"{HERE}/objects/?limit=9&next={first['next']}").json()["objects"]
        assert an_id("old") not in {found["id"] for found in rest}, "nor in a walk that began before"
        assert len(exchange.ids("port-soc")) == 4, "others take it still"
        exchange.sweep()
        assert len(exchange.ids("wind-soc")) == 3
    assert [each["event"] for each in logged if each["log_level"] == "error"] == []
    assert exchange.apply({**with_terms(wind_isac=TEN_DAYS), "east.yaml": FILES["east.yaml"] + "# no\n"}).applied == []


def test_no_version_outlives_the_newest_by_its_age_and_a_young_one_leaves_it(
    exchange: Running, clock: StillClock
) -> None:
    terms = (
        "releases: [{to: all, collections: all, types: all, tlp: [green]}, "
        "{to: all, collections: all, types: all, tlp: [amber], age: {at_least: P1D, at_most: P3D}}]"
    )
    exchange.apply(with_terms(nl_cert=terms))
    first = an_indicator("one", GREEN)
    second = an_indicator("one", AMBER, version=modified(0))
    exchange.take("nl-feed", first)
    exchange.take("nl-feed", second)
    assert exchange.objects("wind-soc", "match[version]=all") == [first]
    clock.advance(days=1)
    exchange.sweep()
    assert exchange.objects("wind-soc", "match[version]=all") == [first, second]
    clock.advance(days=2)
    assert exchange.objects("wind-soc", "match[version]=all") == []
    exchange.sweep()
    assert exchange.objects("wind-soc", "match[version]=all") == []
    assert exchange.objects("nl-soc") == [second]


def test_of_equal_versions_each_is_bound_by_the_age_of_its_own_newest(exchange: Running) -> None:
    terms = (
        "releases: [{to: all, collections: all, types: all, tlp: [green]}, "
        "{to: all, collections: all, types: all, tlp: [amber], age: {at_most: P3D}}]"
    )
    exchange.apply(with_terms(nl_cert=terms))
    earlier = [an_indicator(which, GREEN) for which in ("a", "b", "c")]
    newest = [an_indicator(which, AMBER, version=modified(days)) for which, days in (("a", 5), ("b", 1), ("c", 5))]
    exchange.take("nl-feed", *earlier, *newest)
    assert exchange.objects("wind-soc", "match[version]=all") == [earlier[1], newest[1]]


def test_between_two_ages_a_version_goes_and_comes_back_under_a_new_date(exchange: Running, clock: StillClock) -> None:
    twice = (
        f"releases: [{{to: all, {ALL_OF_IT}, age: {{at_most: P2D}}}}, {{to: all, {ALL_OF_IT}, age: {{at_least: P5D}}}}]"
    )
    exchange.apply(with_terms(nl_cert=twice))
    exchange.take("nl-feed", of_age("one", 1))
    client = exchange.client("port-soc")
    last = client.get(f"{HERE}/objects/").headers[LAST]
    clock.advance(days=1)
    assert exchange.ids("port-soc") == set()
    exchange.sweep()
    clock.advance(days=3)
    exchange.sweep()
    back = client.get(f"{HERE}/objects/?added_after={last}").json()["objects"]
    assert [found["id"] for found in back] == [an_id("one")]


@pytest.mark.parametrize("terms", [TEN_DAYS, "takes: []"])
def test_terms_that_bind_sooner_apply_to_what_is_there_and_are_planned(exchange: Running, terms: str) -> None:
    exchange.take("nl-feed", of_age("old", 20), of_age("older", 30))
    made = exchange.apply(with_terms(wind_isac=terms))
    (change,) = made.plan.changes
    rule = "age" if "age" in terms else "member-takes"
    assert (change.partner, change.hidden, change.hidden_by) == ("wind-isac", 2, {rule: 2})
    assert exchange.ids("wind-soc") == set()
    exchange.apply(FILES)
    assert exchange.ids("wind-soc") == {an_id("old"), an_id("older")}
