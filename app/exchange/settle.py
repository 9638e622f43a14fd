"""Bring the audiences' logs in line with the policy: the one way in which a log changes.

For each object and audience the policy says which live contributions should stand in the log; what stands there
is compared with it, rows that should not are retired, and what is missing is appended. A version that is newest again
because a newer one has gone is appended anew, under a new date: pollers who are past the old one must receive it
(design, section 4). So is one that may be shown again after its row had ended. A push, a withdrawal, a revision, the
passing of time and a marking that comes to resolve all end here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.exchange.asked import Questions
from app.exchange.changing import Change
from app.exchange.closure import with_referring
from app.exchange.comparing import Changes, Extent, Resting, changes_of
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.exchange.waiting import load_waiting
from app.storage import deliveries, dues
from app.storage.deliveries import Head, NewRow
from app.storage.engine import Transaction
from app.storage.instants import milliseconds


@dataclass(slots=True)
class Left:
    """The first and the last of the marking-definitions that are left to later batches, and of the other
    contributions; None where there are none.
    """

    definitions: tuple[int, int] | None = None
    others: tuple[int, int] | None = None

    def add(self, changes: Changes) -> None:
        """What these changes leave is left as well."""
        self.definitions = _stretched(self.definitions, changes.left_definitions)
        self.others = _stretched(self.others, changes.left)

    def with_what_was_made(self, stored: int, last: int) -> "Left":
        """The same with all contributions after those that were `stored`, up to the `last`, if any of them is left.

        They are derivatives that a revision made. Which of them are left is not known by key before they are made.
        """
        if self.others is None or self.others[1] <= stored:
            return self
        return Left(self.definitions, (min(self.others[0], stored + 1), last))


def _stretched(ends: tuple[int, int] | None, contributions: Collection[int]) -> tuple[int, int] | None:
    reached = {*contributions, *(ends or ())}
    return (min(reached), max(reached)) if reached else None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How many rows a settlement appended and retired, over all audiences, and what it left to later batches."""

    appended: int
    retired: int
    left: Left


@dataclass(frozen=True, slots=True)
class Work:
    """The objects of one collection, by key and in batches, whose rows are to be settled.

    With `turns`, of objects that lose nothing only these contributions are appended: the others have turns of their
    own, and rows come in one order, however many others share their batch. Without, all are but those that a batch or
    the sweeper has yet to come to for this audience: who touches the same object out of its sight must not bring its
    rows forward (`app.exchange.waiting`). `due` are those that the sweeper has come to, and since when they have been
    due (milliseconds); only the sweeper has any.
    """

    floor: Floor
    batches: Iterable[Sequence[int]]
    turns: frozenset[int] | None = None
    due: Mapping[int, int] | None = None


def work_on(
    transaction: Transaction, floors: Mapping[int, Floor], affected: Mapping[int, Sequence[int]]
) -> Sequence[Work]:
    """The objects that have changed, by collection, and all whose place in a log may change with them."""
    return [
        Work(floors[collection], [with_referring(transaction, floors[collection], keys)])
        for collection, keys in affected.items()
        if collection in floors
    ]


def settle(
    exchange: Exchange,
    change: Change,
    work: Iterable[Work],
    *,
    withdrawn: frozenset[int] = frozenset(),
    extent: Extent = Extent.ALL,
) -> Sequence[Settlement]:
    """Make the logs hold of these objects what the policy grants, and nothing else; what was done for each work.

    `work` is all that this transaction changes: it holds the partnerships and the heads, and after this it only
    commits, since new rows are dated last. Rows are appended in the order of arrival, marking-definitions first, and
    those that a row rests on before it, also where they have turns of their own later. `withdrawn` are the
    contributions that their submitters take back; all other rows that go are withheld.
    """
    heads: dict[int, Head] = {}
    appended: dict[int, list[NewRow]] = defaultdict(list)
    settlements: list[Settlement] = []
    for each in work:
        heads.update(each.floor.heads)
        retired = 0
        left = Left()
        resting: dict[int, Resting] = defaultdict(dict)
        for objects in each.batches:
            questions = Questions(change.transaction, each.floor, sorted(set(objects)))
            waiting = None
            if extent is Extent.ALL:
                waiting = load_waiting(exchange, change.transaction, each.floor, questions, each.turns, each.due)
            changes = changes_of(
                change.transaction,
                each.floor,
                objects,
                questions=questions,
                extent=extent,
                turns=each.turns,
                waiting=waiting,
                sweeping=each.due is not None,
            )
            _carry_out(change.transaction, each.floor, changes, withdrawn)
            retired += len(changes.retired) + len(changes.ended)
            left.add(changes)
            for audience, added in changes.appended.items():
                appended[audience].extend(added)
            for audience, by_row in changes.resting.items():
                resting[audience].update(by_row)
        for audience, lacking in _lacking(change.transaction, each.floor, resting, appended).items():
            appended[audience] = _in_order([*appended[audience], *lacking], resting[audience])
        count = sum(len(appended[audience.id]) for audience in each.floor.audiences)
        settlements.append(Settlement(count, retired, left))
    allowance = exchange.settings.dated_ahead_milliseconds
    change.dated.update(deliveries.append(change.transaction, exchange.clock, allowance, heads, appended))
    return settlements


def _lacking(
    transaction: Transaction,
    floor: Floor,
    resting: Mapping[int, Resting],
    appended: Mapping[int, Sequence[NewRow]],
) -> Mapping[int, Sequence[NewRow]]:
    """The rows of definitions on which appended rows rest, and that neither stand in their logs nor are appended.

    There are some where a definition is left to a batch that has yet to come.
    """
    wanted = {
        (audience, each.id): each
        for audience, by_row in resting.items()
        for definitions in by_row.values()
        for each in definitions
    }
    for audience, rows in appended.items():
        for row in rows:
            wanted.pop((audience, row.contribution.id), None)
    objects = sorted({each.object for each in wanted.values()})
    standing = deliveries.of_objects(transaction, [row.id for row in floor.audiences], objects) if wanted else {}
    for (_, audience), present in standing.items():
        for each in present:
            wanted.pop((audience, each.contribution), None)
    lacking = {each.object for each in wanted.values()}
    questions = Questions(transaction, floor, sorted(lacking))
    return {
        audience.id: [
            NewRow(each.row, questions.ends(each, audience))
            for key in lacking
            for each in questions.granted(key, audience).values()
            if (audience.id, each.row.id) in wanted
        ]
        for audience in floor.audiences
    }


def _in_order(rows: Iterable[NewRow], resting: Resting) -> list[NewRow]:
    """Rows of one log in the order in which they are appended.

    It is the same into however many batches they are cut: what others hold decides about that.
    """
    left = {row.contribution.id: row for row in rows}
    ordered: list[NewRow] = []
    for key in sorted(left, key=lambda each: (not left[each].contribution.defines, each)):
        before = sorted(each.id for each in resting.get(key, ()))
        ordered.extend(left.pop(each) for each in (*before, key) if each in left)
    return ordered


def _carry_out(transaction: Transaction, floor: Floor, changes: Changes, withdrawn: frozenset[int]) -> None:
    """All of it but the rows that are appended: they are dated last."""
    ended = milliseconds(floor.now)
    gone = [*changes.retired, *changes.ended]
    taken_back = [row for row in gone if row.contribution in withdrawn]
    withheld = [row for row in gone if row.contribution not in withdrawn]
    deliveries.retire(transaction, taken_back, ended, deliveries.WITHDRAWN)
    deliveries.retire(transaction, withheld, ended, deliveries.WITHHELD)
    deliveries.retire(transaction, changes.again, ended, deliveries.APPENDED_AGAIN)
    deliveries.show_until(transaction, changes.until)
    dues.set_due(transaction, floor.collection, changes.due)
