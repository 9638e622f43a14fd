"""Explain: every rule, in order, for one object and one account, and what the account's log holds of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.errors import OperatorError
from app.exchange import accounts as account_cases
from app.exchange.asked import Questions
from app.exchange.audience import audience_of
from app.exchange.derived import NOTHING_INSTEAD
from app.exchange.exchange import Exchange
from app.exchange.floor import Floor
from app.exchange.gathered import gather
from app.exchange.identify import Requester, requester_of
from app.exchange.resolution import once_ended
from app.policy.explain import Explanation, explain_release
from app.policy.lines import arrange
from app.policy.release_rules.levels import levels_shown
from app.policy.rules import Rule
from app.storage import contributions, deliveries, derivatives, handlings, objects, revisions
from app.storage.contributions import Contribution
from app.storage.engine import Transaction
from app.storage.objects import SPEC_TEXTS
from app.storage.revisions import AudienceRow, CollectionRow


@dataclass(frozen=True, slots=True)
class ExplainedVersion:
    """One contribution of the object: what every rule says, and whether it stands in the account's log.

    `kept_back_by` is the rule by which a contribution that may be seen gives way to another of the same object.
    `derivative` is the id of what the exchange has made of the object for those who are shown what this account is.
    """

    version: str
    spec: str
    contributed_by: str
    delivered: bool
    explanation: Explanation
    kept_back_by: Rule | None
    derivative: str | None = None


def explain(
    exchange: Exchange,
    place: str,
    object_id: str,
    account: str,
    *,
    version: str | None = None,
    at: datetime | None = None,
) -> Sequence[ExplainedVersion]:
    """Why this account is shown the object's versions in `ROOT/COLLECTION`, or is not; oldest contribution first.

    `at` asks for another instant under the terms in force now: where a policy has ended by then, as it is without it.
    What the exchange makes of objects is told as it stands now. Raises OperatorError where account, collection, object
    or version are unknown.
    """
    requester = requester_of(account_cases.by_name(exchange, account))
    root, _, reference = place.partition("/")
    with exchange.database.reading() as transaction:
        partnership = revisions.by_root(transaction, root)
        if partnership is None:
            raise OperatorError(f"There is no partnership `{root}`. `comity check` lists those in the files.")
        terms = exchange.terms.of(transaction, partnership)
        known = terms.partnership.collections.get(reference) or terms.partnership.collection_by_id(reference)
        if known is None:
            have = ", ".join(sorted(terms.partnership.collections))
            raise OperatorError(f"There is no collection `{reference}` in {root}. It has: {have}.")
        row = next(each for each in revisions.collections(transaction, partnership.id) if each.uuid == known.id)
        live = _live(transaction, row, object_id, place)
        audience = _audience(transaction, row, requester)
        held = deliveries.of_objects(transaction, [audience.id], [live[0].object])
        delivered = {each.contribution for rows in held.values() for each in rows}
        floor = Floor(terms, row.id, known.alias, [audience], {}, at or exchange.clock.now())
        gathered = gather(transaction, floor, [live[0].object], NOTHING_INSTEAD)
        if at is not None:
            ended = once_ended(exchange, transaction, partnership.id, terms, gathered.rows, at)
            gathered = replace(gathered, derived={**gathered.derived, **ended})
        questions = Questions(transaction, floor, (), known=gathered)
        texts = contributions.version_texts(transaction, [each.id for each in live])
        made = derivatives.newest_of(transaction, live[0].object)
        meant = handlings.by_keys(transaction, [newest.handling for _, newest in made])
    asked = questions.about(live[0].object, audience)
    conflicts = arrange(questions.standings(asked, audience)).conflicts
    explained = []
    for each in asked:
        case = questions.case(each, audience)
        view = ",".join(sorted(levels_shown(case)))
        stands_in = {
            row.stix_id: meant[newest.handling]
            for row, newest in made
            if (row.origin, row.member, row.view) == (each.origin, audience.partner, view)
        }
        name, handling = next(iter(stands_in.items()), (None, None))
        if version in (None, texts[each.row.id]):
            explained.append(
                ExplainedVersion(
                    version=texts[each.row.id],
                    spec=SPEC_TEXTS[each.row.spec],
                    contributed_by=each.row.partner,
                    delivered=each.row.id in delivered,
                    explanation=explain_release(replace(case, derivative=handling)),
                    kept_back_by=conflicts.get(each.row.id),
                    derivative=name,
                )
            )
    return explained


def _live(transaction: Transaction, row: CollectionRow, object_id: str, place: str) -> Sequence[Contribution]:
    key = objects.keys_of(transaction, row.id, [object_id]).get(object_id)
    live = contributions.live_of(transaction, [key.id]).get(key.id, []) if key is not None else []
    if not live:
        raise OperatorError(f"{place} holds no {object_id}. Check the id, or look in another collection.")
    return live


def _audience(transaction: Transaction, row: CollectionRow, requester: Requester) -> AudienceRow:
    try:
        return audience_of(transaction, row, requester)
    except KeyError:
        raise OperatorError(
            f"{requester.partner} is no member of this partnership, so {requester.account} sees nothing of it."
        ) from None
