"""For whom derivatives are made, of what, and what they are to become: the words of `app.exchange.following`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.exchange.derived import Derived
from app.exchange.floor import Floor
from app.policy.handling import Handling, View
from app.policy.partnership import CollectionTerms
from app.policy.release_case import Audience, ReleaseCase
from app.policy.release_rules.levels import levels_shown
from app.storage.contributions import Contribution, Giver
from app.storage.derivatives import Came, DerivativeRow, VersionRow


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an original (by key), for one member and one view of its."""

    original: int
    origin: str
    member: str
    view: View

    @property
    def view_text(self) -> str:
        """The view as it is stored."""
        return ",".join(sorted(self.view))


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version that a derivative is to get: of `row`, or of one that this begins.

    Partner, `received` (milliseconds) and `aged_from` are those of the contribution that gives it. `later_than` is the
    version key of the newest that there was. One that `closes` revokes the derivative.
    """

    line: Line
    row: DerivativeRow | None
    generation: int
    content: Mapping[str, Any]
    derived: Derived
    source: int
    partner: str
    received: int
    aged_from: str
    spec: int
    type: int
    later_than: str = ""
    closes: bool = False


@dataclass(slots=True)
class Outcome:
    """What following some originals comes to: versions that end, those that mean something else or that others give
    now, and new ones.

    `objects` are the derivatives that there are of these originals, by key. What came of what the markings leave is
    `forgotten` where nothing of it is live any more, before something is `remembered`.
    """

    ended: list[int] = field(default_factory=list)
    changed: dict[int, Derived] = field(default_factory=dict)
    handed_over: dict[int, Giver] = field(default_factory=dict)
    new: list[NewVersion] = field(default_factory=list)
    objects: set[int] = field(default_factory=set)
    forgotten: list[Came] = field(default_factory=list)
    remembered: list[Came] = field(default_factory=list)


def collection_of(floor: Floor) -> CollectionTerms | None:
    """The collection, if it sanitises anything."""
    known = floor.terms.partnership.collections.get(floor.alias)
    return known if known is not None and known.release.sanitises else None


def views_of(floor: Floor, collection: CollectionTerms) -> Sequence[tuple[str, View]]:
    """The views of those who read the collection, each with the member whose it is: two where an account of its has
    one of its own.
    """
    views: dict[tuple[str, View], None] = {}
    for each in floor.audiences:
        case = ReleaseCase(
            terms=floor.terms,
            collection=floor.alias,
            audience=Audience(each.partner, each.red_account or None),
            handling=Handling(),
            cap=None,
            submitter="",
            originator="",
            now=floor.now,
        )
        if each.partner in collection.read:
            views[each.partner, levels_shown(case)] = None
    return list(views)


def taker_of(version: VersionRow, giving: Sequence[Contribution]) -> Giver | None:
    """Who gives the version from now on, of those who do, where the contribution that gave it no longer does.

    The same partner if it can, and what arrived first: what others add later, out of sight, plays no part.
    """
    before = Giver(version.partner, version.received, version.aged_from)
    if before in {Giver(each.partner, each.received, each.version_key) for each in giving}:
        return None
    first = min(giving, key=lambda each: (each.partner != before.partner, each.id))
    return Giver(first.partner, first.received, first.version_key)
