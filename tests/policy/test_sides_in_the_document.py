"""The partnership of docs/policy.md in which everybody states a side: its table is what the policy decides."""

import re
from datetime import timedelta

import pytest

from app.files.agreements import read_agreements
from app.policy.lines import is_named, origin_of, originator_of
from app.policy.partnership import Terms, TlpLevel
from app.policy.release import Withhold, decide_release
from app.policy.release_case import Audience, ReleaseCase
from tests.policy.builders import NOBODY, NOW, ROOT, STATEMENT, a_handling, an_object

TEXT = (ROOT / "docs" / "policy.md").read_text()
SECTION = TEXT.split("## What members themselves release and take\n")[1].split("\n## ")[0]
(FILE,) = re.findall(r"^```yaml\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
ROWS = [[cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\|.*\|$", SECTION, re.MULTILINE)][2:]
NAMES = ("nl-cert", "de-cert", "wind-isac", "water-nl", "port-nl")
IDENTITIES = {name: f"identity--00000000-0000-4000-8000-00000000000{n}" for n, name in enumerate(NAMES)}
UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


def the_terms():
    partners = "".join(f"  {name}: {{name: {name}, identities: [{IDENTITIES[name]}]}}\n" for name in NAMES)
    read = read_agreements({"partners.yaml": f"host: nl-cert\npartners:\n{partners}", "two-sided.yaml": FILE})
    return Terms(read.partnerships["two-sided"], read.partners)


def handling_of(what):
    level, kind = what.split(",")[0].split(" with ")[0].split()
    stated = re.search(r"confidence (\d+)", what)
    return a_handling(
        TlpLevel(level),
        type=kind,
        confidence=int(stated[1]) if stated else None,
        statements=frozenset({STATEMENT} if "with a statement" in what else ()),
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row))
def test_a_row_of_the_table_is_what_is_decided(row):
    submitter, name, what, reader, rules = row
    terms = the_terms()
    origin = origin_of(an_object(created_by_ref=IDENTITIES.get(name, NOBODY)), submitter, terms, "indicators")
    old = re.search(r"(\d+) (hour|day)s? old", what)
    case = ReleaseCase(
        terms=terms,
        collection="indicators",
        audience=Audience(reader),
        handling=handling_of(what),
        cap=None,
        submitter=submitter,
        originator=originator_of(origin, submitter, terms),
        now=NOW,
        dated=NOW - int(old[1]) * UNITS[old[2]] if old else NOW,
        named=is_named(origin),
    )
    decision = decide_release(case)
    withheld_by = [str(rule) for rule in decision.rules] if isinstance(decision, Withhold) else []
    assert withheld_by == re.findall(r"`(.+?)`", rules)


def test_every_rule_about_sides_is_in_the_table():
    said = {rule for row in ROWS for rule in re.findall(r"`(.+?)`", row[4])}
    assert said == {
        "submitter-releases", "originator-releases", "member-takes", "originator-control", "attribution", "age",
    }  # fmt: skip
