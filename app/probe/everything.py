"""What holds of every answer, whatever was asked: media type, JSON, errors (TAXII 2.1 sections 2, 3.1, 3.6, 3.7, 7).

These checks send nothing. They run last, over all answers of the run, and show the first one that breaks them.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from app.probe.asking import Answer
from app.probe.judging import Check, DoesNotApply, Level, check
from app.probe.survey import Target

TABLED_ERRORS: Final = frozenset({400, 401, 403, 404, 406, 413, 415, 422})
"""The statuses that the standard's endpoint tables list, with their Content-Type."""
NAMES: Final = frozenset(
    {
        *("title", "description", "contact", "default", "api_roots", "versions", "max_content_length"),
        *("collections", "id", "alias", "can_read", "can_write", "media_types"),
        *("objects", "more", "next", "date_added", "version", "media_type"),
        *("status", "request_timestamp", "total_count", "success_count", "successes", "failure_count", "failures"),
        *("pending_count", "pendings", "message"),
        *("error_id", "error_code", "http_status", "external_details", "details"),
    }
)
"""Every property of the standard's resources; `next` of the manifest and of versions, an oversight, among them."""
_CUSTOM_NAME: Final = re.compile("[a-z0-9_]{3,250}")
_TAXII: Final = re.compile(r"application/taxii\+json(?=[ \t]*(?:;|$))", re.IGNORECASE)
_VERSION: Final = re.compile(r';[ \t]*version=(?:2\.1|"2\.1")[ \t]*(?:;|$)', re.IGNORECASE)


@check("T-NEG-04", "3.1", Level.MUST, "Every success names the TAXII type and its version in Content-Type.")
def successes_name_type_and_version(target: Target) -> None:
    """Those without a body too."""
    for answer in _successes(target):
        _demand_type(answer)


@check("T-NEG-05", "4, 5", Level.MUST, "Every error of the standard's tables names the TAXII type and its version.")
def errors_name_type_and_version(target: Target) -> None:
    """Never text/html, never application/json."""
    for answer in _errors(target):
        if answer.status in TABLED_ERRORS and answer.method != "HEAD":
            _demand_type(answer)


@check("T-ERR-01", "3.6.1", Level.MUST, "An error with a body has a title, a string.")
def errors_have_a_title(target: Target) -> None:
    """The only property that an error needs."""
    for answer in _errors(target):
        if answer.content:
            title = answer.resource.get("title")
            answer.demand(isinstance(title, str) and bool(title), "`title`, a string")


@check("T-ERR-02", "3.6.1", Level.MUST, "http_status is a string, and the status of the answer.")
def http_status_is_the_status_as_a_string(target: Target) -> None:
    """Where an error has it."""
    told = [(each, body) for each in _errors(target) if isinstance(body := each.json, dict) and "http_status" in body]
    if not told:
        raise DoesNotApply("no error has http_status")
    for answer, body in told:
        answer.demand(body["http_status"] == str(answer.status), f'`http_status`: "{answer.status}"')


@check("T-ERR-03", "3.6.1", Level.MUST, "The other members of an error are of their types.")
def members_of_errors_are_of_their_types(target: Target) -> None:
    """Strings, and `details` an object."""
    for answer in _errors(target):
        body = answer.json if isinstance(answer.json, dict) else {}
        for name in ("description", "error_id", "error_code", "external_details"):
            answer.demand(isinstance(body.get(name, ""), str), f"`{name}` as a string")
        answer.demand(isinstance(body.get("details", {}), dict), "`details` as an object")


@check("T-ERR-04", "3.1", Level.ADVICE, "Every error has an error message as its body.")
def errors_have_a_body(target: Target) -> None:
    """It says what to mend."""
    for answer in _errors(target):
        answer.demand(bool(answer.content) or answer.method == "HEAD", "an error message")


@check("T-CONF-02", "8.2.1", Level.MUST, "Nothing that the probe asks makes the server fail (5xx).")
def nothing_fails(target: Target) -> None:
    """Malformed requests among them."""
    for answer in target.asker.answers:
        answer.demand(answer.status < 500, "no failure of the server")


@check("T-CONF-05", "3.1, 3.7", Level.MUST, "Every success of GET and POST has a JSON object as its body.")
def successes_are_json_objects(target: Target) -> None:
    """An empty page is `{}`, not nothing."""
    for answer in _bodies(target):
        answer.demand(isinstance(answer.json, dict), "a JSON object")


@check("T-TYP-09", "1.6.7", Level.MUST, "Bodies are I-JSON: UTF-8 without a byte order mark, no name twice.")
def bodies_are_i_json(target: Target) -> None:
    """RFC 7493."""
    for answer in _bodies(target):
        answer.demand(not answer.content.startswith(b"\xef\xbb\xbf"), "no byte order mark")
        try:
            json.loads(answer.content.decode("utf-8"), object_pairs_hook=_each_once)
        except UnicodeDecodeError:
            answer.demand(False, "UTF-8")
        except _TwiceError as twice:
            answer.demand(False, f"{twice} once")
        except (ValueError, RecursionError):
            continue  # no JSON at all is judged by itself


@check("T-TYP-04", "2", Level.MUST, "No list is empty: what has no element is left out.")
def no_list_is_empty(target: Target) -> None:
    """In properties of TAXII; the content of STIX objects is not judged."""
    _demand_of_values(target, lambda value: value != [], "left out, as it has no element")


@check("T-TYP-10", "2", Level.SHOULD, "Nothing is null: what has no value is left out.")
def nothing_is_null(target: Target) -> None:
    """In properties of TAXII; no type of section 2 knows null."""
    _demand_of_values(target, lambda value: value is not None, "left out, as it has no value")


@check("T-CUS-02", "7.1.1", Level.MUST, "Properties beside the standard's are named by its rules for custom ones.")
def custom_names_are_well_formed(target: Target) -> None:
    """A to z, 0 to 9 and _, of 3 to 250 characters."""
    for answer, name, _ in _properties(target):
        answer.demand(name in NAMES or bool(_CUSTOM_NAME.fullmatch(name)), f"no property {name!r}")


@check("T-CUS-03", "7.1.1", Level.SHOULD, "Properties beside the standard's begin with x_.")
def custom_names_begin_with_x(target: Target) -> None:
    """Followed by who defined them."""
    for answer, name, _ in _properties(target):
        answer.demand(name in NAMES or name.startswith("x_"), f"`{name}` as x_…")


@check("T-OBJ-05", "3.7", Level.MUST, "more is a boolean, and next a string that is not empty.")
def more_and_next_are_of_their_types(target: Target) -> None:
    """Where they are given."""
    for answer, body in _pages(target):
        answer.demand(isinstance(body.get("more", False), bool), "`more` as true or false")
        token = body.get("next", "there is none")
        answer.demand(isinstance(token, str) and bool(token), "`next` as a string")


@check("T-OBJ-06", "3.7", Level.SHOULD, "next comes only with more.")
def next_comes_only_with_more(target: Target) -> None:
    """A client that follows it does not know when to stop."""
    for answer, body in _pages(target):
        answer.demand("next" not in body or body.get("more") is True, "no `next` on the last page")


@check("T-PAG-22", "3.5", Level.SHOULD, "A page that says more is not empty.")
def a_page_with_more_is_not_empty(target: Target) -> None:
    """Some clients stop at an empty page, and none can go on by dates."""
    for answer, body in _pages(target):
        held = body.get("objects") or body.get("versions")
        answer.demand(body.get("more") is not True or bool(held), "a page that holds something")


class _TwiceError(Exception):
    """A name that stands twice in one object."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise _TwiceError(name)
        made[name] = value
    return made


def _successes(target: Target) -> Iterator[Answer]:
    return (each for each in target.asker.answers if 200 <= each.status < 300)


def _errors(target: Target) -> list[Answer]:
    found = [each for each in target.asker.answers if each.status >= 400 and each.method != "HEAD"]
    if not found:
        raise DoesNotApply("no request was refused")
    return found


def _bodies(target: Target) -> Iterator[Answer]:
    return (each for each in _successes(target) if each.method in ("GET", "POST"))


def _pages(target: Target) -> Iterator[tuple[Answer, Mapping[str, Any]]]:
    for answer in _bodies(target):
        if isinstance(body := answer.json, dict) and {"objects", "versions", "more", "next"} & body.keys():
            yield answer, body


def _demand_type(answer: Answer) -> None:
    told = answer.headers.get("Content-Type", "")
    answer.demand(bool(_TAXII.match(told.strip()) and _VERSION.search(told)), "Content-Type with version=2.1")


def _demand_of_values(target: Target, holds: Callable[[Any], bool], wanted: str) -> None:
    for answer, name, value in _properties(target):
        answer.demand(holds(value), f"`{name}` {wanted}")


def _properties(target: Target) -> Iterator[tuple[Answer, str, Any]]:
    """Every property of every TAXII resource, those of its parts included; STIX objects are passed over."""
    for answer in target.asker.answers:
        body = answer.json if answer.method != "HEAD" else None
        parts: list[Any] = [body]
        for part in parts:
            if not isinstance(part, Mapping) or {"id", "type"} <= part.keys():
                continue
            for name, value in part.items():
                yield answer, name, value
                if isinstance(value, list):
                    parts.extend(value)


CHECKS: Final[Sequence[Check]] = (
    successes_name_type_and_version,
    errors_name_type_and_version,
    errors_have_a_title,
    http_status_is_the_status_as_a_string,
    members_of_errors_are_of_their_types,
    errors_have_a_body,
    nothing_fails,
    successes_are_json_objects,
    bodies_are_i_json,
    no_list_is_empty,
    nothing_is_null,
    custom_names_are_well_formed,
    custom_names_begin_with_x,
    more_and_next_are_of_their_types,
    next_comes_only_with_more,
    a_page_with_more_is_not_empty,
)
