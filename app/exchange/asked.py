"""What the policy is asked about the contributions of one collection, and for whom.

The handling of a contribution says what its markings ask for. An audience that is not shown a definition on which a
contribution rests, in this collection and as somebody gave it whose word counts for it, is as one for whom the
marking does not resolve (design, decisions 5 and 18): definitions reach an audience with, and before, what they mark.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.exchange.floor import Floor
from app.policy.handling import Handling
from app.policy.lines import VIA, Standing, cap_of, shown
from app.policy.release import Audience, Release, ReleaseCase, decide_release
from app.storage import contributions, handlings, markings, objects
from app.storage.contributions import Contribution
from app.storage.engine import Transaction
from app.storage.objects import SPEC_TEXTS
from app.storage.revisions import AudienceRow


@dataclass(frozen=True, slots=True)
class Asked:
    """A live contribution, with what is asked about it for one audience: its handling, and the cap of its line."""

    row: Contribution
    handling: Handling
    cap: Handling | None


class Questions:
    """The live contributions of some objects of one collection, and the decisions about them.

    Each decision is taken once for (handling, cap, own, audience).
    """

    def __init__(self, transaction: Transaction, floor: Floor, wanted: Sequence[int]) -> None:
        self._floor = floor
        self._live = contributions.live_of(transaction, wanted)
        ids = [row.id for rows in self._live.values() for row in rows]
        self._uses = markings.uses_of(transaction, ids)
        definitions = _definitions(transaction, floor, {each for used in self._uses.values() for each in used})
        self._definitions = definitions
        versions = [row.version for rows in definitions.values() for row in rows]
        self._digests = objects.tree_digests_of(transaction, versions)
        keys = {row.handling for rows in (*self._live.values(), *definitions.values()) for row in rows}
        self._handlings = handlings.by_keys(transaction, keys)
        self._taken: dict[tuple[Handling, Handling | None, bool, int], bool] = {}
        self._definitions_shown: dict[tuple[str, int], frozenset[bytes]] = {}
        agreement = floor.terms.partnership.agreement
        # The log stands as while the agreement is in force; before and after, its root is closed to everybody.
        self._at = max(floor.now, agreement.effective) if floor.now < agreement.expires else agreement.effective

    def about(self, object_id: int, audience: AudienceRow) -> Sequence[Asked]:
        """What is asked about the object's contributions for this audience, in the order of arrival."""
        rows = self._live.get(object_id, ())
        facts = {row.id: self._handling(row, audience) for row in rows}
        lines: dict[str, list[tuple[str, Handling]]] = defaultdict(list)
        for row in rows:
            lines[row.origin].append((row.version_key, facts[row.id]))
        return [Asked(row, facts[row.id], cap_of(row.version_key, lines[row.origin])) for row in rows]

    def standings(self, asked: Iterable[Asked], audience: AudienceRow) -> Sequence[Standing]:
        """The contributions as this audience stands to them."""
        return [
            Standing(
                contribution=each.row.id,
                partner=each.row.partner,
                origin=each.row.origin,
                version_key=each.row.version_key,
                spec=SPEC_TEXTS[each.row.spec],
                may_see=self._may_see(each.handling, each.cap, each.row.partner == audience.partner, audience),
                own=each.row.partner == audience.partner,
                dated=each.row.dated,
            )
            for each in asked
        ]

    def case(self, each: Asked, audience: AudienceRow) -> ReleaseCase:
        """The question as the policy takes it."""
        own = each.row.partner == audience.partner
        return self._case(each.handling, each.cap, own, audience)

    def _case(self, handling: Handling, cap: Handling | None, own: bool, audience: AudienceRow) -> ReleaseCase:
        return ReleaseCase(
            terms=self._floor.terms,
            collection=self._floor.alias,
            audience=Audience(audience.partner, audience.red_account or None),
            handling=handling,
            cap=cap,
            own=own,
            now=self._at,
        )

    def _may_see(self, handling: Handling, cap: Handling | None, own: bool, audience: AudienceRow) -> bool:
        key = (handling, cap, own, audience.id)
        if key not in self._taken:
            self._taken[key] = isinstance(decide_release(self._case(handling, cap, own, audience)), Release)
        return self._taken[key]

    def _handling(self, row: Contribution, audience: AudienceRow) -> Handling:
        """What the contribution's markings ask for, as far as this audience is shown what they mean."""
        handling = self._handlings[row.handling]
        used = self._uses.get(row.id, frozenset())
        if all(self._meant(marking_id, row) & self._shown(marking_id, audience) for marking_id in used):
            return handling
        return replace(handling, unknown=True)

    def _meant(self, marking_id: str, marked: Contribution) -> frozenset[bytes]:
        """The definitions of this marking, as digests, by those whose word counts for a contribution."""
        owners = self._floor.terms.owners_of(marked.origin.partition(VIA)[0].partition(" ")[0])
        rows = self._definitions.get(marking_id, ())
        return frozenset(self._digests[row.version] for row in rows if row.partner in {marked.partner, *owners})

    def _shown(self, marking_id: str, audience: AudienceRow) -> frozenset[bytes]:
        """The definitions of this marking, as digests, that the audience is shown in this collection."""
        key = (marking_id, audience.id)
        if key not in self._definitions_shown:
            rows = self._definitions.get(marking_id, ())
            asked = [Asked(row, self._handlings[row.handling], None) for row in rows]
            given = shown(self.standings(asked, audience))
            self._definitions_shown[key] = frozenset(self._digests[row.version] for row in rows if row.id in given)
        return self._definitions_shown[key]


def _definitions(
    transaction: Transaction, floor: Floor, marking_ids: Iterable[str]
) -> Mapping[str, Sequence[Contribution]]:
    """The live contributions in this collection of these definitions."""
    keys = objects.keys_of(transaction, floor.collection, marking_ids)
    live = contributions.live_of(transaction, [row.id for row in keys.values()])
    return {marking_id: live.get(row.id, ()) for marking_id, row in keys.items()}
