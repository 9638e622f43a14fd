"""Who is let in, what each is told, and what nobody is: TAXII 2.1 sections 1.6.9 and 8.2.2, appendix B."""

import time
from collections.abc import Mapping
from pathlib import Path
from urllib.request import parse_http_list, parse_keqv_list
from uuid import uuid4

import pytest

from app.exchange import accounts
from app.policy.partnership import Role
from tests.conformance import content
from tests.conformance.callers import basic
from tests.conformance.conftest import SETTINGS, Filled, Taxii
from tests.conformance.endpoints import COLLECTION, MANIFEST, OBJECTS, READS, ask, eleven
from tests.conformance.shapes import FIRST, LAST
from tests.support import rights
from tests.support.direct import Answer
from tests.support.exchanges import TRUE_PASSWORDS
from tests.support.stix import stix_id

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "FOO")
ALL = "match[version]=all&match[spec_version]=2.0,2.1"


def told(answer: Answer) -> tuple[object, ...]:
    """All of an answer but the random id of an error message."""
    body = answer.json() if answer.body else {}
    body.pop("error_id", None)
    return answer.status, answer.headers, body


@pytest.mark.row("T-SEC-08", "T-SEC-12", "T-V20-11")
def test_basic_is_taken_in_any_letter_case(taxii: Taxii) -> None:
    for scheme in ("Basic", "basic", "BASIC"):
        caller = taxii.presenting(basic("rw", taxii.running.secrets["rw"], scheme))
        assert caller.get("/taxii2/").status == 200, scheme


PASSWORD = "p:ä:1 — a password: 1"


@pytest.mark.row("T-SEC-13")
def test_a_password_may_hold_colons_and_any_script(fresh: Taxii) -> None:
    accounts.add(fresh.running.exchange, "person", "rw", Role.READER, PASSWORD)
    assert fresh.caller("person", PASSWORD).get("/first/").status == 200
    assert fresh.caller("person", PASSWORD.partition(":")[0]).get("/first/").status == 401
    assert fresh.caller("person", PASSWORD.replace("ä", "a")).get("/first/").status == 401


PRESENTED: Mapping[str, list[tuple[str, str]]] = {
    "a scheme alone": [("authorization", "Basic")],
    "no base64": [("authorization", "Basic !!!")],
    "base64 without a colon": [("authorization", "Basic dXNlcg==")],
    "a bearer that nobody knows": [("authorization", "Bearer x")],
    "a scheme that is not offered": [("authorization", "Digest x")],
    "nothing but a blank": [("authorization", " ")],
    "eight kilobytes": [("authorization", f"Basic {'x' * 8192}")],
    "two headers": [("authorization", "Basic cnc6eA=="), ("authorization", "Basic cnc6eA==")],
}


@pytest.mark.row("T-SEC-11")
@pytest.mark.parametrize("presented", PRESENTED.values(), ids=PRESENTED)
def test_credentials_that_do_not_read_are_the_401_of_none_at_all(
    taxii: Taxii, presented: list[tuple[str, str]]
) -> None:
    answer = taxii.nobody.ask("GET", "/taxii2/", [("accept", "*/*"), *presented])
    assert told(answer) == told(taxii.nobody.get("/taxii2/"))


@pytest.mark.row("T-SEC-09", "T-SEC-14", "T-SEC-15", "T-SEC-16")
def test_without_good_credentials_each_of_the_eleven_is_401_with_a_challenge(fresh: Taxii) -> None:
    for says, (method, target) in eleven(fresh).items():
        for caller in (fresh.nobody, fresh.caller("rw", "comity_wrong")):
            for accept in ("application/taxii+json;version=2.1", "text/html"):
                answer = ask(caller, method, target, accept=accept)
                assert answer.status == 401, says
                challenges = [value.decode() for name, value in answer.headers if name == b"www-authenticate"]
                schemes = [challenge.partition(" ")[0] for challenge in challenges]
                assert schemes == ["Basic", "Bearer"], says
                for challenge in challenges:
                    parameters = parse_keqv_list(parse_http_list(challenge.partition(" ")[2]))
                    assert parameters["realm"] == "comity", says
                    assert 'realm="comity"' in challenge, says


@pytest.mark.row("T-SEC-10")
def test_a_wrong_password_an_unknown_and_a_disabled_account_are_one_401_in_one_time(
    filled: Filled, tmp_path: Path
) -> None:
    with filled.served(tmp_path, **TRUE_PASSWORDS) as fresh:
        is_one_401_in_one_time(fresh)


def is_one_401_in_one_time(fresh: Taxii) -> None:
    for name in ("person", "gone"):
        accounts.add(fresh.running.exchange, name, "rw", Role.READER, PASSWORD)
    accounts.disable(fresh.running.exchange, "gone")
    secret = fresh.running.secrets["rw"]
    accounts.disable(fresh.running.exchange, "rw")
    callers = [
        fresh.caller("person", "another password"),
        fresh.caller("nobody", "another password"),
        fresh.caller("gone", PASSWORD),
        fresh.caller("wo", "another password"),
    ]
    expected = told(fresh.nobody.get("/taxii2/"))
    assert told(fresh.caller("rw", secret).get("/taxii2/")) == expected
    times: dict[int, list[float]] = {number: [] for number in range(len(callers))}
    for _ in range(3):  # in turns, so that what else this machine does falls on all of them
        for number, caller in enumerate(callers):
            began = time.perf_counter()
            answer = caller.get("/taxii2/")
            times[number].append(time.perf_counter() - began)
            assert told(answer) == expected
    quickest = [min(each) for each in times.values()]
    assert max(quickest) < 6 * min(quickest), "to verify a password takes twenty times what it takes not to"


@pytest.mark.row("T-SEC-21")
def test_an_object_that_is_withheld_is_told_like_one_that_never_was(taxii: Taxii) -> None:
    assert taxii.rw.get(f"{OBJECTS}{content.AMBER_ONE}/").status == 200
    never = stix_id("indicator", "of nobody")
    for method in METHODS:
        for rest in ("", "versions/", "?match[version]=all", "?match[version]=2026-05-01T00:00:00.000Z", "?limit=x"):
            hidden, unknown = (
                told(taxii.ro.ask(method, f"{OBJECTS}{one}/{rest}")) for one in (content.AMBER_ONE, never)
            )
            assert hidden == unknown, (method, rest)
    for target in (MANIFEST, OBJECTS):
        hidden, unknown = (taxii.ro.get(f"{target}?match[id]={one}") for one in (content.AMBER_ONE, never))
        assert hidden == unknown, target


@pytest.mark.row("T-SEC-28")
def test_all_that_is_said_of_a_collection_agrees_on_what_is_visible(taxii: Taxii) -> None:
    for caller in (taxii.rw, taxii.ro):
        records = caller.rows(MANIFEST, ALL)
        objects = caller.rows(OBJECTS, ALL)
        assert [each["id"] for each in objects] == [record["id"] for record in records]
        assert len(caller.pages(OBJECTS, ALL, limit=2)) == -(-len(records) // 2), "no page tells of what is not shown"
        page = caller.get(f"{OBJECTS}?{ALL}")
        assert (page.header(FIRST), page.header(LAST)) == (records[0]["date_added"], records[-1]["date_added"])
        for found in {record["id"] for record in records}:
            versions = caller.rows(f"{OBJECTS}{found}/versions/", "match[spec_version]=2.0,2.1")
            assert versions == [record["version"] for record in records if record["id"] == found]
    shown, all_of_it = taxii.ro.rows(OBJECTS, ALL), taxii.rw.rows(OBJECTS, ALL)
    assert content.AMBER_ONE not in {each["id"] for each in shown}
    assert 0 < len(shown) < len(all_of_it)
    assert all(each in all_of_it for each in shown), "an object is shown whole or not at all"


@pytest.mark.row("T-SEC-25", "T-SEC-26")
def test_a_token_is_worth_nothing_but_to_its_own_audience_in_its_own_collection(fresh: Taxii) -> None:
    page = fresh.ro.get(f"{OBJECTS}?limit=2").json()
    following = fresh.ro.get(f"{OBJECTS}?limit=2&next={page['next']}")
    fresh.running.add_account("ro-too", "ro", Role.READER)
    assert fresh.caller("ro-too").get(f"{OBJECTS}?limit=2&next={page['next']}") == following
    for caller in (fresh.rw, fresh.owner):
        assert caller.get(f"{OBJECTS}?limit=2&next={page['next']}").status == 400
    for other in (rights.RO, content.MANY, content.EMPTY):
        assert fresh.ro.get(f"/first/collections/{other}/objects/?next={page['next']}").status == 400


@pytest.mark.row("T-SEC-27")
def test_a_token_never_widens_the_filter_of_its_walk(taxii: Taxii) -> None:
    plain = taxii.rw.get(f"{OBJECTS}?limit=1").json()["next"]
    assert taxii.rw.get(f"{OBJECTS}?next={plain}&match[type]=malware").status == 400
    of_malware = taxii.rw.get(f"{OBJECTS}?limit=1&match[type]=malware").json()["next"]
    rest = taxii.rw.get(f"{OBJECTS}?next={of_malware}").json()["objects"]
    assert {each["type"] for each in rest} == {"malware"}
    for changed in ("match[type]=indicator", "match[type]=malware,indicator", f"match[id]={content.SINGLE}"):
        assert taxii.rw.get(f"{OBJECTS}?next={of_malware}&{changed}").status == 400, changed


@pytest.mark.row("T-SEC-29")
def test_a_status_is_for_who_pushed_and_nobody_else(taxii: Taxii) -> None:
    status = taxii.rw.post(OBJECTS, content.BASE[1]).json()
    target = f"/first/status/{status['id']}/"
    assert taxii.rw.get(target).json() == status
    for caller in (taxii.owner, taxii.ro, taxii.none, taxii.stranger):
        assert told(caller.get(target)) == told(caller.get(f"/first/status/{uuid4()}/"))
        assert caller.get(target).status == 404


@pytest.mark.row("T-SEC-32")
def test_a_page_without_a_limit_is_bounded(taxii: Taxii) -> None:
    page = taxii.rw.get(f"/first/collections/{content.MANY}/objects/").json()
    assert (len(page["objects"]), page["more"]) == (SETTINGS["page_objects_default"], True)
    page = taxii.rw.get(f"/first/collections/{content.MANY}/objects/?limit=9007199254740991").json()
    assert (len(page["objects"]), page["more"]) == (SETTINGS["page_objects_max"], True)


@pytest.mark.row("T-SEC-24")
def test_no_refusal_repeats_what_it_was_given(taxii: Taxii) -> None:
    probe = "zq9-probe"
    for target in (f"/{probe}/", f"/first/{probe}/", f"{COLLECTION}{probe}/", f"{OBJECTS}{probe}/"):
        assert probe not in taxii.rw.get(target).body.decode()
    for target in READS.values():
        assert "rw" not in taxii.nobody.get(target).body.decode()
