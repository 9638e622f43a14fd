"""The policy, written a second time: short, without haste, to be read aloud and compared with the production code.

Every rule is asked, every objection is kept, and only at the end is anything concluded.
"""

from ipaddress import ip_address
from json import dumps

from app.policy.handling import Handling
from app.policy.partnership import CollectionTerms, Member, TlpLevel
from app.stix.identifiers import sco_id
from app.stix.timestamps import to_datetime, version_key

RED, STRICT = TlpLevel.RED, TlpLevel.AMBER_STRICT
OF_THE_HOST = {"collection-tlp", "member-tlp", "default-level", "embargo"}


def levels_that_apply(case, handling):
    """The TLP levels of a version, the collection's default among them where a part of it has none."""
    grants = case.terms.partnership.collections.get(case.collection, CollectionTerms("", "", "")).release
    return handling.tlp | ({grants.unmarked} if handling.unmarked and grants.unmarked is not None else set())


def of_vocabularies(handling):
    """What the other vocabularies ask for, each with the id by which an entry names it; caveats have none."""
    return [
        ("extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b", handling.pap),
        ("extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a", handling.iep),
        ("extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce", handling.acs),
        (None, handling.releasable_to or handling.originator_control),
    ]


def entry_covers(entry, case, handling, partners):
    """Whether one entry of a member's own terms covers a version that concerns these partners, at some age."""
    whom = case.collection in entry.collections and all(partner in entry.partners for partner in partners)
    marked = all(level in entry.tlp for level in levels_that_apply(case, handling))
    if entry.markings is not None:
        named = [{marking, extension} for marking, extension in handling.custom] + [{s} for s in handling.statements]
        named += [{extension} for extension, asked in of_vocabularies(handling) if asked]
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
    controlled = originator.originator_control or handling.originator_control
    if controlled and originator.releases is None and partner != case.originator:
        against.add("originator-control")
    unnamed = originator.anonymous and case.named and handling.derived is None
    unnamed = unnamed or (handling.anonymous and handling.signed)
    if unnamed and partner != case.originator:
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
        mapped = by_id if by_id is not None else by_extension
        controls = {control for on, control in handling.disseminations if on == marking}
        if mapped is None or partner not in mapped.members or any(c not in mapped.disseminations for c in controls):
            against.add("custom")
    if any(level not in grants.pap for level in handling.pap):
        against.add("pap")
    if any(value not in grants.iep.get(statement, ()) for statement, value in handling.iep):
        against.add("iep")
    for marking in handling.acs:
        if not acs_permits(marking, member, grants.acs):
            against.add("acs")
    if any(countries.isdisjoint(member.nationalities) for countries in handling.releasable_to):
        against.add("releasable-to")
    return against


def acs_permits(marking, member, accepted):
    """Whether an ACS marking lets a member have what it marks, where these tokens are accepted."""
    said = {}
    for name, token in marking:
        said.setdefault(name, set()).add(token)
    for name in ("classification", "formal_determination", "caveat", "sensitivity", "shareability"):
        if any(token not in accepted.get(name, ()) for token in said.get(name, ())):
            return False
    who = [("organizations", member.organizations), ("nationalities", member.nationalities)]
    for name, own in [*((f"permitted_{name}", own) for name, own in who), ("entity", member.entity)]:
        if name in said and not any(token in own for token in said[name]):
            return False
    for right in ("display", "sharing"):
        denied, permitted = said.get(f"{right}-deny", set()), said.get(f"{right}-permit", set())
        parents = {own[:end] for own in member.organizations for end in range(len(own) + 1) if f"{own}."[end] == "."}
        if denied and ("ALL" in denied or denied & parents or not member.organizations):
            return False
        if not permitted & ({"ALL"} | member.organizations) and said.get(f"{right}-default") != {"permit"}:
            return False
    return True


def covered(case, handling):
    """Whether a clause of break-glass is open for the audience, and the whole of a version of this handling."""
    collection = case.terms.partnership.collections.get(case.collection)
    levels = levels_that_apply(case, handling)
    for clause in case.terms.clauses if collection is not None and case.submitter != case.audience.partner else ():
        where = clause.collection == collection.id and case.audience.partner in clause.partners
        what = clause.objects is None or case.object_id in clause.objects
        kind = handling.type == "marking-definition" or handling.type in clause.types
        leveled = clause.unmarked or not handling.unmarked or collection.release.unmarked is not None
        if where and what and kind and leveled and case.now < clause.until and levels <= clause.tlp - {RED}:
            return True
    return False


def is_not_given_the_derivative(case, handling, submitter):
    """Whether this is a derivative not for this audience: of another, of another view, or of what it is given."""
    if handling.derived is None:
        return False
    grants = case.terms.partnership.collections.get(case.collection, CollectionTerms("", "", "")).release
    has_the_original = submitter == case.audience.partner
    has_the_original = has_the_original or not marking_objections(case, handling.derived.original, submitter)
    sanitises = "sanitise" in (grants.granular, grants.attribution)
    for_others = (handling.derived.member, handling.derived.view) != (case.audience.partner, levels_seen(case))
    return has_the_original or not sanitises or case.unmet or for_others


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
    if is_not_given_the_derivative(case, case.handling, case.submitter):
        against.add("derivative")
    by_marking = marking_objections(case, case.handling, case.submitter)
    if case.span.embargo is not None and case.now < case.span.embargo:
        by_marking.add("embargo")
    if covered(case, case.handling):
        by_marking -= OF_THE_HOST
    if case.span.not_before is not None and case.now < case.span.not_before:
        by_marking.add("embargo")
    if not in_its_ages(ages_by_side(case, case.handling, case.submitter).values(), case.dated, case.now):
        by_marking.add("age")
    if case.cap is not None:
        newest = set().union(*(marking_objections(case, case.cap.handling, each) for each in case.cap.submitters))
        newest -= OF_THE_HOST if covered(case, case.cap.handling) else set()
        others = any(is_not_given_the_derivative(case, case.cap.handling, each) for each in case.cap.submitters)
        if newest or others or newest_is_over(case):
            by_marking.add("cap")
    if collection.closure and case.end_hidden:
        by_marking.add("closure")
    return against if case.own else against | by_marking


def intake_objections(case):
    """The ids of all rules that refuse this object from this account, and of all that hold it for an officer.

    None of the first means that it is taken, none of both that it is taken and not held.
    """
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
    reports = intake.sightings != "refuse" and case.role in ("analyst", "officer") and case.partner in collection.write
    if not reports if case.reported else case.role != "feeder":
        against.add("feeder")
    if case.blocked:
        against.add("not-blocked")
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
        signs_itself = case.reported and intake.sightings == "anonymous"
        if identity is not None and identity == terms.partners.identity and not signs_itself:
            about_content.add("ownership")
    if terms.partnership.members.get(case.partner, Member("")).anonymous:
        own = terms.partners.by_name[case.partner].identities
        if not own & {obj.created_by_ref, obj.id} and any(each in dumps(obj.tree) for each in own):
            about_content.add("source-unnamed")
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
    if registered == "equal":
        return against, set()
    spoken_of = {rule: word for rule, word in what_words_speak_of(case, intake) if word != "accept"}
    refused = {rule for rule, word in spoken_of.items() if word == "refuse"}
    held = {rule for rule, word in spoken_of.items() if word == "review"}
    return against | about_content | refused, held


def what_words_speak_of(case, intake):
    """Each rule that answers by a word of the collection and has something to say of this case, with the word."""
    obj, here, newest = case.obj, case.known.here if case.known else {}, case.known.newest if case.known else None
    marks = [kind for mark in obj.object_marking_refs for kind, _ in levels_of(case, mark)]
    carried = {*obj.object_marking_refs, *marks}
    if obj.type != "marking-definition" and intake.require - carried:
        yield "required-markings", "refuse"
    if obj.id.split("--")[1][14] == "5" and sco_id(obj.tree) not in (None, obj.id):
        yield "deterministic-id", intake.deterministic_ids
    words = [
        word for name, word in intake.lists.items() if name not in case.lists or on_the_list(obj, case.lists[name])
    ]
    if words:
        yield "value-lists", "refuse" if "refuse" in words else "review"
    key = version_key(obj.version) if obj.version else None
    if key is not None and here and key < max(here) and key not in here:
        yield "older-version", intake.older_versions
    later = newest is not None and (key is None or newest.version is None or key >= version_key(newest.version))
    if later and obj.tree_digest != newest.tree_digest and more_open(case, obj, newest, intake.unmarked):
        yield "loosened-marking", intake.loosened
    levels = set(case.handling.tlp) | ({intake.unmarked} if case.handling.unmarked else set())
    if obj.type in intake.review.types or case.partner in intake.review.submitters or levels & intake.review.tlp:
        yield "review", "review"


def levels_of(case, mark):
    """The kind and the level of a marking that everybody knows, or that the tables know."""
    entry, tabled = case.registry.get(mark), case.registry.tabled(mark)
    if entry is not None:
        return [(entry.kind, entry.level)]
    return [("tlp", tabled.level)] if tabled is not None and tabled.level else []


def more_open(case, later, earlier, unmarked):
    """Whether a marking is gone, or a kind's strictest level is less strict; on the whole object, or with its parts."""
    ladder = ["white", "clear", "green", "amber", "amber+strict", "red"]

    def strictest(kind, marks):
        levels = [word for mark in marks for said, word in levels_of(case, mark) if said == kind]
        levels = levels or ([unmarked] if unmarked and kind == "tlp" else [])
        return max((ladder.index(level) for level in levels), default=-1)

    for parts in (False, True):
        old, new = (
            {*obj.object_marking_refs, *(mark for _, mark in marks_of_parts(obj.tree) if parts)}
            for obj in (earlier, later)
        )
        if any(strictest(kind, new) < strictest(kind, old) for kind in ("tlp", "pap")):
            return True
        if any(not levels_of(case, mark) for mark in old - new):
            return True
    return False


def on_the_list(obj, values):
    """Whether the one address that generated objects name is in a network of the list."""
    pattern = obj.tree["pattern"] if obj.type == "indicator" else ""
    text = obj.tree.get("value") or pattern.rpartition(" = ")[2].strip("]'")
    return bool(text) and any(ip_address(text) in network for network in values.networks)


def closed(hidden, refers, given):
    """Which contributions lead, over any number of references, to an end of which nothing may be seen."""
    against = set(hidden)
    while True:
        dead = {end for end in given if not set(given[end]) - against}
        more = {key for key, ends in refers.items() if dead & set(ends)} - against
        if not more:
            return {key for key, ends in refers.items() if dead & set(ends)}
        against |= more


def rows_of_a_log(candidates):
    """Which contributions of one object id stand in an audience's log."""
    visible = sorted((c for c in candidates if c.may_see), key=lambda c: c.contribution)
    pool = [c for c in visible if c.derived] or visible
    owners = [c for c in pool if " via " not in c.origin]
    first = ([c for c in visible if c.own and not c.dated] or owners or pool)[:1]
    chosen = [c for c in visible if (c.origin, c.derived) in [(f.origin, f.derived) for f in first]]
    rows = {}
    for candidate in [c for c in visible if c.own] + [c for c in chosen if not c.own]:
        rows.setdefault((candidate.version_key, candidate.spec), candidate.contribution)
    return set(rows.values())


def dates_of(terms, received, definition, line_ends):
    """From when until when a version may be shown, as its collection's terms and the newest of its line have it."""
    begins = received + terms.embargo if terms.embargo is not None and not definition else None
    ends = [received + terms.shown_for] if terms.shown_for is not None and not definition else []
    return begins, min([*ends, *line_ends], default=None)


def levels_seen(case):
    """The TLP levels that an audience is shown in a collection, whatever else stands on an object."""
    rules = {"collection-tlp", "member-tlp", "named-for-red", "client"}
    objects = {level: marking_objections(case, Handling(tlp=frozenset({level})), case.submitter) for level in TlpLevel}
    return {level for level in TlpLevel if not objects[level] & rules}


def mark_stays(said, view, terms):
    """Whether a part that a mark stands on may be in a view, if the mark says this and nothing else does."""
    return (
        all(level in view for level in said.get("tlp", ()))
        and all(each in terms.statements for each in said.get("statements", ()))
        and all(each in terms.pap for each in said.get("pap", ()))
        and all(value in terms.iep.get(name, ()) for name, value in said.get("iep", ()))
        and not said.get("otherwise")
        and (not said.get("anonymous") or terms.attribution == "sanitise")
    )


def has_level(said):
    """Whether what a mark says by itself, and not by what it is marked with, is a TLP level."""
    return "tlp" in said and "statements" not in said


def marks_of_parts(tree):
    """Every (part, mark): what a selector names, and an observable that the object holds, with what it says itself."""
    entries = [
        (tuple(selector.split(".")), entry["marking_ref"])
        for entry in tree.get("granular_markings", [])
        for selector in entry["selectors"]
        if "marking_ref" in entry
    ]
    for key, inner in tree.get("objects", {}).items():
        entries += [(("objects", key), mark) for mark in inner.get("object_marking_refs", [])]
        said = [entry["marking_ref"] for entry in inner.get("granular_markings", []) if "marking_ref" in entry]
        entries += [(("objects", key), mark) for mark in said]
    return entries


def without_inner_marks(tree):
    """An object whose observables do not say how they are marked."""
    if "objects" not in tree:
        return tree
    marks = ("object_marking_refs", "granular_markings")
    objects = {
        key: {name: value for name, value in inner.items() if name not in marks}
        for key, inner in tree["objects"].items()
    }
    return {**tree, "objects": objects}


def what_stays(tree, meant_by, view, terms):
    """An object without the parts whose marks keep them from a view, and the marks of the rest; None for no object.

    It goes by the marks alone: whether what is left is valid or tells of the rest is another question. Where the
    whole has no level and one of the marks has, the default is among the marks, as a level.
    """
    whole = tree.get("object_marking_refs", [])
    unmarked = not any(has_level(meant_by[mark]) for mark in whole)
    default = [{"tlp": {terms.unmarked}}] if unmarked else []
    if not all(mark_stays(said, view, terms) for said in [*default, *(meant_by[mark] for mark in whole)]):
        return None
    entries = marks_of_parts(tree)
    hidden = {steps for steps, mark in entries if not mark_stays(meant_by[mark], view, terms)}
    stayed = set()

    def left_of(value, steps):
        if steps in hidden or not isinstance(value, dict | list):
            stayed.update({steps} - hidden)
            return None if steps in hidden else value
        named = value.items() if isinstance(value, dict) else ((f"[{n}]", each) for n, each in enumerate(value))
        left = [(name, left_of(each, (*steps, name))) for name, each in named]
        left = [(name, each) for name, each in left if each is not None]
        return (dict(left) if isinstance(value, dict) else [each for _, each in left]) or None

    left = left_of(without_inner_marks(tree), ())
    replaced = ("id", "created", "modified", "created_by_ref", "object_marking_refs", "granular_markings")
    own = [steps for steps in stayed if steps[0] not in replaced]
    marks = {mark for place, mark in entries if any(steps[: len(place)] == place for steps in own)}
    label = {terms.unmarked} if unmarked and any(has_level(meant_by[mark]) for mark in marks) else set()
    return left, marks | set(whole) | label
