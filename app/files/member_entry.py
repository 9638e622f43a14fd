"""The shape of a member in a partnership's file: one partner's side of the agreement."""

from app.files.fields import Entry, Levels, MemberName, optional
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

    def to_member(self, name: str) -> Member:
        """The entry as the value that decisions rest on."""
        return Member(name, levels(self.tlp), self.client_of)
