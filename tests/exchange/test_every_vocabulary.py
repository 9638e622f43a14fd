"""Markings of every vocabulary, from push to pull: what terms open and close, and what policies do when they end."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.exchange import explain, plan, sweep
from app.policy.release import Withhold
from tests.support.agreements import FILES, HOST_IDENTITY, NORTH_SEA, WIND_IDENTITY
from tests.support.clocks import StillClock
from tests.support.exchanges import Running
from tests.support.stix import AMBER, CLEAR, GREEN, STIX, a_statement, an_indicator, stix_id

HERE = "/north-sea/collections/indicators"
IEP = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a"
ACS = "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce"
CUI = "extension-definition--dff17fb3-edcb-4f99-ad1b-4b751c95738a"
PAP_GREEN = "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9"
STRICT_AS_OPENCTI_SENDS_IT = "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"

CLOSED = "    closure: withhold\n    release:\n"
UNDERTAKEN = "{encrypt_in_transit: [must, may], provider_attribution: [may, must-not]}"


def with_release(*more: str, members: str = "") -> dict[str, str]:
    """The agreement with these keys under `release` of the shared collection, and for port-nl these of a member."""
    lines = "".join(f"      {each}\n" for each in more)
    text = NORTH_SEA.replace("      statements: all\n", f"      statements: all\n{lines}")
    text = text.replace("port-nl: {tlp: [clear, green]}", f"port-nl: {{tlp: [clear, green]{members}}}")
    return {**FILES, "north-sea.yaml": text}


def a_marking(name: str, extension: str, **body: Any) -> STIX:
    """A marking-definition of a vocabulary."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": stix_id("marking-definition", name),
        "created": "2026-05-01T00:00:00.000Z",
        "extensions": {extension: {"extension_type": "property-extension", **body}},
    }


def a_policy(name: str, **body: Any) -> STIX:
    """An Information Exchange Policy that asks for encryption."""
    return a_marking(name, IEP, **{"encrypt_in_transit": "must", "iep_version": 2.0, **body})


def an_acs_marking(name: str, **controls: Any) -> STIX:
    """An unclassified ACS marking that permits by default."""
    return a_marking(
        name,
        ACS,
        identifier="isa:guide.999191.ACS3-49fa8f90-88fb-48d5-b9a4-7a3447563d25",
        create_date_time="2026-01-10T00:00:00.000Z",
        responsible_entity_custodian="USA.DHS.US-CERT",
        policy_reference="urn:isa:policy:acs:ns:v3.0?privdefault=permit&sharedefault=permit",
        control_set={"classification": "U", **controls},
    )


def given(exchange: Running, account: str, after: str = "") -> list[str]:
    """The names of the indicators that the account is given, after a date added if one is named."""
    query = f"match[type]=indicator{'&added_after=' + after if after else ''}"
    return [each["name"].removeprefix("indicator ") for each in exchange.objects(account, query)]


RESIDUE = a_marking("cui", CUI, control="CUI", disseminations=["NOCON"])
FOREIGN = a_marking("noforn", CUI, control="CUI", disseminations=["NOFORN"])
OF_THE_NAVY = an_acs_marking("acs", permitted_organizations=["USA.DOD"])
FIVE_EYES = a_statement("fvey", definition={"statement": "REL TO USA, FVEY"})
VOCABULARIES: dict[str, tuple[list[STIX], str, dict[str, str], str]] = {
    "PAP": ([], PAP_GREEN, with_release("pap: [clear, green]"), "pap"),
    "IEP": ([a_policy("plain")], a_policy("plain")["id"], with_release(f"iep: {UNDERTAKEN}"), "iep"),
    "ACS": (
        [OF_THE_NAVY],
        OF_THE_NAVY["id"],
        with_release("acs: {classification: [U]}", members=", organizations: [USA.DOD]"),
        "acs",
    ),
    "CUI": (
        [RESIDUE],
        RESIDUE["id"],
        with_release(f"custom: {{{CUI}: {{members: [port-nl], disseminations: [NOCON]}}}}"),
        "custom",
    ),
    "NOFORN": (
        [FOREIGN],
        FOREIGN["id"],
        with_release(
            f"custom: {{{CUI}: {{members: all, disseminations: [NOFORN]}}}}", members=", nationalities: [USA]"
        ),
        "custom",
    ),
    "REL TO": ([FIVE_EYES], FIVE_EYES["id"], with_release(members=", nationalities: [CAN]"), "releasable-to"),
}


@pytest.mark.parametrize(("definitions", "mark", "wider", "rule"), VOCABULARIES.values(), ids=VOCABULARIES.keys())
def test_terms_for_a_vocabulary_open_what_it_marks_and_taking_them_back_closes_it(
    exchange: Running, clock: StillClock, definitions: list[STIX], mark: str, wider: dict[str, str], rule: str
) -> None:
    exchange.take("nl-feed", *definitions, an_indicator("marked", GREEN, mark), an_indicator("plain", GREEN))
    assert given(exchange, "port-soc") == ["plain"]
    assert given(exchange, "nl-soc") == ["marked", "plain"], "a member is shown what its organisation contributed"
    clock.advance(minutes=1)
    polled_at = clock.now().isoformat().replace("+00:00", "Z")
    planned = plan.plan(exchange.exchange, wider)
    (change,) = [each for each in planned.changes if each.partner == "port-nl"]
    assert (change.visible, change.hidden) == (1 + len(definitions), 0)
    assert any(rule in by for by in change.visible_by)
    clock.advance(minutes=1)
    exchange.apply(wider)
    assert given(exchange, "port-soc", after=polled_at) == ["marked"]
    told = explained(exchange, "port-soc", an_indicator("marked")["id"])
    assert told[rule] == "grants"
    exchange.apply(FILES)
    assert given(exchange, "port-soc") == ["plain"]
    assert explained(exchange, "port-soc", an_indicator("marked")["id"])[rule] == "objects"


def explained(exchange: Running, account: str, object_id: str) -> dict[str, str]:
    """What every rule says of the object's one version, for this account."""
    (version,) = explain.explain(exchange.exchange, "north-sea/indicators", object_id, account)
    return {finding.rule.value: finding.effect.value for finding in version.explanation.findings}


def test_a_policy_that_has_not_begun_holds_back_and_one_that_has_ended_leaves_the_default(
    exchange: Running, clock: StillClock
) -> None:
    """It is shown to nobody at its end, at once; and comes back under a new date to whom the default lets have it."""
    exchange.apply(with_release(f"iep: {UNDERTAKEN}"))
    policy = a_policy("timed", start_date="2026-06-02T00:00:00Z", end_date="2026-06-03T00:00:00Z")
    exchange.take("nl-feed", policy, an_indicator("green", GREEN, policy["id"]), an_indicator("alone", policy["id"]))
    assert given(exchange, "wind-soc") == []
    clock.set(datetime.fromisoformat("2026-06-01T23:59:59.999Z"))
    assert exchange.sweep() == 0
    polled_at = clock.now().isoformat().replace("+00:00", "Z")
    clock.advance(milliseconds=1)
    exchange.sweep()
    assert given(exchange, "wind-soc", after=polled_at) == ["green", "alone"]
    assert given(exchange, "port-soc") == ["green"], "alone it stands at the default, which is amber"
    clock.set(datetime.fromisoformat("2026-06-02T23:59:59.999Z"))
    assert len(exchange.objects("wind-soc")) == 3
    polled_at = clock.now().isoformat().replace("+00:00", "Z")
    clock.advance(milliseconds=1)
    assert exchange.objects("wind-soc") == [], "pages leave it out before anything is swept"
    exchange.sweep()
    assert given(exchange, "wind-soc", after=polled_at) == ["green", "alone"]
    assert given(exchange, "port-soc") == [], "where a policy has ended the default stands in besides"
    assert exchange.ids("wind-soc", f"added_after={polled_at}") >= {policy["id"]}
    exchange.apply(FILES)
    assert given(exchange, "wind-soc") == ["green", "alone"], "what has ended needs no terms for policies"


def test_explain_tells_what_becomes_of_what_a_policy_marks_once_that_has_ended(
    exchange: Running, clock: StillClock
) -> None:
    """It foretells what comes back to whom, and whom it does not come back to."""
    closing = with_release(f"iep: {UNDERTAKEN}")["north-sea.yaml"].replace("    release:\n", CLOSED, 1)
    exchange.apply({**FILES, "north-sea.yaml": closing})
    policy = a_policy("timed", end_date="2026-06-03T00:00:00Z", tlp="green")
    alone = an_indicator("alone", policy["id"])
    refers = an_indicator("refers", GREEN, x_of_ref=alone["id"])
    exchange.take("nl-feed", policy, alone, refers)
    end = datetime.fromisoformat("2026-06-03T00:00:00Z")

    def told(account: str, at: datetime | None = None) -> list[str]:
        """Of each of the two which rules withhold it."""
        place = "north-sea/indicators"
        every = [explain.explain(exchange.exchange, place, each["id"], account, at=at) for each in (alone, refers)]
        decisions = [each.explanation.decision for versions in every for each in versions]
        return [", ".join(each.rules) if isinstance(each, Withhold) else "" for each in decisions]

    for account in ("wind-soc", "port-soc"):
        assert told(account) == told(account, end - timedelta(milliseconds=1)) == ["", ""]
        assert given(exchange, account) == ["alone", "refers"]
    foretold = told("wind-soc", end), told("port-soc", end)
    assert foretold == (["", ""], ["member-tlp", "closure"])
    assert told("wind-soc") == ["", ""], "nothing was changed by asking"
    clock.set(end)
    assert "expiry" in told("wind-soc")[0], "until the sweeper has come"
    assert (told("wind-soc", end), told("port-soc", end)) == foretold
    exchange.sweep()
    assert (told("wind-soc"), told("port-soc")) == foretold
    assert (given(exchange, "wind-soc"), given(exchange, "port-soc")) == (["alone", "refers"], [])


def test_what_rests_on_a_policy_follows_it_however_many_steps_it_takes(
    exchange: Running, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was pushed last, and comes to everybody before what it marks."""
    monkeypatch.setattr(sweep, "OBJECTS_PER_BATCH", 50)
    exchange.apply(with_release(f"iep: {UNDERTAKEN}"))
    policy = a_policy("timed", start_date="2026-06-02T00:00:00Z", end_date="2026-06-03T00:00:00Z")
    exchange.take("nl-feed", *(an_indicator(n, AMBER, policy["id"]) for n in range(51)))
    exchange.take("nl-feed", policy)
    clock.set(datetime.fromisoformat("2026-06-02T00:00:00Z"))
    exchange.sweep()
    ids = [each["id"] for each in exchange.objects("wind-soc")]
    assert (len(ids), ids[0]) == (52, policy["id"])
    clock.advance(days=1)
    exchange.sweep()
    ids = [each["id"] for each in exchange.objects("wind-soc")]
    assert (len(ids), ids[0]) == (52, policy["id"])
    assert exchange.sweep() == 0


def test_of_several_policies_each_ends_at_its_own_instant(exchange: Running, clock: StillClock) -> None:
    exchange.apply(with_release(f"iep: {UNDERTAKEN}"))
    first, second = (
        a_policy("first", end_date="2026-06-02T00:00:00Z"),
        a_policy("second", end_date="2026-06-04T00:00:00Z"),
    )
    exchange.take("nl-feed", first, second, an_indicator("one", AMBER, first["id"], second["id"]))
    for day in (2, 4):
        clock.set(datetime.fromisoformat(f"2026-06-0{day}T00:00:00Z"))
        assert given(exchange, "wind-soc") == []
        exchange.sweep()
        assert given(exchange, "wind-soc") == ["one"]


def test_what_was_decided_anew_between_an_end_and_its_step_is_not_lost(exchange: Running, clock: StillClock) -> None:
    """A definition that comes to resolve has what it marks derived again, before the policy's own turn has come."""
    exchange.apply(with_release(f"iep: {UNDERTAKEN}", "shown_for: P90D"))
    policy = a_policy("timed", end_date="2026-06-03T00:00:00Z")
    notice = a_statement("notice", AMBER)
    exchange.take("nl-feed", policy, notice, an_indicator("one", AMBER, policy["id"], notice["id"]))
    clock.set(datetime.fromisoformat("2026-06-03T00:00:00Z"))
    exchange.client("nl-feed").delete(f"{HERE}/objects/{notice['id']}/")
    exchange.take("nl-feed", notice)
    exchange.sweep()
    assert given(exchange, "wind-soc") == ["one"]


def test_a_version_that_ends_takes_the_earlier_ones_along_and_brings_them_back(
    exchange: Running, clock: StillClock
) -> None:
    exchange.apply(with_release(f"iep: {UNDERTAKEN}"))
    policy = a_policy("timed", end_date="2026-06-03T00:00:00Z")
    first = an_indicator("one", GREEN)
    second = an_indicator("one", AMBER, policy["id"], version="2026-05-02T00:00:00.000Z")
    exchange.take("nl-feed", policy, first, second)
    assert exchange.objects("wind-soc", "match[type]=indicator&match[version]=all") == [first, second]
    clock.set(datetime.fromisoformat("2026-06-03T00:00:00Z"))
    assert exchange.objects("wind-soc", "match[version]=all") == []
    exchange.sweep()
    assert exchange.objects("wind-soc", "match[type]=indicator&match[version]=all") == [first, second]


def test_what_was_pushed_after_the_end_of_its_policy_stands_at_the_default(exchange: Running) -> None:
    policy = a_policy("over", end_date="2026-05-03T00:00:00Z")
    exchange.take("nl-feed", policy, an_indicator("one", CLEAR, policy["id"]))
    assert given(exchange, "wind-soc") == ["one"]
    assert given(exchange, "port-soc") == []


def test_a_policy_s_level_counts_at_intake_and_at_release(exchange: Running) -> None:
    exchange.apply(with_release(f"iep: {UNDERTAKEN}"))
    red, green = a_policy("red", tlp="red"), a_policy("green", tlp="green")
    exchange.take("nl-feed", red, green, an_indicator("red", GREEN, red["id"]), an_indicator("green", green["id"]))
    assert given(exchange, "port-soc") == ["green"], "a policy that states a level leaves nothing unmarked"
    assert given(exchange, "duty-officer") == ["red", "green"]
    narrow = with_release()["north-sea.yaml"].replace("      tlp: all\n", "      tlp: [green, amber]\n")
    exchange.apply({**FILES, "north-sea.yaml": narrow})
    assert exchange.post("nl-feed", an_indicator("more", GREEN, red["id"]))["failure_count"] == 1


def test_a_source_that_must_not_be_named_is_not(exchange: Running) -> None:
    exchange.apply(with_release(f"iep: {UNDERTAKEN}"))
    silent = a_policy("silent", provider_attribution="must-not")
    signed = {**a_policy("signed", provider_attribution="must-not"), "created_by_ref": HOST_IDENTITY}
    exchange.take(
        "nl-feed",
        silent,
        signed,
        an_indicator("unsigned", GREEN, silent["id"]),
        an_indicator("named", GREEN, silent["id"], created_by_ref=HOST_IDENTITY),
        an_indicator("named by its policy", GREEN, signed["id"]),
    )
    assert given(exchange, "port-soc") == ["unsigned"]
    assert explained(exchange, "port-soc", an_indicator("named")["id"])["attribution"] == "objects"


def test_amber_strict_as_opencti_sends_it_is_amber_strict(exchange: Running) -> None:
    """Whatever stands under its id, and whether it comes along or not."""
    wider = NORTH_SEA.replace("wind-isac: {tlp: [clear, green, amber]}", "wind-isac: {tlp: all}")
    exchange.apply({**FILES, "north-sea.yaml": wider})
    sent = a_statement(
        "strict",
        id=STRICT_AS_OPENCTI_SENDS_IT,
        definition={"statement": "custom"},
        x_opencti_definition_type="TLP",
        x_opencti_definition="TLP:AMBER+STRICT",
    )
    exchange.take("nl-feed", an_indicator("before", sent["id"]), sent, an_indicator("after", sent["id"]))
    assert given(exchange, "wind-soc") == ["before", "after"]
    assert given(exchange, "water-soc") == [], "amber+strict is not for clients"
    assert sent["id"] in exchange.ids("wind-soc")
    assert sent["id"] not in exchange.ids("water-soc")


def test_what_is_under_originator_control_goes_to_whom_its_originator_names(exchange: Running) -> None:
    relayed = NORTH_SEA.replace("ownership: creator", "ownership: {wind-isac: [nl-cert]}", 1)
    exchange.apply({**FILES, "north-sea.yaml": relayed})
    orcon = a_statement("orcon", definition={"statement": "ORCON"}, created_by_ref=HOST_IDENTITY)
    exchange.take(
        "wind-feed",
        orcon,
        an_indicator("one", GREEN, orcon["id"], created_by_ref=HOST_IDENTITY),
        an_indicator("two", GREEN, orcon["id"]),
    )
    assert given(exchange, "wind-soc") == ["one", "two"]
    assert given(exchange, "nl-soc") == ["one"]
    assert given(exchange, "port-soc") == []
    named = "nl-cert: {releases: [{to: [port-nl], collections: all, types: all, tlp: all}], "
    exchange.apply({**FILES, "north-sea.yaml": relayed.replace("nl-cert: {", named, 1)})
    assert given(exchange, "port-soc") == ["one"], "its originator names them; nobody has named anybody for the other"
    assert orcon["id"] in exchange.ids("port-soc")
    assert given(exchange, "water-soc") == []
    exchange.apply({**FILES, "north-sea.yaml": relayed})
    assert given(exchange, "port-soc") == []


def test_what_names_its_source_without_its_signature_stays_with_the_source_as_well(exchange: Running) -> None:
    """Its identity object signs itself, and a sighting may say where it was; whenever the policy comes."""
    exchange.apply(with_release(f"iep: {UNDERTAKEN}"))
    unnamed = a_policy("unnamed", provider_attribution="must-not")
    quiet = an_indicator("quiet", GREEN, unnamed["id"])
    about = {each: quiet[each] for each in ("spec_version", "created", "modified", "object_marking_refs")}
    seen = {**about, "type": "sighting", "id": stix_id("sighting", "seen"), "sighting_of_ref": quiet["id"]}
    seen["where_sighted_refs"] = [WIND_IDENTITY]
    itself = {**about, "type": "identity", "id": WIND_IDENTITY, "name": "Wind ISAC"}
    exchange.take("wind-feed", seen)
    exchange.take("wind-feed", unnamed)
    exchange.take("wind-feed", itself, quiet)
    assert exchange.ids("port-soc") == {unnamed["id"], quiet["id"]}
    assert exchange.ids("wind-soc") >= {seen["id"], itself["id"], quiet["id"]}


@pytest.mark.parametrize("together", [True, False], ids=["in one envelope", "one by one"])
def test_a_chain_of_definitions_means_the_same_however_it_is_cut_into_envelopes(
    exchange: Running, together: bool
) -> None:
    chains = []
    for length in (8, 9):
        names = [f"link {number} of {length}" for number in range(length)]
        ids = [stix_id("marking-definition", name) for name in names]
        links = [a_statement(name, CLEAR, *ids[number + 1 : number + 2]) for number, name in enumerate(names)]
        chains.append([*links, an_indicator(f"under {length}", GREEN, links[0]["id"])])
    for chain in chains:
        for envelope in [chain] if together else [[each] for each in reversed(chain)]:
            exchange.take("wind-feed", *envelope)
    indicators = {each for each in exchange.ids("port-soc") if each.startswith("indicator--")}
    assert indicators == {stix_id("indicator", "under 8")}
