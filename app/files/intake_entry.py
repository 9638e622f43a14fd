"""The shape of `intake` in a partnership's file: what a collection takes."""

from app.files.fields import Entry, LevelOrRefuse, Levels, Ownership, SpecVersion, Types, optional
from app.files.meanings import chosen, level, levels
from app.policy.partnership import ALL, IntakeTerms


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
            types=chosen(self.types, ALL),
            tlp=levels(self.tlp),
            unmarked=level(self.unmarked),
            relays={member: frozenset(creators) for member, creators in sorted(relays.items())},
            spec_versions=frozenset(self.spec_versions),
        )
