"""The shape of a partnership's file: one agreement, its members and its collections; one TAXII API root.

What is left out is not granted; `all` is written out. Where the value has a default, the default grants nothing.
"""

from collections.abc import Sequence
from typing import Final, Literal

from app.files.fields import (
    Alias,
    CollectionTitle,
    CustomId,
    Description,
    Duration,
    Entry,
    Instant,
    LevelOrRefuse,
    Levels,
    MemberName,
    Members,
    Ownership,
    PartnerName,
    RedAccount,
    Root,
    SpecVersion,
    Statements,
    Title,
    Types,
    Uuid4,
    key,
    optional,
)
from app.policy.partnership import (
    ALL,
    Agreement,
    CollectionTerms,
    IntakeTerms,
    Member,
    Partnership,
    ReleaseTerms,
    TlpLevel,
)

EVERY_LEVEL: Final = frozenset(TlpLevel)


class AgreementEntry(Entry):
    """The legal side. Before `effective` and from `expires` on, the API root does not exist for its members."""

    reference: Title = key("What the agreement is called where it was signed.", "MoU 2026/14")
    effective: Instant = key("In force from this instant on; a bare date is 00:00 UTC.", "2026-01-01")
    expires: Instant = key("No longer in force at this instant.", "2029-01-01")
    review: Instant | None = optional(None, "When the partners look at it again. A reminder only.", "2028-01-01")


class MemberEntry(Entry):
    """A partner's side in this partnership. `{}` is a member without any rights."""

    tlp: Levels = optional(
        [],
        "TLP levels that the member is cleared for: `all`, or a list of clear, green, amber, amber+strict and red. "
        "They are a set, no ladder: amber does not bring green along. Left out: none.",
        ["clear", "green", "amber"],
    )
    client_of: MemberName | None = optional(
        None,
        "The member whose client or constituent this one is. It gets clear, green and amber at most, whatever `tlp` "
        "says, and its own `tlp` counts, not the other member's.",
        "nl-cert",
    )


class CustomEntry(Entry):
    """Who may see what one marking of a kind that Comity has no rules for stands on."""

    members: Members = optional([], "`all`, or the members it is released to. Left out: nobody.", ["nl-cert"])


class ReleaseEntry(Entry):
    """What leaves the collection. An object is released if the collection, the member and every marking permit it."""

    tlp: Levels = optional(
        [],
        "TLP levels that are released: `all` or a list. Left out: none.",
        ["clear", "green", "amber"],
    )
    unmarked: LevelOrRefuse = optional(
        "refuse",
        "The level at which an object without TLP is released, or `refuse`: then it is not. Stands in for any part of "
        "an object that no TLP marks.",
        "amber",
    )
    granular: Literal["withhold"] = optional(
        "withhold",
        "What happens to an object of which a part may not be seen: `withhold`, the whole object stays.",
        "withhold",
    )
    red: list[RedAccount] = optional(
        [],
        "The accounts, as `partner/account`, that may see TLP:RED. This is the collection's grant of red, also where "
        "`tlp` lacks it; the member's own `tlp` must hold red. Accounts must exist when the files are applied.",
        ["nl-cert/nl-duty-officer"],
    )
    statements: Statements = optional(
        [],
        "Statement markings, such as copyright notices, under which objects are released: `all`, or a list of "
        "marking-definition ids. Left out: whatever carries a statement is withheld.",
        "all",
    )
    custom: dict[CustomId, CustomEntry] = optional(
        {},
        "Markings of other kinds (CUI among them), by marking-definition or extension-definition id, and the members "
        "that may see what they mark.",
        {"marking-definition--0b4f1d5e-3c55-4f0a-8b3b-6f5a0b9d2c11": {"members": ["nl-cert"]}},
    )

    embargo: Duration | None = optional(
        None,
        "How long after the exchange received a version others than its contributor's organisation are not shown it. "
        "Does not hold back marking definitions.",
        "PT24H",
    )
    shown_for: Duration | None = optional(
        None,
        "How long after the exchange received a version it is shown to anybody; longer than `embargo`. Does not end "
        "marking definitions.",
        "P90D",
    )

    def to_terms(self, members: frozenset[str]) -> ReleaseTerms:
        """The entry as the value that release decisions rest on."""
        return ReleaseTerms(
            tlp=_levels(self.tlp),
            unmarked=_level(self.unmarked),
            red=frozenset(self.red),
            statements=_chosen(self.statements, ALL),
            custom={name: _chosen(entry.members, members) for name, entry in sorted(self.custom.items())},
            embargo=self.embargo,
            shown_for=self.shown_for,
        )


class IntakeEntry(Entry):
    """What the collection takes from the members that may write."""

    types: Types = optional(
        [],
        "STIX types that are taken: `all` (custom types too), or a list. Left out: none.",
        ["indicator", "malware", "relationship"],
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

    def to_terms(self) -> IntakeTerms:
        """The entry as the value that intake decisions rest on."""
        relays = {} if isinstance(self.ownership, str) else self.ownership
        return IntakeTerms(
            types=_chosen(self.types, ALL),
            tlp=_levels(self.tlp),
            unmarked=_level(self.unmarked),
            relays={member: frozenset(creators) for member, creators in sorted(relays.items())},
            spec_versions=frozenset(self.spec_versions),
        )


class CollectionEntry(Entry):
    """One TAXII collection, under its alias."""

    id: Uuid4 = key(
        "The collection's UUID (version 4), unique in the whole exchange. It is the collection: a new id is a new "
        "collection.",
        "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10",
    )
    title: CollectionTitle = key("Shown to clients; unique in the partnership, without dots.", "Shared indicators")
    description: Description | None = optional(None, "Shown to clients.", "Indicators of the last year")
    read: Members = optional([], "`all`, or the members that may pull. Left out: nobody.", ["nl-cert", "wind-isac"])
    write: Members = optional([], "`all`, or the members that may push. Left out: nobody.", ["nl-cert"])
    listed: Members = optional(
        [],
        "Members that are shown the collection although they may neither read nor write. Everybody else gets the "
        "answer that a collection gets which never existed.",
        ["port-nl"],
    )
    release: ReleaseEntry = optional(
        ReleaseEntry(), "What leaves the collection. Left out: nothing.", {"tlp": ["clear"]}
    )
    intake: IntakeEntry = optional(IntakeEntry(), "What the collection takes. Left out: nothing.", {"types": "all"})

    def to_terms(self, alias: str, members: frozenset[str]) -> CollectionTerms:
        """The entry as a value, with `all` of the members written out."""
        return CollectionTerms(
            alias=alias,
            id=self.id,
            title=self.title,
            description=self.description,
            read=_chosen(self.read, members),
            write=_chosen(self.write, members),
            listed=_chosen(self.listed, members),
            release=self.release.to_terms(members),
            intake=self.intake.to_terms(),
        )


class PartnershipFile(Entry):
    """All of a partnership's file."""

    partnership: Root = key("The name of the partnership, which is its API root: `/north-sea/`.", "north-sea")
    title: Title = key("Shown to clients as the API root's title.", "North Sea CERT partnership")
    description: Description | None = optional(None, "Shown to clients.", "Operators and CERTs of the North Sea")
    agreement: AgreementEntry = key(
        "The legal side.", {"reference": "MoU 2026/14", "effective": "2026-01-01", "expires": "2029-01-01"}
    )
    members: dict[PartnerName, MemberEntry] = key(
        "The partners that take part, each with its side.", {"nl-cert": {"tlp": "all"}}, min_length=1
    )
    collections: dict[Alias, CollectionEntry] = optional(
        {},
        "The collections, each under its alias (a-z, 0-9 and hyphens, never in the form of a UUID), which works in "
        "URLs in place of the id.",
        {"indicators": {"id": "5b9f3f0c-6f0e-4c53-8f4e-2f6f0c9d7a10", "title": "Shared indicators"}},
    )

    def to_partnership(self) -> Partnership:
        """The file as the value that decisions rest on."""
        members = frozenset(self.members)
        legal = self.agreement
        return Partnership(
            root=self.partnership,
            title=self.title,
            agreement=Agreement(legal.reference, legal.effective, legal.expires, legal.review),
            members={
                name: Member(name, _levels(entry.tlp), entry.client_of) for name, entry in sorted(self.members.items())
            },
            collections={alias: entry.to_terms(alias, members) for alias, entry in sorted(self.collections.items())},
            description=self.description,
        )


def _chosen(written: Sequence[str], everything: frozenset[str]) -> frozenset[str]:
    return everything if written == "all" else frozenset(written)


def _levels(written: Sequence[str]) -> frozenset[TlpLevel]:
    return EVERY_LEVEL if written == "all" else frozenset(TlpLevel(level) for level in written)


def _level(written: str) -> TlpLevel | None:
    return None if written == "refuse" else TlpLevel(written)
