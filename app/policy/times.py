"""From when until when a version may be shown, by time alone: embargo and expiry.

A collection's terms count from the instant at which the exchange received a version; a version's own markings may name
instants too. Both apply: the later beginning, the earlier end.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.policy.partnership import ReleaseTerms
from app.stix.timestamps import to_datetime


class Phase(StrEnum):
    """Where an instant lies, seen from a span."""

    BEFORE = "before"
    WITHIN = "within"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Span:
    """From `not_before` and `embargo` on, and no longer at `not_after`; None where nothing is said.

    `embargo` is the beginning that the collection's own terms add, which break-glass can lift.
    """

    not_before: datetime | None = None
    not_after: datetime | None = None
    embargo: datetime | None = None

    @property
    def begins(self) -> datetime | None:
        """The later beginning."""
        return latest(self.not_before, self.embargo)

    def phase(self, now: datetime) -> Phase:
        """Where `now` lies. What has ended has ended, also if it never began."""
        if self.not_after is not None and now >= self.not_after:
            return Phase.AFTER
        if self.held_by_markings(now) or (self.embargo is not None and now < self.embargo):
            return Phase.BEFORE
        return Phase.WITHIN

    def held_by_markings(self, now: datetime) -> bool:
        """Whether `now` lies before the beginning that binds always."""
        return self.not_before is not None and now < self.not_before

    def changes_after(self, now: datetime) -> datetime | None:
        """The next instant later than `now` at which the phase changes, or None."""
        ahead = [at for at in (self.begins, self.not_after) if at is not None and at > now]
        return min(ahead, default=None) if self.phase(now) is not Phase.AFTER else None


ALWAYS = Span()


def earliest(*instants: datetime | None) -> datetime | None:
    """The first of these instants; None where there is none."""
    return min((at for at in instants if at is not None), default=None)


def latest(*instants: datetime | None) -> datetime | None:
    """The last of these instants; None where there is none."""
    return max((at for at in instants if at is not None), default=None)


def dated_by(version_key: str) -> datetime:
    """The version's own instant, in whole milliseconds like all that the exchange dates."""
    at = to_datetime(f"{version_key}Z")
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def span_of(
    terms: ReleaseTerms,
    received: datetime,
    *,
    definition: bool,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> Span:
    """When a version that was received then may be shown. The two instants are what its own markings say.

    The terms' embargo and end do not apply to marking-definitions, which have to reach an audience with what they mark.
    """
    if definition:
        return Span(not_before, not_after)
    embargo = received + terms.embargo if terms.embargo is not None else None
    end = received + terms.shown_for if terms.shown_for is not None else None
    return Span(not_before, earliest(end, not_after), embargo)


def ended_with(span: Span, newest: Span) -> Span:
    """A version's span as the newest version of its line bounds it: a version is shown no longer than the newest.

    An embargo of the newest version leaves the earlier ones alone.
    """
    return replace(span, not_after=earliest(span.not_after, newest.not_after))
