"""The table of docs/policy.md about break-glass is what the policy decides."""

import re
from dataclasses import replace

import pytest

from app.policy.partnership import ALL, Member, ReleaseTerms, TlpLevel
from app.policy.release import Withhold, decide_release
from app.policy.release_rules.break_glass import LIFTED
from tests.policy.builders import CERT, ROOT, WATER, WIND, a_clause, a_handling, a_release, some_terms

TEXT = (ROOT / "docs" / "policy.md").read_text()
SECTION = TEXT.split("## Break-glass\n")[1].split("\n## ")[0]
ROWS = [[cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\|.*\|$", SECTION, re.MULTILINE)][2:]
TO_GREEN = frozenset({TlpLevel.CLEAR, TlpLevel.GREEN})
TERMS = some_terms(
    ReleaseTerms(tlp=frozenset(TlpLevel) - {TlpLevel.RED}),
    members={WIND: Member(WIND, TO_GREEN), WATER: Member(WATER, TO_GREEN, client_of=CERT)},
)


def the_clause(words):
    who, *levels = words.split(", ")
    kinds = [each.removeprefix("of the type ") for each in levels if each.startswith("of the type ")]
    named = [TlpLevel(each) for each in levels if not each.startswith("of the type ")]
    return a_clause(*named, partners=frozenset({who}), types=frozenset(kinds) or ALL)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row))
def test_a_row_of_the_table_is_what_is_decided(row):
    marked, kind, reader, words, rules = row
    levels = [TlpLevel(each) for each in marked.split(", ") if each != "unknown"]
    handling = a_handling(*levels, type=kind, unknown="unknown" in marked)
    case = a_release(handling, reader, terms=replace(TERMS, clauses=() if words == "nobody" else (the_clause(words),)))
    decision = decide_release(case)
    withheld_by = [str(rule) for rule in decision.rules] if isinstance(decision, Withhold) else []
    assert withheld_by == re.findall(r"`(.+?)`", rules)


def test_what_it_lifts_is_told():
    (sentence,) = re.findall(r"It lifts (`.+?)\. Of an", SECTION, re.DOTALL)
    assert set(re.findall(r"`(.+?)`", sentence)) == {str(rule) for rule in LIFTED}
