"""What is derived from the bytes of contributions, as it is stored or as something would make it."""

from dataclasses import dataclass

from app.policy.handling import Handling
from app.policy.times import ALWAYS, Span
from app.storage.contributions import Contribution
from app.storage.instants import instant


@dataclass(frozen=True, slots=True)
class Derived:
    """What is derived from a contribution's bytes: whose line it continues, its handling, the markings outside the
    registry that it rests on, and from when until when its markings let it be shown.
    """

    origin: str
    handling: Handling
    uses: frozenset[str]
    span: Span


def own_span(row: Contribution) -> Span:
    """From when until when the contribution's own markings let it be shown."""
    if row.not_before is None and row.not_after is None:
        return ALWAYS
    return Span(
        instant(row.not_before) if row.not_before is not None else None,
        instant(row.not_after) if row.not_after is not None else None,
    )
