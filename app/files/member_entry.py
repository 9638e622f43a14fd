"""The shape of a member in a partnership's file: one partner's side of the agreement."""

from app.files.fields import Country, Entity, Entry, Levels, MemberName, Organization, optional
from app.files.meanings import levels
from app.policy.partnership import Member


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
    organizations: list[Organization] = optional(
        [],
        "What the member is in the words of ACS 3.0, for `permitted_organizations`, further sharing and display: its "
        "own tokens and those of what it belongs to. Left out: no ACS marking that names organizations lets it have "
        "anything.",
        ["USA.DOE", "USA.USG"],
    )
    nationalities: list[Country] = optional(
        [],
        "The countries that the member is of, by ISO 3166 alpha-3: for national caveats such as REL TO, and for ACS.",
        ["NLD"],
    )
    entity: list[Entity] = optional(
        [],
        "What kind of entity the member is in the words of ACS 3.0: MIL, GOV, CTR, SVR, SVC, DEV, NET.",
        ["GOV"],
    )

    def to_member(self, name: str) -> Member:
        """The entry as the value that decisions rest on."""
        return Member(
            partner=name,
            tlp=levels(self.tlp),
            client_of=self.client_of,
            organizations=frozenset(self.organizations),
            nationalities=frozenset(self.nationalities),
            entity=frozenset(self.entity),
        )
