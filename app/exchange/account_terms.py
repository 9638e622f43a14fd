"""What one account is told of the terms of an API root: what it may read and push there, and within which limits.

The document rests on the account, its member's side and the collections that it may know of. Nothing that others
hold, state or are called moves it, not even the number of the revision (law 2).
"""

from collections.abc import Iterable
from typing import TypedDict, TypeVar

from app.exchange.catalogue import known_terms
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.policy import account_terms as policy
from app.policy.account_terms import Shown, Taken, about
from app.policy.partnership import CollectionTerms, Everything, Grant, Member, PapLevel, Terms, TlpLevel, Verdict
from app.policy.rights import may_read, may_report, may_see, may_write
from app.settings import Settings
from app.taxii.account_terms import (
    AccountPart,
    AccountTerms,
    AgeBounds,
    AgreementPart,
    CollectionPart,
    Confidence,
    ContactsPart,
    CustomPart,
    LimitsPart,
    Listed,
    MemberPart,
    PartnerPart,
    PartnershipPart,
    ReleasesPart,
    ShownPart,
    TakenPart,
    TakesPart,
)

E = TypeVar("E", TakesPart, ReleasesPart)


async def account_terms(exchange: Exchange, requester: Requester, root: str) -> AccountTerms:
    """The terms of this API root for this account. Raises NotKnown."""
    return await exchange.read(_account_terms, exchange, requester, root)


def _account_terms(exchange: Exchange, requester: Requester, root: str) -> AccountTerms:
    terms = known_terms(exchange, requester, root)
    partnership, legal = terms.partnership, terms.partnership.agreement
    partner = terms.partners.by_name[requester.partner]
    member = partnership.members.get(requester.partner)
    seen = [each for each in partnership.collections.values() if may_see(each, requester.partner)]
    return AccountTerms(
        partnership=PartnershipPart(
            root=partnership.root, title=partnership.title, description=partnership.description
        ),
        agreement=AgreementPart(
            reference=legal.reference, effective=legal.effective, expires=legal.expires, review=legal.review
        ),
        contacts=ContactsPart(partnership=partnership.contact, exchange=exchange.settings.contact),
        partner=PartnerPart(name=partner.name, title=partner.title, identities=tuple(sorted(partner.identities))),
        account=AccountPart(name=requester.account, role=requester.role),
        member=_member(member) if member is not None else None,
        collections=tuple(_collection(terms, each, requester) for each in sorted(seen, key=lambda each: each.id)),
        limits=_limits(exchange.settings),
    )


def _member(member: Member) -> MemberPart:
    return MemberPart(
        tlp=_levels(member.tlp),
        client_of=member.client_of,
        organizations=tuple(sorted(member.organizations)),
        nationalities=tuple(sorted(member.nationalities)),
        entity=tuple(sorted(member.entity)),
        originator_control=member.originator_control,
        attribution="anonymous" if member.anonymous else "named",
    )


def _collection(terms: Terms, collection: CollectionTerms, requester: Requester) -> CollectionPart:
    partner = requester.partner
    shown = policy.shown(terms, collection.alias, partner, requester.qualified_name)
    taken = policy.taken(terms, collection.alias, partner, requester.role)
    releases = about(collection.alias, terms.side_of(partner).releases)
    return CollectionPart(
        id=collection.id,
        alias=collection.alias,
        title=collection.title,
        description=collection.description,
        can_read=may_read(collection, partner),
        can_write=may_write(collection, partner, requester.role),
        shown=_shown(collection, shown) if shown is not None else None,
        taken=_taken(collection, taken) if taken is not None else None,
        sightings=collection.intake.sightings if may_report(collection, partner, requester.role) else None,
        releases=_in_order(ReleasesPart(to=_listed(each.partners), **_entry(each)) for each in releases)
        if releases is not None
        else None,
    )


def _shown(collection: CollectionTerms, shown: Shown) -> ShownPart:
    release = collection.release
    return ShownPart(
        tlp=_levels(shown.tlp),
        unmarked=shown.unmarked,
        statements=_listed(shown.statements),
        pap=tuple(level for level in PapLevel if level in shown.pap),
        iep={name: tuple(sorted(values)) for name, values in sorted(shown.iep.items())},
        acs={name: tuple(sorted(tokens)) for name, tokens in sorted(shown.acs.items())},
        custom={
            marking: CustomPart(disseminations=_listed(controls)) for marking, controls in sorted(shown.custom.items())
        },
        references="withhold" if collection.closure else "keep",
        embargo=release.embargo,
        shown_for=release.shown_for,
        takes=_in_order(TakesPart(from_=_listed(each.partners), **_entry(each)) for each in shown.takes)
        if shown.takes is not None
        else None,
    )


def _taken(collection: CollectionTerms, taken: Taken) -> TakenPart:
    intake = collection.intake
    return TakenPart(
        types=_listed(intake.types),
        reviewed_types=_listed(taken.reviewed),
        spec_versions=tuple(sorted(intake.spec_versions)),
        tlp={level.value: word for level, word in taken.tlp.items()},
        unmarked=taken.unmarked,
        require=tuple(sorted(intake.require)),
        relays=tuple(sorted(taken.relays)),
        older_versions=intake.older_versions,
        loosened=intake.loosened,
        deterministic_ids=intake.deterministic_ids,
        listed_values=tuple(word for word in Verdict if word in taken.listed),
    )


class _Entry(TypedDict):
    types: Listed
    tlp: tuple[str, ...]
    markings: tuple[str, ...] | None
    confidence: Confidence | None
    age: AgeBounds | None


def _entry(entry: Grant) -> _Entry:
    """What an entry says, whoever is concerned."""
    return {
        "types": _listed(entry.types),
        "tlp": _levels(entry.tlp),
        "markings": tuple(sorted(entry.markings)) if entry.markings is not None else None,
        "confidence": Confidence(at_least=entry.confidence) if entry.confidence is not None else None,
        "age": AgeBounds(at_least=entry.age.at_least, at_most=entry.age.at_most) if entry.age is not None else None,
    }


def _in_order(entries: Iterable[E]) -> tuple[E, ...]:
    """Entries of a set in an order that rests on nothing but what they say."""
    return tuple(sorted(entries, key=lambda entry: entry.model_dump_json()))


def _levels(levels: frozenset[TlpLevel]) -> tuple[TlpLevel, ...]:
    return tuple(level for level in TlpLevel if level in levels)


def _listed(values: frozenset[str]) -> Listed:
    return "all" if isinstance(values, Everything) else tuple(sorted(values))


def _limits(settings: Settings) -> LimitsPart:
    return LimitsPart(**{name: getattr(settings, name) for name in LimitsPart.model_fields})
