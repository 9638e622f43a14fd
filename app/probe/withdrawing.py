"""DELETE (TAXII 2.1 section 5.7). These checks run last of all that send, and withdraw what the probe pushed."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from app.probe.judging import Check, Level, check
from app.probe.offering import Offering
from app.probe.survey import Target
from app.probe.walking import instant, items_of

MALFORMED: Final = ("match[version]=foo", "match[version]=all,last", "match[version]=last&match[version]=last")


@check("T-DEL-14", "3.4, 5.7", Level.MUST, "A DELETE with a malformed filter is 400, and deletes nothing.")
def a_malformed_filter_deletes_nothing(target: Target) -> None:
    """No version, `all` beside another, a filter twice."""
    offering, object_id = _of(target, 1)
    for query in MALFORMED:
        offering.delete(object_id, f"?{query}").demand_status(400)
        target.asker.ask("GET", offering.path_of(object_id)).demand_status(200)


@check("T-DEL-03", "5.7", Level.MUST, "match[version] limits a DELETE to that version.")
def a_delete_may_mean_one_version(target: Target) -> None:
    """The newer one of two goes, the older one stays."""
    offering, object_id = _of(target, 0)
    older, newer = offering.objects[0], offering.objects[3]
    answer = offering.delete(object_id, f"?match[version]={quote(newer['modified'], safe='')}")
    answer.demand(200 <= answer.status < 300, "a success")
    page = target.asker.ask("GET", f"{offering.path_of(object_id)}?match[version]=all").demand_status(200)
    got = [instant(str(each.get("modified"))) for each in items_of(page)]
    page.demand(got == [instant(older["modified"])], f"the version {older['modified']} alone, not {got}")


@check("T-DEL-01", "5.7", Level.MUST, "DELETE is answered 200.")
def a_delete_is_200(target: Target) -> None:
    """Neither 202 nor 204."""
    _deleted(target).deleted.demand_status(200)


@check("T-DEL-06", "5.7", Level.MUST, "What was deleted is gone: 404 for itself, and in no list.")
def what_was_deleted_is_gone(target: Target) -> None:
    """From the object, its versions, objects and manifest."""
    offering = _deleted(target)
    gone = offering.ids[1]
    for part in ("", "versions/"):
        target.asker.ask("GET", f"{offering.path_of(gone)}{part}").demand_status(404)
    for endpoint in ("objects", "manifest"):
        path = f"{offering.here}{endpoint}/?match[version]=all&match[id]={gone}"
        page = target.asker.ask("GET", path).demand_status(200)
        page.demand(not items_of(page), f"nothing of {gone}")


@check("T-DEL-12", "5.7", Level.MUST, "DELETE of what is not there, or no longer, is 404.")
def a_delete_of_nothing_is_404(target: Target) -> None:
    """What was deleted before, and an id that nothing has."""
    offering = _deleted(target)
    for object_id in (offering.ids[1], f"campaign--{target.unknown}"):
        offering.delete(object_id).demand_status(404)


@check("T-DEL-20", "5.7", Level.ADVICE, "The status of a push stays as it was when its objects are deleted.")
def a_status_outlives_its_objects(target: Target) -> None:
    """It tells what happened then."""
    offering = _deleted(target)
    again = offering.fetched(offering.status)
    again.demand(again.resource == offering.status, "the status as before the DELETE")


def _of(target: Target, number: int) -> tuple[Offering, str]:
    offering = target.offered
    assert offering.status
    return offering, offering.ids[number]


def _deleted(target: Target) -> Offering:
    offering, _ = _of(target, 1)
    assert offering.deleted
    return offering


CHECKS: Final[Sequence[Check]] = (
    a_malformed_filter_deletes_nothing,
    a_delete_may_mean_one_version,
    a_delete_is_200,
    what_was_deleted_is_gone,
    a_delete_of_nothing_is_404,
    a_status_outlives_its_objects,
)
