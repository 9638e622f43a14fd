"""The partnership of docs/policy.md in which every rule has its say: its tables are what the policy decides."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.files.agreements import read_agreements
from app.files.value_lists import read_value_lists
from app.policy.derivation import derive_handling
from app.policy.intake import Accept, Quarantine, decide_intake
from app.policy.intake_case import IntakeCase
from app.policy.lines import Standing, arrange, is_named, origin_of, originator_of
from app.policy.partnership import Role, Terms, TlpLevel
from app.policy.release import Release, decide_release
from app.policy.release_case import Audience, Cap, ReleaseCase
from app.policy.rules import Rule
from app.policy.sanitising.derivative import Source, sanitised
from app.policy.times import span_of
from app.stix.timestamps import version_key
from tests.policy.builders import LISTS, NOW, REGISTRY, ROOT, a_clause, a_handling, known
from tests.policy.described import described
from tests.policy.test_break_glass_in_the_document import ROWS as BREAK_GLASS_ROWS
from tests.policy.test_sides_in_the_document import FILE as SIDES_FILE
from tests.policy.test_sides_in_the_document import ROWS as SIDES_ROWS

TEXT = (ROOT / "docs" / "policy.md").read_text()
FILES_PAGE = (ROOT / "docs" / "files.md").read_text()
SECTION = TEXT.split("## The rules one by one\n")[1].split("\n## ")[0]
PARTNERS, FILE = re.findall(r"^```yaml\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
READ = read_agreements({"partners.yaml": PARTNERS, "every-rule.yaml": FILE})
TERMS = Terms(READ.partnerships["every-rule"], READ.partners)
IDENTITIES = {"the exchange": READ.partners.identity} | {
    name: next(iter(partner.identities)) for name, partner in READ.partners.by_name.items()
}
ALL_LISTS = {**read_value_lists(ROOT / "mappings" / "lists"), **LISTS}
UNITS = {"hours": timedelta(hours=1), "days": timedelta(days=1)}


def table(head):
    """The rows under the head whose first cell this is."""
    text = SECTION.split(f"| {head} |")[1].split("\n\n")[0]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)][1:]


RELEASES, INTAKES, LOGS = table("rule of release"), table("rule of intake"), table("rule of a log")


def asked_at(told):
    day = told.said(r"asked on (\S+)")
    return datetime.fromisoformat(day[1]).replace(tzinfo=UTC) if day else NOW


def the_derivative(told, words, collection, partner):
    levels = frozenset(TlpLevel(each) for each in words.split(" and "))
    release = TERMS.partnership.collections[collection].release
    left = sanitised(told.obj, levels, release, Source(), REGISTRY, told.definitions, NOW)
    return left.for_member(partner).meaning.handling


def the_release(collection, words, submitter, reader):
    told = described(words, submitter, IDENTITIES)
    now = asked_at(told)
    meaning = derive_handling(told.obj, REGISTRY, told.definitions, now)
    partner = reader.split("/")[0]
    ago = told.said(r"received (\d+) (hours|days) ago")
    newest = told.said(r"its newest version (\S+)")
    for_levels = told.said(r"sanitised for (.+)")
    clause = a_clause(TlpLevel.AMBER, collection=TERMS.partnership.collections[collection].id)
    origin = origin_of(told.obj, submitter, TERMS, collection)
    return ReleaseCase(
        terms=replace(TERMS, clauses=(clause,) if told.said("under break-glass") else ()),
        collection=collection,
        audience=Audience(partner, reader if "/" in reader else None),
        handling=the_derivative(told, for_levels[1], collection, partner) if for_levels else meaning.handling,
        cap=Cap(a_handling(TlpLevel(newest[1])), frozenset({submitter}), NOW) if newest else None,
        submitter=submitter,
        originator=originator_of(origin, submitter, TERMS),
        now=now,
        span=span_of(
            TERMS.partnership.collections[collection].release,
            now - (int(ago[1]) * UNITS[ago[2]] if ago else timedelta(days=2)),
            definition=told.obj.type == "marking-definition",
            not_before=meaning.span.not_before,
            not_after=meaning.span.not_after,
        ),
        end_hidden=told.said("to something hidden") is not None,
        named=is_named(origin),
    )


def the_push(collection, words, submitter):
    told = described(words, submitter, IDENTITIES)
    now = asked_at(told)
    role = {"a reader": Role.READER, "an analyst": Role.ANALYST}
    by = told.said(r"(?:from|reported by) (an? \w+)")
    earlier, revoked = told.said(r"after that of (.+)"), told.said(r"after its revocation of (.+)")
    before = None
    if found := earlier or revoked:
        first = described(f"green {told.obj.type}, of {found[1]}", submitter, IDENTITIES).obj
        before = known(first, revoked_at=version_key(first.version) if revoked else None)
    return IntakeCase(
        terms=TERMS,
        collection=collection,
        partner=submitter,
        role=role[by[1]] if by else Role.FEEDER,
        reported=told.said("reported by .+") is not None,
        obj=told.obj,
        handling=derive_handling(told.obj, REGISTRY, told.definitions, now).handling,
        registry=REGISTRY,
        known=before,
        now=now,
        blocked=told.said("blocked") is not None,
        lists=ALL_LISTS,
    )


def in_words(decision, granted, otherwise):
    if isinstance(decision, Release | Accept):
        return granted
    return otherwise + ", ".join(f"`{rule}`" for rule in decision.rules)


@pytest.mark.parametrize("row", RELEASES, ids=lambda row: " ".join(row))
def test_a_row_about_release_is_what_is_decided(row):
    _, *asked, said = row
    assert in_words(decide_release(the_release(*asked)), "released", "withheld by ") == said


@pytest.mark.parametrize("row", INTAKES, ids=lambda row: " ".join(row))
def test_a_row_about_intake_is_what_is_decided(row):
    _, *asked, said = row
    decision = decide_intake(the_push(*asked))
    otherwise = "held by " if isinstance(decision, Quarantine) else "refused by "
    assert in_words(decision, "taken", otherwise) == said


def the_log(first, then, reader):
    """The two contributions as they stand in the log of the reader."""
    candidates = []
    for number, words in enumerate((first, then), 1):
        words, submitter = words.rsplit(", from ", 1)
        obj = described(words, submitter, IDENTITIES).obj
        case = the_release("indicators", words, submitter, reader)
        candidates.append(
            Standing(
                contribution=number,
                partner=submitter,
                origin=origin_of(obj, submitter, TERMS, "indicators"),
                version_key=version_key(obj.version),
                spec=obj.spec,
                may_see=isinstance(decide_release(case), Release),
                own=case.own,
            )
        )
    return arrange(candidates)


@pytest.mark.parametrize("row", LOGS, ids=lambda row: " ".join(row))
def test_a_row_about_a_log_is_what_is_given(row):
    rule, first, then, reader, said = row
    log = the_log(first, then, reader)
    assert log.shown == {"the first": {1}, "the second": {2}, "both": {1, 2}}[said]
    assert {f"`{each}`" for each in log.conflicts.values()} <= {rule}


def decisive():
    """The rules that stand in the way in a row about them, or are named by what a row about them grants."""
    for rule, *asked, _ in RELEASES:
        yield from {rule} & {f"`{each}`" for each in decide_release(the_release(*asked)).rules}
    for rule, *asked, _ in INTAKES:
        yield from {rule} & {f"`{each}`" for each in decide_intake(the_push(*asked)).rules}
    for rule, first, then, reader, _ in LOGS:
        yield from {rule} & {f"`{each}`" for each in the_log(first, then, reader).conflicts.values()}
    for *_, rules in (*SIDES_ROWS, *BREAK_GLASS_ROWS):
        yield from re.findall("`.+?`", rules)


def test_every_rule_decides_a_row_of_a_table():
    assert set(decisive()) == {f"`{rule}`" for rule in Rule}


def test_every_row_is_about_a_rule():
    assert {row[0].strip("`") for row in (*RELEASES, *INTAKES, *LOGS)} <= set(Rule)


KEYS = re.findall(r"^\| `(members\.\*|collections\.\*\.(?:release|intake))\.(\w+)` ", FILES_PAGE, re.MULTILINE)


@pytest.mark.parametrize(("of", "name"), KEYS)
def test_every_key_of_members_of_release_and_of_intake_is_used(of, name):
    assert re.search(rf"\b{name}: ?", FILE if of != "members.*" else FILE + SIDES_FILE)


def test_there_are_such_keys():
    assert len(KEYS) >= 33
