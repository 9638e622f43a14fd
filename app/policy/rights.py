"""Which collections a member knows of, and what its accounts may do there (TAXII 2.1 section 5.2.1).

These are rights over a collection. Which objects an account may then see or push is decided object by object.
"""

from app.policy.partnership import CollectionTerms, Reports, Role


def may_see(collection: CollectionTerms, partner: str) -> bool:
    """Whether the collection shows to the member: it may read or write it, or is named under `listed`."""
    return partner in collection.read or partner in collection.write or partner in collection.listed


def may_read(collection: CollectionTerms, partner: str) -> bool:
    """Whether the accounts of the member may pull; every role does, where its partner may."""
    return partner in collection.read


def may_write(collection: CollectionTerms, partner: str, role: Role) -> bool:
    """Whether an account of the member with this role may push and withdraw: feeders alone do."""
    return partner in collection.write and role is Role.FEEDER


def may_report(collection: CollectionTerms, partner: str, role: Role) -> bool:
    """Whether an account of the member with this role may report sightings and opinions: analysts and officers do."""
    taken = collection.intake.sightings is not Reports.REFUSE
    return taken and partner in collection.write and role in (Role.ANALYST, Role.OFFICER)
