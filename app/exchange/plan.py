"""Plan: what would change if these files were applied, for each partner and collection, and by which rule.

A plan reads one snapshot and changes nothing. It asks what a revision settles by (`app.exchange.settle`), about the
audiences and owners that the new terms would make; so what is applied is what was planned, as far as nobody pushes in
between. It names the revisions that it rests on, and is good for no others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.errors import OperatorError
from app.exchange.clauses import ended
from app.exchange.exchange import Exchange
from app.exchange.in_force import changed_terms, deciding, in_force
from app.exchange.leaving import unbound
from app.exchange.meaning import meaning_of
from app.exchange.outlook import LogChange, outlook
from app.exchange.reminders import reminders, what_is_open
from app.files.differences import Difference, differences
from app.policy.handling import EXTRACTOR
from app.policy.partnership import Partnership
from app.storage import handlings


@dataclass(frozen=True, slots=True)
class Plan:
    """The files (name to text), what they change against the revisions of `base` (by API root), and in how many
    batches what becomes visible, now or later, is worked out. With `mistakes` it can't be applied.
    """

    at: datetime
    base: Mapping[str, int]
    texts: Mapping[str, str]
    differences: tuple[Difference, ...]
    changes: tuple[LogChange, ...]
    batches: int
    warnings: tuple[str, ...]
    mistakes: tuple[str, ...]

    @property
    def removals(self) -> Sequence[str]:
        """What is in force and would be gone, in sentences."""
        return [each.sentence for each in self.differences if each.removal]


def plan(exchange: Exchange, texts: Mapping[str, str]) -> Plan:
    """What applying these files would change now. Raises WrongFiles if they do not read.

    Raises OperatorError if they name lists of values that are not there.
    """
    new = meaning_of(texts)
    _require_lists(exchange, new.partnerships.values())
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        old = in_force(transaction)
        changes: list[LogChange] = []
        mistakes: list[str] = []
        anew: list[Difference] = []
        batches = 0
        for row, terms in changed_terms(exchange, transaction, new, now):
            mistakes.extend(unbound(exchange, transaction, row, terms))
            if row is None:
                continue
            stood = exchange.terms.of(transaction, row).as_of(now)
            anew.extend(map(Difference, ended(stood.clauses, terms.clauses)))
            outdated = handlings.outdated(transaction, row.id)
            if outdated:
                anew.append(Difference(f"Partnership {row.root}: what markings ask for {DERIVED_ANEW}."))
            if outdated or deciding(stood) != deciding(terms):
                changed, left = outlook(exchange, transaction, row, terms, now)
                changes.extend(changed)
                batches += left
        return Plan(
            at=now,
            base=old.revisions,
            texts=dict(texts),
            differences=(*differences(old.agreements, new), *anew),
            changes=tuple(changes),
            batches=batches,
            warnings=(
                *reminders(transaction, new.partnerships.values(), now),
                *what_is_open(exchange, transaction, now),
            ),
            mistakes=tuple(mistakes),
        )


def write_plan(made: Plan) -> str:
    """The plan as a file that somebody can look at and agree to."""
    return _PLANS.dump_json(made, indent=2).decode() + "\n"


def read_plan(text: str) -> Plan:
    """The plan that `write_plan` wrote. Raises OperatorError for anything else."""
    try:
        return _PLANS.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise OperatorError(f"This is no plan: {where}: {first['msg']}. `comity plan --out FILE` writes one.") from None


_PLANS = TypeAdapter(Plan)
DERIVED_ANEW: Final = f"is derived anew, by version {EXTRACTOR} of the rules for that"


def _require_lists(exchange: Exchange, partnerships: Iterable[Partnership]) -> None:
    missing = [
        f"{partnership.root}/{collection.alias} names the list `{name}`, and there is no {name}.yaml in mappings/lists"
        for partnership in partnerships
        for collection in partnership.collections.values()
        for name in sorted(collection.intake.lists.keys() - exchange.lists.keys())
    ]
    if missing:
        raise OperatorError(f"{'; '.join(missing)}. Write the file, or take the name out.")
