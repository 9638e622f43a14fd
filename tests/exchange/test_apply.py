"""Applying files: what they mean is in force with the commit, and wrong files change nothing."""

import pytest

from app.errors import OperatorError, WrongFiles
from app.policy.partnership import Role
from tests.support.agreements import EAST, FILES, NORTH_SEA, PARTNERS
from tests.support.exchanges import Running
from tests.support.stix import AMBER, CLEAR, RED, an_indicator

THEIRS = "identity--0a6b5d9e-41c5-4b7f-9a3e-2f1d6c8b7a90"


def with_north_sea(text: str) -> dict[str, str]:
    return {**FILES, "north-sea.yaml": text}


def test_the_same_files_again_make_no_revision(exchange: Running) -> None:
    report = exchange.apply(FILES)
    assert (report.differences, report.applied) == ((), [])


def test_only_the_partnership_that_changes_gets_a_revision(exchange: Running) -> None:
    report = exchange.apply({**FILES, "east.yaml": EAST.replace("Eastern indicators", "Eastern findings")})
    assert [(each.root, each.revision) for each in report.applied] == [("east", 2)]


def test_a_wrong_file_changes_nothing_for_anybody(exchange: Running) -> None:
    before = exchange.client("port-soc").get("/north-sea/collections/").content
    with pytest.raises(WrongFiles, match=r"east\.yaml"):
        exchange.apply(
            {**with_north_sea(NORTH_SEA.replace("Shared indicators", "Other")), "east.yaml": "partnership: ["}
        )
    assert exchange.client("port-soc").get("/north-sea/collections/").content == before


def test_what_is_left_out_is_not_silently_removed(exchange: Running) -> None:
    with pytest.raises(OperatorError, match="port-nl"):
        exchange.apply(with_north_sea(NORTH_SEA.replace("  port-nl: {tlp: [clear, green]}\n", "")))
    assert exchange.client("port-soc").get("/north-sea/").status_code == 200


def test_a_new_member_is_given_what_was_there_before_it_came(exchange: Running) -> None:
    exchange.take("nl-feed", an_indicator("old", CLEAR))
    assert exchange.client("outsider-soc").get("/north-sea/").status_code == 404
    exchange.apply(with_north_sea(NORTH_SEA.replace("members:\n", "members:\n  outsider: {tlp: [clear]}\n")))
    assert exchange.ids("outsider-soc") == {an_indicator("old")["id"]}


def test_what_is_loosened_comes_to_a_poller_under_a_new_date_and_what_is_tightened_is_gone(exchange: Running) -> None:
    exchange.take("nl-feed", an_indicator("clear", CLEAR), an_indicator("amber", AMBER))
    client = exchange.client("port-soc")
    base = "/north-sea/collections/indicators/objects/"
    last = client.get(base).headers["X-TAXII-Date-Added-Last"]
    wider = NORTH_SEA.replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, green, amber]}")
    exchange.apply(with_north_sea(wider))
    arrived = client.get(f"{base}?added_after={last}").json()["objects"]
    assert [found["id"] for found in arrived] == [an_indicator("amber")["id"]]
    exchange.apply(FILES)
    assert exchange.ids("port-soc") == {an_indicator("clear")["id"]}


def test_an_account_named_for_red_is_given_all_again_in_a_log_of_its_own(exchange: Running) -> None:
    exchange.add_account("second-officer", "nl-cert", Role.READER)
    exchange.take("wind-feed", an_indicator("red", RED), an_indicator("clear", CLEAR))
    client = exchange.client("second-officer")
    base = "/north-sea/collections/indicators/objects/"
    before = client.get(base)
    assert exchange.ids("second-officer") == {an_indicator("clear")["id"]}
    named = NORTH_SEA.replace("red: [nl-cert/duty-officer]", "red: [nl-cert/duty-officer, nl-cert/second-officer]")
    exchange.apply(with_north_sea(named))
    arrived = client.get(f"{base}?added_after={before.headers['X-TAXII-Date-Added-Last']}").json()["objects"]
    assert {found["id"] for found in arrived} == {an_indicator("red")["id"], an_indicator("clear")["id"]}
    exchange.apply(FILES)
    assert exchange.ids("second-officer") == {an_indicator("clear")["id"]}


def test_an_identity_that_comes_to_belong_to_a_member_joins_its_lines(exchange: Running) -> None:
    exchange.take("wind-feed", an_indicator("one", CLEAR, created_by_ref=THEIRS))
    identities = PARTNERS.replace("name: Wind ISAC, identities: [", f"name: Wind ISAC, identities: [{THEIRS}, ")
    exchange.apply({**FILES, "partners.yaml": identities})
    exchange.take("wind-feed", an_indicator("one", AMBER, created_by_ref=THEIRS, version="2026-05-02T00:00:00.000Z"))
    assert exchange.ids("port-soc") == set(), "the newer version caps the earlier one of the same line"
    refused = exchange.post("nl-feed", an_indicator("two", CLEAR, created_by_ref=THEIRS))
    assert refused["failure_count"] == 1


def test_an_agreement_that_is_not_in_force_is_closed_to_all_but_officers_of_the_host(exchange: Running) -> None:
    exchange.take("nl-feed", an_indicator("one", CLEAR))
    later = NORTH_SEA.replace("effective: 2026-01-01", "effective: 2027-01-01")
    exchange.apply(with_north_sea(later))
    for account in ("nl-soc", "wind-soc", "nl-feed"):
        assert exchange.client(account).get("/north-sea/").status_code == 404
        assert "north-sea" not in exchange.client(account).get("/taxii2/").text
    officer = exchange.client("officer")
    assert officer.get("/north-sea/").status_code == 200
    assert officer.get("/north-sea/collections/indicators/objects/").status_code == 403
    exchange.apply(FILES)
    assert exchange.ids("port-soc") == {an_indicator("one")["id"]}


def test_one_collection_can_not_move_to_another_partnership(exchange: Running) -> None:
    stolen = EAST.replace("c0a8012e-5b7e-4f0d-9a51-7d2b8f6e4c33", "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10")
    with pytest.raises((OperatorError, WrongFiles)):
        exchange.apply({**FILES, "east.yaml": stolen})
