"""The ids and sentences of all rules, and how their answers combine.

A rule is asked about a case and answers: it is silent (nothing in the case concerns it), it grants, it asks for a
review, or it objects, these two with a sentence. The functions themselves stand in `release_rules`, `intake_rules` and
`lines`.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple, Self

from app.policy.partnership import Verdict


class Rule(StrEnum):
    """Every rule of release and of intake: its id, and what it asks for in one sentence."""

    sentence: str

    def __new__(cls, value: str, sentence: str) -> Self:
        """The member whose value is the id, with its sentence beside it."""
        rule = str.__new__(cls, value)
        rule._value_ = value
        rule.sentence = sentence
        return rule

    # Both ways.
    MEMBER = "member", "Only members of the partnership are shown its objects or push to it."
    IN_FORCE = "in-force", "The agreement is in force: from its effective date on, and no longer at its expiry."

    # Release.
    READ = "read", "The member stands under `read` of the collection."
    EXPIRY = "expiry", "The version is shown no longer than the collection, its markings and its line's newest allow."
    DERIVATIVE = (
        "derivative",
        "A derivative goes to whom it is made for, not where standing terms give the original.",
    )
    OWN_CONTRIBUTION = "own-contribution", "A member is shown what its own organisation contributed, however marked."
    BREAK_GLASS = (
        "break-glass",
        "For an incident, two officers of the host have lifted the host's own bounds for a time.",
    )
    KNOWN_MARKINGS = "known-markings", "Every marking resolves, is unaltered and acyclic, and is of a known kind."
    COLLECTION_TLP = "collection-tlp", "Every TLP level of the object except RED stands in the collection's list."
    MEMBER_TLP = "member-tlp", "Every TLP level of the object stands in the member's list."
    NAMED_FOR_RED = "named-for-red", "RED goes only to accounts that the collection names for it."
    CLIENT = "client", "A client of another member is shown neither AMBER+STRICT nor RED."
    DEFAULT_LEVEL = "default-level", "Where an object carries no TLP, the collection declares the level that stands in."
    STATEMENTS = "statements", "Every statement marking is accepted by the collection."
    PAP = "pap", "Every PAP level of the object stands in the collection's list."
    IEP = "iep", "The members have undertaken every statement of the Information Exchange Policies on the object."
    ACS = "acs", "The collection accepts every token of an ACS marking, and the marking lets the member have it."
    CUSTOM = "custom", "Every marking of another kind is mapped to the member, by its id or by its extension."
    RELEASABLE_TO = "releasable-to", "The member is of a country that every release list on the object names."
    ORIGINATOR_CONTROL = "originator-control", "What is under originator control goes to whom its originator names."
    ATTRIBUTION = "attribution", "An object whose source must not be named does not name it."
    SUBMITTER_RELEASES = "submitter-releases", "An entry under `releases` of the member that pushed it covers it."
    ORIGINATOR_RELEASES = (
        "originator-releases",
        "An entry under `releases` of the member in whose name it stands covers it, where another pushed it.",
    )
    MEMBER_TAKES = "member-takes", "An entry under `takes` of the member covers it."
    CAP = "cap", "The newest version of the same line may be shown too."
    CLOSURE = "closure", "Whatever the version refers to, and its submitter contributed here too, may be seen as well."
    EMBARGO = "embargo", "The version is not shown before the collection and its markings allow."
    AGE = "age", "The version is of an age at which those who release it, and the member that takes it, say so."

    # Which of several contributions of one object id an audience is given.
    ONE_ORIGIN = "one-origin", "An audience is given one origin of an object: its owner's, else the first it may see."
    ONE_CONTENT = "one-content", "Of one version an audience is given one content: its own, else the first received."

    # Intake.
    FEEDER = "feeder", "Only an account with the role feeder pushes; an analyst reports, where that is taken."
    WRITE = "write", "The member stands under `write` of the collection."
    NOT_BLOCKED = "not-blocked", "The host has not blocked the object's id in the collection."
    REGISTRY_DEFINITION = "registry-definition", "A definition that equals the registry's is taken from whoever pushes."
    UNALTERED = "unaltered", "A definition under an id of the registry is the registry's own."
    NO_SELF_MARKING = "no-self-marking", "A marking definition does not mark itself."
    SPEC_VERSION = "spec-version", "The collection takes objects of this STIX version."
    OBJECT_TYPE = "object-type", "The collection takes objects of this type."
    INTAKE_TLP = "intake-tlp", "The collection takes every TLP level that applies to any part of the object."
    INTAKE_UNMARKED = "intake-unmarked", "Where an object carries no TLP, the collection says that it is taken."
    REQUIRED_MARKINGS = "required-markings", "The object carries every marking that the collection requires."
    DETERMINISTIC_ID = "deterministic-id", "An id that is made of an SCO's properties is made of its own."
    VALUE_LISTS = "value-lists", "No value in the object stands on a list that the collection names."
    OWNERSHIP = "ownership", "Only a member, or whom it permits to relay, pushes in the name of its identities."
    SOURCE_UNNAMED = "source-unnamed", "What a member that is not to be named does not sign itself does not name it."
    NOT_AHEAD = "not-ahead", "The version is at most five minutes ahead of the exchange's clock."
    SAME_VERSION = "same-version", "One organisation gives one version of an object one content."
    CREATED_KEPT = "created-kept", "`created` stays the same in all versions that an organisation pushes."
    SIGNER_KEPT = "signer-kept", "All versions of an object that an organisation pushes stand in one identity's name."
    AFTER_REVOKED = "after-revoked", "Nothing follows a version in which the organisation revoked the object."
    OLDER_VERSION = "older-version", "The organisation has given the collection no later version of the object."
    LOOSENED_MARKING = "loosened-marking", "A later version is marked no more openly than the organisation's newest."
    REVIEW = "review", "The collection sends neither the type, nor the submitter, nor a level of it to review."


class Effect(StrEnum):
    """What a rule's answer does to the decision."""

    SILENT = "silent"
    GRANTS = "grants"
    REVIEWS = "reviews"
    """It asks that an officer of the host look at it first."""
    OBJECTS = "objects"
    OUTRANKED = "outranked"
    """It objects, and another rule outranks it."""
    LIFTED = "lifted"
    """It objects, and an open clause of break-glass lifts it."""


class Answer(NamedTuple):
    """What one rule says about one case. `why` is a sentence where it objects, or where it says whose word grants."""

    effect: Effect
    why: str = ""


SILENT: Final = Answer(Effect.SILENT)
GRANTS: Final = Answer(Effect.GRANTS)


def grants(why: str) -> Answer:
    """A grant that is somebody's, with the sentence that says whose."""
    return Answer(Effect.GRANTS, why)


def objects(why: str) -> Answer:
    """An objection, with the sentence that says what is in the way."""
    return Answer(Effect.OBJECTS, why)


def reviews(why: str) -> Answer:
    """A wish for a review, with the sentence that tells the officer why."""
    return Answer(Effect.REVIEWS, why)


def by_verdict(verdict: Verdict, why: str) -> Answer:
    """What a collection's word makes of something that one of its conditions speaks about."""
    match verdict:
        case Verdict.ACCEPT:
            return SILENT
        case Verdict.REVIEW:
            return reviews(why)
        case Verdict.REFUSE:
            return objects(why)


class Finding(NamedTuple):
    """One rule's answer, and what became of it."""

    rule: Rule
    effect: Effect
    why: str

    @property
    def holds(self) -> bool:
        """Whether what the rule asks for is so, or does not arise."""
        return self.effect in (Effect.GRANTS, Effect.SILENT)


def combine(binding: list[Finding], exemption: Finding, exempted: list[Finding]) -> list[Finding]:
    """All findings in order: the rules that bind always, the exemption, and the rules that it outranks if it grants."""
    if exemption.effect is Effect.GRANTS:
        exempted = [
            each._replace(effect=Effect.OUTRANKED) if each.effect in (Effect.REVIEWS, Effect.OBJECTS) else each
            for each in exempted
        ]
    return [*binding, exemption, *exempted]


def with_effect(findings: Iterable[Finding], effect: Effect) -> tuple[Rule, ...]:
    """The rules whose finding has this effect, in order."""
    return tuple([finding.rule for finding in findings if finding.effect is effect])


def listed(values: Iterable[str]) -> str:
    """The values as a sentence lists them."""
    return ", ".join(sorted(values))
