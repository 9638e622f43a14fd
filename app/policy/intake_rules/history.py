"""What has to fit the clock and what the sender's own organisation pushed before: nobody else's objects count."""

from datetime import timedelta
from typing import Final

from app.policy.intake_case import IntakeCase
from app.policy.lines import owned_identity
from app.policy.loosening import is_looser
from app.policy.partnership import Verdict
from app.policy.rules import SILENT, Answer, by_verdict, listed, objects
from app.stix.timestamps import from_datetime, is_timestamp, version_key

AHEAD_MAX: Final = timedelta(minutes=5)
"""How far a version may be ahead of the exchange's clock: one from the far future would blind those who poll by
dates inside STIX (design, law 1)."""


def not_ahead(case: IntakeCase) -> Answer:
    """A version from the far future blinds those who poll by it."""
    key = _key(case.obj.version)
    if key is None or key <= version_key(from_datetime(case.now + AHEAD_MAX)):
        return SILENT
    return objects(f"{case.obj.version} is more than five minutes ahead of this server's clock. Check yours.")


def same_version(case: IntakeCase) -> Answer:
    """Objects without dates have no versions of their own: other content of one's own SCO is taken."""
    version = _key(case.obj.version)
    contents = {digest for key, digests in case.earlier.versions.items() if key == version for digest in digests}
    if not contents or case.obj.tree_digest in contents:
        return SILENT
    remedy = "Set a later `modified`." if case.obj.modified else "It can have no later one: give the content a new id."
    return objects(f"Your organisation contributed this version with other content. {remedy}")


def created_kept(case: IntakeCase) -> Answer:
    """STIX 2.1 section 3.2: `created` does not change."""
    before = _key(case.earlier.created)
    if before is None or _key(case.obj.created) in (None, before):
        return SILENT
    return objects(f"`created` must not change: your organisation pushed this object with {case.earlier.created}.")


def signer_kept(case: IntakeCase) -> Answer:
    """What stands in another name is of another line: it would neither close, revoke nor replace what stands there."""
    signers = case.earlier.signers
    if not signers or (owned_identity(case.obj, case.terms) or "") in signers:
        return SILENT
    name = f"in the name of {listed(signers)}" if any(signers) else "in nobody's name"
    return objects(
        f"`created_by_ref` must not change: your organisation pushed this object {name}. Sign it as before, or make a "
        "new object with a new id."
    )


def after_revoked(case: IntakeCase) -> Answer:
    """STIX 2.1 section 3.2: no further versions follow a revocation."""
    revoked_at = case.earlier.revoked_at
    if revoked_at is None:
        return SILENT
    key = _key(case.obj.version)
    if key is None or key <= revoked_at:
        return SILENT
    return objects("Your organisation revoked this object. Nothing may follow: make a new object with a new id.")


def older_version(case: IntakeCase) -> Answer:
    """A version that comes after a later one of the same organisation: late mail, or a rollback."""
    key = _key(case.obj.version)
    here = case.earlier.here
    if case.intake.older_versions is Verdict.ACCEPT or key is None or key in here or key >= max(here, default=key):
        return SILENT
    return by_verdict(
        case.intake.older_versions, "Your organisation has given this collection a later version of this object."
    )


def loosened_marking(case: IntakeCase) -> Answer:
    """A later version of which more could be shown, to whomever, than of the organisation's newest so far.

    By the markings alone: what members are granted is nothing that the answer to a sender may rest on.
    """
    newest = case.earlier.newest
    if case.intake.loosened is Verdict.ACCEPT or newest is None or case.obj.tree_digest == newest.tree_digest:
        return SILENT
    key, before = _key(case.obj.version), _key(newest.version)
    if key is not None and before is not None and key < before:  # equal: in another STIX version
        return SILENT
    if not is_looser(case.obj, newest, case.registry, case.intake.unmarked):
        return SILENT
    return by_verdict(
        case.intake.loosened, "The markings of this version are more open than those of your organisation's newest."
    )


def _key(timestamp: str | None) -> str | None:
    """The sortable form of a timestamp; None where there is none."""
    return version_key(timestamp) if timestamp is not None and is_timestamp(timestamp) else None
