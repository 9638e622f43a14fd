"""Decisions that people labelled from the standards and the design, before there was any code: shared/data/decisions.

Every row is translated into the values of the policy and decided by its pure functions: handlings from the object and
what stands beside it, then the cap, the release decision of every contribution, and the lines.
"""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.policy.derivation import derive_handling
from app.policy.intake import Accept, Quarantine, Refuse, decide_intake
from app.policy.intake_case import IntakeCase, Known
from app.policy.lines import Standing, cap_of, origin_of, originator_of, shown
from app.policy.markings import Judgement, resolves_for
from app.policy.partnership import (
    ALL,
    Agreement,
    CollectionTerms,
    CustomTerms,
    IntakeTerms,
    Member,
    PapLevel,
    Partner,
    Partners,
    Partnership,
    ReleaseTerms,
    Remedy,
    ReviewTerms,
    Role,
    Terms,
    TlpLevel,
)
from app.policy.release import Release, Sanitise, decide_release
from app.policy.release_case import Audience, ReleaseCase
from app.policy.release_rules.levels import levels_shown
from app.policy.sanitising import Sanitised, Source, sanitised
from app.policy.vocabularies import cui
from app.settings import PROJECT
from app.stix.objects import Rejected
from app.stix.references import references_in
from app.stix.strict_json import parse
from app.stix.timestamps import version_key
from app.stix.validation import read_object
from tests.policy.builders import REGISTRY, SHARED, UNRESOLVED, a_definition, an_object
from tests.support.cases import record_row

SOURCE = SHARED / "data" / "decisions" / "decisions.jsonl"
ROWS = [json.loads(line) for line in SOURCE.read_text().splitlines()] if SOURCE.exists() else []
POLICY = (PROJECT / "docs" / "policy.md").read_text()
OTHERWISE = POLICY.partition("## Labelled decisions that are taken otherwise\n")[2].partition("\n## ")[0]
EXPLAINED = dict(re.findall(r"^\* `(\S+)`: (.+\.)$", OTHERWISE, re.MULTILINE))
"""The rows that are decided otherwise than they are labelled, each with the reason."""

COVERED = {
    **{each: each for each in ("tlp", "unmarked", "statement", "pap", "iep", "acs", "custom", "granular")},
    "cui": cui.EXTENSION,
}
"""By vocabulary, the topic of its rows, or the extension that they name."""


def instant(text):
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def words(value, kind=str):
    return ALL if value == "all" else frozenset(kind(word) for word in value)


def listed(lists):
    return {name: words(values) for name, values in lists.items()}


def level(value):
    return None if value in (None, "refuse") else TlpLevel(value)


def translated(agreement):
    """An agreement in the words of the rows, as the terms of the policy."""
    release, intake, collection = agreement["release"], agreement["intake"], agreement["collection"]
    acs = release.get("acs", {})
    relays = {} if intake["ownership"] == "creator" else intake["ownership"]
    collection_terms = CollectionTerms(
        alias=collection["alias"],
        id=str(UUID(int=1)),
        title=collection["alias"],
        read=words(collection["read"]),
        write=words(collection["write"]),
        listed=words(collection.get("listed", [])),
        closure=collection.get("closure") == "withhold",
        release=ReleaseTerms(
            tlp=words(release["tlp"], TlpLevel),
            unmarked=level(release.get("unmarked")),
            red=frozenset(release.get("red", [])),
            statements=words(release.get("statements", [])),
            pap=words(release.get("pap", []), PapLevel),
            iep=listed(release.get("iep", {})),
            acs=listed({name: tokens for name, tokens in acs.items() if name != "members"}),
            custom={
                key: CustomTerms(words(mapped["members"]), words(mapped.get("disseminations", [])))
                for key, mapped in release.get("custom", {}).items()
            },
            granular=Remedy(release.get("granular", Remedy.WITHHOLD)),
        ),
        intake=IntakeTerms(
            types=words(intake["types"]),
            tlp=words(intake["tlp"], TlpLevel),
            unmarked=level(intake["unmarked"]),
            relays={name: words(relayed) for name, relayed in relays.items()},
            review=ReviewTerms(types=words(intake.get("review", []))),
        ),
    )
    members = {
        name: Member(
            name,
            words(member.get("tlp", []), TlpLevel),
            member.get("client_of"),
            **listed(acs.get("members", {}).get(name, {})),
        )
        for name, member in agreement["members"].items()
    }
    dates = Agreement("", instant(agreement["effective"]), instant(agreement["expires"]))
    name = agreement["partnership"]
    return Terms(
        Partnership(name, name, dates, members, {collection_terms.alias: collection_terms}),
        Partners(
            host=agreement["host"],
            by_name={
                name: Partner(name, name, frozenset(partner["identities"]))
                for name, partner in agreement["partners"].items()
            },
            identity=agreement["exchange_identity"],
        ),
    )


def beside(row, *states):
    """What stands beside the object in the same partnership, as far as it was received by now."""
    here, now = row["agreement"]["partnership"], instant(row["at"])
    for entry in row["context"]:
        if entry.get("partnership", here) == here and entry["state"] in states and instant(entry["at"]) <= now:
            yield entry


def resolver_of(row, terms, obj, submitter):
    def resolve(marking_id):
        for entry in beside(row, "live"):
            definition = entry["object"]
            if definition["id"] == marking_id and resolves_for(definition, entry["by"], obj, submitter, terms):
                return definition
        return None

    return resolve


def meaning_of(row, terms, obj, submitter):
    return derive_handling(obj, REGISTRY, resolver_of(row, terms, obj, submitter), instant(row["at"]))


def derivative_of(row, case, obj):
    """The handling of what is left of the object for this audience, where the collection asks for that."""
    left = sanitised(
        obj,
        levels_shown(case),
        case.collection_terms.release,
        Source(),
        REGISTRY,
        resolver_of(row, case.terms, obj, case.submitter),
        case.now,
    )
    return left.for_member(case.audience.partner).meaning.handling if isinstance(left, Sanitised) else None


def leads_to_something_hidden(row, terms, audience, obj, submitter):
    """Whether an object refers to another of its submitter's that is withheld by itself; the rows have one hop."""
    alias = row["agreement"]["collection"]["alias"]
    for entry in beside(row, "live"):
        named = {target for _, target in references_in(obj.tree)}
        if entry["by"] != submitter or entry["object"]["id"] not in named or entry.get("collection", alias) != alias:
            continue
        handling, span = meaning_of(row, terms, an_object(entry["object"]), submitter)
        now = instant(row["at"])
        case = ReleaseCase(terms, alias, audience, handling, None, submitter, submitter, now, span)
        if not isinstance(decide_release(case), Release):
            return True
    return False


def release_outcome(row):
    terms, alias, reader = translated(row["agreement"]), row["agreement"]["collection"]["alias"], row["reader"]
    contributions = [
        (an_object(entry["object"]), entry["by"], instant(entry["at"]))
        for entry in beside(row, "live")
        if entry["object"]["id"] == row["object"]["id"] and entry.get("collection", alias) == alias
    ]
    judged = (an_object(row["object"]), row["submitter"], instant(row["received"]))
    if not any(entry["object"] == row["object"] for entry in beside(row, "held")):
        contributions.append(judged)
    contributions.sort(key=lambda contribution: contribution[2])
    account = f"{reader['partner']}/{reader['account']}"
    audience = Audience(
        reader["partner"], account if account in terms.partnership.collections[alias].release.red else None
    )
    known = []
    for obj, submitter, received in contributions:
        key = version_key(obj.version or received.strftime("%Y-%m-%dT%H:%M:%SZ"))
        known.append((origin_of(obj, submitter, terms, alias), key, meaning_of(row, terms, obj, submitter), submitter))
    candidates, sanitise = [], set()
    for number, ((obj, submitter, _), (origin, key, meaning, _)) in enumerate(zip(contributions, known, strict=True)):
        line = [
            (other_key, other.handling, by) for other_origin, other_key, other, by in known if other_origin == origin
        ]
        cap = cap_of(key, line)
        own = submitter == reader["partner"]
        originator = originator_of(origin, submitter, terms)
        case = ReleaseCase(
            terms,
            alias,
            audience,
            meaning.handling,
            cap,
            submitter,
            originator,
            instant(row["at"]),
            meaning.span,
            end_hidden=leads_to_something_hidden(row, terms, audience, obj, submitter),
        )
        decision = decide_release(replace(case, derivative=derivative_of(row, case, obj)))
        candidates.append(Standing(number, submitter, origin, key, obj.spec, isinstance(decision, Release), own))
        sanitise |= {number} if isinstance(decision, Sanitise) else set()
    place = contributions.index(judged) if judged in contributions else None
    return "release" if place in shown(candidates) else "sanitise" if place in sanitise else "withhold"


def intake_outcome(row):
    obj = read_object(parse(json.dumps(row["object"]).encode()))
    if isinstance(obj, Rejected):
        return "refuse"
    terms, account = translated(row["agreement"]), row["account"]
    own = [
        read_object(parse(json.dumps(entry["object"]).encode()))
        for entry in beside(row, "live", "held")
        if entry["by"] == account["partner"] and entry["object"]["id"] == obj.id
    ]
    versions = {version_key(each.version): frozenset({each.tree_digest}) for each in own}
    case = IntakeCase(
        terms=terms,
        collection=row["agreement"]["collection"]["alias"],
        partner=account["partner"],
        role=Role(account["role"]),
        obj=obj,
        handling=meaning_of(row, terms, obj, account["partner"]).handling,
        registry=REGISTRY,
        known=Known(versions, created=own[0].created) if own else None,
        now=instant(row["at"]),
    )
    return {Accept: "accept", Quarantine: "quarantine", Refuse: "refuse"}[type(decide_intake(case))]


def outcome(row):
    return release_outcome(row) if row["kind"] == "release" else intake_outcome(row)


@pytest.mark.skipif(not ROWS, reason="the labelled decisions are not beside this checkout")
def test_the_rows_are_all_there():
    assert len(ROWS) >= 139


@pytest.mark.skipif(not ROWS, reason="the labelled decisions are not beside this checkout")
@pytest.mark.parametrize("covered", COVERED.values(), ids=COVERED.keys())
def test_for_each_vocabulary_there_are_rows_that_release_and_rows_that_withhold(covered):
    rows = [row for row in ROWS if row["topic"] == covered or covered in json.dumps(row["context"])]
    assert {row["expect"] for row in rows} >= {"release", "withhold"}


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_labelled_decision_is_agreed_with(row):
    told = f"{row['says']} {row['because']}"
    got = outcome(row)
    record_row("agrees" if got == row["expect"] else f"{row['id']}: {got} where {row['expect']} is asked for")
    assert (got != row["expect"]) == (row["id"] in EXPLAINED), told


@pytest.mark.skipif(not ROWS, reason="the labelled decisions are not beside this checkout")
def test_the_document_explains_only_rows_that_leave_a_choice():
    assert EXPLAINED.keys() <= {row["id"] for row in ROWS if not row["firm"]}


RELEASES = [row for row in ROWS if row["kind"] == "release"]


@pytest.mark.parametrize("row", RELEASES, ids=[row["id"] for row in RELEASES])
def test_what_a_third_member_hides_changes_no_outcome(row):
    """The same id and a definition of every marking, contributed first by somebody else and shown to nobody."""
    third = next(
        name for name in row["agreement"]["members"] if name not in (row["submitter"], row["reader"]["partner"])
    )
    copy = {**row["object"], "modified": "2026-05-01T00:00:00.000Z", "object_marking_refs": [UNRESOLVED]}
    copy.pop("created_by_ref", None)
    marks = row["object"].get("object_marking_refs", [])
    hidden = [copy, *(a_definition(mark, object_marking_refs=[UNRESOLVED]) for mark in marks)]
    added = [{"by": third, "at": "2026-01-02T00:00:00Z", "state": "live", "object": each} for each in hidden]
    assert outcome({**row, "context": [*added, *row["context"]]}) == outcome(row)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_the_registry_of_a_row_is_ours(row):
    assert all(REGISTRY.judge(definition) is Judgement.EQUAL for definition in row["registry"])
