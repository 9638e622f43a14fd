"""The policy, written a second time: short, without haste, to be read aloud and compared with the production code.

Every rule is asked, every objection is kept, and only at the end is anything concluded.
"""

from app.policy.partnership import CollectionTerms, Member, TlpLevel
from app.stix.timestamps import to_datetime, version_key

RED, STRICT = TlpLevel.RED, TlpLevel.AMBER_STRICT


def levels_that_apply(case, handling):
    """The TLP levels of a version, the collection's default among them where a part of it has none."""
    grants = case.terms.partnership.collections.get(case.collection, CollectionTerms("", "", "")).release
    return handling.tlp | ({grants.unmarked} if handling.unmarked and grants.unmarked is not None else set())


def entry_covers(entry, case, handling, partners):
    """Whether one entry of a member's own terms covers a version that concerns these partners, at some age."""
    whom = case.collection in entry.collections and all(partner in entry.partners for partner in partners)
    marked = all(level in entry.tlp for level in levels_that_apply(case, handling))
    if entry.markings is not None:
        named = [{marking, extension} for marking, extension in handling.custom] + [{s} for s in handling.statements]
        marked = marked and all(each & entry.markings for each in named)
    sure = entry.confidence is None or (handling.confidence is not None and handling.confidence >= entry.confidence)
    return whom and marked and (handling.type == "marking-definition" or (sure and handling.type in entry.types))


def ages_by_side(case, handling, submitter):
    """For each side that has terms of its own, by rule, the ages of its entries that cover a version; None is any."""
    members, reader = case.terms.partnership.members, case.audience.partner
    givers = {submitter, case.originator} - {reader}
    terms = {
        "submitter-releases": (members.get(submitter, Member("")).releases, {reader}) if submitter != reader else None,
        "originator-releases": (members.get(case.originator, Member("")).releases, {reader})
        if case.originator not in (submitter, reader)
        else None,
        "member-takes": (members.get(reader, Member("")).takes, givers) if givers else None,
    }
    return {
        rule: [
            None if handling.type == "marking-definition" else entry.age
            for entry in side[0]
            if entry_covers(entry, case, handling, side[1])
        ]
        for rule, side in terms.items()
        if side is not None and side[0] is not None
    }


def in_its_ages(sides, dated, at):
    """Whether a version of this instant is, at the other, of an age that every side covers."""
    return all(
        any(
            age is None
            or (
                (age.at_least is None or at - dated >= age.at_least)
                and (age.at_most is None or at - dated < age.at_most)
            )
            for age in ages
        )
        for ages in sides
        if ages
    )


def newest_is_over(case):
    """Whether the newest version of the line is, and will ever be, of no age at which it may be shown."""
    cap = case.cap
    sides = [ages for each in cap.submitters for ages in ages_by_side(case, cap.handling, each).values()]
    lengths = [length for ages in sides for age in ages if age for length in (age.at_least, age.at_most) if length]
    instants = [case.now, cap.dated, *(cap.dated + length for length in lengths)]
    return not any(in_its_ages(sides, cap.dated, at) for at in instants if at >= case.now)


def marking_objections(case, handling, submitter):
    """What the markings of a version and the members' own terms object to, for the audience of this case."""
    partner = case.audience.partner
    member = case.terms.partnership.members.get(partner, Member(partner))
    originator = case.terms.partnership.members.get(case.originator, Member(""))
    grants = case.terms.partnership.collections.get(case.collection, CollectionTerms("", "", "")).release
    levels = levels_that_apply(case, handling)
    against = {rule for rule, ages in ages_by_side(case, handling, submitter).items() if not ages}
    if originator.originator_control and originator.releases is None and partner != case.originator:
        against.add("originator-control")
    if originator.anonymous and case.named and partner != case.originator:
        against.add("attribution")
    if handling.unknown:
        against.add("known-markings")
    if handling.unmarked and grants.unmarked is None:
        against.add("default-level")
    for level in levels:
        if level is not RED and level not in grants.tlp:
            against.add("collection-tlp")
        if level not in member.tlp:
            against.add("member-tlp")
        if level is RED and (case.audience.account is None or case.audience.account not in grants.red):
            against.add("named-for-red")
        if level in (STRICT, RED) and member.client_of is not None:
            against.add("client")
    for statement in handling.statements:
        if statement not in grants.statements:
            against.add("statements")
    for marking, extension in handling.custom:
        by_id, by_extension = grants.custom.get(marking), grants.custom.get(extension) if extension else None
        members = by_id if by_id is not None else by_extension
        if members is None or partner not in members:
            against.add("custom")
    return against


def release_objections(case):
    """The ids of all rules that withhold this version from this audience; none means that it is released."""
    agreement = case.terms.partnership.agreement
    partner = case.audience.partner
    collection = case.terms.partnership.collections.get(case.collection, CollectionTerms("", "", ""))
    against = set()
    if partner not in case.terms.partnership.members:
        against.add("member")
    if case.now < agreement.effective or case.now >= agreement.expires:
        against.add("in-force")
    if partner not in collection.read:
        against.add("read")
    if case.span.not_after is not None and case.now >= case.span.not_after:
        against.add("expiry")
    by_marking = marking_objections(case, case.handling, case.submitter)
    if case.span.not_before is not None and case.now < case.span.not_before:
        by_marking.add("embargo")
    if not in_its_ages(ages_by_side(case, case.handling, case.submitter).values(), case.dated, case.now):
        by_marking.add("age")
    if case.cap is not None:
        newest = set().union(*(marking_objections(case, case.cap.handling, each) for each in case.cap.submitters))
        if newest or newest_is_over(case):
            by_marking.add("cap")
    return against if case.own else against | by_marking


def intake_objections(case):
    """The ids of all rules that refuse this object from this account; none means that it is taken."""
    terms, obj, handling = case.terms, case.obj, case.handling
    collection = terms.partnership.collections.get(case.collection, CollectionTerms("", "", ""))
    intake, earlier = collection.intake, case.known
    against, about_content = set(), set()
    if case.partner not in terms.partnership.members:
        against.add("member")
    if not terms.partnership.agreement.effective <= case.now < terms.partnership.agreement.expires:
        against.add("in-force")
    if case.partner not in collection.write:
        against.add("write")
    if case.role != "feeder":
        against.add("feeder")
    if obj.spec not in intake.spec_versions:
        about_content.add("spec-version")
    if obj.type not in intake.types:
        about_content.add("object-type")
    if any(level not in intake.tlp for level in handling.tlp):
        about_content.add("intake-tlp")
    if handling.unmarked and (intake.unmarked is None or intake.unmarked not in intake.tlp):
        about_content.add("intake-unmarked")
    for identity in {obj.created_by_ref, obj.id}:
        owners = {name for name in terms.partnership.members if identity in terms.partners.by_name[name].identities}
        if owners and case.partner not in owners and not owners & intake.relays.get(case.partner, frozenset()):
            about_content.add("ownership")
    if obj.version is not None and (to_datetime(obj.version) - case.now).total_seconds() > 300:
        about_content.add("not-ahead")
    if earlier is not None and obj.version is not None:
        key = version_key(obj.version)
        if key in earlier.versions and obj.tree_digest not in earlier.versions[key]:
            about_content.add("same-version")
        if earlier.revoked_at is not None and key > earlier.revoked_at:
            about_content.add("after-revoked")
        if earlier.created and obj.created and to_datetime(earlier.created) != to_datetime(obj.created):
            about_content.add("created-kept")
    registered = case.registry.judge(obj.tree).value
    if registered == "altered":
        about_content.add("unaltered")
    if obj.type == "marking-definition" and obj.id in obj.tree.get("object_marking_refs", []):
        about_content.add("no-self-marking")
    return against if registered == "equal" else against | about_content


def rows_of_a_log(candidates):
    """Which contributions of one object id stand in an audience's log."""
    visible = sorted((c for c in candidates if c.may_see), key=lambda c: c.contribution)
    owners = [c for c in visible if " via " not in c.origin]
    chosen = (owners or visible)[0].origin if visible else None
    own_undated = [c for c in visible if c.own and not c.dated]
    chosen = own_undated[0].origin if own_undated else chosen
    rows = {}
    for candidate in [c for c in visible if c.own] + [c for c in visible if not c.own and c.origin == chosen]:
        rows.setdefault((candidate.version_key, candidate.spec), candidate.contribution)
    return set(rows.values())


def dates_of(terms, received, definition, line_ends):
    """From when until when a version may be shown, as its collection's terms and the newest of its line have it."""
    begins = received + terms.embargo if terms.embargo is not None and not definition else None
    ends = [received + terms.shown_for] if terms.shown_for is not None and not definition else []
    return begins, min([*ends, *line_ends], default=None)
