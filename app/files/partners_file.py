"""The shape of partners.yaml: who takes part in this exchange, and which STIX identities each may sign as."""

from typing import Final

from app.files.fields import Entry, IdentityId, Title, key, optional
from app.files.names import PartnerName, Slug
from app.policy.partnership import Partner, Partners

PARTNERS_FILE: Final = "partners.yaml"


class PartnerEntry(Entry):
    """One organisation, under its name."""

    name: Title = key("What people call the organisation.", "Dutch national CERT")
    identities: list[IdentityId] = optional(
        [],
        "STIX identity ids that the organisation signs its objects as (`created_by_ref`), exactly as the objects have "
        "them. Left out: none, so that it can only pass on what others wrote.",
        ["identity--8c1e3c62-6f0a-4a55-9a53-0c1f8f0a8e11"],
    )


class PartnersFile(Entry):
    """All of partners.yaml."""

    host: PartnerName = key(
        "The partner that runs this exchange. It owns the exchange's own identity, and officers' acts need an account "
        "of it.",
        "nl-cert",
    )
    identity: IdentityId | None = optional(
        None,
        "The exchange's own STIX identity, which signs sanitised derivatives; a new id, that no partner signs as. The "
        "host alone may push its identity object. Needed where a collection's `granular` or `attribution` is "
        "`sanitise`.",
        "identity--7af1be3b-1ff2-49b4-ab42-f528e618e6ce",
    )
    partners: dict[Slug, PartnerEntry] = key(
        "Every organisation, under the name by which files and accounts refer to it (a-z, 0-9 and hyphens).",
        {"nl-cert": {"name": "Dutch national CERT"}},
        min_length=1,
    )

    def to_partners(self) -> Partners:
        """The file as the value that decisions rest on."""
        return Partners(
            self.host,
            {
                name: Partner(name, entry.name, frozenset(entry.identities))
                for name, entry in sorted(self.partners.items())
            },
            self.identity,
        )
