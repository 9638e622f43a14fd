"""`comity explain` and `comity ledger received`: the officer's two questions."""

from pathlib import Path

import pytest

from tests.cli.ran import PLACE, Comity, refused
from tests.support.exchanges import running
from tests.support.stix import AMBER_STRICT, CLEAR, a_statement, an_address, an_envelope, an_indicator

ONE = an_indicator("one", CLEAR)


def test_explain_tells_every_rule_in_order_and_the_decision(comity: Comity, here: Path) -> None:
    first = an_indicator("one", CLEAR)
    second = an_indicator("one", AMBER_STRICT, version="2026-05-02T00:00:00.000Z")
    (here / "x.json").write_bytes(an_envelope([first, second]))
    assert comity("load", PLACE, "x.json", "--account", "feed").status == 0
    told = comity("explain", PLACE, first["id"], "--account", "soc")
    assert told.status == 0
    assert told.out.count("WITHHOLD to soc, decided by") == 2
    assert "cap" in told.out
    as_json = comity("explain", PLACE, first["id"], "--account", "soc", "--json").json
    assert [(each["version"], each["decision"]) for each in as_json] == [
        ("2026-05-01T00:00:00.000Z", "withhold"),
        ("2026-05-02T00:00:00.000Z", "withhold"),
    ]
    assert as_json[0]["decided_by"] == ["cap"]
    assert {"member", "in-force", "read", "member-tlp", "client", "cap"} <= {
        each["rule"] for each in as_json[0]["rules"]
    }
    (one,) = comity(
        "explain", PLACE, first["id"], "--account", "feed", "--version", "2026-05-02T00:00:00.000Z", "--json"
    ).json
    assert (one["version"], one["decision"], one["in_the_log"]) == ("2026-05-02T00:00:00.000Z", "release", True)
    (later, _) = comity(
        "explain", PLACE, first["id"], "--account", "feed", "--at", "2101-01-01T00:00:00Z", "--json"
    ).json
    assert (later["decision"], later["decided_by"]) == ("withhold", ["in-force"])
    released = comity("explain", PLACE, first["id"], "--account", "feed")
    assert released.out.count("RELEASE to feed") == 2


EXPLAIN_MISTAKES = {
    "an object that is not there": ([PLACE, "indicator--0"], "soc", "holds no indicator--0", "Check the id"),
    "a version that is not there": ([PLACE, ONE["id"], "--version", "1999-01-01T00:00:00Z"], "soc", "no version"),
    "an instant without a zone": ([PLACE, ONE["id"], "--at", "2027-01-01T00:00:00"], "soc", "--at", "Write it as"),
    "a partnership that is none": (["west/indicators", ONE["id"]], "soc", "west"),
    "a collection that is none": (["north-sea/other", ONE["id"]], "soc", "other", "indicators"),
    "an account that is none": ([PLACE, ONE["id"]], "nobody", "account list"),
    "an account of no member": (["east/indicators", ONE["id"]], "soc", "port-nl is no member"),
}


@pytest.mark.parametrize("says", EXPLAIN_MISTAKES)
def test_a_mistake_in_explaining_is_told(comity: Comity, here: Path, says: str) -> None:
    (here / "one.json").write_bytes(an_envelope([ONE]))
    for place in (PLACE, "east/indicators"):
        assert comity("load", place, "one.json", "--account", "feed").status == 0
    arguments, account, *telling = EXPLAIN_MISTAKES[says]
    refused(comity("explain", *arguments, "--account", account), *telling)


def test_ledger_received_names_who_was_offered_what_and_when(comity: Comity, here: Path) -> None:
    address, statement = an_address("198.51.100.7", CLEAR), a_statement("licence", CLEAR)
    (here / "x.json").write_bytes(an_envelope([address, statement]))
    assert comity("load", PLACE, "x.json", "--account", "feed").status == 0
    assert f"Nobody was offered {address['id']}" in comity("ledger", "received", address["id"]).out
    with running(f"sqlite:///{here}/var/comity.db", here / "var", {}) as exchange:
        exchange.secrets["soc"] = (here / "soc.secret").read_text().strip()
        assert len(exchange.objects("soc")) == 2
    (record,) = comity("ledger", "received", address["id"], "--json").json
    assert (record["account"], record["partner"], record["revision"]) == ("soc", "port-nl", 1)
    assert (record["partnership"], record["endpoint"]) == ("north-sea", "objects")
    shown = comity("ledger", "received", address["id"])
    assert "soc" in shown.out
    assert record["version"] in shown.out
    assert "Nobody" in comity("ledger", "received", "indicator--0").out
