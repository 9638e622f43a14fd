"""The shape of a member in a partnership's file: one partner's side of the agreement."""

from collections.abc import Mapping, Sequence
from typing import Literal

from app.files.fields import Country, Entity, Entry, Levels, Organization, Truth, optional
from app.files.grant_entries import ReleasesEntry, TakesEntry
from app.files.meanings import levels
from app.files.names import MemberName
from app.policy.partnership import Grant, Member


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

    releases: list[ReleasesEntry] | None = optional(
        None,
        "What the member releases to whom, beside what the collections grant: a version that it pushed, or that stands "
        "in its name, goes to another member if one of these entries covers it. `[]`: nothing goes to anybody. Left "
        "out: the collections' terms alone speak.",
        [{"to": ["certs"], "collections": "all", "types": ["indicator"], "tlp": ["clear", "green"]}],
    )
    takes: list[TakesEntry] | None = optional(
        None,
        "What the member takes, beside what the collections grant: it is shown what others pushed if one of these "
        "entries covers it. `[]`: nothing of anybody's. Left out: whatever is released to it.",
        [{"from": ["nl-cert"], "collections": "all", "types": "all", "tlp": "all"}],
    )
    originator_control: Truth = optional(
        False,
        "`true`: nothing that stands in the member's name goes to anybody whom its `releases` do not name, whoever "
        "pushes it; without `releases`, to nobody.",
        True,
    )
    attribution: Literal["named", "anonymous"] = optional(
        "named",
        "`anonymous`: other members are not shown what the member signed, since its signature names it; where a "
        "collection's `release.attribution` is `sanitise`, a derivative that does not name it.",
        "anonymous",
    )

    def to_member(self, name: str, groups: Mapping[str, list[str]]) -> Member:
        """The entry as the value that decisions rest on, with `groups` written out."""
        return Member(
            partner=name,
            tlp=levels(self.tlp),
            client_of=self.client_of,
            organizations=frozenset(self.organizations),
            nationalities=frozenset(self.nationalities),
            entity=frozenset(self.entity),
            releases=_grants(self.releases, groups),
            takes=_grants(self.takes, groups),
            originator_control=self.originator_control,
            anonymous=self.attribution == "anonymous",
        )


def _grants(
    entries: Sequence[ReleasesEntry] | Sequence[TakesEntry] | None, groups: Mapping[str, list[str]]
) -> frozenset[Grant] | None:
    return None if entries is None else frozenset(entry.to_grant(groups) for entry in entries)
