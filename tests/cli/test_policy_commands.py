"""`comity plan`, `apply`, `policy` and `conflicts`, as an officer types them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.storage import handlings
from tests.cli.ran import LASTING, Comity, refused
from tests.support.stix import AMBER, CLEAR, an_envelope, an_indicator

WIDER = LASTING["north-sea.yaml"].replace("port-nl: {tlp: [clear, green]}", "port-nl: {tlp: [clear, amber]}")


@pytest.fixture
def loaded(here: Path, comity: Comity) -> Path:
    """An exchange with two objects in it, and files that change who sees them."""
    (here / "two.json").write_bytes(an_envelope([an_indicator("amber", AMBER), an_indicator("clear", CLEAR)]))
    assert comity("load", "north-sea/indicators", "two.json", "--account", "feed").status == 0
    (here / "collections/north-sea.yaml").write_text(WIDER)
    return here


def test_a_plan_is_shown_written_agreed_to_and_put_in_force_as_it_was(comity: Comity, loaded: Path) -> None:
    shown = comity("plan", "--out", "wider.plan")
    assert shown.status == 0
    assert "tlp gains amber and loses green" in shown.out
    assert "withheld until now by member-tlp" in shown.out
    assert an_indicator("amber")["id"] in shown.out
    assert "in 1 batches" in shown.out or "in 1 batch" in shown.out
    (loaded / "collections/north-sea.yaml").write_text(LASTING["north-sea.yaml"])
    applied = comity("apply", "wider.plan", "--yes", "--reason", "annex B", "--json").json
    assert applied["revisions"] == {"north-sea": 2}
    assert (applied["rows_appended"], applied["rows_retired"]) == (1, 0)
    refused(comity("apply", "wider.plan", "--yes"), "another revision")
    past = comity("policy", "history", "north-sea", "--json").json["north-sea"]
    assert [(each["revision"], each["reason"], each["visible"], each["hidden"]) for each in past] == [
        (1, "a test", 0, 0),
        (2, "annex B", 1, 0),
    ]


def test_a_plan_of_nothing_says_so(comity: Comity, here: Path) -> None:
    assert comity("plan").out.splitlines()[0] == "Nothing differs from what is in force."
    assert comity("plan", "--json").json["changes"] == []


def test_a_review_that_is_near_or_past_is_reminded_of_also_where_nothing_differs(comity: Comity, here: Path) -> None:
    today = datetime.now(UTC).date()
    reviews = {31: None, 30: "is due on", 1: "is due on", 0: "was due on", -400: "was due on"}
    for days, told in reviews.items():
        review = today + timedelta(days=days)
        text = LASTING["north-sea.yaml"].replace("expires: 2100", f"review: {review}, expires: 2100")
        (here / "collections/north-sea.yaml").write_text(text)
        assert comity("apply", "--yes", "--json").status == 0
        for shown in (comity("plan").out, comity("apply").out, comity("policy", "show", "north-sea").out):
            assert ("The review of north-sea (MoU 2026/14)" in shown) == (told is not None)
            assert told is None or f"{told} {review}" in shown
        warnings = comity("policy", "show", "north-sea", "--json").json["warnings"]
        assert len(warnings) == (told is not None)
    assert "The review" not in comity("policy", "show", "north-sea", "--revision", "1").out


def test_what_other_rules_derived_is_for_plan_and_apply_alone(
    comity: Comity, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "two.json").write_bytes(an_envelope([an_indicator("clear", CLEAR)]))
    load = ("load", "north-sea/indicators", "two.json", "--account", "feed")
    assert comity(*load).status == 0
    monkeypatch.setattr(handlings, "EXTRACTOR", handlings.EXTRACTOR + 1)
    refused(comity(*load), "derived by other rules", "`comity apply`")
    assert "Partnership north-sea: what markings ask for is derived anew" in comity("plan").out
    assert comity("apply", "--yes", "--json").json["revisions"] == {"north-sea": 2}
    assert comity(*load).status == 0


def test_what_is_no_plan_is_refused(comity: Comity, here: Path) -> None:
    (here / "x.plan").write_text("{}")
    refused(comity("apply", "x.plan", "--yes"), "no plan", "comity plan --out")


def test_a_removal_is_made_where_it_is_allowed_and_undone_by_putting_it_back(comity: Comity, loaded: Path) -> None:
    east = loaded / "collections/east.yaml"
    text = east.read_text()
    east.unlink()
    assert comity("plan", "--json").json["removals"] == ["Partnership east is removed."]
    refused(comity("apply", "--yes", "--json"), "Partnership east is removed.", "--allow-removal")
    assert comity("apply", "--yes", "--allow-removal", "--json").json["revisions"] == {"east": 2, "north-sea": 2}
    assert comity("plan").out.splitlines()[0] == "Nothing differs from what is in force."
    shown = comity("policy", "show", "east").out
    assert "removed the partnership" in shown
    east.write_text(text)
    assert comity("apply", "--yes", "--json").json["revisions"] == {"east": 3}


def test_a_member_whose_own_terms_hold_something_back_stays(comity: Comity, loaded: Path) -> None:
    file = loaded / "collections/north-sea.yaml"
    for text in (LASTING["north-sea.yaml"], WIDER.replace("  water-nl: {", "  water-nl: {releases: [], ")):
        file.write_text(text)
        assert comity("apply", "--yes").status == 0
    assert comity("account", "add", "water", "--partner", "water-nl", "--role", "feeder").status == 0
    assert comity("load", "north-sea/indicators", "two.json", "--account", "water").status == 0
    line = next(line for line in WIDER.splitlines(keepends=True) if line.startswith("  water-nl: {"))
    file.write_text(WIDER.replace(line, "").replace(", water-nl]", "]"))
    planned = comity("plan", "--json")
    (mistake,) = planned.json["mistakes"]
    assert (planned.status, planned.err) == (1, f"comity: This can't be applied. {mistake}\n")
    assert mistake.startswith("water-nl holds back 2 contributions to north-sea by `releases`")
    shown = comity("apply", "--allow-removal")
    assert (shown.status, shown.err) == (1, f"comity: Nothing was applied. {mistake}\n"), "and nobody is asked"
    assert "Member water-nl of north-sea is removed." in shown.out


def test_an_earlier_revision_is_put_in_force_again_as_a_new_one(comity: Comity, loaded: Path) -> None:
    assert comity("apply", "--yes").status == 0
    reverted = comity("policy", "revert", "north-sea", "--to", "1", "--yes")
    assert reverted.status == 0
    assert "tlp gains green and loses amber" in reverted.out
    assert "policy show north-sea" in reverted.out
    past = comity("policy", "history", "--json").json["north-sea"]
    assert past[-1]["revision"] == 3
    assert past[-1]["reason"] == "reverted to revision 1"
    shown = comity("policy", "show", "north-sea", "--revision", "1", "--json").json
    assert shown["files"]["north-sea.yaml"] == LASTING["north-sea.yaml"]
    again = comity("policy", "show", "north-sea", "--json").json
    assert again["files"] == shown["files"]
    assert again["hidden"] == 1
    told = comity("policy", "show", "north-sea", "--revision", "1").out
    assert LASTING["north-sea.yaml"].rstrip("\n") in told, "to the letter, lists in brackets too"
    refused(comity("policy", "revert", "north-sea", "--to", "9"), "no revision 9", "1 to 3")
    refused(comity("policy", "show", "south"), "no partnership `south`")


def test_a_partnership_comes_back_by_its_earlier_revision_also_where_none_is_in_force(
    comity: Comity, loaded: Path
) -> None:
    for name in ("north-sea", "east"):
        (loaded / f"collections/{name}.yaml").unlink()
    assert comity("apply", "--yes", "--allow-removal", "--json").json["revisions"] == {"east": 2, "north-sea": 2}
    refused(comity("policy", "revert", "north-sea", "--to", "2", "--yes"), "Revision 2 of north-sea", "has files")
    reverted = comity("policy", "revert", "north-sea", "--to", "1", "--yes", "--json").json
    assert reverted["revisions"] == {"north-sea": 3}
    assert {each["partner"]: each["visible"]["count"] for each in reverted["changes"]}["port-nl"] == 1


def test_conflicts_name_what_stays_back_from_whom_and_why(comity: Comity, here: Path) -> None:
    assert comity("conflicts", "north-sea").out == "north-sea: no conflicts.\n"

    assert comity("account", "add", "water", "--partner", "water-nl", "--role", "feeder").status == 0
    one, other = an_indicator("same", CLEAR, description="one"), an_indicator("same", CLEAR, description="other")
    for name, objects, account in (("a", [one], "feed"), ("b", [other], "water")):
        (here / f"{name}.json").write_text(json.dumps({"objects": objects}))
        assert comity("load", "north-sea/indicators", f"{name}.json", "--account", account).status == 0
    (first, *rest) = comity("conflicts", "north-sea/indicators", "--json").json
    told = {(each["contributed_by"], each["rule"]): each for each in (first, *rest)}
    assert told["water-nl", "one-origin"]["audiences"] == ["nl-cert", "port-nl", "wind-isac", "nl-cert/duty-officer"]
    assert told["water-nl", "one-origin"]["instead"] == ["nl-cert"]
    assert told["nl-cert", "one-content"]["audiences"] == ["water-nl"]
    assert "one-origin" in comity("conflicts", "north-sea").out
    refused(comity("conflicts", "north-sea/nothing"), "no collection `nothing`", "indicators")
