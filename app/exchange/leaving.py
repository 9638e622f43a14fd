"""Leaving: what would no longer be under a member's own terms, if other terms were in force.

A member withholds by its own terms, and by markings that leave it to the originator who is shown a version. Who leaves
takes its terms along, and what it gave would be left to the collections' terms alone; so it would where an identity is
its own no longer, or nobody may speak for it any more. A revision may change a member's terms, and its plan shows what
that opens. It may not take them away from what they hold back (design, law 3).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.exchange.exchange import Exchange
from app.exchange.in_force import ownership
from app.policy.handling import Handling
from app.policy.lines import VIA, is_named, originator_of, speaks_for
from app.policy.partnership import Member, Terms
from app.storage import givers, handlings, revisions
from app.storage.engine import Transaction
from app.storage.givers import Given
from app.storage.revisions import PartnershipRow

RELEASES, CONTROL, ATTRIBUTION = "`releases`", "`originator_control`", "`attribution: anonymous`"
MARKED = "originator control that markings ask for"

REMEDY = (
    "Keep the member without rights, and its own terms hold on: its entry with `tlp: []`, in no collection's `read`, "
    "`write` or `listed`, and with its identities and those who may relay it. Or change its terms first, in a revision "
    "of their own, whose plan shows what that opens; or withdraw what they hold back."
)


def unbound(exchange: Exchange, transaction: Transaction, row: PartnershipRow | None, terms: Terms) -> Sequence[str]:
    """What is wrong with these terms for a partnership (None: a new one), in a sentence for each member that withholds
    something which they would leave to others.

    One that is removed shows nothing to anybody; when it comes back, the terms that it had count.
    """
    if row is None or not terms.partnership.members:
        return ()
    old = exchange.terms.of(transaction, revisions.last_with_files(transaction, row))
    if ownership(old) == ownership(terms):
        return ()
    given = givers.given(transaction, row.id)
    known = handlings.by_keys(transaction, {each.handling for each in given})
    counts: Counter[str] = Counter()
    why: dict[str, set[str]] = defaultdict(set)
    for each in given:
        lost = _Lost(each, known[each.handling], old, terms).by_member()
        for member, reasons in lost.items():
            counts[member] += each.count
            why[member] |= reasons
    return [_sentence(terms, member, counts[member], why[member]) for member in sorted(counts)]


def _sentence(terms: Terms, member: str, count: int, why: set[str]) -> str:
    root = terms.partnership.root
    what = "contribution" if count == 1 else "contributions"
    return (
        f"{member} holds back {count} {what} to {root} by {', '.join(sorted(why))}, and these files would leave them "
        f"to the terms of others. {REMEDY}"
    )


@dataclass(frozen=True, slots=True)
class _Lost:
    """What would no longer bind these contributions under the new terms."""

    given: Given
    handling: Handling
    old: Terms
    new: Terms

    def by_member(self) -> Mapping[str, set[str]]:
        """By what each member withholds them, and would no longer."""
        lost: dict[str, set[str]] = defaultdict(set)
        submitter = self.given.partner
        if submitter not in self.new.partnership.members and self._side(submitter).releases is not None:
            lost[submitter].add(RELEASES)
        originator = originator_of(self.given.origin, submitter, self.old)
        stands_for, named = self._stands_for(originator)
        for reason, needs_name in self._by_originator(originator):
            if stands_for != originator or (needs_name and not named):
                lost[originator].add(reason)
        return lost

    def _by_originator(self, originator: str) -> Iterator[tuple[str, bool]]:
        """By what the member in whose name they stand withholds them, and whether that needs its signature."""
        side = self._side(originator)
        if side.originator_control:
            yield CONTROL, False
        if side.anonymous and is_named(self.given.origin):
            yield ATTRIBUTION, True
        if originator != self.given.partner:
            if side.releases is not None:
                yield RELEASES, False
            if self.handling.originator_control:
                yield MARKED, False

    def _stands_for(self, originator: str) -> tuple[str | None, bool]:
        """In whose name they would stand, None for a member no more, and whether signed by an identity of it.

        What a collection holds that these terms do not have stands as it did, for as long as the identity is the
        originator's: nobody looks at it before the collection comes back.
        """
        identity, via, _ = self.given.origin.partition(VIA)
        submitter = self.given.partner
        speaking: tuple[str, ...] = ()
        if not via:
            signed_as = identity.partition(" ")[0]
            known = self.new.partnership.collection_by_id(self.given.collection)
            if known is not None:
                speaking = speaks_for(signed_as, submitter, self.new, known.alias)
            elif originator in self.new.owners_of(signed_as):
                speaking = (originator,)
        whose = next(iter(speaking), submitter)
        return whose if whose in self.new.partnership.members else None, bool(speaking)

    def _side(self, partner: str) -> Member:
        """What a member withholds by its own terms; what it gives up itself, it does not withhold."""
        side, wanted = self.old.side_of(partner), self.new.partnership.members.get(partner)
        if wanted is None:
            return side
        return replace(
            side,
            releases=side.releases if wanted.releases is not None else None,
            originator_control=side.originator_control and wanted.originator_control,
            anonymous=side.anonymous and wanted.anonymous,
        )
