"""Methods, paths and plain HTTP (TAXII 2.1 section 3.1; RFC 9110)."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from app.probe.asking import DATE_HEADERS, Answer
from app.probe.judging import Check, Level, check
from app.probe.survey import DISCOVERY, Target


@check("T-HTTP-08", "3.1", Level.MUST, "Paths as the standard writes them are answered directly, not by a redirect.")
def paths_of_the_standard_are_not_redirected(target: Target) -> None:
    """With and without a query."""
    for path in target.read_endpoints().values():
        answer = target.get(path)
        answer.demand(not 300 <= answer.status < 400, "an answer, no redirect")


@check("T-HTTP-09", "3.1", Level.ADVICE, "A path without its final slash is answered directly, as with it.")
def a_missing_slash_is_no_redirect(target: Target) -> None:
    """Clients build both forms, and a redirect costs some of them their credentials."""
    for path, answer in _without_slash(target):
        answer.demand_status(200)
        answer.demand(_but_for_next(answer) == _but_for_next(target.get(path)), "the same body as with the slash")


@check("T-HTTP-09", "3.1", Level.SHOULD, "A path without its final slash is never an empty success.")
def a_missing_slash_is_no_empty_success(target: Target) -> None:
    """A client would take it for nothing new, and lose what there is."""
    for path, answer in _without_slash(target):
        if answer.status == 200:
            hollow = answer.json in ({}, None) and target.get(path).json not in ({}, None)
            answer.demand(not hollow, "what the path with the slash gives")


@check("T-HTTP-14", "3.1", Level.MUST, "An unknown resource of a known API root is 404.")
def an_unknown_resource_is_404(target: Target) -> None:
    """Its name is random."""
    target.get(f"{target.at_root}{target.unknown}/").demand_status(404)


@check("T-STA-18", "4.3", Level.MUST, "A status that does not exist is 404.")
def an_unknown_status_is_404(target: Target) -> None:
    """Its id is random."""
    target.get(f"{target.at_root}status/{target.unknown}/").demand_status(404)


@check("T-ONE-05", "5.6, 5.8", Level.MUST, "An object that does not exist is 404, and so are its versions.")
def an_unknown_object_is_404(target: Target) -> None:
    """Its id is random."""
    path = target.object_path(f"indicator--{target.unknown}")
    for part in ("", "versions/"):
        target.get(f"{path}{part}").demand_status(404)


@check("T-HTTP-04", "RFC 9110, 9.3.2", Level.MUST, "HEAD has the status and the headers of GET.")
def head_mirrors_get(target: Target) -> None:
    """Content-Type and the dates of the page."""
    for path in target.read_endpoints().values():
        got, answer = target.get(path), _head(target, path)
        answer.demand_status(got.status)
        for name in ("Content-Type", *DATE_HEADERS):
            wanted = got.headers.get(name)
            answer.demand(answer.headers.get(name) == wanted, f"{name}: {wanted}, as for GET")


@check("T-HTTP-05", "RFC 9110, 9.3.2", Level.MUST, "HEAD has no body, of a success or of an error.")
def head_has_no_body(target: Target) -> None:
    """Over a connection the HTTP library may drop one before it can be seen."""
    for path in (DISCOVERY, f"/{target.unknown}/"):
        answer = _head(target, path)
        answer.demand(not answer.content, "no body")


@check("T-HTTP-15", "8.2.1.7", Level.SHOULD, "A request without User-Agent is served.")
def a_missing_user_agent_is_served(target: Target) -> None:
    """It is the client's to name itself or not."""
    target.get(DISCOVERY, {"User-Agent": None}).demand_status(200)


@check("T-HTTP-16", "RFC 9110, 6.6.1", Level.MUST, "Answers carry Date.")
def answers_carry_date(target: Target) -> None:
    """By it a client knows how far the clocks are apart."""
    target.discovery.demand(bool(target.discovery.headers.get("Date")), "Date")


@check("T-HTTP-17", "1.7.1", Level.SHOULD, "Range, which was paging in TAXII 2.0, is passed over.")
def a_range_is_passed_over(target: Target) -> None:
    """Never 206 or 416."""
    path = f"{target.here}objects/?limit=2"
    answer = target.get(path, {"Range": "items 0-0"}).demand_status(200)
    answer.demand(_but_for_next(answer) == _but_for_next(target.get(path)), "the page as without Range")


@check("T-HTTP-20", "3.4", Level.ADVICE, "Endpoints without filters pass a query over.")
def endpoints_without_filters_pass_a_query_over(target: Target) -> None:
    """Clients send the same parameters everywhere."""
    for path in (DISCOVERY, target.at_root, f"{target.at_root}collections/"):
        target.get(f"{path}?limit=abc&added_after=x").demand_status(200)


@check("T-NEG-29", "RFC 9111", Level.ADVICE, "Answers depend on who asks, and tell shared caches so.")
def answers_are_not_for_shared_caches(target: Target) -> None:
    """Cache-Control: no-store or private."""
    told = target.get(f"{target.here}objects/?limit=2").headers.get("Cache-Control", "").lower()
    answer = target.get(f"{target.here}objects/?limit=2")
    answer.demand("no-store" in told or "private" in told, f"Cache-Control: no-store or private (it is {told!r})")


def _but_for_next(answer: Answer) -> dict[str, Any]:
    """The resource without `next`, which may be a new one each time."""
    return {name: value for name, value in answer.resource.items() if name != "next"}


def _head(target: Target, path: str) -> Answer:
    return target.asker.ask("HEAD", path)


def _without_slash(target: Target) -> Iterator[tuple[str, Answer]]:
    for path in target.read_endpoints().values():
        head, mark, query = path.partition("?")
        yield path, target.get(f"{head.rstrip('/')}{mark}{query}")


CHECKS: Final[Sequence[Check]] = (
    paths_of_the_standard_are_not_redirected,
    a_missing_slash_is_no_redirect,
    a_missing_slash_is_no_empty_success,
    an_unknown_resource_is_404,
    an_unknown_status_is_404,
    an_unknown_object_is_404,
    head_mirrors_get,
    head_has_no_body,
    a_missing_user_agent_is_served,
    answers_carry_date,
    a_range_is_passed_over,
    endpoints_without_filters_pass_a_query_over,
    answers_are_not_for_shared_caches,
)
