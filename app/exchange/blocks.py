"""An officer takes a partner's contribution back, and blocks an object id for good.

A block is the host's policy, as the files are: it is known before anything is pushed, and the same for whoever pushes.
It ends nothing that is there; that is what an officer's withdrawal is for.
"""

from collections.abc import Sequence

from app.errors import OperatorError
from app.exchange.exchange import Exchange
from app.exchange.officers import Mandate, acting
from app.exchange.withdraw import is_definition, take_back
from app.stix.identifiers import is_identifier
from app.storage import contributions, quarantine


def withdraw_of(
    exchange: Exchange, by: Mandate, place: str, object_id: str, partner: str, version: str | None = None
) -> Sequence[str]:
    """Take back what a partner contributed of an object, held or not; the versions that this ended.

    Raises OperatorError where there is nothing of it, or as `officers.acting`.
    """
    with acting(exchange, by, place, on_all=is_definition(object_id)) as act:
        rows = contributions.own_versions(act.transaction, act.partnership.id, partner, [object_id])
        chosen = [row for row in rows if row.collection == act.collection.id and version in (None, row.version_text)]
        if not chosen:
            raise OperatorError(f"{place} holds no {object_id} that {partner} contributed. Check the names and the id.")
        texts = [row.version_text for row in chosen]
        act.record("withdraw", object_id, contributed_by=partner, versions=texts)
        take_back(
            exchange, act.change, act.partnership, act.terms, act.floors, act.collection.id, partner, chosen, act.now
        )
        return texts


def block(exchange: Exchange, by: Mandate, place: str, object_id: str) -> None:
    """Take no object of this id in the collection any more, from nobody. Raises OperatorError as `officers.acting`."""
    if not is_identifier(object_id):
        raise OperatorError(f"`{object_id}` is no STIX id. Write it as objects have it, such as indicator--…")
    with acting(exchange, by, place) as act:
        quarantine.block(act.transaction, act.collection.id, object_id)
        act.record("block", object_id)


def unblock(exchange: Exchange, by: Mandate, place: str, object_id: str) -> None:
    """End a block. Raises OperatorError where there is none, or as `officers.acting`."""
    with acting(exchange, by, place) as act:
        if not quarantine.unblock(act.transaction, act.collection.id, object_id):
            raise OperatorError(f"{object_id} is not blocked in {place}.")
        act.record("unblock", object_id)
