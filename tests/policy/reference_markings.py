"""What the markings of a version, and the members' own terms, object to: a part of the policy's second writing."""

from app.policy.partnership import CollectionTerms, Member, TlpLevel

STRICT, RED = TlpLevel.AMBER_STRICT, TlpLevel.RED
PAP = "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b"
IEP = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a"
ACS = "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce"


def collection_of(case):
    """The terms of the collection; one that the agreement does not have grants nothing and takes nothing."""
    return case.terms.partnership.collections.get(case.collection, CollectionTerms("", "", ""))


def side_of(case, partner):
    """A member's own terms; who is no member has none."""
    return case.terms.partnership.members.get(partner, Member(""))


def within(some, allowed):
    return all(each in allowed for each in some)


def levels_of(case, handling):
    """The TLP levels of a version, the collection's default among them where a part of it has none."""
    default = collection_of(case).release.unmarked
    return handling.tlp | ({default} if handling.unmarked and default is not None else set())


def marking_objections(case, handling, submitter):
    """The rules by which a version of this handling, which this member pushed, may not go to the audience."""
    reader, account, source = case.audience.partner, case.audience.account, case.originator
    grants, levels = collection_of(case).release, levels_of(case, handling)
    member, originator = side_of(case, reader), side_of(case, source)
    controlled = handling.originator_control or originator.originator_control
    signed_by_its_source = originator.anonymous and case.named and handling.derived is None
    objections = {
        "known-markings": handling.unknown,
        "default-level": handling.unmarked and grants.unmarked is None,
        "collection-tlp": not within(levels - {RED}, grants.tlp),
        "member-tlp": not within(levels, member.tlp),
        "named-for-red": RED in levels and (account is None or account not in grants.red),
        "client": member.client_of is not None and levels & {STRICT, RED},
        "statements": not within(handling.statements, grants.statements),
        "pap": not within(handling.pap, grants.pap),
        "iep": any(value not in grants.iep.get(statement, ()) for statement, value in handling.iep),
        "acs": not all(acs_permits(marking, member, grants.acs) for marking in handling.acs),
        "custom": not all(custom_permits(*each, handling, reader, grants.custom) for each in handling.custom),
        "releasable-to": any(countries.isdisjoint(member.nationalities) for countries in handling.releasable_to),
        "originator-control": controlled and originator.releases is None and reader != source,
        "attribution": (signed_by_its_source or (handling.anonymous and handling.signed)) and reader != source,
    }
    objections |= {rule: not ages for rule, ages in ages_by_side(case, handling, submitter).items()}
    return {rule for rule, objects in objections.items() if objects}


def custom_permits(marking, extension, handling, reader, mapped):
    """Whether a marking of another kind is mapped to the reader, by its id or else by its extension."""
    terms = mapped.get(marking, mapped.get(extension))
    controls = [control for on, control in handling.disseminations if on == marking]
    return terms is not None and reader in terms.members and within(controls, terms.disseminations)


def acs_permits(marking, member, accepted):
    """Whether an ACS marking lets a member have what it marks, where these tokens are accepted."""

    def said(name):
        return {token for of, token in marking if of == name}

    lists = ("classification", "formal_determination", "caveat", "sensitivity", "shareability")
    if not all(within(said(name), accepted.get(name, ())) for name in lists):
        return False
    who = {"organizations": member.organizations, "nationalities": member.nationalities}
    who = {"entity": member.entity} | {f"permitted_{name}": own for name, own in who.items()}
    if any(said(name) and not said(name) & own for name, own in who.items()):
        return False
    parents = {own[:end] for own in member.organizations for end in range(len(own) + 1) if f"{own}."[end] == "."}
    for right in ("display", "sharing"):
        denied, permitted = said(f"{right}-deny"), said(f"{right}-permit")
        if denied and ("ALL" in denied or denied & parents or not member.organizations):
            return False
        if not permitted & ({"ALL"} | member.organizations) and said(f"{right}-default") != {"permit"}:
            return False
    return True


def ages_by_side(case, handling, submitter):
    """For each side that has terms of its own, by rule, the ages of its entries that cover a version; None is any."""
    reader, source, submitters = case.audience.partner, case.originator, side_of(case, submitter)
    of_source = {reader} - {source} if source != submitter else set()
    sides = [
        ("submitter-releases", submitters.releases, {reader} - {submitter}),
        ("originator-releases", side_of(case, source).releases, of_source),
        ("member-takes", side_of(case, reader).takes, {submitter, source} - {reader}),
    ]
    return {
        rule: [
            None if handling.type == "marking-definition" else entry.age
            for entry in entries
            if within(partners, entry.partners) and covers(entry, case, handling)
        ]
        for rule, entries, partners in sides
        if partners and entries is not None
    }


def covers(entry, case, handling):
    """Whether one entry of a member's own terms covers a version, whoever is concerned and however old it is."""
    if case.collection not in entry.collections or not within(levels_of(case, handling), entry.tlp):
        return False
    ids = [{statement} for statement in handling.statements] + [set(custom) for custom in handling.custom]
    ids += [{PAP}] if handling.pap else []
    ids += [{IEP}] if handling.iep else []
    ids += [{ACS}] if handling.acs else []
    ids += [set()] if handling.releasable_to or handling.originator_control else []
    if entry.markings is not None and not all(each & entry.markings for each in ids):
        return False
    sure = entry.confidence is None or (handling.confidence is not None and handling.confidence >= entry.confidence)
    return handling.type == "marking-definition" or (sure and handling.type in entry.types)
