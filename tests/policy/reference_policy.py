"""The policy, written a second time: short, without haste, to be read aloud and compared with the production code.

Every rule is asked, and at the end stand the ids of those that object. What markings and members' own terms ask for is
in `reference_markings`, how objects are sanitised in `reference_sanitising`.
"""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from itertools import product
from json import dumps

from app.policy.intake_case import Known
from app.stix.identifiers import sco_id
from app.stix.timestamps import to_datetime, version_key
from tests.policy.reference_markings import RED, ages_by_side, collection_of, levels_of, marking_objections, within
from tests.policy.reference_sanitising import levels_seen, marks_of_parts

OF_THE_HOST = {"collection-tlp", "member-tlp", "default-level", "embargo"}
FROM_WHITE_TO_RED = ["white", "clear", "green", "amber", "amber+strict", "red"]


def release_objections(case):
    """The ids of all rules that withhold this version from this audience; none means that it is released."""
    agreement, span, reader = case.terms.partnership.agreement, case.span, case.audience.partner
    collection = collection_of(case)
    always = {
        "member": reader not in case.terms.partnership.members,
        "in-force": not agreement.effective <= case.now < agreement.expires,
        "read": reader not in collection.read,
        "expiry": span.not_after is not None and case.now >= span.not_after,
        "derivative": is_for_another(case, case.handling, case.submitter),
    }
    ages = ages_by_side(case, case.handling, case.submitter).values()
    of_others = {
        "embargo": span.not_before is not None and case.now < span.not_before,
        "age": not are_covered(ages, case.dated, case.now),
        "cap": case.cap is not None and not newest_may_be_shown(case),
        "closure": collection.closure and case.end_hidden,
    }
    by_marking = marking_objections(case, case.handling, case.submitter)
    if span.embargo is not None and case.now < span.embargo:
        by_marking.add("embargo")
    by_marking -= lifted(case, case.handling)
    against = {rule for rule, objects in always.items() if objects}
    return against if case.own else against | by_marking | {rule for rule, objects in of_others.items() if objects}


def lifted(case, handling):
    """The rules of the host that an open clause of break-glass lifts for a version of this handling."""
    collection, levels = collection_of(case), levels_of(case, handling)
    unmarked = handling.unmarked and collection.release.unmarked is None
    covers = any(
        clause.collection == collection.id
        and case.audience.partner in clause.partners
        and (clause.objects is None or case.object_id in clause.objects)
        and (handling.type == "marking-definition" or handling.type in clause.types)
        and levels <= clause.tlp - {RED}
        and (clause.unmarked or not unmarked)
        and case.now < clause.until
        for clause in case.terms.clauses
    )
    return OF_THE_HOST if covers else set()


def is_for_another(case, handling, submitter):
    """Whether this is a derivative not for this audience: of another, of another view, or of what it is given."""
    if handling.derived is None:
        return False
    grants, reader = collection_of(case).release, case.audience.partner
    has_the_original = submitter == reader or not marking_objections(case, handling.derived.original, submitter)
    sanitises = "sanitise" in (grants.granular, grants.attribution)
    is_its = (handling.derived.member, handling.derived.view) == (reader, levels_seen(case))
    return has_the_original or not sanitises or case.unmet or not is_its


def are_covered(sides, dated, at):
    """Whether a version of the one instant is, at the other, of an age that every side covers."""
    return all(any(age is None or is_of_age(at - dated, age) for age in ages) for ages in sides if ages)


def is_of_age(old, age):
    return (age.at_least is None or old >= age.at_least) and (age.at_most is None or old < age.at_most)


def newest_may_be_shown(case):
    """Whether the newest version of the line may be shown, now or later, whoever contributed it in whose name."""
    newest, sides = case.cap.handling, []
    names = [case.originator, *case.cap.originators]
    for each, submitter in product([replace(case, originator=name) for name in names], case.cap.submitters):
        if marking_objections(each, newest, submitter) - lifted(each, newest):
            return False
        if is_for_another(each, newest, submitter):
            return False
        sides += ages_by_side(each, newest, submitter).values()
    lengths = [length for ages in sides for age in ages if age for length in (age.at_least, age.at_most) if length]
    instants = [case.now, case.cap.dated, *(case.cap.dated + length for length in lengths)]
    return any(are_covered(sides, case.cap.dated, at) for at in instants if at >= case.now)


def intake_objections(case):
    """The ids of all rules that refuse this object from this account, and of all that hold it for an officer.

    None of the first means that it is taken, none of both that it is taken and not held.
    """
    agreement, intake, obj = case.terms.partnership.agreement, collection_of(case).intake, case.obj
    known, key = case.known or Known({}), version_key(obj.version) if obj.version else ""
    writes = case.partner in collection_of(case).write
    reports = writes and intake.sightings != "refuse" and case.role in ("analyst", "officer")
    of_the_account = {
        "member": case.partner not in case.terms.partnership.members,
        "in-force": not agreement.effective <= case.now < agreement.expires,
        "write": not writes,
        "feeder": not reports if case.reported else case.role != "feeder",
        "not-blocked": case.blocked,
    }
    of_the_object = {
        "unaltered": case.registry.judge(obj.tree).value == "altered",
        "no-self-marking": obj.type == "marking-definition" and obj.id in obj.object_marking_refs,
        "spec-version": obj.spec not in intake.spec_versions,
        "object-type": obj.type not in intake.types,
        "intake-tlp": not within(case.handling.tlp, intake.tlp),
        "intake-unmarked": case.handling.unmarked and (intake.unmarked is None or intake.unmarked not in intake.tlp),
        "ownership": not may_sign(case, obj.id) or not may_sign(case, obj.created_by_ref),
        "source-unnamed": names_who_is_not_named(case),
        "not-ahead": obj.version is not None and to_datetime(obj.version) > case.now + timedelta(minutes=5),
        "same-version": key in known.versions and obj.tree_digest not in known.versions[key],
        "created-kept": known.created and obj.created and to_datetime(known.created) != to_datetime(obj.created),
        "signer-kept": known.signers and whose(case, obj) not in known.signers,
        "after-revoked": known.revoked_at is not None and key > known.revoked_at,
    }
    words = what_words_speak_of(case, intake, known, key)
    if case.registry.judge(obj.tree).value == "equal":
        of_the_object, words = {}, []
    refused, held = ({rule for rule, word, arises in words if arises and word == of} for of in ("refuse", "review"))
    return {rule for rule, objects in (of_the_account | of_the_object).items() if objects} | refused, held


def may_sign(case, identity):
    """Whether this partner pushes what is an identity, or is signed by it. What is reported, the exchange may sign."""
    terms, intake = case.terms, collection_of(case).intake
    if identity is not None and identity == terms.partners.identity:
        return case.reported and intake.sightings == "anonymous"
    owners = {name for name in terms.partnership.members if identity in terms.partners.by_name[name].identities}
    return not owners or case.partner in owners or owners & intake.relays.get(case.partner, frozenset())


def whose(case, obj):
    """The identity in whose name an object stands: a member's identity object, and any unsigned one, in its own."""
    terms = case.terms
    of_members = {each for name in terms.partnership.members for each in terms.partners.by_name[name].identities}
    itself = obj.type == "identity" and (obj.created_by_ref is None or obj.id in {*of_members, terms.partners.identity})
    return obj.id if itself else obj.created_by_ref or ""


def names_who_is_not_named(case):
    """Whether a member that is not to be named is in what it pushes, and does not sign it."""
    members, partners = case.terms.partnership.members, case.terms.partners.by_name
    hidden = members[case.partner].anonymous if case.partner in members else False
    own = partners[case.partner].identities if hidden else frozenset()
    return not own & {case.obj.created_by_ref, case.obj.id} and any(
        each.partition("--")[2].replace("-", "") in dumps(case.obj.tree).lower().replace("-", "") for each in own
    )


def what_words_speak_of(case, intake, known, key):
    """Each rule that answers by a word of the collection, with the word, and whether it has something to say."""
    obj, marks = case.obj, set(case.obj.object_marking_refs)
    kinds = {kind for mark in marks for kind, _ in kind_and_level(case, mark)}
    levels = case.handling.tlp | ({intake.unmarked} if case.handling.unmarked else set())
    reviewed = obj.type in intake.review.types or case.partner in intake.review.submitters
    made_of_others = obj.id.split("--")[1][14] == "5" and sco_id(obj.tree) not in (None, obj.id)
    rolled_back = known.here and key and key < max(known.here) and key not in known.here
    return [
        ("required-markings", "refuse", obj.type != "marking-definition" and intake.require - kinds - marks),
        ("deterministic-id", intake.deterministic_ids, made_of_others),
        ("older-version", intake.older_versions, rolled_back),
        ("loosened-marking", intake.loosened, known.newest and is_more_open(case, known.newest, key, intake.unmarked)),
        ("review", "review", reviewed or levels & intake.review.tlp or (intake.review.tlp and case.handling.unknown)),
        *(("value-lists", word, names_one_of(obj, case.lists.get(name))) for name, word in intake.lists.items()),
    ]


def kind_and_level(case, mark):
    """The kind and the level of a marking that everybody knows, or that the tables know; nothing for any other."""
    entry, tabled = case.registry.get(mark), case.registry.tabled(mark)
    if entry is not None:
        return [(entry.kind, entry.level)]
    return [("tlp", tabled.level)] if tabled is not None and tabled.level else []


def is_more_open(case, newest, key, unmarked):
    """Whether this is later than the newest, and a marking is gone or a kind's strictest level is less strict.

    That is asked of the object as a whole, of it with its parts, and of each part that was marked and is there still.
    """
    if case.obj.tree_digest == newest.tree_digest or (key and newest.version and key < version_key(newest.version)):
        return False

    def strictest(kind, marks):
        levels = [level for mark in marks for of, level in kind_and_level(case, mark) if of == kind]
        levels = levels or ([unmarked] if unmarked and kind == "tlp" else [])
        return max((FROM_WHITE_TO_RED.index(level) for level in levels), default=-1)

    for parts in (False, True):
        later, earlier = (
            {*obj.object_marking_refs, *(mark for _, mark in marks_of_parts(obj.tree) if parts)}
            for obj in (case.obj, newest)
        )
        if any(not kind_and_level(case, mark) for mark in earlier - later):
            return True
        if any(strictest(kind, later) < strictest(kind, earlier) for kind in ("tlp", "pap")):
            return True

    def is_free(obj, place, mark):
        around = [each for at, each in marks_of_parts(obj.tree) if place[: len(at)] == at] + [*obj.object_marking_refs]
        levels = kind_and_level(case, mark)
        less = any(strictest(kind, around) < strictest(kind, [mark]) for kind, _ in levels)
        return less or (not levels and mark not in around)

    for place, mark in marks_of_parts({**newest.tree, "objects": {}}):
        before, now = (places_that_say_so(newest.tree, place, tree) for tree in (newest.tree, case.obj.tree))
        if not now or any(is_free(newest, each, mark) for each in before):
            now = [place] if leads_somewhere(case.obj.tree, place) else []
        if any(is_free(case.obj, each, mark) for each in now):
            return True
    return False


def places_that_say_so(tree, steps, other):
    """Where another object says what this one says at the end of these steps, whatever its items' numbers are."""
    found = [((), tree, other)]
    for step in steps:
        followed = []
        for taken, one, each in found:
            if step.startswith("[") and isinstance(each, list):
                number = int(step.strip("[]"))
                followed += [((*taken, f"[{index}]"), one[number], item) for index, item in enumerate(each)]
            elif isinstance(each, dict) and step in each:
                followed.append(((*taken, step), one[step], each[step]))
        found = followed
    return [taken for taken, one, each in found if dumps(one, sort_keys=True) == dumps(each, sort_keys=True)]


def leads_somewhere(tree, steps):
    """Whether an object has something at the end of these steps of a selector."""
    for step in steps:
        tree = dict(enumerate(tree)) if isinstance(tree, list) else tree
        step = int(step.strip("[]")) if step.startswith("[") else step
        if not isinstance(tree, dict) or step not in tree:
            return False
        tree = tree[step]
    return True


def names_one_of(obj, values):
    """Whether the one address that generated objects name is in a network of the list; one that is gone holds all."""
    pattern = obj.tree.get("pattern", "") if obj.type == "indicator" else ""
    text = obj.tree.get("value") or pattern.rpartition(" = ")[2].strip("]'")
    return values is None or (bool(text) and any(ip_address(text) in network for network in values.networks))


def closed(hidden, refers, given):
    """Which contributions lead, over any number of references, to an end of which nothing may be seen."""
    against = set(hidden)
    while True:
        dead = {end for end in given if not set(given[end]) - against}
        leading = {key for key, ends in refers.items() if dead & set(ends)}
        if leading <= against:
            return leading
        against |= leading


def rows_of_a_log(candidates):
    """Which contributions of one object id stand in an audience's log. What a clause alone shows only adds to it."""
    visible = sorted((c for c in candidates if c.may_see), key=lambda c: (c.lifted, c.contribution))
    in_any_case = [c for c in visible if not c.lifted]
    of_others = [c for c in given_line(in_any_case) if not c.own]
    chosen = [c for c in visible if of_others and (c.origin, c.derived) == (of_others[0].origin, of_others[0].derived)]
    rows = {}
    for candidate in [c for c in visible if c.own] + [c for c in chosen or given_line(visible) if not c.own]:
        rows.setdefault((candidate.version_key, candidate.spec), candidate.contribution)
    return set(rows.values())


def given_line(visible):
    """The contributions in the line that others give an audience, of those that it may see."""
    visible = sorted(visible, key=lambda c: c.contribution)
    pool = [c for c in visible if c.derived] or visible
    later = {(line, c.version_key) for c in visible for line in (c.origin, *c.left)}
    pool = sorted(pool, key=lambda c: any(line in c.left and key > c.version_key for line, key in later))
    owners = [c for c in pool if " via " not in c.origin]
    first = ([c for c in visible if c.own and not c.dated] or owners or pool)[:1]
    chosen = [c for c in visible if (c.origin, c.derived) in [(f.origin, f.derived) for f in first]]
    return sorted(chosen, key=lambda c: c.lifted)


def dates_of(terms, received, definition, line_ends):
    """From when until when a version may be shown, as its collection's terms and the newest of its line have it."""
    begins = received + terms.embargo if terms.embargo is not None and not definition else None
    ends = [received + terms.shown_for] if terms.shown_for is not None and not definition else []
    return begins, min([*ends, *line_ends], default=None)
