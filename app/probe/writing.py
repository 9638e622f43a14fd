"""Pushes and their status (TAXII 2.1 sections 4.3 and 5.5). These checks run in their order, where the probe may write.

After the first push, only what was pushed already is sent again, so that nothing new is left if a refusal is missing.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.probe.asking import Answer
from app.probe.judging import Check, DoesNotApply, Level, check
from app.probe.offering import Offering
from app.probe.survey import Target
from app.probe.walking import instant, items_of, version_of
from app.taxii.media_types import TAXII_21

COUNTS: Final = ("total_count", "success_count", "failure_count", "pending_count")
OTHER_TYPES: Final = ("application/json", "application/stix+json;version=2.1", "text/plain")
BROKEN: Final = (b"{", b"", b'{"objects": [}', b"\xff\xfe")
MISSHAPEN: Final = (b"[]", b"null", b'{"objects": {}}', b'{"objects": []}', b"{}")
_UUID4: Final = re.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}")


@check("T-ADD-01", "5.5", Level.MUST, "A push is answered 202.")
def a_push_is_accepted(target: Target) -> None:
    """Three objects, one of them in two versions."""
    target.offered.posted.demand_status(202)


@check("T-STA-02", "4.3.1", Level.MUST, "A status has an id, a status and four counts, also where they are zero.")
def a_status_has_its_members(target: Target) -> None:
    """By presence and type."""
    body, answer = target.offered.first_status, target.offered.posted
    answer.demand(bool(_UUID4.fullmatch(str(body.get("id")))), "`id`, a version 4 UUID")
    answer.demand(body.get("status") in ("complete", "pending"), "`status`: complete or pending")
    for name in COUNTS:
        count = body.get(name)
        natural = isinstance(count, int) and not isinstance(count, bool) and count >= 0
        answer.demand(natural, f"`{name}`, an integer of zero or more")


@check("T-STA-06", "4.3.1", Level.SHOULD, "total_count is what was pushed, and the other counts add up to it.")
def counts_add_up(target: Target) -> None:
    """At every stage; judged at the first."""
    offering = target.offered
    answer = offering.posted
    counts = [each for name in COUNTS if isinstance(each := offering.first_status.get(name), int)]
    if len(counts) < len(COUNTS):
        raise DoesNotApply("a count is missing, which is judged by itself")
    total, *others = counts
    answer.demand(total == len(offering.objects), f"`total_count`: {len(offering.objects)}")
    answer.demand(sum(others) == total, f"counts whose sum is {total}")


@check("T-STA-01", "4.3", Level.MUST, "The status of a push can be fetched by its id.")
def a_status_can_be_fetched(target: Target) -> None:
    """It is the same one."""
    body = target.offered.first_status
    again = target.offered.asked_again(body).demand_status(200)
    again.demand(again.resource.get("id") == body.get("id"), f"`id`: {body.get('id')}")


@check("T-STA-14", "4.3.1", Level.MUST, "A complete status has nothing pending, and does not change.")
def a_complete_status_does_not_change(target: Target) -> None:
    """Fetched twice."""
    body = target.offered.completed(target.offered.first_status)
    one, other = target.offered.fetched(body), target.offered.fetched(body)
    one.demand(one.resource.get("pending_count", 0) == 0, "`pending_count`: 0")
    other.demand(other.resource == one.resource, "the same status as a moment ago")


@check("T-STA-10", "4.3.1", Level.MUST, "The entries of a status name id and version, as the objects have them.")
def entries_name_id_and_version(target: Target) -> None:
    """Where the lists are given: `modified`, else `created`."""
    status, answer = target.offered.first_status, target.offered.posted
    entries = [each for name in ("successes", "failures", "pendings") for each in status.get(name, [])]
    if not entries:
        raise DoesNotApply("the status has no lists")
    known = {(each["id"], instant(version_of(each) or "")) for each in target.offered.objects}
    for each in entries:
        strings = isinstance(each.get("id"), str) and isinstance(each.get("version"), str)
        answer.demand(strings, "`id` and `version`, strings, in each entry")
        dated = not each["id"].startswith("domain-name")
        fits = not dated or (each["id"], instant(each["version"])) in known
        answer.demand(fits, f"the version of {each['id']} that was pushed")


@check("T-ADD-03", "5.5", Level.SHOULD, "What a complete status counts as a success can be read at once.")
def what_was_taken_can_be_read(target: Target) -> None:
    """In the manifest with all versions, and in objects."""
    offering = _taken(target)
    path = f"{offering.objects_path}?match[id]={','.join(offering.ids)}"
    page = target.asker.ask("GET", path).demand_status(200)
    got = {each.get("id") for each in items_of(page)}
    page.demand(got == set(offering.ids), f"the objects {offering.ids}")
    versions = {(each.get("id"), instant(str(each.get("version")))) for each in offering.records()}
    wanted = {(each["id"], instant(each["modified"])) for each in offering.objects if "modified" in each}
    target.asker.answers[-1].demand(wanted <= versions, f"records of {sorted(wanted)}")


@check("T-OBJ-09", "3.7", Level.SHOULD, "Objects come back as they were pushed.")
def objects_come_back_as_pushed(target: Target) -> None:
    """Compared as JSON; nothing is added and nothing is lost."""
    offering = _taken(target)
    for pushed in offering.objects:
        page = target.asker.ask("GET", f"{offering.path_of(pushed['id'])}?match[version]=all").demand_status(200)
        page.demand(pushed in items_of(page), f"{pushed['id']} as it was pushed")


@check("T-LIFE-04", "3.5", Level.SHOULD, "What is pushed comes after everything that could be read before.")
def what_is_pushed_comes_last(target: Target) -> None:
    """By its date added; else who polls by dates never gets it."""
    if target.collection != target.offered.collection or not target.manifest.ended:
        raise DoesNotApply("what stood in this collection before was not read to its end")
    offering = _taken(target)
    newest = max((each.date_added for each in [*target.rows, *target.versions]), default="")
    records = offering.records()
    late = all(str(each.get("date_added")) > newest for each in records)
    target.asker.answers[-1].demand(late, f"dates after {newest}")


@check("T-ADD-04", "5.5", Level.MUST, "Pushing the same objects again is no error.")
def a_duplicate_is_no_failure(target: Target) -> None:
    """202, and no object among the failures."""
    offering = _taken(target)
    answer = offering.post(offering.objects).demand_status(202)
    body = offering.completed(answer.resource)
    answer.demand(body.get("failure_count") == 0 and "failures" not in body, "no failure: these objects are here")


@check("T-ADD-05", "5.5", Level.SHOULD, "Pushing the same objects again changes nothing.")
def a_duplicate_changes_nothing(target: Target) -> None:
    """The manifest before and after."""
    offering = _taken(target)
    before = offering.records()
    offering.completed(offering.post(offering.objects).demand_status(202).resource)
    after = offering.records()
    target.asker.answers[-1].demand(after == before, "the same records as before")


@check("T-NEG-21", "1.6.8.2", Level.ADVICE, "A push in the bare type is read as the latest version.")
def a_push_in_the_bare_type_is_accepted(target: Target) -> None:
    """It is a defined type."""
    offering = _taken(target)
    offering.post(offering.objects, {"Content-Type": "application/taxii+json"}).demand_status(202)


@check("T-NEG-22", "RFC 9110, 8.3.1", Level.SHOULD, "Other parameters of Content-Type do not matter.")
def other_parameters_of_a_push_do_not_matter(target: Target) -> None:
    """Many libraries add a charset."""
    offering = _taken(target)
    kind = "application/taxii+json; version=2.1; charset=utf-8"
    offering.post(offering.objects, {"Content-Type": kind}).demand_status(202)


@check("T-NEG-23", "5.5", Level.MUST, "A push in a type that is not TAXII, or in none, is 415.")
def a_push_in_another_type_is_415(target: Target) -> None:
    """JSON, STIX, plain text, no Content-Type."""
    offering = _taken(target)
    for kind in (*OTHER_TYPES, None):
        offering.post(offering.objects, {"Content-Type": kind}).demand_status(415)


@check("T-NEG-24", "5.5", Level.MUST, "A push in another TAXII version is 415.")
def a_push_in_another_version_is_415(target: Target) -> None:
    """One that there is not."""
    offering = _taken(target)
    offering.post(offering.objects, {"Content-Type": "application/taxii+json;version=9.9"}).demand_status(415)


@check("T-ADD-23", "5.5", Level.MUST, "A push that is no JSON is 422 or 400.")
def a_broken_body_is_refused(target: Target) -> None:
    """Cut off, empty, not UTF-8."""
    for body in BROKEN:
        _post_body(target.offered, body).demand_status(422, 400)


@check("T-ADD-24", "5.5, 2", Level.SHOULD, "A push that is no envelope with objects is 422 or 400.")
def a_misshapen_envelope_is_refused(target: Target) -> None:
    """A list, null, no list of objects, an empty one."""
    for body in MISSHAPEN:
        _post_body(target.offered, body).demand_status(422, 400)


@check("T-ADD-32", "4.2.1, 5.5", Level.MUST, "A push that declares more than max_content_length is 413.")
def a_push_that_is_too_long_is_413(target: Target) -> None:
    """By its declared length alone; nothing of it is sent."""
    length = target.get(target.at_root).demand_status(200).resource.get("max_content_length")
    if not isinstance(length, int):
        raise DoesNotApply("the API root names no max_content_length")
    target.offered.declare(length + 1).demand_status(413)


@check("T-ADD-20", "4.3.1", Level.ADVICE, "One object that is none does not sink the others of its push.")
def a_bad_object_does_not_sink_the_rest(target: Target) -> None:
    """It stands among the failures, with a message; the good one was pushed before."""
    offering = _taken(target)
    bad: Mapping[str, Any] = {"id": f"campaign--{target.unknown}", "comity_probe": "has no type"}
    answer = offering.post([offering.objects[1], bad]).demand_status(202)
    body = offering.completed(answer.resource)
    answer.demand(body.get("success_count") == 1 and body.get("failure_count") == 1, "one success, one failure")


@check("T-HTTP-01", "RFC 9110, 15.5.6", Level.MUST, "A method that a path does not offer is 405, with Allow.")
def a_method_that_is_not_offered_is_405(target: Target) -> None:
    """PUT, without a body, on what can only be read: not for who may not write, since a server might take it."""
    paths = target.read_endpoints()
    for name in ("discovery", "API root", "collections", "collection", "manifest", "versions"):
        if name in paths:
            answer = target.asker.ask("PUT", paths[name]).demand_status(405)
            offered = {each.strip() for each in answer.headers.get("Allow", "").split(",")}
            answer.demand("GET" in offered and "PUT" not in offered, "Allow with GET and without PUT")


@check("T-HTTP-02", "3.1", Level.MUST, "objects/ offers GET and POST, and one object GET and DELETE; else 405.")
def objects_offer_their_methods(target: Target) -> None:
    """PUT and PATCH, with an envelope of what is there."""
    offering = _taken(target)
    content = json.dumps({"objects": offering.objects[:1]}).encode()
    for path, offered in ((offering.objects_path, "POST"), (offering.path_of(offering.ids[0]), "DELETE")):
        for method in ("PUT", "PATCH"):
            answer = target.asker.ask(method, path, {"Content-Type": TAXII_21}, content).demand_status(405)
            allowed = {each.strip() for each in answer.headers.get("Allow", "").split(",")}
            answer.demand({"GET", offered} <= allowed, f"Allow with GET and {offered}")


@check("T-HTTP-10", "3.1", Level.ADVICE, "A push to a path without its final slash is taken, not redirected.")
def a_push_without_slash_is_accepted(target: Target) -> None:
    """A redirect turns it into a GET, and the client believes that it has pushed."""
    offering = _taken(target)
    content = json.dumps({"objects": offering.objects}).encode()
    path = offering.objects_path.rstrip("/")
    target.asker.ask("POST", path, {"Content-Type": TAXII_21}, content).demand_status(202)


def _taken(target: Target) -> Offering:
    assert target.offered.status
    return target.offered


def _post_body(offering: Offering, body: bytes) -> Answer:
    return offering.target.asker.ask("POST", offering.objects_path, {"Content-Type": TAXII_21}, body)


CHECKS: Final[Sequence[Check]] = (
    a_push_is_accepted,
    a_status_has_its_members,
    counts_add_up,
    a_status_can_be_fetched,
    a_complete_status_does_not_change,
    entries_name_id_and_version,
    what_was_taken_can_be_read,
    objects_come_back_as_pushed,
    what_is_pushed_comes_last,
    a_duplicate_is_no_failure,
    a_duplicate_changes_nothing,
    a_push_in_the_bare_type_is_accepted,
    other_parameters_of_a_push_do_not_matter,
    a_push_in_another_type_is_415,
    a_push_in_another_version_is_415,
    a_broken_body_is_refused,
    a_misshapen_envelope_is_refused,
    a_push_that_is_too_long_is_413,
    a_bad_object_does_not_sink_the_rest,
    a_method_that_is_not_offered_is_405,
    objects_offer_their_methods,
    a_push_without_slash_is_accepted,
)
