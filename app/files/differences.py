"""What a new state of the files changes, in sentences, for whoever has to agree to it.

A collection is its id: the same id under another alias is a new name, another id under the same alias is a removal and
an addition.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeGuard

from app.files.agreements import Agreements
from app.files.mistakes import flow
from app.policy.partnership import (
    CollectionTerms,
    Everything,
    Grant,
    Member,
    Partner,
    Partners,
    Partnership,
    Remedy,
    Reports,
    Verdict,
)

UNBOUND: Final = "unbounded"
"""What is said of a member's own terms where it has none; the empty list is `nothing`."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One change. `removal`: a partner, partnership, member or collection is gone that was there."""

    sentence: str
    removal: bool = False


def differences(old: Agreements | None, new: Agreements) -> tuple[Difference, ...]:
    """All changes from `old` (None: nothing has been applied yet) to `new`; empty where nothing differs in meaning."""
    partners = old.partners if old is not None else Partners("", {})
    partnerships = old.partnerships if old is not None else {}
    found = list(_partners(partners, new.partners))
    for root in sorted({*partnerships, *new.partnerships}):
        found.extend(_partnership(root, partnerships.get(root), new.partnerships.get(root)))
    return tuple(found)


def _partners(old: Partners, new: Partners) -> Iterator[Difference]:
    if old.host != new.host:
        yield Difference(f"The exchange is run by {new.host}" + (f" in place of {old.host}." if old.host else "."))
    yield from _changes("The exchange", {"identity": old.identity}, {"identity": new.identity})
    for name in sorted({*old.by_name, *new.by_name}):
        before, after = old.by_name.get(name), new.by_name.get(name)
        if after is None:
            yield Difference(f"Partner {name} is removed.", removal=True)
            continue
        if before is None:
            yield _added(f"Partner {name}", _partner_facts(after))
        else:
            yield from _changes(f"Partner {name}", _partner_facts(before), _partner_facts(after))


def _partnership(root: str, old: Partnership | None, new: Partnership | None) -> Iterator[Difference]:
    if new is None:
        yield Difference(f"Partnership {root} is removed.", removal=True)
        return
    if old is None:
        yield _added(f"Partnership {root}", _partnership_facts(new))
    else:
        yield from _changes(f"Partnership {root}", _partnership_facts(old), _partnership_facts(new))
    members = old.members if old is not None else {}
    for name in sorted({*members, *new.members}):
        yield from _member(name, root, members.get(name), new.members.get(name))
    collections = {each.id: each for each in old.collections.values()} if old is not None else {}
    for each in collections.values():
        if new.collection_by_id(each.id) is None:
            yield Difference(f"Collection {root}/{each.alias} (id {each.id}) is removed.", removal=True)
    for alias, after in sorted(new.collections.items()):
        before = collections.get(after.id)
        if before is None:
            yield _added(f"Collection {root}/{alias} (id {after.id})", _collection_facts(after))
        else:
            yield from _changes(f"Collection {root}/{alias}", _collection_facts(before), _collection_facts(after))


def _member(name: str, root: str, old: Member | None, new: Member | None) -> Iterator[Difference]:
    if new is None:
        yield Difference(f"Member {name} of {root} is removed.", removal=True)
        return
    if old is None:
        yield _added(f"Member {name} of {root}", _member_facts(new))
    else:
        yield from _changes(f"Member {name} of {root}", _member_facts(old), _member_facts(new))


def _added(whose: str, facts: Mapping[str, object]) -> Difference:
    """One sentence with all that is said of what is new."""
    said = [f"{key} {_shown(value)}" for key, value in facts.items() if _shown(value) not in ("none", UNBOUND)]
    return Difference(f"{whose} is added: {'; '.join(said)}." if said else f"{whose} is added.")


def _changes(whose: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Difference]:
    """A sentence for each fact that differs. Facts are compared as shown: `all` equals no set that is written out."""
    for key in sorted({*old, *new}):
        before, after = old.get(key, frozenset()), new.get(key, frozenset())
        if _shown(before) == _shown(after):
            continue
        if _written_out(before) and _written_out(after):
            gains, loses = sorted(map(str, after - before)), sorted(map(str, before - after))
            said = [f"gains {', '.join(gains)}"] * bool(gains) + [f"loses {', '.join(loses)}"] * bool(loses)
            yield Difference(f"{whose}: {key} {' and '.join(said)}.")
        else:
            was = "" if _shown(before) == "none" else f"was {_shown(before)} and "
            yield Difference(f"{whose}: {key} {was}is {_shown(after)}.")


def _written_out(value: object) -> TypeGuard[frozenset[object]]:
    return isinstance(value, frozenset) and not isinstance(value, Everything)


def _shown(value: object) -> str:
    match value:
        case Everything():
            return "all"
        case frozenset():
            return ", ".join(sorted(map(str, value))) or "none"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case timedelta():
            return _duration(value)
        case _:
            return str(value or "none")


def _duration(length: timedelta) -> str:
    """The duration as ISO 8601 has it, as a file would: `P90D`, `PT36H`."""
    if not length.seconds:
        return f"P{length.days}D"
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    return "PT" + "".join(f"{count}{unit}" for count, unit in parts if count)


def _partner_facts(partner: Partner) -> Mapping[str, object]:
    return {"name": partner.title, "identities": partner.identities}


def _partnership_facts(partnership: Partnership) -> Mapping[str, object]:
    legal = partnership.agreement
    return {
        "title": partnership.title,
        "description": partnership.description,
        "contact": partnership.contact,
        "agreement.reference": legal.reference,
        "agreement.effective": legal.effective,
        "agreement.expires": legal.expires,
        "agreement.review": legal.review,
    }


def _member_facts(member: Member) -> Mapping[str, object]:
    return {
        "tlp": member.tlp,
        "client_of": member.client_of,
        "organizations": member.organizations,
        "nationalities": member.nationalities,
        "entity": member.entity,
        "releases": _grants(member.releases, "to"),
        "takes": _grants(member.takes, "from"),
        "originator_control": "true" if member.originator_control else None,
        "attribution": "anonymous" if member.anonymous else None,
    }


def _grants(entries: frozenset[Grant] | None, whom: str) -> object:
    """A member's own terms, each entry as a file would have it."""
    if entries is None:
        return UNBOUND
    return frozenset(_grant(each, whom) for each in entries) or "nothing"


def _grant(entry: Grant, whom: str) -> str:
    lists = {whom: entry.partners, "collections": entry.collections, "types": entry.types, "tlp": entry.tlp}
    written: dict[str, object] = {name: _flat(values) for name, values in lists.items()}
    if entry.markings is not None:
        written["markings"] = sorted(entry.markings)
    if entry.confidence is not None:
        written["confidence"] = {"at_least": entry.confidence}
    if entry.age is not None:
        bounds = {"at_least": entry.age.at_least, "at_most": entry.age.at_most}
        written["age"] = {name: _duration(length) for name, length in bounds.items() if length is not None}
    return flow(written)


def _flat(values: frozenset[str]) -> object:
    return "all" if isinstance(values, Everything) else sorted(values)


def _collection_facts(terms: CollectionTerms) -> Mapping[str, object]:
    release, intake = terms.release, terms.intake
    return {
        "alias": terms.alias,
        "title": terms.title,
        "description": terms.description,
        "read": terms.read,
        "write": terms.write,
        "listed": terms.listed,
        "closure": "withhold" if terms.closure else None,
        "release.tlp": release.tlp,
        "release.unmarked": release.unmarked or "refuse",
        "release.red": release.red,
        "release.granular": _unusual(release.granular),
        "release.attribution": _unusual(release.attribution),
        "release.embargo": release.embargo,
        "release.shown_for": release.shown_for,
        "release.statements": release.statements,
        "release.pap": release.pap,
        **{f"release.iep.{name}": values for name, values in release.iep.items()},
        **{f"release.acs.{name}": tokens for name, tokens in release.acs.items()},
        **{f"release.custom.{name}": mapped.members for name, mapped in release.custom.items()},
        **{f"release.custom.{name}.disseminations": mapped.disseminations for name, mapped in release.custom.items()},
        "intake.types": intake.types,
        "intake.tlp": intake.tlp,
        "intake.unmarked": intake.unmarked or "refuse",
        "intake.spec_versions": intake.spec_versions,
        **{f"intake.ownership.{name}": creators for name, creators in intake.relays.items()},
        "intake.require": intake.require,
        "intake.older_versions": _unusual(intake.older_versions),
        "intake.loosened": _unusual(intake.loosened),
        "intake.deterministic_ids": _unusual(intake.deterministic_ids),
        **{f"intake.lists.{name}": word for name, word in intake.lists.items()},
        "intake.review.types": intake.review.types,
        "intake.review.submitters": intake.review.submitters,
        "intake.review.tlp": intake.review.tlp,
        "intake.sightings": intake.sightings if intake.sightings is not Reports.REFUSE else None,
    }


def _unusual(word: Verdict | Remedy) -> str | None:
    return word if word not in (Verdict.ACCEPT, Remedy.WITHHOLD) else None
