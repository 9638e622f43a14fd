"""What one account is told of a collection's terms: what it is shown there, and what becomes of what it pushes.

Where a rule has a say, nothing is read off the agreement: the decisions themselves are asked about one thing at a time
that stands alone on a version, with nothing else in the way. What is told rests on the account, its member's side and
the collection; others' sides, rights and names play no part (design, law 2). It is the standing terms: what break-glass
opens for a time is in none of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

from app.policy.handling import Handling
from app.policy.intake import Accept, Quarantine, decide_intake
from app.policy.intake_case import IntakeCase
from app.policy.markings import Registry
from app.policy.partnership import (
    ALL,
    CollectionTerms,
    Everything,
    Grant,
    IntakeTerms,
    PapLevel,
    Role,
    Terms,
    TlpLevel,
    Verdict,
)
from app.policy.release import stands
from app.policy.release_case import Audience, ReleaseCase
from app.policy.rights import may_read, may_write
from app.policy.vocabularies.acs import with_one_token
from app.stix.objects import StixObject

S = TypeVar("S", bound=str)

_NOBODY: Final = ""
"""Another member that states no side of its own: no partner is called so."""

_ANYTHING: Final = StixObject(
    raw=b"{}",
    tree={},
    id="",
    type="",
    spec="2.1",
    bytes_digest=b"",
    tree_digest=b"",
    created=None,
    modified=None,
    revoked=False,
    created_by_ref=None,
    object_marking_refs=(),
    granular_markings=(),
)
"""An object of which nothing is known: of no type that a list names, and signed by nobody."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one account is shown of what others push, each marking by itself; a version has to pass by all of its own.

    `unmarked` is the level at which it is shown what carries no TLP, None where it is not. `iep` and `acs` hold values
    by statement and tokens by list, `custom` the dissemination controls that are honoured, by marking. `takes` are the
    entries of its member's side about this collection, None where that states none.
    """

    tlp: frozenset[TlpLevel]
    unmarked: TlpLevel | None
    statements: frozenset[str]
    pap: frozenset[PapLevel]
    iep: Mapping[str, frozenset[str]]
    acs: Mapping[str, frozenset[str]]
    custom: Mapping[str, frozenset[str]]
    takes: frozenset[Grant] | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What becomes of what one account pushes, by each TLP level alone and where there is none.

    `reviewed` are the types that an officer of the host looks at first, whatever their levels. `relays` are the members
    in whose name it may push besides its own. `listed` are the words of the collection's lists of values, never the
    lists.
    """

    tlp: Mapping[TlpLevel, Verdict]
    unmarked: Verdict
    reviewed: frozenset[str]
    relays: frozenset[str]
    listed: frozenset[Verdict]


def shown(terms: Terms, collection: str, partner: str, account: str) -> Shown | None:
    """What the account, as `partner/account`, is shown of the collection; None where it may not read it."""
    held = terms.partnership.collections[collection]
    if partner not in terms.partnership.members or not may_read(held, partner):
        return None
    release = held.release
    asked = _from_anybody(terms, collection, Audience(partner, account))

    def passes(handling: Handling) -> bool:
        return stands(asked(handling=handling))

    def those(values: frozenset[S], asking: Callable[[S], Handling]) -> frozenset[S]:
        # Of all values there are, all: no rule tells them apart.
        return values if isinstance(values, Everything) else frozenset(each for each in values if passes(asking(each)))

    return Shown(
        tlp=frozenset(level for level in TlpLevel if passes(Handling(tlp=frozenset({level})))),
        unmarked=release.unmarked if passes(Handling(unmarked=True)) else None,
        statements=those(release.statements, lambda marking: Handling(statements=frozenset({marking}))),
        pap=frozenset(level for level in PapLevel if passes(Handling(pap=frozenset({level})))),
        iep={name: those(values, partial(_with_one_statement, name)) for name, values in release.iep.items()},
        acs={name: those(tokens, partial(with_one_token, name)) for name, tokens in release.acs.items()},
        custom={
            marking: mapped.disseminations
            for marking, mapped in release.custom.items()
            if passes(Handling(custom=frozenset({(marking, "")})))
        },
        takes=about(collection, terms.side_of(partner).takes),
    )


def taken(terms: Terms, collection: str, partner: str, role: Role) -> Taken | None:
    """What becomes of what an account of this role pushes to the collection; None where it may not write to it."""
    held = terms.partnership.collections[collection]
    if partner not in terms.partnership.members or not may_write(held, partner, role):
        return None
    intake = held.intake
    alone = IntakeTerms(types=ALL, tlp=intake.tlp, unmarked=intake.unmarked, review=intake.review)
    asked = partial(
        IntakeCase,
        terms=_with_collection(terms, replace(held, intake=alone)),
        collection=collection,
        partner=partner,
        role=role,
        obj=_ANYTHING,
        registry=Registry(()),
        known=None,
        now=terms.partnership.agreement.effective,
    )
    return Taken(
        tlp={level: _word(asked(handling=Handling(tlp=frozenset({level})))) for level in TlpLevel},
        unmarked=_word(asked(handling=Handling(unmarked=True))),
        reviewed=ALL if partner in intake.review.submitters else intake.review.types,
        relays=intake.relays.get(partner, frozenset()) - {partner},
        listed=frozenset(intake.lists.values()),
    )


def about(collection: str, entries: frozenset[Grant] | None) -> frozenset[Grant] | None:
    """The entries of a member's own terms that speak of this collection; None where there are no terms."""
    return None if entries is None else frozenset(entry for entry in entries if collection in entry.collections)


def _from_anybody(terms: Terms, collection: str, audience: Audience) -> Callable[..., ReleaseCase]:
    """A question by handling about what another pushed, with nobody's own terms in the way, nor anything open."""
    member = replace(terms.side_of(audience.partner), takes=None)
    partnership = replace(terms.partnership, members={audience.partner: member})
    return partial(
        ReleaseCase,
        terms=replace(terms, partnership=partnership, clauses=()),
        collection=collection,
        audience=audience,
        cap=None,
        submitter=_NOBODY,
        originator=_NOBODY,
        now=terms.partnership.agreement.effective,
    )


def _with_collection(terms: Terms, collection: CollectionTerms) -> Terms:
    return replace(terms, partnership=replace(terms.partnership, collections={collection.alias: collection}))


def _with_one_statement(name: str, value: str) -> Handling:
    return Handling(iep=frozenset({(name, value)}))


def _word(case: IntakeCase) -> Verdict:
    match decide_intake(case):
        case Accept():
            return Verdict.ACCEPT
        case Quarantine():
            return Verdict.REVIEW
        case _:
            return Verdict.REFUSE
