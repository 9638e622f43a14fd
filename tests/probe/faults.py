"""What can be wrong with a TAXII server: one thing at a time, and the checks of the probe that have to fail for it."""

import json
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from tests.probe.proxy import (
    Fault,
    Send,
    answer,
    asked_for,
    endpoint,
    in_bodies,
    in_headers,
    refusal,
)

TAXII = "application/taxii+json;version=2.1"
LATE = "9999-01-01T00:00:00.000000Z"
NOW = "2099-01-01T00:00:00.000000Z"
PAGES = ("manifest", "objects", "object", "versions")
LISTS = ("manifest", "objects")


def each_collection(change: Callable[[dict[str, Any]], None], *endpoints: str) -> Fault:
    def changed(body: dict[str, Any]) -> None:
        for entry in body.get("collections", [body]):
            change(entry)

    return in_bodies(changed, *(endpoints or ("collections", "collection")))


def when(holds: Callable[[httpx.Request], bool], status: int) -> Fault:
    """Refuses some requests that are fine."""

    def fault(request: httpx.Request, send: Send) -> httpx.Response:
        got = send(request)
        return refusal(got, status) if holds(request) else got

    return fault


def instead(holds: Callable[[httpx.Request], bool], **query: str | None) -> Fault:
    """Answers some requests as if they had other parameters."""

    def fault(request: httpx.Request, send: Send) -> httpx.Response:
        return send(asked_for(request, **query) if holds(request) else request)

    return fault


def given(request: httpx.Request, name: str) -> list[str]:
    return request.url.params.get_list(name)


def asks_pages(request: httpx.Request) -> bool:
    return request.method == "GET" and endpoint(request) in PAGES


def only_one_of_a_parameter(request: httpx.Request, send: Send) -> httpx.Response:
    once = dict(request.url.params.multi_items())
    return send(httpx.Request(request.method, request.url.copy_with(params=once), headers=request.headers))


def errors_as_html(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    html = got.status_code == 404 and request.method != "HEAD"
    return answer(got, content=b"<html>Not found</html>", content_type="text/html") if html else got


def errors_as_numbers(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    if got.status_code < 400 or not got.content:
        return got
    return answer(got, content=json.dumps({**got.json(), "http_status": got.status_code}).encode())


def errors_without_title(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    if got.status_code < 400 or not got.content:
        return got
    return answer(got, content=json.dumps({"error": "no"}).encode())


def a_redirect_to_the_slash(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    if request.url.path.endswith("/"):
        return got
    return answer(got, 308, b"", location=f"{request.url.path}/")


def nothing_without_the_slash(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    return got if request.url.path.endswith("/") or request.method != "GET" else answer(got, 200, b"{}")


def head_with_a_body(request: httpx.Request, send: Send) -> httpx.Response:
    if request.method != "HEAD":
        return send(request)
    return send(httpx.Request("GET", request.url, headers=request.headers))


def head_not_offered(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    return answer(got, 405, b"", allow="GET") if request.method == "HEAD" else got


def no_allow(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    return answer(got, allow=None) if got.status_code == 405 else got


def no_challenge(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    return answer(got, www_authenticate=None) if got.status_code == 401 else got


def a_forbidden_stranger(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    presented = request.headers.get("authorization", "")
    unknown = presented.startswith("Basic ") and got.status_code == 401 and b"probe-" in b64decode(presented[6:] + "==")
    return refusal(got, 403) if unknown else got


def a_strict_scheme(request: httpx.Request, send: Send) -> httpx.Response:
    got, scheme = send(request), request.headers.get("authorization", "Basic").partition(" ")[0]
    return got if scheme == "Basic" else answer(got, 401, b'{"title": "No"}', www_authenticate="Basic")


def accepts(*texts: str) -> Callable[[httpx.Request], bool]:
    return lambda request: request.headers.get("accept") in texts


def served_whatever_is_accepted(holds: Callable[[str], bool]) -> Fault:
    """Serves some Accept headers as if they named the type."""

    def fault(request: httpx.Request, send: Send) -> httpx.Response:
        if holds(request.headers.get("accept", TAXII)):
            request.headers["Accept"] = TAXII
        return send(request)

    return fault


def dates_of_the_whole(request: httpx.Request, send: Send) -> httpx.Response:
    """X-TAXII-Date-Added-Last of everything that is left, not of the page."""
    got = send(request)
    if endpoint(request) not in LISTS or "x-taxii-date-added-last" not in got.headers:
        return got
    everything = send(asked_for(request, limit="1000", next=None))
    return answer(got, x_taxii_date_added_last=everything.headers["x-taxii-date-added-last"])


def dates_of_now_when_empty(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    if not asks_pages(request) or got.status_code != 200 or got.content != b"{}":
        return got
    return answer(got, x_taxii_date_added_first=NOW, x_taxii_date_added_last=NOW)


def dates_as_http_writes_them(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    names = [name for name in ("x-taxii-date-added-first", "x-taxii-date-added-last") if name in got.headers]
    return answer(got, **{name.replace("-", "_"): got.headers[name].replace("000Z", "+00:00") for name in names})


def an_inclusive_added_after(request: httpx.Request, send: Send) -> httpx.Response:
    asked = given(request, "added_after")
    if len(asked) != 1 or not re.fullmatch(r".*\.\d{6}Z", asked[0]) or asked[0] < "2000" or asked[0] > "9":
        return send(request)
    before = f"{asked[0][:-7]}{max(int(asked[0][-7:-1]) - 1000, 0):06}Z"
    return send(asked_for(request, added_after=before))


def backwards(body: dict[str, Any]) -> None:
    if len(body.get("objects", [])) > 1:
        body["objects"].reverse()


def next_of_the_first_page(request: httpx.Request, send: Send) -> httpx.Response:
    """Whatever token is sent, the walk begins anew."""
    got = send(request)
    return send(asked_for(request, next=None)) if given(request, "next") and got.status_code == 200 else got


def more_is_forgotten(body: dict[str, Any]) -> None:
    body.pop("more", None)
    body.pop("next", None)


def always_more(body: dict[str, Any]) -> None:
    body["more"] = True


def next_at_the_end(body: dict[str, Any]) -> None:
    if body.get("objects") and not body.get("more"):
        body.update(next="bm90aGluZw", more=False)


def next_left_out(body: dict[str, Any]) -> None:
    body.pop("next", None)


def a_list_without_elements(body: dict[str, Any]) -> None:
    body.setdefault("objects", [])


def nothing_is_404(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    return refusal(got, 404) if asks_pages(request) and got.content == b"{}" else got


def next_used_up() -> Fault:
    used: set[str] = set()

    def fault(request: httpx.Request, send: Send) -> httpx.Response:
        got = send(request)
        for token in given(request, "next"):
            if token in used:
                return refusal(got, 400)
            used.add(token)
        return got

    return fault


def numbered_versions(body: dict[str, Any]) -> None:
    if "versions" in body:
        body["versions"] = list(map(hash, body["versions"]))


def a_filter_that_fails(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    return refusal(got, 500) if got.status_code == 400 and "foo" in str(request.url) else got


def the_content_of_another(body: dict[str, Any]) -> None:
    body["title"] = body.get("title", "") + " (details)"


def reversed_each_second_time() -> Fault:
    times = count()

    def change(body: dict[str, Any]) -> None:
        if next(times) % 2:
            body["collections"].reverse()

    return in_bodies(change, "collections")


def wrong_sums(body: dict[str, Any]) -> None:
    if "success_count" in body:
        body["success_count"] += 1


def a_status_without_pending_count(body: dict[str, Any]) -> None:
    body.pop("pending_count", None)


def duplicates_are_failures() -> Fault:
    seen: set[bytes] = set()

    def fault(request: httpx.Request, send: Send) -> httpx.Response:
        got = send(request)
        if request.method != "POST" or got.status_code != 202:
            return got
        if request.content not in seen:
            seen.add(request.content)
            return got
        body = got.json()
        body["failures"] = [{**each, "message": "already here"} for each in body.pop("successes")]
        body.update(failure_count=body["success_count"], success_count=0)
        return answer(got, content=json.dumps(body).encode())

    return fault


def created(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    return answer(got, 201) if request.method == "POST" and got.status_code == 202 else got


def deleted_without_content(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    return answer(got, 204) if request.method == "DELETE" and got.status_code == 200 else got


def deleted_in_name_alone(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(httpx.Request("GET", request.url, headers=request.headers)) if request.method == "DELETE" else None
    return send(request) if got is None or got.status_code != 200 else answer(got, content=b"")


def deleted_whatever_the_filter(request: httpx.Request, send: Send) -> httpx.Response:
    return send(asked_for(request, version=None) if request.method == "DELETE" else request)


def json_is_taken_too(request: httpx.Request, send: Send) -> httpx.Response:
    if request.method == "POST" and request.headers.get("content-type") == "application/json":
        request.headers["Content-Type"] = TAXII
    return send(request)


def objects_with_additions(body: dict[str, Any]) -> None:
    for each in body.get("objects", []):
        if each["type"] == "campaign":
            each["_id"] = 1


def a_status_that_is_gone(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    return refusal(got, 404) if endpoint(request) == "status" else got


def with_status(holds: Callable[[httpx.Request, httpx.Response], bool], status: int, body: bytes = b"{}") -> Fault:
    """Gives some answers another status and body."""

    def fault(request: httpx.Request, send: Send) -> httpx.Response:
        got = send(request)
        return answer(got, status, body) if request.method != "HEAD" and holds(request, got) else got

    return fault


def unknown(*endpoints: str) -> Callable[[httpx.Request, httpx.Response], bool]:
    return lambda request, got: got.status_code == 404 and endpoint(request) in endpoints


def in_errors(**members: Any) -> Fault:
    """Errors with other members."""

    def fault(request: httpx.Request, send: Send) -> httpx.Response:
        got = send(request)
        if got.status_code < 400 or not got.content:
            return got
        return answer(got, content=json.dumps({**got.json(), **members}).encode())

    return fault


def one_more_collection(body: dict[str, Any]) -> None:
    body["collections"].append({"id": "x", "title": "X", "can_read": False, "can_write": False})


def pages_of_collections(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    if endpoint(request) != "collections" or not given(request, "limit"):
        return got
    return answer(got, content=json.dumps({"collections": got.json()["collections"][:1]}).encode())


def plain_brackets_alone(request: httpx.Request, send: Send) -> httpx.Response:
    encoded = b"%5Bid%5D" in request.url.query
    return send(asked_for(request, id=None) if encoded else request)


def a_byte_order_mark(request: httpx.Request, send: Send) -> httpx.Response:
    got = send(request)
    return answer(got, content=b"\xef\xbb\xbf" + got.content) if got.is_success and got.content else got


def version_99_is_taken_too(request: httpx.Request, send: Send) -> httpx.Response:
    if request.headers.get("content-type", "").endswith("9.9"):
        request.headers["Content-Type"] = TAXII
    return send(request)


def entries_without_version(body: dict[str, Any]) -> None:
    for each in body.get("successes", []):
        del each["version"]


def a_status_that_changes() -> Fault:
    times = count()

    def change(body: dict[str, Any]) -> None:
        for each in body.get("successes", []):
            each["message"] = f"asked for {next(times)} times"

    return in_bodies(change, "status")


def backdated(body: dict[str, Any]) -> None:
    for each in body.get("objects", []):
        if each["id"].startswith("campaign--"):
            each["date_added"] = "2020-01-01T00:00:00.000000Z"


def campaigns_left_out(body: dict[str, Any]) -> None:
    kept = [each for each in body.get("objects", []) if each["type"] != "campaign"]
    if len(kept) < len(body.get("objects", [])):
        body["objects"] = kept


def a_shared_date(body: dict[str, Any]) -> None:
    records = body.get("objects", [])
    if len(records) > 3:
        records[2]["date_added"] = records[1]["date_added"]


@dataclass(frozen=True)
class Seeded:
    """A fault, and the checks that have to fail for it, no others."""

    fault: Any
    fails: frozenset[str]
    made: bool = False
    """Whether `fault` makes one with a memory of its own."""

    def new(self) -> Fault:
        """The fault, as it is at the beginning of a run."""
        return self.fault() if self.made else self.fault


def seeded(fault: Any, *fails: str, made: bool = False) -> Seeded:
    return Seeded(fault, frozenset(fails), made)


READ_FAULTS: dict[str, Seeded] = {
    "Content-Type has no version": seeded(
        in_headers(content_type="application/taxii+json"),
        "the_bare_type_means_the_highest_version",
        "successes_name_type_and_version",
    ),
    "Content-Type has its version in quotes": seeded(
        in_headers(content_type='application/taxii+json; version="2.1"'), "content_type_is_written_plainly"
    ),
    "an error is HTML": seeded(errors_as_html, "errors_name_type_and_version", "errors_have_a_title"),
    "http_status is a number": seeded(errors_as_numbers, "http_status_is_the_status_as_a_string"),
    "an error has no title": seeded(errors_without_title, "errors_have_a_title", "custom_names_begin_with_x"),
    "the default root is not listed": seeded(
        in_bodies(lambda body: body.update(default="/other/"), "discovery"), "the_default_root_is_listed"
    ),
    "a root has no slash at its head": seeded(
        in_bodies(lambda body: body.update(api_roots=["/north-sea/", "north-sea/"]), "discovery"),
        "roots_are_https_or_relative",
    ),
    "discovery has no title": seeded(
        in_bodies(lambda body: body.pop("title"), "discovery"), "discovery_has_its_members"
    ),
    "the root names its version with a blank": seeded(
        in_bodies(lambda body: body.update(versions=["application/taxii+json; version=2.1"]), "root"),
        "the_root_names_taxii_21",
    ),
    "max_content_length is a string": seeded(
        in_bodies(lambda body: body.update(max_content_length="100"), "root"), "max_content_length_is_above_zero"
    ),
    "can_write is null": seeded(
        each_collection(lambda each: each.update(can_write=None)), "collection_rights_are_booleans", "nothing_is_null"
    ),
    "can_write is a string": seeded(
        each_collection(lambda each: each.update(can_write="true")), "collection_rights_are_booleans"
    ),
    "a collection by itself has another title": seeded(
        in_bodies(the_content_of_another, "collection"), "a_collection_is_as_listed"
    ),
    "media_types is empty": seeded(each_collection(lambda each: each.update(media_types=[])), "no_list_is_empty"),
    "what can't be read is an empty success": seeded(
        lambda request, send: answer(got, 200, b"{}") if (got := send(request)).status_code == 403 else got,
        "what_can_not_be_read_is_refused",
    ),
    "an unknown collection is 400": seeded(
        lambda request, send: (
            refusal(got, 400)
            if (got := send(request)).status_code == 404 and endpoint(request) == "collection"
            else got
        ),
        "an_unknown_collection_is_404",
        "a_malformed_collection_is_404",
    ),
    "401 has no challenge": seeded(no_challenge, "a_401_has_a_challenge"),
    "a wrong password is 403": seeded(a_forbidden_stranger, "a_failed_authentication_is_401_or_404"),
    "the scheme has to be written Basic": seeded(a_strict_scheme, "a_scheme_may_be_in_any_letter_case"),
    "the bare type is 406": seeded(when(accepts("application/taxii+json"), 406), "the_bare_type_is_served"),
    "letters of the type matter": seeded(
        when(accepts('Application/TAXII+JSON; Version="2.1"'), 406), "letter_case_and_quotes_do_not_matter"
    ),
    "q=0 is served": seeded(
        served_whatever_is_accepted(lambda accept: accept.endswith(";q=0")), "a_weight_of_zero_excludes"
    ),
    "version 9.9 is served": seeded(
        served_whatever_is_accepted(lambda accept: accept.endswith("9.9")), "an_unknown_version_is_406"
    ),
    "a garbled Accept fails": seeded(when(accepts(";;;"), 500), "a_malformed_accept_is_refused", "nothing_fails"),
    "a missing slash is a redirect": seeded(a_redirect_to_the_slash, "a_missing_slash_is_no_redirect"),
    "a missing slash is an empty success": seeded(
        nothing_without_the_slash, "a_missing_slash_is_no_redirect", "a_missing_slash_is_no_empty_success"
    ),
    "HEAD has a body": seeded(head_with_a_body, "head_has_no_body"),
    "HEAD is 405": seeded(head_not_offered, "head_mirrors_get"),
    "pages have no dates": seeded(
        in_headers(x_taxii_date_added_first=None, x_taxii_date_added_last=None), "pages_name_their_dates"
    ),
    "dates have an offset": seeded(
        dates_as_http_writes_them, "dates_of_pages_are_timestamps", "dates_are_of_this_page"
    ),
    "Last is the date of everything": seeded(
        dates_of_the_whole,
        "dates_are_of_this_page",
        "a_walk_by_dates_is_complete",
        "a_walk_by_dates_of_the_manifest_is_complete",
    ),
    "an empty page has the date of now": seeded(dates_of_now_when_empty, "an_empty_page_names_no_dates"),
    "the manifest has three decimals": seeded(
        in_bodies(
            lambda body: [each.update(date_added=f"{each['date_added'][:-4]}Z") for each in body.get("objects", [])],
            "manifest",
        ),
        "dates_are_of_this_page",
        "record_dates_are_timestamps",
    ),
    "the manifest is backwards": seeded(in_bodies(backwards, "manifest"), "dates_ascend"),
    "objects are backwards": seeded(in_bodies(backwards, "objects"), "objects_follow_the_manifest"),
    "records have no version": seeded(
        in_bodies(lambda body: [each.pop("version") for each in body.get("objects", [])], "manifest"),
        "records_have_their_members",
    ),
    "a list without elements is sent": seeded(
        in_bodies(a_list_without_elements, *LISTS), "nothing_left_is_an_empty_resource", "no_list_is_empty"
    ),
    "an empty page is 404": seeded(
        nothing_is_404,
        "what_can_be_read_is_read",
        "nothing_left_is_an_empty_resource",
        "an_unknown_id_matches_nothing",
        "an_absent_type_is_no_error",
        "a_timestamp_gives_that_version",
        "a_filter_that_leaves_nothing_is_no_404",
    ),
    "added_after is inclusive": seeded(
        an_inclusive_added_after,
        "a_walk_by_dates_is_complete",
        "a_walk_by_dates_of_the_manifest_is_complete",
        "added_after_is_strict",
        "a_poll_at_rest_gives_nothing",
    ),
    "a malformed added_after is passed over": seeded(
        instead(lambda request: given(request, "added_after") == ["2020-01-01"], added_after=None),
        "added_after_is_a_timestamp",
    ),
    "limit is passed over": seeded(
        instead(lambda request: given(request, "limit") == ["2"], limit=None), "a_page_keeps_its_limit"
    ),
    "limit=0 means no limit": seeded(
        instead(lambda request: given(request, "limit") == ["0"], limit=None), "limit_is_an_integer_above_zero"
    ),
    "a repeated parameter is taken once": seeded(
        only_one_of_a_parameter, "limit_is_given_once", "added_after_is_given_once", "a_filter_occurs_once"
    ),
    "more is never said": seeded(
        in_bodies(more_is_forgotten, *PAGES), "a_page_that_is_cut_says_so", "versions_are_paged"
    ),
    "more is always said": seeded(
        in_bodies(always_more, *LISTS),
        "a_page_that_holds_all_says_so",
        "a_walk_along_next_is_complete",
        "a_walk_along_next_of_the_manifest_is_complete",
        "a_page_with_more_is_not_empty",
    ),
    "next comes with more false": seeded(in_bodies(next_at_the_end, *LISTS), "next_comes_only_with_more"),
    "the manifest gives no next": seeded(in_bodies(next_left_out, "manifest"), "a_page_with_more_gives_next"),
    "next is a number": seeded(
        in_bodies(lambda body: body.update(next=7) if "next" in body else None, "objects"),
        "a_page_with_more_gives_next",
        "more_and_next_are_of_their_types",
    ),
    "next leads to the first page": seeded(
        next_of_the_first_page,
        "a_walk_along_next_is_complete",
        "a_walk_along_next_of_the_manifest_is_complete",
        "next_works_without_limit",
    ),
    "next serves once": seeded(
        next_used_up, "next_may_be_sent_twice", "limit_may_change_during_a_walk", "next_works_without_limit", made=True
    ),
    "an unknown next is passed over": seeded(
        instead(lambda request: any(each.startswith("bm8g") for each in given(request, "next")), next=None),
        "an_unknown_next_is_refused",
    ),
    "match[type] is passed over": seeded(
        instead(asks_pages, type=None),
        "match_type_selects",
        "an_absent_type_is_no_error",
        "filters_all_have_to_match",
        "a_filter_occurs_once",
    ),
    "match[id] is passed over": seeded(
        instead(asks_pages, id=None),
        "match_id_selects_one",
        "match_id_selects_several",
        "an_unknown_id_matches_nothing",
        "values_of_a_filter_are_alternatives",
        "filters_all_have_to_match",
        "a_filter_occurs_once",
    ),
    "match[spec_version] is passed over": seeded(
        instead(asks_pages, spec_version=None), "a_filter_occurs_once", "match_spec_version_selects"
    ),
    "match[version]=all gives the last": seeded(
        instead(lambda request: given(request, "match[version]") == ["all"], version="last"),
        "all_gives_all",
        "an_object_comes_in_the_versions_asked_for",
        "versions_are_those_of_the_manifest",
        "versions_are_paged",
    ),
    "match[version]=first gives the last": seeded(
        instead(lambda request: given(request, "match[version]") == ["first"], version="last"),
        "first_gives_the_earliest",
        "an_object_comes_in_the_versions_asked_for",
    ),
    "all versions come by default": seeded(
        instead(lambda request: endpoint(request) == "object" and not given(request, "match[version]"), version="all"),
        "an_object_comes_in_its_latest_version",
    ),
    "versions are numbers": seeded(
        in_bodies(numbered_versions, "versions"),
        "versions_are_strings",
        "versions_are_those_of_the_manifest",
        "versions_ascend_by_date",
    ),
    "a malformed filter fails": seeded(a_filter_that_fails, "a_version_is_a_keyword_or_timestamp", "nothing_fails"),
    "a property has a name of its own": seeded(
        in_bodies(lambda body: body.update(apiRootId=1), "root"),
        "custom_names_are_well_formed",
        "custom_names_begin_with_x",
    ),
    "collections change their order": seeded(reversed_each_second_time, "collections_keep_their_order", made=True),
    "a root has a query": seeded(
        in_bodies(lambda body: body.update(api_roots=["/north-sea/", "/north-sea/?x=1"]), "discovery"),
        "roots_have_no_query",
        "roots_end_in_a_slash",
    ),
    "the root has no max_content_length": seeded(
        in_bodies(lambda body: body.pop("max_content_length"), "root"),
        "the_root_has_its_members",
        "max_content_length_is_above_zero",
    ),
    "an unknown root is an empty success": seeded(with_status(unknown("root"), 200), "an_unknown_root_is_404"),
    "an unknown object is an empty success": seeded(
        with_status(unknown("object", "versions"), 200), "an_unknown_object_is_404"
    ),
    "an unknown status is 400": seeded(
        with_status(unknown("status"), 400, b'{"title": "No"}'), "an_unknown_status_is_404"
    ),
    "a collection has no title": seeded(
        each_collection(lambda each: each.pop("title")), "collections_have_their_members"
    ),
    "the id of a collection is no UUID": seeded(
        in_bodies(one_more_collection, "collections"), "collection_ids_are_uuids", "a_collection_is_as_listed"
    ),
    "collections are paged": seeded(pages_of_collections, "collections_are_not_paged"),
    "a collection by itself has no body": seeded(
        with_status(lambda request, got: endpoint(request) == "collection" and got.is_success, 200, b""),
        "a_collection_is_as_listed",
        "a_missing_slash_is_no_redirect",
        "successes_are_json_objects",
    ),
    "a list of types is 406": seeded(
        when(lambda request: "," in request.headers.get("accept", ""), 406),
        "one_member_of_a_list_is_enough",
        "the_more_specific_range_counts",
        "the_known_version_of_two_is_served",
        "wildcards_are_served",
        "the_manifest_takes_the_accept_of_its_table",
    ),
    "wildcards are 406": seeded(
        when(lambda request: "*" in request.headers.get("accept", ""), 406),
        "the_more_specific_range_counts",
        "wildcards_are_served",
    ),
    "plain JSON is served": seeded(
        served_whatever_is_accepted(lambda accept: accept == "application/json"), "other_types_are_406"
    ),
    "a request without User-Agent is 403": seeded(
        when(lambda request: "user-agent" not in request.headers, 403), "a_missing_user_agent_is_served"
    ),
    "answers have no Date": seeded(in_headers(date=None), "answers_carry_date"),
    "answers may be cached": seeded(in_headers(cache_control=None), "answers_are_not_for_shared_caches"),
    "a range is served": seeded(
        with_status(lambda request, got: "range" in request.headers, 206), "a_range_is_passed_over"
    ),
    "a query on discovery is 400": seeded(
        when(lambda request: endpoint(request) == "discovery" and bool(request.url.query), 400),
        "endpoints_without_filters_pass_a_query_over",
    ),
    "the manifest fails": seeded(
        when(lambda request: request.url.raw_path.endswith(b"/manifest/"), 500),
        "an_unknown_collection_is_404",
        "the_manifest_can_be_read",
        "nothing_fails",
    ),
    "an envelope is a bundle": seeded(
        in_bodies(lambda body: body.update(type="bundle", id="bundle--1") if body else None, "objects"),
        "an_envelope_is_no_bundle",
    ),
    "added_after needs six decimals": seeded(
        when(lambda request: any(each.endswith(":00Z") for each in given(request, "added_after")), 400),
        "fewer_decimals_are_read",
    ),
    "long ago means nothing": seeded(
        instead(lambda request: given(request, "added_after")[:1] == ["1970-01-01T00:00:00.000000Z"], added_after=LATE),
        "the_oldest_rows_come_first",
    ),
    "a large limit is 400": seeded(
        when(lambda request: any(len(each) > 6 for each in given(request, "limit")), 400), "a_large_limit_is_served"
    ),
    "encoded brackets mean nothing": seeded(plain_brackets_alone, "brackets_may_be_encoded"),
    "two spec versions are one that there is not": seeded(
        instead(lambda request: given(request, "match[spec_version]") == ["2.0,2.1"], spec_version="9.9"),
        "both_spec_versions_give_all",
    ),
    "the manifest passes match[type] over": seeded(
        instead(lambda request: endpoint(request) == "manifest" and len(given(request, "match[type]")) == 1, type=None),
        "match_type_selects",
        "an_absent_type_is_no_error",
        "filters_all_have_to_match",
        "manifest_and_objects_filter_alike",
    ),
    "all beside first is all": seeded(
        instead(lambda request: given(request, "match[version]") == ["all,first"], version="all"), "all_stands_alone"
    ),
    "last twice is last": seeded(
        instead(lambda request: given(request, "match[version]") == ["last,last"], version="last"),
        "a_version_is_named_once",
    ),
    "last is the first": seeded(
        instead(lambda request: given(request, "match[version]") == ["last"], version="first"),
        "the_last_version_is_the_default",
    ),
    "two keywords are 400": seeded(
        when(lambda request: given(request, "match[version]") == ["first,last"], 400), "keywords_may_be_mixed"
    ),
    "a body begins with a byte order mark": seeded(a_byte_order_mark, "bodies_are_i_json"),
    "the description of an error is a number": seeded(in_errors(description=7), "members_of_errors_are_of_their_types"),
    "an error has no body": seeded(
        with_status(lambda request, got: got.status_code == 404, 404, b""), "errors_have_a_body"
    ),
    "without credentials, what there is not is 404": seeded(
        when(lambda request: "authorization" not in request.headers and "0123456" in request.url.path, 404),
        "authentication_comes_before_existence",
    ),
    "media_types are numbers": seeded(
        each_collection(lambda each: each.update(media_types=[21])),
        "media_types_are_strings",
        "record_types_are_the_collections",
    ),
    "media_types leave the version out": seeded(
        each_collection(lambda each: each.update(media_types=["application/stix+json"])),
        "record_types_are_the_collections",
    ),
    "who presents nothing gets a login page": seeded(
        with_status(lambda request, got: "authorization" not in request.headers, 200, b"<html>Log in</html>"),
        "no_credentials_are_no_way_in",
        "successes_are_json_objects",
    ),
    "malformed credentials fail": seeded(
        when(lambda request: request.headers.get("authorization") == "Basic", 500),
        "malformed_credentials_are_refused",
        "nothing_fails",
    ),
    "a request without Accept fails": seeded(
        when(lambda request: "accept" not in request.headers, 500), "a_missing_accept_does_no_harm", "nothing_fails"
    ),
    "an unknown resource is an empty success": seeded(
        with_status(unknown("collections"), 200), "an_unknown_resource_is_404"
    ),
    "two records share a date": seeded(
        in_bodies(a_shared_date, "manifest"), "dates_are_of_this_page", "dates_differ", "added_after_is_strict"
    ),
    "one object comes with another name": seeded(
        in_bodies(lambda body: [each.update(name="another") for each in body.get("objects", [])], "object"),
        "an_object_is_as_in_the_list",
    ),
}
WRITE_FAULTS: dict[str, Seeded] = {
    "a push is 201": seeded(created, "a_push_is_accepted"),
    "the counts do not add up": seeded(
        in_bodies(wrong_sums, "objects", "status"), "counts_add_up", "a_bad_object_does_not_sink_the_rest"
    ),
    "the status has no pending_count": seeded(
        in_bodies(a_status_without_pending_count, "objects", "status"), "a_status_has_its_members"
    ),
    "a status can't be fetched": seeded(a_status_that_is_gone, "a_status_can_be_fetched"),
    "a duplicate is a failure": seeded(duplicates_are_failures, "a_duplicate_is_no_failure", made=True),
    "a push of plain JSON is taken": seeded(json_is_taken_too, "a_push_in_another_type_is_415"),
    "objects come back with an addition": seeded(
        in_bodies(objects_with_additions, "objects", "object"), "objects_come_back_as_pushed"
    ),
    "DELETE is 204": seeded(deleted_without_content, "a_delete_is_200"),
    "DELETE deletes nothing": seeded(
        deleted_in_name_alone, "a_delete_may_mean_one_version", "what_was_deleted_is_gone", "a_delete_of_nothing_is_404"
    ),
    "DELETE passes its filter over": seeded(
        deleted_whatever_the_filter, "a_malformed_filter_deletes_nothing", "a_delete_may_mean_one_version"
    ),
    "a push in version 9.9 is taken": seeded(version_99_is_taken_too, "a_push_in_another_version_is_415"),
    "a broken push fails": seeded(
        with_status(lambda request, got: request.method == "POST" and got.status_code == 422, 500, b'{"title": "No"}'),
        "a_broken_body_is_refused",
        "a_misshapen_envelope_is_refused",
        "nothing_fails",
    ),
    "entries have no version": seeded(
        in_bodies(entries_without_version, "objects", "status"), "entries_name_id_and_version"
    ),
    "a status changes": seeded(
        a_status_that_changes, "a_complete_status_does_not_change", "a_status_outlives_its_objects", made=True
    ),
    "what is pushed has an old date": seeded(in_bodies(backdated, "manifest"), "what_is_pushed_comes_last"),
    "405 has no Allow": seeded(no_allow, "a_method_that_is_not_offered_is_405", "objects_offer_their_methods"),
    "PUT is taken": seeded(
        with_status(lambda request, got: request.method == "PUT" and endpoint(request) in ("objects", "object"), 200),
        "objects_offer_their_methods",
    ),
    "a push without slash is a redirect": seeded(
        a_redirect_to_the_slash, "a_missing_slash_is_no_redirect", "a_push_without_slash_is_accepted"
    ),
    "a push in the bare type is 415": seeded(
        when(lambda request: request.headers.get("content-type") == "application/taxii+json", 415),
        "a_push_in_the_bare_type_is_accepted",
    ),
    "a charset is 415": seeded(
        when(lambda request: "charset" in request.headers.get("content-type", ""), 415),
        "other_parameters_of_a_push_do_not_matter",
    ),
    "what is pushed is not among the objects": seeded(
        in_bodies(campaigns_left_out, "objects"), "what_was_taken_can_be_read"
    ),
}
