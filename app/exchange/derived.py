"""What is derived from the bytes of contributions, as it is stored or as something would make it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from app.policy.handling import Handling
from app.policy.times import ALWAYS, Span
from app.storage.contributions import Contribution, Giver
from app.storage.derivatives import VersionRow
from app.storage.instants import instant


@dataclass(frozen=True, slots=True)
class Derived:
    """What is derived from a contribution's bytes: whose line it continues, its handling, the markings outside the
    registry that it rests on, and from when until when its markings let it be shown. `left` are the origins of the
    owners' lines in which it stood before, and stands no longer.
    """

    origin: str
    handling: Handling
    uses: frozenset[str]
    span: Span
    left: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Instead:
    """What stands in for what is stored about some objects of one collection: what a revision would make of them.

    `derived` is of contributions that are stored and of those `added`, by key; `refers` says which ids these name.
    Those that are `gone` are live no longer, those `closing` close a derivative, and others give those `handed_over`.
    """

    derived: Mapping[int, Derived] = field(default_factory=dict)
    added: Mapping[int, Contribution] = field(default_factory=dict)
    refers: Mapping[int, frozenset[str]] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()
    closing: frozenset[int] = frozenset()
    handed_over: Mapping[int, Giver] = field(default_factory=dict)

    def of(self, row: Contribution) -> Contribution:
        """What stands in for this contribution that is stored."""
        giver = self.handed_over.get(row.id)
        return row if giver is None else replace(row, **asdict(giver))


NOTHING_INSTEAD = Instead()


def own_span(row: Contribution | VersionRow) -> Span:
    """From when until when the contribution's own markings let it be shown."""
    if row.not_before is None and row.not_after is None:
        return ALWAYS
    return Span(
        instant(row.not_before) if row.not_before is not None else None,
        instant(row.not_after) if row.not_after is not None else None,
    )
