"""The status of a push (TAXII 2.1 section 4.3): kept with what it brought, shown to its submitter's organisation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.errors import NotKnown
from app.exchange.catalogue import require_known
from app.exchange.exchange import Exchange
from app.exchange.identify import Requester
from app.exchange.terms import partnership_of
from app.storage import statuses
from app.storage.instants import milliseconds
from app.storage.statuses import PushRow

SUCCESS, FAILURE, PENDING = "success", "failure", "pending"
ALREADY_PRESENT = "already present"
AFTER_REVIEW = "accepted; visible after review"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one object of an envelope. `message` says why it failed and what its sender can do."""

    id: str
    version: str
    result: str
    message: str | None = None

    def to_record(self) -> Mapping[str, str]:
        """As it is stored."""
        record = {"id": self.id, "version": self.version, "result": self.result}
        return record if self.message is None else {**record, "message": self.message}

    @classmethod
    def from_record(cls, record: Mapping[str, str]) -> "Outcome":
        """As it was stored."""
        return cls(record["id"], record["version"], record["result"], record.get("message"))


@dataclass(frozen=True, slots=True)
class PushStatus:
    """What became of one push. `request_timestamp` in milliseconds since 1970."""

    id: str
    status: str
    request_timestamp: int
    outcomes: Sequence[Outcome]

    def having(self, result: str) -> Sequence[Outcome]:
        """The outcomes with this result."""
        return [each for each in self.outcomes if each.result == result]


async def read(exchange: Exchange, requester: Requester, root: str, status_id: str) -> PushStatus:
    """The status of a push by the requester's organisation. Raises NotKnown for anybody else's and for none."""
    return await exchange.read(_read, exchange, requester, root, status_id)


def _read(exchange: Exchange, requester: Requester, root: str, status_id: str) -> PushStatus:
    try:
        canonical = str(UUID(status_id))
    except ValueError:
        canonical = ""
    now = exchange.clock.now()
    with exchange.database.reading() as transaction:
        partnership = partnership_of(transaction, root)
        require_known(exchange.terms.of(transaction, partnership), requester, now)
        row = statuses.read(transaction, partnership.id, requester.partner, canonical, milliseconds(now))
    if row is None:
        raise NotKnown
    return status_of(row)


def status_of(row: PushRow) -> PushStatus:
    """The status resource of a stored push."""
    return PushStatus(row.id, row.state, row.received, [Outcome.from_record(each) for each in row.outcomes])
