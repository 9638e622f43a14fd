"""docs/policy.md names every rule with its sentence and an example, and no rule that does not exist."""

import re

import pytest

from app.files.agreements import read_agreements
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


COLLECTION = "collections: {c: {id: 5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10, title: C, %s}}"
SNIPPETS = sorted({" ".join(each.split()) for each in re.findall(r"`((?:intake|release|closure): [^`]+)`", TEXT)})


def test_there_are_examples_of_the_syntax():
    assert len(SNIPPETS) >= 12


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_the_syntax_of_an_example_reads(snippet):
    """Each says what a collection's entry may say; levels that it sends to review are taken there."""
    snippet = snippet.replace("intake: {review", "intake: {types: all, tlp: all, review")
    file = (
        "partnership: p\ntitle: P\nagreement: {reference: R, effective: 2026-01-01, expires: 2027-01-01}\n"
        "members: {nl-cert: {}, wind-isac: {}, water-nl: {}}\n" + COLLECTION % snippet
    )
    partners = "host: nl-cert\npartners: {nl-cert: {name: N}, wind-isac: {name: W}, water-nl: {name: B}}\n"
    assert read_agreements({"partners.yaml": partners, "p.yaml": file}).partnerships["p"].collections


def test_the_limits_are_those_of_the_code():
    assert f"more than {DEFINITIONS_PER_OBJECT_MAX:,} definitions" in TEXT
    assert AHEAD_MAX.total_seconds() == 5 * 60
