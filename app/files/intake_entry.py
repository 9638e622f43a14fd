"""The shape of `intake` in a partnership's file: what a collection takes."""

from typing import Literal

from app.files.fields import Entry, LevelOrRefuse, Levels, Requirement, SpecVersion, Types, Word, optional
from app.files.meanings import chosen, level, levels
from app.files.names import Members, Ownership, Slug
from app.policy.partnership import ALL, IntakeTerms, Reports, ReviewTerms, Verdict


class ReviewEntry(Entry):
    """What is taken and shown to nobody until an officer of the host has looked at it: any of these."""

    types: Types = optional([], "STIX types that go to review: `all`, or a list. Left out: none.", ["malware", "tool"])
    submitters: Members = optional([], "`all`, or the members whose pushes go to review. Left out: none.", ["nl-cert"])
    tlp: Levels = optional(
        [], "TLP levels that go to review; those of single parts count as well. Left out: none.", ["red"]
    )

    def to_terms(self, members: frozenset[str]) -> ReviewTerms:
        """The entry as the value that intake decisions rest on."""
        return ReviewTerms(chosen(self.types, ALL), chosen(self.submitters, members), levels(self.tlp))


class IntakeEntry(Entry):
    """What the collection takes from the members that may write."""

    types: Types = optional(
        [],
        "STIX types that are taken: `all` (custom types too), or a list. Left out: none.",
        ["indicator", "malware", "opinion", "relationship", "sighting"],
    )
    tlp: Levels = optional(
        [],
        "TLP levels that are taken: `all` or a list. Levels of single parts count as well. Left out: none.",
        ["clear", "green", "amber"],
    )
    unmarked: LevelOrRefuse = optional(
        "refuse",
        "`refuse`: objects without TLP are refused. A level: they are taken, as meant at that level, which `tlp` must "
        "hold. At which level they are released, `release.unmarked` says.",
        "refuse",
    )
    ownership: Ownership = optional(
        "creator",
        "Who may push what a member's identity signed (`created_by_ref`). `creator`: that member only. Or a mapping: "
        "each relaying member and the members whose objects it may push besides its own. Objects that nobody's "
        "identity signed may be pushed by any writer.",
        "creator",
    )
    spec_versions: list[SpecVersion] = optional(
        ["2.1"],
        "STIX versions that are taken, and that the collection states in `media_types`. Left out: 2.1 only.",
        ["2.1", "2.0"],
        min_length=1,
    )

    require: list[Requirement] = optional(
        [],
        "What has to stand in `object_marking_refs` of every object but marking definitions: `tlp` or `pap` for any of "
        "that kind, or marking-definition ids, of which each has to.",
        ["tlp"],
    )
    older_versions: Word = optional(
        "accept",
        "What becomes of a version that comes after a later one by the same organisation: `accept`, `review` or "
        "`refuse`.",
        "review",
    )
    loosened: Word = optional(
        "accept",
        "What becomes of a later version whose markings are more open than those of the organisation's newest: "
        "`accept`, `review` or `refuse`.",
        "review",
    )
    deterministic_ids: Word = optional(
        "accept",
        "What becomes of an observable whose id is a UUID of version 5 and not the one that STIX makes of its "
        "properties: `accept`, `review` or `refuse`.",
        "refuse",
    )
    lists: dict[Slug, Literal["review", "refuse"]] = optional(
        {},
        "What becomes of an object that names a value of a list, by the name of its file in `mappings/lists`: `review` "
        "or `refuse`.",
        {"public-resolvers": "review"},
    )
    review: ReviewEntry = optional(
        ReviewEntry(),
        "What is shown to nobody until an officer of the host has looked at it. Left out: nothing.",
        {"types": ["malware"]},
    )

    sightings: Literal["refuse", "named", "anonymous"] = optional(
        "refuse",
        "Whether analysts of members that may write report sightings and false positives. `named`: their organisation "
        "signs. `anonymous`: the exchange signs, with the `identity` in partners.yaml.",
        "named",
    )

    def to_terms(self, members: frozenset[str]) -> IntakeTerms:
        """The entry as the value that intake decisions rest on."""
        relays = {} if isinstance(self.ownership, str) else self.ownership
        return IntakeTerms(
            types=chosen(self.types, ALL),
            tlp=levels(self.tlp),
            unmarked=level(self.unmarked),
            relays={member: frozenset(creators) for member, creators in sorted(relays.items())},
            spec_versions=frozenset(self.spec_versions),
            require=frozenset(self.require),
            older_versions=Verdict(self.older_versions),
            loosened=Verdict(self.loosened),
            deterministic_ids=Verdict(self.deterministic_ids),
            lists={name: Verdict(word) for name, word in sorted(self.lists.items())},
            review=self.review.to_terms(members),
            sightings=Reports(self.sightings),
        )
