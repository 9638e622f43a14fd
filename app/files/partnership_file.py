"""The shape of a partnership's file: one agreement, its members and its collections; one TAXII API root.

What is left out is not granted; `all` is written out. Where the value has a default, the default grants nothing.
"""

from typing import Literal

from app.files.fields import CollectionTitle, Description, Entry, Instant, Title, Uuid4, key, optional
from app.files.intake_entry import IntakeEntry
from app.files.meanings import chosen
from app.files.member_entry import MemberEntry
from app.files.names import Alias, GroupName, MemberName, Members, PartnerName, Root
from app.files.release_entry import ReleaseEntry
from app.policy.partnership import Agreement, CollectionTerms, Partnership


class AgreementEntry(Entry):
    """The legal side. Before `effective` and from `expires` on, the API root does not exist for its members."""

    reference: Title = key("What the agreement is called where it was signed.", "MoU 2026/14")
    effective: Instant = key("In force from this instant on; a bare date is 00:00 UTC.", "2026-01-01")
    expires: Instant = key("No longer in force at this instant.", "2029-01-01")
    review: Instant | None = optional(
        None,
        "When the partners look at it again. It decides nothing, and is reminded of from 30 days before.",
        "2028-01-01",
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
    closure: Literal["keep", "withhold"] = optional(
        "keep",
        "What becomes of an object that refers to something that its own submitter contributed to the collection and "
        "that may not be seen: `keep`, it is shown as its author wrote it; `withhold`, it is not shown.",
        "withhold",
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
            read=chosen(self.read, members),
            write=chosen(self.write, members),
            listed=chosen(self.listed, members),
            closure=self.closure == "withhold",
            release=self.release.to_terms(members),
            intake=self.intake.to_terms(members),
        )


class PartnershipFile(Entry):
    """All of a partnership's file."""

    partnership: Root = key("The name of the partnership, which is its API root: `/north-sea/`.", "north-sea")
    title: Title = key("Shown to clients as the API root's title.", "North Sea CERT partnership")
    description: Description | None = optional(None, "Shown to clients.", "Operators and CERTs of the North Sea")
    contact: Title | None = optional(
        None,
        "Whom the members ask about the agreement: one line, free text or a URI. Every account of theirs is shown it.",
        "mailto:exchange-officer@cert.example",
    )
    agreement: AgreementEntry = key(
        "The legal side.", {"reference": "MoU 2026/14", "effective": "2026-01-01", "expires": "2029-01-01"}
    )
    members: dict[PartnerName, MemberEntry] = key(
        "The partners that take part, each with its side.", {"nl-cert": {"tlp": "all"}}, min_length=1
    )
    groups: dict[GroupName, list[MemberName]] = optional(
        {},
        "Members under one name, for `to` and `from` in the members' own terms. They mean the members written out.",
        {"certs": ["nl-cert"]},
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
            members={name: entry.to_member(name, self.groups) for name, entry in sorted(self.members.items())},
            collections={alias: entry.to_terms(alias, members) for alias, entry in sorted(self.collections.items())},
            description=self.description,
            contact=self.contact,
        )
