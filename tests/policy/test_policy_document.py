"""docs/policy.md names every rule with its sentence and an example, and no rule that does not exist."""

import re
from pathlib import Path

import pytest

from app.files.agreements import read_agreements
from app.files.markings import read_registry
from app.policy.derivation import DEFINITIONS_PER_OBJECT_MAX, NESTED_MAX
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


SNIPPETS = sorted(
    {" ".join(each.split()) for each in re.findall(r"`((?:release|intake|members): \{[^`]+\}|closure: [^`]+)`", TEXT)}
)
PARTNERS = (
    "host: nl-cert\nidentity: identity--7af1be3b-1ff2-49b4-ab42-f528e618e6ce\n"
    "partners: {nl-cert: {name: N}, wind-isac: {name: W}, water-nl: {name: V}, port-nl: {name: P}}\n"
)


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_the_syntax_that_the_examples_show_is_that_of_the_files(snippet):
    """Levels that a collection sends to review are taken there."""
    snippet = snippet.replace("intake: {review", "intake: {types: all, tlp: all, review")
    in_collection = not snippet.startswith("members:")
    members = "members: {nl-cert: {}, wind-isac: {}, water-nl: {}, port-nl: {}}" if in_collection else snippet
    collection = f"id: 5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10, title: C{', ' + snippet if in_collection else ''}"
    agreement = "{reference: R, effective: 2026-01-01, expires: 2028-01-01}"
    text = f"partnership: p\ntitle: P\nagreement: {agreement}\n{members}\ncollections: {{c: {{{collection}}}}}\n"
    assert read_agreements({"partners.yaml": PARTNERS, "p.yaml": text}).partnerships["p"].collections


def test_there_are_such_examples():
    assert len(SNIPPETS) >= 19


def test_the_table_that_is_shown_reads(tmp_path: Path):
    (table,) = re.findall(r"^```yaml\n(kind: .*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    (tmp_path / "table.yaml").write_text(table)
    assert read_registry(tmp_path).tabled_text("Energy group only").level == "amber+strict"


def test_the_limits_are_those_of_the_code():
    assert f"more than {DEFINITIONS_PER_OBJECT_MAX:,} definitions" in TEXT
    assert ("eight deep" in TEXT, NESTED_MAX) == (True, 8)
    assert AHEAD_MAX.total_seconds() == 5 * 60
