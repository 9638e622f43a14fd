"""GET {root}/status/{status-id}/ (TAXII 2.1 section 4.3)."""

from typing import Final

from app.exchange import push_status
from app.exchange.push_status import FAILURE, PENDING, SUCCESS, Outcome, PushStatus
from app.http import rendering
from app.http.rendering import TaxiiResponse
from app.http.route import Call, Method, TaxiiPath
from app.taxii.resources import Status, StatusDetails
from app.taxii.timestamps import format_timestamp


async def status(call: Call) -> TaxiiResponse:
    """What became of a push of the caller's organisation."""
    return rendering.resource(as_status(await _read(call)))


def as_status(push: PushStatus) -> Status:
    """A push status as TAXII writes it. Each pushed object is in exactly one list."""
    successes, failures, pendings = map(push.having, (SUCCESS, FAILURE, PENDING))
    return Status(
        id=push.id,
        status=push.status,
        request_timestamp=format_timestamp(push.request_timestamp),
        total_count=len(push.outcomes),
        success_count=len(successes),
        successes=tuple(map(as_details, successes)),
        failure_count=len(failures),
        failures=tuple(map(as_details, failures)),
        pending_count=len(pendings),
        pendings=tuple(map(as_details, pendings)),
    )


def as_details(outcome: Outcome) -> StatusDetails:
    """What became of one object."""
    return StatusDetails(id=outcome.id, version=outcome.version, message=outcome.message)


async def _read(call: Call) -> PushStatus:
    return await push_status.read(call.exchange, call.requester, call.root, call.status_id)


async def _status_visible(call: Call) -> None:
    await _read(call)


STATUS: Final = TaxiiPath(
    template="/{root}/status/{status_id}/",
    offered={"GET": Method(status, gate=_status_visible)},
    visible=_status_visible,
)
