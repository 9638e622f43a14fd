"""What is held for an officer: seen by nobody, known to its own organisation, released or refused on the record."""

import json
import re
from typing import Any

import pytest

from app.errors import OperatorError
from app.exchange import blocks, quarantine
from app.exchange.officers import Mandate, mandate
from app.exchange.push_status import AFTER_REVIEW, ALREADY_PRESENT
from app.exchange.quarantine import Which
from app.storage import quarantine as stored
from app.storage import revisions
from tests.exchange.test_every_vocabulary import a_policy
from tests.support.agreements import FILES, HOST_IDENTITY, NORTH_SEA, WIND_IDENTITY
from tests.support.clocks import StillClock
from tests.support.exchanges import TAXII, Running
from tests.support.stix import AMBER, CLEAR, GREEN, RED, STIX, a_statement, an_indicator, stix_id

HERE = "north-sea/indicators"
OBJECTS = "/north-sea/collections/indicators/objects/"
INTAKE = """    intake:
      types: all
      tlp: all
      unmarked: amber
"""
REVIEWING = NORTH_SEA.replace(
    INTAKE, INTAKE + "      review: {types: [malware, marking-definition], tlp: [red]}\n      loosened: review\n", 1
)


def a_malware(name: str, *marks: str, version: str = "2026-05-01T00:00:00.000Z", **more: Any) -> STIX:
    return {
        "type": "malware",
        "spec_version": "2.1",
        "id": stix_id("malware", name),
        "created": "2026-05-01T00:00:00.000Z",
        "modified": version,
        "name": name,
        "is_family": False,
        "object_marking_refs": list(marks),
        **more,
    }


@pytest.fixture
def reviewing(exchange: Running) -> Running:
    exchange.apply({**FILES, "north-sea.yaml": REVIEWING})
    return exchange


def officer(made: Running, reason: str = "looked at it", account: str = "officer") -> Mandate:
    return mandate(made.exchange, account, made.secrets[account], "a test", reason)


def records(made: Running) -> list[Any]:
    with made.exchange.database.reading() as transaction:
        row = revisions.by_root(transaction, "north-sea")
        assert row is not None
        return list(stored.records(transaction, row.id))


def messages(status: dict[str, Any]) -> list[str | None]:
    return [each.get("message") for each in status["successes"]]


def test_what_is_held_is_a_success_that_nobody_sees_until_it_is_released(reviewing: Running) -> None:
    """Released, it comes to pollers under a date of then, also to those who are past the day of the push."""
    held = a_malware("held", GREEN)
    status = reviewing.post("wind-feed", held, an_indicator("beside", GREEN))
    assert sorted(map(str, messages(status))) == sorted(["None", AFTER_REVIEW])
    assert status["status"] == "complete"
    for account in ("wind-soc", "wind-feed", "port-soc", "nl-soc"):
        assert held["id"] not in reviewing.ids(account, "match[version]=all")
        assert reviewing.client(account).get(f"{OBJECTS}{held['id']}/").status_code == 404
        assert reviewing.client(account).get(f"{OBJECTS}{held['id']}/versions/").status_code == 404
    last = reviewing.client("port-soc").get(OBJECTS).headers["X-TAXII-Date-Added-Last"]
    (waiting,) = quarantine.held(reviewing.exchange, "north-sea")
    assert (waiting.object_id, waiting.contributed_by, waiting.rules) == (held["id"], "wind-isac", ("review",))
    assert isinstance(reviewing.clock, StillClock)
    reviewing.clock.advance(milliseconds=60_000)
    quarantine.release(reviewing.exchange, officer(reviewing), HERE, held["id"])
    arrived = reviewing.client("port-soc").get(f"{OBJECTS}?added_after={last}").json()["objects"]
    assert arrived == [held]
    assert reviewing.objects("wind-soc", f"match[id]={held['id']}") == [held]
    assert quarantine.held(reviewing.exchange) == []
    (record,) = records(reviewing)
    assert record["act"] == "release from quarantine"
    assert (record["officer"], record["operator"], record["reason"]) == ("nl-cert/officer", "a test", "looked at it")
    assert (record["object"], record["contributed_by"], record["held_by"]) == (held["id"], "wind-isac", "review")


def test_what_is_held_counts_for_its_own_organisation_and_for_no_other(reviewing: Running) -> None:
    held = a_malware("m", GREEN)
    reviewing.take("wind-feed", held)
    assert messages(reviewing.post("wind-feed", held)) == [AFTER_REVIEW]
    other = {**held, "name": "another"}
    assert "other content" in reviewing.post("wind-feed", other)["failures"][0]["message"]
    assert messages(reviewing.post("water-feed", other)) == [AFTER_REVIEW]
    assert reviewing.client("water-feed").delete(f"{OBJECTS}{held['id']}/").status_code == 200
    assert [each.contributed_by for each in quarantine.held(reviewing.exchange)] == ["wind-isac"]
    quarantine.refuse(reviewing.exchange, officer(reviewing, "a vendor's test file"), HERE, held["id"])
    assert quarantine.held(reviewing.exchange) == []
    assert messages(reviewing.post("wind-feed", other)) == [AFTER_REVIEW]
    assert [each["act"] for each in records(reviewing)] == ["refuse from quarantine"]
    assert reviewing.ids("nl-soc") == set()


def test_a_loosened_version_waits_beside_the_stricter_one_and_caps_nothing(reviewing: Running) -> None:
    """Nor does a held version that is stricter: a line's newest version is the newest that was released."""
    first = an_indicator("i", AMBER, created_by_ref=WIND_IDENTITY)
    looser = {**first, "modified": "2026-05-02T00:00:00.000Z", "object_marking_refs": [CLEAR]}
    strict = {**a_malware("m", GREEN), "created_by_ref": WIND_IDENTITY}
    red = {**strict, "modified": "2026-05-02T00:00:00.000Z", "object_marking_refs": [RED]}
    reviewing.take("wind-feed", first)
    assert messages(reviewing.post("wind-feed", looser)) == [AFTER_REVIEW]
    assert reviewing.ids("port-soc") == set()
    assert reviewing.objects("wind-soc") == [first]
    reviewing.take("wind-feed", strict)
    quarantine.release(reviewing.exchange, officer(reviewing), HERE, strict["id"])
    reviewing.take("wind-feed", red)
    assert strict in reviewing.objects("port-soc")
    quarantine.release(reviewing.exchange, officer(reviewing), HERE, strict["id"])
    assert reviewing.ids("port-soc") == set()
    quarantine.release(reviewing.exchange, officer(reviewing), HERE, first["id"], Which("2026-05-02T00:00:00.000Z"))
    assert reviewing.objects("port-soc") == [looser]


def test_what_waits_answers_for_nothing_that_follows_it(reviewing: Running) -> None:
    """A feed that sends an open version each hour has each of them looked at, also in one envelope."""
    first = an_indicator("i", RED, created_by_ref=WIND_IDENTITY)
    open_ones = [
        {**first, "modified": f"2026-05-0{day}T00:00:00.000Z", "object_marking_refs": [GREEN]} for day in (2, 3, 4)
    ]
    reviewing.take("wind-feed", first)
    assert messages(reviewing.post("wind-feed", first)) == [AFTER_REVIEW]
    quarantine.release(reviewing.exchange, officer(reviewing), HERE, first["id"])
    assert messages(reviewing.post("wind-feed", open_ones[0])) == [AFTER_REVIEW]
    assert messages(reviewing.post("wind-feed", *open_ones[1:])) == [AFTER_REVIEW, AFTER_REVIEW]
    assert reviewing.ids("port-soc") == set()
    quarantine.release(reviewing.exchange, officer(reviewing), HERE, first["id"], Which(open_ones[0]["modified"]))
    assert reviewing.objects("port-soc") == [open_ones[0]]
    later = {**open_ones[0], "modified": "2026-05-05T00:00:00.000Z"}
    assert messages(reviewing.post("wind-feed", later)) == [None], "it is as open as what an officer has released"


def test_what_a_definition_that_waits_would_say_of_an_object_holds_that_as_well(reviewing: Running) -> None:
    """In one envelope, before it and after it: its level may be the one that goes to review."""
    closed = a_policy("closed", tlp="red")
    objects = [an_indicator(name, GREEN, closed["id"]) for name in ("before", "beside", "after")]
    assert messages(reviewing.post("wind-feed", objects[0])) == [AFTER_REVIEW]
    assert messages(reviewing.post("wind-feed", closed, objects[1])) == [AFTER_REVIEW] * 2
    quarantine.release(reviewing.exchange, officer(reviewing), HERE, closed["id"])
    assert messages(reviewing.post("wind-feed", objects[2])) == [AFTER_REVIEW]
    assert reviewing.ids("nl-soc") <= {closed["id"]}


def test_nothing_is_older_than_what_only_waits(reviewing: Running) -> None:
    """Until an officer has released it. Where nothing has arrived, what waits is all there is to ask about."""
    refusing = REVIEWING.replace("loosened: review\n", "older_versions: refuse\n")
    reviewing.apply({**FILES, "north-sea.yaml": refusing})
    first = an_indicator("i", GREEN, created_by_ref=WIND_IDENTITY)
    second, late, third = (
        {**first, "modified": f"2026-05-{day}:00:00.000Z", "object_marking_refs": [mark]}
        for day, mark in (("02T00", GREEN), ("02T12", GREEN), ("03T00", RED))
    )
    reviewing.take("wind-feed", first)
    assert messages(reviewing.post("wind-feed", third)) == [AFTER_REVIEW]
    reviewing.take("wind-feed", second)
    quarantine.release(reviewing.exchange, officer(reviewing), HERE, first["id"])
    older = "Your organisation has given this collection a later version of this object."
    assert [each["message"] for each in reviewing.post("wind-feed", late)["failures"]] == [older]
    alone = an_indicator("j", RED, version="2026-05-03T00:00:00.000Z")
    assert messages(reviewing.post("wind-feed", alone)) == [AFTER_REVIEW]
    assert [each["message"] for each in reviewing.post("wind-feed", an_indicator("j", GREEN))["failures"]] == [older]


def test_a_held_definition_of_a_partner_that_has_gone_is_released_or_withdrawn(reviewing: Running) -> None:
    statements = [a_statement(f"statement {n}", CLEAR) for n in range(2)]
    reviewing.take("water-feed", *statements)
    with_water = REVIEWING.replace("  water-nl: {tlp: [clear, green, amber], client_of: nl-cert}\n", "")
    assert with_water != REVIEWING
    files = {**FILES, "north-sea.yaml": with_water.replace(", water-nl]", "]")}
    files["partners.yaml"] = re.sub("  water-nl: .*\n", "", files["partners.yaml"])
    reviewing.apply(files, allow_removal=True)
    assert len(quarantine.release(reviewing.exchange, officer(reviewing), HERE, statements[0]["id"])) == 1
    withdrawn = blocks.withdraw_of(reviewing.exchange, officer(reviewing), HERE, statements[1]["id"], "water-nl")
    assert len(withdrawn) == 1


def test_another_encoding_of_a_version_is_loosened_as_another_version_is(reviewing: Running) -> None:
    """And so is one in the envelope that brought the stricter version."""
    first = an_indicator("i", AMBER)
    of_2_0 = {**first, "object_marking_refs": [CLEAR], "labels": ["malicious-activity"]}
    del of_2_0["spec_version"], of_2_0["pattern_type"]
    status = reviewing.post("wind-feed", first, of_2_0)
    assert sorted(map(str, messages(status))) == sorted(["None", AFTER_REVIEW]), status
    by = officer(reviewing)
    assert blocks.withdraw_of(reviewing.exchange, by, HERE, first["id"], "wind-isac") == [first["modified"]] * 2
    assert quarantine.held(reviewing.exchange) == [], "an officer takes back what is held, too"


def test_an_officer_decides_about_what_was_looked_at_and_about_nothing_that_came_since(reviewing: Running) -> None:
    """By its member, its version and its content: another's comes under its id, and other content under its version."""
    seen = a_malware("m", GREEN)
    later = a_malware("m", GREEN, version="2026-05-02T00:00:00.000Z")
    by = officer(reviewing)
    reviewing.take("wind-feed", seen)
    ((shown, content),) = quarantine.show(reviewing.exchange, by, HERE, seen["id"])
    assert (json.loads(content), shown.contributed_by) == (seen, "wind-isac")
    reviewing.take("water-feed", {**seen, "name": "by another"})
    reviewing.take("wind-feed", later)
    with pytest.raises(OperatorError, match=r"3 versions .*--version and --partner, or --all"):
        quarantine.release(reviewing.exchange, by, HERE, seen["id"])
    with pytest.raises(OperatorError, match=r"2 versions .* of water-nl; .* of wind-isac"):
        quarantine.refuse(reviewing.exchange, by, HERE, seen["id"], Which(seen["modified"]))
    assert reviewing.client("wind-feed").delete(f"{OBJECTS}{seen['id']}/?match[version]=all").status_code == 200
    reviewing.take("wind-feed", {**seen, "name": "by the same"})
    which = Which(seen["modified"], "wind-isac", shown.digest)
    with pytest.raises(OperatorError, match=r"partner wind-isac, digest .* doesn't wait"):
        quarantine.release(reviewing.exchange, by, HERE, seen["id"], which)
    with pytest.raises(OperatorError, match="too short"):
        quarantine.release(reviewing.exchange, by, HERE, seen["id"], Which(digest=shown.digest[:7]))
    assert reviewing.ids("nl-soc") == set()
    (now,) = (each for each, _ in quarantine.show(reviewing.exchange, by, HERE, seen["id"], Which(partner="wind-isac")))
    quarantine.release(reviewing.exchange, by, HERE, seen["id"], Which(digest=now.digest[:8].upper()))
    assert reviewing.objects("nl-soc") == [{**seen, "name": "by the same"}]
    looked, again, last = records(reviewing)[0], records(reviewing)[-2], records(reviewing)[-1]
    assert (looked["act"], looked["content"], looked["reason"]) == ("look at quarantine", shown.digest, "looked at it")
    assert (last["act"], last["content"], again["content"]) == ("release from quarantine", now.digest, now.digest)
    assert len(quarantine.refuse(reviewing.exchange, by, HERE, seen["id"], quarantine.EVERY)) == 1


def test_a_held_definition_resolves_nothing_until_it_is_released(reviewing: Running) -> None:
    """Nor for intake: what it marks may be of any level until then, RED, which goes to review, among them."""
    statement, red = a_statement("terms", GREEN), a_statement("strict terms", RED)
    marked = an_indicator("marked", GREEN, statement["id"])
    marked_red = an_indicator("marked red", GREEN, red["id"])
    reviewing.take("wind-feed", statement, red)
    beside = [a_statement("new", RED), an_indicator("i", GREEN, a_statement("new")["id"])]
    assert messages(reviewing.post("wind-feed", marked, marked_red, *beside)) == [AFTER_REVIEW] * 4
    waiting = {each["id"] for each in (statement, red, marked, marked_red, *beside)}
    assert {each.object_id for each in quarantine.held(reviewing.exchange)} == waiting
    for each in (marked, marked_red):
        quarantine.release(reviewing.exchange, officer(reviewing), HERE, each["id"])
    assert reviewing.ids("port-soc") == set(), "by what nobody defines nothing is shown"
    for each in (statement, red):
        quarantine.release(reviewing.exchange, officer(reviewing), HERE, each["id"])
    assert reviewing.ids("port-soc") == {marked["id"], statement["id"]}
    of_the_next_day = {"modified": "2026-05-02T00:00:00.000Z"}
    assert messages(reviewing.post("wind-feed", {**marked, **of_the_next_day})) == [None]
    assert messages(reviewing.post("wind-feed", {**marked_red, **of_the_next_day})) == [AFTER_REVIEW]


def test_what_was_defined_while_something_waited_counts_when_it_is_released(reviewing: Running) -> None:
    statement = a_statement("terms", GREEN)
    held = a_malware("marked", GREEN, statement["id"], created_by_ref=HOST_IDENTITY)
    reviewing.take("nl-feed", held)
    reviewing.take("nl-feed", statement)
    quarantine.release(reviewing.exchange, officer(reviewing), HERE, statement["id"])
    quarantine.release(reviewing.exchange, officer(reviewing), HERE, held["id"])
    assert reviewing.ids("port-soc") == {statement["id"], held["id"]}


def test_an_officer_takes_a_partner_s_contribution_back_and_blocks_its_id(reviewing: Running) -> None:
    wrong = an_indicator("wrong", GREEN)
    reviewing.take("wind-feed", wrong)
    reviewing.take("water-feed", wrong)
    by = officer(reviewing, "court order")
    assert blocks.withdraw_of(reviewing.exchange, by, HERE, wrong["id"], "wind-isac") == [wrong["modified"]]
    assert reviewing.objects("port-soc") == [wrong]
    blocks.withdraw_of(reviewing.exchange, by, HERE, wrong["id"], "water-nl")
    assert reviewing.ids("port-soc") == reviewing.ids("wind-soc") == set()
    blocks.block(reviewing.exchange, by, HERE, wrong["id"])
    refusals = [reviewing.post(who, wrong)["failures"][0]["message"] for who in ("wind-feed", "water-feed", "nl-feed")]
    assert len(set(refusals)) == 1
    assert reviewing.post("outsider-feed", wrong, to="east/collections/indicators")["success_count"] == 1
    blocks.unblock(reviewing.exchange, by, HERE, wrong["id"])
    assert messages(reviewing.post("wind-feed", wrong)) == [None]
    assert messages(reviewing.post("wind-feed", wrong)) == [ALREADY_PRESENT]
    assert [each["act"] for each in records(reviewing)] == ["withdraw", "withdraw", "block", "unblock"]


def test_only_an_officer_of_the_host_acts_and_says_why(reviewing: Running) -> None:
    held = a_malware("held", GREEN)
    reviewing.take("wind-feed", held)
    made = reviewing.exchange
    with pytest.raises(OperatorError, match="not known by this secret"):
        mandate(made, "officer", reviewing.secrets["nl-soc"], "a test", "why")
    with pytest.raises(OperatorError, match="role reader"):
        officer(reviewing, account="nl-soc")
    with pytest.raises(OperatorError, match="--reason"):
        officer(reviewing, " ")
    reviewing.add_account("wind-officer", "wind-isac", officer(reviewing).officer.role)
    with pytest.raises(OperatorError, match="no officer of the host"):
        quarantine.release(made, officer(reviewing, account="wind-officer"), HERE, held["id"])
    by = officer(reviewing)
    blocks.block(made, by, HERE, held["id"])
    with pytest.raises(OperatorError, match="is blocked"):
        quarantine.release(made, by, HERE, held["id"])
    for place, object_id, version in (
        ("nowhere/x", held["id"], None),
        ("north-sea/x", held["id"], None),
        (HERE, stix_id("malware", "none"), None),
        (HERE, held["id"], "2020-01-01T00:00:00.000Z"),
    ):
        with pytest.raises(OperatorError):
            quarantine.refuse(made, by, place, object_id, Which(version))
    with pytest.raises(OperatorError, match="holds no"):
        blocks.withdraw_of(made, by, HERE, held["id"], "water-nl")
    with pytest.raises(OperatorError, match="not blocked"):
        blocks.unblock(made, by, HERE, stix_id("malware", "none"))
    assert len(quarantine.held(made)) == 1
    assert [each["act"] for each in records(reviewing)] == ["block"], "what failed is not on the record"


def test_a_collection_refuses_and_holds_what_a_list_holds(exchange: Running) -> None:
    listed = NORTH_SEA.replace(INTAKE, INTAKE + "      lists: {public-resolvers: review}\n", 1)
    exchange.apply({**FILES, "north-sea.yaml": listed})
    pattern = "[ipv4-addr:value = '8.8.8.8' OR domain-name:value = 'x.example.org']"
    assert messages(exchange.post("wind-feed", an_indicator("resolver", GREEN, pattern=pattern))) == [AFTER_REVIEW]
    assert quarantine.held(exchange.exchange)[0].why.endswith("(public-resolvers: 8.8.8.8).")
    assert messages(exchange.post("wind-feed", an_indicator("other", GREEN))) == [None]
    with pytest.raises(OperatorError, match=r"names the list `own-assets`, and there is no own-assets\.yaml"):
        exchange.apply({**FILES, "north-sea.yaml": listed.replace("public-resolvers", "own-assets")})


def test_a_status_tells_the_same_of_what_waits_over_http(reviewing: Running) -> None:
    held = a_malware("held", GREEN)
    status = reviewing.post("wind-feed", held)
    again = reviewing.client("wind-soc").get(f"/north-sea/status/{status['id']}/", headers={"Accept": TAXII}).json()
    assert again["successes"] == [{"id": held["id"], "version": held["modified"], "message": AFTER_REVIEW}]
