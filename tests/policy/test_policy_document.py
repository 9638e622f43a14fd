"""docs/policy.md names every rule with its sentence and an example, and no rule that does not exist."""

import re

from app.policy.handling import DEFINITIONS_PER_OBJECT_MAX
from app.policy.intake_rules.history import AHEAD_MAX
from app.policy.rules import Rule
from tests.policy.builders import ROOT

TEXT = (ROOT / "docs" / "policy.md").read_text()
SECTIONS = re.findall(r"^### `([a-z-]+)`\n\n(.+?)\n\nExample: ((?:.+\n)+)", TEXT, re.MULTILINE)


def test_the_document_has_every_rule_in_order_and_nothing_else():
    assert re.findall(r"^### `?(.+?)`?$", TEXT, re.MULTILINE) == [rule.value for rule in Rule]


def test_every_rule_stands_there_with_its_sentence_and_an_example():
    assert {name: sentence for name, sentence, _ in SECTIONS} == {rule.value: rule.sentence for rule in Rule}


def test_ids_that_the_text_mentions_exist():
    mentioned = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", TEXT))
    assert mentioned - {"ipv4-addr"} <= set(Rule)


def test_the_limits_are_those_of_the_code():
    assert f"more than {DEFINITIONS_PER_OBJECT_MAX:,} definitions" in TEXT
    assert AHEAD_MAX.total_seconds() == 5 * 60
