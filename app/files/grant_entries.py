"""The shapes of a member's own terms in a partnership's file: what it releases to whom, and what it takes from whom."""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from app.files.fields import BesideTlpId, Confidence, Duration, Entry, Levels, Types, key, optional, refusal
from app.files.meanings import chosen, levels
from app.files.names import CollectionNames, MembersOrGroups
from app.policy.partnership import ALL, Age, Grant


class ConfidenceEntry(Entry):
    """How sure of it whoever wrote the object has to be."""

    at_least: Confidence = key(
        "The least `confidence` that an object must state, from 0 to 100. One that states none is not covered.", 50
    )


class AgeEntry(Entry):
    """How old a version has to be, counted from its own instant."""

    at_least: Duration | None = optional(None, "Not covered before it is so old.", "PT24H")
    at_most: Duration | None = optional(None, "No longer covered once it is so old.", "P90D")

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise refusal(
                "An age without `at_least` and `at_most` bounds nothing", "Write one of them, or remove `age`"
            )
        if self.at_least is not None and self.at_most is not None and self.at_most <= self.at_least:
            what = "No version is so old and not yet so old, so the entry covers nothing"
            raise refusal(what, "Make `at_most` longer than `at_least`, or remove one of them")
        return self


class GrantEntry(Entry):
    """One entry of a member's own terms. All of its keys have to hold of a version that it covers."""

    collections: CollectionNames = key("`all`, or the collections by alias.", "all")
    types: Types = key(
        "STIX types: `all`, custom types too, or a list. Do not bind marking definitions.", ["indicator"]
    )
    tlp: Levels = key("TLP levels: `all` or a list, which every level of the version has to stand in.", ["clear"])
    markings: list[BesideTlpId] | None = optional(
        None,
        "The markings beside TLP, by marking-definition or extension-definition id, that may stand on the version: "
        "PAP, IEP and ACS by their extensions; caveats have no id, and never may. `[]`: none may. Left out: any may.",
        ["marking-definition--fa42a846-8d90-4e51-bc29-71d5b4802168"],
    )
    confidence: ConfidenceEntry | None = optional(
        None, "How sure of it whoever wrote the object has to be. Does not bind marking definitions.", {"at_least": 50}
    )
    age: AgeEntry | None = optional(
        None,
        "How old the version has to be, counted from its `modified` or `created`; what has no dates counts from when "
        "it was received. Does not bind marking definitions.",
        {"at_least": "PT24H"},
    )

    def with_partners(self, written: MembersOrGroups, groups: Mapping[str, list[str]]) -> Grant:
        """The entry about these partners as the value that decisions rest on, its groups written out."""
        partners = {member for name in written if name != "all" for member in groups.get(name, [name])}
        return Grant(
            partners=ALL if written == "all" else frozenset(partners),
            collections=chosen(self.collections, ALL),
            types=chosen(self.types, ALL),
            tlp=levels(self.tlp),
            markings=frozenset(self.markings) if self.markings is not None else None,
            confidence=self.confidence.at_least if self.confidence is not None else None,
            age=Age(self.age.at_least, self.age.at_most) if self.age is not None else None,
        )


class ReleasesEntry(GrantEntry):
    """What a member releases to these partners of what it pushes, and of what others push in its name."""

    to: MembersOrGroups = key("To whom: `all`, or members and groups.", ["nl-cert"])

    def to_grant(self, groups: Mapping[str, list[str]]) -> Grant:
        """The entry as the value that decisions rest on."""
        return self.with_partners(self.to, groups)


class TakesEntry(GrantEntry):
    """What a member takes from these partners: of what they push, where nobody else's name stands on it."""

    from_: MembersOrGroups = Field(
        alias="from",
        description="From whom: `all`, or members and groups. Of what is relayed, both the member that pushed it and "
        "the one in whose name it stands.",
        examples=[["nl-cert"]],
    )

    def to_grant(self, groups: Mapping[str, list[str]]) -> Grant:
        """The entry as the value that decisions rest on."""
        return self.with_partners(self.from_, groups)
