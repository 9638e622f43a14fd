"""Conflicts: what an audience may see and is not given, because it is given something else under the same id.

Several organisations may contribute one object id; an audience is given one origin of it, and of one version one
content. What stays back is stored, and listed here for the officer (design, section 4).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.errors import OperatorError
from app.exchange.asked import Asked, Questions
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.policy.lines import Lines, arrange
from app.policy.rules import Rule
from app.storage import contributions, objects, revisions
from app.storage.engine import Transaction
from app.storage.revisions import AudienceRow, CollectionRow

OBJECTS_PER_BATCH = 500


@dataclass(frozen=True, slots=True)
class Conflict:
    """A version that audiences may see and are not given. `instead` are those whose contributions they are given.

    `collection` is `ROOT/ALIAS`; an audience is a partner, or `partner/account` for an account named for RED.
    """

    collection: str
    object_id: str
    version: str
    contributed_by: str
    rule: Rule
    instead: tuple[str, ...]
    audiences: tuple[str, ...]


def conflicts(exchange: Exchange, place: str) -> Iterator[Conflict]:
    """The conflicts of `ROOT` or `ROOT/COLLECTION`, by object. Raises OperatorError where there is no such place."""
    root, _, reference = place.partition("/")
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        partnership = revisions.by_root(transaction, root)
        if partnership is None:
            raise OperatorError(f"There is no partnership `{root}`. `comity policy history` lists those there are.")
        terms = exchange.terms.of(transaction, partnership)
        found = False
        for row in revisions.collections(transaction, partnership.id):
            known = terms.partnership.collection_by_id(row.uuid)
            if known is None or (reference and reference not in (known.alias, known.id)):
                continue
            found = True
            floor = Floor(terms, row.id, known.alias, revisions.audiences(transaction, [row.id]), {}, now)
            yield from _in_collection(transaction, floor, row)
        if not found:
            have = ", ".join(sorted(terms.partnership.collections))
            raise OperatorError(f"There is no collection `{reference}` in {root}. It has: {have}.")


def _in_collection(transaction: Transaction, floor: Floor, row: CollectionRow) -> Iterator[Conflict]:
    after = 0
    while keys := contributions.contested_after(transaction, row.id, after, OBJECTS_PER_BATCH):
        questions = Questions(transaction, floor, keys)
        ids = objects.stix_ids_of(transaction, keys)
        for key in keys:
            yield from _of_object(transaction, floor, questions, key, ids[key])
        after = keys[-1]


def _of_object(
    transaction: Transaction, floor: Floor, questions: Questions, key: int, object_id: str
) -> Iterator[Conflict]:
    by_kind: dict[tuple[int, Rule, tuple[str, ...]], list[str]] = defaultdict(list)
    rows: dict[int, Asked] = {}
    for audience in floor.audiences:
        asked = questions.about(key, audience)
        lines = arrange(questions.standings(asked, audience))
        rows.update((each.row.id, each) for each in asked)
        for contribution, rule in lines.conflicts.items():
            by_kind[contribution, rule, _given(asked, lines)].append(_name(audience))
    texts: Mapping[int, str] = contributions.version_texts(transaction, [each for each, _, _ in by_kind])
    for (contribution, rule, instead), audiences in sorted(by_kind.items(), key=lambda item: item[0][0]):
        yield Conflict(
            collection=f"{floor.terms.partnership.root}/{floor.alias}",
            object_id=object_id,
            version=texts[contribution],
            contributed_by=rows[contribution].row.partner,
            rule=rule,
            instead=instead,
            audiences=tuple(audiences),
        )


def _given(asked: Sequence[Asked], lines: Lines) -> tuple[str, ...]:
    return tuple(sorted({each.row.partner for each in asked if each.row.id in lines.shown}))


def _name(audience: AudienceRow) -> str:
    return audience.red_account or audience.partner
