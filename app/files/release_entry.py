"""The shape of `release` in a partnership's file: what leaves a collection."""

from typing import Literal

from app.files.fields import (
    CustomId,
    Dissemination,
    Duration,
    Entry,
    LevelOrRefuse,
    Levels,
    PapLevels,
    Statements,
    optional,
)
from app.files.meanings import chosen, level, levels, pap_levels
from app.files.names import Members, RedAccount
from app.files.vocabulary_entries import AcsEntry, IepEntry
from app.policy.partnership import ALL, CustomTerms, ReleaseTerms, Remedy


class CustomEntry(Entry):
    """Who may see what one marking of a kind that Comity has no rules for stands on."""

    members: Members = optional([], "`all`, or the members it is released to. Left out: nobody.", ["nl-cert"])
    disseminations: list[Dissemination] = optional(
        [],
        "The dissemination controls of CUI markings that these members honour. A marking with another one is "
        "withheld. Left out: none.",
        ["NOCON"],
    )


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
    granular: Literal["withhold", "sanitise"] = optional(
        "withhold",
        "What happens to an object of which a part may not be seen: `withhold`, the whole object stays; `sanitise`, a "
        "derivative goes out without that part, signed by the exchange's own `identity` in partners.yaml.",
        "sanitise",
    )
    attribution: Literal["withhold", "sanitise"] = optional(
        "withhold",
        "What happens to an object whose source must not be named, and that names it: `withhold`, it stays; "
        "`sanitise`, a derivative goes out that does not, signed by the exchange's own `identity` in partners.yaml.",
        "sanitise",
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
    pap: PapLevels = optional(
        [],
        "PAP levels under which objects are released, as far as the members have undertaken to keep them: `all` or a "
        "list of clear, green, amber and red. Left out: whatever carries PAP is withheld.",
        ["clear", "green"],
    )
    iep: IepEntry = optional(
        IepEntry(),
        "The values of IEP 2.0 policy statements that the members have undertaken, by statement. Left out: whatever "
        "carries an Information Exchange Policy is withheld.",
        {"encrypt_in_transit": ["must", "may"]},
    )
    acs: AcsEntry = optional(
        AcsEntry(),
        "The tokens of ACS 3.0 control sets under which objects are released, by list. Left out: whatever carries an "
        "ACS marking is withheld.",
        {"classification": ["U"]},
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
            tlp=levels(self.tlp),
            unmarked=level(self.unmarked),
            red=frozenset(self.red),
            statements=chosen(self.statements, ALL),
            pap=pap_levels(self.pap),
            iep=self.iep.to_terms(),
            acs=self.acs.to_terms(),
            custom={
                name: CustomTerms(chosen(entry.members, members), frozenset(entry.disseminations))
                for name, entry in sorted(self.custom.items())
            },
            embargo=self.embargo,
            shown_for=self.shown_for,
            granular=Remedy(self.granular),
            attribution=Remedy(self.attribution),
        )
